import Documents
import Storage
import TestSupport
import Testing
import Values

@testable import Stock

/// Goods come from a supplier and leave to a customer.
@Suite(.bothEngines) struct TradeStoryTests {
    private func order(
        _ doctype: String, _ party: String, _ rows: [JSON], on depot: Depot
    ) async throws -> (name: String, rows: [String]) {
        try await depot.write { session in
            let document = try session.document(
                doctype,
                from: [
                    doctype == "Sales Order" ? "customer" : "supplier": .string(party), "company": "Acme",
                    "currency": "USD", "status": "To Deliver and Bill", "items": .array(rows),
                ])
            try session.insert(document)
            try session.submit(document)
            return (document.name, document.table("items").map(\.name))
        }
    }

    private func quantities(_ depot: Depot, _ item: String = "bolt") async throws -> [String] {
        try await depot.read { session in
            let bin = try session.get("Bin", Bin.name(item, Depot.stores))
            return ["actual_qty", "reserved_qty", "ordered_qty", "projected_qty"].map { plain(bin.exact($0)) }
        }
    }

    @Test func `a receipt puts goods in at what they cost and owes the bill, and cancelling clears both`() async throws
    {
        let depot = try await Depot()
        let receipt = try await depot.submit(
            "Purchase Receipt",
            [
                "supplier": "Exotic Liquids", "company": "Acme",
                "items": [
                    ["item_code": "bolt", "qty": 3, "rate": "3.3333", "warehouse": "Stores - A"],
                    ["item_code": "nut", "qty": 10, "rate": "0.5", "warehouse": "Stores - A"],
                ],
            ])
        #expect(receipt.hasPrefix("MAT-PRE-2025-"))
        #expect(try await depot.bin() == "3 @ 3.333333333 = 10", "the amount of the row, not quantity times rate")
        #expect(try await depot.balance(default: "default_inventory_account") == 15)
        #expect(try await depot.balance(default: "stock_received_but_not_billed") == -15)
        let status = try await depot.read { try $0.get("Purchase Receipt", receipt).text("status") }
        #expect(status == "To Bill")
        try await depot.cancel("Purchase Receipt", receipt)
        #expect(try await depot.bin() == "0 @ 3.333333333 = 0")
        #expect(try await depot.balance(default: "stock_received_but_not_billed") == 0)
        #expect(try await depot.findings() == [])
    }

    @Test func `cancelling a receipt after sales clears what is not billed, the difference is adjusted`() async throws {
        let depot = try await Depot()
        let receipt = try await depot.submit(
            "Purchase Receipt",
            [
                "supplier": "S", "company": "Acme",
                "items": [["item_code": "bolt", "qty": 10, "rate": 20, "warehouse": "Stores - A"]],
            ])
        try await depot.receive("10", at: "10")
        try await depot.issue("10")
        try await depot.cancel("Purchase Receipt", receipt)
        #expect(try await depot.balance(default: "stock_received_but_not_billed") == 0)
        #expect(try await depot.balance(default: "default_inventory_account") == 0)
        #expect(try await depot.balance(default: "stock_adjustment_account") == 0, "-100 +150 -50")
        #expect(try await depot.findings() == [])
    }

    @Test func `charges that count to the value are shared among the goods`() async throws {
        let depot = try await Depot()
        let freight = try await depot.read { session in
            try session.transaction.first(
                "SELECT name FROM account WHERE company = 'Acme' AND root_type = 'Expense' AND is_group = 0 "
                    + "AND name <> (SELECT stock_adjustment_account FROM company) ORDER BY name LIMIT 1", [], [.text])?[
                    0
                ]
                .text ?? ""
        }
        let receipt = try await depot.submit(
            "Purchase Receipt",
            [
                "supplier": "S", "company": "Acme",
                "items": [
                    ["item_code": "bolt", "qty": 1, "rate": 10, "warehouse": "Stores - A"],
                    ["item_code": "nut", "qty": 2, "rate": 10, "warehouse": "Stores - A"],
                ],
                "taxes": [
                    [
                        "charge_type": "Actual", "category": "Valuation", "account_head": .string(freight),
                        "description": "Freight", "tax_amount": 10,
                    ]
                ],
            ])
        #expect(try await depot.bin() == "1 @ 13.33 = 13.33")
        #expect(try await depot.bin("nut") == "2 @ 13.335 = 26.67")
        #expect(try await depot.balance(freight) == -10)
        #expect(try await depot.balance(default: "stock_received_but_not_billed") == -30)
        try await depot.cancel("Purchase Receipt", receipt)
        #expect(try await depot.balance(freight) == 0)
        #expect(try await depot.findings() == [])
    }

    @Test func `an order is delivered in parts: stock leaves, costs are booked, what is reserved is released`()
        async throws
    {
        let depot = try await Depot()
        try await depot.receive("10", at: "4")
        let (order, rows) = try await order(
            "Sales Order", "Alfreds", [["item_code": "bolt", "qty": 6, "rate": 9, "warehouse": "Stores - A"]], on: depot
        )
        try await depot.write { try StockLedger.reserve([("bolt", Depot.stores, 6)], in: $0) }
        #expect(try await quantities(depot) == ["10", "6", "0", "4"])

        func deliver(_ qty: Int) async throws -> String {
            try await depot.submit(
                "Delivery Note",
                [
                    "customer": "Alfreds", "company": "Acme",
                    "items": [
                        [
                            "item_code": "bolt", "qty": .int(Int64(qty)), "rate": 9, "warehouse": "Stores - A",
                            "against_sales_order": .string(order), "so_detail": .string(rows[0]),
                        ]
                    ],
                ])
        }
        let first = try await deliver(2)
        #expect(first.hasPrefix("MAT-DN-2025-"))
        #expect(try await quantities(depot) == ["8", "4", "0", "4"])
        #expect(try await depot.balance(default: "default_expense_account") == 8)
        let percent = try await depot.read { try $0.get("Sales Order", order).exact("per_delivered").rounded(2) }
        #expect(percent == Exact(units: 3333, scale: 2))

        let refusal = await problem { _ = try await deliver(5) }
        #expect(refusal?.kind.code == "over_delivered")
        _ = try await deliver(4)
        #expect(try await quantities(depot) == ["4", "0", "0", "4"])

        try await depot.cancel("Delivery Note", first)
        #expect(try await quantities(depot) == ["6", "2", "0", "4"])
        #expect(try await depot.balance(default: "default_expense_account") == 16)
        #expect(try await depot.findings() == [])
    }

    @Test func `a purchase order is received and what is ordered goes down`() async throws {
        let depot = try await Depot()
        let (order, rows) = try await order(
            "Purchase Order", "Exotic", [["item_code": "bolt", "qty": 6, "rate": 9, "warehouse": "Stores - A"]],
            on: depot)
        try await depot.write { try StockLedger.order([("bolt", Depot.stores, 6)], in: $0) }
        let receipt = try await depot.submit(
            "Purchase Receipt",
            [
                "supplier": "Exotic", "company": "Acme", "set_warehouse": "Stores - A",
                "items": [
                    [
                        "item_code": "bolt", "qty": 4, "rate": 9, "purchase_order": .string(order),
                        "purchase_order_item": .string(rows[0]),
                    ]
                ],
            ])
        #expect(try await quantities(depot) == ["4", "0", "2", "6"])
        try await depot.cancel("Purchase Receipt", receipt)
        #expect(try await quantities(depot) == ["0", "0", "6", "6"])
        let received = try await depot.read { try $0.get("Purchase Order", order).exact("per_received") }
        #expect(received == 0)
    }

    @Test func `a closed order takes no delivery`() async throws {
        let depot = try await Depot()
        try await depot.receive("10", at: "4")
        let (order, rows) = try await order(
            "Sales Order", "A", [["item_code": "bolt", "qty": 6, "rate": 9, "warehouse": "Stores - A"]], on: depot)
        try await depot.write { session in
            let document = try session.get("Sales Order", order)
            document.set("status", "Closed")
            try session.saveDerived([document])
        }
        let refusal = await problem {
            try await depot.submit(
                "Delivery Note",
                [
                    "customer": "A", "company": "Acme",
                    "items": [
                        [
                            "item_code": "bolt", "qty": 1, "rate": 9, "warehouse": "Stores - A",
                            "against_sales_order": .string(order), "so_detail": .string(rows[0]),
                        ]
                    ],
                ])
        }
        #expect(refusal?.kind == .transition)
        #expect(try await depot.bin() == "10 @ 4 = 40")
    }

    @Test func `services are delivered without stock or warehouse`() async throws {
        let depot = try await Depot()
        try await depot.write { try Depot.insertItem("advice", ["is_stock_item": 0], in: $0) }
        try await depot.submit(
            "Delivery Note",
            ["customer": "A", "company": "Acme", "items": [["item_code": "advice", "qty": 2, "rate": 50]]])
        let count = try await depot.read { session in
            try session.transaction.first("SELECT COUNT(*) FROM stock_ledger_entry", [], [.integer])?[0].int
        }
        #expect(count == 0)
        let refusal = await problem {
            try await depot.submit(
                "Delivery Note",
                ["customer": "A", "company": "Acme", "items": [["item_code": "bolt", "qty": 2, "rate": 5]]])
        }
        #expect(refusal?.kind == .mandatory && refusal?.field == "warehouse" && refusal?.row == 1)
    }

    @Test func `a warehouse of another company is refused`() async throws {
        let depot = try await Depot()
        try await depot.write { session in
            try session.insert(
                session.document("Company", from: ["company_name": "Bolts", "abbr": "B", "default_currency": "USD"]))
        }
        let refusal = await problem { try await depot.receive("1", at: "1", into: "Stores - B") }
        #expect(refusal?.kind == .wrongWarehouse)
        #expect(refusal?.message.contains("belongs to Bolts, not to Acme") == true)
    }

    @Test func `an invoice is made from what of a delivery is not billed`() async throws {
        let depot = try await Depot()
        try await depot.receive("10", at: "4")
        let note = try await depot.submit(
            "Delivery Note",
            [
                "customer": "A", "company": "Acme",
                "items": [
                    ["item_code": "bolt", "qty": 3, "rate": "0.333", "warehouse": "Stores - A"],
                    ["item_code": "bolt", "qty": 2, "rate": 5, "warehouse": "Stores - A"],
                ],
            ])
        try await depot.write { session in
            let document = try session.get("Delivery Note", note)
            document.table("items")[0]["billed_amt"] = .decimal(units: 3300, scale: 4)
            document.table("items")[1]["billed_amt"] = .decimal(units: 100_000, scale: 4)
            try session.saveDerived([document])
        }
        let invoice = try await depot.call(
            "erpnext.stock.doctype.delivery_note.delivery_note.make_sales_invoice", ["source_name": .string(note)])
        let rows = try #require(invoice["items"]?.array)
        #expect(rows.count == 1)
        #expect(rows[0]["qty"]?.exact == 2 && rows[0]["delivery_note"]?.string == note)
        #expect(invoice["doctype"] == "Sales Invoice")
    }

    @Test func `a voucher in the ledger is kept`() async throws {
        let depot = try await Depot()
        let receipt = try await depot.receive("1", at: "1")
        try await depot.cancel("Stock Entry", receipt)
        let refusal = await problem { try await depot.write { try $0.delete("Stock Entry", receipt) } }
        #expect(refusal?.kind == .linked)
    }
}
