public import Documents
internal import Storage
internal import Values

/// What renaming and merging means for what belongs to a company: accounts, cost centers, warehouses.
public enum CompanyNames {
    /// The name with the company's abbreviation behind it, as all is called that belongs to one company of several.
    public static func complete(_ name: String, company: String, in session: Session) throws -> String {
        let ending = " - \(try Companies.get(company, in: session).abbr)"
        return name.hasSuffix(ending) ? name : name + ending
    }

    /// Refuses to merge two documents that differ in one of these fields.
    ///
    /// - Throws: ``Problem/Kind/notMergeable``.
    public static func requireSame(
        _ fields: [String], of document: Document, and other: String, in session: Session
    ) throws {
        let type = document.doctype
        guard let values = try session.values(of: type.name, [other], fields)[other] else { return }
        for (field, value) in zip(fields, values)
        where document[field] != value && !(document[field].isEmpty && value.isEmpty) {
            throw Problem(
                .notMergeable,
                "\(document.name) and \(other) have different values of \(type.field(field)?.label ?? field)",
                field: field, fix: "Only what agrees in it can be merged.")
        }
    }

    /// Puts the part of a new name that is not the company's into the field that holds it.
    public static func setTitle(
        _ field: String, of document: Document, without prefix: String = "", in session: Session
    ) throws {
        let ending = " - \(try Companies.get(document.text("company"), in: session).abbr)"
        var title = document.name.hasSuffix(ending) ? String(document.name.dropLast(ending.count)) : document.name
        if !prefix.isEmpty, title.hasPrefix(prefix) { title = String(title.dropFirst(prefix.count)) }
        guard document.text(field) != title else { return }
        document.set(field, title)
        try session.saveDerived([document])
    }
}

extension Account {
    /// Accounts of one kind and currency of one company are merged; a new name ends with the company's abbreviation.
    public static func beforeRename(_ account: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        if rename.merges {
            try CompanyNames.requireSame(
                [
                    "company", "root_type", "is_group", "account_type", "account_currency", "freeze_account",
                    "balance_must_be",
                ], of: account.document, and: rename.new, in: session)
            return rename.new
        }
        return try CompanyNames.complete(rename.new, company: account.company, in: session)
    }

    /// The name without number and abbreviation is the account's own.
    public static func afterRename(_ account: Doc<Self>, _ rename: Rename, in session: Session) throws {
        if rename.merges { return }
        let number = account.accountNumber.isEmpty ? "" : "\(account.accountNumber) - "
        try CompanyNames.setTitle("account_name", of: account.document, without: number, in: session)
    }
}

extension CostCenter {
    /// Cost centers of one company are merged; a new name ends with the company's abbreviation.
    public static func beforeRename(_ center: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        if rename.merges {
            try CompanyNames.requireSame(
                ["company", "is_group"], of: center.document, and: rename.new, in: session)
            return rename.new
        }
        return try CompanyNames.complete(rename.new, company: center.company, in: session)
    }

    /// The name without the abbreviation is the cost center's own.
    public static func afterRename(_ center: Doc<Self>, _ rename: Rename, in session: Session) throws {
        if !rename.merges { try CompanyNames.setTitle("cost_center_name", of: center.document, in: session) }
    }
}

extension AccountBalances {
    /// The balances of a renamed account follow it; those of two that are merged are added.
    static let renaming = Renaming("Account") { rename, session in
        try session.change(figures, where: "account", isOneOf: [.text(rename.old), .text(rename.new)]) {
            try session.transaction.execute(
                """
                INSERT INTO _account_balance (account, month, debit, credit)
                SELECT CAST(? AS TEXT), month, debit, credit FROM _account_balance WHERE account = ?
                ON CONFLICT (account, month) DO UPDATE SET debit = _account_balance.debit + excluded.debit,
                credit = _account_balance.credit + excluded.credit
                """, [.text(rename.new), .text(rename.old)])
            try session.transaction.execute("DELETE FROM _account_balance WHERE account = ?", [.text(rename.old)])
        }
    }
}
