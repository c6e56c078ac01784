import Documents
import Storage
import TestSupport
import Testing
import Values

/// Items and warehouses whose names Unicode takes for one, from before names had one form.
@Suite(.bothEngines) struct TwinItemTests {
    private static let one = "Caf\u{E9}"
    private static let other = "Cafe\u{301}"

    private func depot() async throws -> Depot {
        let depot = try await Depot()
        try await depot.write { session in
            try session.callAsBefore("Item", "bolt", Self.one)
            try session.callAsBefore("Item", "nut", Self.other)
        }
        return depot
    }

    @Test func `items of twin names have bins and worth of their own`() async throws {
        let depot = try await depot()
        try await depot.submit(
            "Stock Entry",
            [
                "stock_entry_type": "Material Receipt", "company": "Acme", "posting_date": "2025-03-10",
                "items": [
                    ["item_code": .string(Self.one), "qty": 3, "basic_rate": 10, "t_warehouse": .string(Depot.stores)],
                    [
                        "item_code": .string(Self.other), "qty": 5, "basic_rate": 2,
                        "t_warehouse": .string(Depot.stores),
                    ],
                ],
            ])
        try await depot.issue("1", Self.other)
        try await depot.read { session throws in
            #expect(try session.bin(Self.one, Depot.stores, "actual_qty") == 3)
            #expect(try session.bin(Self.other, Depot.stores, "actual_qty") == 4)
            #expect(try session.bin(Self.one, Depot.stores, "stock_value") == 30)
            #expect(try session.bin(Self.other, Depot.stores, "stock_value") == 8)
            #expect(try session.findings().allSatisfy { $0.contains("NFC") || $0.contains("looks like") })
        }
        let lacking = await problem { try await depot.issue("4", Self.one) }
        #expect(lacking != nil, "the stock of the twin is not its own")
    }

    @Test func `warehouses of twin names hold their own stock`() async throws {
        let depot = try await Depot()
        let (one, other) = ("Caf\u{E9} - A", "Cafe\u{301} - A")
        try await depot.write { session in
            for name in ["First", "Second"] {
                try session.make(
                    "Warehouse",
                    [
                        "warehouse_name": .string(name), "company": "Acme", "parent_warehouse": "All Warehouses - A",
                    ])
            }
            try session.callAsBefore("Warehouse", "First - A", one)
            try session.callAsBefore("Warehouse", "Second - A", other)
        }
        try await depot.receive("3", at: "10", into: one)
        try await depot.receive("5", at: "2", into: other)
        try await depot.transfer("2", from: other, to: one)
        try await depot.read { session throws in
            #expect(try session.bin("bolt", one, "actual_qty") == 5)
            #expect(try session.bin("bolt", other, "actual_qty") == 3)
            #expect(try session.findings().allSatisfy { $0.contains("NFC") || $0.contains("looks like") })
        }
    }
}
