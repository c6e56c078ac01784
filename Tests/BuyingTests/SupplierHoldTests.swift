import Documents
import TestSupport
import Testing
import Values

/// A supplier on hold is in no new document of the hold's type, until the hold is over.
@Suite(.bothEngines) struct SupplierHoldTests {
    private static let documents: [(doctype: String, fields: JSONObject, type: String)] = [
        (
            "Purchase Order",
            ["supplier": "Tokyo Traders", "transaction_date": "1996-01-01", "schedule_date": "1996-01-09"], "Invoices"
        ),
        ("Purchase Invoice", ["supplier": "Tokyo Traders"], "Invoices"),
        (
            "Payment Entry",
            [
                "payment_type": "Pay", "party_type": "Supplier", "party": "Tokyo Traders", "paid_from": "Bank - NT",
                "paid_amount": 25, "received_amount": 25, "reference_no": "77", "reference_date": "1996-01-01",
            ], "Payments"
        ),
        (
            "Journal Entry",
            [
                "posting_date": "1996-01-01",
                "accounts": [
                    [
                        "account": "Creditors - NT", "party_type": "Supplier", "party": "Tokyo Traders",
                        "debit_in_account_currency": 10,
                    ],
                    ["account": "Cash - NT", "credit_in_account_currency": 10],
                ],
            ], "Payments"
        ),
        ("Purchase Receipt", ["supplier": "Tokyo Traders"], "nothing"),
    ]

    private static func make(_ doctype: String, _ fields: JSONObject, _ session: Session) throws {
        var sent = fields
        if fields["supplier"] != nil {
            sent["items"] = [["item_code": "Chai", "qty": 1, "rate": 5, "warehouse": .string(Trading.stores)]]
        }
        try session.make(doctype, sent)
    }

    @Test(arguments: ["", "All", "Invoices", "Payments"], [nil, "1996-01-01", "1996-01-02", "1996-01-03"])
    func `a supplier on hold is in no new document of the type of the hold`(
        type: String, release: String?
    ) async throws {
        let trading = try await Trading()
        try await trading.on("1996-01-02") { session in
            let supplier = try session.get("Supplier", "Tokyo Traders")
            let hold: JSONObject = [
                "on_hold": 1, "hold_type": .string(type), "release_date": release.map(JSON.string) ?? nil,
            ]
            try session.apply(hold, to: supplier)
            try session.save(supplier)
        }
        let isOver = release == "1996-01-01"
        for (doctype, fields, blocking) in Self.documents {
            let isBlocked = !isOver && blocking != "nothing" && (type.isEmpty || type == "All" || type == blocking)
            let refused = try await trading.refusal(on: "1996-01-02") { try Self.make(doctype, fields, $0) }
            #expect(
                refused?.kind.code == (isBlocked ? "party_on_hold" : nil), "\(doctype): \(String(describing: refused))")
        }
    }

    @Test func `who is on hold no more is traded with`() async throws {
        let trading = try await Trading()
        for held in [true, false] {
            try await trading.on("1996-01-02") { session in
                let supplier = try session.get("Supplier", "Tokyo Traders")
                supplier.set("on_hold", held ? 1 : 0)
                try session.save(supplier)
            }
            let (doctype, fields, _) = Self.documents[1]
            let refused = try await trading.refusal(on: "1996-01-02") { try Self.make(doctype, fields, $0) }
            #expect((refused?.field == "supplier") == held)
        }
    }
}
