import Documents
import TestSupport
import Testing
import Values

@testable import Accounting

/// What ledgers stand on does not change under their entries.
@Suite(.bothEngines) struct FrozenBooksTests {
    private static let years: [(change: [String: Value], isRefused: Bool)] = [
        (["year_start_date": .day(.on(2026, 3, 11))], true), (["year_end_date": .day(.on(2026, 3, 9))], true),
        (["disabled": .int(1)], true),
        (["year_start_date": .day(.on(2027, 1, 1)), "year_end_date": .day(.on(2027, 12, 31))], true),
        (["year_start_date": .day(.on(2026, 3, 10)), "year_end_date": .day(.on(2026, 3, 31))], false),
        (["closed": .int(1)], false), (["is_short_year": .int(1)], false),
    ]

    @Test(arguments: years.indices)
    func `no entry falls out of its fiscal year`(index: Int) async throws {
        let (change, isRefused) = Self.years[index]
        let books = try await Books()
        try await books.run { _ = try $0.invoice() }
        let body: @Sendable (Session) throws -> Void = { session in
            let year = try session.get("Fiscal Year", "2026")
            for (field, value) in change { year[field] = value }
            try session.save(year)
        }
        if isRefused { await books.expect(.yearInUse, body) } else { try await books.run { try body($0) } }
    }

    @Test func `a fiscal year with entries is not deleted, one without is`() async throws {
        let books = try await Books()
        try await books.run { _ = try $0.invoice() }
        await books.expect(.yearInUse) { try $0.delete("Fiscal Year", "2026") }
        try await books.run { try $0.delete("Fiscal Year", "2025") }
        // Cancelled entries stand on it, too.
        try await books.run { try $0.cancel("Sales Invoice", "ACC-SINV-2026-00001") }
        await books.expect(.yearInUse) { try $0.delete("Fiscal Year", "2026") }
    }

    @Test func `a disabled year whose days are another's is let go`() async throws {
        let books = try await Books()
        try await books.run { session in
            _ = try session.invoice()
            try session.make(
                "Fiscal Year",
                ["year": "2026 again", "year_start_date": "2026-01-01", "year_end_date": "2026-12-31", "disabled": 1])
            try session.delete("Fiscal Year", "2026 again")
        }
    }

    private static func set(_ account: String, _ field: String, _ value: String, _ session: Session) throws {
        let document = try session.get("Account", account)
        document.set(field, value)
        try session.save(document)
    }

    @Test func `the type of an account stays once it has entries`() async throws {
        let books = try await Books()
        try await books.run { _ = try $0.invoice() }
        for (account, type) in [("Debtors - A", "Bank"), ("Sales - A", "Receivable"), ("Debtors - A", "")] {
            await books.expect(.frozen) { try Self.set(account, "account_type", type, $0) }
        }
        try await books.run { session in
            try Self.set("Office Rent - A", "account_type", "Payable", session)
            try Self.set("Office Rent - A", "account_type", "", session)
        }
    }

    @Test func `a missing type is filled in under entries where no ledger stands on it`() async throws {
        let books = try await Books()
        try await books.run { session in
            let rows = [LedgerTests.debit("Office Rent - A", 1), LedgerTests.credit("Cash - A", 1)]
            try session.submitted("Journal Entry", LedgerTests.journal(rows))
        }
        await books.expect(.frozen) { try Self.set("Office Rent - A", "account_type", "Payable", $0) }
        try await books.run { try Self.set("Office Rent - A", "account_type", "Expense Account", $0) }
    }

    @Test func `the balance of an account stays on the side it must be on, cancelling included`() async throws {
        let books = try await Books()
        let move: @Sendable (String, String, JSON, Session) throws -> String = { debited, credited, amount, session in
            let rows = [LedgerTests.debit(debited, amount), LedgerTests.credit(credited, amount)]
            return try session.submitted("Journal Entry", LedgerTests.journal(rows)).name
        }
        let first = try await books.run { session in
            try Self.set("Cash - A", "balance_must_be", "Debit", session)
            try Self.set("Capital Stock - A", "balance_must_be", "Credit", session)
            return try move("Cash - A", "Capital Stock - A", 10, session)
        }
        await books.expect(.wrongBalance) { _ = try move("Office Rent - A", "Cash - A", 11, $0) }
        await books.expect(.wrongBalance) { _ = try move("Capital Stock - A", "Bank - A", 11, $0) }
        try await books.run { _ = try move("Office Rent - A", "Cash - A", 4, $0) }
        await books.expect(.wrongBalance) { try $0.cancel("Journal Entry", first) }
        await books.expect(.wrongBalance) { try Self.set("Office Rent - A", "balance_must_be", "Credit", $0) }
        try await books.run { try Self.set("Office Rent - A", "balance_must_be", "Debit", $0) }
    }

    @Test func `entries of a frozen account are not taken back`() async throws {
        let books = try await Books()
        let invoice = try await books.run { try $0.invoice().name }
        try await books.run { try Self.set("Sales - A", "freeze_account", "Yes", $0) }
        await books.expect(.frozenAccount) { try $0.cancel("Sales Invoice", invoice) }
        await books.expect(.frozenAccount) { _ = try $0.invoice() }
    }
}
