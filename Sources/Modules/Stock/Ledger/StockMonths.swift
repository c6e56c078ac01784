internal import Documents
internal import Storage
internal import Values

/// What came in and went out of each bin in each month, kept by everything that posts, so that a balance at a date
/// costs the number of bins and months, not of movements.
///
/// A reversal counts against the side its movement was on. `month` is ``Day/monthIndex``.
enum StockMonths {
    static let table = TableSchema(
        "_stock_balance",
        columns: [
            .init("item_code", .text, required: true), .init("warehouse", .text, required: true),
            .init("month", .integer, required: true), .init("in_qty", .decimal(scale: 9), required: true),
            .init("in_value", .decimal(scale: 4), required: true),
            .init("out_qty", .decimal(scale: 9), required: true),
            .init("out_value", .decimal(scale: 4), required: true),
        ], primaryKey: ["item_code", "warehouse", "month"])

    /// SQL for what a ledger row adds to each side: in and out, of a column that is negative for what goes out.
    static func sides(_ column: String) -> (incoming: String, outgoing: String) {
        let isIncoming = "(actual_qty > 0 AND reverses IS NULL OR actual_qty < 0 AND reverses IS NOT NULL)"
        return (
            "CASE WHEN \(isIncoming) THEN \(column) ELSE 0 END", "CASE WHEN \(isIncoming) THEN 0 ELSE -\(column) END"
        )
    }

    /// What movements of one bin in one month add.
    struct Change {
        var inQty: Exact = 0
        var inValue: Exact = 0
        var outQty: Exact = 0
        var outValue: Exact = 0

        mutating func add(qty: Exact, value: Exact, isReversal: Bool) {
            if qty.isPositive != isReversal {
                inQty += qty
                inValue += value
            } else {
                outQty -= qty
                outValue -= value
            }
        }
    }

    static let figures = Figures(of: "Stock Ledger Entry", table)

    /// Moves the balances of one month.
    static func add(
        _ changes: [(item: String, warehouse: String, change: Change)], month: Int, in session: Session
    ) throws {
        try session.move(
            figures, adding: ["in_qty", "in_value", "out_qty", "out_value"],
            changes.map { item, warehouse, change in
                [
                    .text(item), .text(warehouse), .int(Int64(month)), Value(change.inQty, scale: 9),
                    Value(change.inValue, scale: 4), Value(change.outQty, scale: 9), Value(change.outValue, scale: 4),
                ]
            })
    }
}
