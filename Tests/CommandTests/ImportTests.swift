import Collaboration
import Documents
import Foundation
import Storage
import Tenancy
import Testing
import Values

@Suite struct ImportTests {
    @Test func `adds documents by names and labels of fields`() async throws {
        let company = try await Company()
        let file = try company.file(
            "customers.csv",
            #"""
            \#u{FEFF}Customer Name,customer_type,Credit Limit,customer_details
            "Comércio, Mineiro",Individual,1500.50,"two
            lines and a ""quote"""
            Around the Horn,,,\#r

            """#)
        let ran = try await company.run("import", "Customer", file, "--json")
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(try ran.json["created"] == 2)
        let first = try await company.fields(
            "Customer", "Comércio, Mineiro", "customer_type", "credit_limit", "customer_details")
        #expect(first == ["Individual", "1500.5", "two\nlines and a \"quote\""])
        #expect(try await company.fields("Customer", "Around the Horn", "customer_type") == ["Company"])
    }

    @Test func `rows with empty columns of the document are its further rows`() async throws {
        let company = try await Company()
        let file = try company.file(
            "entries.csv",
            """
            user_remark,company,accounts.account,accounts.debit_in_account_currency,accounts.credit_in_account_currency
            first,Acme,Cash - A,70,
            ,,Sales - A,,50
            ,,Commission on Sales - A,,20
            second,Acme,Cash - A,5,
            ,,Sales - A,,5

            """)
        let ran = try await company.run("import", "Journal Entry", file, "--submit", "--json")
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        var told = try ran.json.object ?? [:]
        #expect(told["found"]?["separator"] == "," && told["found"]?["columns"]?.array?.count == 5)
        told["found"] = nil
        #expect(
            JSON.object(told) == [
                "doctype": "Journal Entry", "rows": 5, "created": 2, "updated": 0, "submitted": 2,
                "ignored_columns": [], "rows_before": 0, "in_parts": false,
            ])
        let rows = try await company.read { transaction in
            try transaction.query(
                """
                SELECT e.user_remark, count(*), sum(a.debit), sum(a.credit) FROM journal_entry e
                JOIN journal_entry_account a ON a.parent = e.name AND e.docstatus = 1
                WHERE e.user_remark IS NOT NULL GROUP BY e.name ORDER BY e.name
                """, [], [.text, .integer, .decimal(scale: 4), .decimal(scale: 4)]
            ).map { $0.map(\.description) }
        }
        #expect(rows == [["first", "3", "70", "70"], ["second", "2", "5", "5"]])
        #expect(try await company.run("doctor").status == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `one bad row at 40,000 imports nothing and says what to correct`() async throws {
        let company = try await Company()
        var text = "customer_name,customer_type,credit_limit\n"
        for row in 1...40_100 { text += "Customer \(row),Company,\(row == 40_000 ? "12 dollars" : "\(row)")\n" }
        let before = try await company.count("customer")
        let file = try company.file("many.csv", text)
        let refused = try await company.run("import", "Customer", file, seconds: 150)
        #expect(refused.status == 1)
        #expect(refused.output == "")
        #expect(
            refused.errors.contains(
                "Row 40000 (line 40001), column credit_limit, value \"12 dollars\": Credit Limit must be a number"),
            "\(refused.errors)")
        #expect(refused.errors.contains("Send credit_limit as a number."))
        #expect(try await company.count("customer") == before)
        #expect(try await company.run("doctor").status == 0)
    }

    @Test func `every bad row is told with its column, value and remedy`() async throws {
        let company = try await Company()
        let file = try company.file(
            "bad.csv",
            """
            customer_name,customer_type,customer_group,credit_limit
            Good,Company,,1
            Alfreds,Company,,1
            NoGroup,Company,Nobody,1
            NoType,Robot,,1
            Twice,Company,,abc
            ,Company,,1
            Short,Company
            Negative,Company,,-5
            Also Good,Company,,1
            Good,Company,,2

            """)
        let ran = try await company.run("import", "Customer", file, "--json")
        #expect(ran.status == 1)
        let json = try ran.json
        #expect(json["created"] == 0)
        #expect(json["error"]?["code"] == "import_refused")
        let found = (json["problems"]?.array ?? []).map { problem in
            [
                problem["row"], problem["line"], problem["column"], problem["value"], problem["code"],
            ].map { $0?.string ?? $0?.text ?? "" }.joined(separator: "|")
        }
        #expect(
            found == [
                "2|3|customer_name|Alfreds|duplicate_name", "3|4|customer_group|Nobody|broken_link",
                "4|5|customer_type|Robot|not_an_option", "5|6|credit_limit|abc|wrong_type",
                "6|7|customer_name||mandatory_missing", "7|8|||malformed", "8|9|credit_limit|-5|negative_number",
                "10|11|customer_name|Good|duplicate_name",
            ])
        #expect((json["problems"]?.array ?? []).allSatisfy { $0["message"]?.string?.isEmpty == false })
        #expect(try await company.count("customer") == 2)
    }

    @Test func `a problem of a row of a table is told at that line`() async throws {
        let company = try await Company()
        let file = try company.file(
            "invoices.csv",
            """
            customer,company,items.item_code,items.qty,items.rate
            Alfreds,Acme,Chai,1,18
            ,,Tofu,2,5
            Bolido,Acme,Chai,one,5

            """)
        let ran = try await company.run("import", "Sales Invoice", file)
        #expect(ran.status == 1)
        #expect(ran.errors.contains("Row 2 (line 3), column items.item_code, value \"Tofu\": "), "\(ran.errors)")
        #expect(ran.errors.contains("Row 3 (line 4), column items.qty, value \"one\": "), "\(ran.errors)")
    }

    @Test func `a hundred problems are enough`() async throws {
        let company = try await Company()
        let text = "customer_name,credit_limit\n" + (1...500).map { "C\($0),x\n" }.joined()
        let ran = try await company.run("import", "Customer", try company.file("bad.csv", text), "--json")
        #expect(ran.status == 1)
        #expect(try ran.json["problems"]?.array?.count == 100)
        #expect(try ran.json["cut_off"] == true)
    }

    private static let headers: [(String, String)] = [
        ("customer_name,credit_limt\nA,1\n", "Did you mean credit_limit?"),
        ("customer_name,Customer Name\nA,B\n", "are the same field"),
        ("customer_name,\nA,B\n", "Column 2 has no name"),
        ("", "The file is empty"),
        ("customer_name\n\"A\n", "never closed"),
        ("customer_name;credit_limit\nA;1.234\n", "--decimal . or --decimal ,"),
        ("customer_name;Ort\nA;Ulm\n", "has no field Ort"),
    ]

    @Test(arguments: headers)
    func `a wrong header or file is told`(text: String, words: String) async throws {
        let company = try await Company()
        let ran = try await company.run("import", "Customer", try company.file("bad.csv", text))
        #expect(ran.status == 1)
        #expect(ran.errors.contains(words), "\(ran.errors)")
        #expect(try await company.count("customer") == 2)
    }

    @Test func `changes documents by name, and empties fields`() async throws {
        let company = try await Company()
        try await company.insert("Customer", ["customer_name": "Carla", "website": "x.org", "credit_limit": 5])
        let file = try company.file("u.csv", "name,website,credit_limit\nCarla,,7\nAlfreds,a.org,\n")
        let ran = try await company.run("import", "Customer", file, "--update", "--json")
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        #expect(try ran.json["updated"] == 2)
        let missing = try company.file("m.csv", "ID,website\nAlfreds,b.org\nNobody,c.org\n")
        let refused = try await company.run("import", "Customer", missing, "--update")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("Row 2 (line 3), column ID, value \"Nobody\": Customer Nobody does not exist"))
        #expect(try await company.fields("Customer", "Carla", "website", "credit_limit") == ["", "7"])
        #expect(try await company.fields("Customer", "Alfreds", "website") == ["a.org"])
    }

    @Test func `a tree is imported from one file, parents first`() async throws {
        let company = try await Company()
        let file = try company.file(
            "groups.csv",
            "item_group_name,is_group,parent_item_group\nFood,1,\nDairy,1,Food\nCheese,0,Dairy\nBad,0,Nothing\n")
        let refused = try await company.run("import", "Item Group", file)
        #expect(
            refused.errors.contains("Row 4 (line 5), column parent_item_group, value \"Nothing\""), "\(refused.errors)")
        let good = try company.file(
            "good.csv", "item_group_name,is_group,parent_item_group\nFood,1,\nDairy,1,Food\nCheese,0,Dairy\n")
        #expect(try await company.run("import", "Item Group", good).status == 0)
        #expect(try await company.count("item_group") == 4)
    }

    @Test func `documents keep the numbers that they bring, and the series goes on behind them`() async throws {
        let company = try await Company()
        let year = Tenant.systemClock().day.year
        let head =
            "name,company,accounts.account,accounts.debit_in_account_currency,accounts.credit_in_account_currency"
        func entry(_ name: String) -> String { "\(name),Acme,Cash - A,5,\n,,Sales - A,,5\n" }
        // The next number of the company is brought by a later row.
        let file = try company.file(
            "old.csv",
            "\(head)\n" + entry("") + entry("ACC-JV-2019-00012") + entry("ACC-JV-\(year)-00002")
                + entry("ACC-JV-2019-7"))
        let refused = try await company.run("import", "Journal Entry", file)
        #expect(refused.status == 1)
        #expect(
            refused.errors.contains(
                "Row 7 (line 8), column name, value \"ACC-JV-2019-7\": No Journal Entry would be called ACC-JV-2019-7."),
            "\(refused.errors)")
        #expect(refused.errors.contains("1 problem in"))

        let names: @Sendable () async throws -> [String] = {
            try await company.read { transaction in
                try transaction.query("SELECT name FROM journal_entry ORDER BY name", [], [.text]).map { "\($0[0])" }
            }
        }
        let before = Set(try await names())
        let good = try company.file(
            "good.csv",
            "\(head)\n" + entry("") + entry("ACC-JV-2019-00012") + entry("ACC-JV-\(year)-00901") + entry("")
                + entry("ACC-JV-\(year)-00900"))
        let ran = try await company.run("import", "Journal Entry", good, "--json")
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        #expect(
            Set(try await names()).subtracting(before) == [
                "ACC-JV-2019-00012", "ACC-JV-\(year)-00900", "ACC-JV-\(year)-00901", "ACC-JV-\(year)-00902",
                "ACC-JV-\(year)-00903",
            ])
        let again = try await company.run("import", "Journal Entry", good)
        #expect(again.errors.contains("value \"ACC-JV-2019-00012\": "), "\(again.errors)")
        #expect(again.errors.contains("already exists"))
        let doctor = try await company.run("doctor")
        #expect(doctor.status == 0, "\(doctor.output)")
    }

    @Test func `a name that is not what its field says is refused`() async throws {
        let company = try await Company()
        let file = try company.file("c.csv", "ID,customer_name\nCarla,Carla\n77,Dora\n")
        let refused = try await company.run("import", "Customer", file)
        #expect(refused.errors.contains("Row 2 (line 3), column ID, value \"77\": "), "\(refused.errors)")
        #expect(refused.errors.contains("1 problem in"))
    }

    @Test func `the rights of a user hold, and what cannot be imported is said`() async throws {
        let company = try await Company()
        try await company.insert("User", ["email": "ana@example.com", "first_name": "Ana"])
        let file = try company.file("c.csv", "customer_name\nNew\n")
        let refused = try await company.run("import", "Customer", file, "--user", "ana@example.com")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("ana@example.com may not"), "\(refused.errors)")
        #expect(try await company.run("import", "Customr", file).errors.contains("DocType Customr not found"))
        #expect(try await company.run("import", "GL Entry", file).errors.contains("is not imported by itself"))
        #expect(try await company.run("import", "Customer", file, "--submit").errors.contains("is not submitted"))
        let absent = try await company.run("import", "Customer", "/nowhere.csv", "--json")
        #expect(absent.status == 3)
        #expect(try absent.errorJSON["error"]?["code"] == "unavailable")
    }

    @Test func `a file of another system is read, told, tried and imported by the command`() async throws {
        let company = try await Company()
        let bytes = "Kunde;Kreditlimit;Notiz\r\nM\u{FC}ller;1.234,50;x\r\nStra\u{DF}e;2.000;y\r\n"
        let file = company.path("kunden.csv")
        try Data(bytes.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }).write(to: URL(fileURLWithPath: file))
        let columns = try company.file("columns.json", #"{"Kunde": "customer_name", "Notiz": null}"#)
        let said = ["import", "Customer", file, "--columns", columns, "--map", "Kreditlimit=credit_limit"]
        let tried = try await Binary.run(said + ["--dry-run", "--data", company.directory])
        #expect(tried.status == 0, "\(tried.errors)")
        #expect(tried.errors.contains("Read as windows-1252"), "\(tried.errors)")
        #expect(tried.errors.contains("Fields are separated by semicolons."))
        #expect(tried.errors.contains("Kreditlimit is credit_limit: decimals behind a comma, such as 1.234,50."))
        #expect(tried.errors.contains("Notiz: left out"))
        #expect(tried.output.contains("nothing is wrong; nothing was imported"))
        #expect(try await company.count("customer") == 2)
        let ran = try await Binary.run(said + ["--data", company.directory])
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(try await company.fields("Customer", "Müller", "credit_limit") == ["1234.5"])
        #expect(try await company.fields("Customer", "Straße", "credit_limit") == ["2000"])
        let wrong = try await company.run("import", "Customer", file, "--dates", "sometimes")
        #expect(wrong.status != 0 && wrong.errors.contains("--dates is YMD"))
    }

    @Test func `a directory of files is imported in the order of its links`() async throws {
        let company = try await Company()
        try FileManager.default.createDirectory(atPath: company.path("in"), withIntermediateDirectories: true)
        _ = try company.file("in/Customer.csv", "customer_name,customer_group,credit_limit\nNew,Far,1.5\n")
        _ = try company.file("in/customer_group.csv", "customer_group_name\nFar\n")
        let ran = try await company.run("import", company.path("in"), "--json")
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        #expect(try ran.json["imports"]?.array?.map { $0["doctype"] } == ["Customer Group", "Customer"])
        #expect(try await company.fields("Customer", "New", "customer_group") == ["Far"])
        _ = try company.file("in/Nonsense.csv", "name\nx\n")
        let refused = try await company.run("import", company.path("in"))
        #expect(refused.errors.contains("No DocType is called like the file Nonsense.csv"), "\(refused.errors)")
    }
}
