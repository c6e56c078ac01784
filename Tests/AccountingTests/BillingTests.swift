import Accounting
import Documents
import Lists
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct BillingTests {
    static let mapping = Mapping(
        from: "Sales Order", to: "Sales Invoice", rowLink: "sales_order", rowDetail: "so_detail",
        quantity: { row in
            let left = row.exact("amount") - row.exact("billed_amt")
            return row.exact("rate").isZero ? row.exact("qty") : left / row.exact("rate")
        })

    static func order(_ session: Session) throws -> Document {
        try session.submitted(
            "Sales Order",
            [
                "customer": "Ann",
                "items": [
                    ["item_code": "Apple", "qty": 10, "rate": 10], ["item_code": "Pear", "qty": 5, "rate": 20],
                ],
                "taxes": [
                    ["charge_type": "On Net Total", "account_head": "VAT - A", "rate": 10],
                    ["charge_type": "Actual", "account_head": "Freight Income - A", "tax_amount": 8],
                ],
            ])
    }

    @Test func `an order is billed in parts, its percentage follows, and takes it back`() async throws {
        let books = try await Books()
        try await books.run { session in
            let order = try Self.order(session)
            #expect(order.text("status") == "To Deliver and Bill")
            let invoice = try Self.mapping.make(from: order.name, in: session)
            #expect(invoice.exact("grand_total") == 228)
            #expect(invoice.text("customer") == "Ann")
            invoice.setTable("items", [invoice.table("items")[0]])
            try session.insert(invoice)
            try session.submit(invoice)
            var now = try session.get("Sales Order", order.name)
            #expect(now.exact("per_billed") == 50)
            #expect(now.table("items").map { $0.exact("billed_amt") } == [100, 0])

            let rest = try Self.mapping.make(from: order.name, in: session)
            #expect(rest.table("items").map { $0.text("item_code") } == ["Pear"])
            #expect(rest.table("taxes")[1].exact("tax_amount") == 4)
            try session.insert(rest)
            try session.submit(rest)
            now = try session.get("Sales Order", order.name)
            #expect(now.exact("per_billed") == 100)
            #expect(now.text("status") == "To Deliver")
            #expect(throws: Problem.self) { try Self.mapping.make(from: order.name, in: session) }

            try session.cancel(rest)
            now = try session.get("Sales Order", order.name)
            #expect(now.exact("per_billed") == 50)
            #expect(now.text("status") == "To Deliver and Bill")
            #expect(try session.findings() == [])
        }
    }

    @Test func `an order of a few cents is not billed twice`() async throws {
        let books = try await Books()
        let row = try await books.run { session -> String in
            let order = try session.submitted(
                "Sales Order",
                [
                    "customer": "Ann",
                    "items": [["item_code": "Apple", "qty": 1, "rate": .decimal(Exact(units: 4, scale: 2))]],
                ])
            return order.table("items")[0].name
        }
        @Sendable func bill(_ session: Session) throws {
            try session.submitted(
                "Sales Invoice",
                [
                    "customer": "Ann",
                    "items": [
                        [
                            "item_code": "Apple", "qty": 1, "rate": .decimal(Exact(units: 4, scale: 2)),
                            "sales_order": "SO-00001", "so_detail": .string(row),
                        ]
                    ],
                ])
        }
        try await books.run { try bill($0) }
        await books.expect(.overBilled) { try bill($0) }
    }

    @Test func `more than was ordered is not billed`() async throws {
        let books = try await Books()
        try await books.run { _ = try Self.order($0) }
        await books.expect(.overBilled) { session in
            let invoice = try Self.mapping.make(from: "SO-00001", in: session)
            invoice.table("items")[1].set("qty", Exact(6))
            try session.insert(invoice)
            try session.submit(invoice)
        }
        await books.expect(.brokenLink) { session in
            let invoice = try Self.mapping.make(from: "SO-00001", in: session)
            invoice.set("customer", "Bob")
            try session.insert(invoice)
            try session.submit(invoice)
        }
        await books.expect(.brokenLink) { session in
            let invoice = try Self.mapping.make(from: "SO-00001", in: session)
            invoice.table("items")[0].set("so_detail", "elsewhere")
            try session.insert(invoice)
            try session.submit(invoice)
        }
    }

    @Test func `only a submitted order is billed, and not while invoices hang on it is it cancelled`() async throws {
        let books = try await Books()
        try await books.run { session in
            _ = try session.make(
                "Sales Order", ["customer": "Ann", "items": [["item_code": "Apple", "qty": 1, "rate": 1]]])
        }
        await books.expect(.transition) { _ = try Self.mapping.make(from: "SO-00001", in: $0) }
        await books.expect(.linked) { session in
            let order = try session.get("Sales Order", "SO-00001")
            try session.submit(order)
            let invoice = try Self.mapping.make(from: order.name, in: session)
            try session.insert(invoice)
            try session.submit(invoice)
            try session.cancel(order)
        }
    }

    @Test func `the method answers with a document that can be inserted`() async throws {
        let books = try await Books()
        try await books.run { session in
            let order = try Self.order(session)
            let method = Self.mapping.method("make_sales_invoice")
            let made = try method.run(Arguments(["source_name": .string(order.name)]), session)
            #expect(made["__islocal"] == 1)
            let invoice = try session.make("Sales Invoice", made.object ?? [:])
            #expect(invoice.table("items")[0].text("sales_order") == order.name)
            #expect(invoice.exact("grand_total") == 228)
        }
    }

    @Test func `rights are asked for`() async throws {
        let books = try await Books()
        let clerk = Actor(user: "clerk@x", roles: ["Accounts User"])
        let auditor = Actor(user: "auditor@x", roles: ["Auditor"])
        try await books.run(as: clerk) { session in
            let invoice = try session.invoice()
            #expect(throws: Problem.self) { try session.cancel(invoice) }
        }
        try await books.run(as: auditor) { (session: Session) throws in
            #expect(try session.get("Sales Invoice", PaymentTests.first).exact("grand_total") == 100)
            #expect(try session.count(ListQuery("GL Entry")) == 2)
            #expect(throws: Problem.self) { try session.invoice() }
        }
        try await books.run(as: Actor(user: "x@x", roles: [])) { session in
            #expect(throws: Problem.self) { try session.list(ListQuery("GL Entry")) }
        }
    }
}
