import Documents
import TestSupport
import Testing
import Values

/// From an offer to the money: what each step does to the documents before it.
@Suite(.bothEngines) struct OrderToCashTests {
    /// An order of 10 chai at 18.00 and 4 tofu at 23.25, from the shop's stores, with its name.
    static func order(_ session: Session, _ more: JSONObject = [:]) throws -> String {
        var object: JSONObject = [
            "customer": "Alfreds Futterkiste", "delivery_date": "1996-07-20",
            "items": [
                ["item_code": "Chai", "qty": 10, "rate": 18, "warehouse": .string(Trading.stores)],
                ["item_code": "Tofu", "qty": 4, "rate": "23.25", "warehouse": .string(Trading.stores)],
            ],
        ]
        for (key, value) in more.members { object[key] = value }
        return try session.book("Sales Order", object)
    }

    @Test func `an offer becomes an order, two deliveries, two invoices and two payments`() async throws {
        let trading = try await Trading()
        let quotation = try await trading.on("1996-07-01") { session in
            try session.receive("Chai", 20, at: 9)
            try session.receive("Tofu", 20, at: "11.5")
            let name = try session.book(
                "Quotation",
                [
                    "party_name": "Alfreds Futterkiste", "valid_till": "1996-07-31",
                    "items": [
                        ["item_code": "Chai", "qty": 10, "rate": 18], ["item_code": "Tofu", "qty": 4, "rate": "23.25"],
                    ],
                ])
            #expect(try session.figures("Quotation", name, "status", "grand_total") == ["Open", "273"])
            return name
        }
        let order = try await trading.on("1996-07-04") { session in
            let document = try session.proposed(Make.orderFromQuotation, "Sales Order", from: quotation)
            document.set("delivery_date", Day("1996-07-20"))
            document.set("set_warehouse", Trading.stores)
            try session.insert(document)
            #expect(try session.figures("Sales Order", document.name, "status") == ["Draft"])
            try session.submit(document)
            #expect(
                try session.figures(
                    "Sales Order", document.name, "status", "per_delivered", "per_billed", "customer_name")
                    == ["To Deliver and Bill", "0", "0", "Alfreds Futterkiste"])
            #expect(try session.figures("Quotation", quotation, "status", "per_ordered") == ["Ordered", "100"])
            #expect(try session.bin("Chai", Trading.stores, "reserved_qty") == 10)
            return document.name
        }
        let delivery = try await trading.on("1996-07-10") { session in
            let name = try session.book(Make.delivery, "Delivery Note", from: order, qty: [4, 4])
            #expect(
                try session.figures("Sales Order", order, "status", "per_delivered", "per_billed")
                    == ["To Deliver and Bill", "57.1429", "0"])
            #expect(try session.figures("Delivery Note", name, "status") == ["To Bill"])
            #expect(try session.bin("Chai", Trading.stores, "reserved_qty") == 6)
            #expect(try session.bin("Chai", Trading.stores, "actual_qty") == 16)
            #expect(try session.balance(default: "default_inventory_account") == 328)
            return name
        }
        let first = try await trading.on("1996-07-11") { session in
            let name = try session.book(Make.invoiceFromDelivery, "Sales Invoice", from: delivery)
            #expect(
                try session.figures("Sales Invoice", name, "status", "grand_total", "outstanding_amount")
                    == ["Unpaid", "165", "165"])
            #expect(try session.figures("Delivery Note", delivery, "status", "per_billed") == ["Completed", "100"])
            #expect(
                try session.figures("Sales Order", order, "status", "per_delivered", "per_billed")
                    == ["To Deliver and Bill", "57.1429", "60.4396"])
            return name
        }
        let second = try await trading.on("1996-07-15") { session in
            try session.book(Make.delivery, "Delivery Note", from: order)
            #expect(try session.figures("Sales Order", order, "status", "per_delivered") == ["To Bill", "100"])
            #expect(try session.bin("Chai", Trading.stores, "reserved_qty") == 0)
            let name = try session.book(Make.invoice, "Sales Invoice", from: order)
            #expect(try session.figures("Sales Invoice", name, "grand_total") == ["108"])
            #expect(try session.figures("Sales Order", order, "status", "per_billed") == ["Completed", "100"])
            return name
        }
        try await trading.on("1996-07-20") { session in
            try session.pay("Sales Invoice", first, 100)
            #expect(try session.figures("Sales Invoice", first, "outstanding_amount") == ["65"])
            try session.pay("Sales Invoice", first)
            try session.pay("Sales Invoice", second)
            for name in [first, second] {
                #expect(try session.figures("Sales Invoice", name, "status", "outstanding_amount") == ["Paid", "0"])
            }
            #expect(try session.balance(default: "default_receivable_account") == 0)
            #expect(try session.balance(default: "default_income_account") == -273)
            #expect(try session.balance(default: "default_inventory_account") == 274)
        }
    }

    @Test func `what a customer was offered cannot be ordered twice`() async throws {
        let trading = try await Trading()
        let quotation = try await trading.on("1996-07-01") { session in
            try session.book(
                "Quotation", ["party_name": "Bólido", "items": [["item_code": "Advice", "qty": 3, "rate": 50]]])
        }
        try await trading.on("1996-07-02") { session in
            let order = try session.proposed(Make.orderFromQuotation, "Sales Order", from: quotation)
            order.set("delivery_date", Day("1996-07-20"))
            order.table("items")[0].set("qty", 2)
            try session.insert(order)
            try session.submit(order)
            #expect(try session.figures("Quotation", quotation, "status") == ["Partially Ordered"])
            let rest = try session.proposed(Make.orderFromQuotation, "Sales Order", from: quotation)
            #expect(rest.table("items").map { $0.exact("qty") } == [1])
        }
        let problem = try await trading.refusal(on: "1996-07-03") { session in
            let order = try session.proposed(Make.orderFromQuotation, "Sales Order", from: quotation)
            order.set("delivery_date", Day("1996-07-20"))
            order.table("items")[0].set("qty", 2)
            try session.insert(order)
            try session.submit(order)
        }
        #expect(problem?.kind.code == "over_order")
        #expect(problem?.row == 1)
    }

    @Test func `an expired offer is not ordered`() async throws {
        let trading = try await Trading()
        let quotation = try await trading.on("1996-07-01") { session in
            try session.book(
                "Quotation",
                [
                    "party_name": "Bólido", "valid_till": "1996-07-10",
                    "items": [["item_code": "Advice", "qty": 3, "rate": 50]],
                ])
        }
        let problem = try await trading.refusal(on: "1996-07-11") { session in
            _ = try session.proposed(Make.orderFromQuotation, "Sales Order", from: quotation)
        }
        #expect(problem?.field == "valid_till")
    }

    @Test func `an order that is delivered is not cancelled until the delivery is`() async throws {
        let trading = try await Trading()
        let (order, delivery) = try await trading.on("1996-07-04") { session in
            try session.receive("Chai", 20, at: 9)
            try session.receive("Tofu", 20, at: 9)
            let order = try Self.order(session)
            return (order, try session.book(Make.delivery, "Delivery Note", from: order, qty: [1, 0]))
        }
        let problem = try await trading.refusal(on: "1996-07-05") { try $0.cancel("Sales Order", order) }
        #expect(problem?.kind == .linked)
        #expect(problem?.message.contains("delivered") == true)
        try await trading.on("1996-07-06") { session in
            try session.cancel("Delivery Note", delivery)
            #expect(try session.bin("Chai", Trading.stores, "reserved_qty") == 10)
            #expect(
                try session.figures("Sales Order", order, "per_delivered", "status") == ["0", "To Deliver and Bill"])
            try session.cancel("Sales Order", order)
            #expect(try session.figures("Sales Order", order, "status") == ["Cancelled"])
            #expect(try session.bin("Chai", Trading.stores, "reserved_qty") == 0)
        }
    }

    @Test func `more than was ordered is neither delivered nor billed`() async throws {
        let trading = try await Trading()
        let order = try await trading.on("1996-07-04") { session in
            try session.receive("Chai", 20, at: 9)
            try session.receive("Tofu", 20, at: 9)
            return try Self.order(session)
        }
        let delivered = try await trading.refusal(on: "1996-07-05") { session in
            try session.book(Make.delivery, "Delivery Note", from: order, qty: [11, 4])
        }
        #expect(delivered?.kind.exception == "OverAllowanceError")
        #expect(delivered?.row == 1)
        #expect(delivered?.message.contains("10") == true)
        let billed = try await trading.refusal(on: "1996-07-05") { session in
            try session.book(Make.invoice, "Sales Invoice", from: order, qty: [10, 5])
        }
        #expect(billed?.kind.exception == "OverAllowanceError")
        #expect(billed?.row == 2)
        try await trading.on("1996-07-06") { session in
            try session.book(Make.delivery, "Delivery Note", from: order)
            try session.book(Make.invoice, "Sales Invoice", from: order)
        }
        for method in [Make.delivery, Make.invoice] {
            let problem = try await trading.refusal(on: "1996-07-07") { session in
                _ = try session.call(method, ["source_name": .string(order)])
            }
            #expect(problem?.kind.code == "nothing_left")
        }
    }

    @Test func `an amended order is a new one with nothing delivered`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-07-04") { session in
            let order = try Self.order(session)
            try session.cancel("Sales Order", order)
            let amended = try session.amend(try session.get("Sales Order", order))
            amended.table("items")[0].set("qty", 3)
            try session.insert(amended)
            #expect(amended.name == "\(order)-1")
            try session.submit(amended)
            #expect(
                try session.figures("Sales Order", amended.name, "status", "per_delivered", "grand_total")
                    == ["To Deliver and Bill", "0", "147"])
            #expect(try session.bin("Chai", Trading.stores, "reserved_qty") == 3)
        }
    }

    @Test func `a closed order waits for nothing and an open one waits again`() async throws {
        let trading = try await Trading()
        let method = "erpnext.selling.doctype.sales_order.sales_order.update_status"
        let order = try await trading.on("1996-07-04") { session in
            try session.receive("Chai", 20, at: 9)
            try session.receive("Tofu", 20, at: 9)
            let order = try Self.order(session)
            try session.book(Make.delivery, "Delivery Note", from: order, qty: [4, 0])
            try session.call(method, ["name": .string(order), "status": "Closed"])
            #expect(try session.figures("Sales Order", order, "status") == ["Closed"])
            #expect(try session.bin("Chai", Trading.stores, "reserved_qty") == 0)
            #expect(try session.bin("Tofu", Trading.stores, "reserved_qty") == 0)
            return order
        }
        let delivery = try await trading.refusal(on: "1996-07-05") { session in
            _ = try session.call(Make.delivery, ["source_name": .string(order)])
        }
        #expect(delivery != nil)
        let cancellation = try await trading.refusal(on: "1996-07-05") { try $0.cancel("Sales Order", order) }
        #expect(cancellation?.kind.code == "order_not_open")
        try await trading.on("1996-07-06") { session in
            try session.call(method, ["name": .string(order), "status": "Draft"])
            #expect(try session.figures("Sales Order", order, "status") == ["To Deliver and Bill"])
            #expect(try session.bin("Chai", Trading.stores, "reserved_qty") == 6)
        }
    }

    @Test func `an order on hold is neither delivered nor billed`() async throws {
        let trading = try await Trading()
        let method = "erpnext.selling.doctype.sales_order.sales_order.update_status"
        let order = try await trading.on("1996-07-04") { session in
            let order = try Self.order(session)
            try session.call(method, ["name": .string(order), "status": "On Hold"])
            return order
        }
        for make in [Make.delivery, Make.invoice] {
            let problem = try await trading.refusal(on: "1996-07-05") { session in
                _ = try session.call(make, ["source_name": .string(order)])
            }
            #expect(problem?.message.contains("On Hold") == true)
        }
        let other = try await trading.refusal(on: "1996-07-05") { session in
            try session.call(method, ["name": .string(order), "status": "Completed"])
        }
        #expect(other?.kind == .notAnOption)
        let stranger = try await trading.refusal(on: "1996-07-05", as: Actor(user: "a@b.c", roles: ["Stock User"])) {
            session in
            try session.call(method, ["name": .string(order), "status": "Draft"])
        }
        #expect(stranger?.kind == .forbidden)
    }

    @Test func `an invoice of what is left proposes its share of the order's freight`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-07-04") { session in
            let freight = try session.get("Company", Trading.name).text("default_expense_account")
            let order = try Self.order(
                session,
                [
                    "taxes": [
                        [
                            "charge_type": "Actual", "account_head": .string(freight), "description": "Freight",
                            "tax_amount": "32.38",
                        ]
                    ]
                ])
            #expect(try session.figures("Sales Order", order, "net_total", "grand_total") == ["273", "305.38"])
            // Who bills a part at once says how much of the freight it bears.
            let part = try session.proposed(Make.invoice, "Sales Invoice", from: order)
            part.setTable("items", [part.table("items")[0]])
            part.table("taxes")[0].set("tax_amount", Exact(units: 2135, scale: 2))
            try session.insert(part)
            try session.submit(part)
            let first = part.name
            let second = try session.book(Make.invoice, "Sales Invoice", from: order)
            let total = try [first, second].sum { try session.get("Sales Invoice", $0).exact("grand_total") }
            #expect(total == Exact(units: 30538, scale: 2))
        }
    }

    @Test(arguments: [("1996-07-03", "delivery_date"), (nil, "delivery_date")])
    func `an order says a day that can be kept`(day: String?, field: String) async throws {
        let trading = try await Trading()
        let problem = try await trading.refusal(on: "1996-07-04") { session in
            _ = try Self.order(session, ["delivery_date": day.map(JSON.string) ?? .null])
        }
        #expect(problem?.field == field)
    }

    @Test func `an order of stock items says where from`() async throws {
        let trading = try await Trading()
        let problem = try await trading.refusal(on: "1996-07-04") { session in
            _ = try Self.order(session, ["items": [["item_code": "Chai", "qty": 1, "rate": 1]]])
        }
        #expect(problem?.kind == .mandatory)
        #expect(problem?.field == "warehouse")
    }
}
