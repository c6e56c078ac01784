extension Exact {
    /// The exact sum.
    @inlinable public static func + (l: Exact, r: Exact) -> Exact {
        guard let left = l.small, let right = r.small else { return wideSum(l, r) }
        if l.scale == r.scale { return Exact(mantissa: Int128(left) &+ Int128(right), scale: l.scale) }
        if l.scale < r.scale {
            return Exact(mantissa: PowersOfTen.product(left, r.scale &- l.scale) &+ Int128(right), scale: r.scale)
        }
        return Exact(mantissa: Int128(left) &+ PowersOfTen.product(right, l.scale &- r.scale), scale: l.scale)
    }

    /// The exact difference.
    @inlinable public static func - (l: Exact, r: Exact) -> Exact { l + r.negated }

    /// The product: exact up to 18 decimals, beyond these rounded once, half away from zero.
    @inlinable public static func * (l: Exact, r: Exact) -> Exact {
        let scale = l.scale &+ r.scale
        guard scale <= 18, let left = l.small, let right = r.small else { return wideProduct(l, r) }
        return Exact(mantissa: Int128(left) &* Int128(right), scale: scale)
    }

    /// The value with the other sign.
    @inlinable public static prefix func - (value: Exact) -> Exact { value.negated }

    /// Adds in place.
    @inlinable public static func += (l: inout Exact, r: Exact) { l = l + r }
    /// Subtracts in place.
    @inlinable public static func -= (l: inout Exact, r: Exact) { l = l - r }
    /// Multiplies in place.
    @inlinable public static func *= (l: inout Exact, r: Exact) { l = l * r }
}

extension Exact {
    /// The magnitude as a whole number of 10^-scale; `scale` is not below the number's own.
    func wideMagnitude(scale wanted: UInt8) -> Wide {
        Wide(mantissa.magnitude, times: PowersOfTen.large(Int(wanted) - Int(scale)))
    }

    /// A number from sign, magnitude and scale. What does not fit loses trailing zeros, or is out of range.
    init(negative: Bool, _ magnitude: Wide, scale: Int) {
        var magnitude = magnitude
        var scale = scale
        while magnitude.high != 0 || magnitude.low > Int128.max.magnitude {
            let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
            guard scale > 0, remainder == 0 else {
                self = .outOfRange
                return
            }
            magnitude = quotient
            scale -= 1
        }
        let mantissa = Int128(truncatingIfNeeded: magnitude.low)
        self.init(mantissa: negative ? 0 &- mantissa : mantissa, scale: UInt8(truncatingIfNeeded: scale))
    }

    @usableFromInline @inline(never)
    static func shifting(_ units: Int64, scale: Int) -> Exact {
        if units == 0 { return .zero }
        if scale < 0 {
            if scale < -PowersOfTen.greatestExponent { return .outOfRange }
            let magnitude = Wide(UInt128(units.magnitude), times: PowersOfTen.large(-scale))
            return Exact(negative: units < 0, magnitude, scale: 0)
        }
        let (kept, tail) = Wide(UInt128(units.magnitude)).dropping(digits: scale - mostDecimals)
        let one = Rounding.commercial.increments(tail, negative: units < 0, odd: false) ? Wide(1) : Wide(0)
        return Exact(negative: units < 0, kept.adding(one), scale: mostDecimals)
    }

    @usableFromInline @inline(never)
    static func wideSum(_ l: Exact, _ r: Exact) -> Exact {
        guard l.isInRange, r.isInRange else { return .outOfRange }
        if l.scale == r.scale {
            let (sum, overflow) = l.mantissa.addingReportingOverflow(r.mantissa)
            if !overflow, sum != .min { return Exact(mantissa: sum, scale: l.scale) }
        }
        let scale = max(l.scale, r.scale)
        let left = l.wideMagnitude(scale: scale)
        let right = r.wideMagnitude(scale: scale)
        if l.isNegative == r.isNegative {
            return Exact(negative: l.isNegative, left.adding(right), scale: Int(scale))
        }
        return left < right
            ? Exact(negative: r.isNegative, right.subtracting(left), scale: Int(scale))
            : Exact(negative: l.isNegative, left.subtracting(right), scale: Int(scale))
    }

    @usableFromInline @inline(never)
    static func wideProduct(_ l: Exact, _ r: Exact) -> Exact {
        guard l.isInRange, r.isInRange else { return .outOfRange }
        let negative = l.isNegative != r.isNegative
        let scale = Int(l.scale) + Int(r.scale)
        let product = Wide(l.mantissa.magnitude, times: r.mantissa.magnitude)
        let (kept, tail) = product.dropping(digits: scale - mostDecimals)
        let one = Rounding.commercial.increments(tail, negative: negative, odd: false) ? Wide(1) : Wide(0)
        return Exact(negative: negative, kept.adding(one), scale: min(scale, mostDecimals))
    }
}

extension Sequence where Element == Exact {
    /// The exact sum; 0 for none.
    @inlinable public func sum() -> Exact {
        var total = Exact.zero
        for value in self { total += value }
        return total
    }
}

extension Sequence {
    /// The exact sum of what is taken from each element; 0 for none.
    @inlinable public func sum(_ of: (Element) throws -> Exact) rethrows -> Exact {
        var total = Exact.zero
        for element in self { total += try of(element) }
        return total
    }
}
