import Buying
import Documents
import Reports
import Selling
import Stock
import Storage
import TestSupport
import Testing
import Values

@testable import Accounting
@testable import SetupWizard

/// A company from nothing, by one call.
@Suite(.bothEngines) struct SetupTests {
    static let modules = [accountingModule, stockModule, sellingModule, buyingModule, setupWizardModule]
    static let method = "frappe.desk.page.setup_wizard.setup_wizard.setup_complete"
    static let noon = Timestamp(Day("2026-05-04") ?? .earliest, TimeOfDay(hour: 12, minute: 0) ?? .midnight)

    private func open() async throws -> TemporaryCompany {
        let company = try await TemporaryCompany(noon: Self.noon) { registry in
            for module in Self.modules { module.register(&registry) }
        }
        try await company.write { session in
            let roles = Set(Self.modules.flatMap(\.roles) + ["System Manager", "All", "Guest", "Desk User"]).sorted()
            try session.insert(
                roles.map { name in
                    let role = try session.new(Role.self)
                    role.roleName = name
                    return role.document
                })
        }
        return company
    }

    private static func setUp(
        _ company: JSON, _ country: JSON = "Germany", _ more: JSONObject = [:], in session: Session
    ) throws -> JSON {
        var content: JSONObject = ["company_name": company, "country": country]
        for (key, value) in more.members { content[key] = value }
        return try session.perform(Command(.call, method, nil, content)).answer
    }

    private static func names(_ table: String, _ condition: String = "1 = 1", in session: Session) throws -> [String] {
        try session.transaction.query("SELECT name FROM \(table) WHERE \(condition) ORDER BY name", [], [.text])
            .compactMap(\.[0].text)
    }

    private func names(_ table: String, _ company: TemporaryCompany) async throws -> [String] {
        try await company.read { try Self.names(table, in: $0) }
    }

    @Test func `a company that can trade is made of a name and a country`() async throws {
        let company = try await open()
        let answer = try await company.write { session in try Self.setUp("Müller & Söhne", "DE", in: session) }
        #expect(answer["status"] == "ok" && answer["company"] == "Müller & Söhne" && answer["abbr"] == "MS")
        #expect(answer["currency"] == "EUR" && answer["fiscal_years"] == ["2026", "2027"])
        #expect(answer["present"]?.object?.isEmpty == true)
        try await company.read { session in
            let made = try session.get("Company", "Müller & Söhne")
            for field in ChartOfAccounts.fields.map(\.name) + ["cost_center", "round_off_cost_center"] {
                #expect(!made.text(field).isEmpty, "\(field)")
            }
            #expect(made.text("country") == "Germany")
            let vat = try session.get("Account", "VAT 19% - MS")
            #expect(vat.exact("tax_rate") == Exact(19) && vat.text("root_type") == "Liability")
            #expect(try session.get("Account", "Input VAT 7% - MS").text("root_type") == "Asset")
            #expect(try Self.names("warehouse", in: session).contains("Stores - MS"))
            #expect(try Self.names("territory", in: session) == ["All Territories", "Germany", "Rest Of The World"])
            let cash = try session.get("Mode of Payment", "Cash").table("accounts")
            #expect(cash.map { $0.text("default_account") } == ["Cash - MS"])
            let settings = try session.get("System Settings", "System Settings")
            #expect(settings.text("language") == "de" && settings.text("date_format") == "dd.mm.yyyy")
            let enabled = try Self.names("currency", "enabled = 1", in: session)
            #expect(enabled.count == CurrencyFacts.all.count(where: \.isCommon) && enabled.contains("EUR"))
            #expect(try session.get("Price List", "Standard Selling").text("currency") == "EUR")
        }
    }

    @Test func `a second company takes what is there as it is`() async throws {
        let company = try await open()
        try await company.write { session in
            _ = try Self.setUp("First", in: session)
            try session.perform(Command(.save, "UOM", "Kg", ["must_be_whole_number": 1]))
            try session.perform(Command(.save, "Currency", "DKK", ["symbol": "kr."]))
            try session.perform(Command(.rename, "Item Group", "All Item Groups", ["new_name": "Waren"]))
            try session.perform(Command(.rename, "Item Group", "Services", ["new_name": "Dienste"]))
            try session.perform(Command(.save, "System Settings", "System Settings", ["language": "fr"]))
        }
        let answer = try await company.write { session in
            try Self.setUp("Second", "Denmark", ["company_abbr": "ZWEI"], in: session)
        }
        #expect(answer["present"]?["UOM"]?.int ?? 0 > 30)
        #expect(answer["made"]?["UOM"] == nil && answer["made"]?["Item Group"] == nil)
        #expect(answer["made"]?["Territory"] == 1)
        #expect(answer["fiscal_years"] == ["2026"])
        try await company.read { session in
            #expect(try session.get("UOM", "Kg").isSet("must_be_whole_number"))
            let krone = try session.get("Currency", "DKK")
            #expect(krone.isSet("enabled") && krone.text("symbol") == "kr.")
            #expect(try Self.names("item_group", "parent_item_group IS NULL", in: session) == ["Waren"])
            #expect(try Self.names("item_group", in: session).contains("Dienste"))
            #expect(try session.get("System Settings", "System Settings").text("language") == "fr")
            let rows = try session.get("Mode of Payment", "Cash").table("accounts")
            #expect(rows.map { $0.text("default_account") } == ["Cash - F", "Cash - ZWEI"])
            for name in ["VAT 25% - ZWEI", "Input VAT 25% - ZWEI"] {
                #expect(try session.get("Account", name).exact("tax_rate") == Exact(25))
            }
        }
    }

    @Test func `a company that is there is not set up again`() async throws {
        let company = try await open()
        try await company.write { session in _ = try Self.setUp("Acme", in: session) }
        let refused = await problem {
            try await company.write { session in
                _ = try Self.setUp(
                    "Acme", "Germany", ["company_abbr": "A", "fy_start_date": "2026-04-01"], in: session)
            }
        }
        #expect(Set(refused?.single.compactMap(\.field) ?? []) == ["company_name", "company_abbr", "fy_start_date"])
        #expect(refused?.kind == .duplicateName)
    }

    @Test func `two that set up at once make one company`() async throws {
        let company = try await open()
        let outcomes = await withTaskGroup(of: Problem?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    await problem { _ = try await company.write { try Self.setUp("Acme", in: $0) } }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count(where: { $0 == nil }) == 1)
        let refused = outcomes.compactMap { $0 }.first
        #expect(refused?.kind == .duplicateName && refused?.field == "company_name")
        #expect(try await names("company", company) == ["Acme"])
    }

    @Test func `abbreviations that are taken get a number`() async throws {
        let company = try await open()
        let abbrs = try await company.write { session in
            _ = try Self.setUp("Lower", "DE", ["company_abbr": "a3"], in: session)
            return try ["Acme", "Amber", "Abracadabra"].map { try Self.setUp(.string($0), in: session)["abbr"] }
        }
        #expect(abbrs == ["A", "A2", "A4"])
    }

    @Test(arguments: [
        "O'Brien \"& Sons\"", "a/b\\c?d#e%20", "Ünïcödé 株式会社 🏭", "{abbr} {company_name}", "100 % – ‰",
    ])
    func `a name may hold what people put into names`(name: String) async throws {
        let company = try await open()
        let answer = try await company.write { session in try Self.setUp(.string(name), in: session) }
        #expect(answer["company"]?.string == name.normalized)
        try await company.read { session in
            let made = try session.get("Company", name)
            #expect(!made.text("default_receivable_account").isEmpty)
            #expect(try session.get("Mode of Payment", "Cash").table("accounts")[0].text("company") == name.normalized)
        }
    }

    @Test func `a name that no document can have is told by its argument`() async throws {
        let company = try await open()
        let refused = await problem {
            try await company.write { session in
                _ = try Self.setUp("<b>Acme</b>", "DE", ["company_abbr": "A"], in: session)
            }
        }
        #expect(refused?.kind == .invalidName && refused?.field == "company_name")
        #expect(try await names("company", company) == [])
    }

    @Test func `who does not manage the system is refused, and a key with scopes as well`() async throws {
        let company = try await open()
        let manager = Actor(user: "boss@example.com", roles: ["System Manager", "All"])
        let clerk = Actor(user: "clerk@example.com", roles: ["Accounts Manager", "Sales Manager", "All"])
        let scoped = manager.limited(to: try Scope.list(text: #"[{"doctype": "*", "rights": ["write"]}]"#))
        for actor in [clerk, scoped, Actor.guest] {
            let refused = await problem {
                try await company.write(as: actor) { session in _ = try Self.setUp("Acme", in: session) }
            }
            #expect(refused?.kind == .forbidden)
        }
        try await company.write(as: manager) { session in _ = try Self.setUp("Acme", in: session) }
    }

    @Test func `a rehearsal shows all that it would make and keeps nothing`() async throws {
        let company = try await open()
        let shown = try await company.write { session in try Self.setUp("Acme", "DE", ["rehearse": 1], in: session) }
        let documents = shown["documents"]?.array ?? []
        for doctype in ["Company", "Account", "Warehouse", "Fiscal Year", "UOM", "Mode of Payment", "Currency"] {
            #expect(documents.contains { $0["doctype"]?.string == doctype }, "\(doctype)")
        }
        for table in ["company", "currency"] { #expect(try await names(table, company) == []) }
    }

    @Test func `users are made with roles, and a role profile that comes with the company`() async throws {
        let company = try await open()
        let answer = try await company.write { session in
            try Self.setUp(
                "Acme", "Germany",
                [
                    "email": "ana@example.com", "full_name": "Ana Maria López", "timezone": "Europe/Madrid",
                    "language": "Spanish",
                    "users": [["email": "bo@example.com", "role_profile": "Sales"], ["email": "cy@example.com"]],
                ], in: session)
        }
        #expect(answer["users"] == ["ana@example.com", "bo@example.com", "cy@example.com"])
        try await company.read { session in
            let ana = try session.get("User", "ana@example.com")
            let roles = Set(ana.table("roles").map { $0.text("role") })
            #expect(roles.isSuperset(of: ["System Manager", "Accounts Manager", "Item Manager"]))
            #expect(roles.isDisjoint(with: ["All", "Guest", "Desk User", "Administrator"]))
            #expect(ana.text("first_name") == "Ana" && ana.text("last_name") == "Maria López")
            #expect(ana.text("time_zone") == "Europe/Madrid" && ana.text("language") == "es")
            let bo = try session.get("User", "bo@example.com")
            #expect(Set(bo.table("roles").map { $0.text("role") }) == ["Sales User", "Stock User", "Sales Manager"])
            #expect(try session.get("User", "cy@example.com").table("roles").isEmpty)
        }
    }

    @Test(
        arguments: [
            (["email": "nobody"], "email"), (["users": [["email": "a@b.example", "role_profile": "Kings"]]], "users"),
            (["users": [["email": "not an address"]]], "users"),
        ] as [(JSONObject, String)])
    func `a user that cannot be leaves no company`(more: JSONObject, field: String) async throws {
        let company = try await open()
        let refused = await problem {
            try await company.write { session in _ = try Self.setUp("Acme", "Germany", more, in: session) }
        }
        #expect(refused?.single.contains { $0.field == field } == true)
        #expect(try await names("company", company) == [])
    }

    @Test func `a company has the chart that it brings`() async throws {
        let company = try await open()
        let chart = """
            {"1 Aktiva": {"root_type": "Asset", "Forderungen": {"account_type": "Receivable", "account_number": "1400"},
                "Bank": {"account_type": "Bank"}, "Waren": {"account_type": "Stock"}},
             "2 Passiva": {"root_type": "Liability", "Verbindlichkeiten": {"account_type": "Payable"},
                "Wareneingang": {"account_type": "Stock Received But Not Billed"}},
             "3 Ertrag": {"root_type": "Income", "Erlöse": {"account_type": "Income Account"}},
             "4 Aufwand": {"root_type": "Expense", "Einsatz": {"account_type": "Cost of Goods Sold"},
                "Korrektur": {"account_type": "Stock Adjustment"}, "Rundung": {"account_type": "Round Off"}}}
            """
        try await company.write { session in _ = try Self.setUp("Acme", "DE", ["chart": .string(chart)], in: session) }
        try await company.read { session in
            let made = try session.get("Company", "Acme")
            #expect(made.text("default_receivable_account") == "1400 - Forderungen - A")
            #expect(made.text("chart_of_accounts") == "Custom")
            #expect(try Self.names("account", in: session).count == 13)
            #expect(try session.get("Mode of Payment", "Cash").table("accounts").isEmpty)
            #expect(try session.get("Mode of Payment", "Cheque").table("accounts").count == 1)
        }
    }

    @Test func `what the wizard of a peer sends is taken`() async throws {
        let company = try await open()
        let sent: JSONObject = [
            "args": .string(
                #"{"company_name": "Acme", "company_abbr": "AC", "country": "India", "currency": "INR", "timezone": "Asia/Kolkata","#
                    + #" "chart_of_accounts": "Standard with Numbers", "fy_start_date": "2026-04-01", "fy_end_date": "2027-03-31","#
                    + #" "language": "English", "full_name": "Asha", "email": "asha@example.com"}"#)
        ]
        let answer = try await company.write { session in
            try session.perform(Command(.call, Self.method, nil, sent)).answer
        }
        #expect(answer["abbr"] == "AC" && answer["fiscal_years"] == ["2026-2027", "2027-2028"])
        try await company.read { session in
            let income = try session.get("Company", "Acme").text("default_income_account")
            #expect(income.hasSuffix(" - Sales - AC"))
            #expect(try session.exists("Account", "1111 - Debtors - AC"))
        }
    }

    @Test func `what nothing knows is refused, or passed over and told`() async throws {
        let company = try await open()
        let refused = await problem {
            try await company.write { session in
                _ = try Self.setUp("Acme", "DE", ["args": ["mascot": "cat"]], in: session)
            }
        }
        #expect(refused?.kind == .unknownField)
        let ignored = try await company.write { session in
            session.passesOverUnknown = true
            _ = try Self.setUp("Acme", "DE", ["args": ["mascot": "cat"]], in: session)
            return session.remarks.ignored
        }
        #expect(ignored == ["mascot"])
    }

    @Test func `what would be kept nowhere is refused or told`() async throws {
        let company = try await open()
        try await company.write { session in
            _ = try Self.setUp("Acme", "DE", ["timezone": "Europe/Busingen"], in: session)
            #expect(try session.get("System Settings", "System Settings").text("time_zone") == "Europe/Busingen")
        }
        let refused = await problem {
            try await company.write { session in
                _ = try Self.setUp("Beta", "FR", ["timezone": "Europe/Paris"], in: session)
            }
        }
        #expect(refused?.field == "timezone")
        let ignored = try await company.write { session in
            session.passesOverUnknown = true
            _ = try Self.setUp("Beta", "FR", ["timezone": "Europe/Paris", "language": "fr"], in: session)
            return session.remarks.ignored
        }
        #expect(ignored == ["timezone", "language"])
    }

    @Test func `a first year that is short is followed by a whole one`() async throws {
        let company = try await open()
        let answer = try await company.write { session in
            try Self.setUp("Acme", "DE", ["fy_start_date": "2026-04-15", "fy_end_date": "2026-12-31"], in: session)
        }
        #expect(answer["fiscal_years"] == ["2026", "2027"])
        try await company.read { session in
            let first = try session.get("Fiscal Year", "2026")
            #expect(first.isSet("is_short_year"))
            #expect(try session.get("Fiscal Year", "2027").day("year_start_date") == Day("2027-01-01"))
        }
    }

    @Test func `what there is to choose from is told`() async throws {
        let company = try await open()
        let (all, austria) = try await company.read { session in
            (
                try session.call("cauldron.setup.options", [:]),
                try session.call("cauldron.setup.options", ["country": "AT"])
            )
        }
        #expect(all["countries"]?.array?.count ?? 0 > 240 && all["companies"] == 0)
        #expect(all["charts"] == ["Standard", "Standard with Numbers"])
        #expect(austria["currency"] == "EUR" && austria["timezone"] == "Europe/Vienna")
        #expect(austria["fy_start_date"] == "2026-01-01" && austria["tax_rates"] == [20, 13, 10])
    }
}
