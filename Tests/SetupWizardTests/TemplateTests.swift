import Documents
import SetupWizard
import Testing
import Values

@testable import Accounting
@testable import SetupWizard

/// The data that companies are set up from.
@Suite struct TemplateTests {
    @Test func `every country has a currency, a language and a time zone there are`() {
        #expect(SetupTemplates.countries.count > 240)
        let formats = Set(SystemSettings.numberFormats)
        for country in SetupTemplates.countries {
            #expect(country.code.utf8.count == 2, "\(country.name)")
            #expect(CurrencyFacts.named(country.currency) != nil, "\(country.name)")
            #expect(!country.timeZones.isEmpty, "\(country.name)")
            #expect(country.languages.allSatisfy { SetupTemplates.language($0) == $0 }, "\(country.name)")
            #expect(formats.contains(country.numberFormat), "\(country.name)")
            #expect(SetupTemplates.country(country.name)?.code == country.code)
            #expect(SetupTemplates.country(country.code.lowercased())?.name == country.name)
        }
        #expect(Set(SetupTemplates.countries.map(\.name)).count == SetupTemplates.countries.count)
    }

    @Test(arguments: [
        ("Germany", "EUR", "de", "Europe/Berlin"), ("CH", "CHF", "de", "Europe/Zurich"),
        ("united states", "USD", "en", "America/New_York"), ("Côte d'Ivoire", "XOF", "fr", "Africa/Abidjan"),
        ("Bosnia and Herzegovina", "BAM", "bs", "Europe/Sarajevo"),
    ])
    func `a country is found as people write it`(name: String, currency: String, language: String, zone: String) throws
    {
        let country = try #require(SetupTemplates.country(name))
        #expect(country.currency == currency && country.languages[0] == language && country.timeZones[0] == zone)
    }

    @Test(arguments: [
        ("DE", "2026-06-15", "2026-01-01", "2026-12-31"), ("GB", "2026-03-31", "2025-04-01", "2026-03-31"),
        ("GB", "2026-04-01", "2026-04-01", "2027-03-31"), ("AU", "2024-02-29", "2023-07-01", "2024-06-30"),
        ("ZA", "2024-02-29", "2023-03-01", "2024-02-29"),
    ])
    func `the fiscal year of a country contains the day`(code: String, day: String, first: String, last: String) throws
    {
        let year = try #require(SetupTemplates.country(code)).fiscalYear(of: try #require(Day(day)))
        #expect(year.lowerBound.description == first && year.upperBound.description == last)
    }

    @Test func `currencies count as ISO 4217 says`() {
        for (code, units) in [("EUR", 100), ("JPY", 1), ("KWD", 1000), ("ISK", 1), ("HUF", 100)] {
            #expect(CurrencyFacts.named(code)?.units == units, "\(code)")
        }
        #expect(CurrencyFacts.named("EUR")?.symbol == "€")
        #expect(CurrencyFacts.all.allSatisfy { !$0.symbol.isEmpty && !$0.name.isEmpty })
    }

    @Test(arguments: ["Standard", "Standard with Numbers"])
    func `a chart names all that a company needs`(name: String) throws {
        let chart = try #require(ChartOfAccounts.named(name))
        let named = chart.standards.map(\.field)
        #expect(named == ChartOfAccounts.fields.map(\.name))
        #expect(chart.nodes.allSatisfy { $0.number.isEmpty == (name == "Standard") })
        #expect(chart.nodes.count(where: { $0.depth == 0 }) == 5)
    }

    // MARK: - Charts of one's own

    private static let small = """
        {"Aktiva": {"root_type": "Asset", "account_number": 1,
            "Forderungen": {"account_type": "Receivable", "account_number": "1400"},
            "Bank": {"account_type": "Bank"}, "Waren": {"account_type": "Stock"}},
         "Passiva": {"root_type": "Liability", "Verbindlichkeiten": {"account_type": "Payable"},
            "Wareneingang": {"account_type": "Stock Received But Not Billed"}},
         "Erträge": {"root_type": "Income", "Erlöse 19%": {"account_type": "Income Account", "tax_rate": 19}},
         "Aufwand": {"root_type": "Expense", "Wareneinsatz": {"account_type": "Cost of Goods Sold"},
            "Korrektur": {"account_type": "Stock Adjustment"}, "Rundung": {"account_type": "Round Off"},
            "Ausbuchung": {"default": "write_off_account"}}}
        """

    @Test func `a chart of one's own fills the defaults by type and by mark`() throws {
        let chart = try ChartOfAccounts(JSON.parse(Self.small))
        #expect(chart.nodes[0].number == "1" && chart.nodes[0].isGroup)
        let defaults = Dictionary(uniqueKeysWithValues: chart.standards.map { ($0.field, chart.nodes[$0.node].name) })
        #expect(defaults["default_receivable_account"] == "Forderungen")
        #expect(defaults["default_expense_account"] == "Wareneinsatz")
        #expect(defaults["write_off_account"] == "Ausbuchung")
        #expect(defaults["default_cash_account"] == nil)
        #expect(chart.nodes.first { $0.name == "Erlöse 19%" }?.taxRate == Exact(19))
        let wrapped = try ChartOfAccounts(["name": "Mine", "tree": JSON.parse(Self.small)])
        #expect(wrapped.nodes.count == chart.nodes.count)
    }

    @Test(arguments: [
        ("5", "chart must be an object"), ("{}", "no account for Default Receivable Account"),
        (#"{"A": {}}"#, "has the root type none"), (#"{"A": {"root_type": "Wealth"}}"#, "has the root type Wealth"),
        (#"{"A": {"root_type": "Asset", "B": 7}}"#, "B below A is no account"),
        (#"{"A": {"root_type": "Asset", "B": {"account_type": "Pocket"}}}"#, "has the account type Pocket"),
        (#"{"A": {"root_type": "Asset", "B": {"tax_rate": "much"}}}"#, "tax rate of B is no number"),
        (#"{"A": {"root_type": "Asset", "B": {"default": "colour"}}}"#, "which is no account of a company"),
        (#"{"A": {"root_type": "Asset", "B": {"x": {}, "y": {"x": {}}}}}"#, "two accounts x"),
    ])
    func `what is wrong with a chart is told`(text: String, told: String) throws {
        let problem = try #require(throws: Problem.self) { try ChartOfAccounts(JSON.parse(text)) }
        #expect(problem.field == "chart")
        #expect(problem.single.contains { $0.message.contains(told) }, "\(problem.single.map(\.message))")
    }

    @Test func `a chart has no end of depth and width`() throws {
        var deep: JSON = [:]
        for _ in 0..<100 { deep = ["x": deep] }
        var wide = JSONObject()
        for number in 0..<6_000 { wide["\(number)"] = [:] }
        for inner in [deep, JSON.object(wide)] {
            guard case .object(var root) = inner else { continue }
            root["root_type"] = "Asset"
            let problem = #expect(throws: Problem.self) { try ChartOfAccounts(["A": .object(root)]) }
            #expect(problem?.kind == .tooMany)
        }
    }

    // MARK: - What is asked for

    private static let good: JSONObject = ["company_name": "Acme", "country": "Germany"]

    @Test(
        arguments: [
            ("country", "Atlantis", "country", Problem.Kind.notAnOption), ("country", "", "country", .mandatory),
            ("company_name", " ", "company_name", .mandatory), ("company_name", "a\nb", "company_name", .invalidName),
            ("company_name", JSON.string(String(repeating: "x", count: 141)), "company_name", .tooLong),
            ("company_name", ["x"], "company_name", .wrongType), ("company_name", "– ‑", "company_abbr", .mandatory),
            ("company_abbr", "A B", "company_abbr", .invalidAbbreviation),
            ("company_abbr", "A-B", "company_abbr", .invalidAbbreviation),
            ("company_abbr", "ABCDEFGHIJK", "company_abbr", .tooLong),
            ("currency", "XXQ", "currency", .notAnOption), ("currency", "eur", "currency", .notAnOption),
            ("currency", "DEM", "currency", .notAnOption),
            ("chart_of_accounts", "SKR99", "chart_of_accounts", .notAnOption),
            ("chart_of_accounts", "Custom", "chart_of_accounts", .notAnOption), ("chart", "[1]", "chart", .malformed),
            ("chart", "{", "chart", .malformed), ("fy_start_date", "soon", "fy_start_date", .wrongType),
            ("fy_end_date", "2026-12-31", "fy_start_date", .mandatory),
            ("language", "Klingon", "language", .notAnOption),
            ("timezone", "Berlin", "timezone", .notAnOption), ("password", "long enough", "email", .mandatory),
            ("full_name", "Ana", "email", .mandatory), ("users", "ana", "users", .wrongType),
            ("users", [["full_name": "Ana"]], "users", .malformed),
            ("users", [["email": "a@b.example", "roles": ["System Manager"]]], "users", .malformed),
            ("users", [["email": "a@b.example"], ["email": "A@b.example"]], "users", .givenTwice),
            ("args", "7", "args", .malformed), ("email", "Guest", "email", .badFormat),
            ("users", [["email": "Administrator"]], "users", .badFormat),
        ] as [(String, JSON, String, Problem.Kind)])
    func `what cannot be is refused by its argument`(
        argument: String, value: JSON, field: String, kind: Problem.Kind
    ) throws {
        var sent = Self.good
        sent[argument] = value
        let problem = try #require(throws: Problem.self) { try SetupPlan(Arguments(sent)) }
        #expect(problem.single.contains { $0.field == field && $0.kind == kind }, "\(problem.single)")
    }

    @Test(arguments: [
        ("2026-01-01", "2027-01-31", Problem.Kind.outOfBounds), ("2026-01-01", "2027-01-01", .outOfBounds),
        ("2026-01-01", "2026-01-01", .datesOutOfOrder), ("2026-06-01", "2026-01-01", .datesOutOfOrder),
        ("0001-01-01", "0001-12-31", .outOfRange), ("9999-01-01", "9999-12-31", .outOfRange),
    ])
    func `a fiscal year has at most twelve months and ends after it begins`(
        first: String, last: String, kind: Problem.Kind
    ) throws {
        var sent = Self.good
        (sent["fy_start_date"], sent["fy_end_date"]) = (.string(first), .string(last))
        let problem = try #require(throws: Problem.self) { try SetupPlan(Arguments(sent)) }
        #expect(problem.kind == kind)
    }

    @Test func `all that is wrong is told at once`() throws {
        let sent: JSONObject = [
            "company_name": "", "country": "Atlantis", "currency": "QQQ", "language": "xx", "timezone": "Mars",
            "chart_of_accounts": "None", "company_abbr": "a b", "fy_start_date": "x",
        ]
        let problem = try #require(throws: Problem.self) { try SetupPlan(Arguments(["args": .object(sent)])) }
        let fields = Set(problem.single.compactMap(\.field))
        #expect(fields == Set(sent.members.map(\.key)))
        #expect(problem.message.hasSuffix("(and 7 more)"))
    }

    @Test(arguments: [
        ("Acme", "A"), ("Northwind Traders", "NT"), ("\"Quoted\" & Söhne", "QS"), ("株式会社 山田", "株山"),
        ("Straße ßeta", "SSS"), ("3 Men / 1 Boat", "3M1B"), ("a b c d e f g h i j k l", "ABCDEFGHIJ"), ("- -", ""),
    ])
    func `an abbreviation is made of letters and digits`(name: String, abbr: String) {
        #expect(Company.abbreviation(of: name) == abbr)
    }
}
