internal import Documents
internal import Storage
internal import Values

/// Debit and credit of every account by month, kept in the transaction that posts.
///
/// What was reversed does not count: a reversal takes back the debit and credit of what it reverses, in the same month.
enum AccountBalances {
    static let table = TableSchema(
        "_account_balance",
        columns: [
            .init("account", .text, required: true), .init("month", .integer, required: true),
            .init("debit", .decimal(scale: 4), required: true, fallback: .int(0)),
            .init("credit", .decimal(scale: 4), required: true, fallback: .int(0)),
        ], primaryKey: ["account", "month"])

    /// What an account moved.
    struct Movement: Sendable, Equatable {
        var debit = Exact.zero
        var credit = Exact.zero

        /// Debit less credit.
        var balance: Exact { debit - credit }

        static func + (l: Movement, r: Movement) -> Movement {
            Movement(debit: l.debit + r.debit, credit: l.credit + r.credit)
        }
        static func - (l: Movement, r: Movement) -> Movement {
            Movement(debit: l.debit - r.debit, credit: l.credit - r.credit)
        }
    }

    static let figures = Figures(of: "GL Entry", table)

    /// Moves the balances of accounts on a day, in one statement.
    static func move(_ movements: [Name: Movement], on day: Day, in session: Session) throws {
        let month = Value.int(Int64(day.monthIndex))
        try session.move(
            figures, adding: ["debit", "credit"],
            movements.sorted { $0.key < $1.key }.map { account, movement in
                [.text(account.text), month, Value(movement.debit, scale: 4), Value(movement.credit, scale: 4)]
            })
    }

    /// What the accounts of a company moved from one day to another, both included; nil is from the beginning.
    ///
    /// Whole months come from the kept balances, the days of months at the edges from the ledger by its index on days.
    static func movements(
        of company: String, from start: Day?, through end: Day, in session: Session
    ) throws -> [Name: Movement] {
        var total = try beforeDay(end.adding(days: 1), company, session)
        if let start {
            for (account, movement) in try beforeDay(start, company, session) {
                total[account, default: Movement()] = total[account, default: Movement()] - movement
            }
        }
        return total.filter { !$0.value.debit.isZero || !$0.value.credit.isZero }
    }

    /// All that was moved before a day: the months before it and the days of its month.
    private static func beforeDay(_ day: Day, _ company: String, _ session: Session) throws -> [Name: Movement] {
        var total: [Name: Movement] = [:]
        try session.transaction.forEach(
            """
            SELECT b.account, SUM(b.debit), SUM(b.credit) FROM _account_balance b JOIN account a ON a.name = b.account
            WHERE a.company = ? AND b.month < ? GROUP BY b.account
            """, [.text(company), .int(Int64(day.monthIndex))], columns
        ) { row in add(row, to: &total) }
        guard day > day.startOfMonth else { return total }
        for (account, movement) in try ledger(of: company, from: day.startOfMonth, before: day, in: session) {
            total[account] = total[account, default: Movement()] + movement
        }
        return total
    }

    /// What the accounts of a company moved on the days from one to before another, from the ledger.
    static func ledger(
        of company: String, from start: Day, before end: Day, in session: Session
    ) throws -> [Name: Movement] {
        var total: [Name: Movement] = [:]
        try session.transaction.forEach(
            "\(ledgerSums) WHERE posting_date >= ? AND posting_date < ? AND company = ? GROUP BY account",
            [.day(start), .day(end), .text(company)], columns
        ) { row in add(row, to: &total) }
        return total
    }

    /// Debit less credit of these accounts after all that was posted, in order of their names; those that never moved are
    /// left out.
    static func balances(
        of accounts: [String], in session: Session
    ) throws -> [(account: String, balance: Exact)] {
        guard !accounts.isEmpty else { return [] }
        let condition = session.transaction.dialect.isOneOf("account", count: accounts.count)
        return try session.transaction.query(
            """
            SELECT account, SUM(debit), SUM(credit) FROM _account_balance WHERE \(condition)
            GROUP BY account ORDER BY account
            """, accounts.map(Value.text), columns
        ).map { ($0[0].text ?? "", ($0[1].exact ?? .zero) - ($0[2].exact ?? .zero)) }
    }

    /// What the accounts of a company moved in each month, up to a month, from the kept balances.
    static func byMonth(of company: String, through month: Int, in session: Session) throws -> [Int: [Name: Movement]] {
        var months: [Int: [Name: Movement]] = [:]
        try session.transaction.forEach(
            """
            SELECT b.account, b.debit, b.credit, b.month FROM _account_balance b JOIN account a ON a.name = b.account
            WHERE a.company = ? AND b.month <= ?
            """, [.text(company), .int(Int64(month))], columns + [.integer]
        ) { row in
            let movement = Movement(debit: row[1].exact ?? .zero, credit: row[2].exact ?? .zero)
            months[Int(row[3].int ?? 0), default: [:]][row[0].text ?? ""] = movement
        }
        return months
    }

    /// Sums of the ledger by account in which what is reversed does not count.
    static let ledgerSums = """
        SELECT account, SUM(CASE WHEN reverses IS NULL THEN debit ELSE -credit END),
        SUM(CASE WHEN reverses IS NULL THEN credit ELSE -debit END) FROM gl_entry
        """
    static let columns: [ColumnType] = [.text, .decimal(scale: 4), .decimal(scale: 4)]

    private static func add(_ row: [Value], to total: inout [Name: Movement]) {
        let movement = Movement(debit: row[1].exact ?? .zero, credit: row[2].exact ?? .zero)
        total[row[0].text ?? ""] = total[row[0].text ?? "", default: Movement()] + movement
    }
}
