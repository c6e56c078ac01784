import Documents
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

@Suite(.bothEngines) struct BadInputTests {
    /// What must not have changed.
    private func state(_ site: Site) async throws -> [String] {
        try await site.tenant.read(as: .administrator) { session in
            try ["book", "shelf", "author", "_event", "_audit", "version"].map { table in
                let rows = try session.transaction.query("SELECT count(*) FROM \"\(table)\"", [], [.integer])
                return "\(table) \(rows[0][0])"
            }
        }
    }

    @Test(
        arguments: [
            ("", "mandatory_missing", nil), ("{", "malformed", nil), ("[1, 2", "malformed", nil),
            ("nul", "malformed", nil),
            ("{\"title\": }", "malformed", nil), ("12", "malformed", nil), ("\"text\"", "malformed", nil),
            ("{\"title\": \"\u{1}\"}", "malformed", nil), ("[1, 2]", "malformed", "data"),
            (String(repeating: "[", count: 500), "malformed", nil),
            (String(repeating: "{\"a\":", count: 100) + "1" + String(repeating: "}", count: 100), "malformed", nil),
            ("{\"name\": \"X\"}", "mandatory_missing", "title"),
            ("{\"name\": \"X\", \"title\": \"\"}", "mandatory_missing", "title"),
            ("{\"name\": \"X\", \"title\": {\"a\": 1}}", "wrong_type", "title"),
            ("{\"name\": \"X\", \"title\": [1]}", "wrong_type", "title"),
            ("{\"name\": \"X\", \"title\": \"T\", \"pages\": \"many\"}", "wrong_type", "pages"),
            ("{\"name\": \"X\", \"title\": \"T\", \"pages\": 1.5}", "wrong_type", "pages"),
            ("{\"name\": \"X\", \"title\": \"T\", \"price\": \"1,5\"}", "wrong_type", "price"),
            ("{\"name\": \"X\", \"title\": \"T\", \"price\": 1e300}", "out_of_range", "price"),
            ("{\"name\": \"X\", \"title\": \"T\", \"price\": 99999999999999999999}", "out_of_range", "price"),
            ("{\"name\": \"X\", \"title\": \"T\", \"price\": \"999999999999999\"}", "out_of_range", "price"),
            ("{\"name\": \"X\", \"title\": \"T\", \"pages\": 9223372036854775808}", nil, "pages"),
            ("{\"name\": \"X\", \"title\": \"T\", \"price\": -1}", "negative_number", "price"),
            ("{\"name\": \"X\", \"title\": \"T\", \"printed\": \"2026-02-30\"}", "wrong_type", "printed"),
            ("{\"name\": \"X\", \"title\": \"T\", \"printed\": 20260230}", "wrong_type", "printed"),
            ("{\"name\": \"X\", \"title\": \"T\", \"seen\": \"yesterday\"}", "wrong_type", "seen"),
            ("{\"name\": \"X\", \"title\": \"T\", \"opens\": \"25:00\"}", "wrong_type", "opens"),
            ("{\"name\": \"X\", \"title\": \"T\", \"lent\": \"maybe\"}", "wrong_type", "lent"),
            ("{\"name\": \"X\", \"title\": \"T\", \"binding\": \"Leather\"}", "not_an_option", "binding"),
            ("{\"name\": \"X\", \"title\": \"T\", \"shelf\": \"None such\"}", "broken_link", "shelf"),
            ("{\"name\": \"X\", \"title\": \"T\", \"authors\": \"Ana\"}", "wrong_type", "authors"),
            ("{\"name\": \"X\", \"title\": \"T\", \"authors\": [\"Ana\"]}", "wrong_type", "authors"),
            ("{\"name\": \"X\", \"title\": \"T\", \"authors\": [{}]}", "mandatory_missing", "author_name"),
            ("{\"name\": \"X\", \"title\": \"" + String(repeating: "x", count: 141) + "\"}", "too_long", "title"),
            ("{\"name\": \"" + String(repeating: "x", count: 141) + "\", \"title\": \"T\"}", nil, nil),
            ("{\"name\": \"X\", \"title\": \"a\\u0000b\"}", "null_character", "title"),
            ("{\"name\": \"X\", \"title\": \"Forbidden\"}", "refused", "title"),
            ("{\"name\": \"B-1\", \"title\": \"Again\"}", "duplicate_name", "name"),
            ("{\"name\": \"X\", \"title\": \"T\", \"isbn\": \"isbn-B-1\"}", "duplicate", "isbn"),
            ("{\"name\": \"X\", \"title\": \"T\", \"docstatus\": 1}", "illegal_transition", nil),
            ("{\"title\": \"No name\"}", nil, nil),
        ] as [(String, String?, String?)])
    func `bad documents are refused with the field, and nothing changes`(
        body: String, code: String?, field: String?
    ) async throws {
        let site = try await Site.make()
        try await site.fill()
        let before = try await state(site)
        let answer = try await site.send(.post, "/api/resource/Book", json: body)
        #expect((400...417).contains(answer.status), "\(answer.text)")
        if let code { #expect(answer.json["code"] == .string(code), "\(answer.text)") }
        if let field { #expect(answer.json["field"] == .string(field), "\(answer.text)") }
        #expect(answer.json["exc"]?.string?.isEmpty == false)
        #expect(try await state(site) == before)
        #expect(try await site.send(.get, "/api/resource/Book/X").status == 404)
    }

    @Test(arguments: [
        ("GET", "/api/resource/Nothing", 404), ("GET", "/api/resource/Nothing/X", 404),
        ("POST", "/api/resource/Nothing", 404),
        ("PUT", "/api/resource/Nothing/X", 404), ("DELETE", "/api/resource/Nothing/X", 404),
        ("GET", "/api/resource/Book/None", 404), ("PUT", "/api/resource/Book/None", 404),
        ("DELETE", "/api/resource/Book/None", 404),
        ("GET", "/api/resource/", 404), ("GET", "/api/resource", 404), ("GET", "/api", 404), ("GET", "/api/", 404),
        ("GET", "/api/v3/document/Book", 404), ("GET", "/nowhere", 404), ("GET", "/api/method/no.such.method", 404),
        ("POST", "/api/method/os.system", 404), ("GET", "/api/method/", 404), ("GET", "/..%2f..%2fetc/passwd", 404),
        ("PUT", "/api/resource/Book", 405), ("DELETE", "/api/resource/Book", 405),
        ("PATCH", "/api/resource/Book/B-1", 405),
        ("POST", "/openapi.json", 405), ("TRACE", "/api/resource/Book", 405),
        ("POST", "/api/resource/Loan%20Row", 405), ("DELETE", "/api/resource/Author/X", 404),
    ])
    func `what is not there is said in JSON`(method: String, path: String, status: Int) async throws {
        let site = try await Site.make()
        let answer = try await site.send(try #require(HTTPRequest.Method(method)), path)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.json["exc_type"]?.string != nil)
        #expect(answer.json["code"]?.string != nil)
    }

    /// Strings that would do harm where text is taken for SQL.
    static let injections = [
        "'", "''", "\"", "`", ";", "--", "'; DROP TABLE book; --", "\" OR 1=1 --", "' OR '1'='1", "x') OR 1=1 --",
        "1; SELECT 1", "name FROM book; --", "(SELECT password FROM _credential)", "/*", "\\", "%", "_", "\u{0}",
        "name, (select 1)", "1 UNION SELECT 1", "sleep(5)", "name asc; DELETE FROM book", "book.name",
        "_credential.password",
    ]

    @Test(arguments: injections)
    func `SQL in any string is text or an error, never a statement`(text: String) async throws {
        let site = try await Site.make()
        try await site.fill()
        let before = try await state(site)
        let value = JSON.string(text)
        let queries: [JSON] = [
            ["filters": [["title", "=", value]]], ["filters": [[value, "=", "x"]]],
            ["filters": [["title", value, "x"]]],
            ["filters": [[value, "title", "=", "x"]]], ["filters": .object([text: "x"])], ["filters": value],
            ["filters": [["title", "like", value]]], ["filters": [["title", "in", [value]]]],
            ["filters": [["shelf", "descendants of", value]]], ["or_filters": [["title", "=", value]]],
            ["fields": [value]], ["fields": value], ["fields": [["COUNT": value, "as": "n"]]],
            ["fields": [["COUNT": "name", "as": value]]], ["fields": [.object([text: "name"])]],
            ["fields": [.string("name as \(text)")]], ["order_by": value], ["order_by": .string("name \(text)")],
            ["group_by": value, "fields": ["shelf"]], ["parent": value], ["limit": value], ["limit_start": value],
        ]
        for query in queries {
            let answer = try await site.send(.get, "/api/resource/Book", json: query.text)
            #expect(
                answer.status == 200 || answer.status == 417 || answer.status == 403, "\(query.text): \(answer.text)")
            #expect(!answer.text.contains("scrypt"), "\(query.text)")
        }
        for path in [
            "/api/resource/\(coded(text))", "/api/resource/Book/\(coded(text))",
            "/api/resource/\(coded(text))/\(coded(text))",
            "/api/method/\(coded(text))", "/list/\(coded(text))", "/doc/Book/\(coded(text))",
            "/list/Book?q=\(coded(text))",
            "/list/Book?is.title=\(coded(text))&sort=\(coded(text))",
        ] {
            let answer = try await site.send(.get, path)
            #expect(answer.status < 500, "\(path): \(answer.text)")
        }
        for method in [
            "frappe.client.get_value?doctype=Book&fieldname=\(coded(text))",
            "frappe.client.get_count?doctype=Book&filters=\(coded(text))",
            "frappe.desk.search.search_link?doctype=Book&txt=\(coded(text))",
            "frappe.client.validate_link?doctype=Book&docname=\(coded(text))",
            "frappe.client.has_permission?doctype=Book&docname=B-1&perm_type=\(coded(text))",
            "library.books?shelf=\(coded(text))",
        ] {
            #expect(try await site.send(.get, "/api/method/" + method).status < 500, "\(method)")
        }
        #expect(try await state(site) == before)
        let document: JSON = ["name": "Kept", "title": value, "blurb": value, "authors": [["author_name": value]]]
        let created = try await site.send(.post, "/api/resource/Book", json: document.text)
        if created.status == 200 {
            let read = try await site.send(.get, "/api/resource/Book/Kept")
            #expect(read.data["title"] == value)
            #expect(read.data["authors"]?.array?.first?["author_name"] == value)
        } else {
            #expect(created.status == 417, "\(created.text)")
        }
    }

    @Test func `a body that is too large is refused before it is read`() async throws {
        var configuration = GatewayConfiguration()
        configuration.bodyBytes = 1_000
        let site = try await Site.make(configuration)
        let large = Array(repeating: UInt8(ascii: " "), count: 1_001)
        #expect(try await site.send(.post, "/api/resource/Book", body: large).status == 413)
        var headers = ["Authorization": "token \(site.librarian.key):\(site.librarian.secret)"]
        headers["Transfer-Encoding"] = "chunked"
        headers["Content-Length"] = "0"
        #expect(try await site.send(.post, "/api/resource/Book", headers: headers, body: large).status == 413)
        headers["Content-Length"] = "99999999999"
        headers["Transfer-Encoding"] = nil
        #expect(try await site.send(.post, "/api/resource/Book", headers: headers).status == 413)
    }

    @Test func `an address that is too long, and a body of a strange type, are refused`() async throws {
        let site = try await Site.make()
        let long = "/api/resource/Book?filters=" + String(repeating: "x", count: 17_000)
        #expect(try await site.send(.get, long).status == 414)
        let headers = [
            "Authorization": "token \(site.librarian.key):\(site.librarian.secret)", "Content-Type": "application/xml",
        ]
        let answer = try await site.send(.post, "/api/resource/Book", headers: headers, body: Array("<a/>".utf8))
        #expect(answer.status == 415)
        for body in ["--xx", "--xx\r\n", "--xx\r\nno head", "--xx\r\n\r\n--xx--", "nothing"] {
            var parts = headers
            parts["Content-Type"] = "multipart/form-data; boundary=xx"
            #expect(
                try await site.send(.post, "/api/resource/Book", headers: parts, body: Array(body.utf8)).status == 417)
        }
    }

    @Test func `what fails inside is not told outside`() async throws {
        let site = try await Site.make()
        let answer = try await site.send(.get, "/api/method/library.broken")
        #expect(answer.status == 500)
        for word in ["nowhere", "secret_column", "SELECT", "sqlite", "StorageError", ".swift"] {
            #expect(!answer.text.contains(word), "\(answer.text)")
        }
    }

    @Test func `a request that names two hosts is refused, also at an address that is known`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let path = "/api/resource/Book/B-1"
        let headers = ["Authorization": "token \(site.librarian.key):\(site.librarian.secret)"]
        for _ in 1...2 {
            #expect(try await site.send(.get, path, headers: headers).status == 200)
            let twice = try await site.send(.get, path, headers: headers.merging(["Host": "other.example"]) { $1 })
            #expect(twice.status == 400, "\(twice.text)")
        }
    }
}
