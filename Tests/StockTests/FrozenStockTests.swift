import Accounting
import Documents
import Lists
import TestSupport
import Testing
import Values

@testable import Stock

/// What the stock ledger stands on does not change under movements or open documents.
@Suite(.bothEngines) struct FrozenStockTests {
    private static func set(
        _ doctype: String, _ name: String, _ field: String, _ value: Value, _ session: Session
    ) throws {
        let document = try session.get(doctype, name)
        document[field] = value
        try session.save(document)
    }

    private static func stockAccount(_ name: String, _ session: Session) throws -> String {
        try session.make(
            "Account",
            [
                "account_name": .string(name), "company": "Acme", "parent_account": "Stock Assets - A",
                "account_type": "Stock",
            ]
        ).name
    }

    @Test func `perpetual inventory and the account of stock stay once stock has moved`() async throws {
        let depot = try await Depot()
        let change: @Sendable (String, Value) -> @Sendable (Session) throws -> Void = { field, value in
            { try Self.set("Company", "Acme", field, value, $0) }
        }
        let other = try await depot.write { session in
            try change("enable_perpetual_inventory", .int(0))(session)
            try change("enable_perpetual_inventory", .int(1))(session)
            let other = try Self.stockAccount("Goods", session)
            try change("default_inventory_account", .text(other))(session)
            try change("default_inventory_account", .text("Stock In Hand - A"))(session)
            return other
        }
        try await depot.receive("1", at: "1")
        for (field, value) in [
            ("enable_perpetual_inventory", Value.int(0)), ("default_inventory_account", .text(other)),
            ("default_inventory_account", .null),
        ] {
            let refusal = await problem { try await depot.write { try change(field, value)($0) } }
            #expect(refusal?.kind == .frozen && refusal?.field == field)
        }
        try await depot.write { try change("country", .text("Austria"))($0) }
    }

    @Test func `stock stands on accounts of the type Stock, and they remain such`() async throws {
        let depot = try await Depot()
        for (doctype, name, field) in [
            ("Company", "Acme", "default_inventory_account"), ("Warehouse", Depot.shop, "account"),
        ] {
            let refusal = await problem {
                try await depot.write { try Self.set(doctype, name, field, .text("Cash - A"), $0) }
            }
            #expect(refusal?.kind == .invalidAccount && refusal?.field == field)
        }
        let refusal = await problem {
            try await depot.write { try Self.set("Account", "Stock In Hand - A", "account_type", .null, $0) }
        }
        #expect(refusal?.kind == .frozen && refusal?.field == "account_type")
        try await depot.write { session in
            let other = try Self.stockAccount("Goods", session)
            try Self.set("Account", other, "account_type", .null, session)
        }
    }

    @Test func `a warehouse keeps its account when it moves in the tree`() async throws {
        let depot = try await Depot()
        try await depot.receive("1", at: "1")
        try await depot.write { session in
            try session.make(
                "Warehouse", ["warehouse_name": "Hall", "company": "Acme", "is_group": 1])
            try Self.set("Warehouse", Depot.stores, "parent_warehouse", .text("Hall - A"), session)
            let group: JSONObject = [
                "warehouse_name": "Yard", "company": "Acme", "is_group": 1,
                "account": .string(try Self.stockAccount("Goods", session)),
            ]
            try session.make("Warehouse", group)
        }
        let refusal = await problem {
            try await depot.write { try Self.set("Warehouse", Depot.stores, "parent_warehouse", .text("Yard - A"), $0) }
        }
        #expect(refusal?.kind == .frozen && refusal?.field == "parent_warehouse")
        let group = await problem {
            try await depot.write { try Self.set("Warehouse", Depot.stores, "is_group", .int(1), $0) }
        }
        #expect(group?.kind == .frozen && group?.field == "is_group")
    }

    @Test(arguments: [("stock_uom", Value.text("Nos")), ("is_stock_item", .int(0))])
    func `the stock unit and whether stock is kept stay while a draft or an order counts with them`(
        field: String, value: Value
    ) async throws {
        let depot = try await Depot()
        let change: @Sendable (Session) throws -> Void = { try Self.set("Item", "bolt", field, value, $0) }
        let note: JSONObject = [
            "customer": "A", "company": "Acme", "set_warehouse": .string(Depot.stores),
            "items": [["item_code": "bolt", "qty": 1, "rate": 1]],
        ]
        let draft = try await depot.write { try $0.make("Delivery Note", note).name }
        let refusal = await problem { try await depot.write { try change($0) } }
        #expect(refusal?.kind == .frozen && refusal?.field == field)
        #expect(refusal?.message.contains(draft) == true)
        try await depot.write { session in
            try session.delete("Delivery Note", draft)
            try change(session)
        }
    }

    @Test func `a company that is made has its warehouses`() async throws {
        let depot = try await Depot()
        try await depot.write {
            _ = try $0.make("Company", ["company_name": "Bolts", "abbr": "B", "default_currency": "USD"])
        }
        let found = try await depot.read { session in
            let query = ListQuery(
                "Warehouse", fields: ["name", "parent_warehouse", "is_group"], filters: ["company": "Bolts"],
                orderBy: "name asc")
            return try session.list(query).rows.map { $0.map(\.description) }
        }
        let root = "All Warehouses - B"
        #expect(
            found.map { $0[0] } == [
                root, "Finished Goods - B", "Goods In Transit - B", "Stores - B", "Work In Progress - B",
            ])
        #expect(found.dropFirst().allSatisfy { $0[1] == root && $0[2] == "0" } && found[0][2] == "1")
    }

    private static let prices: [(change: JSONObject, isRefused: Bool)] = [
        ([:], true), (["price_list_rate": 7, "valid_upto": "2025-12-31"], true), (["valid_from": "2025-01-02"], false),
        (["uom": "Nos"], false), (["price_list": "Retail"], false), (["item_code": "nut"], false),
    ]

    @Test(arguments: prices.indices)
    func `an item has one price for a list, unit and party from a day on`(index: Int) async throws {
        let (change, isRefused) = Self.prices[index]
        let depot = try await Depot()
        let price: JSONObject = [
            "item_code": "bolt", "price_list": "Selling", "price_list_rate": 5, "valid_from": "2025-01-01",
        ]
        try await depot.write { session in
            for list in ["Selling", "Retail"] {
                try session.make("Price List", ["price_list_name": .string(list), "currency": "USD", "selling": 1])
            }
            try session.make("Item Price", price)
        }
        var other = price
        for (field, value) in change.members { other[field] = value }
        let second: @Sendable (Session) throws -> Void = { [other] in try $0.make("Item Price", other) }
        let refusal = await problem { try await depot.write { try second($0) } }
        #expect(refusal?.kind.exception == (isRefused ? "ItemPriceDuplicateItem" : nil))
        guard isRefused else { return }
        try await depot.write { session in
            try session.insert(session.document("Stock Settings", from: ["check_item_price_uniqueness": 0]))
            try second(session)
        }
    }
}
