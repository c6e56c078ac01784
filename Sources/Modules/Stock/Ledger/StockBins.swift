internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// The bins that one posting concerns: read together, moved in memory, written together.
struct StockBins {
    /// What a movement does to its bin.
    enum Change {
        /// Comes in at this value, unless nothing is known of it.
        case receipt(Exact?)
        /// Goes out at the moving average.
        case issue
        /// What had gone out comes back at the value it left with.
        case returned(Exact, reverses: String)
        /// What had come in goes out again at the value it came with, or what is left of it.
        case takenBack(Exact, reverses: String)
    }

    private struct Key: Hashable {
        let item: String
        let warehouse: String

        /// Whether both are the same bin.
        static func == (l: Key, r: Key) -> Bool { l.item == r.item && l.warehouse == r.warehouse }
    }

    private struct ItemFacts {
        var unit = ""
        var hasStock = false
        var isDisabled = false
        var mayBeNegative = false
        /// What stock is worth where it has no rate of its own.
        var rate = Exact.zero
    }

    private struct Kept {
        var state = StockState()
        var entries: Int64 = 0
        var lastDay: Day?
        var month = StockMonths.Change()
        /// What the posting has added to the quantity.
        var moved = Exact.zero
        /// The row that first took something out, for the message.
        var firstIssue: String?
    }

    private let session: Session
    private let voucher: Document
    private let day: Day
    private let time: TimeOfDay
    private let company: String
    private let money: MoneyRules
    private let items: [Name: ItemFacts]
    private var kept: [Key: Kept] = [:]
    /// Keys in the order of their first movement, so that what is written does not depend on hashes.
    private var order: [Key] = []
    private var rows: [Doc<StockLedgerEntry>] = []

    init(
        _ pairs: [(item: String, warehouse: String)], voucher: Document, on day: Day, time: TimeOfDay, company: String,
        in session: Session
    ) throws {
        self.session = session
        self.voucher = voucher
        self.day = day
        self.time = time
        self.company = company
        money = try StockCompany.money(of: company, in: session)
        items = try Self.facts(of: Set(pairs.map(\.item)), in: session)
        for pair in pairs {
            let key = Key(item: pair.item, warehouse: pair.warehouse)
            if kept.updateValue(Kept(state: StockState(money: money)), forKey: key) == nil { order.append(key) }
        }
        let names = order.map { Bin.name($0.item, $0.warehouse) }
        let found = try session.values(
            of: "Bin", names, ["actual_qty", "stock_value", "valuation_rate", "entries", "last_posting_date"])
        for (key, name) in zip(order, names) {
            guard let values = found[name] else { continue }
            kept[key]?.state = StockState(
                qty: values[0].exact ?? 0, value: values[1].exact ?? 0, rate: values[2].exact ?? 0, money: money)
            kept[key]?.entries = values[3].int ?? 0
            kept[key]?.lastDay = values[4].day
        }
    }

    private static func facts(of names: Set<Name>, in session: Session) throws -> [Name: ItemFacts] {
        try session.facts(
            of: "Item", names,
            ["stock_uom", "is_stock_item", "disabled", "allow_negative_stock", "valuation_rate", "standard_rate"]
        ).mapValues { values in
            let rate = values[4].exact ?? 0
            return ItemFacts(
                unit: values[0].text ?? "", hasStock: values[1].int == 1, isDisabled: values[2].int == 1,
                mayBeNegative: values[3].int == 1, rate: rate.isZero ? values[5].exact ?? 0 : rate)
        }
    }

    // MARK: - Checks before

    /// Refuses items without stock, warehouses that take none, and movements of nothing.
    func checkPlaces(_ movements: [StockLedger.Movement]) throws {
        let places = try session.values(
            of: "Warehouse", Set(movements.map(\.warehouse)), ["company", "is_group", "disabled"])
        for movement in movements {
            guard let item = items[movement.item] else {
                throw problem(.brokenLink, "Item \(movement.item) does not exist", "item_code", movement)
            }
            guard item.hasStock else {
                throw problem(.noStockItem, "\(movement.item) is no stock item", "item_code", movement)
            }
            guard !item.isDisabled else {
                throw problem(
                    .unusableItem, "Item \(movement.item) is disabled", "item_code", movement,
                    fix: "Enable it to move its stock.")
            }
            guard let place = places[movement.warehouse] else {
                throw problem(
                    .brokenLink,
                    movement.warehouse.isEmpty
                        ? "Warehouse is missing" : "Warehouse \(movement.warehouse) does not exist", "warehouse",
                    movement,
                    fix: "Give the warehouse of \(movement.item).")
            }
            let complaint: ProblemText? =
                switch (place[0].text, place[1].int, place[2].int) {
                case (let other, _, _) where other != company: "belongs to \(other ?? "no company"), not to \(company)"
                case (_, 1, _): "is a group, which holds no stock"
                case (_, _, 1): "is disabled"
                default: nil
                }
            if let complaint {
                throw problem(
                    .wrongWarehouse, "Warehouse \(movement.warehouse) \(complaint)", "warehouse", movement,
                    fix: "Choose another warehouse.")
            }
            guard !movement.qty.isZero, movement.qty.isInRange else {
                throw problem(.outOfBounds, "The quantity of \(movement.item) must not be zero", "qty", movement)
            }
        }
    }

    /// What a receipt is worth: by its value, its rate, or what the movement before it took out of stock.
    func value(of movement: StockLedger.Movement, after last: Exact?) -> Exact? {
        if let value = movement.incomingValue { return money.round(value) }
        if let rate = movement.incomingRate {
            return money.round(movement.qty * rate.rounded(StockState.rateDecimals))
        }
        return last.map { -$0 }
    }

    // MARK: - Moving

    /// Moves one bin and notes the ledger row; returns the difference in value.
    mutating func move(_ movement: StockLedger.Movement, _ change: Change) throws -> Exact {
        let key = Key(item: movement.item, warehouse: movement.warehouse)
        let item = items[movement.item] ?? ItemFacts()
        var bin = kept[key] ?? Kept(state: StockState(money: money))
        let amount = movement.qty.magnitude
        if movement.qty.isNegative, bin.state.qty < amount, !item.mayBeNegative {
            throw lacking(movement, available: bin.state.qty, needed: amount)
        }
        if movement.qty.isNegative, bin.state.qty < amount, bin.state.rate.isZero { bin.state.rate = item.rate }
        let difference: Exact
        var reverses = ""
        switch change {
        case .receipt(let value):
            guard let value else {
                throw problem(
                    .missingValuation, "Nothing says what \(movement.item) is worth", "basic_rate", movement,
                    fix: "Give its rate.")
            }
            difference = bin.state.receive(amount, value: value)
        case .issue: difference = bin.state.issue(amount)
        case .returned(let value, let name):
            difference = bin.state.receive(amount, value: value)
            reverses = name
        case .takenBack(let value, let name):
            difference = bin.state.takeBack(amount, value: value)
            reverses = name
        }
        bin.entries += 1
        bin.moved += movement.qty
        if movement.qty.isNegative, bin.firstIssue == nil { bin.firstIssue = movement.voucherDetail }
        bin.month.add(qty: movement.qty, value: difference, isReversal: !reverses.isEmpty)
        kept[key] = bin
        try note(movement, bin, difference, reverses, item)
        return difference
    }

    private mutating func note(
        _ movement: StockLedger.Movement, _ bin: Kept, _ difference: Exact, _ reverses: String, _ item: ItemFacts
    ) throws {
        let row = try session.new(StockLedgerEntry.self)
        let rate = difference.divided(by: movement.qty, decimals: StockState.rateDecimals)
        row.itemCode = movement.item
        row.warehouse = movement.warehouse
        row.postingDate = day
        row.postingTime = time
        row.postingDatetime = Timestamp(day, time)
        row.voucherType = voucher.doctype.name
        row.voucherNo = voucher.name
        row.voucherDetailNo = movement.voucherDetail
        row.actualQty = movement.qty
        row.qtyAfterTransaction = bin.state.qty
        row.incomingRate = movement.qty.isPositive ? rate : 0
        row.outgoingRate = movement.qty.isPositive ? 0 : rate
        row.valuationRate = bin.state.rate
        row.stockValue = bin.state.value
        row.stockValueDifference = difference
        row.stockUom = item.unit
        row.company = company
        row.reverses = reverses
        row.entry = Int(bin.entries)
        rows.append(row)
    }

    // MARK: - Writing

    /// Writes the ledger rows, the bins and the months, after a look at later days.
    func write() throws {
        try checkLaterDays()
        try session.append(rows)
        let bins = order.compactMap { key in kept[key].map { (key, $0) } }
        try session.move(
            Bin.figures(in: session),
            setting: [
                "stock_uom", "actual_qty", "valuation_rate", "stock_value", "entries", "last_posting_date",
            ], initially: ["item_code", "warehouse"],
            bins.map { key, bin in
                [
                    .text(Bin.name(key.item, key.warehouse)), .text(items[key.item]?.unit ?? ""),
                    Value(bin.state.qty, scale: 9), Value(bin.state.rate, scale: 9), Value(bin.state.value, scale: 4),
                    .int(bin.entries), .day(bin.lastDay.map { max($0, day) } ?? day), .text(key.item),
                    .text(key.warehouse),
                ]
            })
        try StockMonths.add(
            bins.map { (item: $0.item, warehouse: $0.warehouse, change: $1.month) }, month: day.monthIndex, in: session)
    }

    /// Refuses to take out on a past day what later days have already used: the stock at the end of that day and of
    /// every later one must not fall below zero.
    private func checkLaterDays() throws {
        let dated = order.filter { key in
            guard let bin = kept[key], let last = bin.lastDay, let item = items[key.item] else { return false }
            return last > day && bin.moved.isNegative && !item.mayBeNegative
        }
        for keys in dated.chunks(of: Limits.filterValues / 2) {
            let pairs = Array(repeating: "(?, ?)", count: keys.count).joined(separator: ",")
            var sums: [Key: [(day: Day, qty: Exact)]] = [:]
            try session.transaction.forEach(
                """
                WITH wanted (item, place) AS (VALUES \(pairs))
                SELECT e.item_code, e.warehouse, e.posting_date, SUM(e.actual_qty)
                FROM wanted JOIN stock_ledger_entry e ON e.item_code = item AND e.warehouse = place
                WHERE e.posting_date > ? GROUP BY e.item_code, e.warehouse, e.posting_date ORDER BY e.posting_date DESC
                """, keys.flatMap { [Value.text($0.item), .text($0.warehouse)] } + [.day(day)],
                [.text, .text, .day, .decimal(scale: 9)]
            ) { row in
                guard let date = row[2].day, let qty = row[3].exact else { return }
                sums[Key(item: row[0].text ?? "", warehouse: row[1].text ?? ""), default: []].append((date, qty))
            }
            for key in keys {
                guard let bin = kept[key] else { continue }
                try checkLaterDays(of: key, bin, sums[key] ?? [])
            }
        }
    }

    /// Walks back from the stock after all movements to the day of this posting. `sums` has the latest day first.
    private func checkLaterDays(of key: Key, _ bin: Kept, _ sums: [(day: Day, qty: Exact)]) throws {
        var balance = bin.state.qty
        var lowest: (day: Day, qty: Exact)?
        for later in sums {
            if balance.isNegative, lowest.map({ balance <= $0.qty }) ?? true { lowest = (later.day, balance) }
            balance -= later.qty
        }
        if balance.isNegative, lowest.map({ balance <= $0.qty }) ?? true { lowest = (day, balance) }
        guard let lowest else { return }
        let movement = StockLedger.Movement(
            item: key.item, warehouse: key.warehouse, qty: bin.moved, incomingRate: nil,
            voucherDetail: bin.firstIssue ?? "")
        throw lacking(movement, available: lowest.qty - bin.moved, needed: bin.moved.magnitude, on: lowest.day)
    }

    // MARK: - Problems

    private func lacking(
        _ movement: StockLedger.Movement, available: Exact, needed: Exact, on date: Day? = nil
    ) -> Problem {
        let unit = items[movement.item]?.unit ?? ""
        let when: ProblemText = date.map { " on \($0)" } ?? ""
        let missing = needed - available
        return problem(
            .negativeStock,
            """
            \(movement.item) in \(movement.warehouse)\(when): \(needed) \(unit) needed, \(available) available, \
            \(missing) missing
            """, "qty", movement,
            fix: date == nil
                ? "Receive \(missing) \(unit) first, or take less."
                : "Later movements need this stock: use a later date, or receive \(missing) \(unit) by \(date ?? day).")
    }

    private func problem(
        _ kind: Problem.Kind, _ message: ProblemText, _ field: String, _ movement: StockLedger.Movement,
        fix: ProblemText? = nil
    ) -> Problem {
        let row = voucher.table("items").first { $0.name == movement.voucherDetail && !$0.name.isEmpty }?.idx
        return Problem(kind, row.map { "Row \($0): \(message)" } ?? message, field: field, row: row, fix: fix)
    }
}
