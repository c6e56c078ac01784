import TestSupport
import Testing
import Values

/// Random numbers of every size against arithmetic on digit strings.
@Suite struct ExactPropertyTests {
    /// A number as the oracle has it: digits and how many of them are decimals.
    struct Sample {
        var oracle: Oracle
        var scale: Int
        var exact: Exact

        init(using random: inout Dice) throws {
            scale = Int.random(in: 0...18, using: &random)
            let length = Int.random(in: 1...37, using: &random)
            var digits = (0..<length).map { _ in Int.random(in: 0...9, using: &random) }
            if Int.random(in: 0..<4, using: &random) == 0 {
                for place in 0..<(length / 2) { digits[place] = 0 }
            }
            oracle = Oracle(digits, negative: Bool.random(using: &random))
            exact = try #require(Exact(Self.text(oracle, scale)))
        }

        static func text(_ oracle: Oracle, _ scale: Int) -> String {
            var digits = oracle.digits.reversed().map(String.init)
            while digits.count <= scale { digits.insert("0", at: 0) }
            if scale > 0 { digits.insert(".", at: digits.count - scale) }
            return (oracle.negative ? "-" : "") + digits.joined()
        }
    }

    /// The text that a result must have, trailing zeros trimmed; `nil` when its digits do not fit 127 bits.
    static func shown(_ oracle: Oracle, _ scale: Int) -> String? {
        var oracle = oracle
        var scale = scale
        while scale > 0, (oracle.digits.first ?? 0) == 0 {
            oracle = Oracle(Array(oracle.digits.dropFirst()), negative: oracle.negative)
            scale -= 1
        }
        let limit = Oracle(String(Int128.max).reversed().map { Int(String($0)) ?? 0 })
        return Oracle.magnitudeLess(limit, oracle) ? nil : Sample.text(oracle, scale)
    }

    /// The quotient of the magnitudes, rounded half away from zero or by the rule.
    static func rounded(_ dividend: Oracle, _ divisor: Oracle, _ rule: Rounding, negative: Bool) -> Oracle {
        let (quotient, remainder) = dividend.divided(by: divisor)
        let isExact = remainder.digits.isEmpty
        let twice = remainder + remainder
        let magnitude = Oracle(divisor.digits)
        let isHalf = twice == magnitude
        let isAbove = Oracle.magnitudeLess(magnitude, twice)
        let up =
            switch rule {
            case .commercial: isHalf || isAbove
            case .bankers: isAbove || (isHalf && quotient.isOdd)
            case .up: !isExact
            case .down: false
            case .floor: !isExact && negative
            case .ceiling: !isExact && !negative
            }
        return Oracle((up ? quotient + Oracle(1) : quotient).digits, negative: negative)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `sums, products and order agree with digit strings`(seed: UInt64) throws {
        var random = Dice(seed: seed)
        for _ in 0..<300 {
            let a = try Sample(using: &random)
            let b = try Sample(using: &random)
            let scale = max(a.scale, b.scale)
            let left = a.oracle.times10(scale - a.scale)
            let right = b.oracle.times10(scale - b.scale)
            #expect((a.exact + b.exact).description == Self.shown(left + right, scale) ?? "out of range")
            let negated = Oracle(right.digits, negative: !right.negative)
            #expect((a.exact - b.exact).description == Self.shown(left + negated, scale) ?? "out of range")
            #expect((a.exact < b.exact) == (left < right))
            #expect((a.exact == b.exact) == (left == right))
            var product = a.oracle * b.oracle
            var decimals = a.scale + b.scale
            if decimals > 18 {
                let power = Oracle(1).times10(decimals - 18)
                product = Self.rounded(product, power, .commercial, negative: product.negative)
                decimals = 18
            }
            #expect((a.exact * b.exact).description == Self.shown(product, decimals) ?? "out of range")
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `quotients agree with long division`(seed: UInt64) throws {
        var random = Dice(seed: seed &* 0xD1B5_4A32_D192_ED03)
        for _ in 0..<100 {
            let a = try Sample(using: &random)
            let b = try Sample(using: &random)
            guard !b.exact.isZero else { continue }
            let decimals = Int.random(in: 0...18, using: &random)
            let rule = Rounding.allCases.randomElement(using: &random) ?? .commercial
            let negative = a.oracle.negative != b.oracle.negative
            func quotient(_ decimals: Int, _ rule: Rounding) -> String? {
                let shift = decimals - a.scale + b.scale
                let result = Self.rounded(
                    a.oracle.times10(max(shift, 0)), b.oracle.times10(max(-shift, 0)), rule, negative: negative)
                return Self.shown(result, decimals)
            }
            #expect(
                a.exact.divided(by: b.exact, decimals: decimals, rule).description
                    == quotient(decimals, rule) ?? "out of range")
            let best = (9...18).reversed().lazy.compactMap { quotient($0, .commercial) }.first
            #expect((a.exact / b.exact).description == best ?? "out of range")
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `rounding agrees with long division, and text comes back`(seed: UInt64) throws {
        var random = Dice(seed: seed &* 0xA24B_AED4_963E_E407)
        for _ in 0..<300 {
            let a = try Sample(using: &random)
            let decimals = Int.random(in: -20...18, using: &random)
            let rule = Rounding.allCases.randomElement(using: &random) ?? .commercial
            #expect(Exact(a.exact.description) == a.exact)
            guard decimals < a.scale else {
                #expect(a.exact.rounded(decimals, rule) == a.exact)
                continue
            }
            let power = Oracle(1).times10(a.scale - decimals)
            let units = Self.rounded(a.oracle, power, rule, negative: a.oracle.negative)
            let shown = Self.shown(decimals < 0 ? units.times10(-decimals) : units, max(decimals, 0))
            #expect(a.exact.rounded(decimals, rule).description == shown ?? "out of range")
            #expect(a.exact.units(scale: decimals, rule) == Int64(units.description))
        }
    }
}
