import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

/// Pages that begin where the one before ended.
@Suite(.bothEngines) struct QueryCursorTests {
    private static func filled(_ count: Int) async throws -> QueryWorld {
        let world = try await QueryWorld()
        try await world.write { session in
            for index in 0..<count {
                var values: JSONObject = ["title": .string("t\(index % 3)"), "disabled": index % 2 == 0 ? 1 : 0]
                if index % 4 == 0 { values["city"] = .string("city \(index % 5)") }
                try session.add("Query Client", named: "n\(index)", values)
            }
        }
        return world
    }

    private static let orders = [
        "title asc", "title desc", "city asc", "city desc", "city desc, title asc", "disabled desc, city asc",
        "name desc",
        "modified desc", "region.label asc, city desc",
    ]

    @Test func `gives every document once in every order, forwards and backwards`() async throws {
        let world = try await Self.filled(53)
        for order in Self.orders {
            var query = ListQuery("Query Client", fields: ["name"], orderBy: order, limit: 0)
            let all = try await world.rows(query).split(separator: " ").map(String.init)
            #expect(all.count == 53)
            query.limit = 7
            query.cursor = ""
            var pages: [[String]] = []
            var last: ListResult?
            repeat {
                let asked = query
                let page = try await world.read { try $0.list(asked) }
                #expect(page.columns.map(\.name) == ["name"])
                pages.append(page.rows.map { $0[0].description })
                query.cursor = page.nextCursor
                last = page
            } while query.cursor != nil && pages.count < 20
            #expect(pages.flatMap { $0 } == all, "\(order)")
            var back = pages.count - 1
            query.cursor = last?.previousCursor
            while query.cursor != nil, back > 0 {
                back -= 1
                let asked = query
                let page = try await world.read { try $0.list(asked) }
                #expect(page.rows.map { $0[0].description } == pages[back], "\(order) \(back)")
                #expect(page.nextCursor != nil)
                query.cursor = page.previousCursor
            }
            #expect(back == 0, "\(order)")
        }
    }

    @Test func `sees each row once while others add and remove`() async throws {
        let world = try await Self.filled(40)
        var query = ListQuery("Query Client", fields: ["name"], orderBy: "title asc", limit: 5)
        query.cursor = ""
        var seen: [String] = []
        var turn = 0
        repeat {
            let asked = query
            let page = try await world.read { try $0.list(asked) }
            seen += page.rows.map { $0[0].description }
            query.cursor = page.nextCursor
            let name = "x\(turn)"
            turn += 1
            try await world.write { session in
                try session.add("Query Client", named: name, ["title": "t0"])
                try session.add("Query Client", named: "a" + name, ["title": "a"])
            }
        } while query.cursor != nil && turn < 60
        #expect(seen.count == Set(seen).count)
        #expect(Set(seen).isSuperset(of: (0..<40).map { "n\($0)" }))
    }

    @Test func `refuses what is no cursor of the list`() async throws {
        let world = try await Self.filled(10)
        var query = ListQuery("Query Client", orderBy: "title asc", limit: 3)
        query.cursor = ""
        let asked = query
        let cursor = try await world.read { try $0.list(asked) }.nextCursor ?? ""
        #expect(!cursor.isEmpty)
        for wrong in ["nonsense", "{}", String(cursor.dropLast(8)), String(repeating: "A", count: 100_000), "e30"] {
            query.cursor = wrong
            let asked = query
            #expect(await problem { _ = try await world.rows(asked) }?.kind == .malformed, "\(wrong.prefix(20))")
        }
        query.cursor = cursor
        query.orderBy = "title desc"
        let other = query
        #expect(await problem { _ = try await world.rows(other) }?.kind == .malformed)
        query.orderBy = "title asc"
        query.start = 3
        let both = query
        #expect(await problem { _ = try await world.rows(both) }?.kind == .malformed)
    }
}
