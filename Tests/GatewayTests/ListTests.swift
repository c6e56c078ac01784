import Documents
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

@Suite(.bothEngines) struct ListTests {
    @Test(arguments: [
        (#"{"shelf": "Crime"}"#, ["B-1", "B-2"]),
        (#"{"price": [">", 20]}"#, ["B-3", "B-4", "B-5"]),
        (#"[["shelf", "=", "Crime"]]"#, ["B-1", "B-2"]),
        (#"[["Book", "shelf", "=", "Crime"]]"#, ["B-1", "B-2"]),
        (#"[["Book", "shelf", "=", "Crime", false]]"#, ["B-1", "B-2"]),
        (#"["shelf", "=", "Poetry"]"#, ["B-3", "B-4"]),
        (#"[["shelf", "Poetry"]]"#, ["B-3", "B-4"]),
        (#"["B-1", "B-5"]"#, ["B-1", "B-5"]),
        (#"[["title", "=", "Alpha"], "or", ["title", "=", "Gamma"]]"#, ["B-1", "B-3"]),
        (#"[["price", "!=", "10"]]"#, ["B-2", "B-3", "B-4", "B-5"]),
        (#"[["price", ">=", "30"], ["price", "<", 50]]"#, ["B-3", "B-4"]),
        (#"[["price", "<=", "10.00"]]"#, ["B-1"]),
        (#"[["title", "like", "ALPHA%"]]"#, ["B-1", "B-4"]),
        (#"[["title", "not like", "%a%"]]"#, ["B-5"]),
        (#"[["title", "ilike", "%BET%"]]"#, ["B-2", "B-4"]),
        (#"[["shelf", "in", ["Crime", "Poetry"]]]"#, ["B-1", "B-2", "B-3", "B-4"]),
        (#"[["name", "in", "B-1, B-2"]]"#, ["B-1", "B-2"]),
        (#"[["shelf", "not in", ["Crime", "Poetry"]]]"#, ["B-5"]),
        (#"[["shelf", "in", []]]"#, ["B-5"]),
        (#"[["shelf", "is", "set"]]"#, ["B-1", "B-2", "B-3", "B-4"]),
        (#"[["shelf", "is", "not set"]]"#, ["B-5"]),
        (#"[["shelf", "=", ""]]"#, ["B-5"]),
        (#"[["shelf", "=", null]]"#, ["B-5"]),
        (#"[["price", "between", [20, 40]]]"#, ["B-2", "B-3", "B-4"]),
        (#"[["printed", "between", ["2020-01-10", "2020-01-20"]]]"#, ["B-1", "B-2"]),
        (#"[["seen", "between", ["2020-01-10", "2020-01-20"]]]"#, ["B-1", "B-2"]),
        (#"[["lent", "=", "1"]]"#, ["B-4", "B-5"]),
        (#"[["lent", "=", true]]"#, ["B-4", "B-5"]),
        (#"[["Author", "author_name", "=", "Author of Beta"]]"#, ["B-2"]),
        (#"[["author_name", "like", "%gamma"]]"#, ["B-3"]),
        (#"[["shelf.title", "=", "Poetry"]]"#, ["B-3", "B-4"]),
        (#"[["shelf", "descendants of (inclusive)", "Crime"]]"#, ["B-1", "B-2"]),
        (#"{"shelf": "Crime", "price": ["<", 15]}"#, ["B-1"]),
        ("{}", ["B-1", "B-2", "B-3", "B-4", "B-5"]),
    ])
    func `every form of filter finds what it should`(filters: String, expected: [String]) async throws {
        let site = try await Self.site()
        let query = "filters=\(coded(filters))&order_by=name"
        let inQuery = try await site.send(.get, "/api/resource/Book?\(query)")
        #expect(inQuery.names == expected, "\(inQuery.text)")
        let json: JSON = ["filters": try JSON.parse(filters), "order_by": "name asc"]
        #expect(try await site.send(.get, "/api/resource/Book", json: json.text).names == expected, "as a JSON body")
        let call: JSON = ["doctype": "Book", "filters": .string(filters), "order_by": "name"]
        let called = try await site.send(.post, "/api/method/frappe.client.get_list", json: call.text)
        #expect(called.message.array?.compactMap { $0["name"]?.string } == expected, "as a method")
        let count = try await site.send(
            .get, "/api/method/frappe.client.get_count?doctype=Book&filters=\(coded(filters))")
        #expect(count.message == .int(Int64(expected.count)))
    }

    private static let shared = SharedSite()
    private static func site() async throws -> Site { try await shared.site() }

    @Test(arguments: [
        ("", #"{"name":"B-1"}"#), ("fields=title", #"{"title":"Alpha"}"#),
        ("fields=%22title%22", #"{"title":"Alpha"}"#),
        ("fields=" + coded(#"["name", "title as t"]"#), #"{"name":"B-1","t":"Alpha"}"#),
        ("fields=name,price", #"{"name":"B-1","price":10}"#),
        ("fields=" + coded(#"["shelf.title"]"#), #"{"title":"Crime"}"#),
        ("fields=" + coded(#"["authors.author_name"]"#), #"{"author_name":"Author of Alpha"}"#),
        ("fields=" + coded("[\"`tabBook`.`name`\"]"), #"{"name":"B-1"}"#),
        ("fields=" + coded(#"[{"COUNT": "*", "as": "n"}]"#), #"{"n":5}"#),
        ("fields=" + coded(#"["count(name) as n"]"#), #"{"n":5}"#),
        ("fields=" + coded(#"[{"SUM": "price", "as": "s"}]"#), #"{"s":150}"#),
        ("fields=blurb", #"{"blurb":null}"#),
    ])
    func `fields come in every form`(query: String, first: String) async throws {
        let answer = try await Self.site().send(.get, "/api/resource/Book?order_by=name&" + query)
        #expect(answer.data.array?.first?.text == first, "\(answer.text)")
    }

    @Test func `a star gives all columns with their nulls`() async throws {
        let answer = try await Self.site().send(.get, "/api/resource/Book?fields=%5B%22*%22%5D&limit_page_length=1")
        let row = try #require(answer.data.array?.first)
        for name in ["name", "owner", "creation", "modified", "docstatus", "idx", "blurb", "price"] {
            #expect(row[name] != nil, "\(name)")
        }
    }

    @Test func `rows are grouped and counted`() async throws {
        let fields = coded(#"["shelf", {"COUNT": "name", "as": "n"}]"#)
        let answer = try await Self.site().send(
            .get, "/api/resource/Book?fields=\(fields)&group_by=shelf&order_by=n%20desc,shelf")
        #expect(answer.data.array?.map { $0["n"]?.int } == [2, 2, 1])
    }

    @Test func `order and pages`() async throws {
        let site = try await Self.site()
        let all = ["B-1", "B-2", "B-3", "B-4", "B-5"]
        #expect(try await site.send(.get, "/api/resource/Book?order_by=price%20desc").names == all.reversed())
        #expect(try await site.send(.get, "/api/resource/Book?order_by=").names == all, "the DocType's own order")
        for (query, expected) in [
            ("limit=2", ["B-1", "B-2"]), ("limit_page_length=2&limit_start=2", ["B-3", "B-4"]),
            ("page_length=2&start=4", ["B-5"]), ("limit=0", all), ("limit_start=99", []),
        ] {
            let answer = try await site.send(.get, "/api/resource/Book?order_by=name&\(query)")
            #expect(answer.names == expected, "\(query)")
            #expect((answer.json["has_next_page"] == true) == (expected.count == 2), "\(query)")
        }
        let arrays = try await site.send(
            .get, "/api/resource/Book?limit=1&order_by=name&as_dict=False&fields=name,price")
        #expect(arrays.data.text == #"[["B-1",10]]"#)
    }

    @Test func `a list without a limit has twenty rows`() async throws {
        let site = try await Site.make()
        let docs = (1...25).map { #"{"doctype":"Shelf","title":"S\#($0)"}"# }.joined(separator: ",")
        let inserted = try await site.send(
            .post, "/api/method/frappe.client.insert_many", json: #"{"docs": [\#(docs)]}"#)
        #expect(inserted.message.array?.count == 25)
        let answer = try await site.send(.get, "/api/resource/Shelf")
        #expect(answer.names.count == 20)
        #expect(answer.json["has_next_page"] == true)
    }

    @Test func `conditions of which one holds`() async throws {
        let filters = coded(#"[["title", "=", "Alpha"], ["title", "=", "Gamma"]]"#)
        let answer = try await Self.site().send(
            .get, "/api/resource/Book?order_by=name&or_filters=\(filters)&filters=" + coded(#"{"price": ["<", 25]}"#))
        #expect(answer.names == ["B-1"])
    }

    @Test func `rows of a table are listed with the rights of their document`() async throws {
        let site = try await Self.site()
        #expect(try await site.send(.get, "/api/resource/Author").status == 403)
        #expect(try await site.send(.get, "/api/resource/Author?parent=Book").names.count == 5)
        #expect(try await site.send(.get, "/api/resource/Author?parent=Loan").status == 403)
    }

    @Test(arguments: [
        "filters=" + coded("[[\"nope\", \"=\", 1]]"), "filters=%7Bbroken",
        "filters=" + coded("[[\"title\", \"regexp\", 1]]"),
        "fields=" + coded("[\"nope\"]"), "fields=" + coded("[\"sleep(1)\"]"), "fields=%5Bbroken", "fields=12%20as",
        "order_by=nope", "order_by=" + coded("name; DROP TABLE book"), "group_by=nope", "limit=-1", "limit=abc",
        "filters=" + coded("[[\"price\", \">\", \"much\"]]"), "filters=" + coded("[[\"printed\", \"=\", \"soon\"]]"),
        "filters=" + coded("[[\"title\", \"in\", {}]]"),
    ])
    func `a list that cannot be is an error that says why`(query: String) async throws {
        let answer = try await Self.site().send(.get, "/api/resource/Book?" + query)
        #expect(answer.status == 417, "\(answer.text)")
        #expect(answer.json["exc"]?.string?.isEmpty == false)
        #expect(answer.json["code"]?.string != nil)
        for word in ["SELECT", "sqlite", "syntax error", "Swift"] { #expect(!answer.text.contains(word)) }
    }
}

/// One site for tests that only read.
actor SharedSite {
    private var made: Task<Site, any Error>?

    func site() async throws -> Site {
        if let made { return try await made.value }
        let task = Task {
            let site = try await Site.make()
            try await site.fill()
            return site
        }
        made = task
        return try await task.value
    }
}
