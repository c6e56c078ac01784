internal import Accounting
public import Documents
internal import Storage
internal import Values

/// How much customers may owe.
enum CreditLimit {
    /// Refuses whatever binds a customer or raises its debt when what it owes in the books, what of its orders and deliveries
    /// is not billed yet, and the document together exceed its credit limit. A limit of 0 is none.
    ///
    /// What comes from an order or a delivery was weighed with that and is not weighed again. An offer binds nobody. Amounts
    /// are in company currency.
    static let observer: Observer = { changes, session in
        let submitted = changes.filter { $0.action == .submit }.map(\.document)
        guard let first = submitted.first, let kind = TradeDocument.find(first.doctype.name, in: session.registry),
            kind.isBinding, kind.deed == .sells || kind.deed == .pays
        else { return }
        // Most customers have no limit: nothing is weighed for them.
        let customers = submitted.flatMap { kind.parties(of: $0) }.filter { $0.type == "Customer" }
        guard !customers.isEmpty else { return }
        let limits = try session.facts(of: "Customer", Set(customers.lazy.map(\.name)), ["credit_limit"])
        guard limits.values.contains(where: { $0[0].exact?.isPositive == true }) else { return }
        var added: [Debtor: Exact] = [:]
        for document in submitted {
            for (customer, amount) in try claims(of: document, kind, in: session) where amount.isPositive {
                added[Debtor(customer: Name(customer), company: Name(document.text("company"))), default: .zero] +=
                    amount
            }
        }
        guard !added.isEmpty else { return }
        // A document whose rows keep what is billed is among those that are not billed yet; another is not booked yet.
        let isCounted = try keepsBilled(kind, in: session.registry) != nil
        for (debtor, amount) in added.sorted(by: { $0.key < $1.key }) {
            guard let limit = limits[debtor.customer]?[0].exact, limit.isPositive else { continue }
            let total =
                try owed(by: debtor, in: session) + unbilled(of: debtor, in: session) + (isCounted ? .zero : amount)
            guard total > limit, try !mayExceed(session) else { continue }
            throw Problem(
                .creditLimit,
                "The credit limit of \(debtor.customer) is \(limit.rounded(2)); with this it would owe \(total.rounded(2))",
                field: "customer", fix: "Let the customer pay first, or raise credit_limit of the customer."
            ).about(first)
        }
    }

    /// A customer of a company.
    private struct Debtor: Hashable, Comparable {
        let customer: Name
        let company: Name

        static func < (l: Debtor, r: Debtor) -> Bool { (l.customer, l.company) < (r.customer, r.company) }
    }

    /// Whether the actor has the role that passes credit limits.
    private static func mayExceed(_ session: Session) throws -> Bool {
        let role = try AccountsSettings.current(in: session).creditController
        return !role.isEmpty && session.actor.roles.contains(role)
    }

    // MARK: - What a document adds

    /// What a document adds to what customers owe.
    private static func claims(
        of document: Document, _ kind: TradeDocument, in session: Session
    ) throws -> [(customer: String, amount: Exact)] {
        let customers = kind.parties(of: document).filter { $0.type == "Customer" }
        if case .rows(let table, _, _) = kind.party {
            let rows = document.table(table)
            var sums: [Name: Exact] = [:]
            for customer in customers {
                guard let row = rows.first(where: { $0.idx == customer.row }) else { continue }
                sums[customer.name, default: .zero] += row.exact("debit") - row.exact("credit")
            }
            return sums.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
        }
        let rows = document.table("items")
        guard let customer = customers.first, let row = rows.first else { return [] }
        let sources = try sources(of: row.doctype, in: session.registry)
        let all = rows.sum { $0.exact("amount") }
        let free = rows.filter { row in sources.allSatisfy { row.text($0).isEmpty } }.sum { $0.exact("amount") }
        guard free.isPositive, all.isPositive else { return [] }
        let due = Trade.baseAmountDue(document)
        return [(customer.name, free == all ? due : due * free / all)]
    }

    /// The fields of rows that link to an order or a delivery.
    private static func sources(of rows: DocType, in registry: Registry) throws -> [String] {
        let sales = registry.registered(TradeDocument.self).filter { $0.deed == .sells && $0.isBinding }
        return rows.fields.filter { field in
            field.type == .link && sales.contains { $0.doctype == field.options }
        }.map(\.name)
    }

    /// The rows of a document that sells, where they keep what of them is billed.
    private static func keepsBilled(_ kind: TradeDocument, in registry: Registry) throws -> DocType? {
        guard kind.deed == .sells, kind.isBinding,
            let table = registry.find(kind.doctype)?.field("items")?.options, let rows = registry.find(table),
            rows.field("billed_amt") != nil
        else { return nil }
        return rows
    }

    // MARK: - What there is

    /// The balance of the customer in the books.
    private static func owed(by debtor: Debtor, in session: Session) throws -> Exact {
        let sql = """
            SELECT SUM(debit), SUM(credit) FROM gl_entry WHERE party_type = ? AND party = ? AND company = ?
            """
        let row = try session.transaction.first(
            sql, [.text("Customer"), .text(debtor.customer.text), .text(debtor.company.text)],
            [.decimal(scale: 4), .decimal(scale: 4)])
        return (row?[0].exact ?? .zero) - (row?[1].exact ?? .zero)
    }

    /// What of the customer's submitted orders, and of deliveries that no order asked for, is not billed: of each its total
    /// in the proportion of its rows.
    private static func unbilled(of debtor: Debtor, in session: Session) throws -> Exact {
        var total = Exact.zero
        for kind in session.registry.registered(TradeDocument.self) {
            guard case .field(let customer, of: "Customer") = kind.party,
                let rows = try keepsBilled(kind, in: session.registry),
                let type = session.registry.find(kind.doctype)
            else { continue }
            let own = try sources(of: rows, in: session.registry).map { " AND r.\(quoted($0)) IS NULL" }.joined()
            let billed = "COALESCE(r.billed_amt, 0)"
            let sql = """
                SELECT d.base_grand_total, SUM(r.amount),
                SUM(CASE WHEN r.amount > \(billed)\(own) THEN r.amount - \(billed) ELSE 0 END)
                FROM \(quoted(type.table)) d JOIN \(quoted(rows.table)) r ON r.parent = d.name
                WHERE d.\(quoted(customer)) = ? AND d.company = ? AND d.docstatus = 1 AND d.status <> 'Closed'
                AND d.per_billed < ? GROUP BY d.name, d.base_grand_total
                """
            try session.transaction.forEach(
                sql, [.text(debtor.customer.text), .text(debtor.company.text), Value(Exact.hundred, scale: 9)],
                [.decimal(scale: 4), .decimal(scale: 4), .decimal(scale: 4)]
            ) { row in
                guard let all = row[1].exact, all.isPositive, let open = row[2].exact else { return }
                total += ((row[0].exact ?? .zero) * open).divided(by: all, decimals: 4)
            }
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
