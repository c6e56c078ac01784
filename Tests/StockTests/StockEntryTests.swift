import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

@testable import Stock

@Suite(.bothEngines) struct StockEntryTests {
    @Test func `receipts average, issues go out at the average, and the books follow`() async throws {
        let depot = try await Depot()
        try await depot.receive("10", at: "10")
        try await depot.receive("5", at: "16")
        #expect(try await depot.bin() == "15 @ 12 = 180")
        try await depot.issue("4")
        #expect(try await depot.bin() == "11 @ 12 = 132")
        #expect(try await depot.balance(default: "default_inventory_account") == 132)
        #expect(try await depot.balance(default: "stock_adjustment_account") == -132)
        #expect(try await depot.findings() == [])
    }

    @Test func `more than there is is refused, with what is there and what is missing`() async throws {
        let depot = try await Depot()
        try await depot.receive("3", at: "10")
        let refusal = await problem { try await depot.issue("5") }
        #expect(refusal?.kind == .negativeStock)
        #expect(refusal?.kind.exception == "NegativeStockError")
        #expect(refusal?.message == "Row 1: bolt in Stores - A: 5 Kg needed, 3 available, 2 missing")
        #expect(refusal?.row == 1 && refusal?.doctype == "Stock Entry")
        #expect(try await depot.bin() == "3 @ 10 = 30")
        #expect(try await depot.findings() == [])
    }

    @Test func `an issue in the past is refused when later days have used the stock`() async throws {
        let depot = try await Depot()
        try await depot.receive("10", at: "10", on: "2025-01-10")
        try await depot.issue("8", on: "2025-02-20")
        try await depot.receive("10", at: "10", on: "2025-03-01")
        // 12 are there now, 10 on the day itself, but on 20 February only 2.
        let refusal = await problem { try await depot.issue("3", on: "2025-02-01") }
        #expect(refusal?.kind == .negativeStock)
        #expect(refusal?.message.contains("on 2025-02-20: 3 Kg needed, 2 available, 1 missing") == true)
        try await depot.issue("2", on: "2025-02-01")
        #expect(try await depot.bin() == "10 @ 10 = 100")
        #expect(try await depot.findings() == [])
    }

    @Test func `stock that arrives tomorrow cannot leave today`() async throws {
        let depot = try await Depot()
        try await depot.receive("10", at: "10", on: "2025-03-11")
        let refusal = await problem { try await depot.issue("1", on: "2025-03-10") }
        #expect(refusal?.message.contains("on 2025-03-10: 1 Kg needed, 0 available") == true)
        try await depot.issue("1", on: "2025-03-11")
    }

    @Test func `an old receipt cannot be cancelled when its stock is gone`() async throws {
        let depot = try await Depot()
        let receipt = try await depot.receive("10", at: "10", on: "2025-01-10")
        try await depot.issue("8", on: "2025-02-20")
        let now = await problem { try await depot.cancel("Stock Entry", receipt) }
        #expect(now?.kind == .negativeStock)
        try await depot.receive("20", at: "10", on: "2025-03-01")
        let then = await problem { try await depot.cancel("Stock Entry", receipt) }
        #expect(then?.message.contains("on 2025-02-20") == true)
        #expect(try await depot.bin() == "22 @ 10 = 220")
    }

    @Test func `an item may be allowed to go below zero`() async throws {
        let depot = try await Depot()
        try await depot.write {
            try Depot.insertItem("sand", ["allow_negative_stock": 1, "valuation_rate": "2.5"], in: $0)
        }
        let issue = try await depot.issue("4", "sand")
        #expect(try await depot.bin("sand") == "-4 @ 2.5 = -10")
        try await depot.receive("10", "sand", at: "3")
        #expect(try await depot.bin("sand") == "6 @ 3 = 18")
        #expect(try await depot.findings() == [])
        try await depot.cancel("Stock Entry", issue)
        #expect(try await depot.bin("sand") == "10 @ 2.8 = 28")
        #expect(try await depot.findings() == [])
    }

    @Test func `a transfer within one account moves stock and no money`() async throws {
        let depot = try await Depot()
        try await depot.receive("3", at: "3.333333333")
        let transfer = try await depot.transfer("1")
        #expect(try await depot.bin() == "2 @ 3.335 = 6.67")
        #expect(try await depot.bin("bolt", Depot.shop) == "1 @ 3.33 = 3.33")
        let rows = try await depot.read { session in
            try session.transaction.query(
                "SELECT name FROM gl_entry WHERE voucher_no = ?", [.text(transfer)], [.text]
            ).count
        }
        #expect(rows == 0)
        try await depot.cancel("Stock Entry", transfer)
        #expect(try await depot.bin() == "3 @ 3.333333333 = 10")
        #expect(try await depot.bin("bolt", Depot.shop) == "0 @ 3.33 = 0")
        #expect(try await depot.findings() == [])
    }

    @Test func `a transfer between accounts moves its value in the books`() async throws {
        let depot = try await Depot(withShopAccount: true)
        try await depot.receive("10", at: "10")
        let transfer = try await depot.transfer("4")
        #expect(try await depot.balance("Stock In Shop - A") == 40)
        #expect(try await depot.balance(default: "default_inventory_account") == 60)
        try await depot.receive("4", at: "20", into: Depot.shop)
        try await depot.issue("4", from: Depot.shop)
        try await depot.cancel("Stock Entry", transfer)
        #expect(try await depot.bin("bolt", Depot.shop) == "0 @ 15 = 0")
        #expect(try await depot.bin() == "10 @ 10 = 100")
        #expect(try await depot.balance("Stock In Shop - A") == 0)
        #expect(try await depot.findings() == [])
    }

    @Test func `stock that one entry moves on and on goes back the way it came`() async throws {
        let depot = try await Depot()
        try await depot.receive("5", at: "2")
        let entry = try await depot.submit(
            "Stock Entry",
            [
                "stock_entry_type": "Material Transfer", "company": "Acme",
                "items": [
                    ["item_code": "bolt", "qty": 5, "s_warehouse": "Stores - A", "t_warehouse": "Shop - A"],
                    ["item_code": "bolt", "qty": 5, "s_warehouse": "Shop - A", "t_warehouse": "Finished Goods - A"],
                ],
            ])
        #expect(try await depot.bin("bolt", "Finished Goods - A") == "5 @ 2 = 10")
        try await depot.cancel("Stock Entry", entry)
        #expect(try await depot.bin() == "5 @ 2 = 10")
        #expect(try await depot.findings() == [])
    }

    @Test func `a receipt taken back after issues takes what is left, and the difference is adjusted`() async throws {
        let depot = try await Depot()
        let dear = try await depot.receive("10", at: "20")
        try await depot.receive("10", at: "10")
        try await depot.issue("10")
        #expect(try await depot.bin() == "10 @ 15 = 150")
        try await depot.cancel("Stock Entry", dear)
        #expect(try await depot.bin() == "0 @ 15 = 0", "200 came in with it, 150 were there")
        #expect(try await depot.balance(default: "default_inventory_account") == 0)
        #expect(try await depot.findings() == [])
    }

    @Test func `cancelled movements stay, each with the one that answers it`() async throws {
        let depot = try await Depot()
        let receipt = try await depot.receive("10", at: "10")
        try await depot.cancel("Stock Entry", receipt)
        let rows = try await depot.read { session in
            try session.list(
                ListQuery(
                    "Stock Ledger Entry", fields: ["actual_qty", "stock_value_difference", "is_cancelled"],
                    orderBy: "entry asc")
            ).rows.map { $0.map { $0.exact.map(plain) ?? "" } }
        }
        #expect(rows == [["10", "100", "1"], ["-10", "-100", "1"]])
        #expect(try await depot.findings() == [])
    }

    private typealias Nonsense = (type: String, row: JSONObject, field: String)
    private static let nonsense: [Nonsense] = [
        (type: "Material Issue", row: ["item_code": "bolt", "qty": 1], field: "s_warehouse"),
        (type: "Material Receipt", row: ["item_code": "bolt", "qty": 1, "basic_rate": 1], field: "t_warehouse"),
        (
            type: "Material Receipt", row: ["item_code": "bolt", "qty": 1, "t_warehouse": "Stores - A"],
            field: "basic_rate"
        ),
        (
            type: "Material Receipt",
            row: ["item_code": "bolt", "qty": -1, "basic_rate": 1, "t_warehouse": "Stores - A"], field: "qty"
        ),
        (
            type: "Material Transfer",
            row: ["item_code": "bolt", "qty": 1, "s_warehouse": "Shop - A", "t_warehouse": "Shop - A"],
            field: "t_warehouse"
        ),
        (
            type: "Material Receipt",
            row: ["item_code": "bolt", "qty": 1, "uom": "Box", "basic_rate": 1, "t_warehouse": "Stores - A"],
            field: "conversion_factor"
        ),
        (
            type: "Material Receipt",
            row: [
                "item_code": "bolt", "qty": "1.5", "uom": "Nos", "conversion_factor": 1, "basic_rate": 1,
                "t_warehouse": "Shop - A",
            ],
            field: "qty"
        ),
        (
            type: "Material Receipt",
            row: ["item_code": "bolt", "qty": 1, "basic_rate": 1, "t_warehouse": "All Warehouses - A"],
            field: "warehouse"
        ),
    ]

    @Test(arguments: nonsense.indices)
    func `a row that says too little or nonsense is refused`(index: Int) async throws {
        let given = Self.nonsense[index]
        let depot = try await Depot()
        let refusal = await problem {
            try await depot.submit(
                "Stock Entry",
                ["stock_entry_type": .string(given.type), "company": "Acme", "items": [.object(given.row)]])
        }
        #expect(refusal?.field == given.field && refusal?.row == 1)
    }

    @Test func `other units are converted`() async throws {
        let depot = try await Depot()
        try await depot.write {
            try Depot.insertItem("screw", ["uoms": [["uom": "Box", "conversion_factor": 200]]], in: $0)
        }
        try await depot.submit(
            "Stock Entry",
            [
                "stock_entry_type": "Material Receipt",
                "items": [
                    [
                        "item_code": "screw", "qty": 2, "uom": "Box", "basic_rate": "0.05", "t_warehouse": "Stores - A",
                    ]
                ],
            ])
        #expect(try await depot.bin("screw") == "400 @ 0.05 = 20")
    }

    @Test func `nothing moves in a closed year, not even between warehouses of one account`() async throws {
        let depot = try await Depot()
        try await depot.receive("3", at: "1", on: "2024-12-31")
        try await depot.write { session in
            let year = try session.get("Fiscal Year", "2024")
            year.set("closed", true)
            try session.save(year)
        }
        let refusal = await problem { try await depot.transfer("1", on: "2024-12-31") }
        #expect(refusal?.kind.code == "closed_period")
        let before = await problem { try await depot.transfer("1", on: "2023-01-01") }
        #expect(before?.kind.code == "no_fiscal_year")
    }

    @Test func `without perpetual inventory stock moves and the books do not`() async throws {
        let depot = try await Depot()
        try await depot.write { session in
            let company = try session.get("Company", "Acme")
            company.set("enable_perpetual_inventory", false)
            try session.save(company)
        }
        let receipt = try await depot.receive("3", at: "1")
        #expect(try await depot.bin() == "3 @ 1 = 3")
        #expect(try await depot.balance(default: "default_inventory_account") == 0)
        try await depot.cancel("Stock Entry", receipt)
        #expect(try await depot.bin() == "0 @ 1 = 0")
    }
}
