import Documents
import Tenancy
import Values

/// The company the benchmark works in: a chart of accounts, goods in stock and 10,000 customers.
enum BenchCompany {
    static let company = "Bench"
    static let customers = 10_000
    static let items = (1...20).map { "Item \($0)" }

    /// What the company that is copied is called.
    static let base = "base"

    /// Makes the tenant ``base`` and closes it.
    static func make(in place: BenchPlace) async throws {
        let tenant = try await place.open(base)
        try await tenant.write(as: .administrator) { session in
            let year = String(session.today.year)
            try insert("Company", ["company_name": .string(company), "abbr": "B", "default_currency": "USD"], session)
            try insert(
                "Fiscal Year",
                [
                    "year": .string(year), "year_start_date": .string("\(year)-01-01"),
                    "year_end_date": .string("\(year)-12-31"),
                ],
                session)
            try insert("UOM", ["uom_name": "Nos"], session)
            try insert("Item Group", ["item_group_name": "Goods"], session)
            try session.insert(
                items.map { item in
                    try session.document(
                        "Item",
                        from: [
                            "item_code": .string(item), "item_group": "Goods", "stock_uom": "Nos", "is_stock_item": 1,
                        ])
                })
            try insert(
                "Stock Entry",
                [
                    "stock_entry_type": "Material Receipt", "company": .string(company), "docstatus": 1,
                    "items": .array(
                        items.map {
                            ["item_code": .string($0), "qty": 1_000_000, "t_warehouse": "Stores - B", "basic_rate": 7]
                        }),
                ], session)
        }
        for start in stride(from: 0, to: customers, by: 1000) {
            try await tenant.write(as: .administrator) { session in
                try session.insert(
                    (start..<start + 1000).map { number in
                        try session.document(
                            "Customer",
                            from: [
                                "customer_name": .string("Customer \(number)"),
                                "customer_type": number.isMultiple(of: 2) ? "Company" : "Individual",
                            ])
                    })
            }
        }
        await tenant.close()
    }

    @discardableResult
    static func insert(_ doctype: String, _ fields: JSONObject, _ session: Session) throws -> Document {
        let document = try session.document(doctype, from: fields)
        try session.insert(document)
        return document
    }
}
