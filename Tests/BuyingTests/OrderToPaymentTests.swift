import Documents
import TestSupport
import Testing
import Values

/// From an order to a supplier to the payment of its bill: what each step does to stock, books and documents.
@Suite(.bothEngines) struct OrderToPaymentTests {
    /// An order of 12 ikura at 24.00 and 10 tofu at 0.35, into the stores.
    static func order(_ session: Session, _ more: JSONObject = [:]) throws -> String {
        var object: JSONObject = [
            "supplier": "Tokyo Traders", "schedule_date": "1996-03-20", "set_warehouse": .string(Trading.stores),
            "items": [
                ["item_code": "Ikura", "qty": 12, "rate": 24], ["item_code": "Tofu", "qty": 10, "rate": "0.35"],
            ],
        ]
        for (key, value) in more.members { object[key] = value }
        return try session.book("Purchase Order", object)
    }

    /// Inserts and submits a bill proposed from a receipt or order, changed by `change`.
    @discardableResult
    static func bill(
        _ session: Session, _ method: String, from source: String, _ change: (Document) -> Void = { _ in }
    ) throws -> String {
        let bill = try session.proposed(method, "Purchase Invoice", from: source)
        change(bill)
        try session.insert(bill)
        try session.submit(bill)
        return bill.name
    }

    @Test func `an order is received in parts, billed and paid, and nothing stays between stock and creditors`()
        async throws
    {
        let trading = try await Trading()
        let order = try await trading.on("1996-03-01") { session in
            let order = try Self.order(session)
            #expect(
                try session.figures("Purchase Order", order, "status", "per_received", "per_billed", "grand_total")
                    == ["To Receive and Bill", "0", "0", "291.5"])
            #expect(try session.bin("Ikura", Trading.stores, "ordered_qty") == 12)
            return order
        }
        let first = try await trading.on("1996-03-05") { session in
            let receipt = try session.book(Make.receipt, "Purchase Receipt", from: order, qty: [12, 4])
            #expect(
                try session.figures("Purchase Order", order, "status", "per_received") == [
                    "To Receive and Bill", "72.7273",
                ])
            #expect(try session.bin("Ikura", Trading.stores, "ordered_qty") == 0)
            #expect(try session.bin("Tofu", Trading.stores, "ordered_qty") == 6)
            #expect(try session.bin("Ikura", Trading.stores, "stock_value") == 288)
            #expect(try session.balance(default: "default_inventory_account") == Exact(units: 2894, scale: 1))
            #expect(try session.balance(default: "stock_received_but_not_billed") == Exact(units: -2894, scale: 1))
            return receipt
        }
        let bill = try await trading.on("1996-03-08") { session in
            let bill = try Self.bill(session, Make.billFromReceipt, from: first) {
                $0.set("bill_no", "TT-1")
                $0.set("due_date", Day("1996-03-31"))
            }
            #expect(
                try session.figures("Purchase Invoice", bill, "status", "outstanding_amount", "supplier_name")
                    == ["Unpaid", "289.4", "Tokyo Traders"])
            #expect(try session.figures("Purchase Receipt", first, "status", "per_billed") == ["Completed", "100"])
            #expect(
                try session.figures("Purchase Order", order, "status", "per_billed") == [
                    "To Receive and Bill", "99.2796",
                ])
            #expect(try session.balance(default: "stock_received_but_not_billed") == 0)
            return bill
        }
        try await trading.on("1996-03-20") { session in
            let second = try session.book(Make.receipt, "Purchase Receipt", from: order)
            #expect(try session.figures("Purchase Order", order, "status", "per_received") == ["To Bill", "100"])
            let rest = try Self.bill(session, Make.billFromReceipt, from: second)
            #expect(try session.figures("Purchase Order", order, "status", "per_billed") == ["Completed", "100"])
            try session.pay("Purchase Invoice", bill, 100)
            #expect(
                try session.figures("Purchase Invoice", bill, "status", "outstanding_amount") == [
                    "Partly Paid", "189.4",
                ])
            try session.pay("Purchase Invoice", bill)
            try session.pay("Purchase Invoice", rest)
            #expect(try session.figures("Purchase Invoice", rest, "status", "outstanding_amount") == ["Paid", "0"])
            #expect(try session.balance(default: "default_payable_account") == 0)
            #expect(try session.balance(default: "stock_received_but_not_billed") == 0)
            #expect(try session.balance(default: "default_inventory_account") == Exact(units: 2915, scale: 1))
        }
    }

    @Test func `goods are billed before they arrive and clear when they do`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-03-01") { session in
            let order = try Self.order(session)
            let bill = try Self.bill(session, Make.bill, from: order)
            #expect(try session.balance(default: "stock_received_but_not_billed") == Exact(units: 2915, scale: 1))
            #expect(try session.figures("Purchase Order", order, "status", "per_billed") == ["To Receive", "100"])
            try session.book(Make.receipt, "Purchase Receipt", from: order)
            #expect(try session.balance(default: "stock_received_but_not_billed") == 0)
            #expect(try session.figures("Purchase Order", order, "status") == ["Completed"])
            let row = try session.get("Purchase Invoice", bill).table("items")[0]
            #expect(row.text("expense_account").contains("Stock Received But Not Billed"))
        }
    }

    @Test func `thirds of an odd amount come to the whole, also when they are cancelled in between`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-03-01") { session in
            let receipt = try session.book(
                "Purchase Receipt",
                [
                    "supplier": "Exotic Liquids", "set_warehouse": .string(Trading.stores),
                    "items": [["item_code": "Chai", "qty": 3, "rate": "0.335"]],
                ])
            #expect(try session.balance(default: "stock_received_but_not_billed") == Exact(units: -101, scale: 2))
            var bills: [String] = []
            for _ in 0..<3 {
                bills.append(
                    try Self.bill(session, Make.billFromReceipt, from: receipt) { $0.table("items")[0].set("qty", 1) })
            }
            #expect(try session.balance(default: "stock_received_but_not_billed") == 0)
            #expect(try session.figures("Purchase Receipt", receipt, "per_billed") == ["100"])
            try session.cancel("Purchase Invoice", bills[0])
            try Self.bill(session, Make.billFromReceipt, from: receipt) { $0.table("items")[0].set("qty", 1) }
            #expect(try session.balance(default: "stock_received_but_not_billed") == 0)
            #expect(try session.figures("Purchase Receipt", receipt, "per_billed", "status") == ["100", "Completed"])
        }
    }

    @Test func `a bill below the receipt's price leaves nothing uncleared`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-03-01") { session in
            let order = try Self.order(session)
            let receipt = try session.book(Make.receipt, "Purchase Receipt", from: order)
            let before = try session.balance(default: "stock_adjustment_account")
            let bill = try Self.bill(session, Make.billFromReceipt, from: receipt) {
                $0.table("items")[0].set("rate", Exact(units: 235, scale: 1))
            }
            #expect(try session.figures("Purchase Invoice", bill, "grand_total") == ["285.5"])
            #expect(try session.balance(default: "stock_received_but_not_billed") == 0)
            #expect(try session.balance(default: "stock_adjustment_account") - before == -6)
            #expect(try session.figures("Purchase Order", order, "status") == ["Completed"])
            #expect(try session.figures("Purchase Receipt", receipt, "status") == ["Completed"])
        }
    }

    @Test func `a bill in another currency clears what was received at the rate of then`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-03-01") { session in
            try session.make("Currency", ["currency_name": "EUR", "fraction_units": 100])
            let receipt = try session.book(
                "Purchase Receipt",
                [
                    "supplier": "Exotic Liquids", "currency": "EUR", "conversion_rate": "1.1",
                    "set_warehouse": .string(Trading.stores), "items": [["item_code": "Chai", "qty": 10, "rate": 3]],
                ])
            #expect(try session.balance(default: "stock_received_but_not_billed") == -33)
            let bill = try Self.bill(session, Make.billFromReceipt, from: receipt) {
                $0.set("conversion_rate", Exact(units: 12, scale: 1))
            }
            #expect(
                try session.figures("Purchase Invoice", bill, "grand_total", "base_grand_total", "outstanding_amount")
                    == ["30", "36", "36"])
            #expect(try session.balance(default: "stock_received_but_not_billed") == 0)
            #expect(try session.balance(default: "default_payable_account") == -36)
            #expect(try session.balance(default: "default_inventory_account") == 33)
            #expect(try session.balance(default: "stock_adjustment_account") == 3)
        }
    }

    @Test func `a bill is for the supplier and the goods it says`() async throws {
        let trading = try await Trading()
        let order = try await trading.on("1996-03-01") { try Self.order($0) }
        let supplier = try await trading.refusal(on: "1996-03-02") { session in
            _ = try Self.bill(session, Make.bill, from: order) { $0.set("supplier", "Exotic Liquids") }
        }
        #expect(supplier?.message.contains("supplier") == true)
        let item = try await trading.refusal(on: "1996-03-02") { session in
            _ = try Self.bill(session, Make.bill, from: order) { $0.table("items")[0].set("item_code", "Chai") }
        }
        #expect(item?.field == "item_code")
        #expect(item?.row == 1)
        let row = try await trading.refusal(on: "1996-03-02") { session in
            _ = try Self.bill(session, Make.bill, from: order) { $0.table("items")[1].set("po_detail", "no such row") }
        }
        #expect(row?.kind == .brokenLink)
    }

    @Test func `a bill above the ordered price is refused`() async throws {
        let trading = try await Trading()
        let order = try await trading.on("1996-03-01") { try Self.order($0) }
        let problem = try await trading.refusal(on: "1996-03-02") { session in
            _ = try Self.bill(session, Make.bill, from: order) {
                $0.table("items")[1].set("rate", Exact(units: 36, scale: 2))
            }
        }
        #expect(problem?.kind.code == "over_billed")
        #expect(problem?.field == "rate")
        #expect(problem?.row == 2)
    }

    @Test func `more than was ordered is neither received nor billed`() async throws {
        let trading = try await Trading()
        let order = try await trading.on("1996-03-01") { try Self.order($0) }
        let received = try await trading.refusal(on: "1996-03-02") { session in
            try session.book(Make.receipt, "Purchase Receipt", from: order, qty: [12, 11])
        }
        #expect(received?.kind.exception == "OverAllowanceError")
        #expect(received?.row == 2)
        let billed = try await trading.refusal(on: "1996-03-02") { session in
            _ = try Self.bill(session, Make.bill, from: order) { $0.table("items")[0].set("qty", 13) }
        }
        #expect(billed?.kind.exception == "OverAllowanceError")
        #expect(billed?.message.contains("12") == true)
        try await trading.on("1996-03-03") { session in
            let receipt = try session.book(Make.receipt, "Purchase Receipt", from: order)
            _ = try Self.bill(session, Make.bill, from: order)
            // Billed by its order, the receipt cannot be billed once more.
            let again = #expect(throws: Problem.self) {
                try session.savepoint { _ = try Self.bill(session, Make.billFromReceipt, from: receipt) }
            }
            #expect(again?.kind.code == "over_billed")
        }
    }

    @Test func `a supplier's bill is entered once`() async throws {
        let trading = try await Trading()
        let direct: JSONObject = [
            "supplier": "Exotic Liquids", "bill_no": "EL 17", "items": [["item_code": "Advice", "qty": 1, "rate": 80]],
        ]
        let first = try await trading.on("1996-03-01") { try $0.book("Purchase Invoice", direct) }
        let problem = try await trading.refusal(on: "1996-03-02") { try $0.make("Purchase Invoice", direct) }
        #expect(problem?.kind.code == "duplicate_bill")
        #expect(problem?.message.contains(first) == true)
        try await trading.on("1996-03-03") { session in
            // Another supplier counts for itself, and a cancelled bill frees its number.
            var other = direct
            other["supplier"] = "Tokyo Traders"
            try session.book("Purchase Invoice", other)
            try session.cancel("Purchase Invoice", first)
            try session.book("Purchase Invoice", direct)
            #expect(try session.balance(default: "default_payable_account") == -160)
            #expect(try session.balance(default: "default_expense_account") == 160)
        }
    }

    @Test func `taxes are added and deducted`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-03-01") { session in
            let account = try session.get("Company", Trading.name).text("default_expense_account")
            let bill = try session.book(
                "Purchase Invoice",
                [
                    "supplier": "Exotic Liquids", "items": [["item_code": "Advice", "qty": 2, "rate": 50]],
                    "taxes": [
                        [
                            "category": "Total", "add_deduct_tax": "Add", "charge_type": "On Net Total", "rate": 10,
                            "account_head": .string(account), "description": "Tax",
                        ],
                        [
                            "category": "Total", "add_deduct_tax": "Deduct", "charge_type": "Actual",
                            "tax_amount": "2.5",
                            "account_head": .string(account), "description": "Withheld",
                        ],
                    ],
                ])
            #expect(try session.figures("Purchase Invoice", bill, "net_total", "grand_total") == ["100", "107.5"])
            #expect(try session.balance(default: "default_expense_account") == Exact(units: 1075, scale: 1))
            #expect(try session.balance(default: "default_payable_account") == Exact(units: -1075, scale: 1))
        }
    }

    @Test func `an order is cancelled only from its end backwards, and amended`() async throws {
        let trading = try await Trading()
        let (order, receipt, bill, payment) = try await trading.on("1996-03-01") { session in
            let order = try Self.order(session)
            let receipt = try session.book(Make.receipt, "Purchase Receipt", from: order)
            let bill = try Self.bill(session, Make.billFromReceipt, from: receipt)
            return (order, receipt, bill, try session.pay("Purchase Invoice", bill))
        }
        for (type, name) in [("Purchase Order", order), ("Purchase Receipt", receipt), ("Purchase Invoice", bill)] {
            let problem = try await trading.refusal(on: "1996-03-02") { try $0.cancel(type, name) }
            #expect(problem?.kind == .linked, "\(type)")
        }
        try await trading.on("1996-03-03") { session in
            try session.cancel("Payment Entry", payment)
            #expect(try session.figures("Purchase Invoice", bill, "outstanding_amount") == ["291.5"])
            try session.cancel("Purchase Invoice", bill)
            #expect(try session.figures("Purchase Order", order, "status", "per_billed") == ["To Bill", "0"])
            try session.cancel("Purchase Receipt", receipt)
            #expect(try session.bin("Ikura", Trading.stores, "ordered_qty") == 12)
            try session.cancel("Purchase Order", order)
            #expect(try session.bin("Ikura", Trading.stores, "ordered_qty") == 0)
            for account in ["default_payable_account", "default_inventory_account", "stock_received_but_not_billed"] {
                #expect(try session.balance(default: account) == 0)
            }
            let amended = try session.amend(try session.get("Purchase Order", order))
            try session.insert(amended)
            try session.submit(amended)
            #expect(amended.name == "\(order)-1")
            #expect(
                try session.figures("Purchase Order", amended.name, "status", "per_received")
                    == ["To Receive and Bill", "0"])
        }
    }

    @Test func `a closed order is not received and its goods are not waited for`() async throws {
        let trading = try await Trading()
        let method = "erpnext.buying.doctype.purchase_order.purchase_order.update_status"
        let order = try await trading.on("1996-03-01") { session in
            let order = try Self.order(session)
            try session.call(method, ["name": .string(order), "status": "Closed"])
            #expect(try session.bin("Ikura", Trading.stores, "ordered_qty") == 0)
            return order
        }
        let problem = try await trading.refusal(on: "1996-03-02") { session in
            _ = try session.call(Make.receipt, ["source_name": .string(order)])
        }
        #expect(problem?.message.contains("Closed") == true)
        try await trading.on("1996-03-03") { session in
            try session.call(method, ["name": .string(order), "status": "Draft"])
            #expect(try session.bin("Ikura", Trading.stores, "ordered_qty") == 12)
        }
    }

    @Test(arguments: [
        ("Purchase User", "Purchase Order", Right.submit, true), ("Purchase User", "Purchase Invoice", .cancel, false),
        ("Purchase Manager", "Purchase Invoice", .cancel, true), ("Accounts User", "Purchase Order", .read, true),
        ("Stock User", "Purchase Order", .write, false), ("Sales User", "Supplier", .read, false),
    ])
    func `roles may do what their work needs`(role: String, doctype: String, right: Right, may: Bool) async throws {
        let trading = try await Trading()
        try await trading.on("1996-02-01", as: Actor(user: "somebody@example.com", roles: [Name(role)])) { session in
            let type = try session.registry.doctype(doctype)
            #expect(session.may(right, type) == may)
        }
    }
}
