public import Documents
internal import Storage
public import Values

extension StockLedger {
    /// A quantity of an item in a warehouse, in stock unit.
    public typealias Plan = (item: String, warehouse: String, qty: Exact)

    /// Adds to what customers have ordered and not received: above zero when an order is submitted, below when it is
    /// delivered, closed or cancelled. Nothing else of the bins changes.
    ///
    /// Items that are no stock items and rows without a warehouse are left out.
    public static func reserve(_ changes: [Plan], in session: Session) throws {
        try plan("reserved_qty", changes, in: session)
    }

    /// Adds to what is ordered from suppliers and not received: above zero when an order is submitted, below when it is
    /// received, closed or cancelled.
    ///
    /// Items that are no stock items and rows without a warehouse are left out.
    public static func order(_ changes: [Plan], in session: Session) throws {
        try plan("ordered_qty", changes, in: session)
    }

    private static func plan(_ column: String, _ changes: [Plan], in session: Session) throws {
        let changes = changes.filter { !$0.warehouse.isEmpty && !$0.qty.isZero }
        let items = try session.values(of: "Item", Set(changes.map(\.item)), ["is_stock_item", "stock_uom"])
        var totals: [String: Plan] = [:]
        for change in changes where items[change.item]?[0].int == 1 {
            let name = Bin.name(change.item, change.warehouse)
            totals[name, default: (change.item, change.warehouse, 0)].qty += change.qty
        }
        let sql = """
            INSERT INTO bin (name, owner, creation, modified, modified_by, docstatus, idx, item_code, warehouse,
              stock_uom, \(column))
            VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET
              modified = excluded.modified, modified_by = excluded.modified_by,
              \(column) = bin.\(column) + excluded.\(column)
            """
        let user = Value.text(session.actor.user)
        let now = Value.timestamp(session.now)
        for (name, change) in totals.sorted(by: { $0.key < $1.key }) where !change.qty.isZero {
            let qty = Value(change.qty, scale: 9)
            guard qty != .outOfRange else {
                throw Problem(.outOfRange, "The quantity of \(change.item) is larger than can be held", field: "qty")
            }
            try session.transaction.execute(
                sql,
                [
                    .text(name), user, now, now, user, .text(change.item), .text(change.warehouse),
                    items[change.item]?[1] ?? .null, qty,
                ])
        }
    }
}
