import Documents
import Foundation
import Identity
import Reports
import SetupWizard
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import cauldron

/// Companies that the wizard sets up do business at once.
@Suite(.bothEngines) struct SetupTradeTests {
    private static let now = Timestamp("2026-05-04 12:00:00") ?? .earliest
    private static let trialBalance = "Trial Balance"

    /// A company's database and directory, which go when nobody holds them any more.
    private final class Home {
        let place: TemporaryPlace
        let data: String

        init() throws {
            place = try TemporaryPlace(kind: "Setup")
            data = place.isOnServer ? NSTemporaryDirectory() + "cauldron-trade-\(UUID().uuidString)" : place.name
        }

        deinit { try? FileManager.default.removeItem(atPath: data) }

        func open() async throws -> Tenant {
            let tenant = try await Tenant.open(
                at: place.isOnServer ? .postgres(place.name) : .directory(data), data: data, modules: allModules,
                name: "Setup", passwords: PasswordHasher(cost: PasswordCost(logarithm: 4)), seed: 1, clock: { now })
            try place.holds(tenant.database)
            return tenant
        }
    }

    /// Countries with a template of taxes, and some without: of other currencies and other smaller units.
    private static let countries =
        SetupTemplates.countries.filter { $0.taxes != nil }
        + ["HU", "KW", "IS", "IN"].compactMap(SetupTemplates.country)

    @Test func `order to cash and purchase to pay run in a company of every template`() async throws {
        #expect(Self.countries.count > 25)
        let home = try Home()
        let tenant = try await home.open()
        for (index, country) in Self.countries.enumerated() {
            let call = try SetupCall(
                Arguments(["company_name": .string("\(country.name) Ltd"), "country": .string(country.code)]))
            let answer = try await call.run(on: tenant, as: .administrator) { answer, _ in answer }
            let abbr = try #require(answer["abbr"]?.string)
            let year = try #require(answer["fiscal_years"]?.array?.first?.string)
            try await tenant.write(as: .administrator) { session in
                if index == 0 { try Self.makeMasters(session) }
                try Self.expectTrialBalance(of: "\(country.name) Ltd", year, tenant, session, isEmpty: true)
                try Self.trade(country, "\(country.name) Ltd", abbr, session)
                try Self.expectTrialBalance(of: "\(country.name) Ltd", year, tenant, session, isEmpty: false)
            }
        }
        let findings = try await Doctor(modules: allModules, data: home.data).run(on: tenant.database, at: Self.now) {
            _ in
        }
        #expect(findings.count > 10)
        for finding in findings { #expect(finding.problems == [], "\(finding.name)") }
        await tenant.close()
    }

    private static func makeMasters(_ session: Session) throws {
        let write = DemoWriter(session: session)
        try write.insert(
            "Customer",
            [
                "customer_name": "Shop", "customer_group": "Commercial", "territory": "Rest Of The World",
                "payment_terms": "Net 30",
            ])
        try write.insert("Supplier", ["supplier_name": "Mill", "supplier_group": "Distributor"])
        try write.insert("Item", ["item_code": "Flour", "item_group": "Products", "stock_uom": "Kg"])
    }

    /// Buys 10 at 70, sells 4 at 100, with the country's taxes, and pays both bills.
    private static func trade(_ country: CountryTemplate, _ company: String, _ abbr: String, _ session: Session) throws
    {
        let write = DemoWriter(session: session)
        let day = JSON.string(session.today.description)
        func taxes(_ prefix: String) -> JSON {
            guard let taxes = country.taxes, let rate = taxes.rates.first else { return [] }
            let name = "\(prefix)\(taxes.name) \(rate)%"
            return [
                [
                    "charge_type": "On Net Total", "account_head": .string("\(name) - \(abbr)"), "rate": .decimal(rate),
                    "description": .string(name),
                ]
            ]
        }
        func line(_ qty: JSON, _ rate: JSON, _ date: String) -> JSON {
            let fixed: JSONObject = [
                "item_code": "Flour", "qty": qty, "rate": rate, "warehouse": .string("Stores - \(abbr)"),
            ]
            var row = fixed
            row[date] = day
            return [.object(row)]
        }
        let order = try write.submit(
            "Purchase Order",
            [
                "supplier": "Mill", "company": .string(company), "transaction_date": day, "schedule_date": day,
                "items": line(10, 70, "schedule_date"), "taxes": taxes("Input "),
            ])
        let receipt = try write.submit(
            "Purchase Receipt", from: Make.receipt, ["source_name": .string(order)])
        let bill = try write.submit(
            "Purchase Invoice", from: Make.billFromReceipt, ["source_name": .string(receipt)],
            ["bill_no": .string("M-\(abbr)"), "taxes": taxes("Input ")])
        let sale = try write.submit(
            "Sales Order",
            [
                "customer": "Shop", "company": .string(company), "transaction_date": day, "delivery_date": day,
                "items": line(4, 100, "delivery_date"), "taxes": taxes(""),
            ])
        let delivery = try write.submit("Delivery Note", from: Make.delivery, ["source_name": .string(sale)])
        let invoice = try write.submit(
            "Sales Invoice", from: Make.invoiceFromDelivery, ["source_name": .string(delivery)])
        #expect(try session.get("Sales Invoice", invoice).day("due_date") == session.today.adding(days: 30))
        for (type, name, mode) in [("Purchase Invoice", bill, "Bank Transfer"), ("Sales Invoice", invoice, "Cash")] {
            _ = try write.submit(
                "Payment Entry", from: "erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
                ["dt": .string(type), "dn": .string(name)],
                ["mode_of_payment": .string(mode), "reference_no": "1", "reference_date": day])
            #expect(try session.get(type, name).text("status") == "Paid", "\(company)")
        }
        let rate = country.taxes?.rates.first ?? .zero
        #expect(
            try session.get("Sales Invoice", invoice).exact("grand_total") == Exact(400) + Exact(4) * rate, "\(company)"
        )
        let field = { (name: String) in try session.balance(default: name, of: company) }
        #expect(try field("default_receivable_account").isZero && field("default_payable_account").isZero)
        #expect(try field("default_inventory_account") == Exact(420))
        #expect(try field("default_income_account") == Exact(-400) && field("default_expense_account") == Exact(280))
        #expect(try field("stock_received_but_not_billed").isZero)
    }

    private static func expectTrialBalance(
        of company: String, _ year: String, _ tenant: Tenant, _ session: Session, isEmpty: Bool
    ) throws {
        let report = try #require(tenant.reports[trialBalance])
        let days = try session.get("Fiscal Year", year)
        let result = try report.result(
            Arguments([
                "company": .string(company), "fiscal_year": .string(year),
                "from_date": .string(days["year_start_date"].description),
                "to_date": .string(days["year_end_date"].description),
            ]), in: session)
        let (debit, credit) = (
            result.columns.firstIndex { $0.name == "debit" } ?? 0,
            result.columns.firstIndex { $0.name == "credit" } ?? 0
        )
        let total = result.rows.last { $0.kind == .total }
        #expect(total.map { $0.values[debit] == $0.values[credit] } ?? isEmpty, "\(company)")
        #expect((total?.values[debit].exact?.isPositive ?? false) != isEmpty, "\(company)")
    }

    // MARK: - Passwords

    @Test func `users can sign in, or there is no company`() async throws {
        let home = try Home()
        let tenant = try await home.open()
        let sent: JSONObject = [
            "company_name": "Acme", "country": "DE", "email": "ana@example.com", "password": "geheim und lang",
            "users": [["email": "bo@example.com", "password": "auch geheim", "role_profile": "Sales"]],
        ]
        var wrong = sent
        wrong["users"] = [["email": "bo@example.com", "role_profile": "Kings"]]
        let refused = await problem {
            _ = try await SetupCall(Arguments(wrong)).run(on: tenant, as: .administrator) { answer, _ in answer }
        }
        #expect(refused?.field == "users")
        #expect(try await tenant.identity.hasPassword("ana@example.com") == false)
        _ = try await SetupCall(Arguments(["args": .object(sent)])).run(on: tenant, as: .administrator) { answer, _ in
            answer
        }
        #expect(try await tenant.identity.verifyPassword("geheim und lang", of: "ana@example.com"))
        #expect(try await tenant.identity.verifyPassword("auch geheim", of: "bo@example.com"))
        #expect(try await tenant.actor(named: "bo@example.com")?.roles.contains("Sales User") == true)
        await tenant.close()
    }

    @Test func `what finishing throws takes the passwords back as well`() async throws {
        struct Stop: Error {}
        let home = try Home()
        let tenant = try await home.open()
        let call = try SetupCall(
            Arguments([
                "company_name": "Acme", "country": "DE", "email": "ana@example.com", "password": "geheim und lang",
            ]))
        await #expect(throws: Stop.self) {
            try await call.run(on: tenant, as: .administrator) { _, _ in throw Stop() }
        }
        #expect(try await tenant.identity.hasPassword("ana@example.com") == false)
        #expect(try await tenant.read(as: .administrator) { try !$0.exists("Company", "Acme") })
        await tenant.close()
    }

    @Test(
        arguments: [
            (["password": "short", "email": "a@b.example"], "password"),
            (["password": "a@b.example", "email": "a@b.example"], "password"),
            (["password": 12_345_678, "email": "a@b.example"], "password"),
            (["users": [["email": "a@b.example", "password": ["x"]]]], "users"),
        ] as [(JSONObject, String)])
    func `a password that is none is refused before anything is done`(sent: JSONObject, field: String) throws {
        let problem = try #require(throws: Problem.self) { try SetupCall(Arguments(sent)) }
        #expect(problem.kind == .weakPassword && problem.field == field)
        #expect(!problem.message.contains("short"))
    }

    @Test func `no password gets into the arguments of the method`() throws {
        let sent: JSONObject = [
            "email": "a@b.example", "password": "geheim und lang",
            "users": #"[{"email": "c@d.example", "password": "geheim zwei"}]"#,
            "args": #"{"password": "geheim drei"}"#,
        ]
        let text = JSON.object(try SetupCall(Arguments(sent)).arguments.values).text
        #expect(!text.contains("geheim"))
    }
}
