import Documents
import Reports
import TestSupport
import Testing
import Values

@testable import Stock

/// What stock tells who may read only some of it.
@Suite(.bothEngines) struct LimitedStockTests {
    private func depot() async throws -> Depot {
        let depot = try await Depot()
        try await depot.receive("10", at: "2", on: "2025-01-15")
        try await depot.receive("6", at: "4", on: "2025-03-01", into: Depot.shop)
        try await depot.receive("5", "nut", at: "3", on: "2025-03-02")
        try await depot.issue("4", on: "2025-03-03")
        try await depot.write {
            _ = try $0.make("User", ["email": "lim@example.com", "first_name": "lim@example.com"])
        }
        return depot
    }

    /// The user lim with the role Stock User, limited to these documents.
    private func limited(_ depot: Depot, _ limits: [(String, String)]) async throws -> Actor {
        try await depot.write { session throws in
            for (allow, value) in limits {
                try session.make(
                    "User Permission",
                    ["user": "lim@example.com", "allow": .string(allow), "for_value": .string(value)])
            }
        }
        let known = try await depot.read { try User.actor("lim@example.com", in: $0) }
        return Actor(
            user: "lim@example.com", roles: ["Stock User"], restrictions: known?.restrictions ?? Restrictions())
    }

    private static let balance = "erpnext.stock.utils.get_stock_balance"
    private static let latest = "erpnext.stock.utils.get_latest_stock_qty"
    private static let march: JSONObject = [
        "company": "Acme", "from_date": "2025-03-01", "to_date": "2025-03-31",
    ]

    @Test func `quantities are those of the bins that may be read`() async throws {
        let depot = try await depot()
        let actor = try await limited(depot, [("Warehouse", Depot.shop), ("Item", "bolt")])
        try await depot.read(as: actor) { session throws in
            #expect(try session.call(Self.latest, ["item_code": "bolt"]) == 6)
            let arguments: JSONObject = [
                "item_code": "bolt", "warehouse": .string(Depot.shop), "with_valuation_rate": 1,
            ]
            #expect(try session.call(Self.balance, arguments) == [6, 4])
            for refused in [
                ["item_code": "nut", "warehouse": .string(Depot.shop)],
                ["item_code": "nowhere", "warehouse": .string(Depot.shop)],
                ["item_code": "bolt", "warehouse": .string(Depot.stores)],
                ["item_code": "bolt", "warehouse": "All Warehouses - A"],
                ["item_code": "bolt", "warehouse": "None - A"],
            ] as [JSONObject] {
                for method in [Self.balance, Self.latest] {
                    let error = #expect(throws: Problem.self) { try session.call(method, refused) }
                    #expect(error?.kind == .forbidden, "\(refused)")
                }
            }
        }
    }

    @Test func `quantities are for who may read bins`() async throws {
        let depot = try await depot()
        let arguments: JSONObject = ["item_code": "bolt", "warehouse": .string(Depot.stores)]
        for (role, isAllowed) in [("Some Role", false), ("Auditor", false), ("Sales User", true)] {
            try await depot.read(as: Actor(user: "x", roles: [Name(role)])) { session throws in
                for method in [Self.balance, Self.latest] {
                    let answer = try? session.call(method, arguments)
                    #expect(answer == (isAllowed ? 6 : nil), "\(role)")
                }
            }
        }
    }

    @Test func `stock reports run over the movements that may be read`() async throws {
        let depot = try await depot()
        let actor = try await limited(depot, [("Warehouse", Depot.stores)])
        let balance = try await depot.report("Stock Balance", Self.march, as: actor)
        #expect(balance.map { $0["item_code"] } == ["bolt", "nut"])
        #expect(balance.map { $0["opening_qty"] } == ["10", "0"])
        #expect(balance.map { $0["bal_qty"] } == ["6", "5"])
        let ledger = try await depot.report("Stock Ledger", Self.march, as: actor)
        #expect(ledger.map { $0["warehouse"] } == [Depot.stores, Depot.stores])
        #expect(ledger.map { $0["qty_after_transaction"] } == ["5", "6"])
        let all = try await depot.report("Stock Balance", Self.march, as: Actor(user: "x", roles: ["Stock User"]))
        #expect(all.count == 3)
    }

    @Test func `the value of stock is that of the rows that are shown`() async throws {
        let depot = try await depot()
        let report = StockBalanceReport.report
        func value(_ actor: Actor) async throws -> Exact? {
            try await depot.read(as: actor) {
                try report.result(Arguments(Self.march), in: $0).summary.first?.value.exact
            }
        }
        #expect(try await value(Actor(user: "x", roles: ["Stock User"])) == 51)
        #expect(try await value(limited(depot, [("Warehouse", Depot.shop)])) == 24)
        // An item's group is no link of a movement: rows of other groups go, and with them what sums them up.
        try await depot.write { session throws in
            try session.make("Item Group", ["item_group_name": "Rare", "parent_item_group": "All Item Groups"])
            try session.make("User", ["email": "rare@example.com", "first_name": "rare@example.com"])
        }
        var restrictions = Restrictions()
        restrictions.add("Item Group", within: nil)
        #expect(
            try await value(Actor(user: "rare@example.com", roles: ["Stock User"], restrictions: restrictions)) == nil)
    }

    @Test func `who is not limited gets kept months`() async throws {
        let depot = try await depot()
        try await depot.write { session throws in
            let counting = CountingTransaction(session.transaction)
            let actor = Actor(user: "x", roles: ["Stock User"])
            let inner = depot.session(as: actor, at: session.now, counting)
            _ = try StockBalanceReport.report.result(Arguments(Self.march), in: inner)
            #expect(!counting.queries.contains { $0.contains("stock_ledger_entry") })
        }
    }
}
