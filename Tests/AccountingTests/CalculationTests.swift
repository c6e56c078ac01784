import Accounting
import Documents
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct CalculationTests {
    /// Calculates an order with one row and gives its fields.
    func row(_ books: Books, _ item: JSONObject, head: JSONObject = [:]) async throws -> [String: Exact] {
        var object = head
        object["customer"] = "Ann"
        var row = item
        row["item_code"] = "Apple"
        object["items"] = [.object(row)]
        let order = object
        return try await books.run { session in
            let document = try session.make("Sales Order", order)
            let first = try #require(document.table("items").first)
            var figures: [String: Exact] = [:]
            for column in first.doctype.allColumns { figures[column.name] = first.exact(column.name) }
            for field in ["total", "grand_total", "base_grand_total", "rounded_total"] {
                figures["head.\(field)"] = document.exact(field)
            }
            return figures
        }
    }

    @Test(arguments: [
        (qty: "3", rate: "33.335", amount: "100.01"),
        (qty: "0.1", rate: "0.05", amount: "0.01"),
        (qty: "7", rate: "0.333333333", amount: "2.33"),
        (qty: "1000000", rate: "0.000000001", amount: "0"),
        (qty: "5000000", rate: "0.000000001", amount: "0.01"),
        (qty: "12", rate: "13.97", amount: "167.64"),
        (qty: "0.333333333", rate: "3", amount: "1"),
    ])
    func `an amount is the exact product, rounded once`(
        sample: (qty: String, rate: String, amount: String)
    ) async throws {
        let books = try await Books()
        let figures = try await row(books, ["qty": .string(sample.qty), "rate": .string(sample.rate)])
        #expect(figures["rate"] == .of(sample.rate))
        #expect(figures["amount"] == .of(sample.amount))
        #expect(figures["net_rate"] == .of(sample.rate))
        #expect(figures["head.grand_total"] == .of(sample.amount))
    }

    static let discounts: [(item: JSONObject, rate: String, percent: String)] = [
        (item: ["price_list_rate": "15.35", "discount_percentage": 5], rate: "14.5825", percent: "5"),
        (item: ["price_list_rate": "10"], rate: "10", percent: "0"),
        (item: ["price_list_rate": 10, "discount_amount": 1], rate: "9", percent: "10"),
        (item: ["price_list_rate": 10, "rate": 8], rate: "8", percent: "20"),
        (item: ["price_list_rate": 3, "rate": 2], rate: "2", percent: "33.333333333"),
        (item: ["price_list_rate": 10, "rate": 12], rate: "12", percent: "0"),
        (item: ["price_list_rate": 10, "discount_percentage": 100], rate: "0", percent: "100"),
        (item: ["rate": 4, "discount_percentage": 50], rate: "4", percent: "50"),
    ]

    @Test(arguments: discounts)
    func `the rate follows from list price and discount unless it is given`(
        sample: (item: JSONObject, rate: String, percent: String)
    ) async throws {
        let books = try await Books()
        var item = sample.item
        item["qty"] = 20
        let figures = try await row(books, item)
        #expect(figures["rate"] == .of(sample.rate))
        #expect(figures["discount_percentage"] == .of(sample.percent))
    }

    @Test func `calculating again changes nothing, and a new discount changes the rate`() async throws {
        let books = try await Books()
        try await books.run { session in
            let order = try session.make(
                "Sales Order",
                [
                    "customer": "Ann", "additional_discount_percentage": "7.5",
                    "items": [
                        [
                            "item_code": "Apple", "qty": 7, "price_list_rate": "3.33",
                            "discount_percentage": "33.333333333",
                        ],
                        ["item_code": "Pear", "qty": "0.7", "rate": "0.333333333"],
                    ],
                    "taxes": [
                        [
                            "charge_type": "On Net Total", "account_head": "VAT - A", "rate": "19",
                            "included_in_print_rate": 1,
                        ],
                        ["charge_type": "On Item Quantity", "account_head": "VAT - A", "rate": "0.017"],
                    ],
                ])
            let before = order.json
            try Trade.calculate(order, in: session)
            #expect(order.json == before)
            order.table("items")[0].set("discount_percentage", Exact(50))
            try session.save(order)
            #expect(order.table("items")[0].exact("rate") == .of("1.665"))
        }
    }

    @Test func `a foreign currency needs a rate and its books come to the cent`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.make("Currency", ["currency_name": "JPY", "fraction_units": 1])
            try session.make("Currency", ["currency_name": "CHF", "smallest_currency_fraction_value": "0.05"])
        }
        await books.expect(.mandatory) { session in
            try session.make(
                "Sales Order",
                ["customer": "Ann", "currency": "JPY", "items": [["item_code": "Apple", "qty": 1, "rate": 1]]])
        }
        let yen = try await row(
            books, ["qty": 3, "rate": "33.5"], head: ["currency": "JPY", "conversion_rate": "0.00671"])
        #expect(yen["amount"] == 101)
        #expect(yen["base_amount"] == .of("0.68"))
        let francs = try await row(
            books, ["qty": 1, "rate": "9.98"], head: ["currency": "CHF", "conversion_rate": "1.1"])
        #expect(francs["head.grand_total"] == .of("9.98"))
        #expect(francs["head.rounded_total"] == .of("10"))
    }

    @Test func `an invoice rounded to the smallest coin in a foreign currency balances`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.make("Currency", ["currency_name": "CHF", "smallest_currency_fraction_value": "0.05"])
            let invoice = try session.submitted(
                "Sales Invoice",
                [
                    "customer": "Ann", "currency": "CHF", "conversion_rate": "1.137",
                    "items": [
                        ["item_code": "Apple", "qty": 3, "rate": "9.99"],
                        ["item_code": "Pear", "qty": 1, "rate": "0.01"],
                    ],
                    "taxes": [
                        ["charge_type": "On Net Total", "account_head": "VAT - A", "rate": "7.7"],
                        ["charge_type": "Actual", "account_head": "Freight Income - A", "tax_amount": "3.33"],
                    ],
                ])
            #expect(invoice.exact("rounding_adjustment") != .zero)
            #expect(try session.balance("Debtors - A") == invoice.exact("base_rounded_total"))
            #expect(try session.balance("Round Off - A") == -invoice.exact("base_rounding_adjustment"))
            #expect(try session.findings() == [])
        }
    }

    static let senseless: [(JSONObject, String)] = [
        (["qty": 0, "rate": 1], "qty"), (["qty": -1, "rate": 1], "qty"), (["qty": 1, "rate": -1], "rate"),
        (["qty": 9_000_000_000, "rate": 9_000_000_000], "amount"),
    ]

    @Test(arguments: senseless)
    func `a row that makes no sense is refused by name`(item: JSONObject, field: String) async throws {
        let books = try await Books()
        do {
            _ = try await row(books, item)
            Issue.record("it was taken")
        } catch let problem as Problem {
            #expect(problem.field == field)
            #expect(problem.row == 1)
        }
    }

    static let senselessTaxes: [JSONObject] = [
        ["charge_type": "On Previous Row Amount", "row_id": "1", "rate": 5],
        ["charge_type": "On Previous Row Total", "rate": 5], ["charge_type": "", "rate": 5],
        ["charge_type": "Actual", "tax_amount": 5, "included_in_print_rate": 1],
    ]

    @Test(arguments: senselessTaxes)
    func `a tax row that makes no sense is refused`(tax: JSONObject) async throws {
        let books = try await Books()
        var tax = tax
        tax["account_head"] = "VAT - A"
        let row = tax
        await books.expect(.invalidTaxRow) { session in
            try session.make(
                "Sales Order",
                [
                    "customer": "Ann", "items": [["item_code": "Apple", "qty": 1, "rate": 1]], "taxes": [.object(row)],
                ])
        }
    }
}
