import TestSupport
import Testing
import Values

@testable import Accounting

@Suite struct TaxMathTests {
    /// A line of goods as (qty, amount), a tax as (basis, rate or amount), and what comes out.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lines: [(String, String)]
        let taxes: [TaxMath.Tax]
        var discount = TaxMath.Discount()
        var money = MoneyRules()
        let net: [String]
        let amounts: [String]
        let grand: String
    }

    static func tax(
        _ basis: TaxMath.Basis, _ rate: String, included: Bool = false, sign: Exact = 1
    ) -> TaxMath.Tax {
        if case .actual = basis { return TaxMath.Tax(basis: basis, amount: .of(rate), sign: sign) }
        return TaxMath.Tax(basis: basis, rate: .of(rate), isIncluded: included, sign: sign)
    }

    static let cases: [Case] = [
        Case(
            testDescription: "no tax", lines: [("1", "10.01"), ("2", "0.02")], taxes: [], net: ["10.01", "0.02"],
            amounts: [], grand: "10.03"),
        Case(
            testDescription: "a tax on the net total is rounded once", lines: [("1", "0.05"), ("1", "0.05")],
            taxes: [tax(.netTotal, "5")], net: ["0.05", "0.05"], amounts: ["0.01"], grand: "0.11"),
        Case(
            testDescription: "half a cent goes up by commercial rounding", lines: [("1", "0.10")],
            taxes: [tax(.netTotal, "5")], net: ["0.1"], amounts: ["0.01"], grand: "0.11"),
        Case(
            testDescription: "half a cent goes to the even cent by banker's rounding", lines: [("1", "0.10")],
            taxes: [tax(.netTotal, "5")], money: MoneyRules(rounding: .bankers), net: ["0.1"], amounts: ["0"],
            grand: "0.1"),
        Case(
            testDescription: "actual, previous amount and previous total", lines: [("1", "100")],
            taxes: [
                tax(.actual, "10"), tax(.netTotal, "10"), tax(.previousAmount(1), "50"), tax(.previousTotal(2), "10"),
            ], net: ["100"], amounts: ["10", "10", "5", "12.5"], grand: "137.5"),
        Case(
            testDescription: "a charge goes on from exact amounts, not from rounded ones", lines: [("1", "0.45")],
            taxes: [tax(.netTotal, "10"), tax(.previousAmount(0), "100")], net: ["0.45"], amounts: ["0.05", "0.05"],
            grand: "0.55"),
        Case(
            testDescription: "a charge for each unit", lines: [("2.5", "10"), ("1.5", "5")],
            taxes: [tax(.itemQuantity, "0.25")], net: ["10", "5"], amounts: ["1"], grand: "16"),
        Case(
            testDescription: "a deducted tax and one that does not count", lines: [("1", "100")],
            taxes: [tax(.netTotal, "10", sign: -1), tax(.netTotal, "7", sign: 0), tax(.previousTotal(1), "10")],
            net: ["100"], amounts: ["10", "7", "9"], grand: "99"),
        Case(
            testDescription: "a tax that the price includes", lines: [("1", "120")],
            taxes: [tax(.netTotal, "20", included: true)], net: ["100"], amounts: ["20"], grand: "120"),
        Case(
            testDescription: "the rounding of included taxes does not change the price",
            lines: [("1", "9.99"), ("1", "9.99"), ("1", "9.99")], taxes: [tax(.netTotal, "19", included: true)],
            net: ["8.39", "8.39", "8.39"], amounts: ["4.8"], grand: "29.97"),
        Case(
            testDescription: "an included tax on an included tax, and a charge for each unit", lines: [("2", "25.1")],
            taxes: [
                tax(.netTotal, "10", included: true), tax(.previousTotal(0), "10", included: true),
                tax(.itemQuantity, "0.45", included: true),
            ], net: ["20"], amounts: ["2", "2.2", "0.9"], grand: "25.1"),
        Case(
            testDescription: "a discount on the net total", lines: [("1", "10"), ("1", "20")],
            taxes: [tax(.netTotal, "10")],
            discount: TaxMath.Discount(isOnNetTotal: true, percentage: .of("10")), net: ["9", "18"], amounts: ["2.7"],
            grand: "29.7"),
        Case(
            testDescription: "a discount on the grand total comes to its amount",
            lines: [("1", "33.33"), ("1", "66.67")],
            taxes: [tax(.netTotal, "19")], discount: TaxMath.Discount(amount: .of("10")), net: ["30.53", "61.07"],
            amounts: ["17.4"], grand: "109"),
        Case(
            testDescription: "freight takes no part in a discount", lines: [("1", "100")],
            taxes: [tax(.actual, "10"), tax(.netTotal, "10")], discount: TaxMath.Discount(amount: .of("11")),
            net: ["90"], amounts: ["10", "9"], grand: "109"),
        Case(
            testDescription: "a currency without cents", lines: [("1", "995")], taxes: [tax(.netTotal, "10")],
            money: MoneyRules(decimals: 0), net: ["995"], amounts: ["100"], grand: "1095"),
    ]

    @Test(arguments: cases) func `taxes and totals follow the rules`(sample: Case) throws {
        let math = TaxMath(
            lines: sample.lines.map { TaxMath.Line(qty: .of($0.0), amount: .of($0.1)) }, taxes: sample.taxes,
            discount: sample.discount, money: sample.money)
        let result = try math.result()
        #expect(result.net == sample.net.map(Exact.of))
        #expect(result.taxesAfterDiscount == sample.amounts.map(Exact.of))
        #expect(result.grandTotal == .of(sample.grand))
    }

    @Test func `a discount above what it is taken from is refused`() {
        for discount in ["100.01", "200"] {
            let math = TaxMath(
                lines: [TaxMath.Line(qty: 1, amount: 100)], taxes: [Self.tax(.actual, "50")],
                discount: TaxMath.Discount(amount: .of(discount)))
            #expect(throws: TaxMath.Failure.discountTooLarge) { try math.result() }
        }
    }

    @Test(arguments: 0..<300) func `parts always come to the whole`(seed: UInt64) throws {
        var random = Dice(seed: seed)
        let lines = (0..<random.roll(1...40)).map { _ in
            TaxMath.Line(
                qty: Exact(units: Int64(random.roll(1...100_000)), scale: 3),
                amount: Exact(units: Int64(random.roll(1...1_000_000)), scale: 2))
        }
        let included = random.isOne(of: 2)
        var taxes: [TaxMath.Tax] = []
        for place in 0..<random.roll(0...3) {
            var tax = TaxMath.Tax(basis: .netTotal, rate: Exact(units: Int64(random.roll(0...29_999)), scale: 3))
            switch random.roll(0...2) {
            case 0 where place > 0: tax.basis = .previousTotal(place - 1)
            case 1 where place > 0: tax.basis = .previousAmount(place - 1)
            default: break
            }
            tax.isIncluded = included
            taxes.append(tax)
        }
        if !included {
            taxes.append(TaxMath.Tax(basis: .actual, amount: Exact(units: Int64(random.roll(0...9998)), scale: 2)))
        }
        var discount = TaxMath.Discount()
        if random.isOne(of: 2) { discount.amount = lines.sum(\.amount).divided(by: 7, decimals: 2) }
        let rounding: Rounding = random.isOne(of: 2) ? .commercial : .bankers
        let result = try TaxMath(
            lines: lines, taxes: taxes, discount: discount, money: MoneyRules(rounding: rounding)
        ).result()
        let total = lines.sum(\.amount)
        let actual = included ? Exact.zero : taxes.last?.amount ?? .zero
        #expect(result.netTotal == result.net.sum())
        #expect(result.grandTotal == result.netTotal + result.taxesAfterDiscount.sum())
        #expect(result.runningTotals.last ?? result.netTotal == result.grandTotal)
        if included { #expect(result.grandTotal == total - discount.amount) }
        if discount.amount.isZero, !included { #expect(result.net == lines.map(\.amount)) }
        let before = try TaxMath(lines: lines, taxes: taxes, money: MoneyRules(rounding: rounding)).result()
        #expect(result.grandTotal == before.grandTotal - discount.amount)
        #expect(result.grandTotal >= actual)
        let cents = result.net + result.taxesAfterDiscount
        #expect(cents.allSatisfy { $0 == $0.rounded(2) && !$0.isNegative })
    }
}
