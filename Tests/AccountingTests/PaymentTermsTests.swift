import Documents
import TestSupport
import Testing
import Values

@testable import Accounting

/// When invoices are due by the terms of payment.
@Suite(.bothEngines) struct PaymentTermsTests {
    private static let rows: [(JSONObject, String)] = [
        (["credit_days": 30], "2026-03-02"), (["due_date_based_on": .string(PaymentDue.fromInvoice)], "2026-01-31"),
        (["due_date_based_on": .string(PaymentDue.fromEndOfMonth), "credit_days": 10], "2026-02-10"),
        (["due_date_based_on": .string(PaymentDue.monthsFromEndOfMonth), "credit_months": 1], "2026-02-28"),
    ]

    @Test func `the last part of an invoice says when it is due`() async throws {
        let books = try await Books()
        try await books.write { session in
            let day = try #require(Day("2026-01-31"))
            for (index, (row, due)) in Self.rows.enumerated() {
                var row = row
                row["invoice_portion"] = 100
                try session.make(
                    "Payment Terms Template", ["template_name": .string("T\(index)"), "terms": [.object(row)]])
                #expect(try PaymentTermsTemplate.due(day, by: "T\(index)", in: session)?.description == due)
            }
            try session.make(
                "Payment Terms Template",
                [
                    "template_name": "Halves",
                    "terms": [["invoice_portion": 50, "credit_days": 60], ["invoice_portion": 50]],
                ])
            #expect(try PaymentTermsTemplate.due(day, by: "Halves", in: session) == day.adding(days: 60))
            #expect(try PaymentTermsTemplate.due(day, by: "None", in: session) == nil)
        }
    }

    @Test func `a row takes from its term what it does not say`() async throws {
        let books = try await Books()
        try await books.write { session in
            try session.make(
                "Payment Term",
                [
                    "payment_term_name": "Later", "credit_days": 20,
                    "due_date_based_on": .string(PaymentDue.fromEndOfMonth),
                ])
            try session.make(
                "Payment Terms Template",
                ["template_name": "Later", "terms": [["payment_term": "Later", "invoice_portion": 100]]])
            let day = try #require(Day("2026-04-15"))
            #expect(try PaymentTermsTemplate.due(day, by: "Later", in: session)?.description == "2026-05-20")
        }
    }

    @Test(
        arguments: [
            ([["invoice_portion": 99]], Problem.Kind.amountsDiffer),
            ([["invoice_portion": 60], ["invoice_portion": 60]], .amountsDiffer),
            ([["invoice_portion": 100, "credit_days": 1_000_000_000]], .outOfBounds),
            ([["invoice_portion": 100, "credit_months": 1_000]], .outOfBounds),
            ([["invoice_portion": 100, "credit_days": -1]], .negative), ([], .mandatory),
        ] as [([JSON], Problem.Kind)])
    func `terms that cannot be are refused`(rows: [JSON], kind: Problem.Kind) async throws {
        let books = try await Books()
        let refused = await problem {
            try await books.write { session in
                _ = try session.make("Payment Terms Template", ["template_name": "T", "terms": .array(rows)])
            }
        }
        #expect(refused?.kind == kind)
    }
}
