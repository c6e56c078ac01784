import Accounting
import Documents
import Storage
import TestSupport
import Testing
import Values

/// What the database is asked while business goes on.
@Suite(.bothEngines) struct CostTests {
    /// The SQL that `body` runs in a session of its own.
    private func statements(
        _ books: Books, _ body: @escaping @Sendable (Session) throws -> Void
    ) async throws -> [String] {
        try await books.run { session in
            let counting = CountingTransaction(session.transaction)
            let inner = books.session(at: session.now, counting)
            try body(inner)
            try inner.finish()
            return counting.queries + counting.changes
        }
    }

    private static func object(rows: Int) -> JSONObject {
        [
            "customer": "Ann",
            "items": .array((0..<rows).map { ["item_code": $0 % 2 == 0 ? "Apple" : "Pear", "qty": 1, "rate": 5] }),
            "taxes": [["charge_type": "On Net Total", "account_head": "VAT - A", "rate": 10]],
        ]
    }

    @Test func `an invoice costs as many statements with 500 rows as with 5`() async throws {
        let books = try await Books()
        let few = try await statements(books) { _ = try $0.submitted("Sales Invoice", Self.object(rows: 5)) }
        let many = try await statements(books) { _ = try $0.submitted("Sales Invoice", Self.object(rows: 500)) }
        #expect(few.count == many.count)
        #expect(few.count <= 50, "\(few.joined(separator: "\n"))")
    }

    @Test func `an invoice that is submitted at once waits for the database seven times`() async throws {
        let books = try await Books()
        let waits = try await books.run { session in
            let counting = CountingTransaction(session.transaction)
            let inner = books.session(at: session.now, counting)
            var fields = Self.object(rows: 5)
            fields["docstatus"] = 1
            fields["company"] = "Acme"
            try inner.insert(inner.document("Sales Invoice", from: fields))
            try inner.finish()
            return counting.waits
        }
        // What it fetches, its number, the currency, accounts, links, what the ledger knows, and where the logs end.
        #expect(waits <= 7)
    }

    @Test(.onlyOnSQLite) func `no ledger is read from end to end by everyday work`() async throws {
        let books = try await Books()
        let work = try await statements(books) { session in
            let invoice = try session.submitted("Sales Invoice", Self.object(rows: 2))
            let payment = try session.submitted("Payment Entry", PaymentTests.payment(11, to: [(invoice.name, 11)]))
            try session.cancel(payment)
            try session.cancel(session.get("Sales Invoice", invoice.name))
            for filters in [["account": "Debtors - A"], ["party": "Ann"], ["voucher_no": "X"], [:]] as [JSONObject] {
                _ = try ReportTests.run(
                    "General Ledger", filters.merging(["from_date": "2026-03-01", "to_date": "2026-03-31"]), session)
            }
        }
        let queries = Set(work.filter { $0.contains("gl_entry") || $0.contains("payment_ledger_entry") })
            .filter { !$0.hasPrefix("INSERT") }
        #expect(queries.count > 5)
        for sql in queries {
            let marks = sql.count { $0 == "?" }
            try await books.run { session in
                let plan = try session.transaction.query(
                    "EXPLAIN QUERY PLAN \(sql)", Array(repeating: .text("x"), count: marks),
                    [.integer, .integer, .integer, .text])
                let steps = plan.compactMap { $0[3].text }
                #expect(
                    !steps.contains { $0.hasPrefix("SCAN gl_entry") || $0.hasPrefix("SCAN payment") },
                    "\(sql)\n\(steps)")
                let byReverse = steps.filter { $0.hasPrefix("SEARCH gl_entry USING INDEX gl_entry:reverses") }
                #expect(byReverse.isEmpty, "\(sql)\n\(steps)")
            }
        }
    }

    @Test func `a trial balance of whole months does not read the ledger`() async throws {
        let books = try await Books()
        try await books.run { try ReportTests.trade($0) }
        for (to, reads) in [("2026-12-31", false), ("2026-03-09", true)] {
            let asked = try await statements(books) { session in
                _ = try ReportTests.run(
                    "Trial Balance", ["from_date": "2026-01-01", "to_date": .string(to)], session)
            }
            #expect(asked.contains { $0.contains("gl_entry") } == reads)
            #expect(asked.count < 15)
        }
    }
}
