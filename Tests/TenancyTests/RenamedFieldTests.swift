import Documents
import History
import Lists
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// What becomes of documents when the DocType they are of is changed or goes.
@Suite(.bothEngines) struct RenamedFieldTests {
    private static let permissions: JSON = [
        ["role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1]
    ]
    private static let probeRow: JSONObject = [
        "doctype": "DocType", "name": "Probe Spot", "module": "Laboratory", "istable": 1,
        "fields": [["fieldname": "spot", "fieldtype": "Data"], ["fieldname": "depth", "fieldtype": "Int"]],
    ]
    private static let probe: JSONObject = [
        "doctype": "DocType", "name": "Probe", "module": "Laboratory", "autoname": "field:code", "track_changes": 1,
        "title_field": "headline", "sort_field": "note", "search_fields": "code, note",
        "fields": [
            ["fieldname": "code", "fieldtype": "Data", "reqd": 1],
            ["fieldname": "note", "fieldtype": "Data", "search_index": 1],
            ["fieldname": "size", "fieldtype": "Int"],
            ["fieldname": "headline", "fieldtype": "Data", "options": "{code}: {note}"],
            ["fieldname": "spots", "fieldtype": "Table", "options": "Probe Spot", "depends_on": "note"],
        ],
        "permissions": permissions,
    ]

    private static func moment(_ hour: Int) -> Timestamp {
        Timestamp("2026-03-02 00:00:00").map { Timestamp(microseconds: $0.microseconds + Int64(hour) * 3_600_000_000) }
            ?? .earliest
    }

    private static func with(
        _ modules: [Module] = [], _ body: (Tenant, TemporaryPlace) async throws -> Void
    ) async throws {
        let place = try TemporaryPlace(kind: "RenamedFieldTests")
        let tenant = try await open(place, modules)
        try await body(tenant, place)
        try await expectSound(tenant, modules)
        await tenant.close()
    }

    private static func open(_ place: TemporaryPlace, _ modules: [Module]) async throws -> Tenant {
        try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: modules, name: "acme")
    }

    private static func expectSound(_ tenant: Tenant, _ modules: [Module]) async throws {
        for finding in try await Doctor(modules: modules, key: tenant.audit).run(on: tenant.database, at: tenant.now())
        where !finding.problems.isEmpty {
            Issue.record("\(finding.name): \(finding.problems.prefix(5))")
        }
    }

    /// Two probes with a history; a third was deleted.
    private static func fill(_ tenant: Tenant) async throws {
        try await tenant.write(as: .administrator, at: moment(1)) { session in
            try session.changeMetadata {
                try session.saveMetadata("DocType", probeRow)
                try session.saveMetadata("DocType", probe)
            }
            for code in ["p1", "p2", "p3"] {
                try session.make(
                    "Probe",
                    ["code": .string(code), "note": "first", "size": 1, "spots": [["spot": "left", "depth": 3]]])
            }
        }
        try await tenant.write(as: .administrator, at: moment(2)) { session in
            let probe = try session.get("Probe", "p1")
            let row = try #require(probe.table("spots").first)
            try session.apply(
                ["note": "second", "spots": [["name": .string(row.name), "spot": "right", "depth": 3]]], to: probe)
            try session.save(probe)
            try session.delete("Probe", "p3")
            try session.make(
                "Property Setter",
                [
                    "doctype_or_field": "DocField", "doc_type": "Probe", "field_name": "note", "property": "label",
                    "value": "Remark",
                ])
            try session.make(
                "Custom Field", ["dt": "Probe", "label": "Bin", "fieldtype": "Data", "insert_after": "note"])
        }
    }

    @Test func `a field, a table and a field of its rows are renamed with what they hold and what they were`()
        async throws
    {
        try await Self.with { tenant, _ in
            try await Self.fill(tenant)
            let names: JSON = [
                "Probe": ["note": "remark", "spots": "points", "custom_bin": "custom_box"],
                "Probe Spot": ["spot": "place"],
            ]
            let planned = try await tenant.write(as: .administrator) { session in
                try session.call("cauldron.meta.plan", ["rename": names])
            }
            let words = Set((planned.array ?? []).compactMap { $0["step"]?.string })
            #expect(
                words.isSuperset(of: [
                    "rename column probe.note to remark", "rename rows probe.spots to points",
                    "rename column probe_spot.spot to place", "rename column probe.custom_bin to custom_box",
                    "drop index on probe(note)", "create index on probe(remark)",
                ]), "\(words)")
            #expect(planned.array?.contains { $0["loses_data"] == true } == false)
            try await tenant.write(as: .administrator, at: Self.moment(3)) { session in
                _ = try session.call("cauldron.meta.apply", ["rename": names])
            }
            try await tenant.write(as: .administrator, at: Self.moment(4)) { session in
                let type = try session.registry.doctype("Probe")
                #expect(type.sort.field == "remark")
                #expect(type.fields.map(\.name) == ["code", "remark", "custom_box", "size", "headline", "points"])
                #expect(type.field("remark")?.label == "Remark", "what was set of it follows")
                let now = try session.get("Probe", "p1")
                #expect(now.text("remark") == "second")
                #expect(now.table("points").map { $0.text("place") } == ["right"])
                let then = try session.get("Probe", "p1", asOf: Self.moment(1))
                #expect(then.text("remark") == "first")
                #expect(then.table("points").map { $0.text("place") } == ["left"])
                let gone = try session.get("Probe", "p3", asOf: Self.moment(1))
                #expect(gone.table("points").map { $0.text("place") } == ["left"])
                let copy = try #require(
                    try session.list(ListQuery("Deleted Document", filters: ["deleted_name": "p3"])).rows.first?[0].text
                )
                try session.restore(copy)
                #expect(try session.get("Probe", "p3").text("remark") == "first")
                now.set("remark", "third")
                try session.save(now)
                #expect(now.text("headline") == "p1: third")
                let found = try session.list(ListQuery("Probe", filters: ["remark": "third"])).rows
                #expect(found.map { $0[0].text } == ["p1"])
            }
        }
    }

    @Test func `a row that calls its field otherwise renames it, and nothing is lost`() async throws {
        try await Self.with { tenant, _ in
            try await Self.fill(tenant)
            try await tenant.write(as: .administrator) { session in
                let type = try session.get("DocType", "Probe")
                try #require(type.table("fields").first { $0.text("fieldname") == "size" }).set("fieldname", "girth")
                try session.save(type)
                #expect(try session.get("Probe", "p1").int("girth") == 1)
            }
        }
    }

    @Test func `a renaming that mixes up fields is refused and leaves nothing`() async throws {
        try await Self.with { tenant, _ in
            try await Self.fill(tenant)
            let cases: [(JSON, Problem.Kind)] = [
                (["Probe": ["note": "size"]], .badMetadata), (["Probe": ["note": "Not good"]], .badMetadata),
                (["Probe": ["nothing": "x"]], .unknownField), (["Role": ["role_name": "title"]], .forbidden),
                (["Probe": ["custom_bin": "note"]], .badMetadata), (["Probe": ["note": "name"]], .badMetadata),
            ]
            for (names, kind) in cases {
                let found = await problem {
                    try await tenant.write(as: .administrator) { session in
                        _ = try session.call("cauldron.meta.apply", ["rename": names])
                    }
                }
                #expect(found?.kind == kind, "\(names): \(found?.message ?? "nothing")")
            }
            let swapped = await problem {
                try await tenant.write(as: .administrator) { session in
                    let type = try session.get("DocType", "Probe")
                    for row in type.table("fields") {
                        switch row.text("fieldname") {
                        case "code": row.set("fieldname", "note")
                        case "note": row.set("fieldname", "code")
                        default: break
                        }
                    }
                    try session.save(type)
                }
            }
            #expect(swapped?.kind == .badMetadata)
            try await tenant.read(as: .administrator) { session throws in
                #expect(try session.get("Probe", "p1").text("note") == "second")
            }
        }
    }

    @Test func `rows of a table that goes are shown before, and go only when it is agreed`() async throws {
        try await Self.with { tenant, _ in
            try await Self.fill(tenant)
            var less = Self.probe
            less["fields"] = .array((Self.probe["fields"]?.array ?? []).filter { $0["fieldname"] != "spots" })
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
        try await Self.with { tenant, _ in
            try await Self.fill(tenant)
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

    @Test func `what names a field alone follows, and what reads it in a condition is refused`() async throws {
        try await Self.with { tenant, _ in
            var gadget = Self.probe
            gadget["name"] = "Gadget"
            gadget["autoname"] = "branch.-.{kind}.-.###"
            gadget["title_field"] = JSON?.none
            gadget["fields"] = [
                ["fieldname": "branch", "fieldtype": "Data"], ["fieldname": "kind", "fieldtype": "Data"],
                ["fieldname": "note", "fieldtype": "Data", "depends_on": "kind"],
                ["fieldname": "code", "fieldtype": "Data"],
            ]
            let type = gadget
            try await tenant.write(as: .administrator) { session in
                try session.make("DocType", type)
                try session.make(
                    "Custom Field",
                    [
                        "dt": "Gadget", "label": "Limit", "fieldtype": "Int",
                        "read_only_depends_on": "eval:doc.kind=='A'",
                    ])
                try session.make(
                    "Property Setter",
                    [
                        "doctype_or_field": "DocType", "doc_type": "Gadget", "property": "field_order",
                        "value": #"["kind", "branch", "note", "code", "custom_limit"]"#,
                    ])
                try session.make(
                    "Document Naming Rule",
                    [
                        "document_type": "Gadget", "prefix": "R-.branch.-", "prefix_digits": 2,
                        "conditions": [["field": "code", "condition": "=", "value": "rule"]],
                    ])
            }
            func rename(_ names: JSON) async throws {
                try await tenant.write(as: .administrator) { session in
                    _ = try session.call("cauldron.meta.apply", ["rename": names])
                }
            }
            let read = await problem { try await rename(["Gadget": ["kind": "sort"]]) }
            #expect(read?.kind == .badMetadata)
            #expect(read?.message.contains("custom_limit") == true)
            for names in [["Gadget": ["a", "b"]], ["Gadget"], ["Gadget": ["kind": 7]]] as [JSON] {
                let refused = await problem { try await rename(names) }
                #expect(refused?.kind == .malformed)
            }
            try await tenant.write(as: .administrator) { session in
                let limit = try session.get("Custom Field", "Gadget-custom_limit")
                limit.set("read_only_depends_on", "")
                try session.save(limit)
            }
            try await rename(["Gadget": ["kind": "sort", "branch": "place", "code": "sign"]])
            try await tenant.write(as: .administrator) { session in
                let type = try session.registry.doctype("Gadget")
                #expect(type.fields.map(\.name) == ["sort", "place", "note", "sign", "custom_limit"])
                #expect(type.field("note")?.dependsOn == "sort")
                #expect(try session.make("Gadget", ["place": "X", "sort": "Y"]).name == "X-Y-001")
                #expect(try session.make("Gadget", ["place": "X", "sign": "rule"]).name == "R-X-01")
            }
            let somebody = Actor(user: "so@example.com", roles: ["Nothing"])
            for names in [["Gadget": ["nothing": "x"]], ["Nowhere": ["a": "b"]]] as [JSON] {
                let refused = await problem {
                    try await tenant.write(as: somebody) { session in
                        _ = try session.call("cauldron.meta.plan", ["rename": names])
                    }
                }
                #expect(refused?.kind == .forbidden, "nothing is told to who may not change metadata")
            }
        }
    }

    @Test func `copies keep their passwords, and the past of another field of the name is left out`() async throws {
        try await Self.with { tenant, _ in
            var safe = Self.probe
            safe["name"] = "Safe"
            safe["title_field"] = JSON?.none
            safe["sort_field"] = JSON?.none
            safe["search_fields"] = JSON?.none
            safe["fields"] = [
                ["fieldname": "code", "fieldtype": "Data", "reqd": 1], ["fieldname": "pin", "fieldtype": "Password"],
                ["fieldname": "size", "fieldtype": "Int"], ["fieldname": "photo", "fieldtype": "Data"],
            ]
            let type = safe
            try await tenant.write(as: .administrator, at: Self.moment(1)) { session in
                try session.make("DocType", type)
                try session.make("Safe", ["code": "s1", "pin": "1234", "size": 7, "photo": "p"])
                try session.make("Safe", ["code": "s2", "pin": "5678", "size": 8, "photo": "q"])
                try session.make(
                    "File",
                    [
                        "file_name": "photo", "file_url": "https://example.com/photo.png",
                        "attached_to_doctype": "Safe",
                        "attached_to_name": "s1", "attached_to_field": "photo",
                    ])
                try session.delete("Safe", "s1")
            }
            var less = type
            less["fields"] = .array((type["fields"]?.array ?? []).filter { $0["fieldname"] != "size" })
            let docs = JSON.object(less)
            try await tenant.write(as: .administrator, at: Self.moment(2)) { session in
                _ = try session.call("cauldron.meta.apply", ["docs": docs, "allow": ["drop column safe.size"]])
                _ = try session.call("cauldron.meta.apply", ["rename": ["Safe": ["pin": "secret", "photo": "size"]]])
                let copy = try session.list(ListQuery("Deleted Document", filters: ["deleted_name": "s1"])).rows
                try session.restore(copy.first?[0].text ?? "")
                let back = try session.get("Safe", "s1")
                #expect(back.text("secret") == "1234")
                #expect(back.text("size") == "p")
                let files = try session.list(ListQuery("File", filters: ["attached_to_field": "size"])).rows
                #expect(files.count == 1)
                #expect(try session.get("Safe", "s2", asOf: Self.moment(1)).text("size") == "q")
            }
        }
    }

    @Test func `a file takes what the company made read-only with new documents, and says that it leaves it in others`()
        async throws
    {
        try await Self.with { tenant, _ in
            let type: JSONObject = [
                "name": "Meter", "module": "Laboratory", "autoname": "field:code", "permissions": Self.permissions,
                "fields": [
                    ["fieldname": "code", "fieldtype": "Data", "reqd": 1],
                    ["fieldname": "serial", "fieldtype": "Data", "read_only": 1],
                ],
            ]
            try await tenant.write(as: .administrator) { session in
                try session.make("DocType", type)
                var work = Import("Meter")
                var file = CSVReader("name,code,serial\nm1,m1,A1\n")
                #expect(try work.run(&file, in: session).ignored == [])
                work.updates = true
                var other = CSVReader("name,serial\nm1,B2\n")
                #expect(try work.run(&other, in: session).ignored == ["serial"])
                #expect(try session.get("Meter", "m1").text("serial") == "A1")
            }
        }
    }

    @Test func `a rehearsal shows which documents go with their DocType`() async throws {
        try await Self.with { tenant, _ in
            try await Self.fill(tenant)
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
        let place = try TemporaryPlace(kind: "RenamedFieldTests")
        let modules = [Module("Tests") { $0.add(Widget.self) }]
        let before = try await Self.open(place, modules)
        try await Self.fill(before)
        try await before.write(as: .administrator) { session in
            _ = try session.make("Custom DocPerm", ["parent": "Widget", "role": "System Manager", "read": 1])
            _ = try session.make("Custom Field", ["dt": "Widget", "label": "Colour", "fieldtype": "Data"])
            // As an earlier version, which did not look for it, may have left them.
            try session.transaction.execute("UPDATE docperm SET \"import\" = 1 WHERE parent = 'Probe'")
            try session.transaction.execute("UPDATE custom_field SET length = 5000 WHERE dt = 'Widget'")
        }
        await before.close()
        let after = try await Self.open(place, modules)
        #expect(after.registry.find("Probe") == nil)
        #expect(after.registry.metadataProblems.count == 2, "\(after.registry.metadataProblems.map(\.message))")
        let widget = try #require(after.registry.find("Widget"))
        #expect(widget.field("custom_colour") == nil)
        #expect(widget.permissions.map(\.rights) == [[.read]], "what the company restricted stays so")
        try await after.write(as: .administrator) { session in
            try session.saveMetadata("DocType", Self.probe)
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
        let place = try TemporaryPlace(kind: "RenamedFieldTests")
        let modules = [Module("Tests") { $0.add(Widget.self) }]
        let before = try await Self.open(place, modules)
        try await before.write(as: .administrator) { session in
            _ = try session.make("Custom Field", ["dt": "Widget", "label": "Colour", "fieldtype": "Data"])
        }
        await before.close()
        let after = try await Self.open(place, [])
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
        let place = try TemporaryPlace(kind: "RenamedFieldTests")
        let before = try await Self.open(place, [])
        try await before.write(as: .administrator) { session in
            try session.make(
                "DocType",
                [
                    "name": "Widget", "module": "Laboratory", "autoname": "field:code", "permissions": Self.permissions,
                    "fields": [
                        ["fieldname": "code", "fieldtype": "Data", "reqd": 1],
                        ["fieldname": "size", "fieldtype": "Data"], ["fieldname": "note", "fieldtype": "Data"],
                    ],
                ])
            try session.make(
                "DocType",
                [
                    "name": "Cog", "module": "Laboratory", "autoname": "field:code", "permissions": Self.permissions,
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
        let refused = await problem { _ = try await Self.open(place, modules) }
        #expect(refused?.kind == .losesData)
        #expect(refused?.message.contains("convert column widget.size (3 rows)") == true)
        let again = try await Self.open(place, [])
        try await again.write(as: .administrator) { session in
            let widget = try session.get("Widget", "w2")
            widget.set("size", "7")
            try session.save(widget)
        }
        await again.close()
        let after = try await Self.open(place, modules)
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
        try await Self.expectSound(after, modules)
        await after.close()
        let later = try await Self.open(place, modules)
        #expect(later.registry.find("Widget")?.fields.map(\.name) == ["code", "size", "custom_colour", "note"])
        await later.close()
    }
}
