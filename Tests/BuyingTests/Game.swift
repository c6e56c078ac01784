import Documents
import Storage
import TestSupport
import Testing
import Values

/// Plays random business on a company and on paper alike.
struct Game {
    struct Wrong: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    let trading: Trading
    let transaction: any Transaction
    var dice: Dice
    var paper = Paper()
    var day = Day("1996-02-01") ?? .earliest
    /// What is being done, for the message.
    var action = ""
    private var attempts = 0
    /// Whether each step is rehearsed before, and held against what it then does to every table.
    var checksEffects = false
    var refused = 0
    /// The kinds of problems that illegal steps were refused with.
    var refusedBy: [String: Int] = [:]
    let bank: String
    let expenses: String
    let receivable: String
    let payable: String

    init(_ trading: Trading, seed: UInt64, _ transaction: any Transaction) {
        self.trading = trading
        self.transaction = transaction
        dice = Dice(seed: seed)
        let company = try? trading.session(on: "1996-02-01", transaction).get("Company", Trading.name)
        bank = company?.text("default_bank_account") ?? ""
        expenses = company?.text("default_expense_account") ?? ""
        receivable = company?.text("default_receivable_account") ?? ""
        payable = company?.text("default_payable_account") ?? ""
    }

    // MARK: - Steps

    mutating func play() throws {
        if dice.isOne(of: 4) { day = day.adding(days: dice.roll(1...3)) }
        switch dice.roll(1...28) {
        case 1, 2: try submit(.order, orderLines())
        case 3...5: try follow(.delivery, from: .order)
        case 6, 7: try follow(.invoice, from: dice.one([.order, .delivery]))
        case 8...10: try pay()
        case 11, 12: try submit(.purchaseOrder, orderLines())
        case 13, 14: try follow(.receipt, from: .purchaseOrder)
        case 15...17: try follow(.bill, from: dice.one([.purchaseOrder, .receipt, .receipt]))
        case 18...21: try moveStock()
        case 22: try journal()
        case 23: try closeOrOpen()
        case 24: try amendOne()
        case 25: try regret()
        default: try cancelOne()
        }
    }

    private mutating func orderLines() -> [Voucher.Line] {
        (0..<dice.roll(1...3)).map { _ in
            let item = dice.one(["Chai", "Chai", "Tofu", "Tofu", "Ikura", "Advice"])
            return Voucher.Line(
                item: item, warehouse: dice.one([Trading.stores, Trading.stores, Trading.shop]), qty: dice.qty(),
                rate: dice.rate(), uom: item == "Chai" && dice.isOne(of: 3) ? "Box" : "Nos")
        }
    }

    /// A voucher for part of the lines of an earlier one, or for all, sometimes for too much.
    private mutating func follow(_ kind: Voucher.Kind, from source: Voucher.Kind) throws {
        let sources = paper.vouchers.filter { $0.kind == source && ($0.isLive || dice.isOne(of: 20)) }
        guard let from = dice.pick(sources.suffix(8)) else { return }
        if dice.isOne(of: 3) { try checkProposal(kind, from: from) }
        var lines: [Voucher.Line] = []
        for place in paper.places(from) where !dice.isOne(of: 4) {
            let goal = place.line
            let done: Exact =
                switch kind {
                case .invoice: paper.lines(.invoice, for: place).sum { $0.qty }
                case .bill: paper.billedQty(place)
                default: paper.moved(place)
                }
            guard goal.qty > done || dice.isOne(of: 6) else { continue }
            var line = goal
            line.qty = dice.part(of: goal.qty > done ? goal.qty - done : goal.qty)
            if kind == .delivery, dice.isOne(of: 6) { line.warehouse = Paper.other(line.warehouse) }
            if kind == .bill, dice.isOne(of: 6) {
                line.rate = line.rate - dice.one([Exact(units: 1, scale: 2), Exact(units: -1, scale: 2)])
            }
            let isFromOrder = source == .order || source == .purchaseOrder
            line.order = isFromOrder ? place : goal.order
            line.source = isFromOrder ? nil : place
            if line.qty.isPositive { lines.append(line) }
        }
        guard !lines.isEmpty else { return }
        try submit(kind, lines, party: from.kind.rawValue)
    }

    private mutating func submit(_ kind: Voucher.Kind, _ lines: [Voucher.Line], party: String = "") throws {
        // Now and then on an earlier day, seldom in a year that does not exist.
        let isBack = [.delivery, .receipt, .stockEntry].contains(kind) && dice.isOne(of: 3)
        var posted = isBack ? day.adding(days: -dice.roll(1...9)) : day
        if dice.isOne(of: 40), [.invoice, .bill, .delivery].contains(kind) { posted = posted.adding(years: 2) }
        let voucher = Voucher(kind, on: posted, lines)
        let freight: Exact? = kind == .invoice && dice.isOne(of: 3) ? dice.rate().rounded(2) : nil
        let tax: Exact? = [.invoice, .bill].contains(kind) && dice.isOne(of: 3) ? Exact(units: 75, scale: 1) : nil
        let net = lines.sum { $0.amount }
        voucher.total = net + (freight ?? .zero) + (tax.map { (net * $0).divided(by: 100, decimals: 2) } ?? .zero)
        let object = VoucherJSON(game: self, freight: freight, tax: tax).object(of: voucher)
        try attempt("\(kind.rawValue) on \(posted)", paper.submit(voucher)) { session in
            let document = try session.make(kind.rawValue, object)
            try session.submit(document)
            voucher.name = document.name
            for (index, row) in document.table("items").enumerated() { voucher.lines[index].row = row.name }
        }
    }

    private mutating func pay() throws {
        let invoices = paper.live(.invoice, .bill).filter { dice.isOne(of: 10) || paper.outstanding($0).isPositive }
        guard let invoice = dice.pick(invoices) else { return }
        let left = paper.outstanding(invoice)
        let voucher = Voucher(dice.isOne(of: 4) ? .journal : .payment, on: day)
        voucher.paid = invoice
        voucher.total = dice.isOne(of: 2) ? left : (left * Exact(dice.roll(1...12))).divided(by: 10, decimals: 2)
        guard voucher.total.isPositive else { return }
        let object = VoucherJSON(game: self).object(of: voucher)
        try attempt("\(voucher.kind.rawValue) of \(voucher.total) for \(invoice.name)", paper.submit(voucher)) {
            session in
            voucher.name = try session.book(voucher.kind.rawValue, object)
        }
    }

    private mutating func moveStock() throws {
        let purpose = dice.one(["In", "In", "Out", "Transfer"])
        let lines = (0..<dice.roll(1...2)).map { _ in
            Voucher.Line(
                item: dice.one(["Chai", "Tofu", "Ikura"]), warehouse: dice.one([Trading.stores, Trading.shop]),
                qty: purpose == "In" ? dice.qty() * dice.one([1, 4]) : dice.qty(), rate: dice.rate(), uom: purpose)
        }
        try submit(.stockEntry, lines)
    }

    /// Something dear comes in, most of all is used up, and the dear receipt is taken back: the stock has not the value
    /// left that it came with.
    private mutating func regret() throws {
        var line = Voucher.Line(
            item: dice.one(["Chai", "Tofu", "Ikura"]), warehouse: Trading.stores, qty: 1, rate: dice.rate() * 1000,
            uom: "In")
        let known = paper.vouchers.count
        try submit(.stockEntry, [line])
        guard let receipt = paper.vouchers.dropFirst(known).first else { return }
        let shelf = paper.shelves.shelves[Shelves.Place(item: line.item, warehouse: line.warehouse)]
        line.qty = ((shelf?.qty ?? .zero) * 7).divided(by: 10, decimals: 2)
        line.uom = "Out"
        if line.qty.isPositive { try submit(.stockEntry, [line]) }
        try attempt("cancelling \(receipt.name)", paper.cancel(receipt)) { session in
            try session.cancel("Stock Entry", receipt.name)
        }
    }

    private mutating func journal() throws {
        let voucher = Voucher(.journal, on: dice.isOne(of: 6) ? day.adding(years: -1) : day)
        voucher.total = dice.rate().rounded(2)
        let isUneven = dice.isOne(of: 4)
        let object = VoucherJSON(game: self, isUneven: isUneven).object(of: voucher)
        try attempt("Journal Entry on \(voucher.day)", !isUneven && paper.submit(voucher)) { session in
            voucher.name = try session.book("Journal Entry", object)
        }
    }

    private mutating func closeOrOpen() throws {
        guard let order = dice.pick(paper.live(.order, .purchaseOrder)) else { return }
        let method =
            order.kind == .order
            ? "erpnext.selling.doctype.sales_order.sales_order.update_status"
            : "erpnext.buying.doctype.purchase_order.purchase_order.update_status"
        let closes = !order.isClosed && dice.isOne(of: 2)
        try attempt("\(order.name) \(closes ? "closed" : "opened")", true) { session in
            try session.call(method, ["name": .string(order.name), "status": closes ? "Closed" : "Draft"])
        }
        order.isClosed = closes
    }

    private mutating func cancelOne() throws {
        // What moved stock more often, because that is where later movements stand in the way.
        let movesOnly = dice.isOne(of: 2)
        let isDone = dice.isOne(of: 10)
        let candidates = paper.vouchers.filter { (isDone || $0.isLive) && (!movesOnly || !$0.moves.isEmpty) }
        guard let voucher = dice.pick(candidates.suffix(25)) else { return }
        try attempt("cancelling \(voucher.name)", paper.cancel(voucher)) { session in
            try session.cancel(voucher.kind.rawValue, voucher.name)
        }
    }

    /// Puts a new document in the place of a cancelled one, which can be done once.
    private mutating func amendOne() throws {
        let kinds: [Voucher.Kind] = [.order, .purchaseOrder, .delivery, .receipt]
        let candidates = paper.vouchers.filter { kinds.contains($0.kind) && (!$0.isLive || dice.isOne(of: 20)) }
        guard let old = dice.pick(candidates.suffix(10)) else { return }
        let voucher = Voucher(old.kind, on: old.day, old.lines)
        let mayBe = !old.isLive && !old.isAmended
        try attempt("amending \(old.name)", mayBe && paper.submit(voucher)) { session in
            let document = try session.amend(try session.get(old.kind.rawValue, old.name))
            try session.insert(document)
            try session.submit(document)
            voucher.name = document.name
            for (index, row) in document.table("items").enumerated() { voucher.lines[index].row = row.name }
        }
        if voucher.name != "" { old.isAmended = true }
    }

    /// Takes everything back, in whatever order is allowed.
    mutating func cancelAll() throws {
        for order in paper.live(.order, .purchaseOrder) where order.isClosed {
            let method =
                order.kind == .order
                ? "erpnext.selling.doctype.sales_order.sales_order.update_status"
                : "erpnext.buying.doctype.purchase_order.purchase_order.update_status"
            try attempt("\(order.name) opened", true) { session in
                try session.call(method, ["name": .string(order.name), "status": "Draft"])
            }
            order.isClosed = false
        }
        var isProgress = true
        while isProgress {
            isProgress = false
            for voucher in dice.shuffled(paper.vouchers.filter(\.isLive)) where paper.cancel(voucher) {
                isProgress = true
                try attempt("cancelling \(voucher.name)", true) { session in
                    try session.cancel(voucher.kind.rawValue, voucher.name)
                }
            }
        }
    }

    // MARK: - Doing it

    /// Does it in a session of its own. It must succeed when the paper says so; else it must be refused with a problem
    /// and change nothing.
    private mutating func attempt(_ what: String, _ isAllowed: Bool, _ body: (Session) throws -> Void) throws {
        action = what
        attempts += 1
        let session = newSession()
        let before = isAllowed ? "" : try everything()
        do {
            if checksEffects, isAllowed {
                let oracle = EffectOracle(trading.registry, transaction)
                let wrong = try oracle.differences(rehearsing: newSession(), doing: session, body)
                guard wrong.isEmpty else { throw Wrong(wrong.joined(separator: "; ")) }
            } else {
                try session.savepoint { try body(session) }
            }
        } catch let problem as Problem {
            guard !isAllowed else { throw Wrong("refused: \(problem.kind.code): \(problem.message)") }
            refused += 1
            refusedBy[problem.kind.code, default: 0] += 1
            try session.finish()
            guard try everything() == before else { throw Wrong("was refused but changed something") }
            return
        }
        try session.finish()
        guard isAllowed else { throw Wrong("should have been refused") }
    }

    /// Where what a step does differs from what its rehearsal says.
    mutating func differences(_ body: (Session) throws -> Void) throws -> [String] {
        attempts += 1
        checksEffects = true
        let session = newSession()
        let oracle = EffectOracle(trading.registry, transaction)
        let wrong = try oracle.differences(rehearsing: newSession(), doing: session, body)
        try session.finish()
        return wrong
    }

    /// A session of the day. Where effects are checked, two of one attempt give the same names.
    private func newSession() -> Session {
        guard checksEffects else { return trading.session(on: day.description, transaction) }
        let now = Trading.noon(day.description)
        var identifiers = IdentifierSource(seed: UInt64(1_000 + attempts))
        return Session(actor: .administrator, now: now, registry: trading.registry, transaction: transaction) {
            identifiers.next(at: now)
        }
    }

    /// The number of rows of every table, and all of what is kept up to date.
    private func everything() throws -> String {
        var text = ""
        for table in trading.registry.allTables {
            let row = try transaction.first("SELECT COUNT(*) FROM \(quoted(table.name))", [], [.integer])
            text += "\(table.name) \(row ?? [])\n"
            let isKept = ["bin", "_series", "_account_balance", "_stock_balance", "sales_order", "purchase_order"]
            guard isKept.contains(table.name) else { continue }
            let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
            text +=
                "\(try transaction.query("SELECT \(columns) FROM \(quoted(table.name)) ORDER BY 1, 2", [], table.columns.map(\.type)))\n"
        }
        return text
    }
}
