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

    private static func run(_ arguments: Arguments, _ session: Session) throws -> ReportResult {
        let (first, last) = try StockReports.span(arguments, in: session)
        let scope = try StockReports.scope(arguments, in: session)
        var balances = try ReadableStock.balance(on: first.adding(days: -1), scope, in: session)
        let entries = try read(from: first, to: last, arguments, scope, in: session)
        let items = try StockReports.facts(of: Set(entries.map(\.key.item)), in: session)
        let voucher = arguments.text("voucher_no")
        let showsCancelled = arguments.flag("show_cancelled_entries") == true
        var rows: [ReportRow] = []
        for entry in entries {
            var balance = balances[entry.key] ?? StockBalances.Amount()
            balance.qty += entry.qty
            balance.value += entry.value
            balances[entry.key] = balance
            if entry.isCancelled, !showsCancelled { continue }
            if let voucher, entry.voucherNo.text != voucher { continue }
            guard rows.count < Limits.listRows else {
                throw Problem(
                    .tooMany, "The report has more than \(Limits.listRows) rows", field: "from_date",
                    fix: "Choose fewer days, or an item or warehouse.")
            }
            let item = items[entry.key.item] ?? StockReports.ItemFacts()
            let rate =
                balance.qty.isZero ? 0 : balance.value.divided(by: balance.qty, decimals: StockState.rateDecimals)
            let values: [Value] = [
                entry.moment, .text(entry.key.item), item.name, item.group, item.unit,
                Value(entry.qty.isPositive ? entry.qty : 0, scale: 9),
                Value(entry.qty.isPositive ? 0 : entry.qty, scale: 9), Value(balance.qty, scale: 9),
                .text(entry.key.warehouse), entry.incomingRate, Value(rate, scale: 9), Value(balance.value, scale: 4),
                Value(entry.value, scale: 4), entry.voucherType, entry.voucherNo, entry.company,
            ]
            rows.append(ReportRow(values))
        }
        return ReportResult(columns: columns, rows: rows)
    }

    private struct Entry {
        let key: StockBalances.Key
        let moment: Value
        let qty: Exact
        let value: Exact
        let incomingRate: Value
        let voucherType: Value
        let voucherNo: Value
        let company: Value
        let isCancelled: Bool
    }

    private static func read(
        from first: Day, to last: Day, _ arguments: Arguments, _ scope: StockBalances.Scope, in session: Session
    ) throws -> [Entry] {
        // An item alone is found by its index; all else by the days.
        var sql = """
            SELECT item_code, warehouse, posting_datetime, actual_qty, stock_value_difference, incoming_rate,
              voucher_type, voucher_no, company,
              CASE WHEN reverses IS NOT NULL OR name IN (SELECT reverses FROM stock_ledger_entry) THEN 1 ELSE 0 END
            FROM stock_ledger_entry WHERE posting_date >= ? AND posting_date <= ?
            """
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
        sql += " ORDER BY posting_datetime, name"
        var entries: [Entry] = []
        try session.transaction.forEach(
            sql, values,
            [
                .text, .text, .timestamp, .decimal(scale: 9), .decimal(scale: 4), .decimal(scale: 9), .text, .text,
                .text, .integer,
            ]
        ) { row in
            let key = StockBalances.Key(item: row[0].text ?? "", warehouse: row[1].text ?? "")
            guard scope.contains(key) else { return }
            entries.append(
                Entry(
                    key: key, moment: row[2], qty: row[3].exact ?? 0, value: row[4].exact ?? 0, incomingRate: row[5],
                    voucherType: row[6], voucherNo: row[7], company: row[8], isCancelled: row[9].int == 1))
        }
        return entries
    }
}
