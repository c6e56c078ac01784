import Customization
import Documents
import Lists
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// Files in the forms of other systems.
@Suite(.bothEngines) struct ForeignFileTests {
    private static let permissions: JSON = [
        ["role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1]
    ]
    private static let kind: JSONObject = [
        "name": "Kind", "module": "Laboratory", "autoname": "prompt", "permissions": permissions, "allow_rename": 1,
        "fields": [
            ["fieldname": "title", "fieldtype": "Data"],
            ["fieldname": "favourite", "fieldtype": "Link", "options": "Sample Thing"],
        ],
    ]
    private static let thing: JSONObject = [
        "name": "Sample Thing", "module": "Laboratory", "autoname": "prompt", "permissions": permissions,
        "allow_rename": 1, "track_changes": 1,
        "fields": [
            ["fieldname": "title", "fieldtype": "Data", "label": "Überschrift"],
            ["fieldname": "kind", "fieldtype": "Link", "options": "Kind"],
            ["fieldname": "amount", "fieldtype": "Currency"], ["fieldname": "pieces", "fieldtype": "Int"],
            ["fieldname": "day", "fieldtype": "Date"], ["fieldname": "due", "fieldtype": "Date"],
            ["fieldname": "moment", "fieldtype": "Datetime"], ["fieldname": "hour", "fieldtype": "Time"],
            ["fieldname": "open", "fieldtype": "Check"],
        ],
    ]

    private static func with(_ body: (Tenant) async throws -> Void) async throws {
        let place = try TemporaryPlace(kind: "ForeignFileTests")
        let tenant = try await Tenant.open(
            at: place.isOnServer ? .postgres(place.name) : .directory(place.name), modules: [], name: "acme")
        try await tenant.write(as: .administrator) { session in
            try session.changeMetadata {
                try session.saveMetadata("DocType", kind)
                try session.saveMetadata("DocType", thing)
            }
            try session.make("Kind", ["__newname": "plain"])
        }
        try await body(tenant)
        await tenant.close()
    }

    private static func values(_ tenant: Tenant, _ fields: String...) async throws -> [[String]] {
        try await tenant.read(as: .administrator) { session in
            try session.list(
                ListQuery("Sample Thing", fields: fields.map(JSON.string), orderBy: "name asc", limit: 0)
            ).rows.map { $0.map(\.description) }
        }
    }

    private static func imported(
        _ text: String, _ fields: String, _ reading: Import.Reading = .init()
    ) async throws -> [String] {
        var result: [String] = []
        try await with { tenant in
            var work = Import("Sample Thing")
            work.reading = reading
            _ = try await tenant.import(work, ImportFile(Array(text.utf8)), as: .administrator)
            result = try await values(tenant, fields).map { $0[0] }
        }
        return result
    }

    /// What is wrong with a file.
    private static func problems(_ text: String, _ reading: Import.Reading = .init()) async throws -> [ImportProblem] {
        var found: [ImportProblem] = []
        try await with { tenant in
            var work = Import("Sample Thing")
            work.reading = reading
            do {
                _ = try await tenant.import(work, ImportFile(Array(text.utf8)), as: .administrator)
            } catch let refused as ImportRefused {
                found = refused.problems
            }
            #expect(try await values(tenant, "name").isEmpty || found.isEmpty)
        }
        return found
    }

    @Test(arguments: [
        (["1.234,56", "0,5", "-12", "1.000.000"], ["1234.56", "0.5", "-12", "1000000"]),
        (["1,234.56", "0.5", "12", "12,34,567.89"], ["1234.56", "0.5", "12", "1234567.89"]),
        (["1 234,56", "1\u{A0}234", "1\u{202F}000\u{202F}000,5", "1"], ["1234.56", "1234", "1000000.5", "1"]),
        (["1'234.56", "1\u{2019}000", "+2", "0"], ["1234.56", "1000", "2", "0"]),
        (["12,50-", "(3,25)", "\u{2212}1,5", " 4,00 "], ["-12.5", "-3.25", "-1.5", "4"]),
    ])
    func `decimals and thousands are found out of the whole column`(cells: [String], amounts: [String]) async throws {
        let rows = cells.enumerated().map { "t\($0);\"\($1)\"\n" }.joined()
        #expect(try await Self.imported("ID;amount\n\(rows)", "amount") == amounts)
    }

    @Test func `a number that may be one thousand or one is asked for, unless the file shows it`() async throws {
        let text = "ID;amount\nt1;1.234\nt2;5\n"
        let found = try await Self.problems(text)
        #expect(found.map { $0.problem.kind.code } == ["ambiguous"] && found.first?.column == "amount")
        var comma = Import.Reading()
        comma.decimal = .comma
        #expect(try await Self.imported(text, "amount", comma) == ["1234", "5"])
        var point = Import.Reading()
        point.decimal = .point
        #expect(try await Self.imported(text, "amount", point) == ["1.234", "5"])
        // Pieces are whole, so that a point in them stands between thousands.
        #expect(try await Self.imported("ID;pieces;amount\nt1;1.234;2.345\n", "amount") == ["2345"])
        // Both at once are refused where they differ.
        let mixed = try await Self.problems("ID;amount\nt1;1,5\nt2;2,5\nt3;1.5\n")
        #expect(mixed.map(\.row) == [3])
    }

    @Test(arguments: [
        ("31.12.2025", "01.02.2026", "2025-12-31 2026-02-01"), ("12/31/2025", "01/02/2026", "2025-12-31 2026-01-02"),
        ("2025/12/31", "2026.2.1", "2025-12-31 2026-02-01"), ("20251231", "20260201", "2025-12-31 2026-02-01"),
        ("46022", "59", "2025-12-31 1900-02-28"), ("61", "45000", "1900-03-01 2023-03-15"),
        ("31-12-25", "1-2-70", "2025-12-31 1970-02-01"),
        ("2025-12-31T23:30:00-05:00", "2026-02-01", "2025-12-31 2026-02-01"),
        ("31.12.2025 00:00:00", "1.2.2026", "2025-12-31 2026-02-01"),
    ])
    func `the order of days is found out of the whole column`(one: String, two: String, days: String) async throws {
        let found = try await Self.imported("ID,day\nt1,\(one)\nt2,\(two)\n", "day")
        #expect(found.joined(separator: " ") == days)
    }

    @Test func `days that fit two orders are asked for, unless another column shows the order`() async throws {
        let text = "ID,day\nt1,01/02/2026\nt2,03/04/2026\n"
        let found = try await Self.problems(text)
        #expect(found.map { $0.problem.kind.code } == ["ambiguous"])
        #expect(found.first?.problem.fix?.contains("--dates DMY or --dates MDY") == true)
        for (order, days) in [
            (DateOrder.dayMonthYear, ["2026-02-01", "2026-04-03"]), (.monthDayYear, ["2026-01-02", "2026-03-04"]),
        ] {
            var reading = Import.Reading()
            reading.dates = order
            #expect(try await Self.imported(text, "day", reading) == days)
        }
        #expect(try await Self.imported("ID,day,due\nt1,01/02/2026,31/01/2026\n", "day") == ["2026-02-01"])
        // The same day either way says nothing.
        #expect(try await Self.imported("ID,day\nt1,02/02/2026\n", "day") == ["2026-02-02"])
        // A spreadsheet's 60th day was none.
        let phantom = try await Self.problems("ID,day\nt1,60\nt2,45000\n")
        #expect(phantom.map(\.row) == [1])
    }

    @Test(arguments: [
        ("moment", "31.12.2025 14:30", "2025-12-31 14:30:00.000000"),
        ("moment", "12/31/2025 2:30 PM", "2025-12-31 14:30:00.000000"),
        ("moment", "45000.5", "2023-03-15 12:00:00.000000"),
        ("moment", "2025-12-31T23:30:00-05:00", "2026-01-01 04:30:00.000000"), ("hour", "2:30 pm", "14:30:00"),
        ("hour", "12 AM", "0:00:00"), ("hour", "8:05", "8:05:00"),
    ])
    func `moments and times are read as they are written`(field: String, cell: String, value: String) async throws {
        #expect(try await Self.imported("ID,\(field)\nt1,\(cell)\n", field) == [value])
    }

    @Test(arguments: [
        "ja nein", "yes no", "Oui NON", "TRUE False", "x -", "1 0", "Sí no", "да нет", "WAHR FALSCH", "y n",
    ])
    func `words for yes and no of many languages are taken`(words: String) async throws {
        let parts = words.split(separator: " ")
        #expect(try await Self.imported("ID,open\na,\(parts[0])\nb,\(parts[1])\nc,\n", "open") == ["1", "0", "0"])
    }

    @Test func `a word that is neither is refused, and spaces around cells are left out`() async throws {
        let found = try await Self.problems("ID,open\na,perhaps\n")
        #expect(found.map(\.value) == ["perhaps"])
        #expect(try await Self.imported("ID,title\n\u{A0}a ,\u{2009}Two words \n", "title") == ["Two words"])
    }

    static let encoded: [(bytes: [UInt8], encoding: TextEncoding)] = {
        let text = "ID,title\nt1,Müller – 10 €\nt2,日本\n"
        let western = "ID,title\nt1,M\u{FC}ller \u{96} 10 \u{80}\n".unicodeScalars.map {
            UInt8(truncatingIfNeeded: $0.value)
        }
        let wide = Array(text.utf16)
        return [
            (Array(text.utf8), .utf8), ([0xEF, 0xBB, 0xBF] + Array(text.utf8), .utf8), (western, .windows1252),
            ([0xFF, 0xFE] + wide.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, .utf16LittleEndian),
            ([0xFE, 0xFF] + wide.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, .utf16BigEndian),
            (wide.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, .utf16LittleEndian),
        ]
    }()

    @Test(arguments: ForeignFileTests.encoded.indices)
    func `encodings are found out and told`(place: Int) async throws {
        let (bytes, encoding) = Self.encoded[place]
        try await Self.with { tenant in
            // The bytes come in pieces that cut letters.
            let file = ImportFile {
                var rest = bytes[...]
                return {
                    defer { rest = rest.dropFirst(3) }
                    return Array(rest.prefix(3))
                }
            }
            let report = try await tenant.import(Import("Sample Thing"), file, as: .administrator)
            #expect(report.findings.encoding == encoding)
            #expect(try await Self.values(tenant, "title").first == ["Müller – 10 €"])
        }
    }

    @Test(arguments: [",", ";", "\t", "|"])
    func `separators are found out and told`(separator: String) async throws {
        try await Self.with { tenant in
            let text = ["ID,title,kind", "t1,\"a,b;c|d\",plain", "t2,x,plain"].joined(separator: "\r\n")
            let file = text.replacing(",", with: separator).replacing("a\(separator)b", with: "a,b")
            let work = Import("Sample Thing")
            let report = try await tenant.import(work, ImportFile(Array(file.utf8)), as: .administrator)
            #expect(report.findings.separator == Character(separator))
            #expect(try await Self.values(tenant, "title") == [["a,b;c|d"], ["x"]])
            let said = "sep=;\r\nID;title\r\nt3;y\r\n"
            _ = try await tenant.import(work, ImportFile(Array(said.utf8)), as: .administrator)
            #expect(try await Self.values(tenant, "name").count == 3)
        }
    }

    @Test func `columns are mapped, found by labels without marks, and left out only when told to be`() async throws {
        let text = "Nummer;uberschrift;Art;Bemerkung\n10042;Eins;plain;egal\n"
        let unknown = try await Self.problems(text)
        #expect(unknown.map(\.column) == ["Nummer", "Art", "Bemerkung"])
        var reading = Import.Reading()
        reading.columns = ["Nummer": "name", "art": "kind"]
        reading.leftOut = ["Bemerkung"]
        try await Self.with { tenant in
            var work = Import("Sample Thing")
            work.reading = reading
            let file = ImportFile(Array(text.utf8))
            let tried = try await tenant.import(work, file, as: .administrator, .dryRun)
            #expect(tried.created == 1 && tried.isTried)
            #expect(tried.findings.columns.map(\.field) == ["name", "title", "kind", nil])
            #expect(try await Self.values(tenant, "name").isEmpty)
            _ = try await tenant.import(work, file, as: .administrator)
            #expect(try await Self.values(tenant, "name", "title", "kind") == [["10042", "Eins", "plain"]])
        }
        reading.leftOut = ["Nichts"]
        let wrong = try await Self.problems(text, reading)
        #expect(wrong.contains { $0.column == "Nichts" })
    }

    @Test func `files are imported in the order that their links demand, and circles by a second pass`() async throws {
        try await Self.with { tenant in
            let things = "ID,kind\nt1,round\nt2,round\n"
            let kinds = "ID,title,favourite\nround,Round,t2\n"
            let files = [("Sample Thing", things), ("Kind", kinds)].map {
                (work: Import($0.0), file: ImportFile(Array($0.1.utf8)))
            }
            var order: [String] = []
            try await tenant.importAll(files, as: .administrator) { work, _ in
                order.append("\(work.doctype)\(work.updates ? " again" : "")")
            }
            #expect(order.count == 3 && Set(order).count == 3)
            #expect(try await Self.values(tenant, "name", "kind") == [["t1", "round"], ["t2", "round"]])
            let favourite = try await tenant.read(as: .administrator) {
                try $0.value(of: "Kind", "round", "favourite").text
            }
            #expect(favourite == "t2")
        }
    }

    @Test func `a long file is written in parts between other writers, and goes on where it was stopped`() async throws
    {
        try await Self.with { tenant in
            let count = 7_000
            func file(_ bad: Int?) -> ImportFile {
                var text = "ID,title,kind\n"
                for row in 1...count {
                    text += "n\(10_000 + row),\(row == bad ? String(repeating: "x", count: 150) : "t"),plain\n"
                }
                return ImportFile(Array(text.utf8))
            }
            let work = Import("Sample Thing")
            // The check finds what costs no writing before anything is written.
            var missing = "ID,kind\n"
            for row in 1...count { missing += "m\(row),\(row == count ? "nobody" : "plain")\n" }
            do {
                _ = try await tenant.import(work, ImportFile(Array(missing.utf8)), as: .administrator)
                Issue.record("a link to nothing was imported")
            } catch let refused as ImportRefused {
                #expect(refused.problems.map(\.row) == [count] && refused.before == nil)
            }
            #expect(try await Self.values(tenant, "name").isEmpty)
            // What only writing finds stops it on the way.
            do {
                _ = try await tenant.import(work, file(count - 10), as: .administrator)
                Issue.record("a text that is too long was imported")
            } catch let refused as ImportRefused {
                #expect(refused.problems.map(\.row) == [count - 10])
                #expect(refused.before != nil)
            }
            let before = try await Self.values(tenant, "name").count
            // Parts before the one with the row are in.
            #expect(before >= 5_000 && before < count - 10)
            let report = try await tenant.import(work, file(nil), as: .administrator)
            #expect(report.rowsBefore == before && report.created == count - before && report.isInParts)
            #expect(try await Self.values(tenant, "name").count == count)
            // It is done: the same file is another import.
            do {
                _ = try await tenant.import(work, file(nil), as: .administrator)
                Issue.record("documents were imported twice")
            } catch let refused as ImportRefused {
                #expect(refused.isCutOff && refused.problems.first?.problem.kind == .duplicateName)
            }
        }
    }

    @Test func `a long file lets other writers in between its parts`() async throws {
        try await Self.with { tenant in
            let count = 12_000
            var text = "ID,title\n"
            for row in 1...count { text += "n\(row),t\n" }
            let file = ImportFile(Array(text.utf8))
            async let report = tenant.import(Import("Sample Thing"), file, as: .administrator)
            // How much of the file was in when a write of somebody else was.
            var seen: Set<Int> = []
            var writes = 0
            while !seen.contains(count), writes < 20_000 {
                writes += 1
                let imported = try await tenant.write(as: .administrator) { session in
                    let kind = try session.get("Kind", "plain")
                    kind.set("title", "w\(session.now)")
                    try session.save(kind)
                    return try session.count(ListQuery("Sample Thing"))
                }
                seen.insert(imported)
            }
            #expect(try await report.created == count)
            #expect(seen.filter { 0 < $0 && $0 < count }.count > 2, "\(seen.sorted())")
        }
    }
}
