import Documents
import Tenancy
import Values

/// What the demo's company has before its first order: accounts, a warehouse, goods, and those it trades with.
struct DemoCompany {
    static let name = "Northwind Traders"
    static let abbr = "NT"
    static let currency = "USD"
    static let warehouse = "Stores - NT"
    static let bank = "Bank - NT"
    static let freightAccount = "Freight Income - NT"
    static let openingAccount = "Temporary Opening - NT"
    static let capitalAccount = "Capital Stock - NT"
    static let costCenter = "Main - NT"
    static let (sellingPrices, buyingPrices) = ("Standard Selling", "Standard Buying")
    /// What the owners paid in on the first day, in US dollars. The data does not say; without it the first purchases
    /// would overdraw the bank.
    static let paidIn = Exact(50_000)

    let data: NorthwindData
    let plan: PurchasePlan
    /// The years with open books: those of the data, and the one it is, so that new documents can be posted today.
    let years: [Int]

    /// Makes the company and all of its masters.
    func makeMasters(in session: Session) throws {
        let write = DemoWriter(session: session)
        try makeBooks(write)
        try makeGroups(write)
        try makeItems(write)
        try makeSalesPeople(write)
        try makeSuppliers(write)
        try makeCustomers(write)
    }

    /// Posts what the company has on the first day: goods in stock and money in the bank, which the owners paid in.
    func open(in session: Session) throws {
        let write = DemoWriter(session: session)
        let products = Dictionary(uniqueKeysWithValues: data.products.map { ($0.id, $0) })
        let lines = plan.opening.compactMap { line in products[line.product].map { ($0, line.quantity) } }
        _ = try write.submit(
            "Stock Entry",
            [
                "stock_entry_type": "Material Receipt", "company": .string(Self.name), "is_opening": "Yes",
                "to_warehouse": .string(Self.warehouse), "remarks": "Opening stock",
                "items": .array(
                    lines.map { product, quantity in
                        [
                            "item_code": .string(product.name), "qty": JSON(quantity), "basic_rate": JSON(product.cost),
                            "expense_account": .string(Self.openingAccount), "cost_center": .string(Self.costCenter),
                        ]
                    }),
            ])
        let stock = lines.reduce(Exact.zero) { $0 + $1.0.cost * Exact($1.1) }
        _ = try write.submit(
            "Journal Entry",
            [
                "voucher_type": "Opening Entry", "company": .string(Self.name),
                "user_remark": "What the owners brought in: goods in stock and money",
                "accounts": [
                    ["account": .string(Self.bank), "debit_in_account_currency": JSON(Self.paidIn)],
                    ["account": .string(Self.openingAccount), "debit_in_account_currency": JSON(stock)],
                    ["account": .string(Self.capitalAccount), "credit_in_account_currency": JSON(stock + Self.paidIn)],
                ],
            ])
    }

    /// Disables what the data says is sold no more.
    func disableDiscontinued(in session: Session) throws {
        for item in try session.getMany("Item", data.products.filter(\.isDiscontinued).map(\.name)) {
            item.set("disabled", true)
            try session.save(item)
        }
    }

    // MARK: - Books and groups

    private func makeBooks(_ write: DemoWriter) throws {
        let (first, last) = ("\(years.first ?? 0)-01-01", "\(years.first ?? 0)-12-31")
        try write.session.perform(
            Command(
                .call, SetupCall.method, nil,
                [
                    "company_name": .string(Self.name), "company_abbr": .string(Self.abbr),
                    "country": "United States", "currency": .string(Self.currency), "fy_start_date": .string(first),
                    "fy_end_date": .string(last),
                ]))
        for year in years {
            try write.ensure(
                "Fiscal Year", "\(year)",
                [
                    "year": .string("\(year)"), "year_start_date": .string("\(year)-01-01"),
                    "year_end_date": .string("\(year)-12-31"),
                ])
        }
    }

    private func makeGroups(_ write: DemoWriter) throws {
        for (doctype, field, root, members) in [
            ("Item Group", "item_group", "All Item Groups", data.categories.map(\.name)),
            ("Customer Group", "customer_group", "All Customer Groups", ["Commercial"]),
            ("Supplier Group", "supplier_group", "All Supplier Groups", ["Food and Beverage", "Shippers"]),
            ("Territory", "territory", "All Territories", Set(data.customers.map(\.place.country)).sorted()),
        ] {
            try write.ensure(doctype, root, ["\(field)_name": .string(root), "is_group": 1])
            for name in members {
                try write.ensure(
                    doctype, name, ["\(field)_name": .string(name), "parent_\(field)": .string(root)])
            }
        }
    }

    // MARK: - Goods

    private func makeItems(_ write: DemoWriter) throws {
        let categories = Dictionary(uniqueKeysWithValues: data.categories.map { ($0.id, $0.name) })
        try write.insertAll(
            "Item",
            data.products.map { product in
                [
                    "item_code": .string(product.name), "item_name": .string(product.name),
                    "item_group": .string(categories[product.category] ?? ""), "stock_uom": "Nos",
                    "description": .string(product.quantityPerUnit), "standard_rate": JSON(product.listPrice),
                    "reorder_level": JSON(product.reorderLevel),
                    "item_defaults": [
                        [
                            "company": .string(Self.name), "default_warehouse": .string(Self.warehouse),
                            "default_price_list": .string(Self.sellingPrices),
                        ]
                    ],
                ]
            })
        try write.insertAll(
            "Item Price",
            data.products.flatMap { product in
                [(Self.sellingPrices, product.listPrice), (Self.buyingPrices, product.cost)].map { list, rate in
                    ["item_code": .string(product.name), "price_list": .string(list), "price_list_rate": JSON(rate)]
                }
            })
    }

    // MARK: - People

    private func makeSalesPeople(_ write: DemoWriter) throws {
        let root = "Sales Team"
        try write.ensure("Sales Person", root, ["sales_person_name": .string(root), "is_group": 1])
        let names = Dictionary(uniqueKeysWithValues: data.employees.map { ($0.id, $0.name) })
        let managers = Set(data.employees.compactMap(\.manager))
        // Those whom others report to come before them.
        var waiting = data.employees
        var placed: Set<Int> = []
        while !waiting.isEmpty {
            let next = waiting.filter { $0.manager.map(placed.contains) ?? true }
            guard !next.isEmpty else { throw Problem(.belowItself, "The employees report to each other in a circle") }
            try write.insertAll(
                "Sales Person",
                next.map { employee in
                    [
                        "sales_person_name": .string(employee.name), "employee": .string("\(employee.id)"),
                        "parent_sales_person": .string(employee.manager.flatMap { names[$0] } ?? root),
                        "is_group": managers.contains(employee.id) ? 1 : 0, "designation": .string(employee.title),
                        "mobile_no": .string(employee.phone), "date_of_joining": JSON(employee.hired),
                    ]
                })
            placed.formUnion(next.map(\.id))
            waiting.removeAll { placed.contains($0.id) }
        }
    }

    private func makeSuppliers(_ write: DemoWriter) throws {
        try write.insertAll(
            "Supplier",
            data.suppliers.map { supplier in
                [
                    "supplier_name": .string(supplier.company), "supplier_group": "Food and Beverage",
                    "country": .string(supplier.place.country), "mobile_no": .string(supplier.phone),
                    "default_currency": .string(Self.currency), "primary_address": .string(supplier.place.lines),
                ]
            })
        try makePlaces(of: "Supplier", data.suppliers, write)
        try write.insertAll(
            "Supplier",
            data.shippers.map {
                [
                    "supplier_name": .string($0.company), "supplier_group": "Shippers", "country": "United States",
                    "mobile_no": .string($0.phone), "default_currency": .string(Self.currency),
                ]
            })
    }

    private func makeCustomers(_ write: DemoWriter) throws {
        try write.insertAll(
            "Customer",
            data.customers.map { customer in
                [
                    "customer_name": .string(customer.company), "customer_group": "Commercial",
                    "territory": .string(customer.place.country), "mobile_no": .string(customer.phone),
                    "default_currency": .string(Self.currency), "primary_address": .string(customer.place.lines),
                    "customer_details": .string("Northwind customer \(customer.id)"),
                ]
            })
        try makePlaces(of: "Customer", data.customers, write)
    }

    /// An address and a contact of each customer or supplier.
    private func makePlaces(of doctype: String, _ parties: [NorthwindData.Party], _ write: DemoWriter) throws {
        func link(_ party: NorthwindData.Party) -> JSON {
            [["link_doctype": .string(doctype), "link_name": .string(party.company)]]
        }
        try write.insertAll(
            "Address",
            parties.map { party in
                [
                    "address_title": .string(party.company), "address_type": "Billing", "is_primary_address": 1,
                    "address_line1": .string(party.place.address), "city": .string(party.place.city),
                    "state": .string(party.place.region), "pincode": .string(party.place.postalCode),
                    "country": .string(party.place.country), "phone": .string(party.phone), "fax": .string(party.fax),
                    "links": link(party),
                ]
            })
        try write.insertAll(
            "Contact",
            parties.map { party in
                let words = party.contact.split(separator: " ", maxSplits: 1).map(String.init)
                return [
                    "first_name": .string(words.first ?? party.contact),
                    "last_name": .string(words.count > 1 ? words[1] : ""), "company_name": .string(party.company),
                    "designation": .string(party.contactTitle), "phone": .string(party.phone), "is_primary_contact": 1,
                    "links": link(party),
                ]
            })
    }
}
