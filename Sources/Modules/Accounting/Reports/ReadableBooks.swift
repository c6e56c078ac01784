internal import Documents
internal import Storage
internal import Values

/// The general ledger as far as the session's actor may read it.
///
/// Who may read all of it gets the kept balances. For all others the entries they may read are summed up, which costs the
/// number of entries.
enum ReadableBooks {
    typealias Movement = AccountBalances.Movement

    /// The condition on rows of `gl_entry`; nil for who may read them all.
    static func condition(in session: Session) throws -> RowCondition? {
        session.readCondition(for: try session.registry.doctype("GL Entry"), table: "gl_entry")
    }

    /// What the accounts of a company moved from one day to another, both included; nil is from the beginning.
    static func movements(
        of company: String, from start: Day?, through end: Day, in session: Session
    ) throws -> [Name: Movement] {
        guard let condition = try condition(in: session) else {
            return try AccountBalances.movements(of: company, from: start, through: end, in: session)
        }
        var sql = "\(AccountBalances.ledgerSums) WHERE \(condition.sql) AND company = ? AND posting_date <= ?"
        var arguments = condition.arguments + [.text(company), .day(end)]
        if let start {
            sql += " AND posting_date >= ?"
            arguments.append(.day(start))
        }
        var found: [Name: Movement] = [:]
        try session.transaction.forEach(sql + " GROUP BY account", arguments, AccountBalances.columns) { row in
            let movement = Movement(debit: row[1].exact ?? .zero, credit: row[2].exact ?? .zero)
            if movement != Movement() { found[row[0].text ?? ""] = movement }
        }
        return found
    }

    /// Debit less credit of each account of a company on each day, for who may not read all of the ledger.
    static func byDay(
        of company: String, under condition: RowCondition, in session: Session
    ) throws -> [(day: Day, account: String, balance: Exact)] {
        var days: [(day: Day, account: String, balance: Exact)] = []
        try session.transaction.forEach(
            """
            SELECT posting_date, account, SUM(debit - credit) FROM gl_entry WHERE \(condition.sql) AND company = ?
            GROUP BY posting_date, account
            """, condition.arguments + [.text(company)], [.day, .text, .decimal(scale: 4)]
        ) { row in
            guard let day = row[0].day else { return }
            days.append((day, row[1].text ?? "", row[2].exact ?? .zero))
        }
        return days
    }
}
