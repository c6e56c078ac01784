import Documents
import Lists
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// Names, codes, choices and links have one form, however they are typed.
@Suite(.bothEngines) struct OneFormTests {
    static let composed = "caf\u{E9}"
    static let decomposed = "cafe\u{301}"

    @Test func `a name is kept in NFC, and found by every form of it`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock([Self.decomposed: "1", "\u{212A}ey": "2"])
        try await workshop.read { session in
            for (typed, kept) in [
                (Self.decomposed, Self.composed), (Self.composed, Self.composed), ("\u{212A}ey", "Key"),
            ] {
                let part = try session.get("Part", typed)
                #expect(part.name == kept && part.text("code") == kept)
            }
        }
    }

    @Test func `who adds the same name in another form is told that it exists`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock([Self.composed: "1"])
        let found = await problem { try await workshop.stock([Self.decomposed: "1"]) }
        #expect(found?.kind == .duplicateName)
    }

    @Test func `a link in another form is a link to the document, in every row and with what is fetched`() async throws
    {
        let workshop = try await Workshop()
        try await workshop.stock([Self.composed: "7"])
        try await workshop.write { session in
            let job = try session.make(
                "Job",
                [
                    "subject": "a", "about_type": "Part", "about": .string(Self.decomposed),
                    "part": .string(Self.decomposed),
                    "parts": [["part": .string(Self.composed)], ["part": .string(Self.decomposed)]],
                ])
            #expect(job.text("part") == Self.composed && job.text("about") == Self.composed)
            #expect(job.table("parts").map { $0.text("part") } == [Self.composed, Self.composed])
            #expect(job.table("parts").map { $0.exact("price") } == [7, 7])
            try session.apply(["part": .string(Self.decomposed)], to: job)
            try session.save(job)
            #expect(job.text("part") == Self.composed)
        }
    }

    @Test func `a filter finds what is kept by every form of its value`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock([Self.composed: "1", "bolt": "2"])
        try await workshop.read { session throws in
            func count(_ op: String, _ value: JSON) throws -> Int {
                try session.list(ListQuery("Part", filters: [["code", .string(op), value]])).rows.count
            }
            // In turn, so that the statement of one form is not taken for the other.
            for text in [Self.composed, Self.decomposed, "bolt", Self.decomposed, "nothing", Self.composed] {
                let found = text == "nothing" ? 0 : 1
                #expect(try count("=", .string(text)) == found)
                #expect(try count("in", [.string(text)]) == found)
                #expect(try count("!=", .string(text)) == 2 - found)
                #expect(try count("not in", [.string(text)]) == 2 - found)
            }
        }
    }

    @Test func `a unique code in another form is the same code`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        let found = await problem {
            try await workshop.write { session in
                for (name, code) in [("bolt", Self.composed), ("nut", Self.decomposed)] {
                    let part = try session.get("Part", name)
                    try session.apply(["barcode": .string(code)], to: part)
                    try session.save(part)
                }
            }
        }
        #expect(found?.kind == .duplicate && found?.field == "barcode")
    }

    @Test func `a choice in another form is the choice`() async throws {
        let workshop = try await Workshop()
        try await workshop.write(as: .administrator) { session in
            try session.make(
                "DocType",
                [
                    "name": "Cup", "module": "Workshop", "autoname": "prompt",
                    "fields": [
                        [
                            "fieldname": "drink", "fieldtype": "Select", "default": .string(Self.decomposed),
                            "options": .string("tea\n\(Self.decomposed)"),
                        ]
                    ],
                ])
            for (name, drink) in [("a", Self.composed), ("b", Self.decomposed)] {
                let cup = try session.make("Cup", ["__newname": .string(name), "drink": .string(drink)])
                #expect(cup.text("drink") == Self.composed)
            }
            #expect(try session.make("Cup", ["__newname": "c"]).text("drink") == Self.composed)
        }
    }

    @Test func `a DocType and a link to it in another form are that DocType`() async throws {
        let workshop = try await Workshop()
        try await workshop.write(as: .administrator) { session in
            func make(_ name: String, _ fields: JSON) throws {
                try session.make(
                    "DocType", ["name": .string(name), "module": "Workshop", "autoname": "prompt", "fields": fields])
            }
            try make("Caf\u{E9}", [["fieldname": "note", "fieldtype": "Data"]])
            try make("Guest Book", [["fieldname": "place", "fieldtype": "Link", "options": "Cafe\u{301}"]])
            try session.make("Caf\u{E9}", ["__newname": "Central"])
            try session.make("Guest Book", ["__newname": "b", "place": "Central"])
            let refused = #expect(throws: Problem.self) { try session.delete("Caf\u{E9}", "Central") }
            #expect(refused?.kind == .linked)
        }
    }

    @Test func `a series of a word in another form is one series`() async throws {
        let workshop = try await Workshop()
        try await workshop.write(as: .administrator) { session in
            try session.make(
                "DocType",
                [
                    "name": "Order Slip", "module": "Workshop", "autoname": "format:{place}-{##}",
                    "fields": [["fieldname": "place", "fieldtype": "Data"]],
                ])
            let names = try [Self.composed, Self.decomposed].map {
                try session.make("Order Slip", ["place": .string($0)]).name
            }
            #expect(names == ["\(Self.composed)-01", "\(Self.composed)-02"])
        }
    }

    @Test func `a new name is brought to NFC when a document is renamed`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock()
        try await workshop.write { session in
            try session.privileged { _ = try session.rename("Part", "bolt", to: Self.decomposed) }
            #expect(try session.get("Part", Self.composed).text("code") == Self.composed)
            let same = try session.privileged { try session.rename("Part", Self.composed, to: Self.decomposed) }
            #expect(same == Self.composed)
        }
    }

    @Test func `text of many lines stays as it was typed`() async throws {
        let workshop = try await Workshop()
        try await workshop.write { session in
            let job = try session.make("Job", ["subject": "a", "remark": .string("one\n\(Self.decomposed)")])
            #expect(job.text("remark") == "one\n\(Self.decomposed)")
        }
    }
}

/// Readers of names from outside take every form of a name.
@Suite(.bothEngines) struct NameReaderTests {
    static let composed = OneFormTests.composed
    static let decomposed = OneFormTests.decomposed

    @Test func `a node of a tree is found by every form of its name`() async throws {
        let workshop = try await Workshop()
        try await workshop.write { session in
            try session.make("Shelf", ["__newname": .string(Self.composed)])
            try session.make("Shelf", ["__newname": "below", "parent_shelf": .string(Self.composed)])
        }
        for text in [Self.composed, Self.decomposed, Self.composed] {
            let query = ListQuery("Shelf", filters: [["name", "descendants of", .string(text)]])
            #expect(try await workshop.read { try $0.list(query).rows } == [[.text("below")]])
        }
    }

    @Test func `what was once is found by every form of its name, also what was called so before names had one`()
        async throws
    {
        let archive = try await Archive()
        try await archive.write(10) { session in
            try session.make("Past Customer", ["__newname": .string(Self.composed), "territory": "North"])
            try session.make("Past Customer", ["__newname": "old", "territory": "West"])
            try session.callAsBefore("Past Customer", "old", "ola\u{301}")
        }
        try await archive.write(20) { session in
            for name in [Self.composed, "ola\u{301}"] { try session.delete("Past Customer", name) }
        }
        for (name, kept) in [
            (Self.composed, Self.composed), (Self.decomposed, Self.composed), ("ola\u{301}", "ola\u{301}"),
        ] {
            let found = try await archive.past("Past Customer", name, 15)
            #expect(found?["name"] == .string(kept))
            for filter: JSON in [[["name", "=", .string(name)]], [["name", "in", [.string(name)]]]] {
                let rows = try await archive.read { session in
                    var query = ListQuery("Past Customer", filters: filter)
                    query.asOf = Archive.moment(15)
                    return try session.list(query).rows
                }
                #expect(rows == [[.text(kept)]])
            }
        }
        #expect(try await archive.past("Past Customer", Self.decomposed, 25) == nil)
    }

    @Test func `a document has one share with a user, by whatever form of its name it is shared`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock([Self.composed: "1"])
        try await workshop.write(as: .administrator) { session in
            try session.make("User", ["email": "ana@example.com", "first_name": "Ana"])
            func call(_ method: String, _ name: String, _ more: JSONObject = [:]) throws -> JSON {
                var arguments = more
                arguments["doctype"] = "Part"
                arguments["name"] = .string(name)
                return try session.call(method, arguments)
            }
            for name in [Self.decomposed, Self.composed, Self.decomposed] {
                _ = try call("frappe.share.add", name, ["user": "ana@example.com", "write": 1])
                #expect(try call("frappe.share.get_users", name).array?.count == 1)
            }
            #expect(try session.list(ListQuery("DocShare", fields: ["share_name"])).rows == [[.text(Self.composed)]])
            _ = try call("frappe.share.remove", Self.decomposed, ["user": "ana@example.com"])
            #expect(try call("frappe.share.get_users", Self.composed).array?.isEmpty == true)
        }
    }

    @Test func `methods take every form of a name`() async throws {
        let workshop = try await Workshop()
        try await workshop.stock([Self.composed: "1"])
        try await workshop.write(as: .administrator) { session in
            try session.make("User", ["email": "ana@example.com", "first_name": "Ana"])
            let name = JSON.string(Self.decomposed)
            _ = try session.call(
                "frappe.desk.form.utils.add_comment",
                ["reference_doctype": "Part", "reference_name": name, "content": "good"])
            _ = try session.call("frappe.desk.doctype.tag.tag.add_tag", ["dt": "Part", "dn": name, "tag": "new"])
            _ = try session.call(
                "frappe.desk.form.assign_to.add",
                ["doctype": "Part", "name": name, "assign_to": #"["ana@example.com"]"#, "description": "look"])
            let marks = try session.call("cauldron.marks", ["doctype": "Part", "name": .string(Self.composed)])
            #expect(marks.text.contains("good") && marks.text.contains("new") && marks.text.contains("ana@example.com"))
        }
    }

    @Test func `every argument that names a document says of what`() throws {
        let names: Set<String> = [
            "name", "docname", "dn", "reference_name", "old", "old_name", "doc_name", "assign_to", "user", "names",
            "docnames",
        ]
        // A comment is named by letters and digits; a name of once is looked for in every form.
        let others: Set<String> = [
            "frappe.desk.form.utils.update_comment name", "frappe.model.rename_doc.update_document_title name",
            "cauldron.as_of name",
        ]
        for method in Registry.core().methods.values {
            for parameter in method.parameters where names.contains(parameter.name) && parameter.target == nil {
                #expect(others.contains("\(method.name) \(parameter.name)"))
            }
        }
    }
}
