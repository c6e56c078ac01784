import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

/// What lists tell to those who may not see everything.
@Suite(.bothEngines) struct QueryRightsTests {
    private static let closed: [String] = [
        #"{"filters": {"secret": ["like", "h%"]}}"#, #"{"order_by": "secret"}"#, #"{"group_by": "secret"}"#,
        #"{"fields": [{"MAX": "secret"}]}"#, #"{"fields": [{"COUNT": "secret"}]}"#, #"{"filters": {"phone": "111"}}"#,
        #"{"or_filters": [["phone", "like", "1%"]]}"#, #"{"order_by": "phone desc"}"#, #"{"group_by": "phone"}"#,
        #"{"fields": [{"MIN": "phone"}]}"#, #"{"fields": ["phone as p"], "order_by": "p"}"#,
        #"{"fields": [{"IFNULL": ["title", "secret"], "as": "x"}]}"#,
    ]

    @Test func `nothing can be asked about a field that is hidden or masked`() async throws {
        let world = try await QueryWorld.filled()
        for text in Self.closed {
            let json = try JSON.parse(text)
            var query = ListQuery("Query Client", fields: json["fields"]?.array ?? ["name"])
            query.filters = json["filters"]
            query.orFilters = json["or_filters"]
            query.orderBy = json["order_by"]?.string
            query.groupBy = json["group_by"]?.string
            let asked = query
            let refused = await problem { _ = try await world.rows(as: QueryWorld.reader, asked) }
            #expect(refused?.kind == .forbidden, "\(text)")
            if json["filters"] != nil {
                let counted = await problem { _ = try await world.read(as: QueryWorld.reader) { try $0.count(asked) } }
                #expect(counted?.kind == .forbidden)
            }
            let open = await problem { _ = try await world.rows(asked) }
            #expect(open == nil || text.contains("IFNULL"), "\(text)")
        }
    }

    @Test func `hidden fields are left out and masked ones masked, however they are reached`() async throws {
        let world = try await QueryWorld.filled()
        let all = try await world.read(as: QueryWorld.reader) {
            try $0.list(ListQuery("Query Client", fields: ["*"], filters: ["name": "c1"]))
        }
        let names = all.columns.map(\.name)
        #expect(!names.contains("secret") && names.contains("phone"))
        #expect(names.firstIndex(of: "phone").map { all.rows[0][$0] } == .text(Session.maskedText))
        let picked = ListQuery("Query Client", fields: ["name", "secret", "phone"], filters: ["name": "c1"])
        #expect(try await world.rows(as: QueryWorld.reader, picked) == "c1,\(Session.maskedText)")
        // One statement serves both, each with what it may see.
        #expect(try await world.rows(picked) == "c1,hazelnut,111")
        #expect(try await world.rows(as: QueryWorld.reader, picked) == "c1,\(Session.maskedText)")
        let linked = ListQuery(
            "Query Order", fields: ["name", "client.secret", "client.phone"], filters: ["name": "o1"])
        #expect(try await world.rows(as: QueryWorld.reader, linked) == "o1,\(Session.maskedText)")
        let nested = ListQuery("Query Order", fields: ["name", ["lines": ["item", "cost"]]], filters: ["name": "o1"])
        let json = try await world.read(as: QueryWorld.reader) { try $0.list(nested).json(dictionaries: true) }
        #expect(json.array?[0]["lines"] == [["item": "a"], ["item": "b"]])
        let table = ListQuery("Query Order", fields: [["extras": ["item"]]])
        #expect(await problem { _ = try await world.rows(as: QueryWorld.reader, table) }?.kind == .forbidden)
        let rows = ListQuery("Query Order", filters: [["extras.item", "=", "z"]])
        #expect(await problem { _ = try await world.rows(as: QueryWorld.reader, rows) }?.kind == .forbidden)
        var children = ListQuery("Query Line", fields: ["item"], orderBy: "item")
        children.parent = "Query Order"
        let rowsOfOrders = children
        #expect(try await world.rows(as: QueryWorld.reader, rowsOfOrders) == "a a b")
        #expect(try await world.rows(rowsOfOrders) == "a a b z")
    }

    @Test func `who may only select sees names and titles`() async throws {
        let world = try await QueryWorld.filled()
        let query = ListQuery("Query Client", fields: ["*"], filters: ["name": "c1"])
        let columns = try await world.read(as: QueryWorld.selector) { try $0.list(query).columns.map(\.name) }
        #expect(Set(columns) == ["name", "title", "city"])
        let guess = ListQuery("Query Client", filters: ["region": "South"])
        #expect(await problem { _ = try await world.rows(as: QueryWorld.selector, guess) }?.kind == .forbidden)
        let order = ListQuery("Query Order")
        #expect(await problem { _ = try await world.rows(as: QueryWorld.selector, order) }?.kind == .forbidden)
    }

    @Test func `who may read its own sees and counts no others, nor through links`() async throws {
        let world = try await QueryWorld.filled()
        try await world.write(as: QueryWorld.owner) { session in
            try session.add("Query Client", named: "mine", ["title": "Mine"])
        }
        let query = ListQuery("Query Client", orderBy: "name")
        #expect(try await world.rows(as: QueryWorld.owner, query) == "mine")
        #expect(try await world.read(as: QueryWorld.owner) { try $0.count(query) } == 1)
        #expect(try await world.rows(query) == "c1 c2 c3 mine")
    }
}
