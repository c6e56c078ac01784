import Northwind
import Values

/// The sample company's data, as the files in `northwind` hold it.
struct NorthwindData: Sendable {
    let categories: [Category]
    let suppliers: [Party]
    let products: [Product]
    let customers: [Party]
    let employees: [Employee]
    let shippers: [Shipper]
    /// In the order of their numbers, which is that of their dates.
    let orders: [Order]

    struct Category: Sendable {
        let id: Int
        let name: String
        let description: String
    }

    /// A customer or supplier.
    struct Party: Sendable {
        /// Five letters for a customer, a number for a supplier.
        let id: String
        let company: String
        let contact: String
        let contactTitle: String
        let place: Place
        let phone: String
        let fax: String
    }

    struct Place: Sendable, Equatable {
        let address: String
        let city: String
        let region: String
        let postalCode: String
        let country: String

        /// The address as it is printed on a label, without the name.
        var lines: String {
            [address, [city, region, postalCode].filter { !$0.isEmpty }.joined(separator: " "), country]
                .joined(separator: "\n")
        }
    }

    struct Product: Sendable {
        let id: Int
        let name: String
        /// The number of its supplier.
        let supplier: String
        let category: Int
        let quantityPerUnit: String
        /// The list price in US dollars.
        let listPrice: Exact
        /// In stock after the last order.
        let inStock: Int
        /// Ordered from the supplier after the last order and not arrived.
        let onOrder: Int
        let reorderLevel: Int
        let isDiscontinued: Bool

        /// What it is bought at, in US dollars: the data does not say, so 60 % of the list price is taken, in cents.
        var cost: Exact { (listPrice * Exact(units: 6, scale: 1)).rounded(2) }
    }

    struct Employee: Sendable {
        let id: Int
        let firstName: String
        let lastName: String
        let title: String
        let hired: Day
        let phone: String
        /// The employee it reports to; nil for the head of sales.
        let manager: Int?

        var name: String { "\(firstName) \(lastName)" }
    }

    struct Shipper: Sendable {
        let id: Int
        let company: String
        let phone: String
    }

    struct Order: Sendable {
        let id: Int
        let customer: String
        let employee: Int
        let ordered: Day
        let required: Day
        /// Nil for one that has not been shipped.
        let shipped: Day?
        let shipper: Int
        let freight: Exact
        let shipName: String
        let shipTo: Place
        let lines: [Line]
    }

    struct Line: Sendable {
        let product: Int
        let unitPrice: Exact
        let quantity: Int
        /// 0.15 for 15 %.
        let discount: Exact

        /// What one costs after the discount, exactly.
        var rate: Exact { unitPrice * (.one - discount) }
        /// Rounded to the cent.
        var amount: Exact { (rate * Exact(quantity)).rounded(2) }
    }
}

extension NorthwindData {
    /// Reads the files that are compiled in.
    ///
    /// - Throws: ``NorthwindTable/Fault`` when one is not what it should be.
    static func embedded() throws -> NorthwindData {
        // Each points to text in the binary that ends with a zero byte and never goes away.
        unsafe try NorthwindData(
            categories: String(cString: northwind_categories()), suppliers: String(cString: northwind_suppliers()),
            products: String(cString: northwind_products()), customers: String(cString: northwind_customers()),
            employees: String(cString: northwind_employees()), shippers: String(cString: northwind_shippers()),
            orders: String(cString: northwind_orders()), orderDetails: String(cString: northwind_order_details()))
    }

    private init(
        categories: String, suppliers: String, products: String, customers: String, employees: String, shippers: String,
        orders: String, orderDetails: String
    ) throws {
        self.categories = try NorthwindTable("categories", categories).rows.map { row in
            Category(id: try row.int("id"), name: try row.text("name"), description: try row.text("description"))
        }
        self.suppliers = try NorthwindTable("suppliers", suppliers).rows.map(Party.init)
        self.customers = try NorthwindTable("customers", customers).rows.map(Party.init)
        self.products = try NorthwindTable("products", products).rows.map(Product.init)
        self.employees = try NorthwindTable("employees", employees).rows.map(Employee.init)
        self.shippers = try NorthwindTable("shippers", shippers).rows.map { row in
            Shipper(id: try row.int("id"), company: try row.text("company"), phone: try row.text("phone"))
        }
        var lines: [Int: [Line]] = [:]
        for row in try NorthwindTable("order_details", orderDetails).rows {
            lines[try row.int("order_id"), default: []].append(try Line(row))
        }
        self.orders = try NorthwindTable("orders", orders).rows.map { row in
            try Order(row, lines: lines[try row.int("id")] ?? [])
        }
    }
}

extension NorthwindData.Party {
    fileprivate init(_ row: NorthwindTable.Row) throws {
        self.init(
            id: try row.text("id"), company: try row.text("company"), contact: try row.text("contact"),
            contactTitle: try row.text("contact_title"), place: try NorthwindData.Place(row, prefix: ""),
            phone: try row.text("phone"), fax: try row.text("fax"))
    }
}

extension NorthwindData.Place {
    /// Countries stand in the data by abbreviations in two cases only.
    private static let countries = ["USA": "United States", "UK": "United Kingdom"]

    fileprivate init(_ row: NorthwindTable.Row, prefix: String) throws {
        let country = try row.text("\(prefix)country")
        self.init(
            address: try row.text("\(prefix)address"), city: try row.text("\(prefix)city"),
            region: try row.text("\(prefix)region"), postalCode: try row.text("\(prefix)postal_code"),
            country: Self.countries[country] ?? country)
    }
}

extension NorthwindData.Product {
    fileprivate init(_ row: NorthwindTable.Row) throws {
        self.init(
            id: try row.int("id"), name: try row.text("name"), supplier: try row.text("supplier_id"),
            category: try row.int("category_id"), quantityPerUnit: try row.text("quantity_per_unit"),
            listPrice: try row.exact("unit_price"), inStock: try row.int("units_in_stock"),
            onOrder: try row.int("units_on_order"), reorderLevel: try row.int("reorder_level"),
            isDiscontinued: try row.int("discontinued") == 1)
    }
}

extension NorthwindData.Employee {
    fileprivate init(_ row: NorthwindTable.Row) throws {
        self.init(
            id: try row.int("id"), firstName: try row.text("first_name"), lastName: try row.text("last_name"),
            title: try row.text("title"), hired: try row.day("hire_date"), phone: try row.text("home_phone"),
            manager: try row.text("reports_to").isEmpty ? nil : row.int("reports_to"))
    }
}

extension NorthwindData.Order {
    fileprivate init(_ row: NorthwindTable.Row, lines: [NorthwindData.Line]) throws {
        self.init(
            id: try row.int("id"), customer: try row.text("customer_id"), employee: try row.int("employee_id"),
            ordered: try row.day("order_date"), required: try row.day("required_date"),
            shipped: try row.text("shipped_date").isEmpty ? nil : row.day("shipped_date"),
            shipper: try row.int("ship_via"), freight: try row.exact("freight"), shipName: try row.text("ship_name"),
            shipTo: try NorthwindData.Place(row, prefix: "ship_"), lines: lines)
    }
}

extension NorthwindData.Line {
    fileprivate init(_ row: NorthwindTable.Row) throws {
        self.init(
            product: try row.int("product_id"), unitPrice: try row.exact("unit_price"),
            quantity: try row.int("quantity"), discount: try row.exact("discount"))
    }
}
