import Documents
import Storage
import TestSupport
import Testing
import Values

/// Documents that were there before a field.
@Suite(.bothEngines) struct NewFieldTests {
    @Test func `a new field's default fills the documents that are there`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            try session.make("Part", ["code": "bolt", "title": "Bolt"])
            for (label, type, fallback) in [
                ("Grade", "Data", "it's A"), ("Mass", "Float", "1.5"), ("Since", "Date", "2020-01-02"),
                ("Flag", "Check", "1"), ("Amount", "Currency", "-3.25"), ("At", "Time", "08:30:00"),
                ("Built", "Date", "Today"), ("Who", "Data", "__user"), ("None", "Data", ""),
            ] {
                try session.make(
                    "Custom Field",
                    [
                        "dt": "Part", "label": .string(label), "fieldname": .string(label.lowercased()),
                        "fieldtype": .string(type), "default": .string(fallback),
                    ])
            }
        }
        let values = try await laboratory.read { session in
            let bolt = try session.get("Part", "bolt")
            return ["grade", "mass", "since", "flag", "amount", "at", "built", "who", "none"].map {
                bolt[$0].description
            }
        }
        #expect(values == ["it's A", "1.5", "2020-01-02", "1", "-3.25", "8:30:00", "", "", ""])
        // The logs know the documents as they are now.
        let digests = try await laboratory.read { session in
            let last = try session.transaction.first(
                "SELECT digest FROM _audit WHERE doctype = 'Part' AND name = 'bolt' ORDER BY number DESC", [],
                [.bytes])
            return (last?[0], try session.get("Part", "bolt").digest)
        }
        #expect(digests.0 == .bytes(digests.1))
    }

    @Test func `a new field of rows fills the rows of documents that are there`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            try session.make(
                "DocType",
                [
                    "name": "Row", "module": "Laboratory", "istable": 1,
                    "fields": [["fieldname": "text", "fieldtype": "Data"]],
                ])
            try session.make(
                "DocType",
                [
                    "name": "Whole", "module": "Laboratory", "autoname": "prompt",
                    "fields": [["fieldname": "rows", "fieldtype": "Table", "options": "Row"]],
                    "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
                ])
            try session.make("Whole", ["__newname": "w", "rows": [["text": "a"], ["text": "b"]]])
        }
        try await laboratory.write { session in
            let row = try session.get("DocType", "Row")
            try session.apply(
                [
                    "fields": [
                        ["fieldname": "text", "fieldtype": "Data"],
                        ["fieldname": "rank", "fieldtype": "Int", "default": "7"],
                    ]
                ], to: row)
            try session.save(row)
        }
        let ranks = try await laboratory.read { try $0.get("Whole", "w").table("rows").map { $0["rank"] } }
        #expect(ranks == [.int(7), .int(7)])
    }

    @Test func `a value that is sent is not dropped and then called missing`() async throws {
        let laboratory = try await MetaLaboratory()
        let type: JSONObject = [
            "name": "Locked", "module": "Laboratory", "autoname": "prompt",
            "fields": [
                ["fieldname": "kind", "fieldtype": "Data", "reqd": 1, "read_only_depends_on": "eval:doc.closed"],
                [
                    "fieldname": "why", "fieldtype": "Data", "read_only_depends_on": "eval:doc.closed",
                    "mandatory_depends_on": "eval:doc.closed",
                ],
                ["fieldname": "note", "fieldtype": "Data", "read_only_depends_on": "eval:doc.closed"],
                ["fieldname": "closed", "fieldtype": "Check"],
            ],
            "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
        ]
        try await laboratory.write { session in
            try session.make("DocType", type)
            try session.make("Locked", ["__newname": "l", "kind": "a", "why": "b", "note": "c", "closed": 1])
            try session.make("Locked", ["__newname": "m", "kind": "a"])
        }
        let read = try await laboratory.write { session -> [String] in
            let other = try session.get("Locked", "m")
            try session.apply(["closed": 1, "why": "sent", "kind": "other"], to: other)
            try session.save(other)
            let locked = try session.get("Locked", "l")
            return ["kind", "why", "note"].map { locked[$0].description }
                + ["kind", "why"].map { other[$0].description }
        }
        #expect(read == ["a", "b", "", "a", "sent"])
    }
}
