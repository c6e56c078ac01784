import Documents
import Lists
import Search
import Storage
import TestSupport
import Testing
import Values

/// Nothing is cut off without a word.
@Suite(.bothEngines) struct ListCutTests {
    @Test func `a list that the server cuts says how to go on, and going on gives the rest`() async throws {
        let world = try await QueryWorld()
        let columns = ["name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "title", "disabled"]
        let total = Limits.listRows + 3
        try await world.database.write { transaction in
            for start in stride(from: 0, to: total, by: 20_000) {
                let rows = (start..<min(start + 20_000, total)).map { index -> [Value] in
                    let moment = Value.timestamp(Timestamp(microseconds: Int64(index)))
                    let user = Value.text("mia@example.com")
                    return [.text("n\(index)"), user, moment, moment, user, .int(0), .int(0), .text("t"), .int(0)]
                }
                try transaction.insert(into: "query_client", columns, rows)
            }
        }
        for limit in [0, total] {
            let (count, more) = try await world.read { session in
                let query = ListQuery("Query Client", orderBy: "creation asc", limit: limit)
                return (try session.list(query).rows.count, session.more)
            }
            #expect(count == Limits.listRows && more == "limit_start=\(Limits.listRows)")
        }
        let written = try await world.read { session -> (Int, String?) in
            var writer = JSONWriter()
            let query = ListQuery("Query Client", orderBy: "creation asc", limit: 0)
            _ = try session.writeList(query, to: &writer, dictionaries: false)
            return (try JSON.parse(writer.bytes, limits: JSONLimits(values: .max)).array?.count ?? 0, session.more)
        }
        #expect(written.0 == Limits.listRows && written.1 == "limit_start=\(Limits.listRows)")
        let (rest, more) = try await world.read { session in
            let query = ListQuery("Query Client", orderBy: "creation asc", start: Limits.listRows, limit: 0)
            return (try session.list(query).rows.map { $0[0].text }, session.more)
        }
        #expect(rest == ["n100000", "n100001", "n100002"] && more == nil)
        // What somebody asked for is no cut.
        let page = try await world.read { session in
            (try session.list(ListQuery("Query Client", limit: 5)).rows.count, session.more)
        }
        #expect(page.0 == 5 && page.1 == nil)
    }

    @Test func `tags, search, versions and link search say it too`() async throws {
        let world = try await QueryWorld()
        try await world.write { session in
            for number in 0..<3 { try session.add("Query Client", named: "c\(number)", ["title": "copper"]) }
            let user = Value.text("mia@example.com")
            let moment = Value.timestamp(Timestamp(microseconds: 0))
            try session.transaction.insert(
                into: "tag_link",
                [
                    "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx",
                    "document_type", "document_name", "tag",
                ],
                (0..<1_003).map { number -> [Value] in
                    [
                        .text("l\(number)"), user, moment, moment, user, .int(0), .int(0), .text("Query Client"),
                        .text("c0"), .text("Tåg \(10_000 + number)"),
                    ]
                })
        }
        let method = "frappe.desk.doctype.tag.tag.get_tags"
        let first = try await world.read { session in
            (try session.call(method, ["doctype": "Query Client"]).array?.count, session.more)
        }
        #expect(first.0 == 1_000 && first.1 == "limit_start=1000")
        let rest = try await world.read { session in
            (try session.call(method, ["doctype": "Query Client", "limit_start": 1_000]).array?.count, session.more)
        }
        #expect(rest.0 == 3 && rest.1 == nil)
        let typed = try await world.read { session in
            try session.call(method, ["doctype": "Query Client", "txt": "TAG 11002"])
        }
        #expect(typed == ["Tåg 11002"])
        let hits = try await world.read { ($0, try $0.search("copper", limit: 2).count).1 }
        #expect(hits == 2)
    }
}
