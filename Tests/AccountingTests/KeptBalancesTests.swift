import Accounting
import Documents
import Reports
import Storage
import TestSupport
import Testing
import Values

/// Random business against an oracle that adds up by itself.
@Suite(.bothEngines) struct KeptBalancesTests {
    /// What an account moved on a day, as the oracle noted it.
    struct Note: Sendable {
        let voucher: String
        let day: Day
        let account: String
        let debit: Exact
        let credit: Exact
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `kept balances equal those of a naive oracle after every kind of change`(seed: UInt64) async throws {
        let books = try await Books()
        try await books.run { session in
            var random = Dice(seed: seed)
            var notes: [Note] = []
            let accounts = [
                "Cash - A", "Bank - A", "Capital Stock - A", "Office Rent - A", "Service - A", "Software - A",
            ]
            for _ in 0..<80 {
                let posted = Set(notes.map(\.voucher)).sorted()
                if random.isOne(of: 4), let name = random.pick(posted) {
                    try session.cancel(session.get("Journal Entry", name))
                    notes.removeAll { $0.voucher == name }
                    continue
                }
                let day = Day.on(2025, 1, 1).adding(days: random.roll(0...729))
                let from = random.one(accounts)
                let to = random.one(accounts)
                guard from != to else { continue }
                let amount = Exact(units: Int64(random.roll(1...100_000)), scale: 2)
                let entry = try session.submitted(
                    "Journal Entry",
                    LedgerTests.journal(
                        [LedgerTests.debit(to, .decimal(amount)), LedgerTests.credit(from, .decimal(amount))],
                        on: day.description))
                notes.append(Note(voucher: entry.name, day: day, account: to, debit: amount, credit: 0))
                notes.append(Note(voucher: entry.name, day: day, account: from, debit: 0, credit: amount))
            }
            #expect(try session.findings() == [])
            for _ in 0..<20 {
                let start = Day.on(2025, 1, 1).adding(days: random.roll(0...699))
                let end = min(start.adding(days: random.roll(0...399)), .on(2026, 12, 31))
                try compare(notes, from: start, to: end, accounts, session)
            }
            try compare(notes, from: .on(2025, 1, 1), to: .on(2026, 12, 31), accounts, session)
            try compare(notes, from: .on(2026, 3, 1), to: .on(2026, 3, 31), accounts, session)
        }
    }

    /// The trial balance of a period against the notes.
    private func compare(_ notes: [Note], from start: Day, to end: Day, _ accounts: [String], _ session: Session) throws
    {
        let rows = try ReportTests.run(
            "Trial Balance",
            [
                "from_date": .string(start.description), "to_date": .string(end.description), "show_zero_values": 1,
                "show_unclosed_fy_pl_balances": 1,
            ], session)
        for account in accounts {
            let row = ReportTests.find(rows, account)
            let own = notes.filter { $0.account == account }
            let period = own.filter { $0.day >= start && $0.day <= end }
            let opening = own.filter { $0.day < start }.sum { $0.debit - $0.credit }
            func side(_ name: String) -> Exact { row[name]?.exact ?? .outOfRange }
            #expect(side("debit") == period.sum(\.debit), "\(account) \(start) \(end)")
            #expect(side("credit") == period.sum(\.credit), "\(account) \(start) \(end)")
            #expect(side("opening_debit") - side("opening_credit") == opening, "\(account) \(start)")
            #expect(
                side("closing_debit") - side("closing_credit") == opening + period.sum { $0.debit - $0.credit },
                "\(account) \(end)")
        }
        let total = ReportTests.find(rows, "Total")
        #expect(total["debit"] == total["credit"])
        #expect(total["closing_debit"] == total["closing_credit"])
    }

    @Test func `the checks find what was tampered with`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.invoice()
            #expect(try session.findings() == [])
            for (sql, expected) in [
                (
                    "UPDATE _account_balance SET debit = debit + 1 WHERE account = 'Debtors - A'",
                    "Debtors - A in 2026-3"
                ),
                ("UPDATE sales_invoice SET outstanding_amount = 0", "outstanding is 0"),
                ("UPDATE sales_invoice SET docstatus = 2", "is not submitted and has ledger entries"),
            ] {
                struct Back: Error {}
                _ = try? session.savepoint {
                    try session.transaction.execute(sql)
                    let found = try session.findings()
                    #expect(found.contains { $0.contains(expected) }, "\(found)")
                    throw Back()
                }
            }
            #expect(try session.findings() == [])
        }
    }

    @Test func `a refused voucher leaves no trace in the kept balances`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.invoice()
            struct Back: Error {}
            _ = try? session.savepoint {
                try session.invoice(rate: 7)
                throw Back()
            }
            #expect(try session.balance("Debtors - A") == 100)
            #expect(try session.findings() == [])
            let changes = try session.rehearse { try $0.cancel($0.get("Sales Invoice", PaymentTests.first)) }
            #expect(changes.postings.map(\.rows.count) == [2, 1])
            #expect(try session.findings() == [])
        }
    }
}
