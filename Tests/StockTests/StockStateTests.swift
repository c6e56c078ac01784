import Accounting
import TestSupport
import Testing
import Values

@testable import Stock

@Suite struct StockStateTests {
    @Test func `a receipt averages with what is there`() {
        var state = StockState()
        #expect(state.receive(10, value: 100) == 100)
        #expect(state.receive(5, value: 80) == 80)
        #expect(state.qty == 15 && state.value == 180 && state.rate == 12)
    }

    @Test func `an issue goes out at the average and leaves what rounding leaves`() {
        var state = StockState()
        _ = state.receive(3, value: 10)
        #expect(state.issue(1) == Exact(units: -333, scale: 2))
        #expect(state.value == Exact(units: 667, scale: 2))
        #expect(state.issue(1) == Exact(units: -334, scale: 2))
        #expect(state.issue(1) == Exact(units: -333, scale: 2))
        #expect(state.qty == 0 && state.value == 0, "no value stays without quantity")
        #expect(state.rate == Exact(units: 333, scale: 2), "the last rate is remembered")
    }

    @Test func `what goes below zero goes at the present rate, and the next receipt values it anew`() {
        var state = StockState()
        _ = state.receive(5, value: 50)
        #expect(state.issue(8) == -80)
        #expect(state.qty == -3 && state.value == -30)
        #expect(state.receive(5, value: 60) == 54, "two are left, at 12 each")
        #expect(state.qty == 2 && state.value == 24 && state.rate == 12)
    }

    @Test func `a receipt that only fills the hole leaves nothing`() {
        var state = StockState()
        state.rate = 10
        #expect(state.issue(3) == -30)
        #expect(state.receive(3, value: 36) == 30)
        #expect(state.qty == 0 && state.value == 0 && state.rate == 12)
    }

    @Test(arguments: [
        // what is there, what is taken back at which value; the difference, what is left
        (qty: 10, value: 100, taken: 4, original: 40, difference: -40, left: 60),
        (qty: 10, value: 20, taken: 4, original: 40, difference: -20, left: 0),
        (qty: 4, value: 48, taken: 4, original: 40, difference: -48, left: 0),
        (qty: 4, value: 30, taken: 4, original: 40, difference: -30, left: 0),
    ])
    func `a receipt is taken back with its value or with what is there`(
        _ row: (qty: Int, value: Int, taken: Int, original: Int, difference: Int, left: Int)
    ) {
        var state = StockState(qty: Exact(row.qty), value: Exact(row.value), rate: 1)
        #expect(state.takeBack(Exact(row.taken), value: Exact(row.original)) == Exact(row.difference))
        #expect(state.value == Exact(row.left) && state.qty == Exact(row.qty - row.taken))
    }

    @Test func `money is rounded as the company does it`() {
        var yen = StockState(money: MoneyRules(decimals: 0, rounding: .bankers))
        _ = yen.receive(2, value: 5)
        #expect(yen.issue(1) == -2, "2.5 goes to the even neighbour")
        var cents = StockState()
        _ = cents.receive(2, value: Exact(units: 5, scale: 2))
        #expect(cents.issue(1) == Exact(units: -3, scale: 2))
    }

    /// The same by whole numbers of cents, thought through apart from the code: a pile of goods, never below zero.
    @Test(arguments: 1...40)
    func `any run of receipts and issues agrees with counting in cents`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var state = StockState()
        var (pieces, cents) = (0, 0)
        for _ in 0..<300 {
            if pieces == 0 || dice.roll(0...1) == 0 {
                let (count, worth) = (dice.roll(1...50), dice.roll(0...9999))
                #expect(
                    state.receive(Exact(count), value: Exact(units: Int64(worth), scale: 2))
                        == Exact(units: Int64(worth), scale: 2))
                pieces += count
                cents += worth
            } else {
                let count = dice.roll(1...pieces)
                // Half a cent goes up: floor of twice the share plus one, halved.
                let share = (2 * cents * count + pieces) / (2 * pieces)
                #expect(state.issue(Exact(count)) == Exact(units: Int64(-share), scale: 2))
                pieces -= count
                cents -= share
            }
            #expect(state.qty == Exact(pieces) && state.value == Exact(units: Int64(cents), scale: 2))
            #expect(pieces > 0 || state.value == 0)
        }
    }

    @Test func `bins of different items and warehouses have different names`() {
        let pairs = [("a|b", "c"), ("a", "b|c"), ("a\\|b", "c"), ("a\\", "b|c"), ("a", "|b|c")]
        #expect(Set(pairs.map { Bin.name($0.0, $0.1) }).count == pairs.count)
        #expect(Bin.name("bolt", "Stores - A") == "bolt|Stores - A")
    }
}
