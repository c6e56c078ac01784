internal import Documents
internal import Storage
internal import Values

/// Balances of bins at a date, from the kept months and the movements of the month that a date cuts.
enum StockBalances {
    struct Key: Hashable, Comparable {
        let item: String
        let warehouse: String

        /// Whether both are the same bin.
        static func == (l: Key, r: Key) -> Bool { l.item == r.item && l.warehouse == r.warehouse }
        static func < (l: Key, r: Key) -> Bool { (l.item, l.warehouse) < (r.item, r.warehouse) }
    }

    /// Quantity and value.
    struct Amount: Equatable {
        var qty = Exact.zero
        var value = Exact.zero
    }

    /// What came in and went out of a bin in a span of days.
    struct Turnover {
        var incoming = Amount()
        var outgoing = Amount()
    }

    /// Which bins are asked for; nil is all.
    struct Scope {
        var items: Set<Name>?
        var warehouses: Set<Name>?

        /// SQL that narrows a query to the scope, beginning with AND.
        fileprivate func condition(_ session: Session) -> (sql: String, arguments: [Value]) {
            var sql = ""
            var arguments: [Value] = []
            for (column, names) in [("item_code", items), ("warehouse", warehouses)] {
                guard let names else { continue }
                // Many names are compared in memory instead.
                guard names.count <= Limits.filterValues else { continue }
                let sorted = names.sorted()
                sql +=
                    sorted.isEmpty
                    ? " AND 1 = 0" : " AND \(session.transaction.dialect.isOneOf(column, count: sorted.count))"
                arguments += sorted.map(Value.text)
            }
            return (sql, arguments)
        }

        func contains(_ key: Key) -> Bool {
            items?.contains(key.item) ?? true && warehouses?.contains(key.warehouse) ?? true
        }
    }

    /// What came in and went out from the first day to the last, both included; nil has no end.
    static func turnover(
        from first: Day?, to last: Day?, _ scope: Scope, in session: Session
    ) throws -> [Key: Turnover] {
        var found: [Key: Turnover] = [:]
        if let first, let last, last < first { return found }
        // Whole months come from the table that is kept, the days before and after them from the ledger.
        let firstWhole = first.map { $0.day == 1 ? $0.monthIndex : $0.monthIndex + 1 }
        let lastWhole = last.map { $0 == $0.endOfMonth ? $0.monthIndex : $0.monthIndex - 1 }
        if let first, let last, let firstWhole, let lastWhole, firstWhole > lastWhole {
            try addDays(from: first, to: last, scope, &found, in: session)
            return found
        }
        try addMonths(from: firstWhole, to: lastWhole, scope, &found, in: session)
        if let first, first.day != 1 { try addDays(from: first, to: first.endOfMonth, scope, &found, in: session) }
        if let last, last != last.endOfMonth {
            try addDays(from: last.startOfMonth, to: last, scope, &found, in: session)
        }
        return found
    }

    /// What is there at the end of a day; nil is after everything.
    static func balance(on day: Day?, _ scope: Scope, in session: Session) throws -> [Key: Amount] {
        try turnover(from: nil, to: day, scope, in: session).mapValues {
            Amount(qty: $0.incoming.qty - $0.outgoing.qty, value: $0.incoming.value - $0.outgoing.value)
        }
    }

    private static let types: [ColumnType] = [
        .text, .text, .decimal(scale: 9), .decimal(scale: 4), .decimal(scale: 9), .decimal(scale: 4),
    ]

    private static func addMonths(
        from first: Int?, to last: Int?, _ scope: Scope, _ found: inout [Key: Turnover], in session: Session
    ) throws {
        let (condition, names) = scope.condition(session)
        var sql = """
            SELECT item_code, warehouse, SUM(in_qty), SUM(in_value), SUM(out_qty), SUM(out_value)
            FROM _stock_balance WHERE 1 = 1\(condition)
            """
        var arguments = names
        if let first {
            sql += " AND month >= ?"
            arguments.append(.int(Int64(first)))
        }
        if let last {
            sql += " AND month <= ?"
            arguments.append(.int(Int64(last)))
        }
        try add(sql + " GROUP BY item_code, warehouse", arguments, scope, &found, in: session)
    }

    private static func addDays(
        from first: Day, to last: Day, _ scope: Scope, _ found: inout [Key: Turnover], in session: Session
    ) throws {
        let (condition, names) = scope.condition(session)
        let qty = StockMonths.sides("actual_qty")
        let value = StockMonths.sides("stock_value_difference")
        let sql = """
            SELECT item_code, warehouse, SUM(\(qty.incoming)), SUM(\(value.incoming)), SUM(\(qty.outgoing)),
              SUM(\(value.outgoing))
            FROM stock_ledger_entry WHERE posting_date >= ? AND posting_date <= ?\(condition)
            GROUP BY item_code, warehouse
            """
        try add(sql, [.day(first), .day(last)] + names, scope, &found, in: session)
    }

    private static func add(
        _ sql: String, _ arguments: [Value], _ scope: Scope, _ found: inout [Key: Turnover], in session: Session
    ) throws {
        try session.transaction.forEach(sql, arguments, types) { row in
            let key = Key(item: row[0].text ?? "", warehouse: row[1].text ?? "")
            guard scope.contains(key) else { return }
            found[key, default: Turnover()].incoming.qty += row[2].exact ?? 0
            found[key, default: Turnover()].incoming.value += row[3].exact ?? 0
            found[key, default: Turnover()].outgoing.qty += row[4].exact ?? 0
            found[key, default: Turnover()].outgoing.value += row[5].exact ?? 0
        }
    }
}
