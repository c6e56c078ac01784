internal import Documents
internal import Storage
internal import Values

/// Questions to the general ledger that an index answers.
enum LedgerEntries {
    static func exist(account: String, in session: Session) throws -> Bool {
        try exists("account = ?", [.text(account)], session)
    }

    static func exist(costCenter: String, in session: Session) throws -> Bool {
        try exists("cost_center = ?", [.text(costCenter)], session)
    }

    static func exist(voucher: Document, in session: Session) throws -> Bool {
        let query = query(voucher: voucher)
        return try session.transaction.first(query.sql, query.arguments, query.types) != nil
    }

    /// A query for an entry of a voucher.
    static func query(voucher: Document) -> Query {
        Query(
            "SELECT name FROM gl_entry WHERE voucher_no = ? AND voucher_type = ? LIMIT 1",
            [.text(voucher.name), .text(voucher.doctype.name)], [.text])
    }

    private static func exists(_ condition: String, _ arguments: [Value], _ session: Session) throws -> Bool {
        try session.transaction.first("SELECT name FROM gl_entry WHERE \(condition) LIMIT 1", arguments, [.text]) != nil
    }
}
