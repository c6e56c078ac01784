import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct ListTests {
    private static func filled() async throws -> Workshop {
        let workshop = try await Workshop()
        try await workshop.write { session in
            let parts: [JSONObject] = [
                [
                    "code": "a", "title": "Anvil", "colour": "Red", "price": 100, "weight": 50, "made": "1996-07-04",
                    "seen": "1996-07-04 08:00:00",
                ],
                [
                    "code": "b", "title": "Bolt", "colour": "Blue", "price": "0.25", "weight": "0.1",
                    "made": "1996-07-05",
                ],
                [
                    "code": "c", "title": "Cog", "price": 7, "stock": 3, "made": "1996-06-30",
                    "seen": "1996-07-04 23:30:00",
                ],
                ["code": "d", "title": "100% drill", "colour": "Red", "price": 7, "stock": 9, "made": "1995-01-01"],
            ]
            try session.insert(parts.map { try session.document("Part", from: $0) })
            try session.insert(
                session.document(
                    "Job", from: ["subject": "one", "part": "a", "parts": [["part": "a"], ["part": "b", "qty": 5]]]))
            try session.insert(session.document("Job", from: ["subject": "two", "parts": [["part": "c"]]]))
            for (name, parent) in [("All", ""), ("Left", "All"), ("Right", "All"), ("Top", "Left")] {
                try session.insert(
                    session.document(
                        "Shelf", from: ["__newname": .string(name), "parent_shelf": .string(parent), "is_group": 1]))
            }
        }
        return workshop
    }

    private static let filters: [(filter: String, names: String)] = [
        (#"{"colour": "Red"}"#, "a d"),
        (#"[["colour", "=", "Red"], ["stock", ">", 0]]"#, "d"),
        (#"[["Part", "colour", "=", "Red"]]"#, "a d"),
        (#"[["Part", "colour", "=", "Red", false]]"#, "a d"),
        (#"{"title": ["like", "%O%"]}"#, "b c"),
        (#"["title", "like", "%O%"]"#, "b c"),
        (#"[["title", "not like", "%o%"]]"#, "a d"),
        (#"[["colour", "Blue"]]"#, "b"),
        (#"["a", "c"]"#, "a c"),
        (#"{"price": ["<", "7.5"]}"#, "b c d"),
        (#"{"price": ["between", [1, 50]]}"#, "c d"),
        (#"{"stock": ["in", "3,9"]}"#, "c d"),
        (#"{"stock": ["not in", [3, 9]]}"#, "a b"),
        (#"{"colour": ["in", []]}"#, "c"),
        (#"{"colour": ["is", "set"]}"#, "a b d"),
        (#"{"colour": ["is", "not set"]}"#, "c"),
        (#"{"colour": ""}"#, "c"),
        (#"{"colour": null}"#, "c"),
        (#"{"colour": ["!=", "Red"]}"#, "b c"),
        (#"{"made": [">=", "1996-07-01"]}"#, "a b"),
        (#"{"made": ["timespan", "this month"]}"#, "a b"),
        (#"{"made": ["timespan", "last month"]}"#, "c"),
        (#"{"made": ["timespan", "tomorrow"]}"#, "b"),
        (#"{"made": ["previous", "1 week"]}"#, "a c"),
        (#"{"seen": ["between", ["1996-07-04", "1996-07-04"]]}"#, "a c"),
        (#"[["colour", "=", "Red"], "or", ["stock", "=", 3]]"#, "a c d"),
        (#"[[["colour", "=", "Red"], "and", ["stock", "=", 9]], "or", ["code", "=", "b"]]"#, "b d"),
        (#"{"is_sold": "1"}"#, "a b c d"),
        (#"{"title": "'; DROP TABLE part; --"}"#, ""),
        (#"{"stock": "3"}"#, "c"),
        (#"{"title": "100% drill"}"#, "d"),
    ]

    @Test(arguments: filters)
    func `finds what a filter means`(filter: String, names: String) async throws {
        let workshop = try await Self.filled()
        let json = try JSON.parse(filter)
        let (found, count, text) = try await workshop.read { session -> (String, Int, String) in
            let query = ListQuery("Part", filters: json, orderBy: "name asc")
            let asText = ListQuery("Part", filters: .string(filter), orderBy: "`tabPart`.`name` asc")
            return (
                try session.list(query).rows.map { $0[0].description }.joined(separator: " "), try session.count(query),
                try session.list(asText).rows.map { $0[0].description }.joined(separator: " ")
            )
        }
        #expect(found == names)
        #expect(count == names.split(separator: " ").count)
        #expect(text == names)
    }

    private static let nonsense: [(filter: String, code: String)] = [
        (#"["colour", "~", "Red"]"#, "malformed"),
        (#"{"no_such": 1}"#, "unknown_field"),
        (#"[["Job", "subject", "=", "x"]]"#, "unknown_field"),
        (#"{"stock": "many"}"#, "wrong_type"),
        (#"{"stock": [">", null]}"#, "malformed"),
        (#"{"made": ["timespan", "one fine day"]}"#, "malformed"),
        (#"{"title": [["nested"], "a+"]}"#, "malformed"),
        (#"{"price": ["like", "7"]}"#, "malformed"),
        (#"{"name; DROP TABLE part": 1}"#, "unknown_field"),
        (#"7"#, "malformed"),
        (#"{"title": ["descendants of", "a"]}"#, "malformed"),
        (#"{"stock": 1e400}"#, "out_of_range"),
        (#""[[""#, "malformed"),
    ]

    @Test(arguments: nonsense)
    func `refuses a filter that means nothing`(filter: String, code: String) async throws {
        let workshop = try await Self.filled()
        let json = try JSON.parse(filter)
        let found = await problem { _ = try await workshop.read { try $0.list(ListQuery("Part", filters: json)).rows } }
        #expect(found?.kind.code == code)
    }

    @Test func `reaches through links and tables`() async throws {
        let workshop = try await Self.filled()
        try await workshop.read { session in
            let linked = try session.list(
                ListQuery("Job", fields: ["subject", "part.title as part_title"], filters: ["part.price": [">", 5]]))
            #expect(linked.columns.map(\.name) == ["subject", "part_title"])
            #expect(linked.rows == [[.text("one"), .text("Anvil")]])
            let byRow = try session.list(
                ListQuery("Job", fields: ["subject"], filters: [["Job Part", "part", "=", "c"]]))
            #expect(byRow.rows == [[.text("two")]])
            let byRowField = try session.list(ListQuery("Job", fields: ["subject"], filters: ["qty": 5]))
            #expect(byRowField.rows == [[.text("one")]])
            let rows = try session.list(
                ListQuery(
                    "Job", fields: ["subject", "`tabJob Part`.part", "parts.qty"], orderBy: "subject asc, part asc"))
            #expect(rows.rows.map { $0[1] } == [.text("a"), .text("b"), .text("c")])
        }
    }

    @Test func `adds up, counts and groups`() async throws {
        let workshop = try await Self.filled()
        try await workshop.read { session in
            var query = ListQuery(
                "Part",
                fields: [
                    "colour", ["COUNT": "*", "as": "n"], ["SUM": "price", "as": "worth"],
                    ["MAX": "made", "as": "newest"],
                ],
                filters: ["colour": ["is", "set"]], orderBy: "n desc")
            query.groupBy = "colour"
            let result = try session.list(query)
            #expect(result.columns.map(\.name) == ["colour", "n", "worth", "newest"])
            #expect(result.rows[0][0] == .text("Red") && result.rows[0][1] == .int(2) && result.rows[0][2].exact == 107)
            let average = try session.list(ListQuery("Part", fields: ["avg(price) as p", "count(name) as c"]))
            #expect(average.rows[0][0].exact == Exact("28.5625") && average.rows[0][1] == .int(4))
        }
    }

    @Test func `walks trees`() async throws {
        let workshop = try await Self.filled()
        for (op, node, names) in [
            ("descendants of", "All", "Left Right Top"), ("descendants of", "Left", "Top"),
            ("descendants of (inclusive)", "Left", "Left Top"), ("ancestors of", "Top", "All Left"),
            ("not descendants of", "All", "All"), ("not ancestors of", "Top", "Right Top"),
        ] {
            let found = try await workshop.read { session in
                try session.list(ListQuery("Shelf", filters: ["name": [.string(op), .string(node)]], orderBy: "name"))
                    .rows.map { $0[0].description }.joined(separator: " ")
            }
            #expect(found == names, "\(op) \(node)")
        }
    }

    @Test func `pages and orders`() async throws {
        let workshop = try await Self.filled()
        let names = try await workshop.read { session in
            try session.list(ListQuery("Part", orderBy: "price desc, code desc", start: 1, limit: 2)).rows
        }
        #expect(names == [[.text("d")], [.text("c")]])
        for order in ["no_such asc", "name; DROP TABLE part", "(SELECT 1)", "name asc, 1"] {
            let found = await problem {
                _ = try await workshop.read { try $0.list(ListQuery("Part", orderBy: order)).rows }
            }
            #expect(found?.kind == .unknownField, "\(order)")
        }
    }

    @Test func `lists rows of a document only for those who may read it`() async throws {
        let workshop = try await Self.filled()
        var query = ListQuery("Job Part", fields: ["part", "qty"], orderBy: "part")
        let bare = query
        #expect(await problem { _ = try await workshop.read { try $0.list(bare).rows } }?.kind == .forbidden)
        query.parent = "Job"
        let parented = query
        #expect(try await workshop.read { try $0.list(parented).rows }.count == 3)
        let visitor = Actor(user: "v@example.com", roles: ["Visitor"])
        #expect(
            await problem { _ = try await workshop.read(as: visitor) { try $0.list(parented).rows } }?.kind
                == .forbidden)
    }
}
