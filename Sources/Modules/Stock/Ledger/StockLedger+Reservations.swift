public import Documents
internal import Storage
public import Values

extension StockLedger {
    /// A quantity of an item in a warehouse, in stock unit.
    public typealias Quantity = (item: String, warehouse: String, qty: Exact)

    /// Adds to what customers have ordered and not received: above zero when an order is submitted, below when it is
    /// delivered, closed or cancelled. Nothing else of the bins changes.
    ///
    /// Items that are no stock items and rows without a warehouse are left out.
    public static func reserve(_ changes: [Quantity], in session: Session) throws {
        try change("reserved_qty", changes, in: session)
    }

    /// Adds to what is ordered from suppliers and not received: above zero when an order is submitted, below when it is
    /// received, closed or cancelled.
    ///
    /// Items that are no stock items and rows without a warehouse are left out.
    public static func order(_ changes: [Quantity], in session: Session) throws {
        try change("ordered_qty", changes, in: session)
    }

    /// What of an order's row is waited for, in stock unit: what is left of `qty` times the conversion factor.
    ///
    /// What is kept is the sum of these over all open rows, so that it can be recomputed to the last decimal.
    package static func waiting(qty: Exact, done: Exact, factor: Exact) -> Exact {
        let left = qty - done
        // A row that says no factor is counted in the stock unit.
        return left.isPositive ? (left * (factor.isZero ? 1 : factor)).rounded(StockState.rateDecimals) : 0
    }

    /// Where bins hold something else of `figure`, which is `reserved_qty` or `ordered_qty`, than these quantities of stock
    /// items come to. A sentence each.
    ///
    /// - Throws: ``StorageError``.
    package static func differences(
        in figure: String, from quantities: [Quantity], of what: String, in session: Session
    ) throws -> [String] {
        var open: [Name: (place: String, qty: Exact)] = [:]
        for one in quantities where !one.warehouse.isEmpty {
            open[Bin.name(one.item, one.warehouse), default: ("\(one.item) in \(one.warehouse)", 0)].qty += one.qty
        }
        var found: [String] = []
        try session.transaction.forEach(
            "SELECT item_code, warehouse, \(quoted(figure)) FROM bin ORDER BY item_code, warehouse", [],
            [.text, .text, .decimal(scale: 9)]
        ) { row in
            let (item, warehouse, kept) = (row[0].text ?? "", row[1].text ?? "", row[2].exact ?? 0)
            let real = open.removeValue(forKey: Name(Bin.name(item, warehouse)))?.qty ?? 0
            if kept != real { found.append("\(item) in \(warehouse): the bin has \(figure) \(kept), \(what) \(real)") }
        }
        for (_, one) in open.sorted(by: { $0.key < $1.key }) where !one.qty.isZero {
            found.append("\(one.place): no bin has \(figure), \(what) \(one.qty)")
        }
        return found
    }

    private static func change(_ column: String, _ changes: [Quantity], in session: Session) throws {
        let changes = changes.filter { !$0.warehouse.isEmpty && !$0.qty.isZero }
        let items = try session.facts(of: "Item", Set(changes.map(\.item)), ["is_stock_item", "stock_uom"])
        var totals: [Name: Quantity] = [:]
        for change in changes where items[change.item]?[0].int == 1 {
            let name = Bin.name(change.item, change.warehouse)
            totals[name, default: (change.item, change.warehouse, 0)].qty += change.qty
        }
        try session.move(
            Bin.figures(in: session), adding: [column], initially: ["item_code", "warehouse", "stock_uom"],
            totals.sorted { $0.key < $1.key }.filter { !$0.value.qty.isZero }.map { name, change in
                [
                    .text(name.text), Value(change.qty, scale: 9), .text(change.item), .text(change.warehouse),
                    items[change.item]?[1] ?? .null,
                ]
            })
    }
}
