import Documents
import Storage
import TestSupport
import Testing
import Values

@testable import Stock

extension CountingTransaction {
    /// The queries, the upserts of bins and months, and what else was written.
    fileprivate var sorts: (reads: Int, upserts: Int, others: Int) {
        let upserts = changes.count {
            $0.hasPrefix("INSERT INTO \(quoted("bin")) (") || $0.hasPrefix("INSERT INTO \(quoted("_stock_balance")) (")
        }
        return (queries.count, upserts, changes.count - upserts)
    }
}

@Suite(.bothEngines) struct StockCostTests {
    /// The statements of submitting a backdated delivery note of so many rows of three items.
    private func statements(rows: Int) async throws -> [Int] {
        let depot = try await Depot()
        let items = ["bolt", "nut", "gear"]
        for item in items {
            try await depot.receive("5000", item, at: "2", on: "2025-01-01")
            try await depot.receive("1", item, at: "2", on: "2025-03-01")
        }
        return try await depot.database.write { transaction in
            let counting = CountingTransaction(transaction)
            let session = depot.session(counting)
            let note = try session.document(
                "Delivery Note",
                from: [
                    "customer": "A", "company": "Acme", "posting_date": "2025-02-01", "set_warehouse": "Stores - A",
                    "items": .array((0..<rows).map { ["item_code": .string(items[$0 % 3]), "qty": 2, "rate": 3] }),
                ])
            try session.insert(note)
            let start = counting.sorts
            try session.submit(note)
            let submitted = counting.sorts
            try session.cancel(note)
            try session.finish()
            let cancelled = counting.sorts
            return [
                submitted.reads - start.reads, submitted.upserts - start.upserts, submitted.others - start.others,
                cancelled.reads - submitted.reads, cancelled.upserts - submitted.upserts,
                cancelled.others - submitted.others,
            ]
        }
    }

    @Test func `a delivery of 300 rows takes as many statements as one of 3`() async throws {
        let small = try await statements(rows: 3)
        let large = try await statements(rows: 300)
        #expect(small == large)
        #expect(large[1] == 2 && large[4] == 2, "one upsert for all bins, one for their months: \(large)")
        #expect(large[0] <= 40, "\(large)")
    }

    /// What a plan says when the table would be read from end to end: `SCAN` and its name, without an index.
    @Test(
        .onlyOnSQLite,
        arguments: [
            "SELECT 1 FROM stock_ledger_entry WHERE item_code = 'a' LIMIT 1",
            "SELECT 1 FROM stock_ledger_entry WHERE warehouse = 'a' LIMIT 1",
            "SELECT 1 FROM stock_ledger_entry WHERE voucher_no = 'a' AND voucher_type = 'b' LIMIT 1",
            "SELECT name FROM stock_ledger_entry WHERE name IN (SELECT reverses FROM stock_ledger_entry) AND name = 'a'",
            "SELECT name FROM stock_ledger_entry WHERE posting_date >= 1 AND posting_date <= 2",
            """
            WITH wanted (item, place) AS (VALUES ('a', 'b'))
            SELECT e.posting_date, SUM(e.actual_qty) FROM wanted JOIN stock_ledger_entry e
            ON e.item_code = item AND e.warehouse = place WHERE e.posting_date > 5 GROUP BY e.posting_date
            """,
        ])
    func `the ledger is asked by its indexes`(sql: String) async throws {
        let depot = try await Depot()
        let plan = try await depot.read { session in
            try session.transaction.query(
                "EXPLAIN QUERY PLAN \(sql)", [], [.integer, .integer, .integer, .text]
            ).map { $0[3].description }
        }
        for line in plan where line.hasPrefix("SCAN") {
            #expect(line.contains("wanted") || line.contains("CONSTANT ROW"), "\(plan)")
        }
    }
}
