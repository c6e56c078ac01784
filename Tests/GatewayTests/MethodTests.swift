import Documents
import EventLog
import HTTPTypes
import Identity
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

@Suite(.bothEngines) struct MethodTests {
    private func call(_ site: Site, _ method: String, _ body: String) async throws -> Answer {
        try await site.send(.post, "/api/method/\(method)", json: body)
    }

    @Test func `documents are inserted, saved, changed, submitted, cancelled and deleted by methods`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let inserted = try await call(
            site, "frappe.client.insert",
            #"{"doc": {"doctype": "Loan", "reader": "Ana", "lines": [{"book": "B-1", "fee": 5}]}}"#)
        let name = try #require(inserted.message["name"]?.string)
        #expect(inserted.message["remark"] == JSON.null, "methods keep nulls")
        let set = try await call(
            site, "frappe.client.set_value",
            #"{"doctype": "Loan", "name": "\#(name)", "fieldname": "reader", "value": "Bo"}"#)
        #expect(set.message["reader"] == "Bo")
        let many = try await call(
            site, "frappe.client.set_value",
            #"{"doctype": "Loan", "name": "\#(name)", "fieldname": "{\"reader\": \"Cy\", \"remark\": \"x\"}"}"#)
        #expect(many.message["remark"] == "x")
        let saved = try await call(
            site, "frappe.client.save", #"{"doc": {"doctype": "Loan", "name": "\#(name)", "reader": "Di"}}"#)
        #expect(saved.message["reader"] == "Di")
        let submitted = try await site.send(
            .post, "/", form: "cmd=frappe.client.submit&doc=" + coded(saved.message.text))
        #expect(submitted.message["docstatus"] == 1, "\(submitted.text)")
        let cancelled = try await site.send(.post, "/", form: "cmd=frappe.client.cancel&doctype=Loan&name=\(name)")
        #expect(cancelled.message["docstatus"] == 2)
        let deleted = try await site.send(.post, "/", form: "cmd=frappe.client.delete&doctype=Loan&name=\(name)")
        #expect(deleted.status == 200)
        #expect(deleted.text == "{}", "no message for nothing")
        let fresh = try await call(
            site, "frappe.client.submit",
            #"{"doc": {"doctype": "Loan", "reader": "New", "lines": [{"book": "B-1"}]}}"#)
        #expect(fresh.message["docstatus"] == 1, "a document that is not there is inserted")
    }

    @Test func `values are read by name and by conditions`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let method = "/api/method/frappe.client.get_value?doctype=Book"
        #expect(try await site.send(.get, method + "&fieldname=title&filters=B-1").message == ["title": "Alpha"])
        let two = try await site.send(
            .get, method + "&fieldname=" + coded(#"["title", "price"]"#) + "&filters=" + coded(#"{"shelf": "Poetry"}"#))
        #expect(two.message == ["title": "Gamma", "price": 30])
        #expect(try await site.send(.get, method + "&fieldname=title&filters=B-1&as_dict=0").message == "Alpha")
        #expect(try await site.send(.get, method + "&fieldname=title&filters=B-9").message == [:])
        let anyone = try await site.send(.get, method + "&fieldname=name&filters=null&order_by=name")
        #expect(anyone.message == ["name": "B-1"], "a client without conditions sends the text null")
        let legacy = "/?cmd=frappe.client.get_value&doctype=Book&fieldname=title&filters=" + coded(#"{"name": "B-2"}"#)
        #expect(try await site.send(.get, legacy).message == ["title": "Beta"])
        let whole = try await site.send(
            .get, "/api/method/frappe.client.get?doctype=Book&filters=" + coded(#"{"title": "Beta"}"#))
        #expect(whole.message["name"] == "B-2")
        #expect(whole.message["blurb"] == JSON.null)
        #expect(try await site.send(.get, "/api/method/frappe.client.get?doctype=Book&name=B-9").status == 404)
    }

    @Test func `of many documents all are inserted or none`() async throws {
        let site = try await Site.make()
        let bad = #"{"docs": [{"doctype": "Shelf", "title": "A"}, {"doctype": "Shelf", "title": ""}]}"#
        #expect(try await call(site, "frappe.client.insert_many", bad).status == 417)
        #expect(try await site.send(.get, "/api/resource/Shelf").names.isEmpty)
        let mixed =
            #"{"docs": [{"doctype": "Shelf", "title": "A"}, {"doctype": "Book", "name": "B", "title": "T", "shelf": "A"}]}"#
        #expect(try await call(site, "frappe.client.insert_many", mixed).message == ["A", "B"])
        let docs = (0...200).map { #"{"doctype": "Shelf", "title": "S\#($0)"}"# }.joined(separator: ",")
        #expect(try await call(site, "frappe.client.insert_many", #"{"docs": [\#(docs)]}"#).json["code"] == "too_many")
    }

    @Test func `a bulk update says which documents failed and changes the others`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let docs = coded(
            #"[{"doctype":"Book","docname":"B-1","title":"One"},{"doctype":"Book","docname":"B-9","title":"x"},{"doctype":"Book","docname":"B-2","price":-1},{"doctype":"Book","docname":"B-3","title":"Three"}]"#
        )
        let answer = try await site.send(.post, "/", form: "cmd=frappe.client.bulk_update&docs=\(docs)")
        #expect(answer.status == 200)
        #expect(answer.message["failed_docs"]?.array?.map { $0["doc"]?["docname"] } == ["B-9", "B-2"])
        #expect(try await site.send(.get, "/api/resource/Book/B-1").data["title"] == "One")
        #expect(try await site.send(.get, "/api/resource/Book/B-2").data["price"] == 20)
        #expect(try await site.send(.get, "/api/resource/Book/B-3").data["title"] == "Three")
    }

    @Test func `what changes something is not called by GET`() async throws {
        let site = try await Site.make()
        try await site.fill()
        for path in [
            "/api/method/frappe.client.delete?doctype=Book&name=B-1",
            "/?cmd=frappe.client.delete&doctype=Book&name=B-1",
            "/api/method/library.add_shelf?title=New",
            "/api/method/frappe.client.set_value?doctype=Book&name=B-1&fieldname=title&value=x",
        ] {
            #expect(try await site.send(.get, path).status == 405, "\(path)")
            #expect(try await site.send(.head, path).status == 405, "\(path)")
        }
        #expect(try await site.send(.get, "/api/resource/Book/B-1").data["title"] == "Alpha")
        #expect(try await site.send(.get, "/api/resource/Shelf").names.count == 2)
    }

    @Test func `methods of modules are called with JSON, forms and queries`() async throws {
        let site = try await Site.make()
        try await site.fill()
        #expect(try await site.send(.post, "/api/method/library.add_shelf?title=A", form: "").message == "A")
        #expect(try await site.send(.post, "/api/method/library.add_shelf/", form: "title=B&unknown=1").message == "B")
        #expect(try await call(site, "library.add_shelf", #"{"title": "C"}"#).message == "C")
        let missing = try await call(site, "library.add_shelf", "{}")
        #expect(missing.json["exc_type"] == "MandatoryError")
        #expect(missing.json["field"] == "title")
        #expect(try await site.send(.get, "/api/method/library.books", json: #"{"shelf": "Crime"}"#).message == 2)
        let body = try await site.send(.get, "/api/method/library.books?shelf=Crime", json: "{}")
        #expect(body.message == 5, "a JSON body takes the place of the query")
        #expect(try await site.send(.get, "/api/method/library.books?_=123&shelf=Crime").message == 2)
    }

    @Test func `a report runs with its filters`() async throws {
        let site = try await Site.make()
        try await site.fill()
        _ = try await call(
            site, "frappe.client.submit",
            #"{"doc": {"doctype": "Loan", "reader": "Ana", "lines": [{"book": "B-1", "fee": 7.5}]}}"#)
        let path = "/api/method/frappe.desk.query_report.run?report_name=Loan%20Fees&filters="
        let answer = try await site.send(.get, path + coded(#"{"from_date": "2026-01-01"}"#))
        #expect(answer.message["result"]?.array?.first?["amount"]?.text == "7.5", "\(answer.text)")
        #expect(
            answer.message["columns"]?.array?.map { $0["fieldname"] } == [
                "posting_date", "voucher_no", "voucher_type", "amount",
            ])
        #expect(answer.message["report_summary"]?.array?.first?["value"]?.text == "7.5")
        #expect(try await site.send(.get, path + coded("{}")).json["field"] == "from_date")
        #expect(try await site.send(.get, path + coded(#"{"from_date": "soon"}"#)).json["code"] == "wrong_type")
        #expect(
            try await site.send(.get, path + coded(#"{"from_date": "2026-01-01", "x": 1}"#) + "&strict=1").json["code"]
                == "unknown_field")
        #expect(try await site.send(.get, "/api/method/frappe.desk.query_report.run?report_name=None").status == 404)
    }

    @Test func `a rehearsal says all that would happen, and nothing happens`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let before = try await site.send(.get, "/api/resource/Loan%20Row")
        let answer = try await call(
            site, "cauldron.rehearse",
            #"{"action": "submit", "doc": {"doctype": "Loan", "reader": "Ana", "lines": [{"book": "B-1", "fee": 3}]}}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.message["documents"]?.array?.first?["doctype"] == "Loan")
        #expect(answer.message["postings"]?.array?.first?["doctype"] == "Loan Row")
        #expect(answer.message["hash"]?.string?.count == 64)
        #expect(try await site.send(.get, "/api/resource/Loan").names.isEmpty)
        #expect(try await site.send(.get, "/api/resource/Loan%20Row").names == before.names)
        let change = try await call(
            site, "cauldron.rehearse",
            #"{"action": "save", "doctype": "Book", "name": "B-1", "doc": {"title": "Other"}}"#)
        #expect(change.message["documents"]?.array?.first?["detail"]?["changed"] == [["title", "Alpha", "Other"]])
        #expect(try await site.send(.get, "/api/resource/Book/B-1").data["title"] == "Alpha")
        #expect(
            try await call(site, "cauldron.rehearse", #"{"action": "delete", "doctype": "Book", "name": "B-9"}"#).status
                == 404)
        #expect(try await call(site, "cauldron.rehearse", #"{"action": "explode", "doctype": "Book"}"#).status == 417)
        let loan = try await call(
            site, "frappe.client.insert", #"{"doc": {"doctype": "Loan", "reader": "A", "lines": [{"book": "B-1"}]}}"#)
        #expect(loan.message["name"] == "LOAN-2026-0001", "the rehearsal used up no number")
    }

    @Test func `every write is rehearsed where it is asked for, and none happens by mistake`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let loan = #""doctype": "Loan", "reader": "Ana", "lines": [{"book": "B-1"}]"#
        let writes: [(HTTPRequest.Method, String, String)] = [
            (.post, "/api/resource/Loan?rehearse=1", "{\(loan)}"),
            (.put, "/api/resource/Book/B-1?rehearse=1", #"{"title": "Other"}"#),
            (.put, "/api/resource/Book/B-1", #"{"price": 11, "rehearse": true}"#),
            (.delete, "/api/resource/Book/B-3?rehearse=1", "{}"), (.delete, "/api/resource/Book/B-3?rehearse=1", ""),
            (.post, "/api/method/frappe.client.insert", "{\"doc\": {\(loan)}, \"rehearse\": 1}"),
            (.post, "/api/method/frappe.client.insert?rehearse=1", "{\"doc\": {\(loan)}}"),
            (
                .post, "/api/method/frappe.client.set_value?rehearse=1",
                #"{"doctype": "Book", "name": "B-1", "fieldname": "title", "value": "Other"}"#
            ),
        ]
        let before = try await site.tenant.database.read { try EventLog.head(in: $0) }
        for (method, path, body) in writes {
            let answer = try await site.send(method, path, json: body)
            let shown = answer.json["data"] ?? answer.message
            #expect(shown["hash"]?.string?.isEmpty == false, "\(path): \(answer.text)")
            #expect(shown["documents"]?.array?.isEmpty == false, "\(path): \(answer.text)")
        }
        let unclear = try await site.send(.put, "/api/resource/Book/B-1?rehearse=maybe", json: #"{"title": "Other"}"#)
        #expect(unclear.json["data"]?["hash"] != nil, "a word that is not no means yes")
        let odd = try await call(site, "frappe.client.insert", "{\"doc\": {\(loan)}, \"rehearse\": {}}")
        #expect(odd.status == 417)
        let keys = try await call(
            site, "frappe.core.doctype.user.user.generate_keys", #"{"user": "lib@example.com", "rehearse": 1}"#)
        #expect(keys.status == 403)
        #expect(try await site.tenant.database.read { try EventLog.head(in: $0) } == before)
    }

    private static let rehearsals: [(call: String, effects: [String])] = [
        (#"{"action": "rename", "doctype": "Binder", "name": "one", "new_name": "three"}"#, ["rename Binder three"]),
        (
            #"{"action": "rename", "doctype": "Binder", "name": "one", "new_name": "two", "merge": 1}"#,
            ["delete Binder one"]
        ),
        (#"{"action": "discard", "doctype": "Loan", "name": "LOAN-2026-0001"}"#, ["discard Loan LOAN-2026-0001"]),
        (#"{"action": "amend", "doctype": "Loan", "name": "LOAN-2026-0002"}"#, ["insert Loan LOAN-2026-0002-1"]),
        (
            #"{"action": "assign", "doctype": "Binder", "name": "one", "assign_to": ["boss@example.com"]}"#,
            ["insert ToDo"]
        ),
        (#"{"action": "restore", "name": "$COPY"}"#, ["restore Binder gone"]),
    ]

    @Test func `what else is done to documents is rehearsed, too`() async throws {
        let site = try await Site.make(modules: [
            Module("Binders", roles: []) { $0.add(Binder.self) }
        ])
        try await site.fill()
        let copy = try await site.tenant.write(as: .administrator) { session -> String in
            for name in ["one", "two", "gone"] { try session.make("Binder", ["name": .string(name)]) }
            try session.delete("Binder", "gone")
            for _ in 0..<2 {
                try session.make("Loan", ["reader": "Ana", "lines": [["book": "B-1", "fee": 1]]])
            }
            let loan = try session.get("Loan", "LOAN-2026-0002")
            try session.submit(loan)
            try session.cancel(loan)
            return try session.deletedCopy(of: "Binder", "gone") ?? ""
        }
        for (call, effects) in Self.rehearsals {
            let arguments = try JSON.parse(call.replacing("$COPY", with: copy)).object ?? [:]
            let answer = try await site.tenant.write(as: .administrator) {
                try RehearseMethod.method.run(Arguments(arguments), $0)
            }
            let found = (answer["documents"]?.array ?? []).map { effect in
                ["action", "doctype", "name"].compactMap { effect[$0]?.string }.joined(separator: " ")
            }
            for effect in effects { #expect(found.contains { $0.hasPrefix(effect) }, "\(call): \(found)") }
        }
        try await site.tenant.read(as: .administrator) { (session: Session) throws in
            #expect(try session.exists("Binder", "one") && !session.exists("Binder", "three"))
            #expect(try !session.exists("Binder", "gone"))
        }
    }

    @Test func `a single's value, what stands around a document, and what has to be cancelled first`() async throws {
        let site = try await Site.make(modules: [
            Module("Binders", roles: []) { $0.add(Binder.self, BinderSettings.self) }
        ])
        try await site.fill()
        let loan = try await call(
            site, "frappe.client.insert", #"{"doc": {"doctype": "Loan", "reader": "A", "lines": [{"book": "B-1"}]}}"#)
        let name = try #require(loan.message["name"]?.string)
        let info = try await call(
            site, "frappe.desk.form.load.get_docinfo", #"{"doctype": "Loan", "name": "\#(name)"}"#)
        #expect(info.message["attachments"] == [] && info.message["comments"] == [])
        _ = try await call(site, "frappe.client.submit", #"{"doc": {"doctype": "Loan", "name": "\#(name)"}}"#)
        let linked = try await call(
            site, "frappe.desk.form.linked_with.get_submitted_linked_docs", #"{"doctype": "Book", "name": "B-1"}"#)
        #expect(linked.message["count"] == 1)
        #expect(linked.message["docs"]?.array?.first?["name"]?.string == name)
        let cancelled = try await call(
            site, "frappe.desk.form.linked_with.cancel_all_linked_docs",
            #"{"docs": \#(linked.message["docs"]?.text ?? "[]")}"#)
        #expect(cancelled.status == 200)
        #expect(try await site.send(.get, "/api/resource/Loan/\(name)").data["docstatus"] == 2)
        let draft = try await call(
            site, "frappe.client.insert", #"{"doc": {"doctype": "Loan", "reader": "B", "lines": [{"book": "B-2"}]}}"#)
        let discarded = try await site.send(
            .post, "/api/resource/Loan/\(draft.message["name"]?.string ?? "")", form: "run_method=discard")
        #expect(discarded.data["docstatus"] == 2)
        let colour = try await call(
            site, "frappe.client.get_single_value", #"{"doctype": "Binder Settings", "field": "colour"}"#)
        #expect(colour.message == "red", "\(colour.text)")
        let wrong = try await call(
            site, "frappe.client.get_single_value", #"{"doctype": "Book", "field": "title"}"#)
        #expect(wrong.status == 417)
    }

    @Test func `a row that the database refuses is one of many that failed`() async throws {
        let site = try await Site.make(modules: [Module("Binders", roles: []) { $0.add(Binder.self) }])
        let copies = try await site.tenant.write(as: .administrator) { session -> [String] in
            for (name, note) in [("one", ""), ("two", ""), ("free", ""), ("held", "stays")] {
                try session.make("Binder", ["name": .string(name), "note": .string(note)])
            }
            for name in ["free", "held"] { try session.delete("Binder", name) }
            return try ["free", "held"].compactMap { try session.deletedCopy(of: "Binder", $0) }
        }
        let changed = try await call(
            site, "frappe.client.bulk_update",
            #"""
            {"docs": [{"doctype": "Binder", "docname": "one", "note": "breaks"},
            {"doctype": "Binder", "docname": "two", "note": "fine"}]}
            """#)
        #expect(changed.message["failed_docs"]?.array?.map { $0["code"] } == ["forbidden"], "\(changed.text)")
        #expect(try await site.send(.get, "/api/resource/Binder/two").data["note"] == "fine")
        let restored = try await site.tenant.write(as: .administrator) { session in
            try session.call(
                "frappe.core.doctype.deleted_document.deleted_document.bulk_restore",
                ["docnames": .array(copies.map(JSON.string))])
        }
        #expect(restored["restored"] == [.string(copies[0])] && restored["invalid"] == [.string(copies[1])])
        #expect(try await site.send(.get, "/api/resource/Binder/held").status == 404)
    }

    @Test func `links are searched and checked`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let found = try await site.send(.get, "/api/method/frappe.desk.search.search_link?doctype=Book&txt=ALPHA")
        #expect(found.message.array?.map { $0["value"] } == ["B-1", "B-4"])
        #expect(found.message.array?.first?["description"] == "Alpha, isbn-B-1")
        let some = try await site.send(
            .get,
            "/api/method/frappe.desk.search.search_link?doctype=Book&txt=&page_length=2&filters="
                + coded(#"{"shelf": "Poetry"}"#))
        #expect(some.message.array?.count == 2)
        let valid = "/api/method/frappe.client.validate_link?doctype=Book&docname="
        #expect(
            try await site.send(.get, valid + "B-1&fields=" + coded(#"["title"]"#)).message == [
                "name": "B-1", "title": "Alpha",
            ])
        #expect(try await site.send(.get, valid + "B-9").message == [:])
    }

    @Test func `rights are told`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let reader = ["Cookie": try await site.signIn("reader@example.com")]
        let path = "/api/method/frappe.client.has_permission?doctype=Book&docname=B-1"
        #expect(try await site.send(.get, path, headers: reader).message == ["has_permission": true])
        #expect(
            try await site.send(.get, path + "&perm_type=write", headers: reader).message == ["has_permission": false])
        #expect(try await site.send(.get, path + "&perm_type=fly", headers: reader).status == 417)
        let all = try await site.send(
            .get, "/api/method/frappe.client.get_doc_permissions?doctype=Book&docname=B-1", headers: reader)
        #expect(all.message["permissions"]?["read"] == 1)
        #expect(all.message["permissions"]?["delete"] == 0)
    }

    @Test func `forms are loaded the way the desk does`() async throws {
        let site = try await Site.make()
        try await site.fill()
        let document = try await site.send(.get, "/api/method/frappe.desk.form.load.getdoc?doctype=Book&name=B-1")
        #expect(document.json["docs"]?.array?.first?["title"] == "Alpha")
        let type = try await site.send(.get, "/api/method/frappe.desk.form.load.getdoctype?doctype=Book")
        #expect(type.json["docs"]?.array?.map { $0["name"] } == ["Book", "Author"])
        #expect(try await site.send(.get, "/api/method/version").message.string?.isEmpty == false)
        #expect(try await site.send(.get, "/api/method/frappe.client.get_time_zone").message == ["time_zone": "UTC"])
    }
}

/// Something that is renamed.
private struct Binder: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Binder", module: "Library", naming: .prompt, .renamable, permissions: [.manage("Librarian")])
    let note = Data()
    init() {}

    /// What a hook of a module meets when a table's rule refuses its row.
    static func validate(_ binder: Doc<Self>, in session: Session) throws {
        if binder.note == "breaks" { throw StorageError.forbidden("a rule of the table") }
    }
    static func onRestore(_ binder: Doc<Self>, in session: Session) throws {
        if binder.note == "stays" { throw StorageError.duplicate(columns: ["binder.note"]) }
    }
}

/// What there is one of.
private struct BinderSettings: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Binder Settings", module: "Library", .single, permissions: [.manage("Librarian")])
    let colour = Data(.fallback("red"))
    init() {}
}
