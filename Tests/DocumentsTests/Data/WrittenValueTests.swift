import Customization
import Documents
import Lists
import TestSupport
import Testing
import Values

/// What is sent is kept as it means.
@Suite(.bothEngines) struct WrittenValueTests {
    private static let thing: JSONObject = [
        "name": "Thing", "module": "Laboratory", "autoname": "prompt", "track_changes": 1,
        "fields": [
            ["fieldname": "day", "fieldtype": "Date"], ["fieldname": "moment", "fieldtype": "Datetime"],
            ["fieldname": "kind", "fieldtype": "Select", "options": "Plain\r\nFine\r\nRough"],
            ["fieldname": "mood", "fieldtype": "Select", "options": "\nGood\nBad"],
            ["fieldname": "count", "fieldtype": "Int"], ["fieldname": "flag", "fieldtype": "Check"],
            ["fieldname": "word", "fieldtype": "Data", "length": 5],
        ],
        "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1]],
    ]

    private func laboratory() async throws -> MetaLaboratory {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { _ = try $0.make("DocType", Self.thing) }
        return laboratory
    }

    @Test(arguments: [
        ("2026-03-01T23:30:00-05:00", "2026-03-01", "2026-03-02 04:30:00.000000"),
        ("2026-03-01 00:30:00+05:30", "2026-03-01", "2026-02-28 19:00:00.000000"),
        ("2026-03-01T12:00:00Z", "2026-03-01", "2026-03-01 12:00:00.000000"),
        ("2026-03-01", "2026-03-01", "2026-03-01 00:00:00.000000"),
    ])
    func `a date with an offset keeps the date that is written, and a moment stays the moment`(
        text: String, day: String, moment: String
    ) async throws {
        let laboratory = try await laboratory()
        let kept = try await laboratory.write { session in
            let thing = try session.make("Thing", ["__newname": "t", "day": .string(text), "moment": .string(text)])
            return [thing["day"].description, thing["moment"].description]
        }
        #expect(kept == [day, moment])
        let found = try await laboratory.read {
            try $0.list(ListQuery("Thing", filters: ["day": .string(text)])).rows.count
        }
        #expect(found == 1)
    }

    @Test func `a moment that its offset puts beyond all years is refused`() async throws {
        let laboratory = try await laboratory()
        let refusal = await problem {
            try await laboratory.write { session in
                _ = try session.make("Thing", ["__newname": "t", "moment": "9999-12-31T23:30:00-05:00"])
            }
        }
        #expect(refusal?.kind == .wrongType && refusal?.field == "moment")
    }

    @Test func `a Select without a default begins with its first option, unless that is empty`() async throws {
        let laboratory = try await laboratory()
        let kept = try await laboratory.write { session in
            let thing = try session.make("Thing", ["__newname": "t"])
            let chosen = try session.make("Thing", ["__newname": "u", "kind": "Fine", "mood": "Bad"])
            return [thing["kind"], thing["mood"], chosen["kind"], chosen["mood"]].map(\.description)
        }
        #expect(kept == ["Plain", "", "Fine", "Bad"])
        // What is emptied afterwards stays empty.
        let emptied = try await laboratory.write { session in
            let thing = try session.get("Thing", "t")
            try session.apply(["kind": ""], to: thing)
            try session.save(thing)
            return thing["kind"]
        }
        #expect(emptied.isEmpty)
    }

    @Test(arguments: ["A\r\nB", "A\nB", "A\rB", "\r\nA\r\nB"])
    func `options fit whichever signs end their lines`(options: String) async throws {
        let laboratory = try await MetaLaboratory()
        let type: JSONObject = [
            "name": "Choice", "module": "Laboratory", "autoname": "prompt",
            "fields": [["fieldname": "kind", "fieldtype": "Select", "options": .string(options), "default": "B"]],
            "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
        ]
        try await laboratory.write { session in
            try session.make("DocType", type)
            for (name, kind) in [("1", "A"), ("2", "B")] {
                try session.make("Choice", ["__newname": .string(name), "kind": .string(kind)])
            }
        }
        let refusal = await problem {
            try await laboratory.write { _ = try $0.make("Choice", ["__newname": "3", "kind": "A\r\nB"]) }
        }
        #expect(refusal?.kind == .notAnOption)
    }

    @Test func `an Int that becomes a Check holds 0 or 1, and so does what is sent`() async throws {
        let laboratory = try await laboratory()
        try await laboratory.write { session in
            for (name, count) in [("t", 5), ("u", 1), ("v", 0), ("w", -2)] as [(String, Int64)] {
                try session.make("Thing", ["__newname": .string(name), "count": .int(count)])
            }
        }
        func change(_ allowed: Set<String>) async throws {
            try await laboratory.write { session in
                try session.changeMetadata(allowing: allowed) {
                    let type = try session.get("DocType", "Thing")
                    type.table("fields").first { $0.text("fieldname") == "count" }?.set("fieldtype", "Check")
                    try session.save(type)
                }
            }
        }
        let refusal = await problem { try await change([]) }
        #expect(refusal?.kind == .losesData && refusal?.message.contains("convert column thing.count") == true)
        try await change(["convert column thing.count"])
        let flags = try await laboratory.read {
            try $0.list(ListQuery("Thing", fields: ["count"], orderBy: "name asc")).rows.map { $0[0].int }
        }
        #expect(flags == [1, 1, 0, 1])
        let sent = try await laboratory.write { session in
            try [5, -1, "3", "2.0", .decimal(Exact("7.0") ?? .zero), true, 0].enumerated().map { index, json in
                try session.make("Thing", ["__newname": .string("x\(index)"), "flag": json])["flag"].int
            }
        }
        #expect(sent == [1, 1, 1, 1, 1, 1, 0])
    }

    @Test func `lengths count characters as the engines do, in check, message and change`() async throws {
        let laboratory = try await laboratory()
        let five = "x\u{301}x\u{301}x"
        let six = "x\u{301}x\u{301}x\u{301}"
        try await laboratory.write { _ = try $0.make("Thing", ["__newname": "t", "word": .string(five)]) }
        let refusal = await problem {
            try await laboratory.write { _ = try $0.make("Thing", ["__newname": "u", "word": .string(six)]) }
        }
        #expect(refusal?.kind == .tooLong && refusal?.message.contains("6 characters, more than 5") == true)
        let shorter = await problem {
            try await laboratory.write { session in
                let type = try session.get("DocType", "Thing")
                type.table("fields").first { $0.text("fieldname") == "word" }?["length"] = .int(4)
                try session.save(type)
            }
        }
        #expect(shorter?.kind == .badMetadata && shorter?.field == "length")
        let name = await problem {
            try await laboratory.write { session in
                _ = try session.make("Thing", ["__newname": .string(String(repeating: "x\u{301}", count: 71))])
            }
        }
        #expect(name?.kind == .tooLong && name?.message.contains("142 characters") == true)
    }
}
