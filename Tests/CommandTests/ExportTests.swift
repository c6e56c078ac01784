import Documents
import Foundation
import Lists
import Storage
import Tenancy
import Testing
import Values

@Suite struct ExportTests {
    /// What of a document says what it is, without who wrote it when and under which name its rows are kept.
    private static func content(_ document: Document, named: Bool) -> JSON {
        func cleaned(_ json: JSON) -> JSON {
            switch json {
            case .object(let object):
                var kept: JSONObject = [:]
                let left = ["owner", "creation", "modified", "modified_by", "parent"]
                for (key, value) in object.members where !left.contains(key) {
                    if key == "name", !named || object["parenttype"] != nil { continue }
                    kept[key] = cleaned(value)
                }
                return .object(kept)
            case .array(let elements): return .array(elements.map(cleaned))
            default: return json
            }
        }
        return cleaned(document.json)
    }

    private func contents(_ doctype: String, of company: Company, named: Bool) async throws -> [String] {
        try await company.with { tenant in
            try await tenant.read(as: .administrator) { session in
                let query = ListQuery(doctype, orderBy: "creation asc, name asc", limit: 0)
                let names = try session.list(query).rows.compactMap { $0[0].text }
                return try session.getMany(doctype, names).map { Self.content($0, named: named).text }.sorted()
            }
        }
    }

    private func add(to company: Company) async throws {
        try await company.insert("Currency", ["currency_name": "EUR"])
        try await company.insert(
            "Customer",
            [
                "customer_name": "Ernst, \"Handel\"", "customer_details": "line one\nline two, with a comma",
                "website": " ",
            ],
            ["customer_name": "日本商事", "customer_type": "Individual", "disabled": 1, "credit_limit": "1234.5678"])
        try await company.insert(
            "Item",
            [
                "item_code": "Tofu", "item_group": "Goods", "stock_uom": "Nos", "is_stock_item": 0,
                "uoms": [
                    ["uom": "Box", "conversion_factor": "12.000000001"], ["uom": "Nos", "conversion_factor": 1],
                ],
                "item_defaults": [["company": "Acme", "default_warehouse": "Stores - A"]],
            ],
            ["item_code": "Plain", "item_group": "Goods", "stock_uom": "Box"])
        try await company.insert(
            "User",
            [
                "email": "ana@example.com", "first_name": "Ana",
                "roles": [["role": "Sales User"], ["role": "Stock User"]],
            ],
            ["email": "bo@example.com", "first_name": "Bo", "enabled": 0])
        try await company.insert("Journal Entry", Company.journalEntry(7), Company.journalEntry(8))
        try await company.insert(
            "Journal Entry",
            [
                "company": "Acme", "user_remark": "a draft, \"quoted\"",
                "accounts": [
                    ["account": "Cash - A", "debit_in_account_currency": "0.01"],
                    ["account": "Sales - A", "credit_in_account_currency": "0.01"],
                ],
            ])
    }

    private static let doctypes: [(doctype: String, filters: String, named: Bool)] = [
        ("Customer", #"{"name": ["not in", ["Alfreds", "Bolido"]]}"#, true),
        ("Item", #"{"name": ["not in", ["Chai", "Chang"]]}"#, true),
        ("User", #"{"name": ["not in", ["Administrator", "Guest"]]}"#, true),
        ("Journal Entry", #"{"name": ["!=", "\#(first)"]}"#, true),
    ]
    private static let first = "ACC-JV-\(Tenant.systemClock().day.year)-00001"

    @Test(arguments: doctypes)
    func `what is exported gives the same documents when it is imported`(
        doctype: String, filters: String, named: Bool
    ) async throws {
        let (source, target) = (try await Company(), try await Company())
        try await add(to: source)
        let file = source.path("export.csv")
        let exported = try await source.run("export", doctype, "--filters", filters, "--output", file, "--json")
        #expect(exported.status == 0, "\(exported.errors)")
        let imported = try await target.run("import", doctype, file, "--json")
        #expect(imported.status == 0, "\(imported.output)\(imported.errors)")
        #expect(try imported.json["created"] == exported.json["documents"])
        let expected = try await contents(doctype, of: source, named: named)
        #expect(expected.count > 1)
        #expect(try await contents(doctype, of: target, named: named) == expected)
        #expect(try await target.run("doctor").status == 0)
    }

    @Test func `an export updates the documents it came from and changes nothing`() async throws {
        let company = try await Company()
        try await add(to: company)
        for doctype in ["Item", "Customer", "User"] {
            let before = try await contents(doctype, of: company, named: true)
            let versions = try await company.count("version")
            let file = company.path("\(doctype).csv")
            #expect(try await company.run("export", doctype, "--output", file).status == 0)
            let ran = try await company.run("import", doctype, file, "--update", "--json")
            #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
            #expect(try await contents(doctype, of: company, named: true) == before)
            #expect(try await company.count("version") == versions, "nothing changed, so nothing is written")
        }
    }

    /// Texts that a spreadsheet would run, or that look like those made harmless.
    static let formulas = [
        "=1+1", "+49 30 1234", "-5", "@SUM(A1)", "\u{FF1D}1+1", "'=1+1", "''@x", "'plain", "'", "=\"a\",1", "-",
        "plain = text",
    ]

    @Test func `an export runs nothing in a spreadsheet, and its import gives the same texts`() async throws {
        let (source, target) = (try await Company(), try await Company())
        let formulas = Self.formulas
        try await source.write { session in
            for (number, text) in formulas.enumerated() {
                try session.insert(
                    session.document(
                        "Customer",
                        from: [
                            "customer_name": .string("F\(number)"), "customer_details": .string(text),
                            "website": .string(text),
                        ]))
            }
        }
        let chosen = #"{"name": ["like", "F%"]}"#
        let texts = { (company: Company) in
            try await company.with { tenant in
                try await tenant.read(as: .administrator) { session in
                    try session.values(
                        of: "Customer", formulas.indices.map { "F\($0)" }, ["customer_details", "website"]
                    ).mapValues { $0.map(\.description) }
                }
            }
        }
        for flags in [[], ["--raw"]] as [[String]] {
            let file = source.path("formulas\(flags.count).csv")
            let exported = try await Binary.run(
                ["export", "Customer", "--filters", chosen, "--output", file, "--data", source.directory] + flags)
            #expect(exported.status == 0, "\(exported.errors)")
            var reader = CSVReader(try String(contentsOfFile: file, encoding: .utf8))
            var cells: [String] = []
            while let record = try reader.next() { cells += record.fields }
            let isDangerous = cells.contains { $0.first.map { "=+-@\t\r\u{FF1D}".contains($0) } ?? false }
            #expect(isDangerous == !flags.isEmpty)
            if flags.isEmpty {
                let imported = try await target.run("import", "Customer", file)
                #expect(imported.status == 0, "\(imported.output)\(imported.errors)")
                #expect(try await texts(target) == texts(source))
            }
            // What is written back over what is there changes nothing.
            let before = try await source.count("version")
            let update = try await Binary.run(
                ["import", "Customer", file, "--update", "--data", source.directory] + flags)
            #expect(update.status == 0, "\(update.output)\(update.errors)")
            #expect(try await source.count("version") == before)
        }
    }

    @Test func `negative numbers are exported as numbers`() async throws {
        let company = try await Company()
        try await company.insert("Customer", ["customer_name": "Owes", "credit_limit": "12.5"])
        try await company.insert(
            "Stock Entry",
            [
                "stock_entry_type": "Material Issue", "company": "Acme", "docstatus": 1,
                "items": [["item_code": "Chai", "qty": 3, "s_warehouse": "Stores - A"]],
            ])
        let ran = try await company.run(
            "export", "Stock Ledger Entry", "--fields", "item_code,actual_qty", "--filters",
            #"{"actual_qty": ["<", 0]}"#)
        #expect(ran.output == "item_code,actual_qty\r\nChai,-3\r\n", "\(ran.output)\(ran.errors)")
    }

    @Test func `fields and filters choose, and rows of tables follow their document`() async throws {
        let company = try await Company()
        let ran = try await company.run(
            "export", "Sales Invoice", "--fields", "customer, items.item_code,items.qty,grand_total", "--filters",
            #"{"customer": "Bolido"}"#)
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(
            ran.output == "customer,items.item_code,items.qty,grand_total\r\nBolido,Chai,5,109\r\n,Chang,1,\r\n",
            "\(ran.output)")
    }

    @Test func `wrong fields and filters are told, and no file is left`() async throws {
        let company = try await Company()
        let file = company.path("x.csv")
        let field = try await company.run("export", "Customer", "--fields", "name,colour", "--output", file)
        #expect(field.status == 1)
        #expect(field.errors.contains("Customer has no field colour"))
        let filter = try await company.run("export", "Customer", "--filters", "{x", "--output", file)
        #expect(filter.status == 1)
        #expect(filter.errors.contains("--filters is not JSON"))
        #expect(try await company.run("export", "Sales Invoice Item").errors.contains("Export Sales Invoice"))
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(!FileManager.default.fileExists(atPath: file + ".partial"))
    }
}
