import Documents
import Storage
import TestSupport
import Testing
import Values

/// What series may be, the order of the rules for names, and counters that are read and set.
@Suite(.bothEngines) struct NamingTests {
    /// Makes a DocType of two text fields, and others where they are given.
    private static func make(
        _ laboratory: MetaLaboratory, _ changes: JSONObject, fields: [JSON] = []
    ) async throws {
        let file = changes
        try await laboratory.write { session in
            var type: JSONObject = [
                "name": "Slip", "module": "Laboratory",
                "fields": .array(
                    [["fieldname": "kind", "fieldtype": "Data"], ["fieldname": "note", "fieldtype": "Data"]] + fields),
            ]
            var rights: JSONObject = ["role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1]
            if file["is_submittable"] != nil { for right in ["submit", "cancel", "amend"] { rights[right] = 1 } }
            type["permissions"] = [.object(rights)]
            for (key, value) in file.members { type[key] = value }
            _ = try session.make("DocType", type)
        }
    }

    private static func names(_ laboratory: MetaLaboratory, _ slips: JSONObject...) async throws -> [String] {
        try await laboratory.write { session in try slips.map { try session.make("Slip", $0).name } }
    }

    // MARK: What is written

    @Test(arguments: [
        ("INV-####", "Write INV-.####."), ("####-X", "Write ####.-X."), ("A-.B##C.-.YY", "Write A-.B.##.C.-.YY."),
    ])
    func `a number that is no part of its own is refused, and how to write it is said`(
        series: String, fix: String
    ) async throws {
        let laboratory = try await MetaLaboratory()
        let options: JSON = [
            "fieldname": "naming_series", "fieldtype": "Select", "options": .string("S-.##\n" + series),
        ]
        let written = await problem { try await Self.make(laboratory, ["autoname": .string(series)]) }
        #expect(written?.fix == fix)
        let offered = await problem {
            try await Self.make(laboratory, ["autoname": "naming_series:"], fields: [options])
        }
        #expect(offered?.fix == fix)
        #expect(offered?.field == "options")
        let setter: JSONObject = [
            "doctype_or_field": "DocField", "doc_type": "Job", "field_name": "naming_series", "property": "options",
            "value": .string(series),
        ]
        let set = await problem { try await laboratory.write { _ = try $0.make("Property Setter", setter) } }
        #expect(set?.fix == fix)
        let rule: JSONObject = ["document_type": "Job", "prefix": .string(series), "prefix_digits": 3]
        let ruled = await problem { try await laboratory.write { _ = try $0.make("Document Naming Rule", rule) } }
        #expect(ruled?.field == "prefix")
        #expect(ruled?.fix?.contains("prefix_digits") == true)
    }

    @Test func `a series that no field offers is refused, and what to add is said`() async throws {
        let laboratory = try await MetaLaboratory()
        let found = await problem { try await Self.make(laboratory, ["autoname": "naming_series:"]) }
        #expect(found?.kind == .badMetadata)
        #expect(found?.fix?.contains("Add the Select naming_series") == true)
    }

    @Test func `fields in braces stand anywhere in a series`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["autoname": "Sal Slip/{kind}/.{YY}.-.###.-{note}"])
        let names = try await Self.names(
            laboratory, ["kind": "A", "note": "n"], ["kind": "A"], ["kind": "B", "note": "name"])
        #expect(names == ["Sal Slip/A/26-001-n", "Sal Slip/A/26-002-", "Sal Slip/B/26-001-name"])
        let unknown = await problem { try await Self.make(laboratory, ["name": "Other", "autoname": "O/{kin}/.#"]) }
        #expect(unknown?.message.contains("no field kin") == true)
    }

    @Test func `a second number stands for nothing`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["autoname": "S-.##.-.####"])
        #expect(try await Self.names(laboratory, [:], [:]) == ["S-01-", "S-02-"])
    }

    @Test func `a word of a module stands for its value, and a document without one is refused`() async throws {
        let laboratory = try await MetaLaboratory { registry in
            registry.add(
                namingWord: NamingWord("SHIFT", need: "Say the kind.") { documents, _ in
                    documents.map { $0.text("kind").isEmpty ? nil : "shift" + $0.text("kind") }
                })
        }
        try await Self.make(laboratory, ["autoname": "S-.SHIFT.-.##"])
        #expect(try await Self.names(laboratory, ["kind": "1"], ["kind": "2"]) == ["S-shift1-01", "S-shift2-01"])
        let found = await problem { _ = try await Self.names(laboratory, [:]) }
        #expect(found?.fix == "Say the kind.")
        try await laboratory.write { try $0.delete("Slip", "S-shift1-01") }
        #expect(try await Self.names(laboratory, ["kind": "1"]) == ["S-shift1-01"])
    }

    // MARK: The order of the rules

    private static let rule: JSONObject = ["document_type": "Slip", "prefix": "RULE-", "prefix_digits": 2]

    @Test func `an amended document is called after the one before it, whatever a rule says`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["autoname": "S-.##", "is_submittable": 1])
        try await laboratory.write { _ = try $0.make("Document Naming Rule", Self.rule) }
        let amended = try await laboratory.write { session -> String in
            let slip = try session.submitted("Slip", [:])
            try session.cancel(slip)
            let amended = try session.amend(slip)
            try session.insert(amended)
            return amended.name
        }
        #expect(amended == "RULE-01-1")
    }

    @Test func `an amended document that is called by a number gets the next`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["autoname": "autoincrement", "is_submittable": 1])
        let ruled = await problem { try await laboratory.write { _ = try $0.make("Document Naming Rule", Self.rule) } }
        #expect(ruled?.field == "document_type")
        let names = try await laboratory.write { session -> [String] in
            let slip = try session.submitted("Slip", [:])
            let copy = try session.document("Slip", from: ["amended_from": .string(slip.name)])
            #expect(throws: Problem.self) { try session.insert(copy) }
            try session.cancel(slip)
            let amended = try session.amend(slip)
            try session.insert(amended)
            return [slip.name, amended.name]
        }
        #expect(names == ["1", "2"])
    }

    @Test func `a name that somebody gives goes before a rule`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["autoname": "prompt"])
        try await laboratory.write { _ = try $0.make("Document Naming Rule", Self.rule) }
        #expect(try await Self.names(laboratory, ["__newname": "Mine"], [:]) == ["Mine", "RULE-01"])
    }

    // MARK: Counters

    private static let series: [JSON] = [
        ["fieldname": "naming_series", "fieldtype": "Select", "options": "S-.YYYY.-.###\nT-.{kind}.-.##"]
    ]

    private static func call(
        _ laboratory: MetaLaboratory, _ method: String, _ arguments: JSONObject, as actor: Actor? = nil
    ) async throws -> JSON {
        var given = arguments
        given["doctype"] = "Slip"
        let all = given
        return try await laboratory.write(as: actor) { try $0.call("cauldron.naming.\(method)", all) }
    }

    @Test func `counters are told with the names that come next`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["autoname": "naming_series:", "allow_rename": 1], fields: Self.series)
        var rule = Self.rule
        rule["counter"] = 40
        rule["conditions"] = [["field": "note", "condition": "=", "value": "R"]]
        let made = rule
        let name = try await laboratory.write { try $0.make("Document Naming Rule", made).name }
        _ = try await Self.names(laboratory, [:], [:], ["naming_series": "T-.{kind}.-.##", "kind": "x"])
        let counters = try await Self.call(laboratory, "counters", ["doc": ["kind": "x"]])
        #expect(
            counters == [
                [
                    "series": "RULE-", "prefix": "RULE-", "current": 40, "next": "RULE-41", "rule": .string(name),
                ],
                ["series": "S-.YYYY.-.###", "prefix": "S-2026-", "current": 2, "next": "S-2026-003"],
                ["series": "T-.{kind}.-.##", "prefix": "T-x-", "current": 1, "next": "T-x-02"],
            ])
    }

    @Test func `a counter is set ahead, never behind a number that is taken`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["autoname": "naming_series:"], fields: Self.series)
        _ = try await Self.names(laboratory, [:], [:], [:])
        func set(_ arguments: JSONObject, as actor: Actor? = nil) async throws -> JSON {
            try await Self.call(laboratory, "set_counter", arguments, as: actor)
        }
        let first: JSONObject = ["series": "S-.YYYY.-.###", "current": 2]
        let behind = await problem { _ = try await set(first) }
        #expect(behind?.message.contains("Slip S-2026-003") == true)
        #expect(behind?.fix == "Set the counter to 3 or more.")
        let which = await problem { _ = try await set(["current": 9]) }
        #expect(which?.field == "series")
        let other = await problem { _ = try await set(["series": "X-", "current": 9]) }
        #expect(other?.kind == .notAnOption)
        let worker = Actor(user: "wil@example.com", roles: ["Worker"])
        let ahead: JSONObject = ["series": "S-.YYYY.-.###", "current": "99"]
        for method in ["set_counter", "counters"] {
            let refused = await problem { _ = try await Self.call(laboratory, method, ahead, as: worker) }
            #expect(refused?.kind == .forbidden)
        }

        var rehearsal = ahead
        rehearsal["rehearse"] = 1
        let shown = try await set(rehearsal)
        #expect(shown["events"]?.array?.count == 1)
        #expect(try await set(ahead)["next"] == "S-2026-100")
        #expect(try await Self.names(laboratory, [:]) == ["S-2026-100"])
        try await laboratory.write { try $0.delete("Slip", "S-2026-100") }
        #expect(try await set(["series": "S-.YYYY.-.###", "current": 3])["next"] == "S-2026-004")
        let logged = try await laboratory.read { session -> [[String]] in
            try session.transaction.query(
                "SELECT name, actor FROM _audit WHERE action = 'set_counter' ORDER BY number", [], [.text, .text]
            ).map { $0.map(\.description) }
        }
        #expect(logged == [["S-2026-", "Administrator"], ["S-2026-", "Administrator"]])
    }

    @Test func `one counter of several beginnings steps over the names that are taken of each`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["allow_rename": 1])
        try await laboratory.write { session in
            _ = try session.make(
                "Document Naming Rule", ["document_type": "Slip", "prefix": "{kind}-", "prefix_digits": 2])
        }
        #expect(try await Self.names(laboratory, ["kind": "B"], ["kind": "C"]) == ["B-01", "C-02"])
        let names = try await laboratory.write { session in
            try session.rename("Slip", "C-02", to: "B-04")
            let slips = try ["A", "B", "B"].map { try session.document("Slip", from: ["kind": .string($0)]) }
            try session.insert(slips)
            return slips.map(\.name)
        }
        #expect(Set(names).count == 3)
        #expect(names.allSatisfy { $0 != "B-04" })
    }

    @Test func `a number that is too long is none of a series`() async throws {
        let laboratory = try await MetaLaboratory()
        try await Self.make(laboratory, ["autoname": "S-.##", "allow_rename": 1])
        #expect(try await Self.names(laboratory, [:]) == ["S-01"])
        try await laboratory.write { _ = try $0.rename("Slip", "S-01", to: "S-999999999999999999") }
        #expect(try await Self.names(laboratory, [:]) == ["S-02"])
    }
}
