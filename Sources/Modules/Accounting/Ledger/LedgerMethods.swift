internal import Documents
internal import Storage
internal import Values

/// Methods that ask the books.
enum LedgerMethods {
    static let all = [getBalanceOn, getFiscalYear]

    private static let getBalanceOn = Method(
        "erpnext.accounts.utils.get_balance_on",
        parameters: [
            .optional("account", "An account or a group of accounts."), .optional("date", "Today when it is left out."),
            .optional("party_type"), .optional("party", "Balance with this party."), .optional("company"),
            .optional("cost_center"),
        ], summary: "Debit less credit of an account or party up to a day."
    ) { arguments, session in
        let ledger = try session.registry.doctype("GL Entry")
        try session.require(.read, ledger)
        guard session.mayOnAll(.read, ledger) else {
            throw Problem(.forbidden, "\(session.actor.user) may not read the general ledger")
        }
        return .decimal(
            try balance(
                of: arguments.text("account"), party: arguments.text("party"), partyType: arguments.text("party_type"),
                costCenter: arguments.text("cost_center"), company: arguments.text("company"),
                through: arguments.day("date") ?? session.today, in: session))
    }

    private static let getFiscalYear = Method(
        "erpnext.accounts.utils.get_fiscal_year",
        parameters: [
            .optional("date", "Today when it is left out."), .optional("fiscal_year"), .optional("company"),
            .optional("as_dict"),
        ], summary: "The fiscal year of a day: name, first and last day."
    ) { arguments, session in
        try session.require(.select, session.registry.doctype("Fiscal Year"))
        let year =
            try arguments.text("fiscal_year").map { try FiscalYears.named($0, in: session) }
            ?? FiscalYears.year(of: arguments.day("date") ?? session.today, in: session)
        let (start, end) = (JSON.string(year.start.description), JSON.string(year.end.description))
        if arguments.flag("as_dict") == true {
            return ["name": .string(year.name), "year_start_date": start, "year_end_date": end]
        }
        return [.string(year.name), start, end]
    }

    /// Debit less credit. Income and expense count from the beginning of the fiscal year of the day.
    private static func balance(
        of account: String?, party: String?, partyType: String?, costCenter: String?, company: String?,
        through day: Day, in session: Session
    ) throws -> Exact {
        guard account != nil || party != nil else {
            throw Problem(.mandatory, "Give an account or a party", field: "account")
        }
        var conditions = "posting_date <= ?"
        var values: [Value] = [.day(day)]
        let permitted = session.permittedRows(of: try session.registry.doctype("GL Entry"), table: "gl_entry")
        if let permitted {
            conditions += " AND \(permitted.sql)"
            values += permitted.arguments
        }
        if let account {
            // Whoever is limited to other accounts finds none of this name.
            guard let owner = try session.values(of: "Account", [account], ["company", "report_type"])[account] else {
                throw Problem(.notFound, "Account \(account) not found", field: "account")
            }
            let owned = owner[0].text ?? ""
            let start = owner[1].text == "Profit and Loss" ? try FiscalYears.year(of: day, in: session).start : nil
            let names = try AccountTree(of: owned, in: session).names(below: account)
            if party == nil, costCenter == nil, permitted == nil {
                let all = try AccountBalances.movements(of: owned, from: start, through: day, in: session)
                return names.sum { all[$0]?.balance ?? .zero }
            }
            conditions += " AND \(session.transaction.dialect.isOneOf("account", count: names.count))"
            values += names.map(Value.text)
            if let start {
                conditions += " AND posting_date >= ?"
                values.append(.day(start))
            }
        }
        let filters = [("party", party), ("party_type", partyType), ("cost_center", costCenter), ("company", company)]
        for (column, value) in filters {
            guard let value else { continue }
            conditions += " AND \(column) = ?"
            values.append(.text(value))
        }
        return try session.transaction.first(
            "SELECT SUM(debit - credit) FROM gl_entry WHERE \(conditions)", values, [.decimal(scale: 4)])?[0].exact
            ?? .zero
    }
}
