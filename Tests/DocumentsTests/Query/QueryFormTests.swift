import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

/// The forms of lists that the contract has, on both engines.
@Suite(.bothEngines) struct QueryFormTests {
    private static let filters: [(filter: String, names: String)] = [
        (#"{"client.city": "Madrid"}"#, "o1"),
        (#"{"client.region.label": "Cold"}"#, "o2"),
        (#"{"client.region.parent_query_region": ["is", "set"]}"#, "o1 o2"),
        (#"[["Query Line", "item", "=", "a"]]"#, "o1 o2"),
        (#"[["Query Line", "item", "=", "a"], ["Query Line", "qty", ">", 2]]"#, "o2"),
        (#"[["lines.item", "=", "a"], ["lines.qty", ">", 2]]"#, "o2"),
        (#"[["Query Line", "item", "=", "b"], "or", ["amount", "<", 0]]"#, "o1 o3"),
        (#"[["Query Line", "item", "is", "not set"]]"#, "o3"),
        (#"[["Query Line", "item", "!=", "a"]]"#, "o1 o3"),
        (#"{"about": "c2", "about_type": "Query Client"}"#, "o1"),
        (#"{"client": ["descendants of", "World"]}"#, "malformed"),
        (#"{"client.region": ["descendants of", "World"]}"#, "o1 o2"),
        (#"{"moment": ["between", ["1996-07-04", "1996-07-04"]]}"#, "o1 o2"),
        (#"{"moment": ["between", ["1996-07-04 07:00:00", "1996-07-04 09:00:00"]]}"#, "o1"),
        (#"{"day": ["between", "1996-04-01, 1996-04-30"]}"#, "o2"),
        (#"{"moment": ["between", ["0001-01-01", "9999-12-31"]]}"#, "o1 o2"),
        (#"{"day": ["timespan", "this fiscal year"]}"#, "o1 o2"),
        (#"{"day": ["timespan", "last fiscal year"]}"#, "o3"),
        (#"{"day": ["timespan", "next fiscal year"]}"#, "malformed"),
        (#"{"day": ["timespan", "this fiscal quarter"]}"#, "o1"),
        (#"{"day": ["timespan", "last fiscal quarter"]}"#, "o2"),
        (#"{"day": ["timespan", "last 90 days"]}"#, "o1"),
        (#"{"amount": ["in", ["10", -4]]}"#, "o1 o3"),
        (#"{"amount": ["=", "2.5"]}"#, "o2"),
        (#"[[["amount", ">", 5], "or", ["amount", "<", 0]], "and", ["subject", "like", "%IR%"]]"#, "o1 o3"),
        (#"{"_assign": ["like", "%rex@example.com%"]}"#, "o2"),
        (#"{"_user_tags": ["is", "not set"]}"#, "o1 o3"),
        (#"{"_liked_by": ["like", "%mia%"]}"#, "o2"),
        (#"{"lines": ["=", "a"]}"#, "unknown_field"),
        (#"{"about.title": "x"}"#, "unknown_field"),
        (#"{"client.region.parent_query_region.parent_query_region.label": "x"}"#, "unknown_field"),
        (#"{"amount": ["regex", "^a"]}"#, "malformed"),
        (#"{"subject": ["regex", "^(FIRST|th.rd)$"]}"#, "o1 o3"),
        (#"{"subject": ["regex", "[c-e]{1}on"]}"#, "o2"),
        (#"{"client.city": ["regex", "xico\\s\\w\\."]}"#, "o2"),
        (#"{"subject": ["regex", "(a+)+\\1"]}"#, "malformed"),
    ]

    @Test func `finds what every form of filter means, and counts the same`() async throws {
        let world = try await QueryWorld.filled()
        try await world.write { session in
            try session.transaction.execute(
                "INSERT INTO _collaboration (doctype, name, user_tags, assign, liked_by) VALUES (?, ?, ?, ?, ?)",
                [
                    .text("Query Order"), .text("o2"), .text(",red"), .text("[\"rex@example.com\"]"),
                    .text("[\"mia@example.com\"]"),
                ])
        }
        // Twice: a statement that is made, and one that was made before.
        for _ in 0..<2 {
            for (filter, names) in Self.filters {
                let query = ListQuery("Query Order", filters: try JSON.parse(filter), orderBy: "name asc")
                var found = ""
                let refusal = await problem { found = try await world.rows(query) }
                #expect(refusal?.kind.code ?? found == names, "\(filter)")
                guard refusal == nil else { continue }
                let count = try await world.read { try $0.count(query) }
                #expect(count == names.split(separator: " ").count, "\(filter)")
            }
        }
    }

    @Test func `a statement that was made for other values gives what these values mean`() async throws {
        let world = try await QueryWorld.filled()
        let values: [(JSON, String)] = [
            ("first", "o1"), ("second", "o2"), ("", ""), (.null, ""), ("third", "o3"), (7, ""), ("first", "o1"),
        ]
        for (value, names) in values {
            let found = try await world.rows(ListQuery("Query Order", filters: ["subject": value], orderBy: "name"))
            #expect(found == names)
        }
        for (limit, names) in [(1, "o2"), (2, "o2 o3"), (0, "o2 o3")] {
            let query = ListQuery("Query Order", filters: ["amount": ["<", 5]], orderBy: "name", limit: limit)
            #expect(try await world.rows(query) == names)
        }
        let bad = await problem {
            _ = try await world.rows(ListQuery("Query Order", filters: ["amount": ["<", "many"]], orderBy: "name"))
        }
        #expect(bad?.kind == .wrongType)
    }

    @Test func `selects through links and tables, and orders by what it selects`() async throws {
        let world = try await QueryWorld.filled()
        let linked = ListQuery(
            "Query Order", fields: ["name", "client.title as who", "client.region.label"], orderBy: "who desc")
        #expect(try await world.rows(linked) == "o1,Bólido Comidas,Warm o2,Ana Trujillo,Cold o3,,")
        let rows = ListQuery(
            "Query Order", fields: ["name", "`tabQuery Line`.item", "lines.client.city as town"],
            orderBy: "name, item desc")
        #expect(try await world.rows(rows) == "o1,b, o1,a,México D.F. o2,a, o3,,")
        #expect(try await world.read { try $0.count(rows) } == 3)
        var several = ListQuery("Query Order", fields: ["lines.item as item"], filters: ["lines.item": ["is", "set"]])
        several.distinct = true
        let different = several
        #expect(try await world.rows(different) == "a b")
        let stars = ListQuery("Query Order", fields: ["lines.*"], filters: ["name": "o2"])
        #expect(try await world.read { try $0.list(stars).columns.map(\.name).contains("qty") })
    }

    @Test func `groups, adds up and computes`() async throws {
        let world = try await QueryWorld.filled()
        var grouped = ListQuery(
            "Query Line", fields: ["item", ["COUNT": "*", "as": "n"], ["SUM": "qty", "as": "total"], "parent"],
            filters: ["parentfield": "lines"], orderBy: "total desc")
        grouped.parent = "Query Order"
        grouped.groupBy = "item"
        #expect(try await world.rows(grouped) == "a,2,8,o1 b,1,5,o1")
        grouped.orderBy = nil
        #expect(try await world.rows(grouped) == "a,2,8,o1 b,1,5,o1")
        var byLink = ListQuery("Query Order", fields: ["client.city", ["MAX": "amount", "as": "most"]])
        byLink.groupBy = "client.city"
        byLink.orderBy = "most desc"
        #expect(try await world.rows(byLink) == "Madrid,10 México D.F.,2.5 ,-4")
        var twice = ListQuery("Query Order", fields: ["about_type", "client", ["COUNT": "name", "as": "n"]])
        twice.groupBy = "about_type, client"
        #expect(try await world.rows(twice) == ",,1 ,c2,1 Query Client,c1,1")
        let computed = ListQuery(
            "Query Order",
            fields: [
                ["ABS": "amount", "as": "size"], ["IFNULL": ["client", "'none'"], "as": "who"],
                ["CONCAT": ["name", "'-'", "subject"], "as": "both"], ["ADD": ["amount", 1], "as": "more"],
            ], orderBy: "name")
        #expect(try await world.rows(computed) == "10,c1,o1-first,11 2.5,c2,o2-second,3.5 4,none,o3-third,-3")
        let nested = ListQuery(
            "Query Order", fields: [["SUM": ["ABS": "amount"], "as": "all"], "avg(amount) as mean"])
        #expect(try await world.rows(nested) == "16.5,2.8333")
        let counted = ListQuery("Query Line", fields: ["count(distinct item) as kinds"])
        let admin = Actor(user: "root@example.com", roles: ["Manager", "System Manager"])
        #expect(try await world.rows(as: admin, counted) == "3")
        for wrong in [#"{"MUL": ["amount", 2]}"#, #"{"SUM": "subject"}"#, #"{"SUM": {"SUM": "amount"}}"#] {
            let query = ListQuery("Query Order", fields: [try JSON.parse(wrong)])
            #expect(await problem { _ = try await world.rows(query) }?.kind == .unknownField, "\(wrong)")
        }
    }

    @Test func `gives the rows of tables and the documents of links, in objects`() async throws {
        let world = try await QueryWorld.filled()
        let query = ListQuery(
            "Query Order", fields: ["subject", ["lines": ["item", "qty"]], ["extras": ["*"]]], orderBy: "name")
        let json = try await world.read { try $0.list(query).json(dictionaries: true) }
        #expect(json.array?[0]["lines"] == [["item": "a", "qty": 1], ["item": "b", "qty": 5]])
        #expect(json.array?[0]["extras"]?.array?.first?["item"] == "z")
        #expect(json.array?[2]["lines"] == [])
        #expect(json.array?[0]["name"] == nil)
        let written = try await world.read { session in
            var writer = JSONWriter()
            _ = try session.writeList(query, to: &writer, dictionaries: true)
            return try JSON.parse(writer.bytes)
        }
        #expect(written == json)
        var linked = ListQuery("Query Order", fields: ["client", "name"], orderBy: "name")
        linked.expand = ["client"]
        let asked = linked
        let expanded = try await world.read { try $0.list(asked).json(dictionaries: true) }
        #expect(expanded.array?[0]["client"]?["title"] == "Bólido Comidas")
        #expect(expanded.array?[2]["client"] == .null)
    }

    @Test func `writes the same whether rows are made in between or not`() async throws {
        let world = try await QueryWorld.filled()
        let query = ListQuery("Query Order", fields: ["*", "client.title as who"], orderBy: "name")
        for dictionaries in [true, false] {
            let (direct, made) = try await world.read { session in
                var writer = JSONWriter()
                let count = try session.writeList(query, to: &writer, dictionaries: dictionaries, limit: 2).rows
                #expect(count == 3)
                var other = JSONWriter()
                try session.list(query).write(to: &other, dictionaries: dictionaries, limit: 2)
                return (writer.bytes, other.bytes)
            }
            #expect(direct == made)
        }
    }

    @Test func `passes on piece by piece what it writes whole`() async throws {
        let world = try await QueryWorld.filled()
        for text in Self.forms + [#"{"fields": ["client", "day"], "distinct": 1}"#] {
            let form = try JSON.parse(text)
            for actor in [QueryWorld.manager, QueryWorld.reader] {
                let (pieces, whole) = try await world.read(as: actor) { session in
                    var query = ListQuery("Query Order", fields: form["fields"]?.array ?? [], limit: 0)
                    query.filters = form["filters"]
                    query.orderBy = form["order_by"]?.string
                    query.groupBy = form["group_by"]?.string
                    query.expand = form["expand"]?.array?.compactMap(\.string) ?? []
                    query.distinct = form["distinct"] != nil
                    var pieces: [[UInt8]] = []
                    var writer = JSONWriter(pieceBytes: 1) { pieces.append($0) }
                    var other = JSONWriter()
                    do {
                        _ = try session.writeList(query, to: &writer, dictionaries: true)
                        _ = try session.writeList(query, to: &other, dictionaries: true)
                    } catch let problem as Problem where problem.kind == .forbidden {
                        return (pieces, other.bytes)
                    }
                    #expect(!pieces.isEmpty)
                    return (pieces + [writer.bytes], other.bytes)
                }
                #expect(pieces.flatMap(\.self) == whole)
            }
        }
    }

    @Test func `child rows, links and masks of a long list are read in parts, each document once`() async throws {
        let world = try await QueryWorld.filled()
        let total = 10_503
        try await world.company.database.write { transaction in
            let columns = ["name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"]
            func row(_ name: String, _ more: [Value]) -> [Value] {
                let (user, moment) = (Value.text("mia@example.com"), Value.timestamp(QueryWorld.noon))
                return [.text(name), user, moment, moment, user, .int(0), .int(1)] + more
            }
            try transaction.insert(
                into: "query_order", columns + ["subject", "client"],
                (0..<total).map { row("p\(100_000 + $0)", [.text("long"), .text("c1")]) })
            try transaction.insert(
                into: "query_line", columns + ["parent", "parenttype", "parentfield", "item"],
                (0..<total).map {
                    row("l\($0)", [.text("p\(100_000 + $0)"), .text("Query Order"), .text("lines"), .text("i\($0)")])
                })
        }
        let rows = try await world.read { session in
            var query = ListQuery(
                "Query Order", fields: ["name", "client", ["lines": ["item"]]], filters: ["subject": "long"],
                orderBy: "subject asc", limit: 0)
            query.expand = ["client"]
            var bytes: [UInt8] = []
            var writer = JSONWriter(pieceBytes: 1_000) { bytes += $0 }
            let count = try session.writeList(query, to: &writer, dictionaries: true).rows
            #expect(count == total)
            return try JSON.parse(bytes + writer.bytes).array ?? []
        }
        #expect(rows.count == total)
        for (number, row) in rows.enumerated() {
            guard row["name"] == .string("p\(100_000 + number)"), row["client"]?["city"] == "Madrid",
                row["lines"] == [["item": .string("i\(number)")]]
            else {
                Issue.record("row \(number) is \(row)")
                break
            }
        }
    }

    private static let forms: [String] = [
        #"{"fields": ["name", "subject"], "filters": {"subject": ["like", "%"]}}"#,
        #"{"fields": ["*", "client.title"], "filters": {"client.region.label": ["is", "not set"]}}"#,
        #"{"fields": ["name", "lines.item"], "filters": [["Query Line", "qty", ">=", 0]]}"#,
        #"{"fields": ["client", {"SUM": "amount", "as": "t"}], "group_by": "client", "order_by": "t desc"}"#,
        #"{"fields": ["name", {"lines": ["*"]}, {"extras": ["item"]}]}"#,
        #"{"fields": ["name", "client"], "expand": ["client"]}"#,
        #"{"fields": ["name"], "cursor": ""}"#,
    ]

    @Test func `costs as many statements for 300 documents as for 3`() async throws {
        let world = try await QueryWorld.filled()
        func statements() async throws -> [Int] {
            try await world.database.read { transaction in
                try Self.forms.map { form in
                    let counting = CountingTransaction(transaction)
                    let session = world.session(counting)
                    let json = try JSON.parse(form)
                    var query = ListQuery("Query Order", fields: json["fields"]?.array ?? [], limit: 0)
                    query.filters = json["filters"]
                    query.groupBy = json["group_by"]?.string
                    query.orderBy = json["order_by"]?.string
                    query.cursor = json["cursor"]?.string
                    query.expand = json["expand"]?.array?.compactMap(\.string) ?? []
                    _ = try session.list(query)
                    let listed = counting.count
                    query.expand = []
                    query.cursor = nil
                    _ = try session.count(query)
                    #expect(counting.count == listed + 1)
                    return listed
                }
            }
        }
        let few = try await statements()
        try await world.write { session in
            for index in 0..<300 {
                try session.add(
                    "Query Order", named: "n\(index)",
                    ["subject": "many", "client": "c2", "lines": [["item": "m", "qty": 1], ["item": "n"]]])
            }
        }
        #expect(try await statements() == few)
        #expect(few == [1, 1, 1, 1, 3, 2, 1])
    }

    @Test(arguments: [
        (#"["day", "like", "1996-07%"]"#, "o1 o2"), (#"["moment", "like", "%12:30:00%"]"#, "o1"),
        (#"["day", "not like", "1996%"]"#, "o3"),
    ])
    func `days and moments are found by a part of their text`(filter: String, names: String) async throws {
        let world = try await QueryWorld.filled()
        try await world.write { session in
            for (name, day, moment) in [
                ("o1", "1996-07-01", "1996-07-01 12:30:00"), ("o2", "1996-07-31", "1969-12-31 23:59:59.999999"),
                ("o3", "1969-12-31", ""),
            ] {
                let order =
                    try session.find("Query Order", name)
                    ?? session.document("Query Order", from: ["__newname": .string(name)])
                try session.apply(["day": .string(day), "moment": .string(moment)], to: order)
                try session.save(order)
            }
        }
        let filters: JSON = [try JSON.parse(filter), ["name", "in", ["o1", "o2", "o3"]]]
        let found = try await world.read { session in
            try session.list(ListQuery("Query Order", filters: filters, orderBy: "name")).rows.map { $0[0].description }
        }
        #expect(found.joined(separator: " ") == names)
    }
}
