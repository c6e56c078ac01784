import Customization
import Documents
import Lists
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// What becomes of documents when their DocType or a table of it goes, comes into no force, or comes from a module.
@Suite(.bothEngines) struct DocTypeLifetimeTests {
    @Test func `rows of a table that goes are shown before, and go only when it is agreed`() async throws {
        try await Probes.with { tenant, _ in
            try await Probes.fill(tenant)
            var less = Probes.probe
            less["fields"] = .array((Probes.probe["fields"]?.array ?? []).filter { $0["fieldname"] != "spots" })
            let docs = JSON.object(less)
            let planned = try await tenant.write(as: .administrator) {
                try $0.call("cauldron.meta.plan", ["docs": docs])
            }
            #expect(planned == [["step": "drop rows probe.spots", "rows": 2, "loses_data": true]])
            let effects = try await tenant.write(as: .administrator) { session in
                try session.rehearse {
                    _ = try $0.call("cauldron.meta.apply", ["docs": docs, "allow": ["drop rows probe.spots"]])
                }
            }
            #expect(effects.schema.map(\.step.words) == ["drop rows probe.spots"])
            let refused = await problem {
                try await tenant.write(as: .administrator) { _ = try $0.call("cauldron.meta.apply", ["docs": docs]) }
            }
            #expect(refused?.kind == .losesData)
            try await tenant.write(as: .administrator) { session in
                _ = try session.call("cauldron.meta.apply", ["docs": docs, "allow": ["drop rows probe.spots"]])
            }
        }
    }

    @Test func `a DocType goes with its documents and all that hangs on them`() async throws {
        try await Probes.with { tenant, _ in
            try await Probes.fill(tenant)
            try await tenant.write(as: .administrator) { session in
                try session.call(
                    "frappe.desk.form.utils.add_comment",
                    [
                        "reference_doctype": "Probe", "reference_name": "p1", "content": "Look",
                        "comment_email": "Administrator", "comment_by": "Administrator",
                    ])
                try session.call("frappe.desk.doctype.tag.tag.add_tag", ["tag": "late", "dt": "Probe", "dn": "p1"])
                try session.delete("Custom Field", "Probe-custom_bin")
                try session.delete("Property Setter", "Probe-note-label")
                _ = try session.make(
                    "ToDo", ["description": "Look", "reference_type": "Probe", "reference_name": "p2"])
            }
            func drop(_ allowed: JSON) async throws {
                try await tenant.write(as: .administrator) { session in
                    _ = try session.call("cauldron.meta.apply", ["delete": [["DocType", "Probe"]], "allow": allowed])
                }
            }
            let refused = await problem { try await drop([]) }
            #expect(refused?.kind == .losesData)
            try await drop(["drop table probe"])
            try await tenant.read(as: .administrator) { session throws in
                #expect(session.registry.find("Probe") == nil)
                for doctype in ["Comment", "Tag Link", "ToDo"] {
                    #expect(try session.count(ListQuery(doctype)) == 0, "\(doctype)")
                }
                let copies = try session.list(
                    ListQuery("Deleted Document", fields: ["deleted_name"], filters: ["deleted_doctype": "Probe"]))
                #expect(Set(copies.rows.compactMap { $0[0].text }) == ["p1", "p2", "p3"])
            }
        }
    }

    @Test func `a rehearsal shows which documents go with their DocType`() async throws {
        try await Probes.with { tenant, _ in
            try await Probes.fill(tenant)
            let shown = try await tenant.write(as: .administrator) { session in
                try session.call(
                    "cauldron.meta.apply",
                    [
                        "delete": [
                            ["Custom Field", "Probe-custom_bin"], ["Property Setter", "Probe-note-label"],
                            ["DocType", "Probe"],
                        ], "allow": ["drop table probe"], "rehearse": 1,
                    ])
            }
            let gone = (shown["documents"]?.array ?? []).filter { $0["doctype"] == "Probe" }
            #expect(Set(gone.compactMap { $0["name"]?.string }) == ["p1", "p2"])
            #expect(gone.allSatisfy { $0["action"] == "delete" })
            #expect(tenant.registry.find("Probe") != nil)
        }
    }

    @Test func `a DocType that came into no force is mended, and its documents are there`() async throws {
        let place = try TemporaryPlace(kind: "DocTypeLifetimeTests")
        let modules = [Module("Tests") { $0.add(Widget.self) }]
        let before = try await Probes.open(place, modules)
        try await Probes.fill(before)
        try await before.write(as: .administrator) { session in
            _ = try session.make("Custom DocPerm", ["parent": "Widget", "role": "System Manager", "read": 1])
            _ = try session.make("Custom Field", ["dt": "Widget", "label": "Colour", "fieldtype": "Data"])
            // As an earlier version, which did not look for it, may have left them.
            try session.transaction.execute("UPDATE docperm SET \"import\" = 1 WHERE parent = 'Probe'")
            try session.transaction.execute("UPDATE custom_field SET length = 5000 WHERE dt = 'Widget'")
        }
        await before.close()
        let after = try await Probes.open(place, modules)
        #expect(after.registry.find("Probe") == nil)
        #expect(after.registry.metadataProblems.count == 2, "\(after.registry.metadataProblems.map(\.message))")
        let widget = try #require(after.registry.find("Widget"))
        #expect(widget.field("custom_colour") == nil)
        #expect(widget.permissions.map(\.rights) == [[.read]], "what the company restricted stays so")
        try await after.write(as: .administrator) { session in
            try session.saveMetadata("DocType", Probes.probe)
            #expect(try session.get("Probe", "p1").text("note") == "second")
        }
        await after.close()
    }

    /// A DocType that a later version of a module brings.
    struct Widget: DocTypeSchema {
        static let doctype = DocTypeInfo(
            "Widget", module: "Tests", naming: .field("code"), permissions: [.manage("System Manager")])
        let code = Data(.required)
        let size = IntField()
        init() {}
    }

    /// Another, which is searched by a field that the company's has not.
    struct Cog: DocTypeSchema {
        static let doctype = DocTypeInfo(
            "Cog", module: "Tests", naming: .field("code"), search: ["story"], permissions: [.manage("System Manager")])
        let code = Data(.required)
        let story = SmallText()
        init() {}
    }

    @Test func `what a company set of a DocType that is gone stands in nobody's way`() async throws {
        let place = try TemporaryPlace(kind: "DocTypeLifetimeTests")
        let modules = [Module("Tests") { $0.add(Widget.self) }]
        let before = try await Probes.open(place, modules)
        try await before.write(as: .administrator) { session in
            _ = try session.make("Custom Field", ["dt": "Widget", "label": "Colour", "fieldtype": "Data"])
        }
        await before.close()
        let after = try await Probes.open(place, [])
        #expect(after.registry.metadataProblems.count == 1)
        try await after.write(as: .administrator) { session in
            _ = try session.make("Custom Field", ["dt": "Role", "label": "Level", "fieldtype": "Int"])
        }
        #expect(after.registry.find("Role")?.field("custom_level") != nil)
        let refused = await problem {
            try await after.write(as: .administrator) { session in
                _ = try session.make("Custom Field", ["dt": "Nowhere", "label": "Level", "fieldtype": "Int"])
            }
        }
        #expect(refused != nil)
        await after.close()
    }

    @Test func `a DocType that a module ships later takes over the company's documents`() async throws {
        let place = try TemporaryPlace(kind: "DocTypeLifetimeTests")
        let before = try await Probes.open(place, [])
        try await before.write(as: .administrator) { session in
            try session.make(
                "DocType",
                [
                    "name": "Widget", "module": "Laboratory", "autoname": "field:code",
                    "permissions": Probes.permissions,
                    "fields": [
                        ["fieldname": "code", "fieldtype": "Data", "reqd": 1],
                        ["fieldname": "size", "fieldtype": "Data"], ["fieldname": "note", "fieldtype": "Data"],
                    ],
                ])
            try session.make(
                "DocType",
                [
                    "name": "Cog", "module": "Laboratory", "autoname": "field:code", "permissions": Probes.permissions,
                    "fields": [["fieldname": "code", "fieldtype": "Data", "reqd": 1]],
                ])
            try session.make("Cog", ["code": "c1"])
            try session.make("Custom Field", ["dt": "Widget", "label": "Colour", "fieldtype": "Data"])
            try session.make("Custom DocPerm", ["parent": "Widget", "role": "System Manager", "read": 1, "write": 1])
            try session.make("Widget", ["code": "w0", "size": "1", "custom_colour": "red"])
            try session.make("Widget", ["code": "w1", "size": "12", "note": "kept"])
            try session.make("Widget", ["code": "w2", "size": "wide"])
        }
        await before.close()
        let modules = [Module("Tests") { $0.add(Cog.self, Widget.self) }]
        let refused = await problem { _ = try await Probes.open(place, modules) }
        #expect(refused?.kind == .losesData)
        #expect(refused?.message.contains("convert column widget.size (3 rows)") == true)
        let again = try await Probes.open(place, [])
        try await again.write(as: .administrator) { session in
            let widget = try session.get("Widget", "w2")
            widget.set("size", "7")
            try session.save(widget)
        }
        await again.close()
        let after = try await Probes.open(place, modules)
        #expect(after.registry.metadataProblems.isEmpty)
        try await after.write(as: .administrator) { session in
            #expect(session.registry.find("Widget")?.isCustom == false)
            let widget = try session.get("Widget", "w1")
            #expect(widget.int("size") == 12)
            #expect(widget.text("note") == "kept")
            #expect(try session.get("Widget", "w0").text("custom_colour") == "red")
            #expect(try session.get("Cog", "c1").text("story").isEmpty)
            widget.set("note", "changed")
            try session.save(widget)
            _ = try session.make("Custom Field", ["dt": "Role", "label": "Level", "fieldtype": "Int"])
        }
        try await Probes.expectSound(after, modules)
        await after.close()
        let later = try await Probes.open(place, modules)
        #expect(later.registry.find("Widget")?.fields.map(\.name) == ["code", "size", "custom_colour", "note"])
        await later.close()
    }
}
