import Documents
import HTTPTypes
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

@Suite(.bothEngines) struct ResourceTests {
    @Test func `a document is created, read, changed and deleted`() async throws {
        let site = try await Site.make()
        let created = try await site.send(
            .post, "/api/resource/Book",
            json:
                #"{"name": "B-1", "title": "Alpha", "price": "12.5", "lent": true, "authors": [{"author_name": "Ana"}]}"#
        )
        #expect(created.status == 200)
        #expect(created.data["name"] == "B-1")
        #expect(created.data["price"]?.exact == Exact(units: 125, scale: 1))
        #expect(created.data["lent"] == 1)
        for field in ["doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"] {
            #expect(created.data[field] != nil, "\(field)")
        }
        for field in ["name", "parent", "parentfield", "parenttype", "doctype"] {
            #expect(created.data["authors"]?.array?.first?[field] != nil, "\(field)")
        }
        #expect(created.data["blurb"] == nil, "null keys are left out of documents")

        let read = try await site.send(.get, "/api/resource/Book/B-1")
        #expect(read.status == 200)
        #expect(read.json == created.json)
        #expect(read.headers[.contentType] == "application/json; charset=utf-8")

        let changed = try await site.send(.put, "/api/resource/Book/B-1", json: #"{"title": "Omega"}"#)
        #expect(changed.data["title"] == "Omega")
        #expect(changed.data["price"]?.exact == Exact(units: 125, scale: 1))
        #expect(changed.data["authors"]?.array?.count == 1, "a table that is not sent stays")

        let deleted = try await site.send(.delete, "/api/resource/Book/B-1")
        #expect(deleted.status == 202)
        #expect(deleted.json == ["data": "ok"])
        #expect(try await site.send(.get, "/api/resource/Book/B-1").status == 404)
    }

    @Test func `a document is read as it was at a moment`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let before = site.clock.now.description
        site.clock.advance(seconds: 60)
        _ = try await site.send(.put, "/api/resource/Book/B-1", json: #"{"title": "Omega"}"#)
        for (query, title) in [("", "Omega"), ("?as_of=" + coded(before), "Alpha")] {
            let answer = try await site.send(.get, "/api/resource/Book/B-1" + query)
            #expect(answer.data["title"] == .string(title), "\(answer.text)")
        }
        #expect(try await site.send(.get, "/api/resource/Book/B-1?as_of=2020-01-01%2000:00:00").status == 404)
        #expect(try await site.send(.get, "/api/resource/Book/B-1?as_of=yesterday").status == 417)
    }

    @Test(arguments: [
        "a/b/c", "50 % off", "100%", "C#", "名前 🙂", "it's \"quoted\"", "a?b&c=d", "trailing/", "..", "a+b", "%2F",
        "'; DROP TABLE book; --",
    ])
    func `a name may hold anything, and is decoded once`(name: String) async throws {
        let site = try await Site.make()
        let sent: JSON = ["name": .string(name), "title": "Named"]
        #expect(try await site.send(.post, "/api/resource/Book", json: sent.text).status == 200)
        let path = "/api/resource/Book/" + coded(name)
        #expect(try await site.send(.get, path).data["name"] == .string(name))
        #expect(try await site.send(.get, path + "/").data["name"] == .string(name), "with a slash behind it")
        #expect(try await site.send(.put, path, json: #"{"title": "Other"}"#).status == 200)
        #expect(try await site.send(.delete, path).status == 202)
    }

    @Test(arguments: [
        "{\"data\": \"{\\\"name\\\": \\\"X\\\", \\\"title\\\": \\\"T\\\"}\"}",
        "{\"data\": {\"name\": \"X\", \"title\": \"T\"}}",
        "{\"name\": \"X\", \"title\": \"T\"}",
        "{\"doctype\": \"Book\", \"__islocal\": 1, \"__newname\": \"X\", \"title\": \"T\"}",
    ])
    func `a document may come as data, as text in data or as the body itself`(json: String) async throws {
        let site = try await Site.make()
        let answer = try await site.send(.post, "/api/resource/Book", json: json)
        #expect(answer.data["name"] == "X", "\(answer.text)")
        #expect(answer.data["title"] == "T")
    }

    @Test func `forms work like JSON`() async throws {
        let site = try await Site.make()
        let data = coded(#"{"name": "X", "title": "From a form"}"#)
        let inData = try await site.send(.post, "/api/resource/Book/", form: "data=\(data)")
        #expect(inData.data["title"] == "From a form")
        let fields = try await site.send(
            .post, "/api/resource/Book", form: "name=Y&title=A+title%21&pages=12&lent=true")
        #expect(fields.data["title"] == "A title!")
        #expect(fields.data["pages"] == 12)
        let multipart =
            "--xx\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nZ\r\n--xx\r\n"
            + "Content-Disposition: form-data; name=\"title\"\r\n\r\nIn parts\r\n--xx--\r\n"
        var headers = ["Authorization": "token \(site.librarian.key):\(site.librarian.secret)"]
        headers["Content-Type"] = "multipart/form-data; boundary=xx"
        let parts = try await site.send(.post, "/api/resource/Book", headers: headers, body: Array(multipart.utf8))
        #expect(parts.data["title"] == "In parts", "\(parts.text)")
    }

    @Test func `without a content type, what looks like JSON is JSON`() async throws {
        let site = try await Site.make()
        let answer = try await site.send(
            .post, "/api/resource/Book", body: Array(#"{"name": "X", "title": "T"}"#.utf8))
        #expect(answer.data["name"] == "X")
    }

    @Test func `a submittable document goes from draft to submitted to cancelled to amended`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let body = #"{"reader": "Ana", "lines": [{"book": "B-1", "fee": 2.5}, {"book": "B-2", "fee": "1"}]}"#
        let draft = try await site.send(.post, "/api/resource/Loan", json: body)
        let name = try #require(draft.data["name"]?.string)
        #expect(name == "LOAN-2026-0001")
        #expect(draft.data["total"]?.exact == Exact(units: 35, scale: 1))

        let submitted = try await site.send(.put, "/api/resource/Loan/\(name)", json: #"{"docstatus": 1}"#)
        #expect(submitted.data["docstatus"] == 1)
        let frozen = try await site.send(.put, "/api/resource/Loan/\(name)", json: #"{"reader": "Bo"}"#)
        #expect(frozen.status == 417)
        #expect(frozen.json["exc_type"] == "UpdateAfterSubmitError")
        #expect(try await site.send(.delete, "/api/resource/Loan/\(name)").status == 417)
        #expect(try await site.send(.put, "/api/resource/Loan/\(name)", json: #"{"remark": "late"}"#).status == 200)

        let cancelled = try await site.send(.post, "/api/resource/Loan/\(name)?run_method=cancel")
        #expect(cancelled.data["docstatus"] == 2)
        let back = try await site.send(.put, "/api/resource/Loan/\(name)", json: #"{"docstatus": 0}"#)
        #expect(back.json["exc_type"] == "DocstatusTransitionError")

        let amended = try await site.send(
            .post, "/api/resource/Loan",
            json: #"{"reader": "Ana", "amended_from": "\#(name)", "lines": [{"book": "B-1", "fee": 9}]}"#)
        #expect(amended.data["name"] == .string(name + "-1"), "\(amended.text)")
        let isAmended = try await site.send(
            .get, "/api/method/frappe.client.is_document_amended?doctype=Loan&docname=\(name)")
        #expect(isAmended.message == true)
        let rows = try await site.send(.get, "/api/resource/Loan%20Row?fields=[\"amount\"]&order_by=name")
        #expect(rows.data.array?.map { $0["amount"]?.text } == ["3.5", "-3.5"])
    }

    @Test func `run_method submits by POST and by body, and nothing else is open`() async throws {
        let site = try await Site.make()
        try await site.fill()
        for index in 1...2 {
            _ = try await site.send(
                .post, "/api/resource/Loan", json: #"{"reader": "Ana", "lines": [{"book": "B-1"}]}"#)
            let path = "/api/resource/Loan/LOAN-2026-000\(index)"
            let answer =
                index == 1
                ? try await site.send(.post, path, json: #"{"run_method": "submit"}"#)
                : try await site.send(.post, path + "?run_method=submit", json: "{}")
            #expect(answer.data["docstatus"] == 1, "\(answer.text)")
        }
        #expect(try await site.send(.post, "/api/resource/Loan/LOAN-2026-0001").status == 417)
        #expect(try await site.send(.post, "/api/resource/Loan/LOAN-2026-0001?run_method=db_set").status == 403)
    }

    @Test func `who has read an older state is told so, and changes nothing`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let before = try await site.send(.get, "/api/resource/Book/B-1")
        site.clock.advance(seconds: 1)
        #expect(try await site.send(.put, "/api/resource/Book/B-1", json: #"{"title": "Newer"}"#).status == 200)
        let stale: JSON = ["title": "Older", "modified": before.data["modified"] ?? .null]
        let answer = try await site.send(.put, "/api/resource/Book/B-1", json: stale.text)
        #expect(answer.status == 417)
        #expect(answer.json["exc_type"] == "TimestampMismatchError")
        #expect(answer.json["exception"]?.string?.contains("has been modified") == true)
        #expect(try await site.send(.get, "/api/resource/Book/B-1").data["title"] == "Newer")
    }

    @Test func `a row is changed through the document it belongs to`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let book = try await site.send(.get, "/api/resource/Book/B-1")
        let row = try #require(book.data["authors"]?.array?.first?["name"]?.string)
        let changed = try await site.send(.put, "/api/resource/Author/\(row)", json: #"{"author_name": "Bo"}"#)
        #expect(changed.data["author_name"] == "Bo", "\(changed.text)")
        #expect(changed.data["name"] == .string(row))
        let again = try await site.send(.get, "/api/resource/Book/B-1")
        #expect(again.data["authors"]?.array?.first?["author_name"] == "Bo")
        let added = try await site.send(
            .post, "/api/method/frappe.client.insert",
            json: #"{"doc": {"doctype": "Author", "parent": "B-1", "parenttype": "Book", "author_name": "Cy"}}"#)
        let rows = added.message["authors"]?.array
        #expect(rows?.map { $0["author_name"] } == ["Bo", "Cy"], "the book is the answer: \(added.text)")
        #expect(try await site.send(.get, "/api/resource/Book/B-1").data["authors"]?.array?.count == 2)
    }

    @Test func `passwords are never served`() async throws {
        let site = try await Site.make()
        _ = try await site.send(
            .post, "/api/resource/Book", json: #"{"name": "X", "title": "T", "code": "open sesame"}"#)
        #expect(try await site.send(.get, "/api/resource/Book/X").data["code"] == "*****")
        for path in [
            "/api/resource/Book?fields=[\"*\"]", "/api/method/frappe.client.get?doctype=Book&name=X", "/doc/Book/X",
        ] {
            #expect(try await !site.send(.get, path).text.contains("open sesame"))
        }
    }

    @Test func `DocTypes are read as documents`() async throws {
        let site = try await Site.make()
        let answer = try await site.send(.get, "/api/resource/DocType/Loan")
        #expect(answer.data["is_submittable"] == 1)
        let fields = answer.data["fields"]?.array?.compactMap { $0["fieldname"]?.string }
        #expect(fields?.contains("posting_date") == true)
        #expect(try await site.send(.get, "/api/resource/DocType").names.contains("Book"))
        #expect(try await site.send(.get, "/api/resource/DocType/Loan", headers: [:]).status == 403)
    }

    @Test func `HEAD is GET without the body, OPTIONS is empty`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let get = try await site.send(.get, "/api/resource/Book/B-1")
        let head = try await site.send(.head, "/api/resource/Book/B-1")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers[.contentLength] == String(get.body.count))
        let options = try await site.send(.options, "/api/resource/Book", headers: [:])
        #expect(options.status == 200)
        #expect(options.body.isEmpty)
        let missing = try await site.send(.head, "/api/resource/Book/none")
        #expect(missing.status == 404 && missing.body.isEmpty)
    }

    @Test func `the older address of the first version works`() async throws {
        let site = try await Site.make()
        try await site.fill()
        #expect(try await site.send(.get, "/api/v1/resource/Book/B-1").data["title"] == "Alpha")
        #expect(try await site.send(.get, "/api/v1/method/ping").message == "pong")
    }
}
