internal import Accounting
public import Documents
package import Stock
internal import Storage
package import Values

/// What sales orders and purchase orders have in common.
package enum Orders {
    /// Gives rows the order's day, and an order without one the last day of its rows. `field` names both.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` when neither says when; ``Problem`` for a day before the order's.
    package static func setDays(of order: Document, _ field: String, _ label: String) throws {
        let rows = order.table("items")
        if order.day(field) == nil { order.set(field, rows.compactMap { $0.day(field) }.max()) }
        guard let day = order.day(field) else {
            throw Problem(.mandatory, "\(label) is missing", field: field, fix: "Give \(field).")
        }
        for row in rows {
            if row.day(field) == nil { row.set(field, day) }
            guard let own = row.day(field), let ordered = order.day("transaction_date"), own < ordered else { continue }
            throw Problem(
                .datesOutOfOrder, "Row \(row.idx): \(own) is before the order's date \(ordered)", field: field,
                row: row.idx)
        }
    }

    /// Refuses rows of stock items that do not say which warehouse.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` that names the row.
    package static func requireWarehouses(of order: Document, in session: Session) throws {
        let rows = order.table("items").filter { $0["warehouse"].isEmpty }
        guard !rows.isEmpty else { return }
        let items = try session.facts(of: "Item", Set(rows.map { $0.text("item_code") }), ["is_stock_item"])
        for row in rows where items[row.text("item_code")]?[0].int == 1 {
            throw Problem(
                .mandatory, "Row \(row.idx): Warehouse is missing for \(row.text("item_code"))", field: "warehouse",
                row: row.idx, fix: "Give warehouse, or set_warehouse of the order.")
        }
    }

    /// What of an order's rows stock still waits for, in stock unit, times `sign`. `done` is the field that holds how
    /// much came or went already.
    package static func waiting(_ order: Document, done: String, sign: Exact) -> [StockLedger.Quantity] {
        order.table("items").compactMap { row in
            let qty = StockLedger.waiting(
                qty: row.exact("qty"), done: row.exact(done), factor: row.exact("conversion_factor"))
            guard !qty.isZero else { return nil }
            return (row.text("item_code"), row.text("warehouse"), sign * qty)
        }
    }

    /// What `doctor` recomputes: bins hold as `figure` what the open orders of a DocType wait for.
    package static func check(_ doctype: String, done: String, keptAs figure: String) -> Registry.Check {
        Registry.Check("\(figure) of bins") { session in
            let (orders, rows) = (
                try session.registry.doctype(doctype), try session.registry.doctype("\(doctype) Item")
            )
            let qty = ColumnType.decimal(scale: 9)
            var open: [StockLedger.Quantity] = []
            try session.transaction.forEach(
                """
                SELECT r.item_code, r.warehouse, r.qty, r.\(quoted(done)), r.conversion_factor
                FROM \(quoted(rows.table)) r JOIN \(quoted(orders.table)) o ON o.name = r.parent
                JOIN item i ON i.name = r.item_code
                WHERE o.docstatus = 1 AND o.status <> 'Closed' AND i.is_stock_item = 1 AND r.warehouse IS NOT NULL
                """, [], [.text, .text, qty, qty, qty]
            ) { row in
                let waiting = StockLedger.waiting(
                    qty: row[2].exact ?? 0, done: row[3].exact ?? 0, factor: row[4].exact ?? 0)
                open.append((row[0].text ?? "", row[1].text ?? "", waiting))
            }
            return try StockLedger.differences(
                in: figure, from: open, of: "the open documents of \(doctype) wait for", in: session)
        }
    }

    /// How much of an order's row is not billed, told by what of its amount is not.
    ///
    /// The billed quantity is the one with the fewest decimals whose amount is what was billed, so that rounding leaves
    /// no crumbs. A row without a rate counts as not billed.
    package static func unbilledQuantity(_ row: Document) -> Exact {
        let (qty, rate, billed) = (row.exact("qty"), row.exact("rate"), row.exact("billed_amt"))
        guard !billed.isZero, rate.isPositive else { return qty }
        guard billed < row.exact("amount") else { return .zero }
        for decimals in 0...9 {
            let part = billed.divided(by: rate, decimals: decimals)
            if (part * rate).rounded(2) == billed { return qty - part }
        }
        return qty - billed.divided(by: rate, decimals: 9)
    }

    /// Refuses to cancel an order of which something was delivered, received or billed, and one that is closed.
    ///
    /// `figures` are the fields of its rows that tell, each with the word for what happened.
    ///
    /// - Throws: ``Problem/Kind/linked``, ``Problem/Kind/orderNotOpen``.
    package static func refuseCancel(_ order: Document, _ figures: [(field: String, word: String)]) throws {
        let name = "\(order.doctype.name) \(order.name)"
        if order.storedValue("status").text == "Closed" {
            throw Problem(
                .orderNotOpen, "\(name) is closed and cannot be cancelled", field: "status", fix: "Re-open it first.")
        }
        for (field, word) in figures {
            guard let row = order.table("items").first(where: { !$0.exact(field).isZero }) else { continue }
            throw Problem(
                .linked, "\(name) cannot be cancelled: \(row.text("item_code")) of row \(row.idx) is \(word) already",
                field: field, row: row.idx, fix: "Cancel the documents that were made from the order first.")
        }
    }

    /// The method that closes an order, holds it or opens it again. Its arguments are `status` and `name`.
    ///
    /// `Closed` ends an order that will not be finished, `On Hold` halts it; `Draft`, as clients of Frappe say, or
    /// `Re-open` takes either back. `changed` is called with the order, and tells stock that an order waits no longer,
    /// or waits again.
    package static func statusMethod(
        _ dotted: String, _ doctype: String,
        changed: @escaping @Sendable (_ order: Document, _ isOpen: Bool, Session) throws -> Void
    ) -> Method {
        Method(
            dotted, writes: true,
            parameters: [
                .required("status", "Closed, On Hold, or Draft to open it again"),
                .required("name", "The order", of: .doctype(doctype)),
            ],
            summary: "Closes a \(doctype), puts it on hold or opens it again."
        ) { arguments, session in
            let order = try session.get(doctype, try arguments.required("name"))
            try session.require(.submit, order.doctype, order)
            guard order.docstatus == .submitted else {
                throw Problem(
                    .transition, "\(doctype) \(order.name) is \(order.docstatus.word), not submitted",
                    field: "docstatus")
            }
            let wasOpen = order.text("status") != "Closed"
            switch try arguments.required("status") {
            case "Closed": order.set("status", "Closed")
            case "On Hold":
                try guardHold(order)
                order.set("status", "On Hold")
            case "Draft", "Re-open", "Resume":
                order["status"] = .null
                Trade.setStatus(order, in: session)
            case let other:
                throw Problem(
                    .notAnOption, "An order cannot be made \(other)", field: "status",
                    fix: "Use Closed, On Hold, or Draft to open it again.")
            }
            let isOpen = order.text("status") != "Closed"
            try session.saveDerived([order])
            if wasOpen != isOpen { try changed(order, isOpen, session) }
            return JSON(order["status"])
        }
    }

    private static func guardHold(_ order: Document) throws {
        guard order.text("status") != "Closed" else {
            throw Problem(
                .orderNotOpen, "\(order.doctype.name) \(order.name) is closed", field: "status",
                fix: "Re-open it first.")
        }
    }
}

extension Problem.Kind {
    /// An order that is closed or on hold is delivered, received, billed or cancelled.
    public static let orderNotOpen = Self("order_not_open", exception: "InvalidStatusError")
}

extension Problem.Kind {
    /// Parts that do not come to the whole.
    package static let partsNotWhole = Self("parts_not_whole")
    /// An offer that is no longer valid.
    package static let expired = Self("expired")
}
