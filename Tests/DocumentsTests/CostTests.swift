import Documents
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct CostTests {
    /// How many statements it takes to insert and submit a job of this many rows, and to read it.
    private func statements(rows: Int) async throws -> [Int] {
        let workshop = try await Workshop()
        try await workshop.stock()
        return try await workshop.database.write { transaction in
            let counting = CountingTransaction(transaction)
            let session = workshop.session(counting)
            let parts = ["bolt", "nut", "gear"]
            let job = try session.document(
                "Job",
                from: [
                    "subject": "big",
                    "parts": .array((0..<rows).map { ["part": .string(parts[$0 % 3]), "qty": .int(Int64($0 + 1))] }),
                ])
            try session.insert(job)
            let inserted = counting.count
            try session.submit(job)
            try session.finish()
            let written = counting.count
            let read = try session.get("Job", job.name)
            #expect(read.table("parts").count == rows)
            return [inserted, written - inserted, counting.count - written]
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
