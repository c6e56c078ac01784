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

@testable import Stock

/// A company with two warehouses in a file of its own, its books in US dollars, from 2024 to 2026.
final class Depot: Sendable {
    let registry: Registry
    let database: SQLiteDatabase
    private let path = NSTemporaryDirectory() + "cauldron-\(UUID().uuidString).db"
    private let identifiers = Mutex(IdentifierSource(seed: 7))

    static let company = "Acme"
    static let stores = "Stores - A"
    static let shop = "Shop - A"
    static let noon = Timestamp("2025-03-10 12:00:00") ?? Timestamp(microseconds: 0)

    /// `withShopAccount` gives the shop an account of its own, so that transfers reach the books.
    init(withShopAccount: Bool = false) async throws {
        var registry = Registry.core()
        accountingModule.register(&registry)
        stockModule.register(&registry)
        registry.add(FakeSalesOrder.self, FakeSalesOrderItem.self, FakePurchaseOrder.self, FakePurchaseOrderItem.self)
        self.registry = registry
        database = try SQLiteDatabase(path: path)
        let tables = registry.allTables + EventLog.tables + AuditLog.tables
        try await database.write { _ = try $0.migrate(to: tables) }
        try await write { session in
            for year in 2024...2026 {
                try session.insert(
                    session.document(
                        "Fiscal Year",
                        from: [
                            "year": .string("\(year)"), "year_start_date": .string("\(year)-01-01"),
                            "year_end_date": .string("\(year)-12-31"),
                        ]))
            }
            try session.insert(
                session.document(
                    "Company", from: ["company_name": "Acme", "abbr": "A", "default_currency": "USD", "country": "US"]))
            try StockSetup.install(in: session)
            try StockSetup.installWarehouses(of: "Acme", in: session)
            let shop = try session.document(
                "Warehouse",
                from: ["warehouse_name": "Shop", "company": "Acme", "parent_warehouse": "All Warehouses - A"])
            if withShopAccount { shop.set("account", try Depot.makeShopAccount(in: session)) }
            try session.insert(shop)
            for code in ["bolt", "nut", "gear"] { try Depot.insertItem(code, in: session) }
        }
    }

    deinit { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }

    private static func makeShopAccount(in session: Session) throws -> String {
        let inventory = try Companies.get("Acme", in: session).defaultInventoryAccount
        let parent = try session.value(of: "Account", inventory, "parent_account").text ?? ""
        let account = try session.document(
            "Account",
            from: [
                "account_name": "Stock In Shop", "company": "Acme", "parent_account": .string(parent),
                "account_type": "Stock",
            ])
        try session.insert(account)
        return account.name
    }

    static func insertItem(_ code: String, _ more: JSONObject = [:], in session: Session) throws {
        var fields: JSONObject = ["item_code": .string(code), "item_group": "Products", "stock_uom": "Kg"]
        for (key, value) in more.members { fields[key] = value }
        try session.insert(session.document("Item", from: fields))
    }

    @discardableResult
    func write<T: Sendable>(
        as actor: Actor = .administrator, at now: Timestamp = noon,
        _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await database.write { [self] transaction in
            let session = session(actor, now, transaction)
            let result = try body(session)
            try session.finish()
            return result
        }
    }

    func read<T: Sendable>(
        as actor: Actor = .administrator, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await database.read { [self] in try body(session(actor, Depot.noon, $0)) }
    }

    func session(_ actor: Actor, _ now: Timestamp, _ transaction: any Transaction) -> Session {
        Session(actor: actor, now: now, registry: registry, transaction: transaction) { [self] in
            identifiers.withLock { $0.next(at: now) }
        }
    }

    // MARK: - Business

    /// Inserts and submits a document and returns its name.
    @discardableResult
    func submit(_ doctype: String, _ fields: JSONObject, as actor: Actor = .administrator) async throws -> String {
        try await write(as: actor) { session in
            let document = try session.document(doctype, from: fields)
            try session.insert(document)
            try session.submit(document)
            return document.name
        }
    }

    func cancel(_ doctype: String, _ name: String) async throws {
        try await write { try $0.cancel($0.get(doctype, name)) }
    }

    @discardableResult
    func receive(
        _ qty: String, _ item: String = "bolt", at rate: String, on day: String = "2025-03-10", into: String = stores
    ) async throws -> String {
        try await submit(
            "Stock Entry",
            [
                "stock_entry_type": "Material Receipt", "company": "Acme", "posting_date": .string(day),
                "items": [
                    [
                        "item_code": .string(item), "qty": .string(qty), "basic_rate": .string(rate),
                        "t_warehouse": .string(into),
                    ]
                ],
            ])
    }

    @discardableResult
    func issue(
        _ qty: String, _ item: String = "bolt", on day: String = "2025-03-10", from: String = stores
    ) async throws -> String {
        try await submit(
            "Stock Entry",
            [
                "stock_entry_type": "Material Issue", "company": "Acme", "posting_date": .string(day),
                "items": [["item_code": .string(item), "qty": .string(qty), "s_warehouse": .string(from)]],
            ])
    }

    @discardableResult
    func transfer(
        _ qty: String, _ item: String = "bolt", on day: String = "2025-03-10", from: String = stores, to: String = shop
    ) async throws -> String {
        try await submit(
            "Stock Entry",
            [
                "stock_entry_type": "Material Transfer", "company": "Acme", "posting_date": .string(day),
                "items": [
                    [
                        "item_code": .string(item), "qty": .string(qty), "s_warehouse": .string(from),
                        "t_warehouse": .string(to),
                    ]
                ],
            ])
    }

    // MARK: - Looking

    /// A bin as `quantity @ rate = value`.
    func bin(_ item: String = "bolt", _ warehouse: String = stores) async throws -> String {
        try await read { session in
            let bin = try session.get("Bin", Bin.name(item, warehouse))
            let figures = ["actual_qty", "valuation_rate", "stock_value"].map { plain(bin.exact($0)) }
            return "\(figures[0]) @ \(figures[1]) = \(figures[2])"
        }
    }

    /// The balance of an account in the books: debit less credit.
    func balance(_ account: String) async throws -> Exact {
        try await read { session in
            try session.transaction.first(
                "SELECT SUM(debit) - SUM(credit) FROM gl_entry WHERE account = ?", [.text(account)],
                [.decimal(scale: 4)])?[0].exact ?? 0
        }
    }

    /// The balance of one of the company's default accounts.
    func balance(default field: String) async throws -> Exact {
        try await balance(read { try Companies.get("Acme", in: $0).document.text(field) })
    }

    /// What `doctor` finds.
    func findings() async throws -> [String] {
        try await read { session in try session.registry.checks.flatMap { try $0.run(session) } }
    }

    func report(
        _ name: String, _ filters: JSONObject, as actor: Actor = .administrator
    ) async throws -> [[String: String]] {
        let report = try #require(stockModule.reports.first { $0.name == name })
        return try await read(as: actor) { session in
            let result = try report.result(Arguments(filters), in: session)
            return result.rows.map { row in
                Dictionary(
                    uniqueKeysWithValues: zip(
                        result.columns.map(\.name), row.map { $0.exact.map(plain) ?? $0.description }))
            }
        }
    }

    func call(_ method: String, _ arguments: JSONObject) async throws -> JSON {
        try await read { session in
            try #require(session.registry.methods[method]).run(Arguments(arguments), session)
        }
    }
}

/// A number without trailing zeros.
func plain(_ number: Exact) -> String {
    number.wholeNumber.map(String.init)
        ?? {
            var text = number.description
            while text.hasSuffix("0") { text.removeLast() }
            return text
        }()
}

/// The problem that `body` throws.
func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem
    }
}

// MARK: - Orders, as the modules below declare them

struct FakeSalesOrder: DocTypeSchema {
    static let doctype = DocTypeInfo("Sales Order", module: "Test", naming: .series(["SO-"]), .submittable)
    let customer = Documents.Data()
    let head = TradeHead()
    let items = Documents.Table(FakeSalesOrderItem.self)
    let perDelivered = Percent()
    let status = Documents.Data()
    init() {}
}

struct FakeSalesOrderItem: DocTypeSchema {
    static let doctype = DocTypeInfo("Sales Order Item", module: "Test", kind: .child)
    let line = TradeLine()
    let deliveredQty = FloatField()
    init() {}
}

struct FakePurchaseOrder: DocTypeSchema {
    static let doctype = DocTypeInfo("Purchase Order", module: "Test", naming: .series(["PO-"]), .submittable)
    let supplier = Documents.Data()
    let head = TradeHead()
    let items = Documents.Table(FakePurchaseOrderItem.self)
    let perReceived = Percent()
    let status = Documents.Data()
    init() {}
}

struct FakePurchaseOrderItem: DocTypeSchema {
    static let doctype = DocTypeInfo("Purchase Order Item", module: "Test", kind: .child)
    let line = TradeLine()
    let receivedQty = FloatField()
    init() {}
}

/// Numbers by chance that are the same on every run: the linear congruential generator of Knuth's MMIX.
struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Int((state >> 33) % UInt64(range.count))
    }
}
