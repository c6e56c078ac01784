import Documents
import History
import Lists
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// What becomes of documents when fields of their DocType are renamed.
@Suite(.bothEngines) struct RenamedFieldTests {
    @Test func `a field, a table and a field of its rows are renamed with what they hold and what they were`()
        async throws
    {
        try await Probes.with { tenant, _ in
            try await Probes.fill(tenant)
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
            try await tenant.write(as: .administrator, at: Probes.moment(3)) { session in
                _ = try session.call("cauldron.meta.apply", ["rename": names])
            }
            try await tenant.write(as: .administrator, at: Probes.moment(4)) { session in
                let type = try session.registry.doctype("Probe")
                #expect(type.sort.field == "remark")
                #expect(type.fields.map(\.name) == ["code", "remark", "custom_box", "size", "headline", "points"])
                #expect(type.field("remark")?.label == "Remark", "what was set of it follows")
                let now = try session.get("Probe", "p1")
                #expect(now.text("remark") == "second")
                #expect(now.table("points").map { $0.text("place") } == ["right"])
                let then = try session.get("Probe", "p1", asOf: Probes.moment(1))
                #expect(then.text("remark") == "first")
                #expect(then.table("points").map { $0.text("place") } == ["left"])
                let gone = try session.get("Probe", "p3", asOf: Probes.moment(1))
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
        try await Probes.with { tenant, _ in
            try await Probes.fill(tenant)
            try await tenant.write(as: .administrator) { session in
                let type = try session.get("DocType", "Probe")
                try #require(type.table("fields").first { $0.text("fieldname") == "size" }).set("fieldname", "girth")
                try session.save(type)
                #expect(try session.get("Probe", "p1").int("girth") == 1)
            }
        }
    }

    @Test func `a renaming that mixes up fields is refused and leaves nothing`() async throws {
        try await Probes.with { tenant, _ in
            try await Probes.fill(tenant)
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

    @Test func `what names a field alone follows, and what reads it in a condition is refused`() async throws {
        try await Probes.with { tenant, _ in
            var gadget = Probes.probe
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
        try await Probes.with { tenant, _ in
            var safe = Probes.probe
            safe["name"] = "Safe"
            safe["title_field"] = JSON?.none
            safe["sort_field"] = JSON?.none
            safe["search_fields"] = JSON?.none
            safe["fields"] = [
                ["fieldname": "code", "fieldtype": "Data", "reqd": 1], ["fieldname": "pin", "fieldtype": "Password"],
                ["fieldname": "size", "fieldtype": "Int"], ["fieldname": "photo", "fieldtype": "Data"],
            ]
            let type = safe
            try await tenant.write(as: .administrator, at: Probes.moment(1)) { session in
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
            try await tenant.write(as: .administrator, at: Probes.moment(2)) { session in
                _ = try session.call("cauldron.meta.apply", ["docs": docs, "allow": ["drop column safe.size"]])
                _ = try session.call("cauldron.meta.apply", ["rename": ["Safe": ["pin": "secret", "photo": "size"]]])
                let copy = try session.list(ListQuery("Deleted Document", filters: ["deleted_name": "s1"])).rows
                try session.restore(copy.first?[0].text ?? "")
                let back = try session.get("Safe", "s1")
                #expect(back.text("secret") == "1234")
                #expect(back.text("size") == "p")
                let files = try session.list(ListQuery("File", filters: ["attached_to_field": "size"])).rows
                #expect(files.count == 1)
                #expect(try session.get("Safe", "s2", asOf: Probes.moment(1)).text("size") == "q")
            }
        }
    }

    @Test func `a file takes what the company made read-only with new documents, and says that it leaves it in others`()
        async throws
    {
        try await Probes.with { tenant, _ in
            let type: JSONObject = [
                "name": "Meter", "module": "Laboratory", "autoname": "field:code", "permissions": Probes.permissions,
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
}
