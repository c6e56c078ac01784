import Documents
import Lists
import TestSupport
import Testing
import Values

@testable import Stock

/// Random business against an oracle that knows only the list of what happened.
@Suite(.bothEngines) struct StockPropertyTests {
    /// One movement as the oracle remembers it.
    private struct Event {
        var item: String
        var place: String
        var day: Int
        var qty: Int
        /// In cents; what the movement did to the value.
        var cents: Int
    }

    /// A voucher that stands: its name and its events in order.
    private struct Voucher {
        var name: String
        var events: [Event]
    }

    /// Piles by item and place, in pieces and cents.
    private struct Piles {
        var pieces: [String: Int] = [:]
        var cents: [String: Int] = [:]
        var log: [Event] = []

        /// Whether `qty` can leave on `day`: neither the pile as it is nor the end of any day from then on falls short.
        func allows(_ events: [Event]) -> Bool {
            var trial = self
            for event in events {
                let key = event.item + event.place
                if event.qty < 0, trial.pieces[key, default: 0] < -event.qty { return false }
                trial.pieces[key, default: 0] += event.qty
                trial.log.append(event)
            }
            for event in events where event.qty < 0 {
                let days = trial.log.filter { $0.item == event.item && $0.place == event.place }
                for end in event.day...90 where days.filter({ $0.day <= end }).reduce(0, { $0 + $1.qty }) < 0 {
                    return false
                }
            }
            return true
        }

        mutating func receive(_ event: Event, cents worth: Int) -> Event {
            var event = event
            let key = event.item + event.place
            pieces[key, default: 0] += event.qty
            cents[key, default: 0] += worth
            event.cents = worth
            log.append(event)
            return event
        }

        mutating func issue(_ event: Event) -> Event {
            let key = event.item + event.place
            let (have, worth, count) = (pieces[key, default: 0], cents[key, default: 0], -event.qty)
            let share = (2 * worth * count + have) / (2 * have)
            return take(event, share)
        }

        /// What came in goes out again: at its own value, or with what is there.
        mutating func takeBack(_ event: Event, cents original: Int) -> Event {
            let key = event.item + event.place
            let (have, worth) = (pieces[key, default: 0], cents[key, default: 0])
            return take(event, have == -event.qty ? worth : min(original, worth))
        }

        private mutating func take(_ event: Event, _ share: Int) -> Event {
            var event = event
            let key = event.item + event.place
            pieces[key, default: 0] += event.qty
            cents[key, default: 0] -= share
            event.cents = -share
            log.append(event)
            return event
        }
    }

    private static let first = Day("2025-01-01") ?? Day(number: 0)

    @Test(arguments: [1, 2, 3, 4, 5, 6])
    func `stock, books and doctor agree with the oracle after every step`(seed: UInt64) async throws {
        let depot = try await Depot(withShopAccount: seed % 2 == 0)
        var dice = Dice(seed: seed)
        var piles = Piles()
        var vouchers: [Voucher] = []
        var refused = 0
        for step in 0..<70 {
            let item = ["bolt", "nut"][dice.roll(0...1)]
            let place = [Depot.stores, Depot.shop][dice.roll(0...1)]
            let day = dice.roll(0...59)
            let date = Self.first.adding(days: day).description
            let qty = dice.roll(1...20)
            let event = Event(item: item, place: place, day: day, qty: qty, cents: 0)
            var away = event
            away.qty = -qty
            switch dice.roll(0...9) {
            case 0...3:
                let rate = dice.roll(0...4999)
                let name = try await depot.receive(
                    "\(qty)", item, at: Exact(units: Int64(max(rate, 1)), scale: 2).description, on: date, into: place)
                vouchers.append(Voucher(name: name, events: [piles.receive(event, cents: qty * max(rate, 1))]))
            case 4...5:
                let isAllowed = piles.allows([away])
                let refusal = await problem {
                    let name = try await depot.issue("\(qty)", item, on: date, from: place)
                    vouchers.append(Voucher(name: name, events: [piles.issue(away)]))
                }
                #expect((refusal == nil) == isAllowed, "step \(step): \(refusal?.message ?? "allowed")")
                refused += isAllowed ? 0 : 1
            case 6...7:
                var there = event
                there.place = place == Depot.stores ? Depot.shop : Depot.stores
                let isAllowed = piles.allows([away, there])
                let target = there.place
                let arrival = there
                let refusal = await problem {
                    let name = try await depot.transfer("\(qty)", item, on: date, from: place, to: target)
                    let gone = piles.issue(away)
                    let come = piles.receive(arrival, cents: -gone.cents)
                    vouchers.append(Voucher(name: name, events: [gone, come]))
                }
                #expect((refusal == nil) == isAllowed, "step \(step): \(refusal?.message ?? "allowed")")
                refused += isAllowed ? 0 : 1
            default:
                guard !vouchers.isEmpty else { continue }
                let index = dice.roll(0...(vouchers.count - 1))
                let back = vouchers[index].events.reversed().map { event in
                    Event(item: event.item, place: event.place, day: event.day, qty: -event.qty, cents: event.cents)
                }
                let isAllowed = piles.allows(back)
                let name = vouchers[index].name
                let refusal = await problem { try await depot.cancel("Stock Entry", name) }
                #expect((refusal == nil) == isAllowed, "step \(step): \(refusal?.message ?? "allowed")")
                refused += isAllowed ? 0 : 1
                guard refusal == nil else { continue }
                for event in back {
                    if event.qty > 0 {
                        _ = piles.receive(event, cents: -event.cents)
                    } else {
                        _ = piles.takeBack(event, cents: event.cents)
                    }
                }
                vouchers.remove(at: index)
            }
            try await compare(piles, with: depot, step)
        }
        #expect(refused > 0, "the run met no refusal, so it tests too little")
        try await compareReport(piles, with: depot)
    }

    private func compare(_ piles: Piles, with depot: Depot, _ step: Int) async throws {
        #expect(try await depot.findings() == [], "step \(step)")
        let bins = try await depot.read { session in
            var found: [String: [Exact]] = [:]
            let rows = try session.list(
                ListQuery("Bin", fields: ["item_code", "warehouse", "actual_qty", "stock_value"], limit: 0)
            ).rows
            for row in rows {
                found[row[0].description + row[1].description] = [row[2].exact ?? 0, row[3].exact ?? 0]
            }
            return found
        }
        for key in Set(bins.keys).union(piles.pieces.keys) {
            let expected = [
                Exact(piles.pieces[key] ?? 0), Exact(units: Int64(piles.cents[key] ?? 0), scale: 2),
            ]
            #expect(bins[key] ?? [0, 0] == expected, "step \(step): \(key)")
        }
    }

    /// Stock Balance of spans that cut months, against counting the oracle's log.
    private func compareReport(_ piles: Piles, with depot: Depot) async throws {
        for (start, end) in [(0, 59), (0, 30), (31, 58), (5, 12), (10, 45), (14, 14), (20, 31)] {
            let rows = try await depot.report(
                "Stock Balance",
                [
                    "company": "Acme", "from_date": .string(Self.first.adding(days: start).description),
                    "to_date": .string(Self.first.adding(days: end).description),
                ])
            for key in piles.pieces.keys {
                let row = rows.first { ($0["item_code"] ?? "") + ($0["warehouse"] ?? "") == key }
                let events = piles.log.filter { $0.item + $0.place == key && $0.day <= end }
                let opening = events.filter { $0.day < start }.reduce(0) { $0 + $1.qty }
                let closing = events.reduce(0) { $0 + $1.qty }
                let worth = Exact(units: Int64(events.reduce(0) { $0 + $1.cents }), scale: 2)
                #expect(row?["opening_qty"] ?? "0" == "\(opening)", "\(key) from day \(start) to \(end)")
                #expect(row?["bal_qty"] ?? "0" == "\(closing)", "\(key) from day \(start) to \(end)")
                #expect(row?["bal_val"] ?? "0" == plain(worth), "\(key) from day \(start) to \(end)")
            }
        }
    }
}
