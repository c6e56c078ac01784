import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

/// A table of 100,000 rows.
@Suite struct QueryLargeTests {
    @Test(.onlyOnSQLite) func `pages through 100,000 rows, each once, while others insert`() async throws {
        let world = try await QueryWorld()
        let columns = ["name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "title", "disabled"]
        try await world.database.write { transaction in
            let rows = (0..<100_000).map { index -> [Value] in
                let moment = Value.timestamp(Timestamp(microseconds: Int64(index / 7) * 1_000_000))
                return [
                    .text("n\(index)"), .text("mia@example.com"), moment, moment, .text("mia@example.com"), .int(0),
                    .int(0),
                    .text("t\(index)"), .int(0),
                ]
            }
            try transaction.insert(into: "query_client", columns, rows)
        }
        var query = ListQuery("Query Client", fields: ["name"], limit: 2_000)
        query.cursor = ""
        var seen: Set<String> = []
        var count = 0
        var turn = 0
        repeat {
            let asked = query
            let page = try await world.read { try $0.list(asked) }
            for row in page.rows { seen.insert(row[0].description) }
            count += page.rows.count
            query.cursor = page.nextCursor
            turn += 1
            let name = "new\(turn)"
            try await world.write { try $0.add("Query Client", named: name, ["title": "new"]) }
        } while query.cursor != nil && turn < 100
        #expect(seen.count == count)
        #expect(seen.count == 100_000)
        // The page in the middle is found by the index, not by sorting.
        let plan = try await world.database.read { transaction in
            try transaction.query(
                """
                EXPLAIN QUERY PLAN SELECT name FROM query_client WHERE (modified <= 5 AND (modified < 5 OR modified = 5 \
                AND name < 'x')) ORDER BY modified DESC, name DESC LIMIT 10
                """, [], [.integer, .integer, .integer, .text]
            ).map { $0[3].description }.joined()
        }
        #expect(plan.contains("query_client:modified,name") && !plan.contains("TEMP B-TREE"))
    }
}
