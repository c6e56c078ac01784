internal import Documents
internal import Reports
internal import Values

/// What each item in each warehouse had at the start of a span of days, what came in and went out, and what it has at
/// the end. Its cost follows the number of items and months, not of movements.
enum StockBalanceReport {
    static let report = Report(
        "Stock Balance", module: "Stock", doctype: "Stock Ledger Entry",
        filters: [
            .optional("company", .link, "Company"), .required("from_date", .date), .required("to_date", .date),
            .optional("item_group", .link, "Item Group"), .optional("item_code", .link, "Item"),
            .optional("warehouse", .link, "Warehouse"), .optional("include_zero_stock_items", .check),
        ], summary: "Opening, movements and closing of each item in each warehouse, in quantity and value.", run: run)

    private static let columns = [
        ReportColumn("item_code", .link, label: "Item", options: "Item"), ReportColumn("item_name", .data),
        ReportColumn("item_group", .link, options: "Item Group"),
        ReportColumn("warehouse", .link, options: "Warehouse"),
        ReportColumn("stock_uom", .link, label: "Stock UOM", options: "UOM"),
        ReportColumn("bal_qty", .float, label: "Balance Qty"),
        ReportColumn("bal_val", .currency, label: "Balance Value"),
        ReportColumn("opening_qty", .float), ReportColumn("opening_val", .currency, label: "Opening Value"),
        ReportColumn("in_qty", .float), ReportColumn("in_val", .currency, label: "In Value"),
        ReportColumn("out_qty", .float), ReportColumn("out_val", .currency, label: "Out Value"),
        ReportColumn("val_rate", .float, label: "Valuation Rate"), ReportColumn("reorder_level", .float),
        ReportColumn("company", .link, options: "Company"),
    ]

    private static func run(_ arguments: Arguments, _ session: Session) throws -> ReportResult {
        let (first, last) = try StockReports.span(arguments, in: session)
        let scope = try StockReports.scope(arguments, in: session)
        let opening = try StockBalances.balance(on: first.adding(days: -1), scope, in: session)
        let moved = try StockBalances.turnover(from: first, to: last, scope, in: session)
        let keys = Set(opening.keys).union(moved.keys).sorted()
        let items = try StockReports.facts(of: Set(keys.map(\.item)), in: session)
        let companies = try session.values(of: "Warehouse", Set(keys.map(\.warehouse)), ["company"])
        let showsZero = arguments.flag("include_zero_stock_items") == true
        var rows: [[Value]] = []
        var total = Exact.zero
        for key in keys {
            let start = opening[key] ?? StockBalances.Amount()
            let turnover = moved[key] ?? StockBalances.Turnover()
            let (incoming, outgoing) = (turnover.incoming, turnover.outgoing)
            let qty = start.qty + incoming.qty - outgoing.qty
            let value = start.value + incoming.value - outgoing.value
            let isIdle = qty.isZero && value.isZero && start.qty.isZero && incoming.qty.isZero && outgoing.qty.isZero
            if isIdle, !showsZero { continue }
            total += value
            let item = items[key.item] ?? StockReports.ItemFacts()
            let rate = qty.isZero ? 0 : value.divided(by: qty, decimals: StockState.rateDecimals)
            rows.append([
                .text(key.item), item.name, item.group, .text(key.warehouse), item.unit, quantity(qty), money(value),
                quantity(start.qty), money(start.value), quantity(incoming.qty), money(incoming.value),
                quantity(outgoing.qty), money(outgoing.value), quantity(rate), item.reorderLevel,
                companies[key.warehouse]?[0] ?? .null,
            ])
        }
        return ReportResult(columns: columns, rows: rows, summary: [("Stock Value", money(total))])
    }

    private static func quantity(_ number: Exact) -> Value { Value(number, scale: 9) }
    private static func money(_ number: Exact) -> Value { Value(number, scale: 4) }
}
