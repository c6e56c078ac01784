import Customization
import Lists
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Documents

/// DocType files as other apps ship them: what says nothing is kept, told, and in nobody's way.
@Suite(.bothEngines) struct ForeignFileTests {
    /// A file with one odd feature, and the property that the warning names; none where nothing is lost.
    struct Odd: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let file: JSON
        let warned: [String]

        init(
            _ name: String, _ warned: [String], _ changes: JSONObject = [:], without left: [String] = [],
            fields: JSON? = nil
        ) {
            testDescription = name
            self.warned = warned
            var object: JSONObject = [
                "actions": [], "creation": "2014-06-03 14:02:19.000000", "doctype": "DocType", "engine": "InnoDB",
                "name": "Gauge", "module": "Laboratory", "links": [], "owner": "Administrator",
                "modified": "2024-03-23 16:03:29.801483", "modified_by": "Administrator", "docstatus": 0, "idx": 1,
                "permissions": [["create": 1, "read": 1, "role": "System Manager", "write": 1]],
                "sort_field": "modified", "sort_order": "DESC", "states": [],
            ]
            for (key, value) in changes.members { object[key] = value }
            for key in left { object[key] = nil }
            let rows = fields?.array ?? [["fieldname": "code", "fieldtype": "Data", "label": "Code"]]
            object["fields"] = .array(rows)
            object["field_order"] = .array(rows.map { $0["fieldname"] ?? "" })
            file = Self.sorted(.object(object))
        }

        /// As files are written: keys in alphabetical order.
        private static func sorted(_ json: JSON) -> JSON {
            switch json {
            case .object(let object):
                .object(JSONObject(object.members.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) }))
            case .array(let elements): .array(elements.map(sorted))
            default: json
            }
        }

        /// One with a field `code`, a Link `part` to a shipped DocType, and one more field.
        init(_ name: String, _ warned: [String], field: JSONObject) {
            self.init(
                name, warned,
                fields: [
                    ["fieldname": "code", "fieldtype": "Data", "label": "Code"],
                    ["fieldname": "part", "fieldtype": "Link", "label": "Part", "options": "Part"],
                    .object(field.with("fieldname", field["fieldname"] ?? "odd").with("label", "Odd")),
                ])
        }
    }

    static let odd: [Odd] = [
        Odd(
            "fetches what the shipped DocType lacks", ["fetch_from"],
            field: ["fetch_from": "part.grain", "fieldtype": "Data"]),
        Odd("fetches over no Link", ["fetch_from"], field: ["fetch_from": "code.title", "fieldtype": "Data"]),
        Odd("fetches over nothing", ["fetch_from"], field: ["fetch_from": "nowhere.title", "fieldtype": "Data"]),
        Odd("fetches without a dot", [], field: ["fetch_from": "part", "fieldtype": "Data"]),
        Odd(
            "fetches into a table", ["fetch_from"],
            field: ["fetch_from": "part.title", "fieldtype": "Table", "options": "Job Part"]),
        Odd("fetches into layout", ["fetch_from"], field: ["fetch_from": "part.title", "fieldtype": "Section Break"]),
        Odd("indexes a section", ["search_index"], field: ["fieldtype": "Section Break", "search_index": 1]),
        Odd("indexes a button", ["search_index"], field: ["fieldtype": "Button", "search_index": 1]),
        Odd("indexes long text", ["search_index"], field: ["fieldtype": "Long Text", "search_index": 1]),
        Odd("requires a column", ["reqd"], field: ["fieldtype": "Column Break", "reqd": 1]),
        Odd(
            "depends on no expression", ["depends_on"],
            field: ["depends_on": "eval:doc.code == (", "fieldtype": "Data"]),
        Odd("depends on a setting", ["depends_on"], field: ["depends_on": "eval:doc.code = 'x'", "fieldtype": "Data"]),
        Odd(
            "requires by no expression", ["mandatory_depends_on"],
            field: ["fieldtype": "Data", "mandatory_depends_on": "eval:if (doc.code) true"]),
        Odd(
            "is read-only by no expression", ["read_only_depends_on"],
            field: ["fieldtype": "Data", "read_only_depends_on": "eval:!!"]),
        Odd(
            "hides a section by no expression", ["depends_on"],
            field: ["depends_on": "eval:{", "fieldtype": "Section Break"]),
        Odd(
            "level 1 without level 0", ["permissions"],
            [
                "permissions": [
                    ["create": 1, "read": 1, "role": "System Manager", "write": 1],
                    ["permlevel": 1, "read": 1, "role": "Manager", "write": 1],
                ]
            ]),
        Odd(
            "level 1 that creates", ["permissions"],
            [
                "permissions": [
                    ["create": 1, "read": 1, "role": "System Manager", "write": 1],
                    [
                        "create": 1, "delete": 1, "permlevel": 1, "read": 1, "role": "System Manager", "submit": 1,
                        "write": 1,
                    ],
                ]
            ]),
        Odd("a bare word names", ["autoname"], ["autoname": "gauge"]),
        Odd("two bare words name", ["autoname"], ["autoname": "By Script"]),
        Odd("another spelling names", [], ["autoname": "Prompt"]),
        Odd("a parent without a tree", ["nsm_parent_field"], ["is_tree": 0, "nsm_parent_field": "parent_gauge"]),
        Odd("a parent that is none without a tree", ["nsm_parent_field"], ["nsm_parent_field": "x y"]),
        Odd("a field idx", ["fieldname"], field: ["fieldname": "idx", "fieldtype": "Int"]),
        Odd(
            "a field _user_tags", ["fieldname"], field: ["fieldname": "_user_tags", "fieldtype": "Data", "no_copy": 1]),
        Odd("a field parent", [], field: ["fieldname": "parent", "fieldtype": "Data"]),
        Odd("a picture of no picture", ["options"], field: ["fieldtype": "Image", "options": "code"]),
        Odd("a picture of nothing", ["options"], field: ["fieldtype": "Image", "options": "nowhere"]),
        Odd("a field owner", ["fieldname"], field: ["fieldname": "owner", "fieldtype": "Link", "options": "User"]),
        Odd("no actions as text", [], ["actions": "", "links": "", "states": ""]),
        Odd("no permissions as text", [], ["permissions": ""]),
        Odd("no permissions said", [], without: ["permissions"]),
        Odd(
            "nothing said of itself", [], without: ["creation", "docstatus", "idx", "modified", "modified_by", "owner"]),
        Odd("nothing as null", [], ["actions": nil, "links": nil, "permissions": nil]),
    ]

    @Test(arguments: odd)
    func `a file that says something in vain is kept as it is, told and used`(odd: Odd) async throws {
        let laboratory = try await MetaLaboratory()
        let docs: JSON = [odd.file]
        let warnings = try await laboratory.write { session -> [Problem] in
            try session.make("Part", ["code": "bolt", "title": "Bolt"])
            _ = try session.call("cauldron.meta.apply", ["docs": docs])
            return session.remarks.warnings
        }
        #expect(warnings.map(\.field) == odd.warned, "\(warnings.map(\.message))")
        for warning in warnings {
            #expect(warning.kind == .noEffect)
            #expect(warning.name == "Gauge")
            #expect(warning.message.hasPrefix("Gauge: "))
        }
        // It comes out as it went in, also for who reads the company anew.
        let (exported, problems) = try await laboratory.read { session in
            let fresh = try Registry.core().customized(in: session).metadataProblems
            return (try session.call("cauldron.meta.export", ["doctype": "Gauge"]), fresh.filter { $0.name == "Gauge" })
        }
        #expect(exported == odd.file, "\(exported.text)")
        // So it does when it is loaded again.
        let again = try await laboratory.write { session in
            _ = try session.call("cauldron.meta.apply", ["docs": docs])
            return try session.call("cauldron.meta.export", ["doctype": "Gauge"])
        }
        #expect(again == odd.file, "\(again.text)")
        #expect(problems.allSatisfy { $0.message.contains("there is no DocType") }, "\(problems.map(\.message))")
        // Documents live through it.
        let named: JSONObject = odd.file["autoname"] == "Prompt" ? ["__newname": "one"] : [:]
        let name = try await laboratory.write { session in
            var sent = named.with("code", "c")
            if odd.file["fields"]?.array?.count != 1 { sent["part"] = "bolt" }
            let gauge = try session.make("Gauge", sent)
            gauge.set("code", "d")
            try session.save(gauge)
            return gauge.name
        }
        let listed = try await laboratory.read { session in
            try session.list(ListQuery("Gauge", fields: ["*"])).json(dictionaries: true)
        }
        #expect(listed.array?.count == 1)
        #expect(listed.array?.first?["name"] == .string(name))
    }

    @Test func `what a file fetches in vain is fetched once the DocType has it`() async throws {
        let laboratory = try await MetaLaboratory()
        let file = try #require(Self.odd.first?.file)
        try await laboratory.write { session in
            try session.make("Part", ["code": "bolt", "title": "Bolt"])
            _ = try session.call("cauldron.meta.apply", ["docs": [file]])
            #expect(try session.make("Gauge", ["part": "bolt", "odd": "mine"]).text("odd") == "mine")
        }
        try await laboratory.write { session in
            try session.make(
                "Custom Field", ["dt": "Part", "fieldname": "grain", "fieldtype": "Data", "default": "fine"])
            let part = try session.get("Part", "bolt")
            part.set("grain", "coarse")
            try session.save(part)
            #expect(try session.make("Gauge", ["part": "bolt"]).text("odd") == "coarse")
        }
    }

    @Test func `what only a row has is a field like others in a document, and none in a row`() async throws {
        let laboratory = try await MetaLaboratory()
        let fields: [JSONObject] = ["parent", "parentfield", "parenttype"].map {
            ["fieldname": .string($0), "fieldtype": "Data"]
        }
        let file = Odd("", [], fields: .array(fields.map(JSON.object))).file
        try await laboratory.write { session in
            _ = try session.call("cauldron.meta.apply", ["docs": [file]])
            try session.make("Gauge", ["parent": "Alpha", "parentfield": "a", "parenttype": "b"])
            try session.make("Gauge", ["parent": "Beta"])
        }
        let found = try await laboratory.read { session in
            let query = ListQuery(
                "Gauge", fields: ["parent", "parentfield", "parenttype"], filters: [["parent", "=", "Alpha"]])
            return try session.list(query).json(dictionaries: false)
        }
        #expect(found == [["Alpha", "a", "b"]])
        let row = Odd(
            "", [], ["istable": 1, "name": "Gauge Row", "permissions": []], fields: .array(fields.map(JSON.object)))
        let refused = await problem {
            try await laboratory.write { _ = try $0.call("cauldron.meta.apply", ["docs": [row.file]]) }
        }
        #expect(refused?.kind == .badMetadata && refused?.field == "fieldname")
    }

    @Test func `a level that gives nothing gives nothing`() async throws {
        let laboratory = try await MetaLaboratory()
        let file = try #require(Self.odd.first { $0.testDescription == "level 1 without level 0" }?.file)
        try await laboratory.write { _ = try $0.call("cauldron.meta.apply", ["docs": [file]]) }
        let manager = Actor(user: "so@example.com", roles: ["Manager"])
        let refused = await problem {
            try await laboratory.write(as: manager) { _ = try $0.make("Gauge", ["code": "c"]) }
        }
        #expect(refused?.kind == .forbidden)
        let unread = await problem { try await laboratory.read(as: manager) { _ = try $0.list(ListQuery("Gauge")) } }
        #expect(unread?.kind == .forbidden)
    }

    // MARK: Many files and many problems

    private static func plain(_ name: String, _ field: JSONObject) -> JSON {
        [
            "doctype": "DocType", "name": .string(name), "module": "Laboratory",
            "fields": [["fieldname": "code", "fieldtype": "Data"], .object(field)],
            "permissions": [["role": "System Manager", "read": 1]],
        ]
    }

    @Test func `all problems of all files are told at once, each with its DocType and field`() async throws {
        let laboratory = try await MetaLaboratory()
        let before = try await laboratory.shape()
        let docs: [JSON] = [
            Self.plain("Gauge One", ["fieldname": "x", "fieldtype": "Datum"]),
            Self.plain("Gauge Two", ["fieldname": "y", "fieldtype": "Link", "options": "Nowhere"]),
            // Both of these stand on another, which is what is wrong.
            Self.plain("Gauge Three", ["fieldname": "z", "fieldtype": "Link", "options": "Gauge One"]),
            Self.plain("Gauge Four", ["fieldname": "z", "fieldtype": "Link", "options": "Gauge Two"]),
            [
                "doctype": "DocType", "name": "Gauge Five", "module": "Laboratory", "title_field": "nowhere",
                "fields": [
                    ["fieldname": "a", "fieldtype": "Int", "default": "many"],
                    ["fieldname": "b", "fieldtype": "Float", "length": "long"],
                    ["fieldname": "c", "fieldtype": "Data", "fetch_from": "nowhere.title"],
                ],
            ],
            [
                "doctype": "DocType", "name": "Gauge Six", "module": "Laboratory", "title_field": "nowhere",
                "fields": [
                    ["fieldname": "a", "fieldtype": "Table", "options": "Part"],
                    ["fieldname": "b", "fieldtype": "Rating", "options": "99", "permlevel": 12],
                    ["fieldname": "c", "fieldtype": "Data", "fetch_from": "nowhere.title"],
                ],
            ],
            Self.plain("Gauge Seven", ["fieldname": "fine", "fieldtype": "Int"]),
        ]
        let found = await problem {
            try await laboratory.write { _ = try $0.call("cauldron.meta.apply", ["docs": .array(docs)]) }
        }
        let parts = try #require(found).parts
        let told = parts.filter { $0.kind != .noEffect }.map {
            "\($0.name ?? ""): \($0.fieldname ?? "-"): \($0.field ?? "")"
        }
        #expect(
            Set(told) == [
                "Gauge One: x: fieldtype", "Gauge Two: y: options", "Gauge Five: a: default", "Gauge Five: b: length",
                "Gauge Six: a: options", "Gauge Six: b: options", "Gauge Six: b: permlevel",
                "Gauge Six: -: title_field",
            ], "\(parts.map(\.message))")
        #expect(told.count == 8)
        #expect(found?.message.contains("(and 7 more)") == true)
        #expect(try await laboratory.shape() == before)
    }

    @Test func `a problem of the whole and what has no effect are told together`() async throws {
        let laboratory = try await MetaLaboratory()
        let file = Self.plain("Gauge", ["fieldname": "y", "fieldtype": "Link", "options": "Nowhere"])
        let vain = Self.plain("Dial", ["fieldname": "z", "fieldtype": "Data", "fetch_from": "no.where"])
        let found = await problem {
            try await laboratory.write { _ = try $0.call("cauldron.meta.apply", ["docs": [file, vain]]) }
        }
        #expect(found?.parts.map(\.kind) == [.badMetadata, .noEffect])
        #expect(found?.parts.map(\.fieldname) == ["y", "z"])
    }

    @Test func `any number of files becomes DocTypes at once`() async throws {
        let laboratory = try await MetaLaboratory()
        let docs = (0..<400).map { number in
            Self.plain(
                "Gauge \(number)",
                ["fieldname": "next", "fieldtype": "Link", "options": .string("Gauge \((number + 1) % 400)")])
        }
        try await laboratory.write { _ = try $0.call("cauldron.meta.apply", ["docs": .array(docs)]) }
        #expect(laboratory.registry.doctypes.filter { $0.name.hasPrefix("Gauge ") }.count == 400)
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
