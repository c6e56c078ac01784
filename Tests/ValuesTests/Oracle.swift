/// Whole numbers of any size as decimal digits, as slow and as plain as on paper: what the arithmetic is checked against.
struct Oracle: Equatable, CustomStringConvertible {
    /// The lowest digit first, without leading zeros; empty for 0.
    var digits: [Int]
    var negative: Bool

    init(_ digits: [Int], negative: Bool = false) {
        var digits = digits
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.negative = negative && !digits.isEmpty
    }

    init(_ value: Int64) {
        self.init(String(value.magnitude).reversed().map { Int(String($0)) ?? 0 }, negative: value < 0)
    }

    var description: String {
        digits.isEmpty ? "0" : (negative ? "-" : "") + digits.reversed().map(String.init).joined()
    }

    var isOdd: Bool { (digits.first ?? 0) % 2 == 1 }

    func times10(_ count: Int) -> Oracle {
        Oracle(Array(repeating: 0, count: count) + digits, negative: negative)
    }

    static func magnitudeLess(_ l: Oracle, _ r: Oracle) -> Bool {
        if l.digits.count != r.digits.count { return l.digits.count < r.digits.count }
        return l.digits.reversed().lexicographicallyPrecedes(r.digits.reversed())
    }

    static func < (l: Oracle, r: Oracle) -> Bool {
        if l.negative != r.negative { return l.negative }
        return l.negative ? magnitudeLess(r, l) : magnitudeLess(l, r)
    }

    static func + (l: Oracle, r: Oracle) -> Oracle {
        if l.negative == r.negative {
            var result: [Int] = []
            var carry = 0
            for place in 0...max(l.digits.count, r.digits.count) {
                let sum = l.digit(place) + r.digit(place) + carry
                result.append(sum % 10)
                carry = sum / 10
            }
            return Oracle(result, negative: l.negative)
        }
        let (large, small) = magnitudeLess(l, r) ? (r, l) : (l, r)
        var result: [Int] = []
        var borrow = 0
        for place in large.digits.indices {
            let difference = large.digit(place) - small.digit(place) - borrow
            result.append((difference + 10) % 10)
            borrow = difference < 0 ? 1 : 0
        }
        return Oracle(result, negative: large.negative)
    }

    static func * (l: Oracle, r: Oracle) -> Oracle {
        var result = Array(repeating: 0, count: l.digits.count + r.digits.count + 1)
        for (i, a) in l.digits.enumerated() {
            for (j, b) in r.digits.enumerated() { result[i + j] += a * b }
        }
        for place in result.indices.dropLast() {
            result[place + 1] += result[place] / 10
            result[place] %= 10
        }
        return Oracle(result, negative: l.negative != r.negative)
    }

    /// Long division of the magnitudes.
    func divided(by divisor: Oracle) -> (quotient: Oracle, remainder: Oracle) {
        let divisor = Oracle(divisor.digits)
        var quotient: [Int] = []
        var rest = Oracle([])
        for digit in digits.reversed() {
            rest = Oracle([digit] + rest.digits)
            var times = 0
            while !Self.magnitudeLess(rest, divisor) {
                rest = rest + Oracle(divisor.digits, negative: true)
                times += 1
            }
            quotient.insert(times, at: 0)
        }
        return (Oracle(quotient), rest)
    }

    private func digit(_ place: Int) -> Int { place < digits.count ? digits[place] : 0 }
}
