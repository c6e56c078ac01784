import Accounting
import Audit
import Buying
import Documents
import EventLog
import Foundation
import Reports
import Selling
import Stock
import Storage
import Synchronization
import Testing
import Values

/// A company in a database file of its own, with customers, suppliers and goods to trade.
final class Trading: Sendable {
    let registry: Registry
    let database: SQLiteDatabase
    private let path = NSTemporaryDirectory() + "cauldron-\(UUID().uuidString).db"
    private let identifiers = Mutex(IdentifierSource(seed: 7))

    static let company = "Northwind Traders"
    static let stores = "Stores - NT"
    static let shop = "Shop - NT"

    init() async throws {
        var registry = Registry.core()
        for module in [accountingModule, stockModule, sellingModule, buyingModule] { module.register(&registry) }
        self.registry = registry
        database = try SQLiteDatabase(path: path)
        let tables = registry.allTables + EventLog.tables + AuditLog.tables
        try await database.write { _ = try $0.migrate(to: tables) }
        try await on("1996-01-01", as: .administrator, Self.found)
    }

    deinit { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }

    /// Runs `body` in a session of that day, in one transaction that is then committed.
    @discardableResult
    func on<T: Sendable>(
        _ day: String, as actor: Actor = .administrator, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await database.write { [self] transaction in
            let session = session(on: day, as: actor, transaction)
            let result = try body(session)
            try session.finish()
            return result
        }
    }

    func session(on day: String, as actor: Actor = .administrator, _ transaction: any Transaction) -> Session {
        let now = Timestamp(Day(day) ?? .earliest, TimeOfDay(hour: 12, minute: 0) ?? .midnight)
        return Session(actor: actor, now: now, registry: registry, transaction: transaction) { [self] in
            identifiers.withLock { $0.next(at: now) }
        }
    }

    /// What a day's work is refused with; nil when it is not.
    func refusal(
        on day: String, as actor: Actor = .administrator, _ body: @escaping @Sendable (Session) throws -> Void
    )
        async -> Problem?
    {
        do {
            try await on(day, as: actor, body)
            return nil
        } catch {
            if let problem = error as? Problem { return problem }
            Issue.record("\(error) is no Problem")
            return nil
        }
    }

    /// Makes the company and what it trades with.
    private static func found(_ session: Session) throws {
        try session.make("Company", ["company_name": .string(company), "abbr": "NT", "default_currency": "USD"])
        try session.make(
            "Fiscal Year", ["year": "1996", "year_start_date": "1996-01-01", "year_end_date": "1996-12-31"])
        try session.make("UOM", ["uom_name": "Nos"])
        try session.make("Item Group", ["item_group_name": "Goods"])
        for name in ["Stores", "Shop"] {
            try session.make("Warehouse", ["warehouse_name": .string(name), "company": .string(company)])
        }
        try session.make("UOM", ["uom_name": "Box"])
        for (code, isStock) in [("Chai", 1), ("Tofu", 1), ("Ikura", 1), ("Advice", 0)] as [(JSON, JSON)] {
            try session.make(
                "Item",
                [
                    "item_code": code, "item_group": "Goods", "stock_uom": "Nos", "is_stock_item": isStock,
                    "uoms": [["uom": "Box", "conversion_factor": 12]],
                ])
        }
        try session.make("Customer", ["customer_name": "Alfreds Futterkiste"])
        try session.make("Customer", ["customer_name": "Bólido"])
        try session.make("Supplier", ["supplier_name": "Exotic Liquids"])
        try session.make("Supplier", ["supplier_name": "Tokyo Traders"])
    }
}

extension Session {
    /// Inserts a document from what a client would send.
    @discardableResult
    func make(_ doctype: String, _ object: JSONObject) throws -> Document {
        let document = try document(doctype, from: object)
        try insert(document)
        return document
    }

    /// Inserts and submits a document and returns its name.
    @discardableResult
    func book(_ doctype: String, _ object: JSONObject) throws -> String {
        let document = try make(doctype, object)
        try submit(document)
        return document.name
    }

    /// Calls a method as a client does.
    @discardableResult
    func call(_ method: String, _ arguments: JSONObject) throws -> JSON {
        guard let method = registry.methods[method] else { throw Problem(.notFound, "no method \(method)") }
        return try method.run(Arguments(arguments), self)
    }

    /// The document a `make_…` method proposes, as a client sends it back to be inserted.
    func proposed(_ method: String, _ doctype: String, from source: String) throws -> Document {
        guard case .object(let object) = try call(method, ["source_name": .string(source)]) else {
            throw Problem(.malformed, "\(method) gave no document")
        }
        return try document(doctype, from: object)
    }

    /// Inserts and submits what a `make_…` method proposes, with these quantities instead where they are given, by the
    /// place of the row; rows of quantity 0 are left out.
    @discardableResult
    func book(_ method: String, _ doctype: String, from source: String, qty: [Exact]? = nil) throws -> String {
        let document = try proposed(method, doctype, from: source)
        if let qty {
            for (row, qty) in zip(document.table("items"), qty) { row.set("qty", qty) }
            document.setTable("items", document.table("items").filter { !$0.exact("qty").isZero })
        }
        try insert(document)
        try submit(document)
        return document.name
    }

    /// Pays an invoice, all of it or this much.
    @discardableResult
    func pay(_ doctype: String, _ invoice: String, _ amount: Exact? = nil) throws -> String {
        guard
            case .object(let object) = try call(
                "erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
                ["dt": .string(doctype), "dn": .string(invoice)])
        else { throw Problem(.malformed, "get_payment_entry gave no document") }
        let payment = try document("Payment Entry", from: object)
        if let amount {
            payment.set("paid_amount", amount)
            payment.set("received_amount", amount)
            for row in payment.table("references") { row.set("allocated_amount", amount) }
        }
        payment.set("reference_no", "Transfer 1")
        payment.set("reference_date", today)
        try insert(payment)
        try submit(payment)
        return payment.name
    }

    func cancel(_ doctype: String, _ name: String) throws { try cancel(try get(doctype, name)) }

    /// Fields of a document as text.
    func figures(_ doctype: String, _ name: String, _ fields: String...) throws -> [String] {
        let document = try get(doctype, name)
        return fields.map { field in
            guard let number = document[field].exact else { return document.text(field) }
            return number.rounded(4).description
        }
    }

    /// Debit less credit of a default account of the company, by the ledger.
    func balance(_ field: String) throws -> Exact {
        let account = try get("Company", Trading.company).text(field)
        let row = try transaction.first(
            "SELECT SUM(debit), SUM(credit) FROM gl_entry WHERE account = ?", [.text(account)],
            [.decimal(scale: 4), .decimal(scale: 4)])
        return (row?[0].exact ?? .zero) - (row?[1].exact ?? .zero)
    }

    /// A figure of the bin of an item in a warehouse.
    func bin(_ item: String, _ warehouse: String, _ field: String) throws -> Exact {
        let row = try transaction.first(
            "SELECT \(field) FROM bin WHERE item_code = ? AND warehouse = ?", [.text(item), .text(warehouse)],
            [.decimal(scale: field == "stock_value" ? 4 : 9)])
        return row?[0].exact ?? .zero
    }

    /// Receives goods without an order, at a rate.
    @discardableResult
    func receive(_ item: JSON, _ qty: JSON, at rate: JSON, into warehouse: String = Trading.stores) throws -> String {
        try book(
            "Stock Entry",
            [
                "purpose": "Material Receipt", "stock_entry_type": "Material Receipt",
                "items": [["item_code": item, "qty": qty, "t_warehouse": .string(warehouse), "basic_rate": rate]],
            ])
    }
}

/// What the `make_…` methods are called.
enum Make {
    static let orderFromQuotation = "erpnext.selling.doctype.quotation.quotation.make_sales_order"
    static let delivery = "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note"
    static let invoice = "erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice"
    static let invoiceFromDelivery = "erpnext.stock.doctype.delivery_note.delivery_note.make_sales_invoice"
    static let receipt = "erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_receipt"
    static let bill = "erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_invoice"
    static let billFromReceipt = "erpnext.stock.doctype.purchase_receipt.purchase_receipt.make_purchase_invoice"
}
