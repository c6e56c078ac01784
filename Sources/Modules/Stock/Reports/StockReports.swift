internal import Documents
internal import Reports
internal import Storage
internal import Values

/// What the stock reports have in common.
enum StockReports {
    static let all: [Report] = [StockLedgerReport.report, StockBalanceReport.report]

    /// The DocType that the reports read.
    static let entry = "Stock Ledger Entry"
    /// The fields that a quantity on a day is made of.
    static let balanceQty: ReportSources = .of(entry, "actual_qty", "posting_date", "qty_after_transaction")
    /// The fields that a value on a day is made of.
    static let balanceValue: ReportSources = .of(entry, "stock_value_difference", "posting_date", "stock_value")
    /// The fields that the worth of a unit on a day is made of.
    static let balanceRate = balanceQty + balanceValue + .of(entry, "valuation_rate")

    static let companyFilter: ReportSources = .of(entry, "company") + .of("Warehouse", "company")
    static let groupFilter: ReportSources = .of("Item", "item_group") + .of("Item Group", "parent_item_group")
    static let warehouseFilter: ReportSources = .of(entry, "warehouse") + .of("Warehouse", "parent_warehouse")
    static let dayFilter: ReportSources = .of(entry, "posting_date")

    /// The columns fetched from an item.
    static let itemColumns = [
        ReportColumn("item_name", .data, from: .of("Item", "item_name", namedBy: "item_code")),
        ReportColumn(
            "item_group", .link, options: "Item Group", from: .of("Item", "item_group", namedBy: "item_code")),
    ]
    static let unitColumn = ReportColumn(
        "stock_uom", .link, label: "Stock UOM", options: "UOM", from: .of("Item", "stock_uom", namedBy: "item_code"))

    /// What an item is called and counted in.
    struct ItemFacts {
        var name: Value = .null
        var group: Value = .null
        var unit: Value = .null
        var reorderLevel: Value = .null
    }

    static func facts(of items: Set<Name>, in session: Session) throws -> [Name: ItemFacts] {
        try session.values(of: "Item", items, ["item_name", "item_group", "stock_uom", "reorder_level"]).mapValues {
            ItemFacts(name: $0[0], group: $0[1], unit: $0[2], reorderLevel: $0[3])
        }
    }

    /// The bins that the filters ask for: `company`, `item_code`, `item_group` with all below it, `warehouse` with all
    /// below it.
    static func scope(_ arguments: Arguments, in session: Session) throws -> StockBalances.Scope {
        var scope = StockBalances.Scope()
        if let item = arguments.text("item_code") { scope.items = [Name(item)] }
        if let group = arguments.text("item_group") {
            let groups = try Tree.names("Item Group", parent: "parent_item_group", from: group, in: session)
            let items = try names("Item", where: "item_group", isOneOf: groups, in: session)
            scope.items = scope.items?.intersection(items) ?? items
        }
        if let company = arguments.text("company") {
            scope.warehouses = try names("Warehouse", where: "company", isOneOf: [Name(company)], in: session)
        }
        if let warehouse = arguments.text("warehouse") {
            let below = try Tree.names("Warehouse", parent: "parent_warehouse", from: warehouse, in: session)
            scope.warehouses = scope.warehouses?.intersection(below) ?? below
        }
        return scope
    }

    /// The documents whose field is one of the values, among those that the actor may read: others are not found by it.
    private static func names(
        _ doctype: String, where column: String, isOneOf values: Set<Name>, in session: Session
    ) throws -> Set<Name> {
        let type = try session.registry.doctype(doctype)
        let readable = session.readCondition(for: type, table: type.table)
        let more = readable.map { " AND \($0.sql)" } ?? ""
        var found: Set<Name> = []
        for chunk in values.sorted().chunks(of: Limits.filterValues) {
            let condition = session.transaction.dialect.isOneOf(column, count: chunk.count)
            try session.transaction.forEach(
                "SELECT name FROM \(quoted(type.table)) WHERE \(condition)\(more)",
                chunk.map(Value.text) + (readable?.arguments ?? []), [.text]
            ) {
                if let name = $0[0].text { found.insert(name) }
            }
        }
        return found
    }

    /// The span of days the filters ask for.
    ///
    /// - Throws: ``Problem`` when it ends before it begins.
    static func span(_ arguments: Arguments, in session: Session) throws -> (first: Day, last: Day) {
        let last = try arguments.day("to_date") ?? session.today
        let first = try arguments.day("from_date") ?? last
        guard first <= last else {
            throw Problem(
                .datesOutOfOrder, "The report ends on \(last), before it begins on \(first)", field: "to_date")
        }
        return (first, last)
    }
}
