extension [UInt8] {
    /// Appends a whole number.
    mutating func append(integer value: Int64) {
        if value < 0 { append(0x2D) }
        append(digits: value.magnitude)
    }

    /// Appends the digits of a number, with leading zeros up to `width` (at most 20).
    mutating func append(digits value: UInt64, width: Int = 1) {
        if value < 10, width <= 1 {
            append(0x30 &+ UInt8(truncatingIfNeeded: value))
            return
        }
        var digits = InlineArray<20, UInt8>(repeating: 0x30)
        var first = 20
        var rest = value
        while rest > 0 {
            first -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits[first] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        for at in Swift.max(Swift.min(first, 20 - width), 0)..<20 { append(digits[at]) }
    }

    /// Appends the last two digits of a number, as dates and times have them.
    @inline(__always)
    mutating func append(twoDigits value: Int) {
        let (tens, ones) = UInt8(truncatingIfNeeded: value).quotientAndRemainder(dividingBy: 10)
        append(0x30 &+ tens)
        append(0x30 &+ ones)
    }

    /// Appends a number whose last `decimals` (0...18) digits stand after the point.
    mutating func append(digits value: UInt64, decimals: Int) {
        guard decimals > 0 else {
            append(digits: value)
            return
        }
        let power = PowersOfTen.small(UInt8(truncatingIfNeeded: decimals)).magnitude
        let (whole, fraction) = value.quotientAndRemainder(dividingBy: power)
        append(digits: whole)
        append(0x2E)
        append(digits: fraction, width: decimals)
    }
}

/// Reads the parts of a fixed text form: digits and separators at a position that moves on.
enum Scan {
    /// Reads `least` to `most` digits; `nil`, without moving, when there are fewer.
    static func digits(_ text: Span<UInt8>, _ at: inout Int, _ least: Int, _ most: Int) -> Int? {
        var value = 0
        var end = at
        while end < text.count, end - at < most, text[end] &- 0x30 < 10 {
            value = value &* 10 &+ Int(text[end] &- 0x30)
            end += 1
        }
        guard end - at >= least else { return nil }
        at = end
        return value
    }

    /// Moves past the byte if it stands here.
    static func byte(_ byte: UInt8, _ text: Span<UInt8>, _ at: inout Int) -> Bool {
        guard at < text.count, text[at] == byte else { return false }
        at += 1
        return true
    }
}
