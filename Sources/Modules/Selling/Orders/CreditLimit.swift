internal import Accounting
public import Documents
internal import Storage
internal import Values

/// How much a customer may owe.
enum CreditLimit {
    /// Refuses an order when what the customer owes, what of its orders is not billed yet, and this order together
    /// exceed its credit limit. A limit of 0 is none.
    ///
    /// Amounts are in company currency.
    ///
    /// - Throws: ``Problem/Kind/creditLimit``.
    static func check(_ order: Doc<SalesOrder>, in session: Session) throws {
        let limit = try session.value(of: "Customer", order.customer, "credit_limit").exact ?? .zero
        guard limit.isPositive else { return }
        let owed = try owed(by: order.customer, order[\.head.company], in: session)
        let open = try unbilled(of: order.customer, order[\.head.company], in: session)
        let total = owed + open
        guard total > limit else { return }
        throw Problem(
            .creditLimit,
            "The credit limit of \(order.customer) is \(limit.rounded(2)); with this order it would owe \(total.rounded(2))",
            field: "customer", fix: "Let the customer pay first, or raise credit_limit of the customer.")
    }

    /// The balance of the customer in the books.
    private static func owed(by customer: String, _ company: String, in session: Session) throws -> Exact {
        let sql = """
            SELECT SUM(debit), SUM(credit) FROM gl_entry WHERE party_type = ? AND party = ? AND company = ?
            """
        let row = try session.transaction.first(
            sql, [.text("Customer"), .text(customer), .text(company)], [.decimal(scale: 4), .decimal(scale: 4)])
        return (row?[0].exact ?? .zero) - (row?[1].exact ?? .zero)
    }

    /// What of the customer's submitted orders, this one among them, is not billed.
    private static func unbilled(of customer: String, _ company: String, in session: Session) throws -> Exact {
        let sql = """
            SELECT base_grand_total, per_billed FROM sales_order
            WHERE customer = ? AND company = ? AND docstatus = 1 AND status <> 'Closed'
            """
        var total = Exact.zero
        try session.transaction.forEach(
            sql, [.text(customer), .text(company)], [.decimal(scale: 4), .decimal(scale: 9)]
        ) { row in
            let open = Exact(100) - (row[1].exact ?? .zero)
            if open.isPositive { total += ((row[0].exact ?? .zero) * open).divided(by: 100, decimals: 4) }
        }
        return total
    }
}

extension Problem.Kind {
    /// A customer would owe more than its limit.
    public static let creditLimit = Self("credit_limit_exceeded")
    /// More is ordered of a quotation than it offers.
    public static let overOrder = Self("over_order", exception: "OverAllowanceError")
}
