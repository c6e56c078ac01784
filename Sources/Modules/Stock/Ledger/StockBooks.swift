internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// What the movements of a voucher do to the general ledger of a company with perpetual inventory.
///
/// Warehouse accounts take the differences in value that the stock ledger found, never quantity times rate. What the
/// other side does not explain of them goes to the company's stock adjustment account, so that the books balance and a
/// warehouse account always equals the value of its stock.
struct StockBooks {
    private struct Key: Hashable {
        let account: Name
        let costCenter: Name
        /// Whether it is the account of a warehouse, for a movement of its stock.
        let isOfStock: Bool
    }

    private let session: Session
    private let company: String
    private let accounts: [Name: String]
    private var net: [Key: Exact] = [:]
    private var order: [Key] = []

    /// Books of the warehouses' accounts.
    init(of company: String, warehouses: Set<Name>, in session: Session) throws {
        self.session = session
        self.company = company
        accounts = try StockCompany.accounts(of: warehouses, company: company, in: session)
    }

    /// Notes a difference in the value of a warehouse's stock.
    mutating func stock(_ warehouse: String, _ difference: Exact, costCenter: String = "") {
        add(Key(account: Name(accounts[warehouse] ?? ""), costCenter: Name(costCenter), isOfStock: true), difference)
    }

    /// Notes the other side: an amount that is credited to an account, or debited when it is negative.
    mutating func credit(_ account: String, _ amount: Exact, costCenter: String = "") {
        add(Key(account: Name(account), costCenter: Name(costCenter), isOfStock: false), -amount)
    }

    private mutating func add(_ key: Key, _ debit: Exact) {
        if net.updateValue((net[key] ?? 0) + debit, forKey: key) == nil { order.append(key) }
    }

    /// The lines, with what is left for the stock adjustment account.
    private mutating func postings() throws -> [GLPosting] {
        let rest = net.values.sum()
        if !rest.isZero {
            credit(try StockCompany.account("stock_adjustment_account", of: company, in: session), rest)
        }
        let lines = order.compactMap { key in net[key].map { (key: key, amount: $0) } }.filter { !$0.amount.isZero }
        func names(_ isStock: Bool) -> String {
            var seen: Set<Name> = []
            let names = lines.filter { $0.key.isOfStock == isStock }.map(\.key.account.text).filter {
                seen.insert($0).inserted
            }
            return Text.beginning(names.joined(separator: ", "), Limits.lineCharacters)
        }
        let (stock, others) = (names(true), names(false))
        return lines.map { line in
            GLPosting(
                account: line.key.account.text, debit: line.amount.isPositive ? line.amount : 0,
                credit: line.amount.isPositive ? 0 : -line.amount,
                against: line.key.isOfStock ? others : stock, costCenter: line.key.costCenter.text,
                isOfStock: line.key.isOfStock)
        }
    }

    /// Posts what was noted; movements that net to nothing post nothing.
    mutating func post(for voucher: Document, on day: Day) throws {
        let lines = try postings()
        guard !lines.isEmpty else { return }
        try GeneralLedger.post(lines, for: voucher, on: day, company: company, in: session)
    }

    /// Takes back stock and books of a voucher.
    ///
    /// Where a reversal could not take out all the value that had come in, the warehouse account keeps what the stock
    /// ledger keeps, against the stock adjustment account.
    static func reverse(_ voucher: Document, on day: Day, company: String, in session: Session) throws {
        try StockLedger.reverse(voucher, in: session)
        guard try StockCompany.isPerpetual(company, in: session) else {
            try GeneralLedger.reverse(voucher, in: session)
            return
        }
        let left = try remains(of: voucher, in: session)
        var books = try StockBooks(of: company, warehouses: Set(left.map(\.warehouse)), in: session)
        for (warehouse, value) in left { books.stock(warehouse, value) }
        let lines = try books.postings()
        let isPosted =
            try session.transaction.first(
                "SELECT 1 FROM gl_entry WHERE voucher_no = ? AND voucher_type = ? LIMIT 1",
                [.text(voucher.name), .text(voucher.doctype.name)], [.integer]) != nil
        if isPosted {
            try GeneralLedger.reverse(voucher, adding: lines, in: session)
        } else if !lines.isEmpty {
            try GeneralLedger.post(lines, for: voucher, on: day, company: company, in: session)
        }
    }

    /// The value that movements and reversals of a voucher together left in each warehouse.
    private static func remains(
        of voucher: Document, in session: Session
    ) throws -> [(warehouse: String, value: Exact)] {
        try session.transaction.query(
            """
            SELECT warehouse, SUM(stock_value_difference) FROM stock_ledger_entry
            WHERE voucher_no = ? AND voucher_type = ? GROUP BY warehouse HAVING SUM(stock_value_difference) <> 0
            ORDER BY warehouse
            """, [.text(voucher.name), .text(voucher.doctype.name)], [.text, .decimal(scale: 4)]
        ).map { ($0[0].text ?? "", $0[1].exact ?? 0) }
    }
}
