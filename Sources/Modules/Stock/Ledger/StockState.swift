internal import Accounting
internal import Values

/// The quantity and value of an item in a warehouse, and how movements change them: moving average in exact decimals.
///
/// Values are money of the company, rounded to its cents once for each movement; quantities and rates have 9 decimals.
/// The value is never spread over a rounded rate, so what rounding leaves stays with the stock, and stock of quantity
/// zero has exactly the value zero. Each function returns the difference it made to the value, which the books take.
///
/// Where stock is allowed to fall below zero, the missing quantity has the rate at which it went out, and the next
/// receipt values it anew: what the quantity then is has the receipt's rate.
struct StockState: Equatable {
    /// Pieces, kilograms, … in the stock unit.
    var qty: Exact = 0
    /// Value in company currency.
    var value: Exact = 0
    /// The moving average; kept when the stock is gone.
    var rate: Exact = 0
    /// How the company rounds money.
    var money = MoneyRules()

    /// The rate's decimals.
    static let rateDecimals = 9

    /// Takes in `added` (above 0) of this value.
    mutating func receive(_ added: Exact, value incoming: Exact) -> Exact {
        let before = value
        let after = qty + added
        if !qty.isNegative {
            value += incoming
        } else if after.isZero {
            value = 0
            rate = incoming.divided(by: added, decimals: Self.rateDecimals)
        } else {
            value = money.quotient(incoming * after, by: added)
            rate = incoming.divided(by: added, decimals: Self.rateDecimals)
        }
        qty = after
        average()
        return value - before
    }

    /// Lets go of `taken` (above 0) at the moving average. What goes below zero, where that is allowed, goes at the
    /// present rate.
    mutating func issue(_ taken: Exact) -> Exact {
        let before = value
        let after = qty - taken
        if after.isZero {
            value = 0
        } else if !after.isNegative {
            value -= money.quotient(value * taken, by: qty)
        } else if qty.isNegative {
            value -= money.round(taken * rate)
        } else {
            value = money.round(after * rate)
        }
        qty = after
        average()
        return value - before
    }

    /// Takes back a receipt of `taken` (above 0): it goes out at the value it came in with, or with what is there, when
    /// that is less or no quantity remains.
    mutating func takeBack(_ taken: Exact, value original: Exact) -> Exact {
        let before = value
        let after = qty - taken
        if after.isZero {
            value = 0
        } else if !after.isNegative {
            value -= min(max(original, 0), value)
        } else if qty.isNegative {
            value -= original
        } else {
            value = money.round(after * rate)
        }
        qty = after
        average()
        return value - before
    }

    private mutating func average() {
        if qty.isPositive { rate = value.divided(by: qty, decimals: Self.rateDecimals) }
    }
}
