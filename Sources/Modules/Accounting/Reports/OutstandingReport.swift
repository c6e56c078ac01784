internal import Documents
internal import Reports
internal import Storage
internal import Values

/// Accounts Receivable and Accounts Payable: what is outstanding of each voucher on a day, by age.
enum OutstandingReport {
    static let receivable = report(
        "Accounts Receivable", accountType: AccountType.receivable, partyType: "Customer",
        summary: "What customers owe, by voucher and age.")
    static let payable = report(
        "Accounts Payable", accountType: AccountType.payable, partyType: "Supplier",
        summary: "What is owed to suppliers, by voucher and age.")

    /// What is outstanding is what the payment ledger says.
    private static let doctype = "Payment Ledger Entry"
    private static let amount: ReportSources = .of(doctype, "amount", "posting_date")

    private static func report(_ name: String, accountType: String, partyType: String, summary: String) -> Report {
        let party = partyType.lowercased()
        return Report(
            name, module: "Accounting", doctype: doctype, reading: .permitted,
            filters: [
                .required("company", .link, "Company"),
                .optional("report_date", .date, from: .of(doctype, "posting_date")),
                .optional("ageing_based_on", .select, "Due Date\nPosting Date", from: .none),
                .optional("range", .data, from: .none), .optional("party_type", .data),
                .optional("party", .dynamicLink, "party_type", usually: partyType),
                .optional(party, .link, partyType, from: .of(doctype, "party")),
                .optional("party_account", .link, "Account", from: .of(doctype, "account")),
            ],
            needs: amount
                + .of(
                    doctype, "company", "account_type", "account", "party_type", "party", "against_voucher_type",
                    "against_voucher_no"),
            orderedBy: .of(doctype, "posting_date", "against_voucher_no"), summary: summary
        ) { arguments, session in
            try run(arguments, accountType, partyType, in: session)
        }
    }

    private static func run(
        _ arguments: Arguments, _ accountType: String, _ partyType: String, in session: Session
    ) throws -> ReportRun {
        let company = try ReportHelp.company(arguments, in: session)
        let day = try arguments.day("report_date") ?? session.today
        let bounds = try bounds(arguments.text("range") ?? "30, 60, 90, 120")
        let isByDueDate = arguments.text("ageing_based_on") != "Posting Date"
        let (sql, values, types) = try vouchers(
            arguments, company.name, accountType, partyType, through: day, in: session)
        let currency = Value.text(company.defaultCurrency)
        return ReportRun(columns: try columns(bounds, partyType, in: session)) { most, each in
            var sums = [Exact](repeating: .zero, count: 3 + bounds.count + 1)
            try session.transaction.forEach(sql, values + [.int(Int64(most))], types) { voucher in
                let outstanding = voucher[5].exact ?? .zero
                let own = voucher[6].exact ?? .zero
                let invoiced = own.isPositive ? own : .zero
                let posted = voucher[7].day ?? voucher[8].day
                let due = voucher[9].day ?? posted
                let age = (isByDueDate ? due : posted).map { max(0, day - $0) } ?? 0
                let slot = bounds.firstIndex { age <= $0 } ?? bounds.count
                let amounts =
                    [invoiced, invoiced - outstanding, outstanding]
                    + (0...bounds.count).map { $0 == slot ? outstanding : .zero }
                for (index, amount) in amounts.enumerated() { sums[index] += amount }
                var row: [Value] = [
                    posted.map(Value.day) ?? .null, voucher[3], voucher[2],
                    voucher.count > 10 ? voucher[10] : voucher[2],
                    voucher[4], voucher[0], voucher[1], due.map(Value.day) ?? .null,
                ]
                row += amounts[0..<3].map(ReportHelp.money) + [.int(Int64(age))] + amounts[3...].map(ReportHelp.money)
                try each(ReportRow(row + [currency]))
            }
            var total: [Value] = [.null, .null, .text("Total"), .null, .null, .null, .null, .null]
            total += sums[0..<3].map(ReportHelp.money) + [.null] + sums[3...].map(ReportHelp.money)
            try each(ReportRow(total + [currency], .total))
            return ReportRun.End(
                summary: [ReportFigure("Total Outstanding", ReportHelp.money(sums[2]), from: amount)])
        }
    }

    /// The statement that gives what is not settled on the day, each voucher with its party's title where parties have one.
    private static func vouchers(
        _ arguments: Arguments, _ company: String, _ accountType: String, _ partyType: String, through day: Day,
        in session: Session
    ) throws -> (sql: String, values: [Value], types: [ColumnType]) {
        var conditions = "company = ? AND account_type = ? AND posting_date <= ?"
        var values: [Value] = [.text(company), .text(accountType), .day(day)]
        if let party = arguments.text("party") ?? arguments.text(partyType.lowercased()) {
            conditions += " AND party = ?"
            values.append(.text(party))
        }
        if let account = arguments.text("party_account") {
            conditions += " AND account = ?"
            values.append(.text(account))
        }
        let type = try session.registry.doctype(doctype)
        if let condition = session.readCondition(for: type, table: type.table) {
            conditions += " AND \(condition.sql)"
            values += condition.arguments
        }
        let isOwn = "voucher_no = against_voucher_no AND voucher_type = against_voucher_type"
        var columns = """
            against_voucher_type, against_voucher_no, party, party_type, account, outstanding, own, own_date, first_date, \
            last_due
            """
        var types: [ColumnType] = [
            .text, .text, .text, .text, .text, .decimal(scale: 4), .decimal(scale: 4), .day, .day, .day,
        ]
        if let title = title(of: partyType, in: session), let parties = session.registry.find(partyType) {
            let table = quoted(parties.table)
            columns += ", COALESCE((SELECT \(quoted(title)) FROM \(table) WHERE \(table).name = vouchers.party), party)"
            types.append(.text)
        }
        let sql = """
            SELECT \(columns) FROM (SELECT against_voucher_type, against_voucher_no, party, party_type, account,
            SUM(amount) AS outstanding, SUM(CASE WHEN \(isOwn) THEN amount ELSE 0 END) AS own,
            MIN(CASE WHEN \(isOwn) THEN posting_date END) AS own_date, MIN(posting_date) AS first_date,
            MAX(due_date) AS last_due FROM payment_ledger_entry WHERE \(conditions)
            GROUP BY against_voucher_type, against_voucher_no, party, party_type, account HAVING SUM(amount) <> 0
            ) vouchers ORDER BY first_date, against_voucher_no LIMIT ?
            """
        return (sql, values, types)
    }

    private static func title(of partyType: String, in session: Session) -> String? {
        session.registry.find(partyType)?.titleField
    }

    /// The upper bounds of the ages, in days.
    private static func bounds(_ text: String) throws -> [Int] {
        let bounds = text.split(separator: ",").map { Int($0.filter { !$0.isWhitespace }, in: 0...longest) }
        let days = bounds.compactMap(\.self)
        guard !days.isEmpty, days.count == bounds.count, days.count <= 10,
            zip(days, days.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw Problem(
                .outOfBounds, "range must be growing numbers of days up to \(longest), such as 30, 60, 90",
                field: "range")
        }
        return days
    }

    /// From the first day there is to the last.
    private static let longest = Day.latest - Day.earliest

    private static func columns(
        _ bounds: [Int], _ partyType: String, in session: Session
    ) throws -> [ReportColumn] {
        let age: ReportSources = .of(doctype, "due_date", "posting_date")
        let paid = amount + .of(doctype, "voucher_type", "voucher_no")
        let lows = [0] + bounds.map { $0 + 1 }
        let ranges = lows.indices.map { index in
            ReportColumn(
                "range\(index + 1)", .currency,
                label: index < bounds.count ? "\(lows[index])-\(bounds[index])" : "\(lows[index])-Above",
                from: amount + age)
        }
        // A party without a title is called by its name.
        let name: ReportSources =
            title(of: partyType, in: session).map { .of(partyType, $0, namedBy: "party") } ?? .of(doctype, "party")
        return [
            ReportColumn("posting_date", .date), ReportColumn("party_type", .data),
            ReportColumn("party", .dynamicLink, options: "party_type"), ReportColumn("party_name", .data, from: name),
            ReportColumn("party_account", .link, options: "Account", from: .of(doctype, "account")),
            ReportColumn("voucher_type", .data, from: .of(doctype, "against_voucher_type")),
            ReportColumn(
                "voucher_no", .dynamicLink, options: "voucher_type", from: .of(doctype, "against_voucher_no")),
            ReportColumn("due_date", .date, from: age),
            ReportColumn("invoiced", .currency, label: "Invoiced Amount", from: paid),
            ReportColumn("paid", .currency, label: "Paid Amount", from: paid),
            ReportColumn("outstanding", .currency, label: "Outstanding Amount", from: amount),
            ReportColumn("age", .int, label: "Age (Days)", from: age),
        ] + ranges + [ReportHelp.currency]
    }
}
