internal import Documents
internal import Reports
internal import Storage
internal import Values

/// The entries of the general ledger with a running balance.
enum GeneralLedgerReport {
    static let report = Report(
        "General Ledger", module: "Accounting", doctype: "GL Entry", reading: .permitted,
        filters: [
            .required("company", .link, "Company"), .optional("from_date", .date, from: ReportHelp.postingDate),
            .optional("to_date", .date, from: ReportHelp.postingDate),
            .optional("account", .link, "Account", from: .own + .of("Account", "parent_account")),
            .optional("voucher_no", .data), .optional("party_type", .select, "Customer\nSupplier\nEmployee"),
            .optional("party", .dynamicLink, "party_type"), .optional("cost_center", .link, "Cost Center"),
            .optional("against_voucher_no", .data, from: .of("GL Entry", "against_voucher")),
            .optional("group_by", .select, from: .none), .optional("show_cancelled_entries", .check, from: .none),
        ], needs: .of("GL Entry", "company", "posting_date", "reverses", "is_cancelled"),
        orderedBy: .of("GL Entry", "posting_date", "name"),
        summary: "The entries of the general ledger with a running balance."
    ) { arguments, session in
        try run(arguments, in: session)
    }

    /// Which entries are asked for.
    private struct Selection {
        var conditions = ["company = ?"]
        var arguments: [Value]
        /// Only accounts are asked for, by who may read all entries, so that the opening balance is a kept one.
        var isOfAccounts = true
        var accounts: [String]?

        mutating func add(_ condition: String, _ values: [Value]) {
            conditions.append(condition)
            arguments += values
        }
    }

    private static func run(_ arguments: Arguments, in session: Session) throws -> ReportRun {
        let company = try ReportHelp.company(arguments, in: session)
        let range = try ReportHelp.range(arguments, in: session)
        let selection = try select(arguments, company.name, in: session)
        let opening = try opening(selection, before: range.from, company.name, in: session)
        let currency = company.defaultCurrency
        var sql = """
            SELECT posting_date, account, debit, credit, debit, voucher_type, voucher_no, against, party_type, party,
            cost_center, against_voucher_type, against_voucher, remarks, name, ? FROM gl_entry
            WHERE \(selection.conditions.joined(separator: " AND ")) AND posting_date >= ? AND posting_date <= ?
            """
        if arguments.flag("show_cancelled_entries") != true { sql += " AND \(valid)" }
        sql += " ORDER BY posting_date, name LIMIT ?"
        let values = [.text(currency)] + selection.arguments + [.day(range.from), .day(range.to)]
        return ReportRun(columns: columns) { most, each in
            func sumRow(_ label: String, _ movement: AccountBalances.Movement) -> ReportRow {
                let amounts = [movement.debit, movement.credit, movement.balance].map(ReportHelp.money)
                return ReportRow(
                    [.null, .text(label)] + amounts + Array(repeating: .null, count: 10) + [.text(currency)], .total)
            }
            try each(sumRow("Opening", opening))
            var total = AccountBalances.Movement()
            try session.transaction.forEach(sql, values + [.int(Int64(most))], types) { row in
                total =
                    total
                    + AccountBalances.Movement(debit: row[2].exact ?? .zero, credit: row[3].exact ?? .zero)
                var row = row
                row[Self.balance] = ReportHelp.money((opening + total).balance)
                try each(ReportRow(row))
            }
            try each(sumRow("Total", total))
            try each(sumRow("Closing (Opening + Total)", opening + total))
            return ReportRun.End()
        }
    }

    /// How the statement's columns are read, which are those of the report.
    private static let types: [ColumnType] =
        [.day, .text] + Array(repeating: .decimal(scale: 4), count: 3) + Array(repeating: .text, count: 11)
    /// The place of the running balance among them, for which the statement gives another amount.
    private static let balance = 4

    /// Neither reversed nor a reversal. Said so that no engine looks for the many rows without `reverses` by its index, and
    /// finds those that are reversed, which are few, once and not for each row.
    private static let valid = """
        COALESCE(reverses, '') = '' AND name NOT IN (SELECT reverses FROM gl_entry WHERE reverses > '')
        """

    private static func select(_ arguments: Arguments, _ company: String, in session: Session) throws -> Selection {
        var selection = Selection(arguments: [.text(company)])
        if let condition = try ReadableBooks.condition(in: session) {
            selection.isOfAccounts = false
            selection.add(condition.sql, condition.arguments)
        }
        if let account = arguments.text("account") {
            let names = try AccountTree(of: company, in: session).names(below: account)
            guard !names.isEmpty else {
                throw Problem(.notFound, "\(company) has no account \(account)", field: "account")
            }
            selection.accounts = names
            selection.add(session.transaction.dialect.isOneOf("account", count: names.count), names.map(Value.text))
        }
        let fields = [
            "voucher_no": "voucher_no", "party_type": "party_type", "party": "party", "cost_center": "cost_center",
            "against_voucher_no": "against_voucher",
        ]
        for (filter, column) in fields.sorted(by: { $0.key < $1.key }) {
            guard let value = arguments.text(filter) else { continue }
            selection.isOfAccounts = false
            selection.add("\(column) = ?", [.text(value)])
        }
        return selection
    }

    private static func opening(
        _ selection: Selection, before day: Day, _ company: String, in session: Session
    ) throws -> AccountBalances.Movement {
        if selection.isOfAccounts {
            let all = try AccountBalances.movements(of: company, from: nil, through: day.adding(days: -1), in: session)
            guard let accounts = selection.accounts else { return all.values.reduce(.init()) { $0 + $1 } }
            return accounts.reduce(.init()) { $0 + (all[$1] ?? .init()) }
        }
        var sum = AccountBalances.Movement()
        try session.transaction.forEach(
            """
            \(AccountBalances.ledgerSums) WHERE \(selection.conditions.joined(separator: " AND ")) AND posting_date < ?
            GROUP BY account
            """, selection.arguments + [.day(day)], AccountBalances.columns
        ) { row in
            sum = sum + AccountBalances.Movement(debit: row[1].exact ?? .zero, credit: row[2].exact ?? .zero)
        }
        return sum
    }

    private static let columns = [
        ReportColumn("posting_date", .date), ReportColumn("account", .link, options: "Account"),
        ReportColumn("debit", .currency), ReportColumn("credit", .currency),
        ReportColumn("balance", .currency, from: .of("GL Entry", "debit", "credit", "posting_date", "name")),
        ReportColumn("voucher_type", .data), ReportColumn("voucher_no", .dynamicLink, options: "voucher_type"),
        ReportColumn("against", .data, label: "Against Account"), ReportColumn("party_type", .data),
        ReportColumn("party", .dynamicLink, options: "party_type"),
        ReportColumn("cost_center", .link, options: "Cost Center"), ReportColumn("against_voucher_type", .data),
        ReportColumn("against_voucher", .dynamicLink, options: "against_voucher_type"), ReportColumn("remarks", .data),
        ReportColumn("gl_entry", .link, label: "GL Entry", options: "GL Entry", from: .of("GL Entry", "name")),
        ReportHelp.currency,
    ]
}
