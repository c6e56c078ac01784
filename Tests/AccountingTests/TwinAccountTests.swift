import Accounting
import Documents
import Lookalikes
import Reports
import Storage
import TestSupport
import Testing
import Values

/// Accounts and customers whose names Unicode takes for one, from before names had one form.
@Suite(.bothEngines) struct TwinAccountTests {
    private static let one = "Caf\u{E9} - A"
    private static let other = "Cafe\u{301} - A"

    /// Books with two accounts of twin names below the same group.
    private func books() async throws -> Books {
        let books = try await Books()
        try await books.run { session in
            let rent = try session.get("Account", "Office Rent - A")
            for name in ["First", "Second"] {
                try session.make(
                    "Account",
                    [
                        "account_name": .string(name), "company": "Acme",
                        "parent_account": .string(rent.text("parent_account")),
                    ])
            }
            try session.callAsBefore("Account", "First - A", Self.one)
            try session.callAsBefore("Account", "Second - A", Self.other)
        }
        return books
    }

    @Test func `accounts of twin names get postings of their own, and the trial balance balances`() async throws {
        let books = try await books()
        try await books.run { session in
            try session.submitted(
                "Journal Entry",
                LedgerTests.journal(
                    [
                        LedgerTests.debit(Self.one, 30), LedgerTests.debit(Self.other, 12),
                        LedgerTests.credit("Bank - A", 42),
                    ], on: "2026-02-10"))
            #expect(try session.balance(Self.one) == 30)
            #expect(try session.balance(Self.other) == 12)
            let rows = try ReportTests.run("Trial Balance", ["fiscal_year": "2026"], session)
            #expect(ReportTests.find(rows, Self.one)["debit"]?.exact == 30)
            #expect(ReportTests.find(rows, Self.other)["debit"]?.exact == 12)
            let total = ReportTests.find(rows, "Total")
            #expect(total["debit"]?.exact == 42 && total["credit"]?.exact == 42)
            #expect(total["closing_debit"] == total["closing_credit"])
            for name in ["Profit and Loss Statement", "Balance Sheet"] {
                let statement = try ReportTests.run(name, ["fiscal_year": "2026"], session)
                guard name == "Profit and Loss Statement" else { continue }
                #expect(statement.count { $0["account"]?.text == Self.one || $0["account"]?.text == Self.other } == 2)
            }
            #expect(try session.findings().allSatisfy { $0.contains("NFC") || $0.contains("looks like") })
        }
    }

    @Test func `what is taken back comes off the account it was posted to`() async throws {
        let books = try await books()
        try await books.run { session in
            let entry = try session.submitted(
                "Journal Entry",
                LedgerTests.journal(
                    [
                        LedgerTests.debit(Self.one, 30), LedgerTests.debit(Self.other, 12),
                        LedgerTests.credit("Bank - A", 42),
                    ], on: "2026-02-10"))
            try session.cancel(entry)
            #expect(try session.balance(Self.one) == 0 && session.balance(Self.other) == 0)
            let rows = try ReportTests.run("Trial Balance", ["fiscal_year": "2026"], session)
            #expect(ReportTests.find(rows, "Total")["debit"]?.exact == 0)
        }
    }

    @Test func `a rule of one account is not one of its twin`() async throws {
        let books = try await books()
        try await books.run { session in
            try session.transaction.execute("UPDATE account SET disabled = 1 WHERE name = ?", [.text(Self.other)])
        }
        func post(_ account: String) async -> Problem? {
            await problem {
                try await books.run { session in
                    try session.submitted(
                        "Journal Entry",
                        LedgerTests.journal(
                            [LedgerTests.debit(account, 5), LedgerTests.credit("Bank - A", 5)], on: "2026-02-10"))
                }
            }
        }
        #expect(await post(Self.one) == nil)
        #expect(await post(Self.other) != nil)
    }

    @Test func `customers of twin names owe their own invoices`() async throws {
        let books = try await Books()
        let (one, other) = ("Caf\u{E9}", "Cafe\u{301}")
        try await books.run { session in
            for name in ["First", "Second"] { try session.make("Customer", ["customer_name": .string(name)]) }
            try session.callAsBefore("Customer", "First", one)
            try session.callAsBefore("Customer", "Second", other)
            try session.invoice(one, rate: 10)
            try session.invoice(other, rate: 25)
            for (customer, amount) in [(one, Exact(10)), (other, 25)] {
                let rows = try ReportTests.run("Accounts Receivable", ["party": .string(customer)], session)
                #expect(rows.filter { $0["party"]?.text == customer }.map { $0["outstanding"]?.exact } == [amount])
            }
        }
    }

    @Test func `a new account that only looks different is refused`() async throws {
        let books = try await Books()
        for name in ["office rent", "Office  Rent", "O\u{FF46}fice Rent"] {
            await books.expect(.lookalike) { session in
                let rent = try session.get("Account", "Office Rent - A")
                try session.make(
                    "Account",
                    [
                        "account_name": .string(name), "company": "Acme",
                        "parent_account": .string(rent.text("parent_account")),
                    ])
            }
        }
    }
}
