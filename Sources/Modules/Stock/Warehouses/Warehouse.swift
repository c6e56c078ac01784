internal import Accounting
public import Documents
internal import Storage
internal import Values

/// A place where stock is kept, or a group of such.
public struct Warehouse: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Warehouse", module: "Stock", naming: .controller, .renamable, title: "warehouse_name",
        search: ["warehouse_name"],
        tree: "parent_warehouse",
        permissions: [
            .manage("Stock Manager"), .manage("Item Manager"), .read("Stock User"), .read("Sales User"),
            .read("Sales Manager"), .read("Purchase User"), .read("Purchase Manager"), .read("Accounts User"),
            .read("Accounts Manager"),
        ], summary: "A place where stock is kept, or a group of such.")

    public let warehouseName = Data(.required, .setOnlyOnce, .inListView)
    public let isGroup = Check(.inListView)
    public let parentWarehouse = Link("Warehouse", .inListView, .indexed)
    public let company = Link("Company", .required, .setOnlyOnce, .inListView, .inStandardFilter, .indexed)
    public let account = Link(
        "Account", .about("The account of its stock; its group's, or the company's for stock, where this is empty."))
    public let warehouseType = Data()
    public let disabled = Check()
    public init() {}
}

extension Warehouse: Controller {
    /// `name - ABBR`, as all that belongs to one company of several is called.
    public static func autoname(_ warehouse: Doc<Self>, in session: Session) throws -> String {
        let ending = " - \(try Companies.get(warehouse.company, in: session).abbr)"
        return warehouse.warehouseName.hasSuffix(ending)
            ? warehouse.warehouseName : warehouse.warehouseName + ending
    }

    public static func validate(_ warehouse: Doc<Self>, in session: Session) throws {
        try Tree.check(warehouse.document, parent: "parent_warehouse", in: session)
        try checkCompany(warehouse, in: session)
        guard !warehouse.document.isNew else { return }
        if warehouse.isGroup, try holdStock([Name(warehouse.name)], in: session) {
            throw Problem(.invalid, "\(warehouse.name) holds stock and cannot be a group", field: "is_group")
        }
        // The books would keep the value on the old account while later movements use the new one.
        let moved = ["account", "parent_warehouse"].first {
            warehouse.document.storedValue($0) != warehouse.document[$0]
        }
        guard let field = moved else { return }
        let below = try Tree.names("Warehouse", parent: "parent_warehouse", from: warehouse.name, in: session)
        guard try !holdStock(below, in: session) else {
            throw Problem(
                .frozen, "\(warehouse.name) holds stock, so the account of that stock cannot change", field: field,
                fix: "Move the stock to another warehouse first.")
        }
    }

    public static func onTrash(_ warehouse: Doc<Self>, in session: Session) throws {
        let row = try session.transaction.first(
            "SELECT 1 FROM stock_ledger_entry WHERE warehouse = ? LIMIT 1", [.text(warehouse.name)], [.integer])
        guard row == nil else {
            throw Problem(
                .linked, "Warehouse \(warehouse.name) has stock movements", fix: "Set disabled instead of deleting it.")
        }
        try session.remove(Bin.figures(in: session), where: "warehouse", is: .text(warehouse.name))
    }

    /// Parent and account belong to the same company.
    private static func checkCompany(_ warehouse: Doc<Self>, in session: Session) throws {
        for (doctype, field, name) in [
            ("Warehouse", "parent_warehouse", warehouse.parentWarehouse), ("Account", "account", warehouse.account),
        ] where !name.isEmpty {
            let company = try session.value(of: doctype, name, "company").text
            guard let company, company != warehouse.company else { continue }
            throw Problem(
                .invalid, "\(doctype) \(name) belongs to \(company), not to \(warehouse.company)", field: field,
                fix: "Choose one of \(warehouse.company).")
        }
    }

    /// Whether one of the warehouses has stock or value.
    private static func holdStock(_ names: Set<Name>, in session: Session) throws -> Bool {
        for chunk in names.sorted().chunked(Limits.filterValues) {
            let condition = session.transaction.dialect.isOneOf("warehouse", count: chunk.count)
            let row = try session.transaction.first(
                "SELECT 1 FROM bin WHERE \(condition) AND (actual_qty <> 0 OR stock_value <> 0) LIMIT 1",
                chunk.map(Value.text), [.integer])
            if row != nil { return true }
        }
        return false
    }
}
