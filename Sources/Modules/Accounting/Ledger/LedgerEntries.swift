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
        try exists("voucher_no = ? AND voucher_type = ?", [.text(voucher.name), .text(voucher.doctype.name)], session)
    }

    private static func exists(_ condition: String, _ arguments: [Value], _ session: Session) throws -> Bool {
        try session.transaction.first("SELECT name FROM gl_entry WHERE \(condition) LIMIT 1", arguments, [.text]) != nil
    }
}
