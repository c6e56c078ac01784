internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// Where an item stands in documents and in the ledger.
enum ItemUse {
    /// Whether the stock ledger has movements of the item.
    static func hasMovements(_ item: String, in session: Session) throws -> Bool {
        try session.transaction.first(
            "SELECT 1 FROM stock_ledger_entry WHERE item_code = ? LIMIT 1", [.text(item)], [.integer]) != nil
    }

    /// A document of trade that is a draft or submitted and has a row of the item; nil when there is none. One statement for
    /// each kind of document.
    static func document(with item: String, in session: Session) throws -> (doctype: String, name: String)? {
        for kind in session.registry.registered(TradeDocument.self) {
            guard let table = session.registry.find(kind.doctype)?.field("items")?.options,
                let rows = session.registry.find(table), rows.field("item_code") != nil
            else { continue }
            let row = try session.transaction.first(
                "SELECT parent FROM \(quoted(rows.table)) WHERE item_code = ? AND docstatus < 2 LIMIT 1", [.text(item)],
                [.text])
            if let row { return (kind.doctype, row[0].description) }
        }
        return nil
    }
}
