import Accounting
import Documents
import Reports
import Synchronization
import TestSupport
import Testing
import Values

/// A company with its books, whose clock goes on by a second with every session.
final class Books: TestCompany {
    let company: TemporaryCompany
    private let clock: Mutex<Timestamp>

    /// Opens empty books; with `company` there is one called Acme (A), the fiscal years 2025 and 2026, two customers, a
    /// supplier and some items.
    init(company isFounded: Bool = true, today: Day = .on(2026, 3, 10)) async throws {
        clock = Mutex(Timestamp(today))
        company = try await TemporaryCompany(noon: Timestamp(today)) { registry in
            registry.add(Customer.self, Supplier.self, Item.self, Order.self, OrderItem.self)
            accountingModule.register(&registry)
            registry.register(
                TradeDocument("Sales Order", .sells, .field("customer", of: "Customer"), day: "creation"))
            registry.register(PartyKind.debtor("Customer"))
            registry.register(PartyKind.creditor("Supplier"))
        }
        guard isFounded else { return }
        try await run { session in
            try session.make(
                "Company", ["company_name": "Acme", "abbr": "A", "default_currency": "USD", "country": "Utopia"])
            try session.makeFiscalYears(2025...2026)
            for name in ["Ann", "Bob"] { try session.make("Customer", ["customer_name": .string(name)]) }
            try session.make("Supplier", ["supplier_name": "Sue"])
            for name in ["Apple", "Pear"] { try session.make("Item", ["item_code": .string(name)]) }
        }
    }

    /// Runs `body` in a session of its own and commits.
    @discardableResult
    func run<T: Sendable>(
        as actor: Actor? = nil, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        let now = clock.withLock { clock in
            clock = clock.adding(seconds: 1)
            return clock
        }
        return try await write(as: actor, at: now, body)
    }

    /// Expects `body` to be refused with a problem of this kind.
    func expect<T>(
        _ kind: Problem.Kind, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: @escaping @Sendable (Session) throws -> T
    ) async {
        do {
            try await run { session in _ = try body(session) }
            Issue.record("nothing was refused", sourceLocation: sourceLocation)
        } catch let problem as Problem {
            #expect(problem.kind == kind, "\(problem)", sourceLocation: sourceLocation)
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
        }
    }
}

extension Session {
    /// A submitted invoice to `customer` of one row, due on its day.
    @discardableResult
    func invoice(
        _ customer: String = "Ann", on day: String = "2026-03-10", qty: JSON = 1, rate: JSON = 100, taxes: JSON = []
    ) throws -> Document {
        try submitted(
            "Sales Invoice",
            [
                "customer": .string(customer), "posting_date": .string(day),
                "items": [["item_code": "Apple", "qty": qty, "rate": rate]], "taxes": taxes,
            ])
    }
}

extension Day {
    /// A day that is there.
    static func on(_ year: Int, _ month: Int, _ day: Int) -> Day {
        Day(year: year, month: month, day: day) ?? .earliest
    }
}

extension Exact {
    /// A number as it is written.
    static func of(_ text: String) -> Exact { Exact(text) ?? .outOfRange }
}

/// Stands for the customers of the selling module.
struct Customer: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Customer", module: "Tests", naming: .field("customer_name"), title: "customer_name",
        permissions: [.read("Accounts User")])
    let customerName = Documents.Data(.required)
    init() {}
}

/// Stands for the suppliers of the buying module.
struct Supplier: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Supplier", module: "Tests", naming: .field("supplier_name"), title: "supplier_name",
        permissions: [.read("Accounts User")])
    let supplierName = Documents.Data(.required)
    init() {}
}

/// Stands for the items of the stock module.
struct Item: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Item", module: "Tests", naming: .field("item_code"), permissions: [.read("Accounts User")])
    let itemCode = Documents.Data(.required)
    let itemName = Documents.Data()
    let description = SmallText()
    let stockUOM = Documents.Data()
    init() {}
}

/// Stands for the sales orders of the selling module.
struct Order: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo("Sales Order", module: "Tests", naming: .series(["SO-"]), .submittable)
    let customer = Link("Customer", .required)
    let head = TradeHead()
    let items = Table(OrderItem.self)
    let taxes = Table(SalesTaxesAndCharges.self)
    let totals = TradeTotals()
    let perDelivered = Percent(.readOnly, .noCopy)
    let perBilled = Percent(.readOnly, .noCopy)
    let status = Documents.Data(.noCopy)
    init() {}

    static func validate(_ order: Doc<Self>, in session: Session) throws {
        try Trade.calculate(order.document, in: session)
        Trade.setStatus(order.document, in: session)
    }
}

/// A row of an order.
struct OrderItem: DocTypeSchema {
    static let doctype = DocTypeInfo("Sales Order Item", module: "Tests", kind: .child)
    let line = TradeLine()
    let deliveredQty = FloatField(.readOnly, .noCopy)
    let billedAmt = CurrencyField(.readOnly, .noCopy)
    init() {}
}
