package import Documents
internal import Storage
package import Values

/// What the rows of every document about items take over from the items.
package enum ItemRows {
    /// Fills what the rows in `items` leave empty: `uom` and `conversion_factor`, and with `field` the warehouse, from
    /// the head's `defaultWarehouse` or the defaults of the item in the document's company.
    ///
    /// Two statements, and one for each of conversion factors and defaults that are needed.
    ///
    /// - Throws: ``Problem/Kind/invalid`` for a unit the item has no conversion factor for;
    ///   ``Problem/Kind/fractionOfUnit``.
    package static func complete(
        _ document: Document, warehouse field: String? = nil, defaultWarehouse: String = "", in session: Session
    ) throws {
        let rows = document.table("items")
        let facts = try session.values(
            of: "Item", Set(rows.map { $0.text("item_code") }), ["stock_uom", "is_stock_item"])
        try convert(rows, units: facts.compactMapValues { $0[0].text }, in: session)
        try checkWhole(rows, in: session)
        guard let field else { return }
        let needy = rows.filter { $0.text(field).isEmpty && facts[$0.text("item_code")]?[1].int == 1 }
        guard !needy.isEmpty else { return }
        let defaults =
            defaultWarehouse.isEmpty
            ? try ItemDefaults(
                of: Set(needy.map { $0.text("item_code") }), company: document.text("company"), in: session)
            : nil
        for row in needy { row.set(field, defaults?[row.text("item_code")].warehouse ?? defaultWarehouse) }
    }

    /// The names of those rows' items whose stock is kept.
    package static func stockItems(of rows: [Document], in session: Session) throws -> Set<Name> {
        let facts = try session.values(of: "Item", Set(rows.map { $0.text("item_code") }), ["is_stock_item"])
        return Set(facts.filter { $0.value[0].int == 1 }.keys)
    }

    /// Refuses fractions of units that are counted in whole numbers. No statement where all quantities are whole.
    private static func checkWhole(_ rows: [Document], in session: Session) throws {
        let broken = rows.filter { $0.exact("qty").wholeNumber == nil && !$0.text("uom").isEmpty }
        let units = try session.values(of: "UOM", Set(broken.map { $0.text("uom") }), ["must_be_whole_number"])
        guard let row = broken.first(where: { units[$0.text("uom")]?[0].int == 1 }) else { return }
        throw Problem(
            .fractionOfUnit,
            "Row \(row.idx): the quantity \(row["qty"]) of \(row.text("item_code")) must be a whole number",
            field: "qty", row: row.idx, fix: "\(row.text("uom")) is counted in whole numbers.")
    }

    private static func convert(_ rows: [Document], units: [Name: String], in session: Session) throws {
        var open: [Document] = []
        for row in rows {
            guard let unit = units[row.text("item_code")] else { continue }
            if row.text("uom").isEmpty { row.set("uom", unit) }
            if row.text("uom") == unit {
                row.set("conversion_factor", Exact.one)
            } else if row.exact("conversion_factor").isZero {
                open.append(row)
            }
        }
        guard !open.isEmpty else { return }
        let items = Set<Name>(open.map { $0.text("item_code") }).sorted()
        var factors: [Name: [Name: Exact]] = [:]
        for chunk in items.chunked(Limits.filterValues) {
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
                    .invalid, "Row \(row.idx): \(item) has no conversion factor for \(unit)",
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
}
