internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// Lets quotations expire by themselves.
enum QuotationExpiry {
    static let task = DailyTask("selling.quotation_expiry") { session, _ in try run(in: session) }

    /// Gives every quotation whose last day has passed since its status was set the status Expired.
    private static func run(in session: Session) throws {
        let names = try session.transaction.query(
            """
            SELECT name FROM quotation WHERE docstatus = 1 AND status IN ('Open', 'Replied') AND valid_till < ?
            ORDER BY name
            """, [.day(session.today)], [.text]
        ).compactMap { $0[0].text }
        let quotations = try session.privileged { try session.getMany("Quotation", names) }
        for quotation in quotations { Trade.setStatus(quotation, in: session) }
        try session.saveDerived(quotations)
    }
}
