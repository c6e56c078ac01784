import Accounting
import Documents
import Reports
import TestSupport
import Testing
import Values

@testable import Stock

/// A company with two warehouses, its books in US dollars, from 2024 to 2026.
struct Depot: TestCompany {
    let company: TemporaryCompany

    static let stores = "Stores - A"
    static let shop = "Shop - A"

    /// `withShopAccount` gives the shop an account of its own, so that transfers reach the books.
    init(withShopAccount: Bool = false) async throws {
        let noon = Timestamp("2025-03-10 12:00:00") ?? Timestamp(microseconds: 0)
        company = try await TemporaryCompany(noon: noon) { registry in
            accountingModule.register(&registry)
            stockModule.register(&registry)
            registry.add(
                FakeSalesOrder.self, FakeSalesOrderItem.self, FakePurchaseOrder.self, FakePurchaseOrderItem.self)
        }
        try await write { session in
            try session.makeFiscalYears(2024...2026)
            try session.make(
                "Company", ["company_name": "Acme", "abbr": "A", "default_currency": "USD", "country": "US"])
            for (unit, isWhole) in [
                ("Nos", 1), ("Unit", 1), ("Pair", 1), ("Box", 0), ("Kg", 0), ("Gram", 0), ("Litre", 0), ("Hour", 0),
            ] as [(JSON, JSON)] {
                try session.make("UOM", ["uom_name": unit, "must_be_whole_number": isWhole])
            }
            try session.make("Item Group", ["item_group_name": "All Item Groups", "is_group": 1])
            for name in ["Products", "Raw Material", "Services", "Consumable"] as [JSON] {
                try session.make("Item Group", ["item_group_name": name, "parent_item_group": "All Item Groups"])
            }
            let shop = try session.document(
                "Warehouse",
                from: ["warehouse_name": "Shop", "company": "Acme", "parent_warehouse": "All Warehouses - A"])
            if withShopAccount { shop.set("account", try Depot.makeShopAccount(in: session)) }
            try session.insert(shop)
            for code in ["bolt", "nut", "gear"] { try Depot.insertItem(code, in: session) }
        }
    }

    private static func makeShopAccount(in session: Session) throws -> String {
        let inventory = try Companies.get("Acme", in: session).defaultInventoryAccount
        let parent = try session.value(of: "Account", inventory, "parent_account").text ?? ""
        return try session.make(
            "Account",
            [
                "account_name": "Stock In Shop", "company": "Acme", "parent_account": .string(parent),
                "account_type": "Stock",
            ]
        ).name
    }

    static func insertItem(_ code: String, _ more: JSONObject = [:], in session: Session) throws {
        var fields: JSONObject = ["item_code": .string(code), "item_group": "Products", "stock_uom": "Kg"]
        for (key, value) in more.members { fields[key] = value }
        try session.make("Item", fields)
    }

    // MARK: - Business

    /// Inserts and submits a document and returns its name.
    @discardableResult
    func submit(_ doctype: String, _ fields: JSONObject, as actor: Actor? = nil) async throws -> String {
        try await write(as: actor) { try $0.book(doctype, fields) }
    }

    func cancel(_ doctype: String, _ name: String) async throws {
        try await write { try $0.cancel(doctype, name) }
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
    func balance(_ account: String) async throws -> Exact { try await read { try $0.balance(account) } }

    /// The balance of one of the company's default accounts.
    func balance(default field: String) async throws -> Exact {
        try await read { try $0.balance(default: field, of: "Acme") }
    }

    /// What `doctor` finds.
    func findings() async throws -> [String] { try await read { try $0.findings() } }

    func report(
        _ name: String, _ filters: JSONObject, as actor: Actor? = nil
    ) async throws -> [[String: String]] {
        let report = try #require(stockModule.reports.first { $0.name == name })
        return try await read(as: actor) { session in
            let result = try report.result(Arguments(filters), in: session)
            return result.rows.map { row in
                Dictionary(
                    uniqueKeysWithValues: zip(
                        result.columns.map(\.name), row.values.map { $0.exact.map(plain) ?? $0.description }))
            }
        }
    }

    func call(_ method: String, _ arguments: JSONObject) async throws -> JSON {
        try await read { try $0.call(method, arguments) }
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
