import Documents
import TestSupport
import Values

/// Documents of the house that its rules accept, where made-up values would not be.
enum HouseExamples {
    /// What is sent for a document of each DocType, and which field is then changed, if any.
    static let all: [String: GenericDocTypes.Example] = [
        "Auto Repeat": .init(changing: nil) { session in
            [
                "reference_doctype": "Journal Entry",
                "reference_document": .string(try session.make("Journal Entry", journal).name), "frequency": "Monthly",
                "start_date": "1996-02-01",
            ]
        },
        "Company": .init(changing: nil) { _ in
            ["company_name": "Other Traders", "abbr": "OT", "default_currency": "USD"]
        },
        "Customer": .init(changing: "customer_details") { _ in
            ["customer_name": "Corner Shop", "customer_type": "Company"]
        },
        "Supplier": .init(changing: "supplier_details") { _ in
            ["supplier_name": "Sweet Mills", "supplier_type": "Company"]
        },
        "Item": .init(changing: "description") { _ in
            [
                "item_code": "Coffee", "item_group": "Goods", "stock_uom": "Nos", "is_stock_item": 1,
                "uoms": [["uom": "Box", "conversion_factor": 12]],
            ]
        },
        "Fiscal Year": .init(changing: nil) { _ in
            ["year": "2030", "year_start_date": "2030-01-01", "year_end_date": "2030-12-31"]
        },
        "DocShare": .init(changing: nil) { session in
            [
                "user": .string(try user(session)), "share_doctype": "Customer", "share_name": "Bólido", "read": 1,
                "write": 1,
            ]
        },
        "Document Follow": .init(changing: nil) { session in
            ["user": .string(try user(session)), "ref_doctype": "Customer", "ref_docname": "Bólido"]
        },
        "Tag Link": .init(changing: nil) { session in
            [
                "tag": .string(try session.make("Tag", ["name": "late"]).name), "document_type": "Customer",
                "document_name": "Bólido",
            ]
        },
        "ToDo": .init(changing: "description") { session in
            [
                "allocated_to": .string(try user(session)), "description": "Call back", "date": "1996-02-01",
                "reference_type": "Customer", "reference_name": "Bólido",
            ]
        },
        "User Permission": .init(changing: nil) { session in
            ["user": .string(try user(session)), "allow": "Customer", "for_value": "Bólido"]
        },
        "Journal Entry": .init(changing: "user_remark") { _ in journal },
        "Payment Entry": .init(changing: "remarks") { _ in
            [
                "payment_type": "Receive", "party_type": "Customer", "party": "Bólido", "paid_to": "Bank - NT",
                "paid_amount": 25, "received_amount": 25, "reference_no": "77", "reference_date": "1996-01-01",
            ]
        },
        "Quotation": .init(changing: nil) { _ in
            with(["quotation_to": "Customer", "party_name": "Bólido", "transaction_date": "1996-01-01"])
        },
        "Sales Order": .init(changing: "po_no") { _ in
            with(["customer": "Bólido", "transaction_date": "1996-01-01", "delivery_date": "1996-01-09"])
        },
        "Delivery Note": .init(changing: nil) { _ in with(["customer": "Bólido"], warehouse: true) },
        "Sales Invoice": .init(changing: "po_no") { _ in with(["customer": "Bólido", "due_date": "1996-01-31"]) },
        "Purchase Order": .init(changing: nil) { _ in
            with(
                ["supplier": "Tokyo Traders", "transaction_date": "1996-01-01", "schedule_date": "1996-01-09"],
                warehouse: true)
        },
        "Purchase Receipt": .init(changing: nil) { _ in with(["supplier": "Tokyo Traders"], warehouse: true) },
        "Purchase Invoice": .init(changing: "bill_no") { _ in with(["supplier": "Tokyo Traders"]) },
    ]

    private static let journal: JSONObject = [
        "posting_date": "1996-01-01",
        "accounts": [
            ["account": "Cash - NT", "debit_in_account_currency": 10],
            ["account": "Sales - NT", "credit_in_account_currency": 10],
        ],
    ]

    /// A document of trade with a line and a tax.
    private static func with(_ head: JSONObject, warehouse: Bool = false) -> JSONObject {
        var line: JSONObject = ["item_code": "Chai", "qty": 3, "rate": 18]
        if warehouse { line["warehouse"] = .string(Trading.stores) }
        var document = head
        document["items"] = [.object(line)]
        document["taxes"] = [
            ["charge_type": "On Net Total", "account_head": "VAT - NT", "rate": 20, "description": "VAT"]
        ]
        return document
    }

    private static func user(_ session: Session) throws -> String {
        try session.make("User", ["email": "ana@example.com", "first_name": "Ana"]).name
    }
}
