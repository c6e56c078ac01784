internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// Lets quotations expire by themselves.
enum QuotationExpiry {
    /// How many are changed in one transaction.
    private static let atOnce = 200

    /// Gives every quotation whose last day has passed since its status was set the status Expired.
    static let task = ScheduledTask("selling.quotation_expiry") { session, from in
        let names = try session.transaction.query(
            """
            SELECT name FROM quotation WHERE docstatus = 1 AND status IN ('Open', 'Replied') AND valid_till < ?
            AND name > ? ORDER BY name LIMIT \(atOnce)
            """, [.day(session.today), .text(from?.string ?? "")], [.text]
        ).compactMap { $0[0].text }
        let quotations = try session.privileged { try session.getMany("Quotation", names) }
        for quotation in quotations { Trade.setStatus(quotation, in: session) }
        try session.saveDerived(quotations)
        guard names.count == atOnce, let last = names.last else { return .none }
        return .from(.string(last))
    }
}
