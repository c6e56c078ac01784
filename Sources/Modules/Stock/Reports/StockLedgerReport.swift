internal import Documents
internal import Reports
internal import Storage
internal import Values

/// The movements of a span of days by date, with the running quantity and value of each item in each warehouse.
///
/// Balances run by date here, whatever the order in which the movements were posted.
enum StockLedgerReport {
    static let report = Report(
        "Stock Ledger", module: "Stock", doctype: StockReports.entry, reading: .permitted,
        filters: [
            .required("company", .link, "Company", from: StockReports.companyFilter),
            .required("from_date", .date, from: StockReports.dayFilter),
            .required("to_date", .date, from: StockReports.dayFilter),
            .optional("warehouse", .link, "Warehouse", from: StockReports.warehouseFilter),
            .optional("item_code", .link, "Item"),
            .optional("item_group", .link, "Item Group", from: StockReports.groupFilter),
            .optional("voucher_no", .data), .optional("show_cancelled_entries", .check, from: .none),
        ], needs: .of(StockReports.entry, "posting_date", "reverses", "is_cancelled"),
        orderedBy: .of(StockReports.entry, "posting_datetime", "name"),
        summary: "The movements of stock by date, with running balances.", run: run)

    private static let columns: [ReportColumn] = {
        typealias Shared = StockReports
        // What runs by date tells the order of the dates.
        let order: ReportSources = .of(Shared.entry, "posting_datetime", "name")
        return [
            ReportColumn(
                "date", .datetime, from: .of(Shared.entry, "posting_datetime", "posting_date", "posting_time")),
            ReportColumn("item_code", .link, label: "Item", options: "Item"),
        ] + Shared.itemColumns + [
            Shared.unitColumn, ReportColumn("in_qty", .float, from: .of(Shared.entry, "actual_qty")),
            ReportColumn("out_qty", .float, from: .of(Shared.entry, "actual_qty")),
            ReportColumn(
                "qty_after_transaction", .float, label: "Balance Qty", from: Shared.balanceQty + order),
            ReportColumn("warehouse", .link, options: "Warehouse"), ReportColumn("incoming_rate", .float),
            ReportColumn("valuation_rate", .float, from: Shared.balanceRate + order),
            ReportColumn("stock_value", .currency, label: "Balance Value", from: Shared.balanceValue + order),
            ReportColumn("stock_value_difference", .currency, label: "Value Change"),
            ReportColumn("voucher_type", .data),
            ReportColumn("voucher_no", .dynamicLink, options: "voucher_type"),
            ReportColumn("company", .link, options: "Company"),
        ]
    }()

    private static func run(_ arguments: Arguments, _ session: Session) throws -> ReportRun {
        let (first, last) = try StockReports.span(arguments, in: session)
        let scope = try StockReports.scope(arguments, in: session)
        let opening = try ReadableStock.balance(on: first.adding(days: -1), scope, in: session)
        let (condition, values) = try condition(from: first, to: last, arguments, in: session)
        let items = try StockReports.facts(of: items(where: condition, values, in: session), in: session)
        let voucher = arguments.text("voucher_no")
        let showsCancelled = arguments.flag("show_cancelled_entries") == true
        let sql = """
            SELECT posting_datetime, item_code, warehouse, actual_qty, stock_value_difference, incoming_rate,
              voucher_type, voucher_no, company,
              CASE WHEN reverses IS NOT NULL OR name IN (SELECT reverses FROM stock_ledger_entry) THEN 1 ELSE 0 END
            FROM stock_ledger_entry WHERE \(condition) ORDER BY posting_datetime, name
            """
        return ReportRun(columns: columns) { _, each in
            var balances = opening
            try session.transaction.forEach(sql, values, types) { row in
                let key = StockBalances.Key(item: row[1].text ?? "", warehouse: row[2].text ?? "")
                guard scope.contains(key) else { return }
                let (qty, value) = (row[3].exact ?? 0, row[4].exact ?? 0)
                var balance = balances[key] ?? StockBalances.Amount()
                balance.qty += qty
                balance.value += value
                balances[key] = balance
                if row[9].int == 1, !showsCancelled { return }
                if let voucher, row[7] != .text(voucher) { return }
                let item = items[key.item] ?? StockReports.ItemFacts()
                let rate =
                    balance.qty.isZero ? 0 : balance.value.divided(by: balance.qty, decimals: StockState.rateDecimals)
                try each(
                    ReportRow([
                        row[0], row[1], item.name, item.group, item.unit, Value(qty.isPositive ? qty : 0, scale: 9),
                        Value(qty.isPositive ? 0 : qty, scale: 9), Value(balance.qty, scale: 9), row[2], row[5],
                        Value(rate, scale: 9), Value(balance.value, scale: 4), Value(value, scale: 4), row[6], row[7],
                        row[8],
                    ]))
            }
            return ReportRun.End()
        }
    }

    private static let types: [ColumnType] = [
        .timestamp, .text, .text, .decimal(scale: 9), .decimal(scale: 4), .decimal(scale: 9), .text, .text, .text,
        .integer,
    ]

    /// Which entries the report reads. An item alone is found by its index; all else by the days.
    private static func condition(
        from first: Day, to last: Day, _ arguments: Arguments, in session: Session
    ) throws -> (sql: String, values: [Value]) {
        var sql = "posting_date >= ? AND posting_date <= ?"
        var values: [Value] = [.day(first), .day(last)]
        if let item = arguments.text("item_code") {
            sql += " AND item_code = ?"
            values.append(.text(item))
        }
        if let company = arguments.text("company") {
            sql += " AND company = ?"
            values.append(.text(company))
        }
        if let condition = try ReadableStock.condition(in: session) {
            sql += " AND \(condition.sql)"
            values += condition.arguments
        }
        return (sql, values)
    }

    /// The items that the entries are of.
    private static func items(where condition: String, _ values: [Value], in session: Session) throws -> Set<Name> {
        var items: Set<Name> = []
        try session.transaction.forEach(
            "SELECT DISTINCT item_code FROM stock_ledger_entry WHERE \(condition)", values, [.text]
        ) { items.insert($0[0].text ?? "") }
        return items
    }
}
