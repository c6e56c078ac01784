import Documents
import TestSupport
import Values

/// Documents of the house that its rules accept, where made-up values would not be.
enum HouseExamples {
    /// What is sent for a document of each DocType, and what of it is then changed.
    static let all = trade.merging(
        GenericDocTypes.coreExamples(about: "Customer", "Bólido", "Alfreds Futterkiste")
    ) { own, _ in own }

    private static let trade: [String: GenericDocTypes.Example] = [
        "Auto Repeat": .init(changing: ["frequency": "Quarterly"]) { session in
            [
                "reference_doctype": "Journal Entry",
                "reference_document": .string(try session.make("Journal Entry", journal).name), "frequency": "Monthly",
                "start_date": "1996-02-01",
            ]
        },
        "Company": .init(
            changing: ["country": "Austria"],
            makes: [
                "default_receivable_account", "default_payable_account", "default_income_account",
                "default_expense_account", "default_cash_account", "default_bank_account", "write_off_account",
                "round_off_account", "round_off_cost_center", "cost_center", "default_inventory_account",
                "stock_received_but_not_billed", "stock_adjustment_account", "expenses_included_in_valuation",
            ]
        ) { _ in
            ["company_name": "Other Traders", "abbr": "OT", "default_currency": "USD"]
        },
        "Customer": .init(changing: ["customer_details": "Pays late"]) { _ in
            ["customer_name": "Corner Shop", "customer_type": "Company"]
        },
        "Supplier": .init(changing: ["supplier_details": "Pays early"]) { _ in
            ["supplier_name": "Sweet Mills", "supplier_type": "Company"]
        },
        "Contact": .init(changing: ["designation": "Owner"]) { _ in
            [
                "first_name": "Ana", "last_name": "Trujillo",
                "email_ids": [["email_id": "ana@example.com"], ["email_id": "at@example.com", "is_primary": 1]],
                "phone_nos": [
                    ["phone": "555-1", "is_primary_phone": 1], ["phone": "555-2", "is_primary_mobile_no": 1],
                ],
            ]
        },
        "Item": .init(changing: ["description": "Ground"]) { _ in
            [
                "item_code": "Coffee", "item_group": "Goods", "stock_uom": "Nos", "is_stock_item": 1,
                "uoms": [["uom": "Nos", "conversion_factor": 1], ["uom": "Box", "conversion_factor": 12]],
            ]
        },
        "Warehouse": .init(changing: ["warehouse_type": "Rented"]) { _ in
            ["warehouse_name": "Annex", "company": .string(Trading.name)]
        },
        "Fiscal Year": .init(changing: ["disabled": 1]) { _ in
            ["year": "2030", "year_start_date": "2030-01-01", "year_end_date": "2030-12-31"]
        },
        "Payment Term": .init(changing: ["credit_days": 45]) { _ in
            ["payment_term_name": "A month", "credit_days": 30]
        },
        "Payment Terms Template": .init(changing: ["terms": [["invoice_portion": 100, "credit_days": 7]]]) { _ in
            [
                "template_name": "Halves",
                "terms": [["invoice_portion": 50], ["invoice_portion": 50, "credit_days": 30]],
            ]
        },
        "Journal Entry": .init(changing: ["user_remark": "Opening"], afterCancel: .stays) { _ in journal },
        "Payment Entry": .init(changing: ["remarks": "By cheque"], afterCancel: .stays) { _ in
            [
                "payment_type": "Receive", "party_type": "Customer", "party": "Bólido", "paid_to": "Bank - NT",
                "paid_amount": 25, "received_amount": 25, "reference_no": "77", "reference_date": "1996-01-01",
            ]
        },
        "Quotation": .init(changing: ["valid_till": "1996-02-01"]) { _ in
            with(["quotation_to": "Customer", "party_name": "Bólido", "transaction_date": "1996-01-01"])
        },
        "Sales Order": .init(changing: ["po_no": "PO-7"]) { _ in
            with(
                ["customer": "Bólido", "transaction_date": "1996-01-01", "delivery_date": "1996-01-09"],
                warehouse: true)
        },
        "Delivery Note": .init(changing: ["instructions": "Ring twice"], afterCancel: .stays) { session in
            try session.receive("Chai", 10, at: 5)
            return with(["customer": "Bólido"], warehouse: true)
        },
        "Sales Invoice": .init(changing: ["po_no": "PO-7"], afterCancel: .stays) { _ in
            with(["customer": "Bólido", "due_date": "1996-01-31"])
        },
        "Stock Entry": .init(changing: ["remarks": "Found"], afterCancel: .stays) { _ in
            [
                "purpose": "Material Receipt", "stock_entry_type": "Material Receipt",
                "items": [["item_code": "Chai", "qty": 4, "t_warehouse": .string(Trading.stores), "basic_rate": 5]],
            ]
        },
        "Purchase Order": .init(changing: ["order_confirmation_no": "OC-7"]) { _ in
            with(
                ["supplier": "Tokyo Traders", "transaction_date": "1996-01-01", "schedule_date": "1996-01-09"],
                warehouse: true)
        },
        "Purchase Receipt": .init(changing: ["supplier_delivery_note": "DN-7"], afterCancel: .stays) { _ in
            with(["supplier": "Tokyo Traders"], warehouse: true)
        },
        "Purchase Invoice": .init(changing: ["bill_no": "B-7"], afterCancel: .stays) { _ in
            with(["supplier": "Tokyo Traders"])
        },
    ]

    private static let journal: JSONObject = [
        "posting_date": "1996-01-01",
        "accounts": [
            ["account": "Cash - NT", "debit_in_account_currency": 10],
            ["account": "Sales - NT", "credit_in_account_currency": 10],
        ],
    ]

    /// A document of trade with lines of goods and of a service, and a tax.
    private static func with(_ head: JSONObject, warehouse: Bool = false) -> JSONObject {
        var document = head
        document["items"] = .array(
            [("Chai", 3, 18), ("Advice", 2, "7.5")].map { (item: JSON, qty: JSON, rate: JSON) in
                var line: JSONObject = ["item_code": item, "qty": qty, "rate": rate]
                if warehouse, item == "Chai" { line["warehouse"] = .string(Trading.stores) }
                return .object(line)
            })
        document["taxes"] = [
            ["charge_type": "On Net Total", "account_head": "VAT - NT", "rate": 20, "description": "VAT"]
        ]
        return document
    }
}
