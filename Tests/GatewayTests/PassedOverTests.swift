import Documents
import HTTPTypes
import Lists
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// What is sent and nothing knows is passed over and told in a header, as clients of Frappe expect; with `strict=1` it is
/// refused and nothing happens.
@Suite(.bothEngines) struct PassedOverTests {
    struct Sent: CustomTestStringConvertible, Sendable {
        let method: HTTPRequest.Method
        let path: String
        var json: String?
        var form: String?
        /// The header that tells what was passed over.
        let told: String
        var testDescription: String { "\(method) \(path) \(json ?? form ?? "")" }

        init(
            _ method: HTTPRequest.Method, _ path: String, json: String? = nil, form: String? = nil, told: String
        ) {
            self.method = method
            self.path = path
            self.json = json
            self.form = form
            self.told = told
        }
    }

    static let sent: [Sent] = [
        // Documents and their rows, on every way in.
        Sent(
            .post, "/api/resource/Book",
            json: #"{"name": "N", "title": "T", "colour": "red", "authors": [{"author_name": "A", "age": 3}]}"#,
            told: "colour, authors.age"),
        Sent(
            .post, "/api/resource/Book", form: "data=" + coded(#"{"name": "N", "title": "T", "colour": 1}"#) + "&x=1",
            told: "x, colour"),
        Sent(.post, "/api/resource/Book", form: "name=N&title=T&colour=red", told: "colour"),
        Sent(
            .put, "/api/resource/Book/B-1", json: #"{"title": "T", "größe": 1, "a b,c": 2}"#,
            told: "gr%C3%B6%C3%9Fe, a%20b%2Cc"),
        Sent(.put, "/api/resource/Book/B-1?old=1", json: #"{"title": "T"}"#, told: "old"),
        Sent(
            .post, "/api/method/frappe.client.insert",
            json: #"{"doc": {"doctype": "Book", "name": "N", "title": "T", "colour": "red"}, "silent": 1}"#,
            told: "colour, silent"),
        Sent(
            .post, "/api/method/frappe.client.insert_many",
            json: #"""
                {"docs": [{"doctype": "Shelf", "title": "P", "depth": 1}, {"doctype": "Shelf", "title": "Q", "depth": 2}]}
                """#, told: "depth"),
        Sent(
            .post, "/api/method/frappe.client.save",
            json: #"{"doc": {"doctype": "Book", "name": "B-1", "title": "T", "colour": "red"}}"#, told: "colour"),
        Sent(
            .post, "/api/method/frappe.client.set_value",
            json: #"{"doctype": "Book", "name": "B-1", "fieldname": {"colour": "red", "title": "T"}}"#, told: "colour"),
        Sent(
            .post, "/api/method/frappe.client.bulk_update",
            json: #"{"docs": [{"doctype": "Book", "docname": "B-1", "title": "T", "colour": "red"}]}"#, told: "colour"),
        Sent(
            .post, "/api/method/cauldron.rehearse",
            json: #"{"action": "save", "doc": {"doctype": "Book", "name": "B-1", "title": "T", "colour": 1}}"#,
            told: "colour"),
        Sent(.delete, "/api/resource/Book/B-5?force=1", told: "force"),
        // Lists: what they show, and what they are asked by.
        Sent(
            .get, "/api/resource/Book?fields=" + coded(#"["name", "colour", "shelf.colour"]"#),
            told: "colour, shelf.colour"),
        Sent(.get, "/api/resource/Book?limt=5&_=17", told: "limt"),
        Sent(
            .get, "/api/method/frappe.client.get_list?doctype=Book&debug=1&fields=" + coded(#"["name", "colour"]"#),
            told: "debug, colour"),
        Sent(
            .get, "/api/method/frappe.client.get_value?doctype=Book&fieldname=" + coded(#"["title", "colour"]"#),
            told: "colour"),
        // Documents that are read, methods, and reports.
        Sent(.get, "/api/resource/Book/B-1?fields=" + coded(#"["name"]"#), told: "fields"),
        Sent(.get, "/api/method/library.books?shelf=Crime&room=2", told: "room"),
        Sent(.get, "/api/method/frappe.ping?loud=1", told: "loud"),
        Sent(
            .get,
            "/api/method/frappe.desk.query_report.run?report_name=Loan%20Fees&filters="
                + coded(#"{"from_date": "2026-01-01", "branch": "North"}"#) + "&is_tree=0", told: "is_tree, branch"),
    ]

    /// What an answer tells that it passed over.
    private static func told(_ answer: Answer) throws -> String? {
        answer.headers[try #require(HTTPField.Name("X-Cauldron-Ignored"))]
    }

    @Test(arguments: sent)
    func `what nothing knows is passed over and told, or refused where that is asked`(sent: Sent) async throws {
        let site = try await Site.make()
        try await site.fill()
        let before = try await Self.state(site)
        let strict = sent.path + (sent.path.contains("?") ? "&" : "?") + "strict=1"
        let refused = try await site.send(sent.method, strict, json: sent.json, form: sent.form)
        if sent.path.hasSuffix("bulk_update") {
            #expect(refused.message["failed_docs"]?.array?.first?["code"] == "unknown_field", "\(refused.text)")
        } else {
            #expect(refused.status == 417, "\(refused.text)")
            #expect(refused.json["code"] == "unknown_field", "\(refused.text)")
        }
        #expect(try await Self.state(site) == before)

        // Twice, because what an address means is remembered.
        for _ in 1...(sent.method == .get ? 2 : 1) {
            let taken = try await site.send(sent.method, sent.path, json: sent.json, form: sent.form)
            #expect((200...202).contains(taken.status), "\(taken.text)")
            #expect(try Self.told(taken) == sent.told)
        }
    }

    @Test func `what is known is told nothing of`() async throws {
        let site = try await Site.make()
        try await site.fill()
        for path in [
            "/api/resource/Book?limit_page_length=2&order_by=name&_=1", "/api/resource/Book/B-1",
            "/api/method/library.books?shelf=Crime", "/api/method/frappe.client.get?doctype=Book&name=B-1",
        ] {
            let answer = try await site.send(.get, path)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try Self.told(answer) == nil, "\(path)")
        }
        // Who somebody is does not stand in an address.
        let named = try await site.send(.get, "/api/method/library.books?shelf=Crime&sid=Guest")
        #expect(try Self.told(named)?.contains("sid") == true)
        let own = try await site.send(
            .post, "/api/resource/Book", json: #"{"name": "N", "title": "T", "__islocal": 1, "doctype": "Book"}"#)
        #expect(try Self.told(own) == nil)
    }

    @Test func `what asks for rows, and what would be no name, is refused however it is sent`() async throws {
        let site = try await Site.make()
        try await site.fill()
        for query in [
            "filters=" + coded(#"{"colour": "red"}"#), "order_by=colour", "group_by=colour",
            "fields=" + coded(#"["name", "colour; DROP TABLE book"]"#), "fields=" + coded(#"["colour"]"#),
        ] {
            let answer = try await site.send(.get, "/api/resource/Book?" + query)
            #expect(answer.status == 417, "\(query): \(answer.text)")
            #expect(answer.json["code"] == "unknown_field", "\(query): \(answer.text)")
        }
    }

    @Test func `the header is short and of plain letters whatever is sent`() async throws {
        let site = try await Site.make()
        try await site.fill()
        var sent: JSONObject = ["title": "T"]
        for number in 0..<500 { sent["x\(number)"] = 1 }
        sent[String(repeating: "é", count: 5_000)] = 1
        let answer = try await site.send(.put, "/api/resource/Book/B-1", json: JSON.object(sent).text)
        let header = try #require(try Self.told(answer))
        #expect(answer.status == 200)
        #expect(header.utf8.count <= 1_020)
        #expect(header.hasPrefix("x0, x1, x2, "))
        let told = header.split(separator: ", ")
        let last = try #require(told.last.flatMap { Int($0.dropFirst()) })
        #expect(told.last?.first == "+")
        #expect(told.count - 1 + last == 501)
    }

    private static func state(_ site: Site) async throws -> [[Value]] {
        try await site.tenant.read(as: .administrator) { session in
            let books = try session.list(ListQuery("Book", fields: ["name", "title"], orderBy: "name", limit: 0)).rows
            return try books + session.list(ListQuery("Shelf", fields: ["name"], orderBy: "name", limit: 0)).rows
        }
    }
}
