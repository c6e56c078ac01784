internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// What Stock Entry, Delivery Note and Purchase Receipt have in common.
enum StockVouchers {
    /// Gives a voucher that does not say when the session's day and time.
    static func setMoment(_ document: Document, in session: Session) {
        if document.day("posting_date") == nil { document.set("posting_date", session.today) }
        if document["posting_time"].time == nil { document["posting_time"] = .time(session.wallClock.time) }
    }

    /// When the voucher posts.
    static func moment(of document: Document, in session: Session) -> (day: Day, time: TimeOfDay) {
        (document.day("posting_date") ?? session.today, document["posting_time"].time ?? .midnight)
    }

    /// Refuses to delete a voucher that stands in a ledger, cancelled or not.
    static func refuseDeletion(of document: Document, in session: Session) throws {
        let row = try session.transaction.first(
            "SELECT 1 FROM stock_ledger_entry WHERE voucher_no = ? AND voucher_type = ? LIMIT 1",
            [.text(document.name), .text(document.doctype.name)], [.integer])
        guard row == nil else {
            throw Problem(
                .linked, "\(document.doctype.name) \(document.name) has stock movements and stays",
                fix: "Cancelled documents are kept; amend it instead.")
        }
        try GeneralLedger.refuseDeletion(of: document, in: session)
    }

    /// Refuses rows of nothing, and rows of stock items that do not say which warehouse.
    static func checkRows(_ rows: [Document], stockItems: Set<Name>) throws {
        for row in rows {
            guard row.exact("qty").isPositive else {
                throw Problem(
                    .outOfBounds, "Row \(row.idx): the quantity of \(row.text("item_code")) must be above 0",
                    field: "qty",
                    row: row.idx)
            }
            if stockItems.contains(row.text("item_code")), row.text("warehouse").isEmpty {
                throw Problem(
                    .mandatory, "Row \(row.idx): Warehouse of \(row.text("item_code")) is missing", field: "warehouse",
                    row: row.idx, fix: "Give warehouse, or a default warehouse in the item.")
            }
        }
    }

    /// The quantity of a row in stock unit.
    static func stockQty(_ row: Document) -> Exact {
        let qty = row.exact("stock_qty")
        guard qty.isZero else { return qty }
        let factor = row.exact("conversion_factor")
        return (row.exact("qty") * (factor.isZero ? 1 : factor)).rounded(StockState.rateDecimals)
    }

    /// What of a row is not billed, told by what of its amount is not.
    ///
    /// The billed quantity is the one with the fewest decimals whose amount is what was billed, so that rounding of
    /// amounts leaves no crumbs: 0.33 of 3 at 0.333 each are 1 billed, and 2 left.
    static func unbilledQty(_ row: Document) -> Exact {
        let (qty, rate, billed) = (row.exact("qty"), row.exact("rate"), row.exact("billed_amt"))
        guard !billed.isZero, !rate.isZero else { return qty }
        if billed >= row.exact("amount") { return 0 }
        for decimals in 0..<StockState.rateDecimals {
            let part = billed.divided(by: rate, decimals: decimals)
            if (part * rate).rounded(2) == billed.rounded(2) { return qty - part }
        }
        return qty - billed.divided(by: rate, decimals: StockState.rateDecimals)
    }

    /// What the rows of a voucher do to what is reserved or ordered: each row that names a row of an order changes what
    /// that row waits for, in its warehouse; `done` is the field that holds how much of it came or went before. Orders that
    /// are closed wait for nothing, so they change nothing; a voucher that would submit against one is refused.
    ///
    /// - Throws: ``Problem/Kind/transition`` for an order that is closed or on hold.
    static func ordered(
        of document: Document, order: String, link: String, detail: String, done: String, negative: Bool,
        in session: Session
    ) throws -> [StockLedger.Quantity] {
        let rows = document.table("items").filter { !$0.text(detail).isEmpty && !$0.text(link).isEmpty }
        guard !rows.isEmpty, session.registry.find(order) != nil, session.registry.find("\(order) Item") != nil else {
            return []
        }
        let orders = try session.values(of: order, Set(rows.map { $0.text(link) }), ["status"])
        let lines = try session.values(
            of: "\(order) Item", Set(rows.map { $0.text(detail) }),
            ["item_code", "warehouse", "qty", done, "conversion_factor"])
        var known: [Name: Exact] = [:]
        var ordered: [StockLedger.Quantity] = []
        for row in rows {
            let status = orders[row.text(link)]?[0].text ?? ""
            if status == "Closed" || status == "On Hold", !negative {
                throw Problem(
                    .transition,
                    "Row \(row.idx): \(order) \(row.text(link)) is \(status == "Closed" ? "closed" : "on hold")",
                    field: link, row: row.idx, fix: "Re-open the order first.")
            }
            if status == "Closed" { continue }
            // A row that is not there is refused by what moves the order's own figures.
            guard let line = lines[row.text(detail)] else { continue }
            let (whole, factor) = (line[2].exact ?? 0, line[4].exact ?? 0)
            let before = known[row.text(detail)] ?? line[3].exact ?? 0
            let after = negative ? before - row.exact("qty") : before + row.exact("qty")
            known[row.text(detail)] = after
            let change =
                StockLedger.waiting(qty: whole, done: after, factor: factor)
                - StockLedger.waiting(qty: whole, done: before, factor: factor)
            ordered.append((line[0].text ?? "", line[1].text ?? "", change))
        }
        return ordered
    }
}

extension Problem.Kind {
    /// More is delivered than was ordered.
    static let overDelivered = Self("over_delivered", exception: "OverAllowanceError")
    /// More is received than was ordered.
    static let overReceived = Self("over_received", exception: "OverAllowanceError")
}
