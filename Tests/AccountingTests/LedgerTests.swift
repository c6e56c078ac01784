import Accounting
import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct LedgerTests {
    static func journal(_ rows: [JSONObject], on day: String = "2026-03-10") -> JSONObject {
        ["posting_date": .string(day), "accounts": .array(rows.map(JSON.object))]
    }

    static func debit(_ account: String, _ amount: JSON) -> JSONObject {
        ["account": .string(account), "debit_in_account_currency": amount]
    }

    static func credit(_ account: String, _ amount: JSON) -> JSONObject {
        ["account": .string(account), "credit_in_account_currency": amount]
    }

    @Test func `a journal entry is posted, and reversed by mirror rows`() async throws {
        let books = try await Books()
        try await books.run { session in
            let entry = try session.submitted(
                "Journal Entry",
                Self.journal([Self.debit("Cash - A", "10.5"), Self.credit("Capital Stock - A", "10.5")]))
            #expect(entry.name == "ACC-JV-2026-00001")
            #expect(try session.balance("Cash - A") == .of("10.5"))
            try session.cancel(entry)
            #expect(try session.balance("Cash - A").isZero)
            let list = try session.list(
                ListQuery(
                    "GL Entry", fields: ["account", "debit", "credit", "is_cancelled", "voucher_no"],
                    orderBy: "name asc"))
            #expect(list.rows.map { $0[3].int } == [1, 1, 1, 1])
            #expect(list.rows.map { $0[1].exact } == [.of("10.5"), 0, 0, .of("10.5")])
            let valid = try session.count(ListQuery("GL Entry", filters: ["is_cancelled": 0]))
            #expect(valid == 0)
            #expect(try session.findings() == [])
        }
    }

    @Test func `a ledger row cannot be changed, removed or inserted from outside`() async throws {
        let books = try await Books()
        try await books.run { _ = try $0.invoice() }
        for sql in ["UPDATE gl_entry SET debit = 0", "DELETE FROM payment_ledger_entry"] {
            await #expect(throws: StorageError.self) { try await books.run { _ = try $0.transaction.execute(sql) } }
        }
        await books.expect(.forbidden) { session in
            try session.make("GL Entry", ["posting_date": "2026-01-01", "account": "Cash - A", "debit": 5])
        }
    }

    @Test(arguments: [
        ("Cash - A", "11"), ("Cash - A", "10.01"),
    ])
    func `what does not balance is refused`(account: String, amount: String) async throws {
        let books = try await Books()
        await books.expect(.unbalanced) { session in
            try session.submitted(
                "Journal Entry",
                Self.journal([Self.debit(account, .string(amount)), Self.credit("Capital Stock - A", 10)]))
        }
    }

    @Test func `a difference of a few cents goes to the round-off account, more is refused`() async throws {
        let books = try await Books()
        try await books.run { session in
            let voucher = try session.make(
                "Journal Entry",
                Self.journal([
                    Self.debit("Cash - A", 1), Self.credit("Bank - A", 1),
                ]))
            try GeneralLedger.post(
                [
                    GLPosting(account: "Cash - A", debit: .of("5.03")), GLPosting(account: "Cash - A", debit: .of("5")),
                    GLPosting(account: "Bank - A", debit: .of("-10")), GLPosting(account: "Sales - A"),
                ], for: voucher, on: .on(2026, 3, 1), company: "Acme", in: session)
            #expect(try session.balance("Cash - A") == .of("10.03"))
            #expect(try session.balance("Bank - A") == .of("-10"))
            #expect(try session.balance("Round Off - A") == .of("-0.03"))
            let rows = try session.transaction.query("SELECT account FROM gl_entry ORDER BY name", [], [.text])
            #expect(rows.map(\.[0].text) == ["Cash - A", "Bank - A", "Round Off - A"])
        }
        for (difference, kind) in [("0.06", Problem.Kind.unbalanced), ("0", .alreadyPosted)] {
            await books.expect(kind) { session in
                let voucher = try session.get("Journal Entry", "ACC-JV-2026-00001")
                if kind == .unbalanced {
                    voucher.name = "another"
                }
                try GeneralLedger.post(
                    [
                        GLPosting(account: "Cash - A", debit: 10 + .of(difference)),
                        GLPosting(account: "Bank - A", credit: 10),
                    ], for: voucher, on: .on(2026, 3, 1), company: "Acme", in: session)
            }
        }
    }

    @Test func `accounts that cannot be posted to are refused`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.make("Company", ["company_name": "Beta", "abbr": "B", "default_currency": "USD"])
            let cash = try session.get("Account", "Electronic Equipment - A")
            cash.set("disabled", true)
            try session.save(cash)
            let rent = try session.get("Account", "Office Rent - A")
            rent.set("freeze_account", "Yes")
            try session.save(rent)
        }
        let refused: [(String, Problem.Kind)] = [
            ("Current Assets - A", .invalidAccount), ("Cash - B", .invalidAccount),
            ("Electronic Equipment - A", .invalidAccount), ("Office Rent - A", .frozenAccount),
            ("Debtors - A", .mandatory),
        ]
        for (account, kind) in refused {
            await books.expect(kind) { session in
                try session.submitted(
                    "Journal Entry", Self.journal([Self.debit(account, 1), Self.credit("Cash - A", 1)]))
            }
        }
        try await books.run { (session: Session) throws in
            #expect(try session.count(ListQuery("GL Entry")) == 0)
            #expect(try session.count(ListQuery("Journal Entry")) == 0)
        }
    }

    @Test func `nothing is posted or reversed in a closed year, in none, or in frozen books`() async throws {
        let books = try await Books()
        try await books.run { _ = try $0.invoice(on: "2025-06-01") }
        await books.expect(.noFiscalYear) { try $0.invoice(on: "2024-12-31") }
        try await books.run { session in
            let year = try session.get("Fiscal Year", "2025")
            year.set("closed", true)
            try session.save(year)
        }
        await books.expect(.closedPeriod) { try $0.invoice(on: "2025-12-31") }
        await books.expect(.closedPeriod) { session in
            try session.cancel(session.get("Sales Invoice", "ACC-SINV-2026-00001"))
        }
        try await books.run { session in
            let company = try session.get("Company", "Acme")
            company.set("accounts_frozen_till_date", Day.on(2026, 1, 31))
            try session.make("Role", ["role_name": "Closer"])
            company.set("role_allowed_for_frozen_entries", "Closer")
            try session.save(company)
        }
        await books.expect(.frozenBooks) { try $0.invoice(on: "2026-01-31") }
        try await books.run { _ = try $0.invoice(on: "2026-02-01") }
        try await books.run(as: Actor(user: "c@x", roles: ["Closer", "Accounts User"])) { session in
            _ = try session.invoice(on: "2026-01-31")
        }
    }

    @Test func `fiscal years do not overlap, and are found by their days`() async throws {
        let books = try await Books()
        await books.expect(.overlaps) { session in
            try session.make(
                "Fiscal Year", ["year": "X", "year_start_date": "2026-07-01", "year_end_date": "2027-06-30"])
        }
        try await books.run { session in
            #expect(try FiscalYears.year(of: .on(2025, 12, 31), in: session).name == "2025")
            let method = try #require(session.registry.methods["erpnext.accounts.utils.get_fiscal_year"])
            #expect(try method.run(Arguments(["date": "2026-05-05"]), session) == ["2026", "2026-01-01", "2026-12-31"])
        }
    }

    @Test func `a voucher with entries is never deleted`() async throws {
        let books = try await Books()
        await books.expect(.linked) { session in
            let invoice = try session.invoice()
            try session.cancel(invoice)
            try session.delete("Sales Invoice", invoice.name)
        }
    }

    @Test func `income without a cost center takes the company's`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.invoice()
            let row = try session.transaction.first(
                "SELECT cost_center FROM gl_entry WHERE account = ?", [.text("Sales - A")], [.text])
            #expect(row?[0].text == "Main - A")
        }
        await books.expect(.invalidCostCenter) { session in
            try session.submitted(
                "Journal Entry",
                Self.journal([
                    Self.debit("Office Rent - A", 1).merging(["cost_center": "Acme - A"]), Self.credit("Cash - A", 1),
                ]))
        }
    }
}

extension JSONObject {
    /// The object with more members.
    func merging(_ more: JSONObject) -> JSONObject {
        var object = self
        for (key, value) in more { object[key] = value }
        return object
    }
}
