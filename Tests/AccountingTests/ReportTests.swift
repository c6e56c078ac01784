import Accounting
import Documents
import Reports
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct ReportTests {
    static func report(_ name: String) throws -> Report {
        try #require(accountingModule.reports.first { $0.name == name })
    }

    /// The rows of a report as dictionaries.
    static func run(_ name: String, _ filters: JSONObject, _ session: Session) throws -> [[String: Value]] {
        let result = try report(name).result(Arguments(filters.merging(["company": "Acme"])), in: session)
        return result.rows.map { row in
            #expect(row.values.count == result.columns.count)
            return Dictionary(uniqueKeysWithValues: zip(result.columns.map(\.name), row.values))
        }
    }

    /// A small business: sales in two years, a tax, a payment, rent.
    static func trade(_ session: Session) throws {
        try session.invoice(on: "2025-11-20", rate: 500)
        try session.invoice(
            on: "2026-01-15", rate: 200,
            taxes: [
                ["charge_type": "On Net Total", "account_head": "VAT - A", "rate": 10]
            ])
        try session.invoice("Bob", on: "2026-03-02", rate: "80.05")
        try session.submitted(
            "Payment Entry",
            PaymentTests.payment(120, to: [("ACC-SINV-2026-00002", 120)], more: ["posting_date": "2026-02-01"]))
        try session.submitted(
            "Journal Entry",
            LedgerTests.journal(
                [LedgerTests.debit("Office Rent - A", 30), LedgerTests.credit("Bank - A", 30)], on: "2026-02-10"))
        try session.cancel(session.invoice(on: "2026-03-03", rate: 999))
    }

    static func find(_ rows: [[String: Value]], _ account: String) -> [String: Value] {
        rows.first { $0["account"]?.text == account } ?? [:]
    }

    @Test func `the trial balance has both sides equal, with earlier profit in one line`() async throws {
        let books = try await Books()
        try await books.run { session in
            try Self.trade(session)
            let rows = try Self.run("Trial Balance", ["fiscal_year": "2026"], session)
            let total = Self.find(rows, "Total")
            #expect(total["opening_debit"]?.exact == 500)
            #expect(total["opening_credit"]?.exact == 500)
            #expect(total["debit"]?.exact == .of("450.05"))
            #expect(total["credit"]?.exact == .of("450.05"))
            #expect(total["closing_debit"] == total["closing_credit"])
            let debtors = Self.find(rows, "Debtors - A")
            #expect(debtors["opening_debit"]?.exact == 500)
            #expect(debtors["debit"]?.exact == .of("300.05"))
            #expect(debtors["credit"]?.exact == 120)
            #expect(debtors["closing_debit"]?.exact == .of("680.05"))
            #expect(debtors["indent"]?.int == 3)
            #expect(debtors["parent_account"]?.text == "Accounts Receivable - A")
            let group = Self.find(rows, "Application of Funds (Assets) - A")
            #expect(group["closing_debit"]?.exact == .of("770.05"))
            #expect(Self.find(rows, "Sales - A")["opening_credit"]?.exact == 0)
            #expect(Self.find(rows, "Unclosed Fiscal Years Profit / Loss")["opening_credit"]?.exact == 500)
            #expect(Self.find(rows, "Cash - A").isEmpty)
        }
    }

    @Test func `the balance sheet balances and shows the profit`() async throws {
        let books = try await Books()
        try await books.run { session in
            try Self.trade(session)
            let rows = try Self.run(
                "Balance Sheet", ["from_fiscal_year": "2026", "to_fiscal_year": "2026", "periodicity": "Quarterly"],
                session)
            #expect(Self.find(rows, "Total Asset (Debit)")["mar_2026"]?.exact == .of("770.05"))
            #expect(Self.find(rows, "Total Liability (Credit)")["dec_2026"]?.exact == 20)
            #expect(Self.find(rows, "Provisional Profit / Loss (Credit)")["dec_2026"]?.exact == .of("750.05"))
            #expect(Self.find(rows, "Total (Credit)")["mar_2026"]?.exact == .of("770.05"))
            let early = try Self.run(
                "Balance Sheet",
                ["filter_based_on": "Date Range", "period_start_date": "2026-01-01", "period_end_date": "2026-01-14"],
                session)
            #expect(Self.find(early, "Total Asset (Debit)")["jan_2026"]?.exact == 500)
        }
    }

    @Test func `profit and loss is told by period`() async throws {
        let books = try await Books()
        try await books.run { session in
            try Self.trade(session)
            let rows = try Self.run(
                "Profit and Loss Statement", ["fiscal_year": "2026", "periodicity": "Monthly"], session)
            let profit = Self.find(rows, "Profit for the year")
            #expect(profit["jan_2026"]?.exact == 200)
            #expect(profit["feb_2026"]?.exact == -30)
            #expect(profit["mar_2026"]?.exact == .of("80.05"))
            #expect(profit["total"]?.exact == .of("250.05"))
            #expect(Self.find(rows, "Office Rent - A")["feb_2026"]?.exact == 30)
        }
    }

    @Test func `the general ledger runs from opening to closing`() async throws {
        let books = try await Books()
        try await books.run { session in
            try Self.trade(session)
            let filters: JSONObject = ["from_date": "2026-01-16", "to_date": "2026-12-31", "account": "Debtors - A"]
            let rows = try Self.run("General Ledger", filters, session)
            #expect(rows.map { $0["balance"]?.exact } == [720, 600, .of("680.05"), .of("-39.95"), .of("680.05")])
            #expect(rows[1]["voucher_type"]?.text == "Payment Entry")
            let bob = try Self.run(
                "General Ledger", ["from_date": "2026-01-01", "to_date": "2026-12-31", "party": "Bob"], session)
            #expect(bob.map { $0["balance"]?.exact } == [0, .of("80.05"), .of("80.05"), .of("80.05")])
            let group = try Self.run(
                "General Ledger", filters.merging(["account": "Current Assets - A", "show_cancelled_entries": 1]),
                session)
            #expect(group.last?["balance"]?.exact == .of("770.05"))
            #expect(group.count == 3 + 6)
        }
    }

    @Test func `receivables are told by voucher and age, also as they were`() async throws {
        let books = try await Books()
        try await books.run { session in
            try Self.trade(session)
            let rows = try Self.run("Accounts Receivable", ["report_date": "2026-03-10"], session)
            #expect(
                rows.map { $0["voucher_no"]?.text } == [
                    "ACC-SINV-2026-00001", "ACC-SINV-2026-00002", "ACC-SINV-2026-00003", nil,
                ])
            #expect(rows.map { $0["outstanding"]?.exact } == [500, 100, .of("80.05"), .of("680.05")])
            #expect(rows[0]["age"]?.int == 110)
            #expect(rows[0]["range4"]?.exact == 500)
            #expect(rows[1]["paid"]?.exact == 120)
            #expect(rows[2]["range1"]?.exact == .of("80.05"))
            let before = try Self.run("Accounts Receivable", ["report_date": "2026-01-31", "customer": "Ann"], session)
            #expect(before.last?["outstanding"]?.exact == 720)
            #expect(try Self.run("Accounts Payable", [:], session).count == 1)
        }
    }

    @Test(arguments: [
        ("3652058", true), ("0, 1", true), ("3652059", false), ("9223372036854775807", false),
        ("9223372036854775808", false),
        ("-1", false), ("30, 30", false), ("", true), (",", false), ("30, x", false), ("1e3", false),
    ])
    func `the ages of what is outstanding are days that there are`(range: String, isTaken: Bool) async throws {
        let books = try await Books()
        try await books.run { session in
            try Self.trade(session)
            for report in ["Accounts Receivable", "Accounts Payable"] {
                do {
                    #expect(try !Self.run(report, ["range": .string(range)], session).isEmpty && isTaken)
                } catch let problem as Problem {
                    #expect(problem.field == "range" && !isTaken, "\(problem)")
                }
            }
        }
    }

    @Test func `the balance of an account or party is told up to a day`() async throws {
        let books = try await Books()
        try await books.run { session in
            try Self.trade(session)
            let method = try #require(session.registry.methods["erpnext.accounts.utils.get_balance_on"])
            func balance(_ arguments: JSONObject) throws -> Exact? {
                try method.run(Arguments(arguments), session).exact
            }
            #expect(try balance(["account": "Debtors - A", "date": "2026-01-31"]) == 720)
            #expect(try balance(["account": "Current Assets - A", "date": "2026-12-31"]) == .of("770.05"))
            #expect(try balance(["account": "Sales - A", "date": "2026-12-31"]) == .of("-280.05"))
            #expect(try balance(["party_type": "Customer", "party": "Ann", "date": "2026-12-31"]) == 600)
        }
    }

    @Test func `pages of the general ledger make up the whole, with the balance running on`() async throws {
        let books = try await Books()
        try await books.run { session in
            try Self.trade(session)
            let filters: JSONObject = ["company": "Acme", "from_date": "2026-01-01", "to_date": "2026-12-31"]
            let report = try Self.report("General Ledger")
            let whole = try report.result(Arguments(filters), in: session).rows
            var paged: [ReportRow] = []
            var isLast = false
            while !isLast {
                let run = try report.run(Arguments(filters), in: session)
                isLast = try run.page(from: paged.count, limit: 3) { paged.append($0) } != nil
            }
            #expect(whole.count > 6 && paged == whole)
        }
    }

    @Test func `reports and methods of the books take every form of a name`() async throws {
        let books = try await Books()
        try await books.run { session in
            let (composed, decomposed) = ("Caf\u{E9}", "Cafe\u{301}")
            try session.make("Customer", ["customer_name": .string(composed)])
            try session.make(
                "Account",
                [
                    "account_name": .string(composed), "company": "Acme", "parent_account": "Direct Income - A",
                    "root_type": "Income",
                ])
            try session.invoice(composed, on: "2026-03-02", rate: 70)
            try session.submitted(
                "Journal Entry",
                LedgerTests.journal(
                    [LedgerTests.debit("Bank - A", 30), LedgerTests.credit("\(composed) - A", 30)], on: "2026-02-10"))
            for name in [composed, decomposed] {
                let days: JSONObject = ["from_date": "2026-01-01", "to_date": "2026-12-31"]
                for filters: JSONObject in [
                    ["party_type": "Customer", "party": .string(name)], ["account": .string("\(name) - A")],
                ] {
                    #expect(try Self.run("General Ledger", days.merging(filters), session).count == 4)
                }
                let open = try Self.run("Accounts Receivable", ["customer": .string(name)], session)
                #expect(open.map { $0["outstanding"]?.exact } == [70, 70])
                #expect(open[0]["party_name"] == .text(composed))
                let asked: [JSONObject] = [
                    ["account": .string("\(name) - A")], ["party_type": "Customer", "party": .string(name)],
                ]
                let balances = try asked.map { try session.call("erpnext.accounts.utils.get_balance_on", $0).exact }
                #expect(balances == [-30, 70])
            }
        }
    }

    @Test func `a report asks for its right`() async throws {
        let books = try await Books()
        try await books.run(as: Actor(user: "x@x", roles: ["Sales User"])) { session in
            #expect(throws: Problem.self) { try Self.run("Trial Balance", [:], session) }
        }
    }
}
