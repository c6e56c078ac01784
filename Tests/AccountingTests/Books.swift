import Accounting
import Audit
import Documents
import EventLog
import Foundation
import Reports
import Storage
import Synchronization
import Testing
import Values

/// A company with its books in a temporary database, for tests.
final class Books: Sendable {
    let database: SQLiteDatabase
    let registry: Registry
    private let folder: URL
    private let identifiers = Mutex(IdentifierSource(seed: 7))
    private let clock: Mutex<Timestamp>

    /// Opens empty books; with `company` there is one called Acme (A), the fiscal years 2025 and 2026, two customers, a
    /// supplier and some items.
    init(company: Bool = true, today: Day = .on(2026, 3, 10)) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "books-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try SQLiteDatabase(path: folder.appending(path: "books.sqlite").path)
        var registry = Registry.core()
        registry.add(Customer.self, Supplier.self, Item.self, Order.self, OrderItem.self)
        accountingModule.register(&registry)
        self.registry = registry
        clock = Mutex(Timestamp(today))
        let tables = registry.allTables + EventLog.tables + AuditLog.tables
        _ = try await database.write { try $0.migrate(to: tables) }
        guard company else { return }
        try await run { session in
            try session.make(
                "Company", ["company_name": "Acme", "abbr": "A", "default_currency": "USD", "country": "Utopia"])
            for year in [2025, 2026] {
                try session.make(
                    "Fiscal Year",
                    [
                        "year": .string("\(year)"), "year_start_date": .string("\(year)-01-01"),
                        "year_end_date": .string("\(year)-12-31"),
                    ])
            }
            for name in ["Ann", "Bob"] { try session.make("Customer", ["customer_name": .string(name)]) }
            try session.make("Supplier", ["supplier_name": "Sue"])
            for name in ["Apple", "Pear"] { try session.make("Item", ["item_code": .string(name)]) }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs `body` in a session of its own and commits.
    @discardableResult
    func run<T: Sendable>(
        as actor: Actor = .administrator, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        let now = clock.withLock { clock in
            clock = clock.adding(seconds: 1)
            return clock
        }
        return try await database.write { [self] transaction in
            let session = Session(actor: actor, now: now, registry: registry, transaction: transaction) {
                self.identifiers.withLock { $0.next(at: now) }
            }
            let result = try body(session)
            try session.finish()
            return result
        }
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
    /// Inserts a document from JSON.
    @discardableResult
    func make(_ doctype: String, _ object: JSONObject) throws -> Document {
        let document = try document(doctype, from: object)
        try insert(document)
        return document
    }

    /// Inserts and submits a document from JSON.
    @discardableResult
    func submitted(_ doctype: String, _ object: JSONObject) throws -> Document {
        let document = try make(doctype, object)
        try submit(document)
        return document
    }

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

    /// The sum of an account's entries, debit less credit, from the ledger.
    func balance(_ account: String) throws -> Exact {
        try transaction.first(
            "SELECT SUM(debit - credit) FROM gl_entry WHERE account = ?", [.text(account)], [.decimal(scale: 4)])?[0]
            .exact
            ?? .zero
    }

    /// What all checks of the books say.
    func problems() throws -> [String] { try registry.checks.flatMap { try $0.run(self) } }
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
        "Customer", module: "Tests", naming: .field("customer_name"), title: "customer_name")
    let customerName = Documents.Data(.required)
    init() {}
}

/// Stands for the suppliers of the buying module.
struct Supplier: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Supplier", module: "Tests", naming: .field("supplier_name"), title: "supplier_name")
    let supplierName = Documents.Data(.required)
    init() {}
}

/// Stands for the items of the stock module.
struct Item: DocTypeSchema {
    static let doctype = DocTypeInfo("Item", module: "Tests", naming: .field("item_code"))
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
    let billedAmt = Documents.Currency(.readOnly, .noCopy)
    init() {}
}
