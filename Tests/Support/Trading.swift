public import Documents
public import Reports
public import Storage
public import Values

/// A company of 1996 with customers, warehouses and goods to trade.
public struct Trading: TestCompany {
    public let company: TemporaryCompany

    /// The company's name.
    public static let name = "Northwind Traders"
    /// The warehouse goods come into.
    public static let stores = "Stores - NT"
    /// The other warehouse.
    public static let shop = "Shop - NT"

    /// Opens the company with these modules, stock and selling among them, and these suppliers, for buying.
    public init(_ modules: [Module], suppliers: [String] = []) async throws {
        company = try await TemporaryCompany(noon: Self.noon("1996-01-01")) { registry in
            for module in modules { module.register(&registry) }
        }
        try await write { session in
            try Self.found(session)
            for name in suppliers { try session.make("Supplier", ["supplier_name": .string(name)]) }
        }
    }

    /// Noon of a day.
    public static func noon(_ day: String) -> Timestamp {
        Timestamp(Day(day) ?? .earliest, TimeOfDay(hour: 12, minute: 0) ?? .midnight)
    }

    /// Runs `body` in a session of that day, in one transaction that is then committed.
    @discardableResult
    public func on<T: Sendable>(
        _ day: String, as actor: Actor? = nil, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await write(as: actor, at: Self.noon(day), body)
    }

    /// A session of that day in a transaction of the caller, who finishes it.
    public func session(on day: String, as actor: Actor? = nil, _ transaction: any Transaction) -> Session {
        session(as: actor, at: Self.noon(day), transaction)
    }

    /// What a day's work is refused with; nil when it is not.
    ///
    /// - Throws: what is no Problem.
    public func refusal(
        on day: String, as actor: Actor? = nil, _ body: @escaping @Sendable (Session) throws -> Void
    ) async throws -> Problem? {
        do {
            try await on(day, as: actor, body)
            return nil
        } catch let problem as Problem {
            return problem
        }
    }

    /// Makes the company and what it trades with.
    private static func found(_ session: Session) throws {
        try session.make("Company", ["company_name": .string(name), "abbr": "NT", "default_currency": "USD"])
        try session.makeFiscalYears(1996...1996)
        for unit in ["Nos", "Box"] as [JSON] { try session.make("UOM", ["uom_name": unit]) }
        try session.make("Item Group", ["item_group_name": "Goods"])
        // The company has its stores.
        try session.make(
            "Warehouse",
            ["warehouse_name": "Shop", "company": .string(name), "parent_warehouse": "All Warehouses - NT"])
        for (code, isStock) in [("Chai", 1), ("Tofu", 1), ("Ikura", 1), ("Advice", 0)] as [(JSON, JSON)] {
            try session.make(
                "Item",
                [
                    "item_code": code, "item_group": "Goods", "stock_uom": "Nos", "is_stock_item": isStock,
                    "uoms": [["uom": "Box", "conversion_factor": 12]],
                ])
        }
        for customer in ["Alfreds Futterkiste", "Bólido"] as [JSON] {
            try session.make("Customer", ["customer_name": customer])
        }
    }
}

extension Session {
    /// The balance of a default account of the trading company, by the company's field.
    public func balance(default field: String) throws -> Exact { try balance(default: field, of: Trading.name) }

    /// A figure of the bin of an item in a warehouse.
    public func bin(_ item: String, _ warehouse: String, _ field: String) throws -> Exact {
        let row = try transaction.first(
            "SELECT \(field) FROM bin WHERE item_code = ? AND warehouse = ?", [.text(item), .text(warehouse)],
            [.decimal(scale: field == "stock_value" ? 4 : 9)])
        return row?[0].exact ?? .zero
    }

    /// Receives goods without an order, at a rate.
    @discardableResult
    public func receive(
        _ item: JSON, _ qty: JSON, at rate: JSON, into warehouse: String = Trading.stores
    ) throws -> String {
        try book(
            "Stock Entry",
            [
                "purpose": "Material Receipt", "stock_entry_type": "Material Receipt",
                "items": [["item_code": item, "qty": qty, "t_warehouse": .string(warehouse), "basic_rate": rate]],
            ])
    }
}

/// What the `make_…` methods are called.
public enum Make {
    public static let orderFromQuotation = "erpnext.selling.doctype.quotation.quotation.make_sales_order"
    public static let delivery = "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note"
    public static let invoice = "erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice"
    public static let invoiceFromDelivery = "erpnext.stock.doctype.delivery_note.delivery_note.make_sales_invoice"
    public static let receipt = "erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_receipt"
    public static let bill = "erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_invoice"
    public static let billFromReceipt = "erpnext.stock.doctype.purchase_receipt.purchase_receipt.make_purchase_invoice"
}
