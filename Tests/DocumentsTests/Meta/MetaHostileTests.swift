import Collaboration
import Customization
import Lists
import Storage
import TestSupport
import Testing
import Values

@testable import Documents
@testable import Metadata

/// Descriptions that are wrong or mean harm: each gets a clear error and leaves no trace.
@Suite(.bothEngines) struct MetaHostileTests {
    /// A DocType in Frappe's format with these parts instead of the usual ones.
    private static func file(_ changes: JSONObject, fields: JSON? = nil) -> JSONObject {
        var file: JSONObject = [
            "doctype": "DocType", "name": "Gauge", "module": "Laboratory", "autoname": "hash",
            "fields": fields ?? [["fieldname": "code", "fieldtype": "Data"]],
            "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
        ]
        for (key, value) in changes.members { file[key] = value }
        return file
    }

    private static func one(_ field: JSONObject) -> JSONObject {
        var field = field
        if field["fieldname"] == nil { field["fieldname"] = "x" }
        return file([:], fields: [.object(field)])
    }

    /// What is wrong, by the property that the error names.
    private static let wrong: [(String, JSONObject)] = [
        ("name", file(["name": "1st"])), ("name", file(["name": "Gauge; DROP TABLE part"])),
        ("name", file(["name": "Ga\"uge"])), ("name", file(["name": .string(String(repeating: "G", count: 62))])),
        ("name", file(["name": "part"])), ("name", file(["name": "Job-Part"])), ("name", file(["name": "New Thing"])),
        ("autoname", file(["autoname": "field:nowhere"])), ("autoname", file(["autoname": "format:{code"])),
        ("autoname", file(["autoname": "format:{#}{##}"])),
        ("autoname", file(["autoname": "INV-####"])), ("autoname", file(["autoname": "INV-.####-X"])),
        ("autoname", file(["autoname": "INV-.{nowhere}.-.##"])), ("autoname", file(["autoname": "INV-{code/.##"])),
        ("autoname", file(["autoname": "naming_series:"])),
        (
            "default",
            file(["title_field": "x"], fields: [["fieldname": "x", "fieldtype": "Data", "default": "{nowhere}"]])
        ),
        ("autoname", file(["autoname": "format:<b>{#}"])), ("title_field", file(["title_field": "nowhere"])),
        ("search_fields", file(["search_fields": "code, nowhere"])),
        ("sort_field", file(["sort_field": "1; DROP TABLE x"])),
        ("image_field", file(["image_field": "code"])), ("nsm_parent_field", file(["is_tree": 1])),
        ("is_submittable", file(["istable": 1, "is_submittable": 1])),
        ("issingle", file(["istable": 1, "issingle": 1])),
        ("cauldron_kind", file(["cauldron_kind": "ledger"])), ("cauldron_kind", file(["cauldron_kind": "shelf"])),
        ("sort_order", file(["sort_order": "up"])),
        ("fieldname", one(["fieldname": "name", "fieldtype": "Data"])),
        ("fieldname", one(["fieldname": "docstatus", "fieldtype": "Int"])),
        ("fieldname", one(["fieldname": "x\" TEXT); DROP TABLE part; --", "fieldtype": "Data"])),
        ("fieldname", one(["fieldname": "_own", "fieldtype": "Data"])),
        ("fieldname", one(["fieldname": "Upper", "fieldtype": "Data"])),
        ("fieldname", one(["fieldname": .string(String(repeating: "x", count: 64)), "fieldtype": "Data"])),
        (
            "fieldname",
            file([:], fields: [["fieldname": "a", "fieldtype": "Data"], ["fieldname": "a", "fieldtype": "Int"]])
        ),
        ("fieldtype", one(["fieldtype": "Datum"])), ("fieldtype", one(["fieldtype": "Data'); DROP TABLE part; --"])),
        ("options", one(["fieldtype": "Link"])), ("options", one(["fieldtype": "Link", "options": "Nothing"])),
        ("options", one(["fieldtype": "Link", "options": "Job Part"])),
        ("options", one(["fieldtype": "Table", "options": "Part"])),
        ("options", one(["fieldtype": "Table", "options": "Gauge"])),
        ("options", one(["fieldtype": "Table MultiSelect", "options": "DocType State"])),
        ("options", one(["fieldtype": "Dynamic Link", "options": "nowhere"])),
        ("options", one(["fieldtype": "Rating", "options": "99"])),
        (
            "istable",
            file(["istable": 1], fields: [["fieldname": "rows", "fieldtype": "Table", "options": "Job Part"]])
        ),
        ("unique", one(["fieldtype": "Text", "unique": 1])),
        ("hidden", one(["fieldtype": "Data", "hidden": 1, "reqd": 1])),
        ("precision", one(["fieldtype": "Float", "precision": "12"])),
        ("length", one(["fieldtype": "Data", "length": 99999])),
        ("permlevel", one(["fieldtype": "Data", "permlevel": 10])),
        ("default", one(["fieldtype": "Check", "default": "2"])),
        ("default", one(["fieldtype": "Int", "default": "many"])),
        ("default", one(["fieldtype": "Select", "options": "a\nb", "default": "c"])),
        (
            "formula",
            file(
                [:],
                fields: [
                    ["fieldname": "net", "fieldtype": "Currency", "formula": "doc.gross - doc.tax"],
                    ["fieldname": "tax", "fieldtype": "Currency"],
                    ["fieldname": "gross", "fieldtype": "Currency", "formula": "doc.net + doc.tax"],
                ])
        ),
        ("formula", one(["fieldtype": "Int", "formula": "doc.x + 1"])),
        ("formula", one(["fieldtype": "Int", "formula": "doc.("])),
        ("formula", one(["fieldtype": "Section Break", "formula": "1"])),
        ("depends_on", one(["fieldtype": "Data", "depends_on": "cel:doc.x == ("])),
        ("depends_on", one(["fieldtype": "Data", "depends_on": "cel:while(true){}"])),
        (
            "depends_on",
            one(["fieldtype": "Data", "depends_on": .string("cel:" + String(repeating: "(", count: 20_000) + "1")])
        ),
        ("label", one(["fieldtype": "Data", "label": .string(String(repeating: "L", count: 1 << 20))])),
        ("permissions", file(["permissions": [["role": "All", "read": 1], ["role": "All", "read": 1]]])),
        ("permissions", file(["permissions": [["role": "All"]]])),
        ("permissions", file(["permissions": [["role": "All", "fly": 1]]])),
        ("permissions", file(["permissions": [["read": 1]]])), ("permissions", file(["permissions": "All"])),
        ("permlevel", file(["permissions": [["role": "All", "read": 1, "permlevel": "high"]]])),
        ("permissions", file(["permissions": [["role": "All", "read": 1, "write": 1, "submit": 1]]])),
        ("permissions", file(["permissions": [["role": "All", "read": 1, "import": 1]]])),
    ]

    @Test func `what is wrong is named, and nothing of it stays`() async throws {
        let laboratory = try await MetaLaboratory()
        let before = try await laboratory.shape()
        for (property, file) in Self.wrong {
            let shown = String(JSON.object(file).text.prefix(200))
            let found = await problem { try await laboratory.write { _ = try $0.make("DocType", file) } }
            let problem = try #require(found, "accepted: \(shown)")
            let names = problem.field == property || problem.message.contains(property)
            #expect(names, "\(problem.message) does not name \(property): \(shown)")
            #expect(problem.message.utf8.count < 1_000)
        }
        #expect(try await laboratory.shape() == before)
        #expect(laboratory.registry.find("Gauge") == nil)
    }

    @Test func `too many fields, too deep JSON and tables in a circle are refused`() async throws {
        let laboratory = try await MetaLaboratory()
        let before = try await laboratory.shape()
        let many = Self.file(
            [:], fields: .array((0..<5_000).map { ["fieldname": .string("f\($0)"), "fieldtype": "Data"] }))
        let found = await problem { try await laboratory.write { _ = try $0.make("DocType", many) } }
        #expect(found?.kind == .tooMany)
        #expect(found?.field == "fields", "\(found?.message ?? "")")
        let circle = await problem {
            try await laboratory.write { session in
                try session.changeMetadata {
                    for (name, other) in [("Left Row", "Right Row"), ("Right Row", "Left Row")] {
                        try session.make(
                            "DocType",
                            Self.file(
                                ["name": .string(name), "istable": 1],
                                fields: [["fieldname": "rows", "fieldtype": "Table", "options": .string(other)]]))
                    }
                }
            }
        }
        #expect(circle?.kind == .badMetadata)
        #expect(throws: JSONError.self) {
            try JSON.parse(String(repeating: "{\"fields\":[", count: 5_000))
        }
        #expect(try await laboratory.shape() == before)
    }

    @Test func `SQL in every property is only text`() async throws {
        let laboratory = try await MetaLaboratory()
        let evil = "'); DROP TABLE part; --\" \\ $1 ? %"
        var file = Self.file(["description": .string(evil), "module": .string(evil), "odd key": .string(evil)])
        var field: JSONObject = ["fieldname": "x", "fieldtype": "Data"]
        for key in ["label", "options", "description", "default", "placeholder", "width", "oldfieldname"] {
            field[key] = .string(evil)
        }
        file["fields"] = [
            .object(field),
            ["fieldname": "y", "fieldtype": "Select", "options": .string("\n" + evil), "default": .string(evil)],
        ]
        let given = file
        try await laboratory.write { session in
            try session.make("Part", ["code": "bolt", "title": "Bolt"])
            try session.make("DocType", given)
            let gauge = try session.make("Gauge", [:])
            #expect(gauge.text("x") == evil)
            #expect(gauge.text("y") == evil)
        }
        try await laboratory.read { session throws in
            #expect(try session.exists("Part", "bolt"))
            #expect(try session.call("cauldron.meta.export", ["doctype": "Gauge"])["description"] == .string(evil))
        }
    }

    /// The properties in which any text is only text.
    private static let texts: Set<String> = [
        "field.label", "field.description", "field.options", "field.default",
        // What names no field of a link, is no condition, no rule for names or the parent of no tree does nothing, as in
        // Frappe, and is told.
        "field.fetch_from", "field.depends_on", "field.mandatory_depends_on", "field.read_only_depends_on",
        "DocType.autoname", "DocType.nsm_parent_field", "DocType.description", "DocType.module",
        // What a document says it is, is not asked: it is made as a DocType.
        "DocType.doctype",
    ]

    @Test func `SQL in any one property is refused or only text`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { _ = try $0.make("Part", ["code": "bolt", "title": "Bolt"]) }
        let before = try await laboratory.shape()
        let evil = "x'); DROP TABLE part; --"
        let field: JSONObject = ["fieldname": "x", "fieldtype": "Data"]
        let whole = Self.file([:])
        let files =
            FieldDefinition.keys.map { ("field", $0, Self.one(field.with($0, .string(evil)))) }
            + DocTypeInfo.keys.map { ("DocType", $0, whole.with($0, .string(evil))) }
        var taken: Set<String> = []
        struct TakenBack: Error {}
        for (place, key, file) in files {
            do {
                try await laboratory.write { session in
                    try session.make("DocType", file)
                    let gauge = try session.make("Gauge", [:])
                    _ = try session.list(ListQuery("Gauge", fields: ["*"]))
                    #expect(try session.get("Gauge", gauge.name).name == gauge.name)
                    throw TakenBack()
                }
            } catch is TakenBack {
                taken.insert("\(place).\(key)")
            } catch let problem as Problem {
                #expect(problem.message.contains(key) || problem.field == key, "\(key): \(problem.message)")
            }
        }
        #expect(try await laboratory.shape() == before)
        #expect(taken == Self.texts, "\(taken.sorted())")
    }

    @Test func `a table of the system is not taken for a DocType's`() async throws {
        let laboratory = try await MetaLaboratory()
        for name in ["Version", "DocField", "docfield", "User"] {
            let found = await problem {
                try await laboratory.write { _ = try $0.make("DocType", Self.file(["name": .string(name)])) }
            }
            #expect(found != nil, "\(name)")
        }
    }

    @Test func `who may not manage metadata does not change it`() async throws {
        let laboratory = try await MetaLaboratory()
        let somebody = Actor(user: "so@example.com", roles: ["Manager"])
        for (doctype, object) in [
            ("DocType", Self.file([:])),
            ("Custom Field", ["dt": "Part", "label": "X", "fieldtype": "Data"]),
            ("Custom DocPerm", ["parent": "Part", "role": "Manager", "read": 1]),
        ] as [(String, JSONObject)] {
            let found = await problem { try await laboratory.write(as: somebody) { _ = try $0.make(doctype, object) } }
            #expect(found?.kind == .forbidden, "\(doctype)")
        }
    }

    @Test(arguments: [
        ("formula", "Currency", "doc.amuont * 2"), ("formula", "Currency", "doc.count * 1.19"),
        ("formula", "Date", "doc.count + 1"), ("formula", "Int", "[doc.count]"), ("formula", "Time", "doc.rate"),
        ("depends_on", "Data", "cel:doc.paid == true"), ("depends_on", "Data", "cel:doc.count"),
        ("mandatory_depends_on", "Data", "cel:doc.day == '2026-03-01'"),
        ("read_only_depends_on", "Data", "cel:doc.missing > 1"), ("depends_on", "Data", "cel:doc.name && true"),
    ])
    func `an expression that can never make sense of its fields is refused`(
        key: String, type: String, text: String
    ) async throws {
        let laboratory = try await MetaLaboratory()
        let refused = await problem {
            try await laboratory.write { session in
                _ = try session.make(
                    "DocType",
                    [
                        "name": "Typed", "module": "Laboratory",
                        "fields": [
                            ["fieldname": "count", "fieldtype": "Int"], ["fieldname": "rate", "fieldtype": "Float"],
                            ["fieldname": "paid", "fieldtype": "Check"], ["fieldname": "day", "fieldtype": "Date"],
                            .object(["fieldname": "odd", "fieldtype": .string(type), key: .string(text)]),
                        ],
                        "permissions": [["role": "System Manager", "read": 1]],
                    ])
            }
        }
        #expect(refused?.kind == .badMetadata)
        #expect(refused?.field == key, "\(refused?.message ?? "it was taken")")
    }

    @Test func `a condition that a company gives to a shipped field has to compile`() async throws {
        let laboratory = try await MetaLaboratory()
        for text in ["eval:doc.title == (", "cel:doc.titel == 'x'"] {
            let refused = await problem {
                try await laboratory.write { session in
                    _ = try session.make(
                        "Property Setter",
                        [
                            "doctype_or_field": "DocField", "doc_type": "Part", "field_name": "title",
                            "property": "depends_on", "value": .string(text),
                        ])
                }
            }
            #expect(refused?.kind == .badMetadata, "\(text)")
        }
    }
}

extension JSONObject {
    /// The object with another value for a key.
    fileprivate func with(_ key: String, _ value: JSON) -> JSONObject {
        var object = self
        object[key] = value
        return object
    }
}
