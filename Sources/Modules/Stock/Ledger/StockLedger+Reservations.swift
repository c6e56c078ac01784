public import Documents
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
