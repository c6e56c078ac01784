extension Exact: LosslessStringConvertible {
    /// Reads a decimal number: an optional sign, digits with at most one point, an optional exponent.
    ///
    /// `"12"`, `"-12.50"`, `"+3"`, `".5"`, `"1e3"` and `"1.5E-2"` are numbers; `"5."`, `" 1"`, `"1,000"` and `"nan"` are not.
    /// More than 18 decimals are rounded once, half away from zero. A well-formed number that is too large gives
    /// ``outOfRange``.
    ///
    /// - Returns: `nil` when the text is not a number.
    public init?(_ text: String) {
        self.init(utf8: text.utf8.span)
    }

    init?(utf8: Span<UInt8>) {
        guard let shape = NumberShape(utf8) else { return nil }
        self.init(shape, utf8)
    }
}

/// Where the parts of a number's text are, and its value when it is short.
private struct NumberShape {
    var negative = false
    /// First byte of the digits, and the first after them; a point is within.
    var start = 0
    var end = 0
    var digits = 0
    var decimals = 0
    /// The digits as one number; right for at most 18.
    var mantissa: Int64 = 0
    /// At most 10^9 in magnitude: far beyond what any text in memory could make up for by its digits.
    var exponent = 0
    var hasExponent = false

    init?(_ text: Span<UInt8>) {
        var at = 0
        if at < text.count, text[at] == 0x2D || text[at] == 0x2B {
            negative = text[at] == 0x2D
            at += 1
        }
        start = at
        var point: Int?
        while at < text.count {
            let digit = text[at] &- 0x30
            if digit < 10 {
                mantissa = mantissa &* 10 &+ Int64(digit)
                digits += 1
            } else if text[at] == 0x2E, point == nil {
                point = digits
            } else {
                break
            }
            at += 1
        }
        end = at
        if let point {
            decimals = digits - point
            guard decimals > 0 else { return nil }
        }
        guard digits > 0 else { return nil }
        if at < text.count {
            guard readExponent(text, &at), at == text.count else { return nil }
        }
    }

    private mutating func readExponent(_ text: Span<UInt8>, _ at: inout Int) -> Bool {
        guard text[at] | 0x20 == 0x65 else { return false }
        hasExponent = true
        at += 1
        var negative = false
        if at < text.count, text[at] == 0x2D || text[at] == 0x2B {
            negative = text[at] == 0x2D
            at += 1
        }
        let first = at
        while at < text.count, text[at] &- 0x30 < 10 {
            exponent = min(exponent * 10 + Int(text[at] &- 0x30), 1_000_000_000)
            at += 1
        }
        if negative { exponent = -exponent }
        return at > first
    }
}

extension Exact {
    private init(_ shape: NumberShape, _ text: Span<UInt8>) {
        if shape.digits <= 18, !shape.hasExponent {
            let mantissa = shape.negative ? 0 &- shape.mantissa : shape.mantissa
            self.init(mantissa: Int128(mantissa), scale: UInt8(truncatingIfNeeded: shape.decimals))
            return
        }
        var last = shape.end
        while last > shape.start, text[last - 1] == 0x30 || text[last - 1] == 0x2E { last -= 1 }
        // The power of ten of the digit at hand: the first digit has the highest.
        var power = shape.digits - shape.decimals - 1 + shape.exponent
        var magnitude: UInt128 = 0
        var lastPower = 0
        for at in shape.start..<last where text[at] != 0x2E {
            let digit = UInt128(text[at] &- 0x30)
            if power < -Self.mostDecimals {
                if power == -Self.mostDecimals - 1, digit >= 5 {
                    magnitude += 1
                    lastPower = -Self.mostDecimals
                }
                break
            }
            guard magnitude <= Int128.max.magnitude / 10 else {
                self = .outOfRange
                return
            }
            magnitude = magnitude * 10 + digit
            lastPower = power
            power -= 1
        }
        if magnitude == 0 {
            self = .zero
        } else if lastPower > PowersOfTen.greatestExponent {
            self = .outOfRange
        } else if lastPower > 0 {
            self.init(negative: shape.negative, Wide(magnitude, times: PowersOfTen.large(lastPower)), scale: 0)
        } else {
            self.init(negative: shape.negative, Wide(magnitude), scale: -lastPower)
        }
    }
}

extension Exact: CustomStringConvertible {
    /// The plain decimal text, without exponent and without trailing zeros after the point: `12.5`, `0`, `-0.01`;
    /// ``outOfRange`` gives `out of range`.
    public var description: String {
        if scale == 0, let small { return String(small) }
        var text: [UInt8] = []
        text.reserveCapacity(48)
        if isInRange { text.append(decimal: self) } else { text.append(contentsOf: "out of range".utf8) }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends the plain decimal text of a number in range, without trailing zeros after the point.
    mutating func append(decimal value: Exact) {
        let (mantissa, scale) = value.reduced
        if mantissa < 0 { append(0x2D) }
        let magnitude = mantissa.magnitude
        if magnitude <= UInt128(UInt64.max) {
            append(digits: UInt64(truncatingIfNeeded: magnitude), decimals: Int(scale))
        } else {
            append(wideDigits: magnitude, decimals: Int(scale))
        }
    }

    private mutating func append(wideDigits magnitude: UInt128, decimals: Int) {
        let chunk: UInt128 = 1_000_000_000_000_000_000
        let (upper, low) = magnitude.quotientAndRemainder(dividingBy: chunk)
        let (top, middle) = upper.quotientAndRemainder(dividingBy: chunk)
        let start = count
        if top > 0 { append(digits: UInt64(top)) }
        if top > 0 { append(digits: UInt64(middle), width: 18) } else { append(digits: UInt64(middle)) }
        append(digits: UInt64(low), width: 18)
        guard decimals > 0 else { return }
        // More than 19 digits are there and at most 18 decimals, so that a digit always stands before the point.
        insert(0x2E, at: Swift.max(start, count - decimals))
    }
}
