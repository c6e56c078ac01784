import Documents
import HTTPTypes
import Identity
import TestSupport
import Testing
import Values

@testable import Gateway

/// Version 2 of the API: the addresses, bodies and errors that clients of Frappe's know.
@Suite(.bothEngines) struct Version2Tests {
    private static let loan = #"{"reader": "Ana", "lines": [{"book": "B-1", "fee": 5}]}"#

    private func site() async throws -> Site {
        let site = try await Site.make()
        try await site.fill()
        return site
    }

    private func addLoan(_ site: Site) async throws -> String {
        let made = try await site.send(.post, "/api/v2/document/Loan", json: Self.loan)
        #expect(made.status == 200, "\(made.text)")
        return try #require(made.data["name"]?.string)
    }

    @Test func `a list says whether there is more, and how many there are where that is asked`() async throws {
        let site = try await site()
        let page = try await site.send(.get, "/api/v2/document/Book?limit=2&include=count")
        #expect(page.names == ["B-1", "B-2"])
        #expect(page.json["has_next_page"] == true)
        #expect(page.json["count"] == 5)
        #expect(page.headers[try #require(HTTPField.Name("X-Cauldron-API"))] == "v2")
        let all = try await site.send(.get, "/api/v2/document/Book?limit=5")
        #expect(all.json["has_next_page"] == false)
        #expect(all.json["count"] == nil)
        let rest = try await site.send(.get, "/api/v2/document/Book?start=4&limit=2&fields=%5B%22title%22%5D&as_dict=0")
        #expect(rest.data == [["100% true"]])
    }

    @Test func `a list may be asked for in a body`() async throws {
        let site = try await site()
        let query = try #require(HTTPRequest.Method("QUERY"))
        let found = try await site.send(query, "/api/v2/document/Book", json: #"{"filters": {"shelf": "Poetry"}}"#)
        #expect(found.names == ["B-3", "B-4"])
        #expect(try await site.send(query, "/api/v2/doctype/Book/count", json: "{}").status == 405)
        #expect(try await site.send(query, "/api/resource/Book", json: "{}").status == 405, "not in version 1")
    }

    @Test func `documents are made, read, changed, copied and deleted`() async throws {
        let site = try await site()
        let name = try await addLoan(site)
        let read = try await site.send(.get, "/api/v2/document/Loan/\(name)/")
        #expect(read.data["remark"] == JSON.null, "nulls stand in version 2")
        let patched = try await site.send(.patch, "/api/v2/document/Loan/\(name)", json: #"{"reader": "Bo"}"#)
        #expect(patched.data["reader"] == "Bo", "\(patched.text)")
        let put = try await site.send(.put, "/api/v2/document/Loan/\(name)", json: #"{"reader": "Cy"}"#)
        #expect(put.data["reader"] == "Cy")
        let copy = try await site.send(.get, "/api/v2/document/Loan/\(name)/copy")
        #expect(copy.data["reader"] == "Cy")
        for field in ["name", "creation", "modified", "modified_by", "owner", "docstatus"] {
            #expect(copy.data[field] == nil, "\(field) of a copy is still to come")
        }
        let again = try await site.send(.post, "/api/v2/document/Loan", json: copy.data.text)
        #expect(again.status == 200)
        #expect(again.data["name"] != .string(name))
        let deleted = try await site.send(.delete, "/api/v2/document/Loan/\(name)")
        #expect(deleted.status == 202)
        #expect(deleted.json == ["data": "ok"])
        #expect(try await site.send(.get, "/api/v2/document/Loan/\(name)").status == 404)
        #expect(try await site.send(.patch, "/api/resource/Loan/\(name)", json: "{}").status == 405, "not in version 1")
    }

    @Test func `methods of a document have addresses of their own`() async throws {
        let site = try await site()
        let name = try await addLoan(site)
        let path = "/api/v2/document/Loan/\(name)/method"
        let submitted = try await site.send(.post, "\(path)/submit", json: "{}")
        #expect(submitted.status == 200, "\(submitted.text)")
        #expect(submitted.json["docs"]?.array?.first?["docstatus"] == 1)
        let said = try await site.send(.post, "\(path)/add_comment/", json: #"{"text": "well kept", "colour": "red"}"#)
        #expect(said.data["content"] == "well kept", "\(said.text)")
        #expect(said.headers[try #require(HTTPField.Name("X-Cauldron-Ignored"))] == "colour")
        #expect(try await site.send(.post, "\(path)/add_tag", json: #"{"tag": "late"}"#).data == "late")
        #expect(try await site.send(.post, "\(path)/get_tags", json: "{}").data == ["late"])
        let shown = try await site.send(.post, "\(path)/cancel?rehearse=1", json: "{}")
        #expect(shown.data["hash"] != nil, "\(shown.text)")
        let unknown = try await site.send(.post, "\(path)/explode", json: "{}")
        #expect(unknown.status == 403)
        #expect(try await site.send(.get, "\(path)/cancel").status == 405, "what changes something is not asked for")
        let renamed = try await site.send(
            .post, "/api/v2/document/Book/B-1/method/rename", json: #"{"name": "B/1 copy"}"#)
        #expect(renamed.json["errors"]?.array?.first?["code"] == "forbidden", "books keep their names")
        let slash = try await site.send(
            .post, "/api/v2/document/Book", json: #"{"__newname": "B/1 c", "title": "Slash"}"#)
        #expect(slash.status == 200, "\(slash.text)")
        #expect(try await site.send(.get, "/api/v2/document/Book/B/1%20c").data["title"] == "Slash")
        let word = try await site.send(
            .post, "/api/v2/document/Book", json: #"{"__newname": "x/copy", "title": "End"}"#)
        #expect(word.status == 200, "\(word.text)")
        #expect(try await site.send(.get, "/api/v2/document/Book/x%2Fcopy").data["title"] == "End")
    }

    @Test func `an error names each problem, and one that is not found has no exception`() async throws {
        let site = try await site()
        let refused = try await site.send(
            .post, "/api/v2/document/Book", json: #"{"__newname": "B-9", "title": "Forbidden"}"#)
        #expect(refused.status == 417)
        let error = try #require(refused.json["errors"]?.array?.first)
        #expect(error["type"] == "ValidationError")
        #expect(error["message"] == "This book is not bought")
        #expect(error["exception"] == "frappe.exceptions.ValidationError: This book is not bought")
        #expect(error["field"] == "title")
        #expect(error["fix"] == "Buy another.")
        #expect(refused.json["exc"] == nil && refused.json["exc_type"] == nil)
        let missing = try await site.send(.delete, "/api/v2/document/Book/B-77")
        #expect(missing.status == 404)
        #expect(missing.json["errors"]?.array?.first?["type"] == "DoesNotExistError")
        #expect(missing.json["errors"]?.array?.first?["exception"] == nil)
        #expect(try await site.send(.get, "/api/v2/rest").status == 404)
        #expect(try await site.send(.get, "/api/v2/document/ToDo", headers: [:]).status == 403)
        let wrong = try await site.send(.post, "/api/v2/method/login", form: "usr=lib@example.com&pwd=x", headers: [:])
        #expect(wrong.status == 401)
        #expect(wrong.json["errors"]?.array?.first?["type"] == "AuthenticationError")
    }

    @Test func `what has no effect is told among the messages`() async throws {
        let site = try await site()
        let answer = try await site.send(.get, "/api/v2/method/ping?colour=red")
        #expect(answer.json["data"] == "pong")
        #expect(answer.json["message"] == nil)
        #expect(answer.headers[try #require(HTTPField.Name("X-Cauldron-Ignored"))] == "colour")
    }

    @Test func `a method of a DocType is called by its short name`() async throws {
        let site = try await site()
        let short = try await site.send(.get, "/api/v2/method/User/get_all_roles")
        #expect(short.data.array?.contains("Librarian") == true, "\(short.text)")
        #expect(short.data.array?.contains("Guest") == false)
        let long = try await site.send(.get, "/api/v2/method/frappe.core.doctype.user.user.get_all_roles")
        #expect(short.body == long.body)
        #expect(try await site.send(.get, "/api/v2/method/User/explode").status == 404)
    }

    @Test func `a method is run on a document as it stands in a form`() async throws {
        let site = try await site()
        let document = #"{"doctype": "Loan", "__islocal": 1, "reader": "Di", "lines": [{"book": "B-2"}]}"#
        let answer = try await site.send(
            .post, "/api/v2/method/run_doc_method", json: #"{"method": "submit", "document": \#(document)}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["docs"]?.array?.first?["docstatus"] == 1)
        let name = answer.json["docs"]?.array?.first?["name"]?.string ?? ""
        let old = try await site.send(.post, "/", form: "cmd=run_doc_method&dt=Loan&dn=\(name)&method=cancel")
        #expect(old.json["docs"]?.array?.first?["docstatus"] == 2, "\(old.text)")
        let stale = try await site.send(
            .post, "/api/method/run_doc_method",
            json:
                #"{"method": "submit", "docs": {"doctype": "Loan", "name": "\#(name)", "modified": "2000-01-01 00:00:00"}}"#
        )
        #expect(stale.status == 417)
    }

    @Test func `many documents are changed and deleted, each by itself`() async throws {
        let site = try await site()
        let updated = try await site.send(
            .post, "/api/v2/document/Book/bulk_update",
            json: #"{"docs": [{"name": "B-1", "price": 11}, {"name": "B-2", "price": -1}, {"price": 3}]}"#)
        #expect(updated.data["updated"] == ["B-1"], "\(updated.text)")
        #expect(updated.data["total"] == 3 && updated.data["success_count"] == 1 && updated.data["failure_count"] == 2)
        #expect(updated.data["failed"]?.array?.first?["name"] == "B-2")
        #expect(updated.data["failed"]?.array?.first?["field"] == "price")
        #expect(updated.json["docs"]?.array?.first?["price"] == 11)
        #expect(try await site.send(.get, "/api/v2/document/Book/B-2").data["price"] == 20, "what failed is as it was")
        let shown = try await site.send(
            .post, "/api/v2/document/Book/bulk_delete?rehearse=1", json: #"{"names": ["B-3"]}"#)
        #expect(shown.data["documents"]?.array?.contains { $0["name"] == "B-3" } == true, "\(shown.text)")
        _ = try await addLoan(site)
        let deleted = try await site.send(
            .post, "/api/v2/document/Book/bulk_delete", json: #"{"names": ["B-1", "B-5", "B-77"]}"#)
        #expect(deleted.data["deleted"] == ["B-5"], "\(deleted.text)")
        #expect(deleted.data["failed"]?.array?.map { $0["name"] } == ["B-1", "B-77"])
        let mixed = try await site.send(
            .post, "/api/v2/method/bulk_delete",
            json: #"{"docs": [{"doctype": "Book", "name": "B-4"}, {"doctype": "Nothing", "name": "x"}, {}]}"#)
        #expect(mixed.data["deleted"] == [["doctype": "Book", "name": "B-4"]], "\(mixed.text)")
        #expect(mixed.data["failure_count"] == 2)
    }

    @Test func `a DocType tells its fields, its number and what a link offers`() async throws {
        let site = try await site()
        let meta = try await site.send(.get, "/api/v2/doctype/Book/meta?include=children")
        #expect(meta.data["name"] == "Book")
        #expect(meta.data["fields"]?.array?.contains { $0["fieldname"] == "price" } == true)
        #expect(meta.json["children"]?.array?.map { $0["name"] } == ["Author"])
        #expect(try await site.send(.get, "/api/v2/doctype/Book/count").data == 5)
        let found = try await site.send(.get, "/api/v2/doctype/Book/search?txt=alpha&limit=1&start=1")
        #expect(found.data.array?.map { $0["value"] } == ["B-4"], "\(found.text)")
    }

    @Test func `what there is can be discovered`() async throws {
        let site = try await site()
        let root = try await site.send(.get, "/api/v2/discovery")
        #expect((root.data["resources"]?["methods"]?.int ?? 0) > 50)
        let found = try await site.send(.get, "/api/v2/discovery/search?q=shelf")
        #expect(found.data["results"]?.array?.map { $0["path"] } == ["library.add_shelf"], "\(found.text)")
        let one = try await site.send(.get, "/api/v2/discovery/method/library.add_shelf")
        #expect(one.data["http_methods"] == ["POST", "PUT"])
        #expect(one.data["params"]?.array?.first?["name"] == "title")
        let guest = try await site.send(.get, "/api/v2/discovery/method", headers: [:])
        let paths = guest.data["methods"]?.array?.compactMap { $0["path"]?.string } ?? []
        #expect(paths.contains("library.books") && !paths.contains("library.add_shelf"))
        #expect(try await site.send(.get, "/api/v2/discovery/method/library.add_shelf", headers: [:]).status != 200)
        let submit = try await site.send(.get, "/api/v2/discovery/doctype/Loan/method/submit")
        #expect(submit.data["endpoint"] == "/api/v2/document/Loan/{name}/method/submit")
    }

    @Test func `a write of version 2 is repeated under its key`() async throws {
        let site = try await site()
        let headers = [
            "Authorization": "token \(site.librarian.key):\(site.librarian.secret)", "Idempotency-Key": "a-1",
        ]
        let first = try await site.send(.post, "/api/v2/document/Loan", json: Self.loan, headers: headers)
        let second = try await site.send(.post, "/api/v2/document/Loan", json: Self.loan, headers: headers)
        #expect(first.body == second.body)
        let other = try await site.send(.post, "/api/resource/Loan", json: Self.loan, headers: headers)
        #expect(other.status == 422, "the other version answers in another form")
    }
}
