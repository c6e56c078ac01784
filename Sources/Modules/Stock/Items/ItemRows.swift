internal import Accounting
package import Documents
internal import Storage
package import Values

/// What holds for the rows of every document about items, and what they take over from the items.
package enum ItemRows {
    /// Refuses items that are disabled, at the end of their life or not meant to be sold or bought; fills what the rows in
    /// `items` leave empty: `uom`, `conversion_factor` and, of documents with `set_warehouse`, the warehouse, from there or
    /// from the defaults of the item in the document's company; refuses fractions of units that are counted in whole numbers.
    ///
    /// One statement, and one for each of conversion factors, units and defaults that are needed.
    static let rule = TradeRule { document, kind, session in
        let rows = document.table("items")
        guard rows.first?.has("item_code") == true else { return }
        let items = try facts(of: rows, in: session)
        let day = document.day(kind.day) ?? session.today
        for row in rows { try check(row, items, kind.deed, on: day) }
        try convert(rows, items, in: session)
        try checkWhole(rows, items, in: session)
        if document.has("set_warehouse") { try fillWarehouses(of: document, items, in: session) }
    }

    /// The names of those rows' items whose stock is kept.
    package static func stockItems(of rows: [Document], in session: Session) throws -> Set<Name> {
        let facts = try session.facts(of: "Item", Set(rows.map { $0.text("item_code") }), ["is_stock_item"])
        return Set(facts.filter { $0.value[0].int == 1 }.keys)
    }

    // MARK: - Items

    private struct Facts {
        let unit: String
        let isStockItem: Bool
        let isDisabled: Bool
        let endOfLife: Day?
        let isSold: Bool
        let isBought: Bool
    }

    private static func facts(of rows: [Document], in session: Session) throws -> [Name: Facts] {
        try session.facts(
            of: "Item", Set(rows.map { $0.text("item_code") }),
            ["stock_uom", "is_stock_item", "disabled", "end_of_life", "is_sales_item", "is_purchase_item"]
        ).mapValues { values in
            Facts(
                unit: values[0].text ?? "", isStockItem: values[1].int == 1, isDisabled: values[2].int == 1,
                endOfLife: values[3].day, isSold: values[4].int == 1, isBought: values[5].int == 1)
        }
    }

    private static func check(
        _ row: Document, _ items: [Name: Facts], _ deed: TradeDocument.Deed, on day: Day
    ) throws {
        guard let item = items[row.text("item_code")] else { return }
        let complaint: ProblemText? =
            if item.isDisabled {
                "is disabled"
            } else if let end = item.endOfLife, end <= day {
                "reached the end of its life on \(end)"
            } else if deed == .sells, !item.isSold {
                "is not to be sold"
            } else if deed == .buys, !item.isBought {
                "is not to be bought"
            } else {
                nil
            }
        guard let complaint else { return }
        throw Problem(
            .unusableItem, "Row \(row.idx): Item \(row.text("item_code")) \(complaint)", field: "item_code",
            row: row.idx, fix: "Choose another item, or change this one.")
    }

    /// Gives rows of stock items without a warehouse the one of the head or of the item.
    private static func fillWarehouses(
        of document: Document, _ items: [Name: Facts], in session: Session
    ) throws {
        let needy = document.table("items").filter {
            $0.text("warehouse").isEmpty && items[$0.text("item_code")]?.isStockItem == true
        }
        guard !needy.isEmpty else { return }
        let head = document.text("set_warehouse")
        let defaults =
            head.isEmpty
            ? try ItemDefaults(
                of: Set(needy.map { $0.text("item_code") }), company: document.text("company"), in: session)
            : nil
        for row in needy { row.set("warehouse", defaults?[row.text("item_code")].warehouse ?? head) }
    }

    // MARK: - Units

    /// Refuses fractions of units that are counted in whole numbers, of the row's unit and of the stock unit. No statement
    /// where all quantities are whole.
    private static func checkWhole(_ rows: [Document], _ items: [Name: Facts], in session: Session) throws {
        typealias Broken = (row: Document, unit: String, qty: Exact)
        let broken: [Broken] = rows.flatMap { row -> [Broken] in
            let stock = (row.exact("qty") * row.exact("conversion_factor")).rounded(StockState.rateDecimals)
            return [
                (row, row.text("uom"), row.exact("qty")), (row, items[row.text("item_code")]?.unit ?? "", stock),
            ].filter { !$0.unit.isEmpty && $0.qty.wholeNumber == nil }
        }
        let units = try session.values(of: "UOM", Set(broken.map(\.unit)), ["must_be_whole_number"])
        guard let (row, unit, qty) = broken.first(where: { units[$0.unit]?[0].int == 1 }) else { return }
        throw Problem(
            .fractionOfUnit,
            "Row \(row.idx): the quantity \(qty) \(unit) of \(row.text("item_code")) must be a whole number",
            field: "qty", row: row.idx, fix: "\(unit) is counted in whole numbers.")
    }

    /// Sets unit and conversion factor of rows that do not say, and refuses units that the item does not have.
    private static func convert(_ rows: [Document], _ items: [Name: Facts], in session: Session) throws {
        var open: [Document] = []
        for row in rows {
            guard let unit = items[row.text("item_code")]?.unit else { continue }
            guard !row.exact("conversion_factor").isNegative else {
                throw Problem(
                    .negative, "Row \(row.idx): the conversion factor of \(row.text("uom")) must be above 0",
                    field: "conversion_factor", row: row.idx)
            }
            if row.text("uom").isEmpty { row.set("uom", unit) }
            if row.text("uom") == unit {
                row.set("conversion_factor", Exact.one)
            } else if row.exact("conversion_factor").isZero {
                open.append(row)
            }
        }
        guard !open.isEmpty else { return }
        let names = Set(open.map { $0.text("item_code") }).sorted()
        var factors: [Name: [Name: Exact]] = [:]
        for chunk in names.chunks(of: Limits.filterValues) {
            let condition = session.transaction.dialect.isOneOf("parent", count: chunk.count)
            try session.transaction.forEach(
                """
                SELECT parent, uom, conversion_factor FROM uom_conversion_detail
                WHERE \(condition) AND parenttype = 'Item'
                """, chunk.map(Value.text), [.text, .text, .decimal(scale: 9)]
            ) { row in
                factors[row[0].text ?? "", default: [:]][row[1].text ?? ""] = row[2].exact
            }
        }
        for row in open {
            let (item, unit) = (row.text("item_code"), row.text("uom"))
            guard let factor = factors[item]?[unit] else {
                throw Problem(
                    .noConversion, "Row \(row.idx): \(item) has no conversion factor for \(unit)",
                    field: "conversion_factor",
                    row: row.idx, fix: "Give conversion_factor, or add \(unit) to the item's units.")
            }
            row.set("conversion_factor", factor)
        }
    }
}

extension Problem.Kind {
    /// A fraction of a unit that is counted in whole numbers.
    package static let fractionOfUnit = Self("fraction_of_unit", exception: "UOMMustBeIntegerError")
    /// A unit that an item is not counted in.
    package static let noConversion = Self("no_conversion_factor")
    /// An item that is disabled, at its end of life, or not meant to be sold or bought.
    package static let unusableItem = Self("unusable_item")
}
