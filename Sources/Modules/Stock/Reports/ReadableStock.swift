internal import Documents
internal import Storage
internal import Values

/// The stock ledger as far as the session's actor may read it.
///
/// Who may read all of it gets the kept months. For all others the movements they may read are summed up, which costs the
/// number of movements.
enum ReadableStock {
    /// The condition on rows of `stock_ledger_entry`; nil for who may read them all.
    static func condition(in session: Session) throws -> RowCondition? {
        session.readCondition(
            for: try session.registry.doctype("Stock Ledger Entry"), table: "stock_ledger_entry")
    }

    /// What is there at the end of a day.
    static func balance(
        on day: Day, _ scope: StockBalances.Scope, in session: Session
    ) throws -> [StockBalances.Key: StockBalances.Amount] {
        guard let condition = try condition(in: session) else {
            return try StockBalances.balance(on: day, scope, in: session)
        }
        return try turnover(from: nil, to: day, scope, condition, in: session).mapValues {
            StockBalances.Amount(
                qty: $0.incoming.qty - $0.outgoing.qty, value: $0.incoming.value - $0.outgoing.value)
        }
    }

    /// What came in and went out from the first day to the last, both included.
    static func turnover(
        from first: Day, to last: Day, _ scope: StockBalances.Scope, in session: Session
    ) throws -> [StockBalances.Key: StockBalances.Turnover] {
        guard let condition = try condition(in: session) else {
            return try StockBalances.turnover(from: first, to: last, scope, in: session)
        }
        return try turnover(from: first, to: last, scope, condition, in: session)
    }

    private static func turnover(
        from first: Day?, to last: Day, _ scope: StockBalances.Scope, _ condition: RowCondition, in session: Session
    ) throws -> [StockBalances.Key: StockBalances.Turnover] {
        let qty = StockMonths.sides("actual_qty")
        let value = StockMonths.sides("stock_value_difference")
        var conditions = "posting_date <= ? AND \(condition.sql)"
        var arguments: [Value] = [.day(last)] + condition.arguments
        if let first {
            conditions += " AND posting_date >= ?"
            arguments.append(.day(first))
        }
        if let items = scope.items, items.count == 1, let item = items.first {
            conditions += " AND item_code = ?"
            arguments.append(.text(item.text))
        }
        var found: [StockBalances.Key: StockBalances.Turnover] = [:]
        try session.transaction.forEach(
            """
            SELECT item_code, warehouse, SUM(\(qty.incoming)), SUM(\(value.incoming)), SUM(\(qty.outgoing)),
              SUM(\(value.outgoing))
            FROM stock_ledger_entry WHERE \(conditions) GROUP BY item_code, warehouse
            """, arguments,
            [.text, .text, .decimal(scale: 9), .decimal(scale: 4), .decimal(scale: 9), .decimal(scale: 4)]
        ) { row in
            let key = StockBalances.Key(item: row[0].text ?? "", warehouse: row[1].text ?? "")
            guard scope.contains(key) else { return }
            found[key] = StockBalances.Turnover(
                incoming: .init(qty: row[2].exact ?? 0, value: row[3].exact ?? 0),
                outgoing: .init(qty: row[4].exact ?? 0, value: row[5].exact ?? 0))
        }
        return found
    }
}
