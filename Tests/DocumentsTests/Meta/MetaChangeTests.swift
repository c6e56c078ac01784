import Customization
import Documents
import Lists
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct MetaChangeTests {
    private static let gauge: JSONObject = [
        "doctype": "DocType", "name": "Gauge", "module": "Laboratory", "autoname": "field:code", "track_changes": 1,
        "fields": [
            ["fieldname": "code", "fieldtype": "Data", "reqd": 1], ["fieldname": "reading", "fieldtype": "Int"],
            ["fieldname": "note", "fieldtype": "Small Text"],
        ],
        "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1]],
    ]

    private func withGauges() async throws -> MetaLaboratory {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            try session.make("DocType", Self.gauge)
            // The same transaction may use it at once.
            try session.make("Gauge", ["code": "g1", "reading": 7])
        }
        try await laboratory.write { _ = try $0.make("Gauge", ["code": "g2", "reading": "12", "note": "old"]) }
        return laboratory
    }

    @Test func `the files of the fixtures become DocTypes and are exported as they came`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        for file in try MetaFixtures.all() {
            let name = file["name"]?.string ?? ""
            let exported = try await laboratory.read { try $0.call("cauldron.meta.export", ["doctype": .string(name)]) }
            #expect(exported == file, "\(name): \(exported)")
        }
    }

    @Test func `a DocType is made, used and read again while the company runs`() async throws {
        let laboratory = try await withGauges()
        let again = try await laboratory.read { session in
            let registry = try Registry.core().customized(in: session)
            #expect(registry.metadataProblems == [])
            return registry.find("Gauge")?.fields.map(\.name)
        }
        #expect(again == ["code", "reading", "note"])
        let listed = try await laboratory.read { session in
            try session.list(ListQuery("Gauge", fields: ["name", "reading"], orderBy: "name")).rows
        }
        #expect(listed == [[.text("g1"), .int(7)], [.text("g2"), .int(12)]])
    }

    @Test func `a field is added to a shipped DocType, filled, listed and taken away again`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            try session.make("Part", ["code": "bolt", "title": "Bolt"])
            try session.make(
                "Custom Field",
                ["dt": "Part", "label": "Bin Number", "fieldtype": "Int", "insert_after": "title", "default": "5"])
        }
        try await laboratory.write { session in
            let part = try session.get(Part.self, "bolt")
            #expect(part.document.int("custom_bin_number") == 5, "documents that are there have the default")
            part.document.set("custom_bin_number", 9)
            part.title = "Bolts"
            try session.save(part)
            try session.make("Part", ["code": "nut", "title": "Nut"])
        }
        let rows = try await laboratory.read { session in
            #expect(try session.get(Part.self, "bolt").title == "Bolts", "typed access still works")
            #expect(
                session.registry.find("Part")?.fields.map(\.name).prefix(3) == ["code", "title", "custom_bin_number"])
            return try session.list(
                ListQuery("Part", fields: ["name"], filters: ["custom_bin_number": [">", 4]], orderBy: "name")
            ).rows
        }
        #expect(rows == [[.text("bolt")], [.text("nut")]])
        let refused = await problem {
            try await laboratory.write { try $0.delete("Custom Field", "Part-custom_bin_number") }
        }
        #expect(refused?.kind == .losesData)
        #expect(refused?.message.contains("drop column part.custom_bin_number (2 rows)") == true)
        try await laboratory.write { session in
            try session.changeMetadata(allowing: ["drop column part.custom_bin_number"]) {
                try session.delete("Custom Field", "Part-custom_bin_number")
            }
        }
        #expect(laboratory.registry.find("Part")?.field("custom_bin_number") == nil)
        try await laboratory.read { session throws in #expect(try session.get(Part.self, "bolt").title == "Bolts") }
    }

    @Test func `a property of a shipped field is set, and taken back`() async throws {
        let laboratory = try await MetaLaboratory()
        func set(_ field: String, _ property: String, _ value: String) async throws {
            try await laboratory.write { session in
                _ = try session.make(
                    "Property Setter",
                    [
                        "doctype_or_field": field.isEmpty ? "DocType" : "DocField", "doc_type": "Part",
                        "field_name": .string(field), "property": .string(property), "value": .string(value),
                    ])
            }
        }
        try await set("title", "label", "Designation")
        try await set("colour", "options", "\nRed\nBlue\nGreen")
        try await set("weight", "reqd", "1")
        try await set("", "title_field", "code")
        let part = try #require(laboratory.registry.find("Part"))
        #expect(part.field("title")?.label == "Designation")
        #expect(part.field("weight")?.flags.contains(.required) == true)
        #expect(part.titleField == "code")
        try await laboratory.write { _ = try $0.make("Part", ["code": "a", "title": "A", "colour": "Green"]) }
        try await laboratory.write { try $0.delete("Property Setter", "Part-title-label") }
        #expect(laboratory.registry.find("Part")?.field("title")?.label == "Title")
        for (field, property, value) in [
            ("title", "reqd", "0"), ("price", "non_negative", "0"), ("price", "fieldtype", "Data"),
            ("rating", "read_only", "0"), ("title", "fieldname", "x"),
            ("", "istable", "1"), ("", "autoname", "hash"), ("docstatus", "hidden", "1"), ("title", "formula", "1"),
            ("barcode", "unique", "0"), ("title", "length", "3"),
        ] {
            let refused = await problem { try await set(field, property, value) }
            #expect(refused?.kind == .badMetadata, "\(field).\(property)")
        }
    }

    @Test func `rows of Custom DocPerm take the place of all shipped ones`() async throws {
        let laboratory = try await MetaLaboratory()
        let visitor = Actor(user: "vi@example.com", roles: ["Visitor"])
        let worker = Actor(user: "wo@example.com", roles: ["Worker"])
        try await laboratory.write { session in
            try session.make("Role", ["role_name": "Worker"])
            try session.make("Part", ["code": "bolt", "title": "Bolt"])
        }
        try await laboratory.read(as: visitor) { _ = try $0.get("Part", "bolt") }
        try await laboratory.write {
            _ = try $0.make("Custom DocPerm", ["parent": "Part", "role": "Worker", "read": 1])
        }
        let refused = await problem { try await laboratory.read(as: visitor) { _ = try $0.get("Part", "bolt") } }
        #expect(refused?.kind == .forbidden)
        try await laboratory.read(as: worker) { _ = try $0.get("Part", "bolt") }
        let write = await problem {
            try await laboratory.write(as: worker) { _ = try $0.make("Part", ["code": "nut", "title": "Nut"]) }
        }
        #expect(write?.kind == .forbidden)
    }

    @Test func `a change is planned with its rows and leaves nothing`() async throws {
        let laboratory = try await withGauges()
        let before = try await laboratory.shape()
        let steps = try await laboratory.write { session -> JSON in
            var changed = Self.gauge
            changed["fields"] = [
                ["fieldname": "code", "fieldtype": "Data", "reqd": 1], ["fieldname": "reading", "fieldtype": "Float"],
                ["fieldname": "place", "fieldtype": "Data", "search_index": 1],
            ]
            return try session.call("cauldron.meta.plan", ["docs": .object(changed)])
        }
        #expect(
            steps == [
                ["step": "drop column gauge.note", "rows": 1, "loses_data": true],
                ["step": "convert column gauge.reading", "rows": 2, "loses_data": false],
                ["step": "add column gauge.place", "rows": 2, "loses_data": false],
                ["step": "create index on gauge(place)", "rows": 2, "loses_data": false],
            ])
        #expect(try await laboratory.shape() == before)
        #expect(laboratory.registry.find("Gauge")?.field("note") != nil)
    }

    @Test func `a rehearsal shows what would change in the tables`() async throws {
        let laboratory = try await MetaLaboratory()
        let before = try await laboratory.shape()
        let changeset = try await laboratory.write { session in
            try session.rehearse { _ = try $0.make("DocType", Self.gauge) }
        }
        #expect(changeset.schema.map(\.step.words) == ["create table gauge"])
        #expect(try await laboratory.shape() == before)
        #expect(laboratory.registry.find("Gauge") == nil)
        try await laboratory.write { _ = try $0.make("DocType", Self.gauge) }
    }

    @Test func `values survive a change of type that can hold them`() async throws {
        let laboratory = try await withGauges()
        func change(_ type: String, allow: [JSON] = []) async throws {
            try await laboratory.write { session in
                var changed = Self.gauge
                changed["fields"] = [
                    ["fieldname": "code", "fieldtype": "Data", "reqd": 1],
                    ["fieldname": "reading", "fieldtype": .string(type)],
                    ["fieldname": "note", "fieldtype": "Small Text"],
                ]
                try session.call("cauldron.meta.apply", ["docs": .object(changed), "allow": .array(allow)])
            }
        }
        func readings() async throws -> [String] {
            try await laboratory.read { session in
                try session.list(ListQuery("Gauge", fields: ["reading"], orderBy: "name")).rows.map {
                    $0[0].description
                }
            }
        }
        for (type, expected) in [
            ("Currency", ["7", "12"]), ("Float", ["7", "12"]), ("Data", ["7", "12"]), ("Int", ["7", "12"]),
        ] {
            try await change(type)
            #expect(try await readings() == expected, "\(type)")
        }
        try await laboratory.write { session in
            let gauge = try session.get("Gauge", "g1")
            gauge.set("reading", 123_456)
            try session.save(gauge)
        }
        try await change("Data")
        try await laboratory.write { session in
            let gauge = try session.get("Gauge", "g2")
            gauge.set("reading", "twelve")
            try session.save(gauge)
        }
        let refused = await problem { try await change("Int") }
        #expect(refused?.kind == .losesData)
        #expect(try await readings() == ["123456", "twelve"])
        try await change("Int", allow: ["convert column gauge.reading"])
        #expect(try await readings() == ["123456", "0"])
    }

    @Test func `a field is made unique only where no two documents hold the same`() async throws {
        let laboratory = try await withGauges()
        try await laboratory.write { session in
            for name in ["g1", "g2"] {
                let gauge = try session.get("Gauge", name)
                gauge.set("reading", 5)
                try session.save(gauge)
            }
        }
        let before = try await laboratory.shape()
        let refused = await problem {
            try await laboratory.write { session in
                var changed = Self.gauge
                changed["fields"] = [
                    ["fieldname": "code", "fieldtype": "Data", "reqd": 1],
                    ["fieldname": "reading", "fieldtype": "Int", "unique": 1],
                    ["fieldname": "note", "fieldtype": "Small Text"],
                ]
                try session.saveMetadata("DocType", changed)
            }
        }
        #expect(refused?.kind == .duplicate)
        #expect(try await laboratory.shape() == before)
    }

    @Test func `a DocType with documents is not deleted unless that is agreed to`() async throws {
        let laboratory = try await withGauges()
        let refused = await problem { try await laboratory.write { try $0.delete("DocType", "Gauge") } }
        #expect(refused?.kind == .losesData)
        #expect(refused?.message.contains("drop table gauge (2 rows)") == true)
        try await laboratory.write { session in
            try session.call(
                "cauldron.meta.apply",
                ["docs": [], "delete": [["DocType", "Gauge"]], "allow": ["drop table gauge"]])
        }
        #expect(laboratory.registry.find("Gauge") == nil)
        let gone = await problem { try await laboratory.read { _ = try $0.get("Gauge", "g1") } }
        #expect(gone?.kind == .notFound)
        // The name is free again.
        try await laboratory.write { _ = try $0.make("DocType", Self.gauge) }
    }

    @Test func `shipped DocTypes are read and listed, but not changed`() async throws {
        let laboratory = try await withGauges()
        try await laboratory.read { session in
            let part = try session.get("DocType", "Part")
            #expect(part.text("module") == "Workshop")
            #expect(part.table("fields").map { $0.text("fieldname") }.prefix(2) == ["code", "title"])
            var query = ListQuery("DocType", fields: ["name", "module"], filters: [["module", "=", "Workshop"]])
            query.orderBy = "name desc"
            let rows = try session.list(query).rows.map { $0[0].description }
            #expect(rows == ["Work", "Shelf", "Part", "Job Part", "Job"])
            let like = ListQuery("DocType", filters: [["name", "like", "%ug%"], ["custom", "=", 1]])
            #expect(try session.list(like).rows == [[.text("Gauge")]])
            #expect(try session.count(like) == 1)
        }
        let changed = await problem {
            try await laboratory.write { session in
                let part = try session.get("DocType", "Part")
                part.set("module", "Elsewhere")
                try session.save(part)
            }
        }
        #expect(changed?.kind == .forbidden)
        let deleted = await problem { try await laboratory.write { try $0.delete("DocType", "Part") } }
        #expect(deleted?.kind == .forbidden)
    }

    @Test func `a change that is thrown away leaves the old registry in force`() async throws {
        let laboratory = try await MetaLaboratory()
        let before = try await laboratory.shape()
        try await laboratory.write { session in
            do {
                try session.savepoint {
                    try session.make("DocType", Self.gauge)
                    #expect(session.registry.find("Gauge") != nil)
                    throw Problem(.refused, "no")
                }
            } catch is Problem {}
            #expect(session.registry.find("Gauge") == nil)
            #expect(!session.hasChangedMetadata)
        }
        #expect(try await laboratory.shape() == before)
    }
}
