import TestSupport
import Values

/// What was submitted, as a naive bookkeeper notes it: on paper, line by line, and nothing kept that can be added up.
final class Voucher {
    enum Kind: String, CaseIterable {
        case order = "Sales Order"
        case delivery = "Delivery Note"
        case invoice = "Sales Invoice"
        case purchaseOrder = "Purchase Order"
        case receipt = "Purchase Receipt"
        case bill = "Purchase Invoice"
        case payment = "Payment Entry"
        case journal = "Journal Entry"
        case stockEntry = "Stock Entry"
    }

    let kind: Kind
    let day: Day
    var name = ""
    var lines: [Line]
    /// What an invoice comes to, or a payment or journal entry pays.
    var total = Exact.zero
    /// The invoice that is paid.
    var paid: Voucher?
    var isLive = true
    var isClosed = false
    var isAmended = false
    /// What it did to stock.
    var moves: [Move] = []

    init(_ kind: Kind, on day: Day, _ lines: [Line] = []) {
        self.kind = kind
        self.day = day
        self.lines = lines
    }

    /// One line of goods or services.
    struct Line {
        var item: String
        var warehouse = ""
        var qty: Exact
        var rate: Exact
        var uom = "Nos"
        /// The name of the row in the database.
        var row = ""
        /// The row of an order it is for, and of a delivery or receipt.
        var order: Place?
        var source: Place?

        var factor: Exact { uom == "Box" ? 12 : 1 }
        var amount: Exact { (rate * qty).rounded(2) }
        var stockQty: Exact { qty * factor }
        var isStock: Bool { item != "Advice" }
    }

    /// A line of another voucher.
    struct Place {
        let voucher: Voucher
        let index: Int
        var line: Line { voucher.lines[index] }
        func isSame(_ other: Place) -> Bool { voucher === other.voucher && index == other.index }
    }

    /// A movement of stock, with what it did to the value.
    struct Move {
        let item: String
        let warehouse: String
        let qty: Exact
        let value: Exact
    }
}

/// Stock as a list of what each item in each warehouse is worth, by moving average.
struct Shelves: Equatable {
    struct Place: Hashable {
        let item: String
        let warehouse: String
    }
    struct Shelf: Equatable {
        var qty = Exact.zero
        var value = Exact.zero
        var byDay: [Day: Exact] = [:]
    }
    var shelves: [Place: Shelf] = [:]

    /// What comes in is worth what it costs.
    mutating func receive(
        _ item: String, _ warehouse: String, _ qty: Exact, worth value: Exact, on day: Day
    ) -> Voucher.Move {
        shelves[Place(item: item, warehouse: warehouse), default: Shelf()].qty += qty
        return note(item, warehouse, qty, value, day)
    }

    /// What goes out is worth its share of the value; the last one takes all. Nil when there is not enough.
    mutating func issue(_ item: String, _ warehouse: String, _ qty: Exact, on day: Day) -> Voucher.Move? {
        let place = Place(item: item, warehouse: warehouse)
        let shelf = shelves[place] ?? Shelf()
        guard qty <= shelf.qty else { return nil }
        let worth = qty == shelf.qty ? shelf.value : (shelf.value * qty).divided(by: shelf.qty, decimals: 2)
        shelves[place, default: Shelf()].qty -= qty
        return note(item, warehouse, -qty, -worth, day)
    }

    /// A receipt is taken back at what it cost, or with what is left; nil when there is not enough.
    mutating func takeBack(
        _ item: String, _ warehouse: String, _ qty: Exact, worth value: Exact, on day: Day
    ) -> Voucher.Move? {
        let place = Place(item: item, warehouse: warehouse)
        let shelf = shelves[place] ?? Shelf()
        guard qty <= shelf.qty else { return nil }
        let worth = qty == shelf.qty ? shelf.value : min(value, shelf.value)
        shelves[place, default: Shelf()].qty -= qty
        return note(item, warehouse, -qty, -worth, day)
    }

    private mutating func note(
        _ item: String, _ warehouse: String, _ qty: Exact, _ value: Exact, _ day: Day
    ) -> Voucher.Move {
        let place = Place(item: item, warehouse: warehouse)
        shelves[place, default: Shelf()].value += value
        shelves[place, default: Shelf()].byDay[day, default: .zero] += qty
        return Voucher.Move(item: item, warehouse: warehouse, qty: qty, value: value)
    }

    /// Whether no shelf was below zero at the end of that day or of any later one.
    func holds(from day: Day) -> Bool {
        shelves.values.allSatisfy { shelf in
            var sum = Exact.zero
            for (date, qty) in shelf.byDay.sorted(by: { $0.key < $1.key }) {
                sum += qty
                if date >= day, sum.isNegative { return false }
            }
            return true
        }
    }

    var value: Exact { shelves.values.sum { $0.value } }
}

/// The company on paper. It tells for each action whether it is allowed, and what everything must come to.
struct Paper {
    var vouchers: [Voucher] = []
    var shelves = Shelves()
    /// What the parts of rounded amounts may pass the whole by, as Fulfilment says.
    static let tolerance = Exact(units: 5, scale: 2)

    func live(_ kinds: Voucher.Kind...) -> [Voucher] { vouchers.filter { $0.isLive && kinds.contains($0.kind) } }

    /// The lines of live vouchers of a kind that are for a line of an order, or come from a line of a delivery or receipt.
    func lines(_ kind: Voucher.Kind, for place: Voucher.Place) -> [Voucher.Line] {
        live(kind).flatMap(\.lines).filter { $0.order?.isSame(place) == true || $0.source?.isSame(place) == true }
    }

    func places(_ voucher: Voucher) -> [Voucher.Place] {
        voucher.lines.indices.map { Voucher.Place(voucher: voucher, index: $0) }
    }

    /// How much of an order's line has been delivered or received.
    func moved(_ place: Voucher.Place) -> Exact {
        lines(place.voucher.kind == .order ? .delivery : .receipt, for: place).sum { $0.qty }
    }

    /// How much of the amount of a line of an order, delivery or receipt has been billed.
    func billedAmount(_ place: Voucher.Place) -> Exact { lines(.invoice, for: place).sum { $0.amount } }
    func billedQty(_ place: Voucher.Place) -> Exact { lines(.bill, for: place).sum { $0.qty } }

    func outstanding(_ invoice: Voucher) -> Exact {
        invoice.total - live(.payment, .journal).filter { $0.paid === invoice }.sum { $0.total }
    }

    // MARK: What is allowed

    /// Whether the voucher may be submitted. If so its movements are noted, on the shelves too.
    mutating func submit(_ voucher: Voucher) -> Bool {
        guard isWithinOrders(voucher) else { return false }
        if let paid = voucher.paid {
            guard paid.isLive, voucher.total <= outstanding(paid) else { return false }
        }
        var shelves = shelves
        guard let moves = moves(of: voucher, &shelves), shelves.holds(from: voucher.day) else { return false }
        // What books nothing may be in a year that is not kept.
        let books = ![.delivery, .receipt, .stockEntry].contains(voucher.kind) || moves.contains { !$0.value.isZero }
        guard voucher.day.year == 1996 || !books else { return false }
        voucher.moves = moves
        self.shelves = shelves
        vouchers.append(voucher)
        return true
    }

    private func isWithinOrders(_ voucher: Voucher) -> Bool {
        var takenQty: [String: Exact] = [:]
        var takenAmount: [String: Exact] = [:]
        for line in voucher.lines {
            for place in [line.order, line.source].compactMap({ $0 }) {
                guard place.voucher.isLive, !place.voucher.isClosed else { return false }
                takenQty[place.line.row, default: .zero] += line.qty
                takenAmount[place.line.row, default: .zero] += line.amount
                let qty = takenQty[place.line.row] ?? .zero
                let amount = takenAmount[place.line.row] ?? .zero
                let goal = place.line
                switch voucher.kind {
                case .delivery, .receipt: if moved(place) + qty > goal.qty { return false }
                case .bill:
                    if billedQty(place) + qty > goal.qty || line.rate > goal.rate { return false }
                case .invoice: if billedAmount(place) + amount > goal.amount + Self.tolerance { return false }
                default: break
                }
            }
        }
        return true
    }

    private func moves(of voucher: Voucher, _ shelves: inout Shelves) -> [Voucher.Move]? {
        var moves: [Voucher.Move] = []
        for line in voucher.lines where line.isStock {
            switch voucher.kind {
            case .receipt:
                moves.append(
                    shelves.receive(line.item, line.warehouse, line.stockQty, worth: line.amount, on: voucher.day))
            case .delivery:
                guard let move = shelves.issue(line.item, line.warehouse, line.stockQty, on: voucher.day) else {
                    return nil
                }
                moves.append(move)
            case .stockEntry:
                // The unit tells what for: into `warehouse`, out of it, or from it to the other one.
                if line.uom != "In" {
                    guard let move = shelves.issue(line.item, line.warehouse, line.qty, on: voucher.day) else {
                        return nil
                    }
                    moves.append(move)
                }
                if line.uom != "Out" {
                    let into = line.uom == "In" ? line.warehouse : Self.other(line.warehouse)
                    let worth = line.uom == "In" ? line.amount : -(moves.last?.value ?? .zero)
                    moves.append(shelves.receive(line.item, into, line.qty, worth: worth, on: voucher.day))
                }
            default: break
            }
        }
        return moves
    }

    static func other(_ warehouse: String) -> String { warehouse == Trading.stores ? Trading.shop : Trading.stores }

    /// Whether the voucher may be cancelled. If so that is noted.
    mutating func cancel(_ voucher: Voucher) -> Bool {
        guard voucher.isLive, !voucher.isClosed else { return false }
        let isUsed = vouchers.contains { other in
            other.isLive
                && (other.paid === voucher
                    || other.lines.contains { $0.order?.voucher === voucher || $0.source?.voucher === voucher })
        }
        guard !isUsed else { return false }
        var shelves = shelves
        for move in voucher.moves.reversed() {
            if move.qty.isPositive {
                guard
                    shelves.takeBack(move.item, move.warehouse, move.qty, worth: move.value, on: voucher.day) != nil
                else { return false }
            } else {
                _ = shelves.receive(move.item, move.warehouse, -move.qty, worth: -move.value, on: voucher.day)
            }
        }
        guard shelves.holds(from: voucher.day) else { return false }
        self.shelves = shelves
        voucher.isLive = false
        return true
    }

    // MARK: What it comes to

    /// What customers wait for, or what suppliers still have to send, by item and warehouse.
    func waiting(_ kind: Voucher.Kind) -> [Shelves.Place: Exact] {
        var waiting: [Shelves.Place: Exact] = [:]
        for order in live(kind) where !order.isClosed {
            for place in places(order) where place.line.isStock {
                let key = Shelves.Place(item: place.line.item, warehouse: place.line.warehouse)
                waiting[key, default: .zero] += (place.line.qty - moved(place)) * place.line.factor
            }
        }
        return waiting
    }

    /// How much of a voucher's lines is done, in percent.
    func percent(_ voucher: Voucher, of whole: (Voucher.Line) -> Exact, _ done: (Voucher.Place) -> Exact) -> Exact {
        let all = voucher.lines.sum { whole($0) }
        guard !all.isZero else { return 100 }
        let parts = places(voucher).sum { min(done($0), whole($0.line)) }
        return (parts * 100).divided(by: all, decimals: 9)
    }
}
