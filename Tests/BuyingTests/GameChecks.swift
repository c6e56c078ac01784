import Documents
import Storage
import TestSupport
import Values

/// What must be true after every step.
extension Game {
    func check(everything: Bool) throws {
        let session = trading.session(on: day.description, transaction)
        try checkLedger()
        try checkShelves()
        try checkInvoices()
        try checkAccounts(session)
        try checkOrders()
        guard everything else { return }
        for check in trading.registry.checks {
            let differences = try check.run(session)
            guard differences.isEmpty else { throw Wrong("\(check.name): \(differences)") }
        }
    }

    /// All is balanced: the whole, each voucher, and what is kept with what it is kept of.
    private func checkLedger() throws {
        let uneven = try transaction.query(
            "SELECT voucher_no FROM gl_entry GROUP BY voucher_type, voucher_no HAVING SUM(debit) <> SUM(credit)", [],
            [.text])
        guard uneven.isEmpty else { throw Wrong("not balanced: \(uneven)") }
        let sums = try balances("SELECT account, SUM(debit), SUM(credit) FROM gl_entry GROUP BY account")
        let kept = try balances("SELECT account, SUM(debit), SUM(credit) FROM _account_balance GROUP BY account")
        guard sums == kept else { throw Wrong("the ledger comes to \(sums), the kept balances to \(kept)") }
        guard sums.values.sum().isZero else { throw Wrong("the ledger comes to \(sums.values.sum())") }
    }

    private func balances(_ sql: String) throws -> [String: Exact] {
        var balances: [String: Exact] = [:]
        try transaction.forEach(sql, [], [.text, .decimal(scale: 4), .decimal(scale: 4)]) { row in
            balances[row[0].text ?? ""] = (row[1].exact ?? .zero) - (row[2].exact ?? .zero)
        }
        return balances
    }

    /// Every bin holds what the paper says, waits for what the paper says, and no other does.
    private func checkShelves() throws {
        let reserved = paper.waiting(.order)
        let ordered = paper.waiting(.purchaseOrder)
        var seen: Set<Shelves.Place> = []
        let sql = "SELECT item_code, warehouse, actual_qty, stock_value, reserved_qty, ordered_qty FROM bin"
        try transaction.forEach(
            sql, [], [.text, .text, .decimal(scale: 9), .decimal(scale: 4), .decimal(scale: 9), .decimal(scale: 9)]
        ) { row in
            let place = Shelves.Place(item: row[0].text ?? "", warehouse: row[1].text ?? "")
            seen.insert(place)
            let shelf = paper.shelves.shelves[place] ?? Shelves.Shelf()
            let expected = [shelf.qty, shelf.value, reserved[place] ?? .zero, ordered[place] ?? .zero]
            let found = row.dropFirst(2).map { $0.exact ?? .zero }
            guard found == expected else {
                throw Wrong("\(place): quantity, value, reserved, ordered are \(found), on paper \(expected)")
            }
        }
        for (place, shelf) in paper.shelves.shelves where !seen.contains(place) && !shelf.qty.isZero {
            throw Wrong("there is no bin of \(place)")
        }
    }

    private func checkInvoices() throws {
        for kind in [Voucher.Kind.invoice, .bill] {
            let table = kind == .invoice ? "sales_invoice" : "purchase_invoice"
            var found: [String: Exact] = [:]
            try transaction.forEach(
                "SELECT name, outstanding_amount, status FROM \(table) WHERE docstatus = 1", [],
                [.text, .decimal(scale: 4), .text]
            ) { row in
                found[row[0].text ?? ""] = row[1].exact
                guard (row[2].text == "Paid") == (row[1].exact?.isZero == true) else {
                    throw Wrong("\(row[0]) has \(row[1]) outstanding and is \(row[2])")
                }
            }
            var expected: [String: Exact] = [:]
            for invoice in paper.live(kind) { expected[invoice.name] = paper.outstanding(invoice) }
            guard found == expected else { throw Wrong("outstanding of \(table): \(found), on paper \(expected)") }
        }
    }

    /// Stock, debtors, creditors and what was received but not billed come to what the documents say.
    private func checkAccounts(_ session: Session) throws {
        let receivables = paper.live(.invoice).sum { paper.outstanding($0) }
        let payables = paper.live(.bill).sum { paper.outstanding($0) }
        let expected: [(String, Exact)] = [
            ("default_inventory_account", paper.shelves.value), ("default_receivable_account", receivables),
            ("default_payable_account", -payables),
        ]
        for (account, amount) in expected {
            let found = try session.balance(default: account)
            guard found == amount else { throw Wrong("\(account) is \(found), on paper \(amount)") }
        }
        // Parts of a line are rounded to cents, so that the account may be off by one for each until all is billed.
        let received = paper.live(.receipt).flatMap(\.lines).filter(\.isStock).sum { $0.amount }
        let bills = paper.live(.bill).flatMap(\.lines).filter(\.isStock)
        let billed = bills.sum { line in
            ((line.source ?? line.order)?.line.rate ?? line.rate) * line.qty
        }
        let found = try session.balance(default: "stock_received_but_not_billed")
        let slack = Exact(units: Int64(bills.count), scale: 2)
        guard (found - billed + received).magnitude <= slack else {
            throw Wrong("received but not billed is \(found), on paper \(billed - received)")
        }
    }

    /// Percentages and statuses of orders, deliveries and receipts.
    private func checkOrders() throws {
        try checkProgress(.order, "sales_order", ["per_delivered", "per_billed"]) { order in
            let delivered = paper.percent(order, of: \.qty) { paper.moved($0) }
            let billed = paper.percent(order, of: \.amount) { place in
                let amount = paper.billedAmount(place)
                return amount.isPositive && amount + Paper.tolerance >= place.line.amount ? place.line.amount : amount
            }
            return [delivered, billed]
        }
        try checkProgress(.purchaseOrder, "purchase_order", ["per_received", "per_billed"]) { order in
            [paper.percent(order, of: \.qty) { paper.moved($0) }, billedShare(order)]
        }
        try checkProgress(.receipt, "purchase_receipt", ["per_billed"]) { [billedShare($0)] }
        let states: [String: String] = try transaction.query(
            "SELECT name, status, per_delivered, per_billed FROM sales_order WHERE docstatus = 1", [],
            [.text, .text, .decimal(scale: 9), .decimal(scale: 9)]
        ).reduce(into: [:]) { states, row in
            let status =
                switch (row[2].exact ?? .zero >= 100, row[3].exact ?? .zero >= 100) {
                case (true, true): "Completed"
                case (true, false): "To Bill"
                case (false, true): "To Deliver"
                case (false, false): "To Deliver and Bill"
                }
            if row[1].text != status { states[row[0].text ?? ""] = row[1].text }
        }
        let closed = Set(paper.live(.order).filter(\.isClosed).map(\.name))
        guard Set(states.keys).isSubset(of: closed), states.values.allSatisfy({ $0 == "Closed" }) else {
            throw Wrong("statuses are \(states)")
        }
    }

    /// What of an order or receipt is billed by quantity, in percent of its amount.
    private func billedShare(_ voucher: Voucher) -> Exact {
        paper.percent(voucher, of: \.amount) { place in
            let qty = paper.billedQty(place)
            let amount = (place.line.rate * qty).rounded(2)
            let isFull = qty == place.line.qty || amount.isPositive && amount + Paper.tolerance >= place.line.amount
            return isFull && qty.isPositive ? place.line.amount : amount
        }
    }

    private func checkProgress(
        _ kind: Voucher.Kind, _ table: String, _ fields: [String], _ expected: (Voucher) -> [Exact]
    ) throws {
        var found: [String: [Exact]] = [:]
        let types: [ColumnType] = [.text] + fields.map { _ in .decimal(scale: 9) }
        try transaction.forEach(
            "SELECT name, \(fields.joined(separator: ", ")) FROM \(table) WHERE docstatus = 1", [], types
        ) { row in found[row[0].text ?? ""] = row.dropFirst().map { $0.exact ?? .zero } }
        for voucher in paper.live(kind) {
            let percents = expected(voucher)
            let amount = voucher.lines.sum { $0.amount }
            // Cents of parts that were rounded each, as a percentage; near the whole they decide whether it is reached.
            let slack =
                amount.isZero
                ? Exact(100)
                : Exact(units: 1, scale: 6) + Exact(voucher.lines.count * 6).divided(by: amount, decimals: 9)
            let isClose = zip(found[voucher.name] ?? [], percents).allSatisfy { ($0 - $1).magnitude <= slack }
            guard isClose, found[voucher.name]?.count == percents.count else {
                throw Wrong("\(fields) of \(voucher.name) are \(found[voucher.name] ?? []), on paper \(percents)")
            }
        }
    }

    /// What a `make_…` method proposes is what the paper says is left.
    func checkProposal(_ kind: Voucher.Kind, from: Voucher) throws {
        let methods: [[Voucher.Kind]: String] = [
            [.order, .delivery]: Make.delivery, [.order, .invoice]: Make.invoice,
            [.delivery, .invoice]: Make.invoiceFromDelivery, [.purchaseOrder, .receipt]: Make.receipt,
            [.purchaseOrder, .bill]: Make.bill, [.receipt, .bill]: Make.billFromReceipt,
        ]
        guard let method = methods[[from.kind, kind]] else { return }
        let session = trading.session(on: day.description, transaction)
        let left: [Exact] = paper.places(from).map { place in
            switch kind {
            case .bill: place.line.qty - paper.billedQty(place)
            case .invoice: place.line.amount - paper.billedAmount(place)
            default: place.line.qty - paper.moved(place)
            }
        }
        let proposal: Document
        do {
            proposal = try session.proposed(method, kind.rawValue, from: from.name)
        } catch let problem as Problem {
            let isEmpty = left.allSatisfy { $0 <= (kind == .invoice ? Paper.tolerance : .zero) }
            guard !from.isLive || from.isClosed || isEmpty else { throw Wrong("\(method): \(problem.message)") }
            return
        }
        guard from.isLive, !from.isClosed else { throw Wrong("\(method) of \(from.name) should be refused") }
        let detail =
            [
                Make.invoiceFromDelivery: "dn_detail", Make.billFromReceipt: "pr_detail", Make.bill: "po_detail",
                Make.receipt: "purchase_order_item",
            ][method] ?? "so_detail"
        for (place, left) in zip(paper.places(from), left) {
            let row = proposal.table("items").first { $0.text(detail) == place.line.row }
            let found = row.map { kind == .invoice ? $0.exact("rate") * $0.exact("qty") : $0.exact("qty") } ?? .zero
            let slack = kind == .invoice ? Paper.tolerance : .zero
            guard (found - left).magnitude <= slack else {
                throw Wrong(
                    "\(method) of \(from.name) proposes \(found) of \(place.line.item), on paper \(left) are left")
            }
        }
    }

    func checkNothingIsLeft() throws {
        // Transfers to and fro can hold each other, when what they moved was taken back in between.
        let live = paper.vouchers.filter(\.isLive)
        guard live.isEmpty || live.contains(where: { $0.lines.contains { $0.uom == "Transfer" } }) else {
            throw Wrong("not all could be cancelled: \(live.map(\.name))")
        }
        guard live.isEmpty else { return }
        let left = try balances("SELECT account, SUM(debit), SUM(credit) FROM gl_entry GROUP BY account")
            .filter { !$0.value.isZero }
        guard left.isEmpty else { throw Wrong("when all is cancelled, \(left) is left") }
        let bins = try transaction.query(
            """
            SELECT name FROM bin
            WHERE actual_qty <> 0 OR stock_value <> 0 OR reserved_qty <> 0 OR ordered_qty <> 0
            """, [], [.text])
        guard bins.isEmpty else { throw Wrong("when all is cancelled, \(bins) are not empty") }
    }
}
