internal import Documents
internal import Storage
internal import Values

/// Methods that ask the books.
enum LedgerMethods {
    static let all = [getBalanceOn, getFiscalYear]

    private static let getBalanceOn = Method(
        "erpnext.accounts.utils.get_balance_on",
        parameters: [
            .optional("account", "An account or a group of accounts.", of: .doctype("Account")),
            .optional("date", "Today when it is left out."),
            .optional("party_type"), .optional("party", "Balance with this party.", of: .argument("party_type")),
            .optional("company", of: .doctype("Company")),
            .optional("cost_center", of: .doctype("Cost Center")),
        ], summary: "Debit less credit of an account or party up to a day."
    ) { arguments, session in
        try requireBooks(arguments, in: session)
        return .decimal(
            try balance(
                of: arguments.text("account"), party: arguments.text("party"), partyType: arguments.text("party_type"),
                costCenter: arguments.text("cost_center"), company: arguments.text("company"),
                through: arguments.day("date") ?? session.today, in: session))
    }

    private static let getFiscalYear = Method(
        "erpnext.accounts.utils.get_fiscal_year",
        parameters: [
            .optional("date", "Today when it is left out."), .optional("fiscal_year", of: .doctype("Fiscal Year")),
            .optional("company", of: .doctype("Company")),
            .optional("as_dict"),
        ], summary: "The fiscal year of a day: name, first and last day."
    ) { arguments, session in
        let type = try session.registry.doctype("Fiscal Year")
        try session.require(.read, type)
        for field in ["year_start_date", "year_end_date"] { try requireOpen(field, type, in: session) }
        let name =
            try arguments.text("fiscal_year")
            ?? FiscalYears.year(of: arguments.day("date") ?? session.today, in: session).name
        _ = try session.get("Fiscal Year", name)
        let year = try FiscalYears.named(name, in: session)
        let (start, end) = (JSON.string(year.start.description), JSON.string(year.end.description))
        if arguments.flag("as_dict") == true {
            return ["name": .string(year.name), "year_start_date": start, "year_end_date": end]
        }
        return [.string(year.name), start, end]
    }

    /// Refuses who may not read the general ledger, or not what is asked of it.
    ///
    /// - Throws: ``Problem/Kind/forbidden``; about an account that may not be read or is not there as `Session.get` does.
    private static func requireBooks(_ arguments: Arguments, in session: Session) throws {
        let type = try session.registry.doctype("GL Entry")
        try session.require(.read, type)
        guard session.mayOnAll(.read, type) else {
            var problem = Problem(.forbidden, "\(session.actor.user) may read its own entries of GL Entry alone")
            problem.doctype = type.name
            throw problem
        }
        for field in ["debit", "credit", "posting_date"] { try requireOpen(field, type, in: session) }
        let targets = [
            "account": "Account", "company": "Company", "cost_center": "Cost Center",
            "party": arguments.text("party_type"), "party_type": nil,
        ]
        for (field, target) in targets.sorted(by: { $0.key < $1.key }) {
            guard let value = arguments.text(field) else { continue }
            try requireOpen(field, type, in: session)
            guard let target, try session.permitted(target, [Name(value)], for: type.name).isEmpty else { continue }
            throw Problem(
                .forbidden, "\(session.actor.user) is limited to other values of \(target) than \(value)", field: field)
        }
        if let account = arguments.text("account") { _ = try session.get("Account", account) }
    }

    private static func requireOpen(_ field: String, _ type: DocType, in session: Session) throws {
        guard session.visibility(of: field, in: type) == .open else {
            var problem = Problem(.forbidden, "\(type.field(field)?.label ?? field) is not open to you", field: field)
            problem.doctype = type.name
            throw problem
        }
    }

    /// Debit less credit, of the entries that the actor may read. Income and expense count from the beginning of the fiscal year of the day.
    private static func balance(
        of account: String?, party: String?, partyType: String?, costCenter: String?, company: String?,
        through day: Day, in session: Session
    ) throws -> Exact {
        guard account != nil || party != nil else {
            throw Problem(.mandatory, "Give an account or a party", field: "account")
        }
        var conditions = "posting_date <= ?"
        var values: [Value] = [.day(day)]
        if let condition = try ReadableBooks.condition(in: session) {
            conditions += " AND \(condition.sql)"
            values += condition.arguments
        }
        if let account {
            guard let owner = try session.values(of: "Account", [account], ["company", "report_type"])[account] else {
                throw Problem(.notFound, "Account \(account) not found", field: "account")
            }
            let owned = owner[0].text ?? ""
            let start = owner[1].text == "Profit and Loss" ? try FiscalYears.year(of: day, in: session).start : nil
            let names = try AccountTree(of: owned, in: session).names(below: account)
            if party == nil, costCenter == nil {
                let all = try ReadableBooks.movements(of: owned, from: start, through: day, in: session)
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
