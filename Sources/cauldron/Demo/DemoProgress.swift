import Foundation
import Values

/// Tells on standard error how far the making of the demo has come: a bar on a terminal, else a line a quarter.
struct DemoProgress {
    private let total: Int
    private let orders: Int
    private let isTerminal: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant
    private var quarter = Int.min
    private var done = 0
    private var ordersDone = 0

    /// Progress of `total` steps, `orders` of which are orders.
    init(total: Int, orders: Int, isTerminal: Bool = isatty(STDERR_FILENO) == 1) {
        self.total = total
        self.orders = orders
        self.isTerminal = isTerminal
        start = clock.now
        shown = start - .seconds(1)
    }

    /// Seconds since the start, with one decimal.
    var seconds: String {
        let (whole, fraction) = (clock.now - start).components
        return "\(whole).\(fraction / 100_000_000_000_000_000) s"
    }

    /// Says that nothing but the company is there yet.
    func begin() {
        if !isTerminal { put("Making \(DemoCompany.name): \(orders) orders of 1996 to 1998\n") }
    }

    /// Counts steps that were done on a day, some of which are orders, and shows it from time to time.
    mutating func advance(to day: Day, steps: Int, orders newOrders: Int) {
        done += steps
        ordersDone += newOrders
        if isTerminal {
            guard clock.now - shown > .milliseconds(80) else { return }
            shown = clock.now
            put(bar(day))
        } else if PurchasePlan.quarter(of: day) != quarter {
            quarter = PurchasePlan.quarter(of: day)
            put("\(day): \(ordersDone) of \(orders) orders, \(done) of \(total) steps, \(seconds)\n")
        }
    }

    /// Says that all is done, and what came of it.
    func finish(_ summary: String) {
        put("\(isTerminal ? "\r\u{1B}[K" : "")\(summary), \(seconds)\n")
    }

    private func bar(_ day: Day) -> String {
        let width = 30
        let filled = total == 0 ? width : done * width / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        return "\r\u{1B}[KMaking \(DemoCompany.name) \(bar) \(day)  \(ordersDone)/\(orders) orders  \(seconds)"
    }

    private func put(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
