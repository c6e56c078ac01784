import Documents
import HTTPTypes
import Identity
import Reports
import TestSupport
import Testing
import Values

@testable import Gateway

/// What Frappe's own tests of its HTTP API ask of a server, asked of ours where no other suite does it already.
@Suite(.bothEngines) struct FrappeTests {
    private func site() async throws -> Site {
        let site = try await Site.make()
        try await site.fill()
        return site
    }

    private func call(_ site: Site, _ method: String, _ arguments: JSON) async throws -> Answer {
        try await site.send(.post, "/api/method/\(method)", json: arguments.text)
    }

    /// The rows of books that stand for their authors.
    private func authors(_ site: Site, of book: String = "B-1") async throws -> [JSON] {
        try await site.send(.get, "/api/resource/Book/\(book)").data["authors"]?.array ?? []
    }

    // MARK: Documents and lists

    @Test(arguments: ["resource", "v1/resource", "v2/document"])
    func `a list is asked for in a body and in a query, and ends at its limit`(_ path: String) async throws {
        let site = try await site()
        let path = "/api/\(path)/Book"
        for answer in [
            try await site.send(.get, path, json: #"{"limit": 2}"#), try await site.send(.get, path + "?limit=2"),
            try await site.send(.get, path, form: "limit=2"),
        ] {
            #expect(answer.status == 200 && answer.names == ["B-1", "B-2"], "\(answer.text)")
        }
        let rows = try await site.send(.get, path + "?as_dict=False&limit=1")
        #expect(rows.data == [["B-1"]], "Python's words for yes and no")
        let fields = try await site.send(.get, path, json: #"{"fields": "[\"title\"]", "limit": 1, "as_dict": true}"#)
        #expect(fields.data == [["title": "Alpha"]])
        #expect(try await site.send(.get, path, headers: [:]).status == 403, "nobody is signed in")
    }

    @Test(arguments: [("resource", HTTPRequest.Method.put), ("v2/document", .patch)])
    func `a document comes as a form, changes by one, and is gone when it is deleted`(
        path: String, verb: HTTPRequest.Method
    ) async throws {
        let site = try await site()
        let made = try await site.send(.post, "/api/\(path)/Book", form: "name=F-1&title=Call+Ana")
        #expect(made.data["name"] == "F-1", "\(made.text)")
        let one = "/api/\(path)/Book/F-1"
        #expect(try await site.send(verb, one, form: "title=Call+Bo").data["title"] == "Call Bo")
        #expect(try await site.send(.get, one).data["title"] == "Call Bo")
        let deleted = try await site.send(.delete, one)
        #expect(deleted.status == 202 && deleted.json == ["data": "ok"])
        #expect(try await site.send(.get, one).status == 404)
        let again = try await site.send(.delete, one)
        #expect(again.status == 404)
        #expect(again.json["exc"] == nil && again.json["errors"]?.array?.first?["exception"] == nil, "\(again.text)")
    }

    @Test func `a refusal has the parts that clients know it by`() async throws {
        let site = try await site()
        _ = try await call(
            site, "frappe.client.insert", ["doc": ["doctype": "Loan", "reader": "A", "lines": [["book": "B-1"]]]])
        let refused = try await site.send(
            .post, "/api/resource/Loan/LOAN-2026-0001", json: #"{"run_method": "get_apps"}"#)
        #expect(refused.status == 403 && refused.json["exc_type"] == "PermissionError")
        #expect(refused.json["exception"]?.string?.hasPrefix("frappe.exceptions.PermissionError: ") == true)
        for key in ["exc", "_server_messages"] { #expect(refused.json[key]?.string != nil, "\(key)") }
    }

    @Test func `a method of a document that only asks is called by GET`() async throws {
        let site = try await site()
        _ = try await call(site, "frappe.desk.doctype.tag.tag.add_tag", ["tag": "old", "dt": "Book", "dn": "B-1"])
        for path in ["/api/resource/Book/B-1?run_method=get_tags", "/api/v2/document/Book/B-1/method/get_tags"] {
            let asked = try await site.send(.get, path)
            #expect(asked.data == ["old"] && asked.json["docs"]?.array?.first?["name"] == "B-1", "\(asked.text)")
            #expect(asked.headers[try #require(HTTPField.Name("X-Cauldron-Ignored"))] == nil)
            #expect(try await site.send(.get, path, headers: [:]).status == 403)
        }
        for path in [
            "/api/resource/Book/B-1?run_method=add_tag&tag=x", "/api/v2/document/Book/B-1/method/add_tag?tag=x",
        ] {
            #expect(try await site.send(.get, path).status == 405, "\(path)")
        }
        #expect(try await site.send(.get, "/api/resource/Book/B-1?run_method=explode").status == 403)
        let tags = try await site.send(.post, "/api/v2/document/Book/B-1/method/get_tags", json: "{}")
        #expect(tags.data == ["old"], "nothing was done by GET")
    }

    @Test func `a body that is a list is the argument data`() async throws {
        let site = try await Site.make(modules: [
            Module("Echo") { registry in
                registry.add(
                    Method("echo.data", allowsGuests: true, parameters: [.required("data")]) { arguments, _ in
                        arguments["data"] ?? .null
                    })
            }
        ])
        #expect(try await call(site, "echo.data", [0, 1, 2, 3, 4]).message == [0, 1, 2, 3, 4])
        let second = try await site.send(.post, "/api/v2/method/echo.data", json: "[[], {}]", headers: [:])
        #expect(second.data == [[], [:]], "\(second.text)")
    }

    // MARK: frappe.client

    @Test func `a set value is there, by a field and by several`() async throws {
        let site = try await site()
        let todo = try await call(site, "frappe.client.insert", ["doc": ["doctype": "ToDo", "description": "test"]])
        let name = try #require(todo.message["name"])
        for (field, value) in [("description", "test 1"), (["description": "test 2"], .null)] as [(JSON, JSON)] {
            let set = try await call(
                site, "frappe.client.set_value", ["doctype": "ToDo", "name": name, "fieldname": field, "value": value])
            #expect(set.status == 200, "\(set.text)")
            let kept = try await call(
                site, "frappe.client.get_value", ["doctype": "ToDo", "fieldname": "description", "filters": name])
            #expect(kept.message["description"] == (value.string == nil ? "test 2" : value))
        }
        let saved = try await call(site, "frappe.client.save", ["doc": ["doctype": "ToDo", "description": "by POST"]])
        #expect(saved.message["description"] == "by POST", "what has no name is added")
        let got = try await site.send(
            .get, "/api/method/frappe.client.save", json: #"{"doc": {"doctype": "ToDo", "description": "by GET"}}"#)
        #expect(got.status == 405)
        #expect(try await site.send(.get, "/api/resource/ToDo").names.count == 2)
    }

    @Test func `lists in arguments are taken as lists and as text`() async throws {
        let site = try await site()
        for fields in [["name", "modified"], #"["name", "modified"]"#] as [JSON] {
            let list = try await call(
                site, "frappe.client.get_list", ["doctype": "Book", "fields": fields, "limit": 1])
            #expect(list.message.array?.first?.object?.members.map(\.key) == ["name", "modified"], "\(list.text)")
        }
    }

    @Test func `one document is got by conditions, by none, and where there is only one`() async throws {
        let site = try await site()
        for filters in [["name": "B-2"], #"{"name": "B-2"}"#] as [JSON] {
            let got = try await call(site, "frappe.client.get", ["doctype": "Book", "filters": filters])
            #expect(got.message["title"] == "Beta", "\(got.text)")
        }
        let any = try await call(site, "frappe.client.get", ["doctype": "Book", "filters": [:]])
        let same = try await call(site, "frappe.client.get", ["doctype": "Book", "filters": "{}"])
        #expect(any.status == 200 && any.body == same.body)
        let boss = ["Cookie": try await site.signIn("boss@example.com")]
        let single = "doctype=System%20Settings"
        for more in ["", "&name=&filters=", "&name=System%20Settings"] {
            let got = try await site.send(.get, "/api/method/frappe.client.get?\(single)\(more)", headers: boss)
            #expect(got.message["doctype"] == "System Settings", "\(more): \(got.text)")
        }
        let method = "/api/method/frappe.client.get_value?\(single)&fieldname="
        let got = try await site.send(.get, "/api/method/frappe.client.get?\(single)", headers: boss).message
        for more in ["", "&filters=null", "&filters=System%20Settings", "&filters=%7B%7D"] {
            let value = try await site.send(.get, method + "session_expiry" + more, headers: boss)
            #expect(value.message["session_expiry"] == got["session_expiry"], "\(more): \(value.text)")
        }
        let pair = coded(#"["session_expiry", "name"]"#)
        let values = try await site.send(.get, method + pair + "&as_dict=0", headers: boss)
        #expect(values.message == [got["session_expiry"] ?? "", "System Settings"], "\(values.text)")
        let unknown = try await site.send(.get, method + "shoe_size", headers: boss)
        #expect(unknown.json["code"] == "unknown_field", "\(unknown.text)")
        #expect(try await site.send(.get, method + "session_expiry").status == 403, "a librarian")
    }

    @Test func `a link is checked, with fields, and not for guests`() async throws {
        let site = try await site()
        let path = "/api/method/frappe.client.validate_link?doctype=Book&docname=B-1"
        #expect(try await site.send(.get, path).message == ["name": "B-1"])
        #expect(
            try await site.send(.get, path + "&fields=" + coded(#"["price"]"#)).message == ["name": "B-1", "price": 10])
        #expect(try await site.send(.get, path, headers: [:]).status == 403)
        #expect(
            try await call(site, "frappe.client.validate_link", ["doctype": "Book", "docname": "No"]).message == [:])
    }

    @Test func `a row is inserted through its document, which is the answer`() async throws {
        let site = try await site()
        let bare = try await call(site, "frappe.client.insert", ["doc": ["doctype": "Author", "author_name": "Zed"]])
        #expect(bare.status == 417 && bare.json["field"] == "parent", "\(bare.text)")
        let row: JSON = [
            "doctype": "Author", "parent": "B-1", "parenttype": "Book", "parentfield": "authors", "author_name": "Zed",
        ]
        let inserted = try await call(site, "frappe.client.insert", ["doc": .string(row.text)])
        #expect(inserted.message["doctype"] == "Book" && inserted.message["name"] == "B-1", "\(inserted.text)")
        #expect(inserted.message["authors"]?.array?.last?["author_name"] == "Zed")
        let many = try await call(
            site, "frappe.client.insert_many",
            ["docs": [row, row, ["doctype": "Shelf", "title": "Art"], ["doctype": "Shelf", "title": "Law"]]])
        #expect(many.message == ["B-1", "B-1", "Art", "Law"], "\(many.text)")
        #expect(try await authors(site).count == 4)
        let name = try #require(inserted.message["authors"]?.array?.last?["name"])
        let set = try await call(
            site, "frappe.client.set_value",
            ["doctype": "Author", "name": name, "fieldname": "author_name", "value": "Yves"])
        #expect(set.message["doctype"] == "Book", "\(set.text)")
        #expect(set.message["authors"]?.array?.contains { $0["author_name"] == "Yves" } == true)
        let before = try await site.send(.get, "/api/resource/Book/B-1").data["modified"]
        site.clock.advance(seconds: 1)
        let delete: JSON = ["doctype": "Author", "name": name]
        #expect(try await call(site, "frappe.client.delete", delete).status == 200)
        #expect(try await authors(site).count == 3)
        #expect(try await site.send(.get, "/api/resource/Book/B-1").data["modified"] != before, "the book was saved")
        #expect(try await call(site, "frappe.client.delete", delete).status == 404)
    }

    @Test func `groups of a list have a number, of fields of its tables too`() async throws {
        let site = try await site()
        for (book, fee) in [("B-1", 3), ("B-2", 4), ("B-1", 5)] as [(JSON, JSON)] {
            _ = try await call(
                site, "frappe.client.insert",
                ["doc": ["doctype": "Loan", "reader": "A", "lines": [["book": book, "fee": fee]]]])
        }
        var asked: JSONObject = [
            "doctype": "Loan", "fields": "[\"`tabLoan Line`.`book` as book\"]", "group_by": "`tabLoan Line`.`book`",
            "order_by": "_aggregate_column desc", "filters": "[]", "start": 0, "page_length": 20,
            "aggregate_on_field": "fee", "aggregate_on_doctype": "Loan Line", "aggregate_function": "sum",
        ]
        let sums = try await call(site, "frappe.desk.reportview.get", .object(asked))
        #expect(sums.message["keys"] == ["book", "_aggregate_column"], "\(sums.text)")
        #expect(sums.message["values"] == [["B-1", 8], ["B-2", 4]], "\(sums.text)")
        for (key, value) in [("aggregate_function", "sleep"), ("aggregate_on_field", "fee`) or 1=1 --")]
            as [(String, JSON)]
        {
            let kept = asked[key]
            asked[key] = value
            let refused = try await call(site, "frappe.desk.reportview.get", .object(asked))
            #expect(refused.status == 417 && refused.json["field"]?.string == key, "\(refused.text)")
            asked[key] = kept
        }
    }

    // MARK: Version 2

    @Test func `the number beside a list is that of all its rows, by conditions and by groups`() async throws {
        let site = try await site()
        func list(_ query: String) async throws -> Answer {
            try await site.send(.get, "/api/v2/document/Book?\(query)")
        }
        let some = try await list("include=count&limit=1&filters=" + coded(#"{"price": [">", 20]}"#))
        #expect(some.names.count == 1 && some.json["has_next_page"] == true)
        #expect(some.json["count"] == 3 && some.json["count_capped"] == false, "\(some.text)")
        #expect(some.headers[try #require(HTTPField.Name("X-Cauldron-Ignored"))] == nil)
        let either = coded(#"[["name", "=", "B-1"], ["title", "=", "Beta"]]"#)
        #expect(try await list("include=count&or_filters=\(either)").json["count"] == 2)
        let groups = try await list(
            "include=count&fields=\(coded(#"["shelf"]"#))&group_by=shelf&filters=\(coded(#"{"shelf": ["is", "set"]}"#))"
        )
        #expect(groups.data.array?.count == 2 && groups.json["count"] == 2, "\(groups.text)")
        for query in ["limit=1", "limit=1&include="] {
            #expect(try await list(query).json.object?.members.map(\.key) == ["data", "has_next_page"])
        }
        for query in ["include=count,totals", "include=totals"] {
            let refused = try await list(query)
            #expect(refused.status == 417 && refused.json["errors"]?.array?.first?["field"] == "include", "\(query)")
            #expect(refused.json["count"] == nil)
        }
        #expect(try await site.send(.get, "/api/v2/doctype/Book/meta?include=fields").status == 417)
    }

    @Test func `what a link offers is found page by page, by conditions, and for nobody who is not signed in`()
        async throws
    {
        let site = try await site()
        for number in 1...12 {
            _ = try await site.send(
                .post, "/api/resource/Shelf", json: #"{"title": "Row \#(number + 10)"}"#)
        }
        func search(_ query: String, _ headers: [String: String]? = nil) async throws -> Answer {
            try await site.send(.get, "/api/v2/doctype/Shelf/search?txt=Row&\(query)", headers: headers)
        }
        let first = try await search("limit=2").data.array?.compactMap { $0["value"]?.string } ?? []
        let rest = try await search("limit=20&start=2").data.array?.compactMap { $0["value"]?.string } ?? []
        #expect(first.count == 2 && rest.count == 10 && Set(first + rest).count == 12)
        #expect(try await search("limit=0").data.array?.count == 10, "0 is the page that there is without")
        let one = try await search("filters=" + coded(#"{"name": "Row 15"}"#))
        #expect(one.data.array?.map { $0["value"] } == ["Row 15"])
        #expect(try await search("", [:]).status == 403)
    }

    @Test(arguments: [
        "1=1", "select * from _session) --", "name or (select * from _session)", "*", ";", "code", "shoe_size",
    ])
    func `a link is searched in fields alone`(_ field: String) async throws {
        let site = try await site()
        let found = try await call(
            site, "frappe.desk.search.search_link", ["doctype": "Book", "txt": "B", "searchfield": .string(field)])
        #expect(found.status == 417 && found.json["field"] == "searchfield", "\(found.text)")
    }

    @Test func `a link is searched in its name, and finds nothing by signs`() async throws {
        let site = try await site()
        let search = "frappe.desk.search.search_link"
        let named = try await call(site, search, ["doctype": "Book", "txt": "B-2", "searchfield": "name"])
        #expect(named.message.array?.map { $0["value"] } == ["B-2"])
        #expect(try await call(site, search, ["doctype": "Book", "txt": "user@random"]).message == [])
    }

    @Test func `work on many refuses what is no list, and tells what is no document`() async throws {
        let site = try await site()
        for (path, body) in [
            ("method/bulk_delete", #"{"docs": {"doctype": "Book", "name": "B-5"}}"#),
            ("document/Book/bulk_update", #"{"docs": {"name": "B-5", "price": 1}}"#),
        ] {
            let refused = try await site.send(.post, "/api/v2/\(path)", json: body)
            #expect(refused.status == 417, "\(refused.text)")
            #expect(refused.json["errors"]?.array?.first?["field"] == "docs")
        }
        let odd = try await site.send(
            .post, "/api/v2/method/bulk_delete",
            json: #"{"docs": ["B-5", {"doctype": "Shelf", "name": "Poetry"}, 7]}"#)
        #expect(odd.status == 200 && odd.data["total"] == 3 && odd.data["failure_count"] == 3, "\(odd.text)")
        #expect(odd.data["failed"]?.array?.allSatisfy { $0["error"]?.string?.isEmpty == false } == true)
        #expect(try await site.send(.get, "/api/v2/document/Book/B-5").status == 200)
        let mixed = try await site.send(
            .post, "/api/v2/method/bulk_update",
            json: #"{"docs": [{"doctype": "Book", "name": "B-5", "pages": 7}, {"doctype": "Shelf", "name": "No"}]}"#)
        #expect(mixed.data["updated"] == [["doctype": "Book", "name": "B-5"]], "\(mixed.text)")
        #expect(mixed.data["failed"]?.array?.first?["name"] == "No")
        #expect(try await site.send(.get, "/api/v2/document/Book/B-5").data["pages"] == 7)
    }

    @Test func `the methods of documents are discovered with all that a call needs`() async throws {
        let site = try await site()
        func discover(_ path: String) async throws -> Answer {
            try await site.send(.get, "/api/v2/discovery\(path)")
        }
        let root = try await discover("").data
        #expect((root["resources"]?["doctype_methods"]?.int ?? 0) > 5)
        #expect(root["links"]?["doctype_method"] == "/api/v2/discovery/doctype/{doctype}/method/{method}")
        let comment = try await discover("/doctype/Book/method/add_comment").data
        #expect(comment["type"] == "method" && comment["kind"] == "doctype" && comment["doctype"] == "Book")
        #expect(comment["endpoint"] == "/api/v2/document/Book/{name}/method/add_comment")
        #expect(comment["http_methods"] == ["POST"])
        #expect(comment["params"]?.array?.contains { $0["name"] == "comment_type" } == true)
        #expect(comment["source"] == nil, "what the server is made of is not told")
        func methods(_ doctype: String) async throws -> [String] {
            try await discover("/doctype/\(doctype)").data["methods"]?.array?.compactMap { $0["method"]?.string } ?? []
        }
        #expect(try await methods("Loan").contains("submit"))
        #expect(try await !methods("Book").contains("submit"), "books are not submitted")
        for path in ["/doctype/Missing", "/doctype/Book/method/explode", "/doctype/Missing/method/add_comment"] {
            #expect(try await discover(path).status == 404, "\(path)")
        }
    }

    @Test func `what stands around a document is told beside it where that is asked`() async throws {
        let site = try await site()
        let path = "/api/v2/document/Book/B-1"
        _ = try await call(site, "frappe.desk.doctype.tag.tag.add_tag", ["tag": "old", "dt": "Book", "dn": "B-1"])
        _ = try await call(
            site, "frappe.desk.like.toggle_like", ["doctype": "Book", "name": "B-1", "add": "Yes"])
        _ = try await site.send(.post, path + "/method/add_comment", json: #"{"text": "well kept"}"#)
        _ = try await call(
            site, "frappe.desk.form.assign_to.add",
            ["doctype": "Book", "name": "B-1", "assign_to": ["reader@example.com"], "description": "read it"])
        let all = try await site.send(
            .get, path + "?include=permissions,attachments,assignments,shares,tags,favourites,follows,comments,users")
        #expect(all.status == 200 && all.data["name"] == "B-1" && all.data["blurb"] == JSON.null, "\(all.text)")
        #expect(all.headers[try #require(HTTPField.Name("X-Cauldron-Ignored"))] == nil)
        #expect(all.json["permissions"]?["write"] == 1 && all.json["permissions"]?["submit"] == 0)
        #expect(all.json["attachments"] == [] && all.json["tags"] == ["old"])
        let assigned = all.json["assignments"]?.array?.first
        #expect(assigned?["user"] == "reader@example.com" && assigned?["description"] == "read it")
        #expect(assigned?.object?.members.map(\.key).sorted() == ["date", "description", "priority", "user"])
        #expect(all.json["favourites"]?.array?.map { $0["user"] } == ["lib@example.com"])
        let comment = all.json["comments"]?.array?.first
        #expect(comment?["owner"] == "lib@example.com" && comment?["content"]?.string?.contains("well kept") == true)
        #expect(all.json["users"]?["reader@example.com"] == ["full_name": "reader"])
        #expect(all.json["users"]?["Administrator"] != nil)
        let note = try await site.send(.post, "/api/v2/document/Note", json: #"{"title": "Dust", "public": 1}"#)
        let shared = try await site.send(
            .get, "/api/v2/document/Note/\(note.data["name"]?.string ?? "")?include=shares,users")
        let share: JSON = ["user": "everyone", "read": 1, "write": 0, "submit": 0, "share": 0]
        #expect(shared.json["shares"] == [share], "\(shared.text)")
        #expect(shared.json["users"]?["everyone"] == nil)
        for query in ["", "?include="] {
            #expect(try await site.send(.get, path + query).json.object?.members.map(\.key) == ["data"])
        }
        let unknown = try await site.send(.get, path + "?include=permissions,views")
        #expect(unknown.status == 417 && unknown.json["permissions"] == nil)
        for (query, body) in [("?include=tags&as_of=2026-03-01", nil), ("", #"{"include": ["tags"]}"#)]
            as [(String, String?)]
        {
            let refused = try await site.send(.get, path + query, json: body)
            #expect(refused.status == 417, "\(query): \(refused.text)")
        }
        _ = try await call(
            site, "frappe.client.set_value", ["doctype": "Book", "name": "B-1", "fieldname": "shelf", "value": "Crime"])
        let expanded = try await site.send(.get, path + "?expand_links=1&include=tags")
        #expect(expanded.data["shelf"]?["title"] == "Crime" && expanded.json["tags"] == ["old"], "\(expanded.text)")
        let hidden = try await site.send(
            .get, path + "?include=comments", headers: ["Cookie": site.signIn("nobody@example.com")])
        #expect(hidden.status == 403 && !hidden.text.contains("well kept"))
        let first = try await site.send(.get, "/api/resource/Book/B-1?include=tags")
        #expect(first.json["tags"] == nil)
        #expect(first.headers[try #require(HTTPField.Name("X-Cauldron-Ignored"))] == "include", "not in version 1")
    }

    @Test func `a file is a file in version 2, too`() async throws {
        let site = try await site()
        let template = try await site.send(
            .post, "/api/v2/method/frappe.core.doctype.data_import.data_import.download_template",
            json: #"{"doctype": "Book", "export_fields": {"Book": ["title"]}, "file_type": "CSV"}"#)
        #expect(template.status == 200 && template.headers[.contentType]?.hasPrefix("text/csv") == true)
        #expect(template.text == "title\r\n")
    }
}
