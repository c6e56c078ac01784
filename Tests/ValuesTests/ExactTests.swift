import Testing
import Values

@Suite struct ExactTests {
    @Test(
        arguments: [
            ("0", "0"), ("-0", "0"), ("+3", "3"), ("12", "12"), ("-12.50", "-12.5"), (".5", "0.5"), ("-.5", "-0.5"),
            ("007", "7"), ("1e3", "1000"), ("1.5E-2", "0.015"), ("1.5e+2", "150"), ("-0.01", "-0.01"),
            ("0e999999999999", "0"),
            ("1e-19", "0"), ("5e-19", "0.000000000000000001"), ("-5e-19", "-0.000000000000000001"),
            ("1e-999999999999", "0"),
            ("0.1234567890123456785", "0.123456789012345679"), ("0.1234567890123456784999", "0.123456789012345678"),
            ("0.9999999999999999995", "1"),
            ("123456789012345678901234567890.000000000000000000000", "123456789012345678901234567890"),
            ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
            ("-170141183460469231731687303715884105.727", "-170141183460469231731687303715884105.727"),
            ("9223372036854775808", "9223372036854775808"), ("1000000000000000000000e-21", "1"),
            ("1e38", "1" + String(repeating: "0", count: 38)),
            ("12345678901234567890.5", "12345678901234567890.5"),
        ])
    func `reads text and prints it plainly`(text: String, shown: String) {
        #expect(Exact(text)?.description == shown)
    }

    @Test(
        arguments: [
            "", "-", "+", ".", "5.", "-.", "1.2.3", "1e", "1e+", "e5", "--1", "1-", " 1", "1 ", "1,5", "0x10", "inf",
            "nan", "NaN",
            "1_000", "１", "1.e5", "out of range", "1\n", "1e5.0",
        ])
    func `refuses what is not a number`(text: String) {
        #expect(Exact(text) == nil)
    }

    @Test(arguments: [
        "1e39", "170141183460469231731687303715884105728", "-1e38000000000",
        "999999999999999999999999999999.999999999999",
    ])
    func `a well-formed number that is too large is out of range`(text: String) {
        #expect(Exact(text) == .outOfRange)
    }

    @Test func `equality, hash and order are by value`() {
        #expect(Exact("1.0") == Exact("1.00"))
        #expect(Set([Exact(units: 10, scale: 1), 1, Exact(units: 1_000_000, scale: 6)]).count == 1)
        #expect(Exact(units: 0, scale: 5).hashValue == Exact.zero.hashValue)
        #expect(Exact(units: 19, scale: 1) < 2)
        #expect(Exact(units: -19, scale: 1) > -2)
        let huge = Exact(units: .max, scale: 0) * Exact(units: .max, scale: 0)
        #expect(huge > Exact(units: 1, scale: 18))
        #expect(-huge < Exact(units: -1, scale: 18))
        #expect([3, .outOfRange, -huge, huge, 0].sorted() == [.outOfRange, -huge, 0, 3, huge])
    }

    @Test func `out of range spreads and is refused`() {
        let broken = Exact.outOfRange
        let results: [Exact] = [
            broken + 1, 1 - broken, broken * 0, 0 / broken, broken / 1, -broken, broken.magnitude, broken.rounded(2),
            1 / 0,
            Exact.one.divided(by: 0, decimals: 2), broken.divided(by: 3, decimals: 2), [1, broken, 2].sum(),
            broken - broken,
        ]
        for result in results {
            #expect(result == .outOfRange)
        }
        #expect(!broken.isInRange && !broken.isZero && !broken.isNegative && !broken.isPositive)
        #expect(broken.units(scale: 2) == nil)
        #expect(broken.units(scale: 0) == nil)
        #expect(broken.wholeNumber == nil)
        #expect(broken.description == "out of range")
        #expect(Value(broken, scale: 2) == .outOfRange)
    }

    @Test func `results at the edge of the range`() throws {
        let largest = try #require(Exact("170141183460469231731687303715884105727"))
        #expect(largest + 1 == .outOfRange)
        #expect(-largest - 1 == .outOfRange)
        #expect(largest - largest == 0)
        #expect(largest * 10 == .outOfRange)
        #expect(largest / largest == 1)
        #expect(largest + Exact(units: 1, scale: 18) == .outOfRange)
        #expect(Exact(units: 0, scale: 18) + largest == largest)
        #expect(largest * Exact(units: 10, scale: 1) == largest)
        #expect(Exact(Int64.min).negated.description == "9223372036854775808")
        #expect(Exact(Int64.min) / -1 == -Exact(Int64.min))
        #expect((Exact(Int64.min) * Exact(Int64.min)).description == "85070591730234615865843651857942052864")
    }

    @Test(
        arguments: [
            ("1", "3", "0.333333333333333333"), ("2", "3", "0.666666666666666667"),
            ("-2", "3", "-0.666666666666666667"),
            ("10", "4", "2.5"), ("1", "8", "0.125"), ("100", "0.01", "10000"), ("0", "7", "0"),
            ("1e30", "1", "1000000000000000000000000000000"),
            ("2e25", "3", "6666666666666666666666666.6666666666667"), ("1e38", "3", "out of range"), ("1", "1e38", "0"),
            ("1e20", "1e-18", "100000000000000000000000000000000000000"),
            ("1e30", "1e-18", "out of range"),
            // Fits with 9 decimals only because the ninth is a zero.
            ("3572964852669853866365433378033.5662216", "21", "170141183460469231731687303715.88410579"),
        ])
    func `divides to 18 decimals or as many as fit`(l: String, r: String, quotient: String) throws {
        #expect(try (#require(Exact(l)) / #require(Exact(r))).description == quotient)
    }

    @Test(
        arguments: [
            (Rounding.commercial, ["3", "3", "2", "-3", "-3", "-2", "4"]),
            (.bankers, ["2", "3", "2", "-2", "-3", "-2", "4"]),
            (.up, ["3", "3", "3", "-3", "-3", "-3", "4"]), (.down, ["2", "2", "2", "-2", "-2", "-2", "3"]),
            (.floor, ["2", "2", "2", "-3", "-3", "-3", "3"]), (.ceiling, ["3", "3", "3", "-2", "-2", "-2", "4"]),
        ])
    func `rounds by the rule`(rule: Rounding, expected: [String]) throws {
        let numbers = try ["2.5", "2.51", "2.49", "-2.5", "-2.51", "-2.49", "3.5"].map { try #require(Exact($0)) }
        #expect(numbers.map { $0.rounded(0, rule).description } == expected)
        #expect(numbers.map { $0.units(scale: 0, rule).map(String.init) } == expected)
        #expect(numbers.map { $0.divided(by: 1, decimals: 0, rule).description } == expected)
        let shift = try #require(Exact("1e20"))
        #expect(numbers.map { (shift * $0).rounded(-20, rule) } == expected.compactMap { Exact($0).map { shift * $0 } })
    }

    @Test func `rounds to tens, and survives any number of decimals`() {
        #expect(Exact(1250).rounded(-2) == 1300)
        #expect(Exact(49).rounded(-2) == 0)
        #expect(Exact(1).rounded(-38, .up).description == "1" + String(repeating: "0", count: 38))
        for decimals in [Int.min, -77, -39, 19, 100, Int.max] {
            #expect(Exact(units: 15, scale: 1).rounded(decimals) == (decimals < 0 ? 0 : Exact(units: 15, scale: 1)))
            _ = Exact(units: 15, scale: 1).rounded(decimals, .up)
            _ = Exact(units: 15, scale: 1).units(scale: decimals, .up)
            _ = Exact(1).divided(by: 3, decimals: decimals)
            _ = Exact(units: .min, scale: decimals)
        }
        #expect(Exact(units: 5, scale: -2) == 500)
        #expect(Exact(units: 15, scale: 19) == Exact(units: 2, scale: 18))
        #expect(Exact(units: 1, scale: -40) == .outOfRange)
    }

    @Test func `gives the units of a column, or nothing when they do not fit`() {
        #expect(Exact("12.5")?.units(scale: 4) == 125_000)
        #expect(Exact("0.00005")?.units(scale: 4) == 1)
        #expect(Exact("0.00005")?.units(scale: 4, .bankers) == 0)
        #expect(Exact("922337203685477.5807")?.units(scale: 4) == .max)
        #expect(Exact("-922337203685477.5808")?.units(scale: 4) == .min)
        #expect(Exact("922337203685477.5808")?.units(scale: 4) == nil)
        #expect(Exact("922337203685477.58074")?.units(scale: 4) == .max)
        #expect(Exact("922337203685477.58075")?.units(scale: 4) == nil)
        #expect(Exact("-12.00")?.wholeNumber == -12)
        #expect(Exact("12.01")?.wholeNumber == nil)
    }

    @Test func `sums what is taken from each element`() {
        #expect([1, 2, 3].sum { Exact(units: $0, scale: 2) } == Exact(units: 6, scale: 2))
        #expect([Exact]().sum() == 0)
        var total: Exact = 10
        total += 5
        total -= 3
        total *= 2
        #expect(total == 24)
    }
}
