import Documents
import HTTPTypes
import Identity
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// What Frappe's desk calls, and clients with it.
@Suite(.bothEngines) struct DeskMethodTests {
    private func site() async throws -> Site {
        let site = try await Site.make()
        try await site.fill()
        return site
    }

    private func call(_ site: Site, _ method: String, _ body: String) async throws -> Answer {
        try await site.send(.post, "/api/method/\(method)", json: body)
    }

    @Test func `a form saves, submits, updates and cancels`() async throws {
        let site = try await site()
        let new =
            #"{"doctype": "Loan", "name": "new-loan-1", "__islocal": 1, "reader": "Ana", "lines": [{"book": "B-1"}]}"#
        let saved = try await call(site, "frappe.desk.form.save.savedocs", #"{"doc": \#(new), "action": "Save"}"#)
        #expect(saved.status == 200, "\(saved.text)")
        let document = try #require(saved.json["docs"]?.array?.first?.object)
        let name = try #require(document["name"]?.string)
        #expect(name.hasPrefix("LOAN-2026-"))
        #expect(document["localname"] == "new-loan-1", "the form finds its document by this")
        #expect(saved.json["docinfo"]?["name"] == .string(name))
        func act(_ action: String, _ document: JSONObject) async throws -> Answer {
            // The desk sends the document as text.
            let body: JSON = ["doc": .string(JSON.object(document).text), "action": .string(action)]
            return try await call(site, "frappe.desk.form.save.savedocs", body.text)
        }
        let submitted = try await act("Submit", document)
        #expect(submitted.json["docs"]?.array?.first?["docstatus"] == 1, "\(submitted.text)")
        site.clock.advance(seconds: 1)
        var changed = try #require(submitted.json["docs"]?.array?.first?.object)
        changed["remark"] = "later"
        let updated = try await act("Update", changed)
        #expect(updated.json["docs"]?.array?.first?["remark"] == "later", "\(updated.text)")
        #expect(try await act("Update", changed).status == 417, "it is older than what is kept")
        let cancelled = try await act("Cancel", try #require(updated.json["docs"]?.array?.first?.object))
        #expect(cancelled.json["docs"]?.array?.first?["docstatus"] == 2, "\(cancelled.text)")
        #expect(try await act("Explode", document).json["code"] == "not_an_option")
    }

    @Test func `a rehearsed save shows its effect and keeps nothing`() async throws {
        let site = try await site()
        let new = #"{"doctype": "Loan", "__islocal": 1, "reader": "Ana", "lines": [{"book": "B-1"}]}"#
        let shown = try await call(
            site, "frappe.desk.form.save.savedocs", #"{"doc": \#(new), "action": "Submit", "rehearse": 1}"#)
        #expect(shown.message["postings"]?.array?.count == 1, "\(shown.text)")
        #expect(try await site.send(.get, "/api/resource/Loan").names.isEmpty)
    }

    @Test func `lists come by columns, as rows and as their number`() async throws {
        let site = try await site()
        let form =
            "cmd=frappe.desk.reportview.get&doctype=Book&page_length=2&start=1&fields="
            + coded(#"["`tabBook`.`name`", "`tabBook`.`title`"]"#) + "&order_by=" + coded("`tabBook`.`name` asc")
        let columns = try await site.send(.post, "/", form: form)
        #expect(columns.message["keys"] == ["name", "title"], "\(columns.text)")
        #expect(columns.message["values"] == [["B-2", "Beta"], ["B-3", "Gamma"]])
        let nothing = try await call(
            site, "frappe.desk.reportview.get", #"{"doctype": "Book", "filters": [["Book", "title", "=", "x"]]}"#)
        #expect(nothing.message == [])
        let rows = try await call(
            site, "frappe.desk.reportview.get_list", #"{"doctype": "Book", "fields": ["title"], "page_length": 1}"#)
        #expect(rows.message == [["title": "Alpha"]])
        let count = "frappe.desk.reportview.get_count"
        #expect(try await call(site, count, #"{"doctype": "Book", "filters": {"shelf": "Crime"}}"#).message == 2)
        #expect(try await call(site, count, #"{"doctype": "Book", "limit": 3}"#).message == 3)
    }

    @Test func `values of a list are counted`() async throws {
        let site = try await site()
        _ = try await call(site, "frappe.desk.doctype.tag.tag.add_tag", #"{"tag": "old", "dt": "Book", "dn": "B-1"}"#)
        _ = try await call(site, "frappe.desk.doctype.tag.tag.add_tag", #"{"tag": "red", "dt": "Book", "dn": "B-1"}"#)
        _ = try await call(site, "frappe.desk.doctype.tag.tag.add_tag", #"{"tag": "old", "dt": "Book", "dn": "B-2"}"#)
        let stats = try await call(
            site, "frappe.desk.reportview.get_sidebar_stats", #"{"doctype": "Book", "stats": ["_user_tags", "shelf"]}"#)
        #expect(stats.message["stats"]?["_user_tags"]?.array?.prefix(2) == [["old", 2], ["red", 1]], "\(stats.text)")
        let groups = try await call(
            site, "frappe.desk.listview.get_group_by_count",
            #"{"doctype": "Book", "field": "shelf", "current_filters": []}"#)
        #expect(groups.message.array?.contains(["name": "Crime", "count": 2]) == true, "\(groups.text)")
    }

    @Test func `the next document of a list is found, and the one before`() async throws {
        let site = try await site()
        func next(_ name: String, _ more: String = "") async throws -> JSON {
            try await call(
                site, "frappe.desk.form.utils.get_next",
                #"{"doctype": "Book", "value": "\#(name)", "sort_field": "shelf", "sort_order": "asc"\#(more)}"#
            ).message
        }
        #expect(try await next("B-1") == "B-2")
        #expect(try await next("B-2") == "B-3", "the next value")
        #expect(try await next("B-3", #", "prev": 1"#) == "B-2")
        #expect(try await next("B-4") == JSON.null, "the last")
        #expect(try await next("B-1", #", "filters": {"name": "B-4"}"#) == "B-4")
    }

    @Test func `a tree is read node by node, whole, and gets nodes`() async throws {
        let site = try await site()
        let added = try await call(
            site, "frappe.desk.treeview.add_node",
            #"{"doctype": "Shelf", "parent": "Crime", "title": "Murder", "shelf_name": "x"}"#)
        #expect(added.message["parent_shelf"] == "Crime", "\(added.text)")
        let children = "frappe.desk.treeview.get_children"
        let roots = try await call(site, children, #"{"doctype": "Shelf", "parent": "", "is_root": true}"#)
        #expect(roots.message.array?.map { $0["value"] } == ["Crime", "Poetry"], "\(roots.text)")
        let below = try await call(site, children, #"{"doctype": "Shelf", "parent": "Crime"}"#)
        #expect(below.message.array?.map { $0["value"] } == ["Murder"])
        #expect(try await call(site, children, #"{"doctype": "Book"}"#).json["code"] == "wrong_type")
        let all = try await call(
            site, "frappe.desk.treeview.get_all_nodes", #"{"doctype": "Shelf", "label": "All Shelves"}"#)
        #expect(all.message.array?.first?["parent"] == "All Shelves", "\(all.text)")
        #expect(all.message.array?.contains { $0["parent"] == "Crime" } == true)
    }

    @Test func `each user keeps settings of a list`() async throws {
        let site = try await site()
        let save = "frappe.model.utils.user_settings.save"
        _ = try await call(
            site, save,
            #"{"doctype": "Book", "user_settings": "{\"List\": {\"filters\": []}, \"last_view\": \"List\"}"}"#)
        let merged = try await call(
            site, save, #"{"doctype": "Book", "user_settings": {"last_view": "Report"}}"#)
        #expect(try JSON.parse(merged.message.string ?? "")["last_view"] == "Report", "\(merged.text)")
        let kept = try await site.send(.get, "/api/method/frappe.model.utils.user_settings.get?doctype=Book")
        #expect(kept.message == merged.message)
        let boss = try await site.send(
            .get, "/api/method/frappe.model.utils.user_settings.get?doctype=Book",
            headers: ["Cookie": site.signIn("boss@example.com")])
        #expect(boss.message == "{}")
        let long = String(repeating: "x", count: 70_000)
        #expect(
            try await call(site, save, #"{"doctype": "Book", "user_settings": {"a": "\#(long)"}}"#).json["code"]
                == "too_long")
    }

    @Test func `lists, reports and documents come as files`() async throws {
        let site = try await site()
        let list = try await site.send(
            .get,
            "/api/method/frappe.desk.reportview.export_query?doctype=Book&file_format_type=CSV&fields="
                + coded(#"["name", "title", "price"]"#) + "&filters=" + coded(#"{"shelf": "Crime"}"#))
        #expect(list.headers[.contentType] == "text/csv; charset=utf-8", "\(list.text)")
        #expect(list.headers[.contentDisposition]?.contains("attachment; filename=\"Book.csv\"") == true)
        #expect(list.text == "Name,Title,Price\r\nB-1,Alpha,10\r\nB-2,Beta,20\r\n")
        let excel = try await call(
            site, "frappe.desk.reportview.export_query", #"{"doctype": "Book", "file_format_type": "Excel"}"#)
        #expect(excel.json["code"] == "not_an_option", "no other file under its name")
        let some = try await call(
            site, "frappe.desk.reportview.export_query", #"{"doctype": "Book", "selected_items": ["B-5", "B-3"]}"#)
        #expect(some.text == "Name\r\nB-3\r\nB-5\r\n")
        let name =
            try await site.send(
                .post, "/api/resource/Loan",
                json: #"{"reader": "A", "docstatus": 1, "lines": [{"book": "B-1", "fee": 5}]}"#
            ).data["name"]?.string ?? ""
        let report = try await call(
            site, "frappe.desk.query_report.export_query",
            #"{"report_name": "Loan Fees", "filters": {"from_date": "2020-01-01"}, "file_format_type": "CSV"}"#)
        #expect(report.text.contains(name), "\(report.text)")
        let script = try await call(site, "frappe.desk.query_report.get_script", #"{"report_name": "Loan Fees"}"#)
        #expect(script.message["filters"]?.array?.first?["reqd"] == 1)
        let template = try await site.send(
            .get,
            "/api/method/frappe.core.doctype.data_import.data_import.download_template?doctype=Loan&export_fields="
                + coded(#"{"Loan": ["name", "reader"], "lines": ["book", "fee"]}"#) + "&export_records=all")
        #expect(template.text == "name,reader,lines.book,lines.fee\r\n\(name),A,B-1,5\r\n")
        let blank = try await call(
            site, "frappe.core.doctype.data_import.data_import.download_template", #"{"doctype": "Shelf"}"#)
        #expect(blank.text == "name,title,parent_shelf\r\n", "\(blank.text)")
        let lines = try await call(site, "cauldron.export", #"{"doctype": "Book", "filters": {"shelf": "Poetry"}}"#)
        #expect(lines.headers[.contentType] == "application/jsonl; charset=utf-8")
        let documents = try lines.text.split(separator: "\n").map { try JSON.parse(String($0)) }
        #expect(documents.map { $0["name"] } == ["B-3", "B-4"])
        #expect(documents[0]["authors"]?.array?.first?["author_name"] == "Author of Gamma")
        let hidden = try await site.send(
            .get, "/api/method/cauldron.export?doctype=Loan", headers: ["Cookie": site.signIn("reader@example.com")])
        #expect(hidden.status == 403)
    }

    @Test func `a password of a document is told to System Managers alone`() async throws {
        let site = try await site()
        _ = try await site.send(.put, "/api/resource/Book/B-1", json: #"{"code": "s3cret"}"#)
        let method = "/api/method/frappe.client.get_password?doctype=Book&name=B-1&fieldname=code"
        #expect(try await site.send(.get, method).status == 403, "a librarian who may read the book")
        try await site.tenant.write(as: .administrator) { session in
            let user = try session.get("User", "lib@example.com")
            try session.apply(["roles": [["role": "Librarian"], ["role": "System Manager"]]], to: user)
            try session.save(user)
        }
        #expect(try await site.send(.get, method).message == "s3cret")
        let boss = try await site.send(.get, method, headers: ["Cookie": site.signIn("boss@example.com")])
        #expect(boss.status == 403, "who may not read the book")
        let other = try await site.send(
            .get, "/api/method/frappe.client.get_password?doctype=Book&name=B-1&fieldname=title")
        #expect(other.json["code"] == "unknown_field")
    }

    @Test func `links are expanded to what may be read`() async throws {
        let site = try await site()
        let name = try await site.send(
            .post, "/api/resource/Loan", json: #"{"reader": "A", "lines": [{"book": "B-1"}]}"#
        ).data["name"]?.string
        let loan = try await site.send(.get, "/api/resource/Loan/\(name ?? "")?expand_links=1")
        let book = try #require(loan.data["lines"]?.array?.first?["book"]?.object, "\(loan.text)")
        #expect(book["title"] == "Alpha")
        #expect(book["code"] != "s3cret")
        #expect(loan.data["owner"] == "lib@example.com", "standard fields are no links")
        let plain = try await site.send(.get, "/api/resource/Loan/\(name ?? "")")
        #expect(plain.data["lines"]?.array?.first?["book"] == "B-1")
    }

    @Test func `rows of documents are added, changed and deleted through the document`() async throws {
        let site = try await site()
        let row = try await call(
            site, "frappe.client.insert",
            #"{"doc": {"doctype": "Author", "parent": "B-1", "parenttype": "Book", "parentfield": "authors", "author_name": "Zed"}}"#
        )
        #expect(row.status == 200, "\(row.text)")
        let name = try #require(row.message["authors"]?.array?.last?["name"]?.string)
        let changed = try await call(
            site, "frappe.client.set_value",
            #"{"doctype": "Author", "name": "\#(name)", "fieldname": "author_name", "value": "Yves"}"#)
        #expect(changed.status == 200, "\(changed.text)")
        let book = try await site.send(.get, "/api/resource/Book/B-1")
        #expect(book.data["authors"]?.array?.map { $0["author_name"] } == ["Author of Alpha", "Yves"])
        let put = try await site.send(.put, "/api/resource/Author/\(name)", json: #"{"share": 5}"#)
        #expect(put.status == 200, "\(put.text)")
        site.clock.advance(seconds: 1)
        let deleted = try await call(site, "frappe.client.delete", #"{"doctype": "Author", "name": "\#(name)"}"#)
        #expect(deleted.status == 200, "\(deleted.text)")
        let after = try await site.send(.get, "/api/resource/Book/B-1")
        #expect(after.data["authors"]?.array?.count == 1)
        #expect(after.data["modified"] != book.data["modified"], "the document changed with its rows")
    }

    @Test func `a note is one's own until it is public`() async throws {
        let site = try await site()
        let reader = ["Cookie": try await site.signIn("reader@example.com")]
        let made = try await site.send(
            .post, "/api/resource/Note", json: #"{"title": "Shelves", "content": "<b>dust</b>"}"#)
        #expect(made.status == 200, "\(made.text)")
        let path = "/api/resource/Note/\(made.data["name"]?.string ?? "")"
        #expect(try await site.send(.get, path, headers: reader).status == 403)
        #expect(try await site.send(.put, path, json: #"{"public": 1}"#).status == 200)
        #expect(try await site.send(.get, path, headers: reader).data["title"] == "Shelves")
        #expect(try await site.send(.get, "/api/resource/Note", headers: reader).names.count == 1)
        #expect(try await site.send(.put, path, json: #"{"title": "x"}"#, headers: reader).status == 403)
        #expect(try await site.send(.put, path, json: #"{"public": 0}"#).status == 200)
        #expect(try await site.send(.get, path, headers: reader).status == 403)
    }

    @Test func `the user Guest is there, stays, and cannot sign in`() async throws {
        let site = try await site()
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        #expect(
            try await site.send(.get, "/api/resource/User/Guest", headers: boss).data["user_type"] == "Website User")
        #expect(try await site.send(.delete, "/api/resource/User/Guest", headers: boss).status == 403)
        try await site.tenant.identity.setPassword(Site.password, of: "Guest", at: site.tenant.now())
        let login = try await site.send(
            .post, "/api/method/login", form: "usr=Guest&pwd=\(coded(Site.password))", headers: [:])
        #expect(login.status == 401, "\(login.text)")
        let keys = try await site.send(
            .post, "/api/method/frappe.core.doctype.user.user.generate_keys", json: #"{"user": "Guest"}"#, headers: boss
        )
        #expect(keys.status == 404, "\(keys.text)")
    }
}
