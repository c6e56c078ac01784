internal import Documents
internal import Reports
internal import Values

/// What each item in each warehouse had at the start of a span of days, what came in and went out, and what it has at
/// the end. Its cost follows the number of items and months, not of movements.
enum StockBalanceReport {
    static let report = Report(
        "Stock Balance", module: "Stock", doctype: StockReports.entry, reading: .permitted,
        filters: [
            .optional("company", .link, "Company", from: StockReports.companyFilter),
            .required("from_date", .date, from: StockReports.dayFilter),
            .required("to_date", .date, from: StockReports.dayFilter),
            .optional("item_group", .link, "Item Group", from: StockReports.groupFilter),
            .optional("item_code", .link, "Item"),
            .optional("warehouse", .link, "Warehouse", from: StockReports.warehouseFilter),
            .optional("include_zero_stock_items", .check, from: .none),
        ], needs: .of(StockReports.entry, "item_code", "warehouse", "posting_date", "actual_qty", "reverses"),
        orderedBy: .of(StockReports.entry, "item_code", "warehouse"),
        summary: "Opening, movements and closing of each item in each warehouse, in quantity and value.", run: run)

    private static let columns: [ReportColumn] = {
        typealias Shared = StockReports
        let qty: ReportSources = .of(Shared.entry, "actual_qty", "posting_date", "reverses")
        let value: ReportSources = .of(
            Shared.entry, "actual_qty", "stock_value_difference", "posting_date", "reverses")
        return [ReportColumn("item_code", .link, label: "Item", options: "Item")] + Shared.itemColumns + [
            ReportColumn("warehouse", .link, options: "Warehouse"), Shared.unitColumn,
            ReportColumn("bal_qty", .float, label: "Balance Qty", from: Shared.balanceQty),
            ReportColumn("bal_val", .currency, label: "Balance Value", from: Shared.balanceValue),
            ReportColumn("opening_qty", .float, from: Shared.balanceQty),
            ReportColumn("opening_val", .currency, label: "Opening Value", from: Shared.balanceValue),
            ReportColumn("in_qty", .float, from: qty),
            ReportColumn("in_val", .currency, label: "In Value", from: value),
            ReportColumn("out_qty", .float, from: qty),
            ReportColumn("out_val", .currency, label: "Out Value", from: value),
            ReportColumn("val_rate", .float, label: "Valuation Rate", from: Shared.balanceRate),
            ReportColumn("reorder_level", .float, from: .of("Item", "reorder_level", namedBy: "item_code")),
            ReportColumn(
                "company", .link, options: "Company", from: .of("Warehouse", "company", namedBy: "warehouse")),
        ]
    }()

    private static func run(_ arguments: Arguments, _ session: Session) throws -> ReportResult {
        let (first, last) = try StockReports.span(arguments, in: session)
        let scope = try StockReports.scope(arguments, in: session)
        let opening = try ReadableStock.balance(on: first.adding(days: -1), scope, in: session)
        let moved = try ReadableStock.turnover(from: first, to: last, scope, in: session)
        let keys = Set(opening.keys).union(moved.keys).sorted()
        let items = try StockReports.facts(of: Set(keys.map(\.item)), in: session)
        let companies = try session.values(of: "Warehouse", Set(keys.map(\.warehouse)), ["company"])
        let showsZero = arguments.flag("include_zero_stock_items") == true
        let type = try session.registry.doctype(StockReports.entry)
        let seesValue = ["stock_value_difference", "stock_value"].allSatisfy {
            session.visibility(of: $0, in: type) == .open
        }
        var rows: [ReportRow] = []
        var total = Exact.zero
        for key in keys {
            let start = opening[key] ?? StockBalances.Amount()
            let turnover = moved[key] ?? StockBalances.Turnover()
            let (incoming, outgoing) = (turnover.incoming, turnover.outgoing)
            let qty = start.qty + incoming.qty - outgoing.qty
            let value = start.value + incoming.value - outgoing.value
            // That a row is there tells nothing of a value that is not shown.
            let isIdle =
                qty.isZero && (value.isZero || !seesValue) && start.qty.isZero && incoming.qty.isZero
                && outgoing.qty.isZero
            if isIdle, !showsZero { continue }
            total += value
            let item = items[key.item] ?? StockReports.ItemFacts()
            let rate = qty.isZero ? 0 : value.divided(by: qty, decimals: StockState.rateDecimals)
            let values: [Value] = [
                .text(key.item), item.name, item.group, .text(key.warehouse), item.unit, quantity(qty), money(value),
                quantity(start.qty), money(start.value), quantity(incoming.qty), money(incoming.value),
                quantity(outgoing.qty), money(outgoing.value), quantity(rate), item.reorderLevel,
                companies[key.warehouse]?[0] ?? .null,
            ]
            rows.append(ReportRow(values))
        }
        return ReportResult(
            columns: columns, rows: rows,
            summary: [ReportFigure("Stock Value", money(total), from: StockReports.balanceValue)])
    }

    private static func quantity(_ number: Exact) -> Value { Value(number, scale: 9) }
    private static func money(_ number: Exact) -> Value { Value(number, scale: 4) }
}
