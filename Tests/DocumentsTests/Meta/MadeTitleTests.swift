import Customization
import Documents
import TestSupport
import Testing
import Values

/// Titles that are made of fields, choices that forms begin with, and tables that are set only once.
@Suite(.bothEngines) struct MadeTitleTests {
    /// Makes a DocType of two text fields and these.
    private static func make(_ laboratory: MetaLaboratory, title: JSON? = nil, fields: [JSON]) async throws {
        try await laboratory.write { session in
            var type: JSONObject = [
                "name": "Slip", "module": "Laboratory", "autoname": "hash",
                "fields": .array(
                    [["fieldname": "kind", "fieldtype": "Data"], ["fieldname": "note", "fieldtype": "Data"]] + fields),
                "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
            ]
            type["title_field"] = title
            _ = try session.make("DocType", type)
        }
    }

    @Test func `a title is made of other fields where its default says so`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(
            laboratory, title: "title",
            fields: [["fieldname": "title", "fieldtype": "Data", "default": "{kind}: {note}", "reqd": 1]])
        let titles = try await laboratory.write { session -> [String] in
            let slips: [JSONObject] = [
                ["kind": "A", "note": "b"], ["kind": "A"], ["kind": "A", "title": "Mine"],
                ["kind": "A", "note": "c", "title": "{kind}: {note}"],
            ]
            let made = try slips.map { try session.make("Slip", $0) }
            made[0].set("kind", "B")
            try session.save(made[0])
            return made.map { $0.text("title") }
        }
        #expect(titles == ["A: b", "A:", "Mine", "A: c"])
    }

    @Test func `a title is made anew on every save where its options say so`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(
            laboratory, title: "title",
            fields: [["fieldname": "title", "fieldtype": "Data", "options": "{kind} of {note}"]])
        let titles = try await laboratory.write { session -> [String] in
            let slip = try session.make("Slip", ["kind": "A", "note": "b", "title": "Mine"])
            let first = slip.text("title")
            slip.set("kind", "B")
            try session.save(slip)
            return [first, slip.text("title")]
        }
        #expect(titles == ["A of b", "B of b"])
    }

    @Test func `what is chosen begins with its first option, in a form as on the server`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(
            laboratory,
            fields: [
                ["fieldname": "must", "fieldtype": "Select", "options": "One\nTwo", "reqd": 1],
                ["fieldname": "may", "fieldtype": "Select", "options": "One\nTwo"],
                ["fieldname": "open", "fieldtype": "Select", "options": "\nTwo", "reqd": 1],
                ["fieldname": "said", "fieldtype": "Select", "options": "One\nTwo", "reqd": 1, "default": "Two"],
            ])
        let type = try laboratory.registry.doctype("Slip")
        let fields = MetadataMethods.described(type)["fields"]?.array ?? []
        let defaults = ["must", "may", "open", "said"].map { name in
            fields.first { $0["fieldname"]?.string == name }?["default"]?.string
        }
        #expect(defaults == ["One", "One", nil, "Two"])
        let missing = await problem { _ = try await laboratory.write { try $0.make("Slip", [:]).name } }
        #expect(missing?.kind == .mandatory && missing?.field == "open")
        let slip = try await laboratory.write { session -> [String] in
            let slip = try session.make("Slip", ["open": "Two"])
            return ["must", "may", "open", "said"].map { slip.text($0) }
        }
        #expect(slip == ["One", "One", "Two", "Two"])
    }

    @Test func `a table that is set only once keeps its rows`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(
            laboratory,
            fields: [["fieldname": "parts", "fieldtype": "Table", "options": "Job Part", "set_only_once": 1]])
        let (slip, bare) = try await laboratory.write { session -> (String, String) in
            try session.make("Part", ["code": "bolt", "title": "Bolt"])
            let rows: JSON = [["part": "bolt", "qty": 1], ["part": "bolt", "qty": 2]]
            return (try session.make("Slip", ["parts": rows]).name, try session.make("Slip", [:]).name)
        }
        func change(_ name: String, _ body: @escaping @Sendable (Document, Session) throws -> Void) async -> Problem? {
            await problem {
                try await laboratory.write { session in
                    let slip = try session.get("Slip", name)
                    try body(slip, session)
                    try session.save(slip)
                }
            }
        }
        let removed = await change(slip) { slip, _ in slip.setTable("parts", Array(slip.table("parts").dropLast())) }
        #expect(removed?.kind == .frozen)
        #expect(removed?.field == "parts")
        let added = await change(bare) { slip, session in
            try session.apply(["parts": [["part": "bolt"]]], to: slip)
        }
        #expect(added?.kind == .frozen)
        let changed = await change(slip) { slip, _ in slip.table("parts")[1].set("qty", 3) }
        #expect(changed?.kind == .frozen)
        #expect(changed?.field == "qty")
        #expect(changed?.row == 2)
        // The same rows, a title that is fetched anew and another field may be saved.
        try await laboratory.write { session in
            let part = try session.get("Part", "bolt")
            part.set("title", "Long bolt")
            try session.save(part)
        }
        #expect(await change(slip) { slip, _ in slip.set("note", "later") } == nil)
    }
}
