/// An unsigned whole number of 256 bits, for what does not fit 128 on the way to a result.
struct Wide: Equatable, Comparable {
    var high: UInt128
    var low: UInt128

    init(_ low: UInt128) {
        high = 0
        self.low = low
    }

    /// The full product of two numbers.
    init(_ a: UInt128, times b: UInt128) {
        let product = a.multipliedFullWidth(by: b)
        high = product.high
        low = product.low
    }

    var isZero: Bool { high == 0 && low == 0 }

    static func < (l: Wide, r: Wide) -> Bool {
        l.high == r.high ? l.low < r.low : l.high < r.high
    }

    /// The sum, of numbers below 2^255.
    func adding(_ other: Wide) -> Wide {
        var result = self
        let (sum, carry) = low.addingReportingOverflow(other.low)
        result.low = sum
        result.high = high &+ other.high &+ (carry ? 1 : 0)
        return result
    }

    /// The difference; `other` is not the larger one.
    func subtracting(_ other: Wide) -> Wide {
        var result = self
        let (difference, borrow) = low.subtractingReportingOverflow(other.low)
        result.low = difference
        result.high = high &- other.high &- (borrow ? 1 : 0)
        return result
    }

    /// Quotient and remainder; the divisor is not 0.
    func quotientAndRemainder(dividingBy divisor: UInt128) -> (quotient: Wide, remainder: UInt128) {
        if high == 0 {
            let (quotient, remainder) = low.quotientAndRemainder(dividingBy: divisor)
            return (Wide(quotient), remainder)
        }
        let (top, rest) = high.quotientAndRemainder(dividingBy: divisor)
        let (bottom, remainder) = divisor.dividingFullWidth((rest, low))
        var quotient = Wide(bottom)
        quotient.high = top
        return (quotient, remainder)
    }

    /// The number without its last digits, and how these compare with half a unit.
    ///
    /// More than 38 digits may be dropped only of a number below 5 × 10^38, as every mantissa is.
    func dropping(digits: Int) -> (kept: Wide, tail: Rounding.Tail) {
        if digits <= 0 { return (self, .none) }
        if digits > PowersOfTen.greatestExponent { return (Wide(0), isZero ? .none : .belowHalf) }
        let power = PowersOfTen.large(digits)
        let (quotient, remainder) = quotientAndRemainder(dividingBy: power)
        return (quotient, Rounding.Tail(remainder, of: power))
    }
}
