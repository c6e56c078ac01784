internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// What the lines of a bill take of the rows of orders or receipts they bill.
///
/// A line bills by quantity, at the rate of the row. Its part is what the quantity billed with it is worth, less what
/// was billed before; the line that bills the last of the quantity takes all that is left. So the parts of a row together
/// are exactly the row's amount, in whatever order lines are made and cancelled.
struct BilledShare {
    /// The DocType of the rows that are billed.
    let target: String
    /// The field of a line that names the document it bills, and the one that names its row.
    let link: String
    let detail: String
    /// The field of a line that keeps its part of the row's `amount`.
    let share: String
    /// Whether lines take exactly what the rows have booked, in `booked_amount`. Orders have booked nothing yet.
    let isBooked: Bool

    /// The rows of purchase orders.
    static let order = BilledShare(
        target: "Purchase Order", link: "purchase_order", detail: "po_detail", share: "order_share", isBooked: false)
    /// The rows of purchase receipts.
    static let receipt = BilledShare(
        target: "Purchase Receipt", link: "purchase_receipt", detail: "pr_detail", share: "receipt_share",
        isBooked: true)

    /// Part of a row: of its amount, and of its net amount in company currency.
    struct Part {
        var amount = Exact.zero
        var base = Exact.zero
    }

    /// The part of each line, by the line's place from 1; lines that bill no such row have none.
    ///
    /// - Throws: ``Problem/Kind/overBilled`` for more than is left of a row or a rate above the row's;
    ///   ``Problem`` where supplier, company, currency, item or unit differ, ``Problem/Kind/brokenLink`` where
    ///   there is no such row.
    func parts(of invoice: Document, in session: Session) throws -> [Int: Part] {
        let lines = invoice.table("items").filter { !$0.text(detail).isEmpty || !$0.text(link).isEmpty }
        guard !lines.isEmpty else { return [:] }
        let company = try Companies.get(invoice.text("company"), in: session)
        let money = try MoneyRules(for: invoice.text("currency"), of: company, in: session)
        let baseMoney = try MoneyRules(of: company, in: session)
        let rows = try session.values(
            of: "\(target) Item", Set(lines.map { $0.text(detail) }),
            ["parent", "item_code", "uom", "qty", "rate", "amount", "base_net_amount"])
        try checkHeads(of: invoice, lines, in: session)
        var billed = try billedBefore(invoice, lines, in: session)
        var parts: [Int: Part] = [:]
        for line in lines {
            guard let row = rows[line.text(detail)], row[0].text == line.text(link) else {
                throw Problem(
                    .brokenLink, "Row \(line.idx): \(target) \(line.text(link)) has no row \(line.text(detail))",
                    field: detail, row: line.idx, fix: "Make the invoice from the \(target).")
            }
            try check(line, against: row)
            let before = billed[line.text(detail)] ?? Before()
            let whole = row[3].exact ?? .zero
            let qty = before.qty + line.exact("qty")
            guard qty <= whole else { throw overBilled(line, left: whole - before.qty) }
            var after = Before(qty: qty, amount: row[5].exact ?? .zero, base: row[6].exact ?? .zero)
            if qty < whole {
                after.amount = money.round((row[4].exact ?? .zero) * qty)
                after.base = baseMoney.round((after.base * qty) / whole)
            }
            billed[line.text(detail)] = after
            let base =
                isBooked
                ? after.base - before.base : baseMoney.round(((row[6].exact ?? .zero) * line.exact("qty")) / whole)
            parts[line.idx] = Part(amount: after.amount - before.amount, base: base)
        }
        return parts
    }

    /// Sets the quantities of a new invoice to what submitted bills have left of the rows it is made from, and drops
    /// rows of which nothing is left.
    ///
    /// - Throws: ``Problem/Kind/nothingLeft``.
    func setWhatIsLeft(of source: Document, in invoice: Document, in session: Session) throws {
        let lines = invoice.table("items")
        let billed = try billedBefore(invoice, lines, in: session)
        let whole = Dictionary(
            source.table("items").map { (Name($0.name), $0.exact("qty")) }, uniquingKeysWith: { first, _ in first })
        for line in lines {
            let row = line.text(detail)
            line.set("qty", (whole[row] ?? .zero) - (billed[row]?.qty ?? .zero))
        }
        let left = lines.filter { $0.exact("qty").isPositive }
        guard !left.isEmpty else {
            throw Problem(.nothingLeft, "Nothing is left of \(target) \(source.name) to bill").about(source)
        }
        invoice.setTable("items", left)
    }

    /// What bills have taken of a row.
    private struct Before {
        var qty = Exact.zero
        var amount = Exact.zero
        var base = Exact.zero
    }

    /// What submitted bills other than this have taken of the rows.
    private func billedBefore(
        _ invoice: Document, _ lines: [Document], in session: Session
    ) throws -> [Name: Before] {
        var found: [Name: Before] = [:]
        let names = Set<Name>(lines.map { $0.text(detail) }).sorted()
        for chunk in names.chunks(of: Limits.filterValues) {
            let condition = session.transaction.dialect.isOneOf(detail, count: chunk.count)
            let sql = """
                SELECT \(detail), SUM(qty), SUM(\(share)), SUM(booked_amount) FROM purchase_invoice_item
                WHERE \(condition) AND docstatus = 1 AND parent <> ? GROUP BY \(detail)
                """
            try session.transaction.forEach(
                sql, chunk.map(Value.text) + [.text(invoice.name)],
                [.text, .decimal(scale: 9), .decimal(scale: 4), .decimal(scale: 4)]
            ) { row in
                found[row[0].text ?? ""] = Before(
                    qty: row[1].exact ?? .zero, amount: row[2].exact ?? .zero, base: row[3].exact ?? .zero)
            }
        }
        return found
    }

    /// A bill goes to the supplier, company and currency of what it bills.
    private func checkHeads(of invoice: Document, _ lines: [Document], in session: Session) throws {
        let fields = ["supplier", "company", "currency"]
        let heads = try session.values(of: target, Set(lines.map { $0.text(link) }), fields)
        for line in lines {
            guard let head = heads[line.text(link)] else { continue }
            for (index, field) in fields.enumerated() where head[index].text != invoice.text(field) {
                throw Problem(
                    .differsFromSource,
                    "Row \(line.idx): \(target) \(line.text(link)) has the \(field) \(head[index]), the invoice \(invoice.text(field))",
                    field: link, row: line.idx)
            }
        }
    }

    private func check(_ line: Document, against row: [Value]) throws {
        for (field, value) in [("item_code", row[1]), ("uom", row[2])] where line[field] != value && !value.isEmpty {
            throw Problem(
                .differsFromSource,
                "Row \(line.idx): \(target) \(line.text(link)) has \(value) there, not \(line[field])",
                field: field, row: line.idx)
        }
        let rate = row[4].exact ?? .zero
        guard line.exact("rate") > rate else { return }
        throw Problem(
            .overBilled,
            "Row \(line.idx): \(line.text("item_code")) is billed at \(line.exact("rate")), above the rate \(rate) of \(target) \(line.text(link))",
            field: "rate", row: line.idx, fix: "Have the supplier correct the bill, or amend the \(target).")
    }

    private func overBilled(_ line: Document, left: Exact) -> Problem {
        Problem(
            .overBilled,
            "Row \(line.idx): \(line.exact("qty")) of \(line.text("item_code")) are billed, but only \(left) of \(target) \(line.text(link)) are left",
            field: "qty", row: line.idx, fix: "Bill \(left) at most.")
    }
}
