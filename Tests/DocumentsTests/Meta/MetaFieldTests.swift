import Customization
import Documents
import Storage
import TestSupport
import Testing
import Values

/// What single properties of fields and permissions do in DocTypes that a company made.
@Suite(.bothEngines) struct MetaFieldTests {
    private static let manager: JSON = ["role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1]

    private static func type(_ name: String, _ fields: JSON, _ more: JSONObject = [:]) -> JSONObject {
        var object: JSONObject = [
            "doctype": "DocType", "name": .string(name), "module": "Laboratory", "fields": fields,
            "permissions": [manager],
        ]
        for (key, value) in more.members { object[key] = value }
        return object
    }

    private static func refusal(_ laboratory: MetaLaboratory, _ file: JSONObject) async -> Problem? {
        await problem { try await laboratory.write { _ = try $0.make("DocType", file) } }
    }

    @Test func `what is not stored, and a password, is not fetched`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            _ = try session.make(
                "DocType",
                Self.type(
                    "Safe",
                    [
                        ["fieldname": "pin", "fieldtype": "Password"],
                        ["fieldname": "shown", "fieldtype": "Data", "is_virtual": 1],
                        ["fieldname": "parent_safe", "fieldtype": "Link", "options": "Safe"],
                        ["fieldname": "lft", "fieldtype": "Int"], ["fieldname": "is_group", "fieldtype": "Check"],
                    ], ["is_tree": 1, "nsm_parent_field": "parent_safe", "autoname": "prompt"]))
        }
        func visit(_ name: String, _ source: String) -> JSONObject {
            Self.type(
                name,
                [
                    ["fieldname": "safe", "fieldtype": "Link", "options": "Safe"],
                    ["fieldname": "copy", "fieldtype": "Data", "fetch_from": .string("safe.\(source)")],
                ])
        }
        try await laboratory.write { _ = try $0.make("Safe", ["__newname": "old", "pin": "1234"]) }
        for source in ["pin", "shown", "lft", "nothing"] {
            let file = visit("Visit \(source)", source)
            try await laboratory.write { session in
                try session.make("DocType", file)
                #expect(session.remarks.warnings.map(\.field) == ["fetch_from"], "\(source)")
                let copy = try session.make("Visit \(source)", ["safe": "old", "copy": "mine"])
                #expect(copy.text("copy") == "mine", "\(source)")
            }
        }
        // What was lacking may come later, and be a secret.
        try await laboratory.write { session in
            try session.make("Custom Field", ["dt": "Safe", "fieldname": "nothing", "fieldtype": "Password"])
            let safe = try session.make("Safe", ["__newname": "new", "nothing": "1234"])
            #expect(try session.make("Visit nothing", ["safe": .string(safe.name)])["copy"].isEmpty)
        }
        try await laboratory.write { session in
            // A default `:Safe` takes the field of the same name of the linked one, where it is stored and no secret.
            try session.make(
                "DocType",
                Self.type(
                    "Visit",
                    [
                        ["fieldname": "safe", "fieldtype": "Link", "options": "Safe"],
                        ["fieldname": "pin", "fieldtype": "Data", "default": ":Safe"],
                        ["fieldname": "shown", "fieldtype": "Data", "default": ":Safe"],
                    ]))
            _ = try session.make("Safe", ["__newname": "s", "pin": "1234"])
            let visit = try session.make("Visit", ["safe": "s"])
            #expect(visit["pin"].isEmpty)
            #expect(visit["shown"].isEmpty)
        }
    }

    @Test func `a formula sees of a password only whether there is one`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            try session.make(
                "DocType",
                Self.type(
                    "Safe",
                    [
                        ["fieldname": "pin", "fieldtype": "Password"],
                        ["fieldname": "copy", "fieldtype": "Data", "formula": "doc.pin"],
                    ]))
            let safe = try session.make("Safe", ["pin": "1234"])
            #expect(safe.text("pin") == "1234")
            #expect(safe.text("copy").allSatisfy { $0 == "*" } && !safe.text("copy").isEmpty)
        }
    }

    @Test func `a default follows a field to its new type, or the change is refused`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            _ = try session.make(
                "DocType",
                Self.type(
                    "Gauge",
                    [
                        ["fieldname": "reading", "fieldtype": "Data", "default": "5"],
                        ["fieldname": "note", "fieldtype": "Data", "default": "none"],
                    ]))
        }
        func change(_ field: String) async throws {
            try await laboratory.write { session in
                _ = try session.make(
                    "Property Setter",
                    [
                        "doctype_or_field": "DocField", "doc_type": "Gauge", "field_name": .string(field),
                        "property": "fieldtype", "value": "Int",
                    ])
            }
        }
        try await change("reading")
        try await laboratory.write { session throws in
            #expect(try session.make("Gauge", [:]).int("reading") == 5)
        }
        let refused = await problem { try await change("note") }
        #expect(refused?.kind == .badMetadata)
        #expect(refused?.field == "default")
    }

    @Test func `a password is in no name`() async throws {
        let laboratory = try await MetaLaboratory()
        for name in ["pin.-.###", "{pin}.-.###", "format:{pin}-{##}"] {
            let refused = await Self.refusal(
                laboratory,
                Self.type("Safe", [["fieldname": "pin", "fieldtype": "Password"]], ["autoname": .string(name)]))
            #expect(refused?.field == "autoname", "\(name)")
        }
    }

    @Test func `fields get names that are allowed from any label`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            let fields: JSON = .array(
                ["2nd phone", "Name", "Name", "_x", "Straße 7"].map { ["label": .string($0), "fieldtype": "Data"] })
            try session.make("DocType", Self.type("Gauge", fields))
            #expect(
                session.registry.find("Gauge")?.fields.map(\.name) == [
                    "field_2nd_phone", "name_2", "name_3", "x", "strae_7",
                ])
        }
    }

    @Test func `what a formula gives is stored`() async throws {
        let laboratory = try await MetaLaboratory()
        let refused = await Self.refusal(
            laboratory,
            Self.type("Gauge", [["fieldname": "twice", "fieldtype": "Int", "is_virtual": 1, "formula": "2 * 3"]]))
        #expect(refused?.field == "is_virtual")
    }

    @Test func `a text is not made shorter than what documents hold`() async throws {
        let laboratory = try await MetaLaboratory()
        @Sendable func file(_ type: String, _ length: Int64) -> JSONObject {
            Self.type(
                "Gauge", [["fieldname": "note", "fieldtype": .string(type), "length": .int(length)]],
                ["autoname": "prompt"])
        }
        func change(_ file: JSONObject) async throws {
            try await laboratory.write { _ = try $0.saveMetadata("DocType", file) }
        }
        try await laboratory.write { session in
            try session.make("DocType", file("Small Text", 0))
            try session.make("Gauge", ["__newname": "g", "note": .string(String(repeating: "é", count: 200))])
        }
        let refused = await problem { try await change(file("Data", 0)) }
        #expect(refused?.field == "length")
        #expect(refused?.message.contains("1 rows hold more than 140 characters") == true)
        try await change(file("Data", 200))
    }

    @Test func `what a company made read-only is taken with a new document and kept from then on`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            try session.make(
                "DocType",
                Self.type("Gauge Row", [["fieldname": "seen", "fieldtype": "Int", "read_only": 1]], ["istable": 1]))
            try session.make(
                "DocType",
                Self.type(
                    "Gauge",
                    [
                        ["fieldname": "serial", "fieldtype": "Data", "read_only": 1],
                        ["fieldname": "rows", "fieldtype": "Table", "options": "Gauge Row", "read_only": 1],
                    ], ["autoname": "prompt"]))
            try session.make("Gauge", ["__newname": "g", "serial": "A1", "rows": [["seen": 3]]])
        }
        try await laboratory.write { session in
            let gauge = try session.get("Gauge", "g")
            try session.apply(["serial": "B2", "rows": [["seen": 4], ["seen": 5]]], to: gauge)
            try session.save(gauge)
            let kept = try session.get("Gauge", "g")
            #expect(kept.text("serial") == "A1")
            #expect(kept.table("rows").map { $0.int("seen") } == [3])
        }
    }

    @Test func `a property that is set again is the one that holds`() async throws {
        let laboratory = try await MetaLaboratory()
        for label in ["First", "Second"] {
            try await laboratory.write { session in
                _ = try session.make(
                    "Property Setter",
                    [
                        "doctype_or_field": "DocField", "doc_type": "Part", "field_name": "title", "property": "label",
                        "value": .string(label),
                    ])
            }
            #expect(laboratory.registry.find("Part")?.field("title")?.label == label)
        }
    }

    @Test func `everybody's roles are granted by Administrator alone`() async throws {
        let laboratory = try await MetaLaboratory()
        let manager = Actor(user: "ma@example.com", roles: ["System Manager"])
        let open = Self.type("Gauge", [["fieldname": "note", "fieldtype": "Data"]]).with(
            "permissions", [Self.manager, ["role": "Guest", "read": 1]])
        let refused = await problem { try await laboratory.write(as: manager) { _ = try $0.make("DocType", open) } }
        #expect(refused?.kind == .forbidden)
        try await laboratory.write { _ = try $0.make("DocType", open) }
        try await laboratory.write(as: manager) { _ = try $0.saveMetadata("DocType", open) }
        let wider = open.with("permissions", [Self.manager, ["role": "Guest", "read": 1, "write": 1]])
        let more = await problem {
            try await laboratory.write(as: manager) { _ = try $0.saveMetadata("DocType", wider) }
        }
        #expect(more?.kind == .forbidden)
        let custom = await problem {
            try await laboratory.write(as: manager) {
                _ = try $0.make("Custom DocPerm", ["parent": "Gauge", "role": "All", "read": 1])
            }
        }
        #expect(custom?.kind == .forbidden)
    }

    @Test func `the right to import needs a DocType that may be imported`() async throws {
        let laboratory = try await MetaLaboratory()
        let rights: JSON = [["role": "System Manager", "read": 1, "write": 1, "create": 1, "import": 1]]
        let file = Self.type("Gauge", [["fieldname": "note", "fieldtype": "Data"]]).with("permissions", rights)
        let refused = await Self.refusal(laboratory, file)
        #expect(refused?.field == "permissions")
        let taken = await Self.refusal(laboratory, file.with("allow_import", 1))
        #expect(taken == nil)
    }
}

extension JSONObject {
    fileprivate func with(_ key: String, _ value: JSON) -> JSONObject {
        var changed = self
        changed[key] = value
        return changed
    }
}
