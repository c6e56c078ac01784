import Lists
import Storage
import TestSupport
import Testing
import Values

@testable import Documents

/// Rules for names, singles, virtual DocTypes, trees, conditions, formulas and formats, on the DocTypes of the fixtures.
@Suite(.bothEngines) struct MetaKindTests {
    private static func names(
        _ laboratory: MetaLaboratory, _ doctype: String, _ objects: [JSONObject]
    ) async throws
        -> [String]
    {
        try await laboratory.write { session in try objects.map { try session.make(doctype, $0).name } }
    }

    @Test func `every rule for names gives its names`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        func names(_ doctype: String, _ objects: JSONObject...) async throws -> [String] {
            try await Self.names(laboratory, doctype, objects)
        }
        #expect(try await names("Laboratory Log", ["subject": "a"], ["subject": "b"]) == ["1", "2"])
        #expect(
            try await names("Laboratory Visit", ["kind": "X"], ["kind": "X"], ["kind": "Y"])
                == ["VIS-26-X-0001", "VIS-26-X-0002", "VIS-26-Y-0001"])
        #expect(try await names("Laboratory Visitor", ["__newname": " Ann "], ["name": "Bo"]) == ["Ann", "Bo"])
        #expect(
            try await names("Laboratory Sample", ["batch": "B7"], ["batch": "B7"]) == [
                "S-B7-0302-001", "S-B7-0302-002",
            ])
        let hashed = try await names("Laboratory Badge", ["subject": "a"])
        #expect(hashed[0].count == 15)
        #expect(try await names("Laboratory Paper", ["subject": "a"])[0].count == 15)
        let uuids = try await names("Laboratory Note", ["subject": "a"], ["subject": "b"])
        #expect(uuids.allSatisfy { $0.count == 36 && $0.split(separator: "-")[2].first == "7" })
        #expect(uuids == uuids.sorted() && uuids[0] != uuids[1])
        let own = "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000"
        #expect(try await names("Laboratory Note", ["name": .string(own)]) == [own])
        let missing = await problem { _ = try await names("Laboratory Visitor", ["subject": "no name"]) }
        #expect(missing?.kind == .mandatory)
    }

    @Test func `a deleted document gives its number back, and an amended one keeps its own`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        try await laboratory.write { session in
            _ = try session.make("Laboratory Visit", ["kind": "X"])
            let last = try session.make("Laboratory Visit", ["kind": "X"])
            try session.delete("Laboratory Visit", last.name)
            #expect(try session.make("Laboratory Visit", ["kind": "X"]).name == "VIS-26-X-0002")
            try session.make("Instrument", ["serial": "S1", "title": "Scale"])
            let calibration = try session.submitted("Calibration", ["instrument": "S1", "readings": [["point": 1]]])
            #expect(calibration.name == "CAL-2026-00001")
            try session.cancel(calibration)
            let amended = try session.amend(calibration)
            try session.insert(amended)
            #expect(amended.name == "CAL-2026-00001-1")
            #expect(
                try session.make(
                    "Calibration", ["instrument": "S1", "naming_series": "LAB-.MM.-.###", "readings": [["point": 1]]]
                ).name == "LAB-03-001")
        }
    }

    @Test func `a rule for names counts by itself for the documents that fit`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        try await laboratory.write { session in
            _ = try session.make(
                "Document Naming Rule",
                [
                    "document_type": "Laboratory Visit", "prefix": "URGENT-.YYYY.-", "prefix_digits": 3, "counter": 40,
                    "priority": 2, "conditions": [["field": "kind", "condition": "=", "value": "U"]],
                ])
        }
        let visits = try await Self.names(
            laboratory, "Laboratory Visit", [["kind": "U"], ["kind": "X"], ["kind": "U"]])
        #expect(visits == ["URGENT-2026-041", "VIS-26-X-0001", "URGENT-2026-042"])
        try await laboratory.write { try $0.delete("Laboratory Visit", "URGENT-2026-042") }
        #expect(try await Self.names(laboratory, "Laboratory Visit", [["kind": "U"]]) == ["URGENT-2026-042"])
    }

    @Test func `a single has its defaults before it is saved, and is one document`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        try await laboratory.write { session in
            let settings = try session.get("Laboratory Settings", "Laboratory Settings")
            #expect(settings.text("lab_name") == "Main Laboratory")
            #expect(settings.int("days_between") == 365)
            settings.set("days_between", 30)
            try session.apply(["parts": [["part_name": "Lens"]]], to: settings)
            try session.save(settings)
        }
        try await laboratory.write { session in
            let settings = try session.get("Laboratory Settings", "Laboratory Settings")
            #expect(settings.int("days_between") == 30)
            #expect(settings.table("parts").map { $0.text("part_name") } == ["Lens"])
            settings.set("days_between", 31)
            try session.save(settings)
        }
        let other = await problem { try await laboratory.read { _ = try $0.get("Laboratory Settings", "Other") } }
        #expect(other?.kind == .notFound)
        let second = await problem { try await laboratory.write { _ = try $0.make("Laboratory Settings", [:]) } }
        #expect(second?.kind == .duplicateName)
    }

    @Test func `a virtual DocType without a source is empty and is not written`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        try await laboratory.read { session throws in
            #expect(try session.list(ListQuery("Laboratory Feed", fields: ["*"])).rows.isEmpty)
            #expect(try session.count(ListQuery("Laboratory Feed")) == 0)
        }
        let written = await problem {
            try await laboratory.write { _ = try $0.make("Laboratory Feed", ["title": "a"]) }
        }
        #expect(written?.kind == .forbidden)
    }

    @Test func `a virtual DocType shows what its source has`() async throws {
        let laboratory = try await MetaLaboratory { registry in
            registry.add(MetaStar.self)
            registry.add(source: MetaStar.source, for: "Star")
        }
        try await laboratory.write { session in
            var query = ListQuery("Star", fields: ["name", "brightness"], filters: [["brightness", ">", 1]])
            query.orderBy = "brightness desc"
            #expect(try session.list(query).rows.map { $0[0].description } == ["Deneb", "Altair"])
            query.filters = ["name": ["like", "%LT%"]]
            #expect(try session.count(query) == 1)
            #expect(try session.get("Star", "Vega").text("colour") == "white")
            let vega = try session.get("Star", "Vega")
            vega.set("colour", "blue")
            try session.save(vega)
        }
        let refused = await problem { try await laboratory.write { try $0.delete("Star", "Vega") } }
        #expect(refused?.kind == .forbidden)
    }

    @Test func `a tree has no loops, and groups keep what stands below them`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        func move(_ name: String, _ changes: JSONObject) async -> Problem? {
            await problem {
                try await laboratory.write { session in
                    let node = try session.get("Laboratory Location", name)
                    try session.apply(changes, to: node)
                    try session.save(node)
                }
            }
        }
        try await laboratory.write { session in
            for (name, parent, isGroup) in [
                ("House", "", 1), ("Floor", "House - 2026", 1), ("Room", "Floor - 2026", 0),
            ] {
                let node = try session.make(
                    "Laboratory Location",
                    [
                        "location_name": .string(name), "parent_laboratory_location": .string(parent),
                        "is_group": .int(Int64(isGroup)),
                    ])
                #expect(node.name == "\(name) - 2026")
            }
            let below = ListQuery(
                "Laboratory Location", filters: [["name", "descendants of", "House - 2026"]], orderBy: "name")
            #expect(try session.list(below).rows.map { $0[0].description } == ["Floor - 2026", "Room - 2026"])
        }
        #expect(await move("House - 2026", ["parent_laboratory_location": "Floor - 2026"])?.kind == .belowItself)
        #expect(await move("House - 2026", ["parent_laboratory_location": "House - 2026"])?.kind == .belowItself)
        #expect(await move("Floor - 2026", ["parent_laboratory_location": "Room - 2026"])?.kind == .belowItself)
        #expect(await move("Floor - 2026", ["is_group": 0])?.kind == .staysGroup)
        #expect(await move("Room - 2026", ["parent_laboratory_location": "House - 2026"]) == nil)
        #expect(await move("Floor - 2026", ["is_group": 0]) == nil)
        let deleted = await problem {
            try await laboratory.write { try $0.delete("Laboratory Location", "House - 2026") }
        }
        #expect(deleted?.kind == .linked)
    }

    @Test func `conditions and formulas hold on the server`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        try await laboratory.write { session in _ = try session.make("Instrument", ["serial": "S1", "title": "Scale"]) }
        func make(_ object: JSONObject) async throws -> JSONObject {
            try await laboratory.write { session in
                var given: JSONObject = ["instrument": "S1", "readings": [["point": 10, "measured": "10.5"]]]
                for (key, value) in object.members { given[key] = value }
                return try session.make("Calibration", given).json.object ?? [:]
            }
        }
        let made = try await make(["worst": 99, "certificate": "C1"])
        #expect(made["worst"] == .decimal(Exact("0.5") ?? .zero))
        #expect(made["readings"]?.array?[0]["error"] == .decimal(Exact("0.5") ?? .zero))
        #expect(made["certificate"] == "C1")
        #expect(made["instrument_title"] == "Scale")
        #expect(made["calibrated_on"] == "2026-03-02")
        let missing = await problem { _ = try await make(["result": "Failed"]) }
        #expect(missing?.kind == .mandatory)
        #expect(missing?.field == "laboratory")
        let frozen = try await make(["result": "Failed", "laboratory": "North", "certificate": "C2"])
        #expect(frozen["certificate"] == .null, "read only while the result is Failed")
        let reason = await problem { _ = try await make(["readings": [["point": 1], ["point": 2, "passed": 0]]]) }
        #expect(reason?.field == "reason")
        #expect(reason?.row == 2)
    }

    @Test(arguments: [
        ("mail", "ann@example.com", "ann@example"), ("site", "https://example.com/a?b=c", "javascript:alert(1)"),
        ("call", "+43 (1) 234-567", "call me"), ("bank", "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 01"),
        ("person", "Ana María O'Neill", "<b>Ana</b>"), ("colour", "#29cd42", "red"),
        ("settings", "{\"a\": 1}", "{a: 1}"),
        ("place", "{\"type\": \"Point\", \"coordinates\": [1, 2]}", "[1, 2]"), ("stars", "0.6", "3"),
        ("mobile", "+1 555 0100", "none"), ("kind", "Pump", "Rocket"),
    ])
    func `a value has the form its field asks for`(field: String, good: String, bad: String) async throws {
        let laboratory = try await MetaLaboratory.filled()
        try await laboratory.write { session in
            _ = try session.make("Instrument", ["serial": "S1", "title": "Scale", field: .string(good)])
        }
        let found = await problem {
            try await laboratory.write { session in
                _ = try session.make("Instrument", ["serial": "S2", "title": "Scale", field: .string(bad)])
            }
        }
        #expect(found?.field == field)
    }

    @Test func `a Table MultiSelect takes rows or names`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        try await laboratory.write { session in
            for role in ["Reader", "Writer"] { try session.make("Role", ["role_name": .string(role)]) }
            let instrument = try session.make(
                "Instrument", ["serial": "S1", "title": "Scale", "skills": ["Reader", ["role": "Writer"]]])
            #expect(instrument.table("skills").map { $0.text("role") } == ["Reader", "Writer"])
            #expect(instrument.text("state") == "New")
            #expect(instrument.text("keeper") == "Administrator" || instrument.text("keeper").isEmpty)
        }
    }

    @Test func `a condition of a tab, a section or a column holds for the fields in it`() async throws {
        let laboratory = try await MetaLaboratory()
        try await laboratory.write { session in
            _ = try session.make(
                "DocType",
                [
                    "name": "Shipment", "module": "Laboratory", "autoname": "hash",
                    "fields": [
                        ["fieldname": "way", "fieldtype": "Data"], ["fieldname": "customs", "fieldtype": "Check"],
                        ["fieldname": "abroad", "fieldtype": "Tab Break", "depends_on": "customs"],
                        [
                            "fieldname": "by_ship", "fieldtype": "Section Break",
                            "depends_on": "eval:doc.way == 'Ship'",
                        ],
                        ["fieldname": "vessel", "fieldtype": "Data", "reqd": 1],
                        ["fieldname": "second", "fieldtype": "Column Break", "depends_on": "eval:doc.vessel == 'Ada'"],
                        ["fieldname": "cabin", "fieldtype": "Data", "reqd": 1],
                        ["fieldname": "other", "fieldtype": "Section Break"],
                        ["fieldname": "tariff", "fieldtype": "Data", "reqd": 1],
                        ["fieldname": "all", "fieldtype": "Tab Break"],
                        ["fieldname": "sender", "fieldtype": "Data", "reqd": 1],
                    ],
                    "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
                ])
        }
        func missing(_ fields: JSONObject) async -> String? {
            await problem { try await laboratory.write { _ = try $0.make("Shipment", fields) } }?.field
        }
        #expect(await missing([:]) == "sender")
        #expect(await missing(["sender": "Ana"]) == nil)
        #expect(await missing(["sender": "Ana", "customs": 1]) == "tariff")
        #expect(await missing(["sender": "Ana", "customs": 1, "way": "Ship"]) == "vessel")
        #expect(await missing(["sender": "Ana", "customs": 1, "way": "Ship", "vessel": "Bo", "tariff": "7"]) == nil)
        #expect(
            await missing(["sender": "Ana", "customs": 1, "way": "Ship", "vessel": "Ada", "tariff": "7"]) == "cabin")
        #expect(await missing(["sender": "Ana", "way": "Ship"]) == nil)
    }

    @Test func `formulas see zeros of their type, and give spans of time to fields that hold them`() async throws {
        let laboratory = try await MetaLaboratory()
        let fields: JSON = [
            ["fieldname": "rate", "fieldtype": "Currency"],
            ["fieldname": "gross", "fieldtype": "Currency", "formula": "doc.rate * 1.19"],
            ["fieldname": "third", "fieldtype": "Float", "formula": "(doc.rate + 1) / 3"],
            ["fieldname": "start", "fieldtype": "Time"],
            [
                "fieldname": "until", "fieldtype": "Time",
                "formula": "doc.start == null ? null : doc.start + duration('1h')",
            ],
            ["fieldname": "took", "fieldtype": "Duration", "formula": "duration('90m')"],
            [
                "fieldname": "steps", "fieldtype": "Table", "options": "Reading Row",
                "read_only_depends_on": "eval:doc.rate > 5",
            ],
        ]
        try await laboratory.write { session in
            try session.make(
                "DocType",
                [
                    "name": "Reading Row", "module": "Laboratory", "istable": 1,
                    "fields": [["fieldname": "text", "fieldtype": "Data"]],
                ])
            try session.make(
                "DocType",
                [
                    "name": "Reading", "module": "Laboratory", "autoname": "prompt", "fields": fields,
                    "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
                ])
            try session.make("Reading", ["__newname": "r", "start": "22:30:00", "steps": [["text": "first"]]])
        }
        let read = try await laboratory.read { session -> [Value] in
            let reading = try session.get("Reading", "r")
            return ["gross", "third", "until", "took"].map { reading[$0] }
        }
        #expect(
            read == [
                .decimal(units: 0, scale: 4), .decimal(units: 333_333_333, scale: 9),
                .time(TimeOfDay("23:30:00") ?? TimeOfDay(microseconds: 0)),
                .decimal(units: 5_400_000_000_000, scale: 9),
            ])
        try await laboratory.write { session in
            let reading = try session.get("Reading", "r")
            try session.apply(["rate": 10, "steps": [["text": "other"], ["text": "more"]]], to: reading)
            try session.save(reading)
        }
        let steps = try await laboratory.read { try $0.get("Reading", "r").table("steps").map { $0.text("text") } }
        #expect(steps == ["first"], "a table that is read-only keeps its rows")
    }

    @Test func `formulas in a long row are computed in the order in which they read each other`() async throws {
        let laboratory = try await MetaLaboratory()
        let count = 900
        let chain = (0..<count).map { number -> JSON in
            [
                "fieldname": .string("f\(number)"), "fieldtype": "Int",
                "formula": .string(number + 1 < count ? "doc.f\(number + 1) + 1" : "1"),
            ]
        }
        let first = try await laboratory.write { session in
            try session.make(
                "DocType",
                [
                    "name": "Chain", "module": "Laboratory", "autoname": "prompt", "fields": .array(chain),
                    "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
                ])
            return try session.make("Chain", ["__newname": "c"]).int("f0")
        }
        #expect(first == count)
    }

    @Test func `a time of the day takes now, and a series that is offered no more keeps its documents`() async throws {
        let laboratory = try await MetaLaboratory()
        let clock = try await laboratory.write { session in
            try session.make(
                "DocType",
                [
                    "name": "Visit", "module": "Laboratory", "autoname": "naming_series:",
                    "fields": [
                        [
                            "fieldname": "naming_series", "fieldtype": "Select", "options": "OLD-.##\nNEW-.##",
                            "set_only_once": 1,
                        ], ["fieldname": "clock", "fieldtype": "Time", "default": "Now"],
                        ["fieldname": "note", "fieldtype": "Data"],
                    ], "permissions": [["role": "System Manager", "read": 1, "write": 1, "create": 1]],
                ])
            return try session.make("Visit", ["naming_series": "OLD-.##"])["clock"]
        }
        #expect(clock == .time(MetaLaboratory.noon.time))
        try await laboratory.write { session in
            _ = try session.make(
                "Property Setter",
                [
                    "doctype_or_field": "DocField", "doc_type": "Visit", "field_name": "naming_series",
                    "property": "options", "value": "NEW-.##",
                ])
        }
        try await laboratory.write { session in
            let visit = try session.get("Visit", "OLD-01")
            #expect(visit["clock"] == .time(MetaLaboratory.noon.time))
            visit.set("note", "later")
            try session.save(visit)
        }
        let refused = await problem {
            try await laboratory.write { _ = try $0.make("Visit", ["naming_series": "OLD-.##"]) }
        }
        #expect(refused != nil)
    }
}

/// A DocType whose documents no table holds.
struct MetaStar: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Star", module: "Sky", naming: .prompt, .virtual, permissions: [.manage("System Manager")])
    let colour = Data()
    let brightness = FloatField()
    init() {}

    static let source = VirtualSource(
        list: { _, session in try documents(session) },
        load: { names, session in try documents(session).filter { names.contains($0.name) } },
        update: { document, _ in
            guard document.text("colour") != "green" else { throw Problem(.refused, "no star is green") }
        })

    private static func documents(_ session: Session) throws -> [Document] {
        try [("Vega", "white", "0.03"), ("Deneb", "white", "1.25"), ("Altair", "yellow", "1.1")].map {
            name, colour, light in
            let star = Document(try session.registry.doctype("Star"))
            star.name = name
            star.set("colour", colour)
            star.set("brightness", Exact(light) ?? .zero)
            session.markStored(star)
            return star
        }
    }
}
