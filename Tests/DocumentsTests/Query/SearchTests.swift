import Documents
import Search
import Storage
import TestSupport
import Testing
import Values

/// Full-text search, on both engines.
@Suite(.bothEngines) struct SearchTests {
    private static func names(_ hits: [SearchHit]) -> String { hits.map(\.name).joined(separator: " ") }

    private static let searches: [(text: String, names: String)] = [
        ("bolido", "c1"), ("BÓLIDO", "c1"), ("comidas bolido", "c1"), ("\"bolido comidas\"", "c1"),
        ("\"comidas bolido\"", ""), ("boli", ""), ("boli*", "c1"), ("b*", "c2"), ("bo*", "c1"), ("mexico", "c2"),
        ("tea", "c2"),
        ("madrid -bolido", ""),
        ("client -old", ""), ("client", "c3"), ("client -comidas", "c3"), ("hazelnut", "c1"), ("o1", "o1"),
        ("c1", "c1"),
        ("111", ""), ("", ""), ("-", ""), ("-client", ""), ("*", ""), ("\"\"", ""), ("\"", ""), ("AND OR NOT", ""),
        ("title:bolido", ""), ("bolido) OR (xana", ""), ("'; DROP TABLE _search; --", ""), ("tea & !x | (y:*A)", ""),
        ("NEAR(bolido comidas)", ""), ("bolido\u{0}comidas", "c1"), ("d.f.", "c2"), ("first", "o1"),
    ]

    @Test func `finds documents by the words of their title and text`() async throws {
        let world = try await QueryWorld.filled()
        for (text, names) in Self.searches {
            let found = try await world.read { Self.names(try $0.search(text)) }
            #expect(found == names, "\(text)")
        }
        let long = await problem { _ = try await world.read { try $0.search(String(repeating: "a ", count: 500_000)) } }
        #expect(long?.kind == .tooLong)
        let many = (0..<40).map { "w\($0)" }.joined(separator: " ")
        #expect(await problem { _ = try await world.read { try $0.search(many) } }?.kind == .tooMany)
    }

    @Test func `shows a title, a piece of text with marks, and the best first`() async throws {
        let world = try await QueryWorld.filled()
        try await world.write { session in
            try session.add("Query Client", named: "s1", ["title": "Copper", "notes": "plain"])
            try session.add("Query Client", named: "s2", ["title": "Plain", "notes": "copper & <i>copper</i> wire"])
            try session.add("Query Client", named: "s3", ["title": "Copper wire works", "notes": "copper"])
            try session.add("Query Client", named: "s0", ["title": "Copper"])
        }
        let hits = try await world.read { try $0.search("copper") }
        #expect(Self.names(hits) == "s0 s1 s3 s2")
        #expect(hits[0].rank == hits[1].rank && hits[1].rank > hits[2].rank)
        #expect(hits[0].title == "Copper" && hits[0].snippet == "<mark>Copper</mark>")
        #expect(hits[3].snippet == "<mark>copper</mark> &amp; &lt;i&gt;<mark>copper</mark>&lt;/i&gt; wire")
        let page = try await world.read { try $0.search("copper", start: 1, limit: 2) }
        #expect(Self.names(page) == "s1 s3")
        let typed = try await world.read { try $0.search("first", doctypes: ["Query Client"]) }
        #expect(typed.isEmpty)
        #expect(try await world.read { Self.names(try $0.search("first", doctypes: ["Query Order"])) } == "o1")
    }

    @Test func `finds nothing by what somebody may not see`() async throws {
        let world = try await QueryWorld.filled()
        for (actor, text, names) in [
            (QueryWorld.reader, "hazelnut", ""), (QueryWorld.reader, "bolido", "c1"), (QueryWorld.reader, "111", ""),
            (QueryWorld.selector, "bolido", "c1"), (QueryWorld.selector, "tea", ""), (QueryWorld.selector, "first", ""),
            (QueryWorld.owner, "bolido", ""), (QueryWorld.owner, "client", ""),
        ] {
            #expect(
                try await world.read(as: actor) { Self.names(try $0.search(text)) } == names, "\(actor.user) \(text)")
        }
        try await world.write(as: QueryWorld.owner) { session in
            try session.add("Query Client", named: "own", ["title": "My client"])
        }
        #expect(try await world.read(as: QueryWorld.owner) { Self.names(try $0.search("client")) } == "own")
        let hit = try await world.read(as: QueryWorld.reader) { try $0.search("bolido") }
        #expect(hit.first.map { !$0.snippet.contains("hazelnut") } ?? false)
        let refused = await problem {
            _ = try await world.read(as: QueryWorld.selector) { try $0.search("first", doctypes: ["Query Order"]) }
        }
        #expect(refused?.kind == .forbidden)
    }

    @Test func `follows every write, and none that was undone`() async throws {
        let world = try await QueryWorld.filled()
        func found(_ text: String) async throws -> String { try await world.read { Self.names(try $0.search(text)) } }
        try await world.write { session in
            let client = try session.get("Query Client", "c1")
            client.set("title", "Walnut house")
            try session.save(client)
        }
        #expect(try await found("walnut") == "c1")
        #expect(try await found("bolido") == "")
        _ = await problem {
            try await world.write { session in
                try session.add("Query Client", named: "gone", ["title": "Almond"])
                throw Problem(.refused, "no")
            }
        }
        try await world.write { session in
            do {
                try session.savepoint {
                    try session.add("Query Client", named: "gone", ["title": "Almond"])
                    throw Problem(.refused, "no")
                }
            } catch is Problem {}
        }
        #expect(try await found("almond") == "")
        try await world.write { session in try session.delete("Query Client", "c3") }
        #expect(try await found("client") == "")
        try await world.write { session in
            try session.add("Query Client", named: "c3", ["title": "Client again"])
            try session.delete("Query Client", "c3")
            try session.add("Query Client", named: "c3", ["title": "Client anew"])
        }
        #expect(try await found("anew") == "c3")
        #expect(try await found("again") == "")
    }

    @Test func `can be made anew`() async throws {
        let world = try await QueryWorld.filled()
        try await world.database.write { transaction in
            try transaction.execute("DELETE FROM _search WHERE doctype = 'Query Client'")
            try transaction.execute("UPDATE query_client SET title = 'Pecan' WHERE name = 'c2'")
        }
        #expect(try await world.read { try $0.search("pecan") }.isEmpty)
        let count = try await world.write { try $0.rebuildSearch("Query Client") }
        #expect(count == 3)
        #expect(try await world.read { Self.names(try $0.search("pecan")) } == "c2")
        #expect(try await world.read { Self.names(try $0.search("hazelnut")) } == "c1")
    }

    @Test func `is made anew where other fields are searched than before`() async throws {
        let world = try await QueryWorld.filled()
        try await world.write { try $0.refreshSearch() }
        try await world.database.write { transaction in
            try transaction.execute("UPDATE _search_shape SET shape = 'old' WHERE doctype = 'Query Client'")
            try transaction.execute("UPDATE query_client SET title = 'Pecan' WHERE name = 'c2'")
            try transaction.execute("UPDATE query_order SET subject = 'Pecan' WHERE name = 'o2'")
            try transaction.execute("INSERT INTO _search_shape (doctype, shape) VALUES ('Gone', 'x')")
        }
        let statements = try await world.database.write { transaction in
            let counting = CountingTransaction(transaction)
            try world.session(counting).refreshSearch()
            return counting.count
        }
        #expect(try await world.read { Self.names(try $0.search("pecan")) } == "c2")
        #expect(statements < 10)
        let again = try await world.database.write { transaction in
            let counting = CountingTransaction(transaction)
            try world.session(counting).refreshSearch()
            return counting.count
        }
        #expect(again <= 2)
    }

    @Test func `costs as many statements for many documents as for one`() async throws {
        let world = try await QueryWorld.filled()
        func statements(_ text: String) async throws -> Int {
            try await world.database.read { transaction in
                let counting = CountingTransaction(transaction)
                _ = try world.session(counting).search(text)
                return counting.count
            }
        }
        let few = try await statements("client")
        let written = try await world.database.write { transaction in
            let counting = CountingTransaction(transaction)
            let session = world.session(counting)
            try session.insert(
                (0..<150).map { index in
                    try session.document("Query Client", from: ["__newname": .string("m\(index)"), "title": "Client"])
                })
            try session.finish()
            return counting.changes.filter { $0.contains("_search") }.count
        }
        #expect(few == 3)
        #expect(try await statements("client") == few)
        #expect(written <= 202)
    }

    @Test func `offers for a link what begins with the text, then what holds it, and nothing out of use`() async throws
    {
        let world = try await QueryWorld.filled()
        try await world.write { session in
            try session.add("Query Client", named: "ana", ["title": "Zoo"])
        }
        let method = try #require(world.registry.methods["frappe.desk.search.search_link"])
        func values(_ actor: Actor, _ arguments: JSONObject) async throws -> [String] {
            try await world.read(as: actor) { session in
                try method.run(Arguments(arguments), session).array?.compactMap { $0["value"]?.string } ?? []
            }
        }
        #expect(try await values(QueryWorld.selector, ["doctype": "Query Client", "txt": "an"]) == ["ana", "c2"])
        #expect(try await values(QueryWorld.selector, ["doctype": "Query Client", "txt": "comi"]) == ["c1"])
        #expect(try await values(QueryWorld.selector, ["doctype": "Query Client"]) == ["ana", "c1", "c2"])
        #expect(
            try await values(QueryWorld.manager, ["doctype": "Query Client", "filters": ["disabled": 1]]) == ["c3"])
        #expect(
            try await values(QueryWorld.manager, ["doctype": "Query Client", "filters": ["region": "North"]]) == ["c2"])
        #expect(try await values(QueryWorld.manager, ["doctype": "Query Client", "page_length": 1]) == ["ana"])
    }

    @Test func `words that are excluded are not looked for in text that is hidden`() async throws {
        let world = try await QueryWorld.filled()
        try await world.write { session in
            try session.add("Query Client", named: "s1", ["title": "Copper works", "notes": "bankrupt"])
        }
        func found(_ text: String, as actor: Actor) async throws -> String {
            try await world.read(as: actor) { Self.names(try $0.search(text)) }
        }
        #expect(try await found("copper -bankrupt", as: QueryWorld.manager) == "")
        #expect(try await found("copper -bankrupt", as: QueryWorld.selector) == "s1")
        #expect(try await found("copper -works", as: QueryWorld.selector) == "")
        #expect(try await found("copper bankrupt", as: QueryWorld.selector) == "")
        let ranks = try await [QueryWorld.manager, QueryWorld.selector].ranks(of: "copper", in: world)
        try await world.write { session in
            let client = try session.get("Query Client", "s1")
            client.set("notes", "copper copper copper")
            try session.save(client)
        }
        let after = try await [QueryWorld.manager, QueryWorld.selector].ranks(of: "copper", in: world)
        #expect(after[0] > ranks[0] && after[1] == ranks[1], "what is hidden does not count")
    }
}

extension [Actor] {
    /// How well the best document fits for each of them.
    fileprivate func ranks(of text: String, in world: QueryWorld) async throws -> [Int] {
        var ranks: [Int] = []
        for actor in self { ranks.append(try await world.read(as: actor) { try $0.search(text).first?.rank ?? 0 }) }
        return ranks
    }
}
