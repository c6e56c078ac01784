internal import Accounting
public import Documents
internal import Storage
internal import Values

/// Brings bins and monthly balances along when an item or a warehouse is renamed or merged.
enum StockRenaming {
    static let all = [
        Renaming("Item") { rename, session in try move("item_code", rename, session) },
        Renaming("Warehouse") { rename, session in try move("warehouse", rename, session) },
    ]

    private static func move(_ column: String, _ rename: Rename, _ session: Session) throws {
        if rename.merges { try refuseIfBothMoved(column, rename, session) }
        try moveBins(column, rename, session)
        try moveMonths(column, rename, session)
    }

    /// The running balances of one bin cannot be those of two.
    private static func refuseIfBothMoved(_ column: String, _ rename: Rename, _ session: Session) throws {
        let other = column == "item_code" ? "warehouse" : "item_code"
        let both = try session.transaction.first(
            """
            SELECT o.\(other) FROM bin o JOIN bin n ON n.\(other) = o.\(other)
            WHERE o.\(column) = ? AND n.\(column) = ? AND o.entries > 0 AND n.entries > 0 ORDER BY 1 LIMIT 1
            """, [.text(rename.old), .text(rename.new)], [.text])
        guard let both else { return }
        throw Problem(
            .notMergeable,
            "\(rename.old) and \(rename.new) both have stock movements: \(both[0])",
            fix: "Move the stock over with a stock entry and disable \(rename.old).")
    }

    /// Bins get the new name; two of the same place become one, of which at most one has movements.
    private static func moveBins(_ column: String, _ rename: Rename, _ session: Session) throws {
        let type = try session.registry.doctype("Bin")
        let columns = type.allColumns.filter { $0.expression == nil }.map(\.name)
        let isItem = column == "item_code"
        let sources = columns.map { name -> String in
            switch name {
            case "name" where isItem: return "CAST(? AS TEXT) || warehouse"
            case "name": return "substr(name, 1, length(name) - length(CAST(? AS TEXT))) || CAST(? AS TEXT)"
            case column: return "CAST(? AS TEXT)"
            default: return quoted(name)
            }
        }
        // The arguments in the order of the columns: the name's first.
        var arguments: [Value] =
            isItem ? [.text(Bin.name(rename.new, ""))] : [.text(rename.old), .text(rename.new)]
        arguments += [.text(rename.new), .text(rename.old)]
        let sums = ["actual_qty", "reserved_qty", "ordered_qty", "stock_value", "entries"]
            .map { "\($0) = bin.\($0) + excluded.\($0)" }
        let names: [Value] = [.text(rename.old), .text(rename.new)]
        try session.change(Bin.figures(in: session), where: column, isOneOf: names) {
            try session.transaction.execute(
                """
                INSERT INTO bin (\(columns.map(quoted).joined(separator: ",")))
                SELECT \(sources.joined(separator: ",")) FROM bin WHERE \(column) = ?
                ON CONFLICT (name) DO UPDATE SET \(sums.joined(separator: ", ")),
                valuation_rate = CASE WHEN excluded.entries > 0 THEN excluded.valuation_rate ELSE bin.valuation_rate END,
                last_posting_date = COALESCE(excluded.last_posting_date, bin.last_posting_date)
                """, arguments)
            try session.transaction.execute("DELETE FROM bin WHERE \(column) = ?", [.text(rename.old)])
        }
    }

    private static func moveMonths(_ column: String, _ rename: Rename, _ session: Session) throws {
        let names = StockMonths.table.columns.map(\.name)
        let sources = names.map { $0 == column ? "CAST(? AS TEXT)" : quoted($0) }
        let sums = ["in_qty", "in_value", "out_qty", "out_value"].map {
            "\($0) = _stock_balance.\($0) + excluded.\($0)"
        }
        let both: [Value] = [.text(rename.old), .text(rename.new)]
        try session.change(StockMonths.figures, where: column, isOneOf: both) {
            try session.transaction.execute(
                """
                INSERT INTO _stock_balance (\(names.map(quoted).joined(separator: ",")))
                SELECT \(sources.joined(separator: ",")) FROM _stock_balance WHERE \(column) = ?
                ON CONFLICT (item_code, warehouse, month) DO UPDATE SET \(sums.joined(separator: ", "))
                """, [.text(rename.new), .text(rename.old)])
            try session.transaction.execute("DELETE FROM _stock_balance WHERE \(column) = ?", [.text(rename.old)])
        }
    }
}

extension Item {
    /// Items that are counted in the same unit are merged.
    public static func beforeRename(_ item: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        if rename.merges {
            try CompanyNames.requireSame(
                ["stock_uom", "is_stock_item"], of: item.document, and: rename.new, in: session)
        }
        return rename.new
    }
}

extension Warehouse {
    /// Warehouses whose stock stands on the same account are merged; a new name ends with the company's abbreviation.
    public static func beforeRename(_ warehouse: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        if rename.merges {
            try CompanyNames.requireSame(
                ["company", "is_group", "account", "parent_warehouse"], of: warehouse.document, and: rename.new,
                in: session)
            return rename.new
        }
        return try CompanyNames.complete(rename.new, company: warehouse.company, in: session)
    }

    /// The name without the abbreviation is the warehouse's own.
    public static func afterRename(_ warehouse: Doc<Self>, _ rename: Rename, in session: Session) throws {
        if !rename.merges { try CompanyNames.setTitle("warehouse_name", of: warehouse.document, in: session) }
    }
}
