import Documents
import Storage
import Testing
import Values

@testable import Stock

/// Counts the statements that pass through to another transaction, and rows written one by one apart from them.
private final class CountingTransaction: Transaction {
    private let inner: any Transaction
    private(set) var reads = 0
    private(set) var upserts = 0
    private(set) var others = 0

    init(_ inner: any Transaction) { self.inner = inner }

    var dialect: any Dialect { inner.dialect }
    func forEach(_ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void) throws {
        reads += 1
        try inner.forEach(sql, arguments, types, each)
    }
    func execute(_ sql: String, _ arguments: [Value]) throws -> Int {
        if sql.hasPrefix("INSERT INTO bin") || sql.hasPrefix("INSERT INTO _stock_balance") {
            upserts += 1
        } else {
            others += 1
        }
        return try inner.execute(sql, arguments)
    }
    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        others += 1
        try inner.insert(into: table, columns, rows)
    }
    func savepoint<T>(_ body: () throws -> T) throws -> T { try inner.savepoint(body) }
    func migrate(to tables: [TableSchema]) throws -> [SchemaChange] { try inner.migrate(to: tables) }
}

@Suite struct StockCostTests {
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
            let session = depot.session(.administrator, Depot.noon, counting)
            let note = try session.document(
                "Delivery Note",
                from: [
                    "customer": "A", "company": "Acme", "posting_date": "2025-02-01", "set_warehouse": "Stores - A",
                    "items": .array((0..<rows).map { ["item_code": .string(items[$0 % 3]), "qty": 2, "rate": 3] }),
                ])
            try session.insert(note)
            let start = (counting.reads, counting.upserts, counting.others)
            try session.submit(note)
            let submitted = (counting.reads, counting.upserts, counting.others)
            try session.cancel(note)
            try session.finish()
            return [
                submitted.0 - start.0, submitted.1 - start.1, submitted.2 - start.2, counting.reads - submitted.0,
                counting.upserts - submitted.1, counting.others - submitted.2,
            ]
        }
    }

    @Test func `a delivery of 300 rows takes as many statements as one of 3`() async throws {
        let small = try await statements(rows: 3)
        let large = try await statements(rows: 300)
        #expect(small == large)
        #expect(large[1] == 6 && large[4] == 6, "one upsert for each bin, one for its month")
        #expect(large[0] <= 40, "\(large)")
    }

    /// What a plan says when the table would be read from end to end: `SCAN` and its name, without an index.
    @Test(arguments: [
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
