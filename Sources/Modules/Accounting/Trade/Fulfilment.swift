public import Documents
internal import Values

/// How rows of one document move figures of the rows of another that they name, declared as data.
///
/// A Delivery Note moves what of a Sales Order has been delivered:
/// `Fulfilment(link: "against_sales_order", row: "so_detail", to: "Sales Order", adds: "qty", into: "delivered_qty",
/// of: "qty", percent: "per_delivered", exceeds: .overDelivered)`
public struct Fulfilment: Sendable {
    let link: String
    let row: String
    let target: String
    let adds: String
    let into: String
    let of: String
    let percent: String
    let problem: Problem.Kind

    /// Rows whose `link` names a document of `target` and whose `row` names one of its `items` add their figure `adds` to
    /// that row's `into`, which may not pass its `of`. The document's `percent` says how much of all rows is done.
    ///
    /// Figures of money may pass by up to 5 cents, since the parts of an amount are rounded each, but by no more than a
    /// quarter of the whole, so that an amount of a few cents is not done twice.
    public init(
        link: String, row: String, to target: String, adds: String, into: String, of: String, percent: String,
        exceeds problem: Problem.Kind
    ) {
        self.link = link
        self.row = row
        self.target = target
        self.adds = adds
        self.into = into
        self.of = of
        self.percent = percent
        self.problem = problem
    }

    /// Adds (on submit) or takes away (on cancel, `negative`) the figures of the document's rows, and recomputes the
    /// percentages and statuses of the targets. One read and one write pass for each target DocType.
    ///
    /// - Throws: the declared problem when a row would get more than it has; ``Problem/Kind/brokenLink`` when the target
    ///   is not there, not submitted, or of another company or party.
    public static func apply(_ moves: [Fulfilment], of document: Document, negative: Bool, in session: Session) throws {
        let items = document.table("items")
        var targets: [String] = []
        for move in moves where !targets.contains(move.target) { targets.append(move.target) }
        for target in targets {
            let moves = moves.filter { $0.target == target }
            var names: [String] = []
            for move in moves {
                for item in items where !item.text(move.row).isEmpty {
                    let name = item.text(move.link)
                    if !name.isEmpty, !names.contains(name) { names.append(name) }
                }
            }
            guard !names.isEmpty else { continue }
            let documents = try session.privileged { try session.getMany(target, names) }
            var byName: [Name: Document] = [:]
            var rows: [Name: Document] = [:]
            for one in documents {
                byName[one.name] = one
                for row in one.table("items") { rows[row.name] = row }
            }
            for move in moves {
                try move.move(items, of: document, targets: byName, rows: rows, negative: negative)
                for one in documents { move.setPercent(of: one) }
            }
            for one in documents { Trade.setStatus(one, in: session) }
            try session.saveDerived(documents)
        }
    }

    private func move(
        _ items: [Document], of document: Document, targets: [Name: Document], rows: [Name: Document],
        negative: Bool
    ) throws {
        for item in items {
            let name = item.text(link)
            let rowName = item.text(row)
            guard !name.isEmpty, !rowName.isEmpty else { continue }
            guard let one = targets[name], let goal = rows[rowName], goal.parent == name else {
                throw Problem(
                    .brokenLink, "Row \(item.idx): \(target) \(name) has no such row", field: row, row: item.idx)
            }
            if !negative { try check(one, item, document) }
            let amount = item.exact(adds)
            let done = goal.exact(into) + (negative ? -amount : amount)
            guard negative || done <= goal.exact(of) + tolerance(goal) else {
                throw Problem(
                    problem,
                    "Row \(item.idx): of row \(goal.idx) of \(target) \(name) only \(goal.exact(of) - goal.exact(into)) is left, not \(amount)",
                    field: adds, row: item.idx, fix: "Take at most what is left.")
            }
            goal.set(into, done)
        }
    }

    private func check(_ one: Document, _ item: Document, _ document: Document) throws {
        guard one.docstatus == .submitted else {
            throw Problem(
                .brokenLink, "Row \(item.idx): \(target) \(one.name) is \(one.docstatus.word)", field: link,
                row: item.idx,
                fix: "Submit it first.")
        }
        if ["Closed", "On Hold", "Lost"].contains(one.text("status")) {
            throw Problem(
                .notOpen, "Row \(item.idx): \(target) \(one.name) is \(one.text("status"))", field: link, row: item.idx,
                fix: "Open it again first.")
        }
        let isMoney = item.doctype.field(adds)?.type == .currency
        for field in ["company", "customer", "supplier", "currency"] where one.has(field) && document.has(field) {
            if field == "currency", !isMoney { continue }
            guard one[field] == document[field] else {
                throw Problem(
                    .brokenLink,
                    "Row \(item.idx): \(target) \(one.name) is for \(one.text(field)), not \(document.text(field))",
                    field: link, row: item.idx)
            }
        }
    }

    /// How far a figure may be from the whole and still count as it.
    private func tolerance(_ row: Document) -> Exact {
        guard row.doctype.field(into)?.type == .currency else { return .zero }
        return min(Exact(units: 5, scale: 2), row.exact(of) * Exact(units: 25, scale: 2))
    }

    private func setPercent(of document: Document) {
        guard document.has(percent) else { return }
        var whole = Exact.zero
        var done = Exact.zero
        for row in document.table("items") {
            let all = row.exact(of)
            let part = row.exact(into)
            let isFull = part.isPositive && part + tolerance(row) >= all
            whole += all
            done += isFull ? all : part
        }
        document.set(percent, whole.isZero ? .hundred : done * .hundred / whole)
    }
}
