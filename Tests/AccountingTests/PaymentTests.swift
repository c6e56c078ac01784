import Accounting
import Documents
import Lists
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct PaymentTests {
    static func payment(_ amount: JSON, to invoices: [(String, JSON)] = [], more: JSONObject = [:]) -> JSONObject {
        let references = invoices.map { name, allocated -> JSON in
            [
                "reference_doctype": "Sales Invoice", "reference_name": .string(name), "allocated_amount": allocated,
            ]
        }
        return JSONObject([
            ("payment_type", "Receive"), ("party_type", "Customer"), ("party", "Ann"), ("paid_amount", amount),
            ("references", .array(references)),
        ]).merging(more)
    }

    static let first = "ACC-SINV-2026-00001"
    static let second = "ACC-SINV-2026-00002"

    @Test func `one payment settles two invoices and leaves an advance`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.invoice()
            try session.invoice(rate: 50)
            let payment = try session.submitted(
                "Payment Entry", Self.payment(130, to: [(Self.first, 100), (Self.second, 20)]))
            #expect(payment.exact("unallocated_amount") == 10)
            #expect(payment.text("paid_from") == "Debtors - A")
            #expect(payment.text("paid_to") == "Bank - A")
            #expect(payment.text("status") == "Submitted")
            #expect(try session.get("Sales Invoice", Self.first).text("status") == "Paid")
            #expect(try session.get("Sales Invoice", Self.second).exact("outstanding_amount") == 30)
            #expect(try session.balance("Debtors - A") == 20)
            #expect(try session.findings() == [])
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let payment: JSONObject
        let kind: Problem.Kind
    }

    static let refusals = [
        Refusal(
            testDescription: "more than outstanding", payment: payment(200, to: [(first, "100.01")]),
            kind: .overAllocated),
        Refusal(
            testDescription: "more than outstanding in two rows",
            payment: payment(200, to: [(first, 60), (first, 41)]),
            kind: .overAllocated),
        Refusal(
            testDescription: "more allocated than paid", payment: payment(50, to: [(first, 60)]), kind: .unbalanced),
        Refusal(
            testDescription: "another customer's invoice",
            payment: payment(100, to: [(first, 100)], more: ["party": "Bob"]),
            kind: .brokenLink),
        Refusal(testDescription: "no such invoice", payment: payment(1, to: [("X", 1)]), kind: .brokenLink),
        Refusal(testDescription: "a draft", payment: payment(1, to: [(second, 1)]), kind: .brokenLink),
        Refusal(testDescription: "no amount", payment: payment(0), kind: .mandatory),
        Refusal(testDescription: "no party", payment: payment(1, more: ["party": ""]), kind: .mandatory),
        Refusal(testDescription: "a negative amount", payment: payment(-5), kind: .negative),
        Refusal(
            testDescription: "to an account that is no bank", payment: payment(5, more: ["paid_to": "Creditors - A"]),
            kind: .invalidAccount),
        Refusal(
            testDescription: "from an account that is not the customer's",
            payment: payment(5, more: ["paid_from": "Cash - A"]),
            kind: .invalidAccount),
    ]

    @Test(arguments: refusals) func `a payment that is not right is refused whole`(sample: Refusal) async throws {
        let books = try await Books()
        try await books.run { session in
            try session.invoice()
            try session.make(
                "Sales Invoice", ["customer": "Ann", "items": [["item_code": "Apple", "qty": 1, "rate": 5]]])
        }
        await books.expect(sample.kind) { try $0.submitted("Payment Entry", sample.payment) }
        try await books.run { (session: Session) throws in
            #expect(try session.count(ListQuery("Payment Entry")) == 0)
            #expect(try session.get("Sales Invoice", Self.first).exact("outstanding_amount") == 100)
            #expect(try session.findings() == [])
        }
    }

    @Test func `an invoice that was paid since the draft was made is not paid twice`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.invoice()
            try session.make("Payment Entry", Self.payment(100, to: [(Self.first, 100)]))
            try session.submitted("Payment Entry", Self.payment(60, to: [(Self.first, 60)]))
        }
        await books.expect(.overAllocated) { session in
            try session.submit(session.get("Payment Entry", "ACC-PAY-2026-00001"))
        }
    }

    @Test func `a bank charge is deducted, and the invoice is settled in full`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.invoice()
            try session.submitted(
                "Payment Entry",
                Self.payment(
                    98, to: [(Self.first, 100)], more: ["deductions": [["account": "Bank Charges - A", "amount": 2]]]))
            #expect(try session.balance("Debtors - A").isZero)
            #expect(try session.balance("Bank - A") == 98)
            #expect(try session.balance("Bank Charges - A") == 2)
            #expect(try session.findings() == [])
        }
    }

    @Test func `money moves between own accounts`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.submitted(
                "Payment Entry",
                [
                    "payment_type": "Internal Transfer", "paid_from": "Bank - A", "paid_to": "Cash - A",
                    "paid_amount": "12.34",
                ])
            #expect(try session.balance("Cash - A") == .of("12.34"))
            #expect(try session.balance("Bank - A") == .of("-12.34"))
        }
    }

    @Test func `a mode of payment says the account`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.make(
                "Mode of Payment",
                [
                    "mode_of_payment": "Till", "type": "Cash",
                    "accounts": [["company": "Acme", "default_account": "Cash - A"]],
                ])
            let payment = try session.make("Payment Entry", Self.payment(5, more: ["mode_of_payment": "Till"]))
            #expect(payment.text("paid_to") == "Cash - A")
        }
    }

    @Test func `a journal entry settles an invoice and cannot take more than is due`() async throws {
        let books = try await Books()
        func entry(_ amount: JSON, party: JSON = "Ann") -> JSONObject {
            LedgerTests.journal([
                LedgerTests.debit("Write Off - A", amount),
                LedgerTests.credit("Debtors - A", amount).merging([
                    "party_type": "Customer", "party": party, "reference_type": "Sales Invoice",
                    "reference_name": .string(Self.first),
                ]),
            ])
        }
        let (small, large, foreign) = (entry(40), entry("60.01"), entry(10, party: "Bob"))
        try await books.run { session in
            try session.invoice()
            let written = try session.submitted("Journal Entry", small)
            #expect(try session.get("Sales Invoice", Self.first).exact("outstanding_amount") == 60)
            #expect(try session.findings() == [])
            try session.cancel(written)
            #expect(try session.get("Sales Invoice", Self.first).exact("outstanding_amount") == 100)
            try session.submitted("Journal Entry", small)
        }
        await books.expect(.overAllocated) { try $0.submitted("Journal Entry", large) }
        await books.expect(.brokenLink) { try $0.submitted("Journal Entry", foreign) }
    }

    @Test func `an unpaid invoice becomes overdue`() async throws {
        let books = try await Books()
        try await books.run { session in
            let late = try session.invoice(on: "2026-03-01")
            #expect(late.text("status") == "Overdue")
            try session.submitted(
                "Sales Invoice",
                [
                    "customer": "Ann", "due_date": "2026-04-01",
                    "items": [["item_code": "Apple", "qty": 1, "rate": 5]],
                ])
            #expect(try session.get("Sales Invoice", Self.second).text("status") == "Unpaid")
            let later = Session(
                actor: session.actor, now: Timestamp(.on(2026, 4, 2)), registry: session.registry,
                transaction: session.transaction, identifiers: session.newIdentifier)
            try later.runScheduledTasks()
            #expect(try session.get("Sales Invoice", Self.second).text("status") == "Overdue")
        }
        await books.expect(.datesOutOfOrder) { session in
            try session.make(
                "Sales Invoice",
                [
                    "customer": "Ann", "posting_date": "2026-03-05", "due_date": "2026-03-04",
                    "items": [["item_code": "Apple", "qty": 1, "rate": 5]],
                ])
        }
    }
}
