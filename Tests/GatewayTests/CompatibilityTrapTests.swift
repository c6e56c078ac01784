import Documents
import HTTPTypes
import Identity
import TestSupport
import Testing
import Values

@testable import Gateway

/// What clients of Frappe rely on without saying it, one test for each.
@Suite(.bothEngines) struct CompatibilityTrapTests {
    private func site() async throws -> Site {
        let site = try await Site.make()
        try await site.fill()
        return site
    }

    private func names(_ site: Site, _ query: String) async throws -> [String] {
        let answer = try await site.send(.get, "/api/resource/Book?order_by=name%20asc&" + query)
        #expect(answer.status == 200, "\(query): \(answer.text)")
        return answer.names
    }

    @Test func `a success has no exc, and messages are JSON text within JSON text`() async throws {
        let site = try await site()
        let good = try await site.send(.get, "/api/resource/Book/B-1")
        #expect(good.json["exc"] == nil && good.json["exception"] == nil && good.json["_server_messages"] == nil)
        let bad = try await site.send(.post, "/api/resource/Book", json: #"{"__newname": "X", "title": "Forbidden"}"#)
        let list = try JSON.parse(try #require(bad.json["_server_messages"]?.string))
        let message = try JSON.parse(try #require(list.array?.first?.string))
        #expect(message["message"]?.string?.contains("This book is not bought") == true)
        let exc = try JSON.parse(try #require(bad.json["exc"]?.string))
        #expect(exc.array?.first?.string?.isEmpty == false)
    }

    @Test(arguments: ["a/b", "a b", "ünïcode", "a#b", "50%", "a?b", "a&b=c", "a+b", "a%2Fb", "'q'", "x/"])
    func `a name may hold what a path does not`(_ name: String) async throws {
        let site = try await site()
        let body: JSON = ["__newname": .string(name), "title": "Odd"]
        let made = try await site.send(.post, "/api/resource/Book", json: body.text)
        #expect(made.data["name"] == .string(name), "\(made.text)")
        for version in ["resource", "v1/resource", "v2/document"] {
            let path = "/api/\(version)/Book/\(coded(name))"
            #expect(try await site.send(.get, path).data["title"] == "Odd", "\(path)")
        }
        #expect(
            try await site.send(.put, "/api/resource/Book/\(coded(name))", json: #"{"title": "Even"}"#).status == 200)
        #expect(try await site.send(.delete, "/api/resource/Book/\(coded(name))").status == 202)
    }

    @Test func `a list has 20 rows unless more are asked for, and says that there are more`() async throws {
        let site = try await site()
        let docs = (1...30).map { #"{"doctype": "Book", "__newname": "N-\#($0)", "title": "N"}"# }.joined(
            separator: ",")
        _ = try await site.send(.post, "/api/method/frappe.client.insert_many", json: #"{"docs": [\#(docs)]}"#)
        let page = try await site.send(.get, "/api/resource/Book")
        #expect(page.names.count == 20)
        #expect(page.json["has_next_page"] == true)
        #expect(try await site.send(.get, "/api/resource/Book?limit_page_length=0").names.count == 35)
    }

    @Test func `kinds of failures and deeds have the status that clients look at`() async throws {
        let site = try await site()
        #expect(try await site.send(.post, "/api/resource/Book", json: #"{"__newname": "X"}"#).status == 417)
        #expect(try await site.send(.post, "/api/resource/Book", json: #"{"name": "B-1", "title": "x"}"#).status == 409)
        #expect(try await site.send(.delete, "/api/resource/Book/B-1").status == 202)
    }

    @Test func `version 1 leaves empty fields out, methods and lists do not`() async throws {
        let site = try await site()
        #expect(try await site.send(.get, "/api/resource/Book/B-1").data["blurb"] == nil)
        let got = try await site.send(.get, "/api/method/frappe.client.get?doctype=Book&name=B-1")
        #expect(got.message["blurb"] == JSON.null)
        let listed = try await site.send(.get, "/api/resource/Book?fields=%5B%22blurb%22%5D&limit=1")
        #expect(listed.data.array?.first?["blurb"] == JSON.null)
    }

    @Test func `a document comes as a form, as JSON, as data in a form, and as JSON text in JSON`() async throws {
        let site = try await site()
        let path = "/api/resource/Shelf"
        #expect(try await site.send(.post, path, json: #"{"title": "A"}"#).data["name"] == "A")
        #expect(try await site.send(.post, path, form: "title=B").data["name"] == "B")
        #expect(try await site.send(.post, path, form: "data=" + coded(#"{"title": "C"}"#)).data["name"] == "C")
        #expect(try await site.send(.post, path, json: #"{"data": "{\"title\": \"D\"}"}"#).data["name"] == "D")
        #expect(try await site.send(.post, path, json: #"{"data": {"title": "E"}}"#).data["name"] == "E")
    }

    @Test func `the older way of calling is a command on the root`() async throws {
        let site = try await site()
        #expect(try await site.send(.post, "/", form: "cmd=frappe.client.get_count&doctype=Book").message == 5)
        #expect(try await site.send(.get, "/?cmd=ping").message == "pong")
        let login = try await site.send(
            .post, "/", form: "cmd=login&usr=lib@example.com&pwd=correct+horse", headers: [:])
        #expect(login.message == "Logged In")
        #expect(login.json["home_page"] == "/app")
    }

    @Test func `like does not mind case, and = minds neither trailing spaces nor nothing`() async throws {
        let site = try await site()
        #expect(try await names(site, "filters=" + coded(#"[["title", "like", "ALPHA%"]]"#)) == ["B-1", "B-4"])
        #expect(try await names(site, "filters=" + coded(#"[["title", "like", "100\\% true"]]"#)) == ["B-5"])
        #expect(try await names(site, "filters=" + coded(#"[["shelf", "=", ""]]"#)) == ["B-5"], "null is nothing")
        #expect(try await names(site, "filters=" + coded(#"{"lent": 0}"#)) == ["B-1", "B-2", "B-3"])
    }

    @Test func `yes and no are taken as numbers and as words`() async throws {
        let site = try await site()
        for (sent, kept) in [("1", 1), ("0", 0), ("true", 1), ("false", 0), (#""1""#, 1), (#""0""#, 0)]
            as [(String, JSON)]
        {
            let answer = try await site.send(.put, "/api/resource/Book/B-1", json: #"{"lent": \#(sent)}"#)
            #expect(answer.data["lent"] == kept, "\(sent)")
        }
        #expect(try await names(site, "as_dict=true").count == 5)
    }

    @Test func `modified is compared as it was given, to the microsecond`() async throws {
        let site = try await site()
        let old = try await site.send(.get, "/api/resource/Book/B-1").data["modified"]?.string ?? ""
        #expect(old.wholeMatch(of: #/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/#) != nil)
        site.clock.advance(seconds: 1)
        let body = #"{"pages": 11, "modified": "\#(old)"}"#
        #expect(try await site.send(.put, "/api/resource/Book/B-1", json: body).status == 200)
        let late = try await site.send(.put, "/api/resource/Book/B-1", json: body)
        #expect(late.status == 417 && late.json["exc_type"] == "TimestampMismatchError")
    }

    @Test func `numbers in filters may be text`() async throws {
        let site = try await site()
        #expect(
            try await names(site, "filters=" + coded(#"[["price", ">", "9.5"], ["price", "<=", "30"]]"#)) == [
                "B-1", "B-2", "B-3",
            ])
        #expect(try await names(site, "filters=" + coded(#"{"price": "20"}"#)) == ["B-2"])
    }

    @Test func `what changes something is not called by GET`() async throws {
        let site = try await site()
        #expect(try await site.send(.get, "/api/method/frappe.client.get_count?doctype=Book").message == 5)
        let changed = try await site.send(.get, "/api/method/frappe.client.delete?doctype=Book&name=B-1")
        #expect(changed.status == 405)
        #expect(try await site.send(.get, "/api/resource/Book/B-1").status == 200)
    }

    @Test func `rows of a child DocType are listed without their parent by who may read all`() async throws {
        let site = try await site()
        let named = try await site.send(.get, "/api/method/frappe.client.get_list?doctype=Author&parent=Book&limit=0")
        #expect(named.message.array?.count == 5)
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        let path = "/api/method/frappe.client.get_list?doctype=Has%20Role&fields=%5B%22role%22%5D&limit=0"
        #expect(try await site.send(.get, path, headers: boss).message.array?.isEmpty == false)
    }

    @Test func `a day may come with a time, and a moment without`() async throws {
        let site = try await site()
        let answer = try await site.send(
            .put, "/api/resource/Book/B-1", json: #"{"printed": "2021-05-06 10:11:12", "seen": "2021-05-07"}"#)
        #expect(answer.data["printed"] == "2021-05-06", "\(answer.text)")
        #expect(answer.data["seen"] == "2021-05-07 00:00:00.000000")
    }

    @Test func `lists are sorted by what changed last, unless the DocType says otherwise`() async throws {
        let site = try await site()
        _ = try await site.send(.post, "/api/resource/ToDo", json: #"{"description": "first"}"#)
        site.clock.advance(seconds: 5)
        _ = try await site.send(.post, "/api/resource/ToDo", json: #"{"description": "second"}"#)
        let todos = try await site.send(.get, "/api/resource/ToDo?fields=%5B%22description%22%5D&order_by=")
        #expect(todos.data == [["description": "second"], ["description": "first"]], "an empty order is none")
    }

    @Test func `as_dict may be a JSON false`() async throws {
        let site = try await site()
        let rows = try await site.send(
            .get, "/api/resource/Book", json: #"{"fields": ["name"], "limit": 1, "as_dict": false}"#)
        #expect(rows.data == [["B-1"]])
    }

    @Test func `work on many answers 200 with what failed`() async throws {
        let site = try await site()
        let answer = try await site.send(
            .post, "/api/method/frappe.client.bulk_update",
            json:
                #"{"docs": [{"doctype": "Book", "docname": "B-1", "pages": 5}, {"doctype": "Book", "docname": "B-77"}]}"#
        )
        #expect(answer.status == 200)
        #expect(answer.message["failed_docs"]?.array?.count == 1)
    }

    @Test
    func `a method takes GET arguments in a JSON body, drops what it does not know, and minds no slash at the end`()
        async throws
    {
        let site = try await site()
        let body = try await site.send(
            .get, "/api/method/frappe.client.get_count/", json: #"{"doctype": "Book", "_": 1}"#)
        #expect(body.message == 5)
        #expect(try await site.send(.get, "/api/resource/Book/?limit=1&colour=red").names.count == 1)
        let preflight = try await site.send(.options, "/api/resource/Book", headers: [:])
        #expect(preflight.status == 200 && preflight.body.isEmpty)
    }
}
