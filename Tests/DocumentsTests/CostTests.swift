import Documents
import Storage
import Testing
import Values

/// Counts the statements that pass through to another transaction.
private final class CountingTransaction: Transaction {
    private let inner: any Transaction
    private(set) var statements = 0

    init(_ inner: any Transaction) { self.inner = inner }

    var dialect: any Dialect { inner.dialect }
    func forEach(_ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void) throws {
        statements += 1
        try inner.forEach(sql, arguments, types, each)
    }
    func execute(_ sql: String, _ arguments: [Value]) throws -> Int {
        statements += 1
        return try inner.execute(sql, arguments)
    }
    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        statements += 1
        try inner.insert(into: table, columns, rows)
    }
    func savepoint<T>(_ body: () throws -> T) throws -> T { try inner.savepoint(body) }
    func migrate(to tables: [TableSchema]) throws -> [SchemaChange] { try inner.migrate(to: tables) }
}

@Suite struct CostTests {
    /// How many statements it takes to insert and submit a job of this many rows, and to read it.
    private func statements(rows: Int) async throws -> [Int] {
        let workshop = try await Workshop()
        try await workshop.stock()
        return try await workshop.database.write { transaction in
            let counting = CountingTransaction(transaction)
            let session = workshop.session(Workshop.manager, Workshop.noon, counting)
            let parts = ["bolt", "nut", "gear"]
            let job = try session.document(
                "Job",
                from: [
                    "subject": "big",
                    "parts": .array((0..<rows).map { ["part": .string(parts[$0 % 3]), "qty": .int(Int64($0 + 1))] }),
                ])
            try session.insert(job)
            let inserted = counting.statements
            try session.submit(job)
            try session.finish()
            let written = counting.statements
            let read = try session.get("Job", job.name)
            #expect(read.table("parts").count == rows)
            return [inserted, written - inserted, counting.statements - written]
        }
    }

    @Test func `saves a document of 1,000 rows with as many statements as one of 3`() async throws {
        let small = try await statements(rows: 3)
        let large = try await statements(rows: 1000)
        #expect(small[0] == large[0])
        #expect(small[2] == large[2])
        #expect(small[0] <= 8 && small[2] == 2)
        #expect(small[1] == large[1] && large[1] <= 10)
    }
}
