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
        "Account",
        .description("The account of its stock; its group's, or the company's for stock, where this is empty."))
    public let warehouseType = Data()
    public let defaultInTransitWarehouse = Link("Warehouse")
    public let isRejectedWarehouse = Check()
    public let emailID = Data(.named("email_id"))
    public let phoneNo = Data()
    public let mobileNo = Data()
    public let addressLine1 = Data(.named("address_line_1"), .label("Address Line 1"))
    public let addressLine2 = Data(.named("address_line_2"), .label("Address Line 2"))
    public let city = Data()
    public let state = Data()
    public let pin = Data(.label("PIN"))
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
        let isOther = warehouse.document.storedValue("account") != warehouse.document["account"]
        if isOther { try StockFreeze.requireStock("account", of: warehouse.document, in: session) }
        guard !warehouse.document.isNew else { return }
        if warehouse.isGroup, warehouse.document.storedValue("is_group").int != 1,
            try isUsed([Name(warehouse.name)], in: session)
        {
            throw Problem(
                .frozen, "\(warehouse.name) has stock movements or orders and cannot be a group", field: "is_group",
                fix: "Make a new group and move it there.")
        }
        try freezeAccount(warehouse, in: session)
    }

    /// The books keep on an account what has moved there: later movements, and those that are taken back, use the same.
    private static func freezeAccount(_ warehouse: Doc<Self>, in session: Session) throws {
        let document = warehouse.document
        let moved = ["account", "parent_warehouse"].first { document.storedValue($0) != document[$0] }
        guard let field = moved, try StockCompany.isPerpetual(warehouse.company, in: session) else { return }
        let (before, after) = (document.storedValue("parent_warehouse").text ?? "", warehouse.parentWarehouse)
        let above = try StockCompany.treeAccounts(
            of: [Name(before), Name(after)], company: warehouse.company, in: session)
        let own = try Companies.get(warehouse.company, in: session).defaultInventoryAccount
        let old = document.storedValue("account").text ?? above[before] ?? own
        let new = warehouse.account.isEmpty ? above[after] ?? own : warehouse.account
        guard old != new else { return }
        let below = try Tree.names("Warehouse", parent: "parent_warehouse", from: warehouse.name, in: session)
        guard try isUsed(below, in: session) else { return }
        throw Problem(
            .frozen, "\(warehouse.name) has stock movements, so the account of its stock cannot change", field: field,
            fix: "Make a new warehouse with that account and move the stock there.")
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
                .otherCompany, "\(doctype) \(name) belongs to \(company), not to \(warehouse.company)", field: field,
                fix: "Choose one of \(warehouse.company).")
        }
    }

    /// Whether stock has moved in one of the warehouses, or is ordered there.
    private static func isUsed(_ names: Set<Name>, in session: Session) throws -> Bool {
        for chunk in names.sorted().chunks(of: Limits.filterValues) {
            let condition = session.transaction.dialect.isOneOf("warehouse", count: chunk.count)
            let row = try session.transaction.first(
                "SELECT 1 FROM bin WHERE \(condition) AND (entries > 0 OR reserved_qty <> 0 OR ordered_qty <> 0) LIMIT 1",
                chunk.map(Value.text), [.integer])
            if row != nil { return true }
        }
        return false
    }
}
