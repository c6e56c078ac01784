import Documents
import Storage
import TestSupport
import Testing
import Values

@testable import Stock

@Suite(.bothEngines) struct StockMasterTests {
    @Test func `the stock unit is frozen once there are movements`() async throws {
        let depot = try await Depot()
        try await depot.write { session in
            let item = try session.get("Item", "bolt")
            item.set("stock_uom", "Nos")
            try session.save(item)
        }
        try await depot.receive("1", at: "1")
        let refusal = await problem {
            try await depot.write { session in
                let item = try session.get("Item", "bolt")
                item.set("stock_uom", "Kg")
                try session.save(item)
            }
        }
        #expect(refusal?.kind == .frozen && refusal?.field == "stock_uom")
        let deletion = await problem { try await depot.write { try $0.delete("Item", "bolt") } }
        #expect(deletion?.kind == .linked)
        try await depot.write { try $0.delete("Item", "nut") }
    }

    @Test func `an item is called by its code and fills what is left out`() async throws {
        let depot = try await Depot()
        let item = try await depot.read { session in
            let item = try session.get("Item", "gear")
            return [item.name, item.text("item_name"), item.text("description"), "\(item.isSet("is_stock_item"))"]
        }
        #expect(item == ["gear", "gear", "gear", "true"])
    }

    @Test func `a warehouse bears its company's abbreviation, and trees have no loops`() async throws {
        let depot = try await Depot()
        let loop = await problem {
            try await depot.write { session in
                let root = try session.get("Warehouse", "All Warehouses - A")
                let sub = try session.document(
                    "Warehouse",
                    from: [
                        "warehouse_name": "Sub", "company": "Acme", "is_group": 1,
                        "parent_warehouse": .string(root.name),
                    ])
                try session.insert(sub)
                #expect(sub.name == "Sub - A")
                root.set("parent_warehouse", "Sub - A")
                try session.save(root)
            }
        }
        #expect(loop?.message.contains("below itself") == true)
        let leaf = await problem {
            try await depot.write { session in
                try session.insert(
                    session.document(
                        "Warehouse", from: ["warehouse_name": "X", "company": "Acme", "parent_warehouse": "Stores - A"])
                )
            }
        }
        #expect(leaf?.message.contains("is not a group") == true)
    }

    @Test func `the account of a warehouse cannot change once stock has moved there`() async throws {
        let depot = try await Depot(withShopAccount: true)
        try await depot.receive("1", at: "1", into: Depot.shop)
        let change: @Sendable (Session) throws -> Void = { session in
            let shop = try session.get("Warehouse", Depot.shop)
            shop["account"] = .null
            try session.save(shop)
        }
        let refusal = await problem { try await depot.write { try change($0) } }
        #expect(refusal?.kind == .frozen && refusal?.field == "account")
        // The receipt can still be cancelled, on the account it was posted to.
        try await depot.issue("1", from: Depot.shop)
        let emptied = await problem { try await depot.write { try change($0) } }
        #expect(emptied?.kind == .frozen && emptied?.field == "account")
    }

    @Test func `bins are read, and written by nobody but the ledger`() async throws {
        let depot = try await Depot()
        try await depot.receive("2", at: "3")
        let clerk = Actor(user: "sue@example.com", roles: ["Stock User"])
        let name = try await depot.read(as: clerk) { try $0.get("Bin", "bolt|Stores - A").name }
        #expect(name == "bolt|Stores - A")
        let writes: [@Sendable (Session) throws -> Void] = [
            { session in
                let bin = try session.get("Bin", "bolt|Stores - A")
                bin.set("actual_qty", Exact(99))
                try session.save(bin)
            },
            { session in try session.insert(session.new("Bin")) },
            { session in try session.delete("Bin", "bolt|Stores - A") },
        ]
        for write in writes {
            let refusal = await problem { try await depot.write { try write($0) } }
            #expect(refusal?.kind == .forbidden)
        }
        #expect(try await depot.bin() == "2 @ 3 = 6")
    }

    @Test func `doctor names what differs`() async throws {
        let depot = try await Depot()
        try await depot.receive("2", at: "3")
        try await depot.write { session in
            try session.transaction.execute(
                "UPDATE bin SET stock_value = stock_value + ?", [.decimal(units: 10_000, scale: 4)])
            try session.transaction.execute("UPDATE _stock_balance SET in_qty = 0")
        }
        let findings = try await depot.findings()
        #expect(findings.contains { $0.contains("bolt in Stores - A: the bin has the value 7") })
        #expect(findings.contains { $0.contains("month 3 of 2025: the kept quantity in is 0") })
    }

    @Test func `roles say who may do what`() async throws {
        let depot = try await Depot()
        let clerk = Actor(user: "sue@example.com", roles: ["Stock User"])
        let seller = Actor(user: "sam@example.com", roles: ["Sales User"])
        let entry: JSONObject = [
            "stock_entry_type": "Material Receipt", "company": "Acme",
            "items": [["item_code": "bolt", "qty": 1, "basic_rate": 1, "t_warehouse": "Stores - A"]],
        ]
        let name = try await depot.submit("Stock Entry", entry, as: clerk)
        let cancelled = await problem {
            try await depot.write(as: clerk) { try $0.cancel($0.get("Stock Entry", name)) }
        }
        #expect(cancelled?.kind == .forbidden)
        let refused = await problem { try await depot.submit("Stock Entry", entry, as: seller) }
        #expect(refused?.kind == .forbidden)
    }

    @Test func `stock at a date is asked by method`() async throws {
        let depot = try await Depot()
        try await depot.receive("10", at: "2", on: "2025-01-15")
        try await depot.issue("4", on: "2025-02-10")
        try await depot.receive("6", at: "4", on: "2025-03-01", into: Depot.shop)
        func balance(_ warehouse: String, _ day: String) async throws -> JSON {
            try await depot.call(
                "erpnext.stock.utils.get_stock_balance",
                [
                    "item_code": "bolt", "warehouse": .string(warehouse), "posting_date": .string(day),
                    "with_valuation_rate": 1,
                ])
        }
        #expect(try await balance(Depot.stores, "2025-01-14") == [0, 0])
        #expect(try await balance(Depot.stores, "2025-01-15") == [10, 2])
        #expect(try await balance(Depot.stores, "2025-02-28") == [6, 2])
        #expect(try await balance("All Warehouses - A", "2025-03-31") == [12, 3])
        let latest = try await depot.call("erpnext.stock.utils.get_latest_stock_qty", ["item_code": "bolt"])
        #expect(latest == 12)
    }

    @Test func `the stock ledger runs by date, whatever the order of posting`() async throws {
        let depot = try await Depot()
        try await depot.receive("10", at: "2", on: "2025-01-15")
        try await depot.issue("4", on: "2025-03-10")
        try await depot.receive("6", at: "5", on: "2025-02-10")
        let wrong = try await depot.receive("1", at: "9", on: "2025-02-11")
        try await depot.cancel("Stock Entry", wrong)
        let filters: JSONObject = ["company": "Acme", "from_date": "2025-02-01", "to_date": "2025-03-31"]
        let rows = try await depot.report("Stock Ledger", filters)
        #expect(rows.map { $0["qty_after_transaction"] } == ["16", "12"])
        #expect(rows.map { $0["stock_value"] } == ["50", "42"])
        #expect(rows.map { $0["out_qty"] } == ["0", "-4"])
        var all = filters
        all["show_cancelled_entries"] = 1
        #expect(try await depot.report("Stock Ledger", all).count == 4)
        var other = filters
        other["warehouse"] = "Shop - A"
        #expect(try await depot.report("Stock Ledger", other).isEmpty)
        let backwards = await problem {
            _ = try await depot.report(
                "Stock Ledger", ["company": "Acme", "from_date": "2025-03-01", "to_date": "2025-02-01"])
        }
        #expect(backwards?.field == "to_date")
    }
}
