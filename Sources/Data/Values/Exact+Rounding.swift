extension Exact {
    /// The value with at most that many decimals, rounded once.
    ///
    /// Negative decimals round to tens, hundreds and so on. More than 18 decimals leave the value as it is.
    public func rounded(_ decimals: Int, _ rule: Rounding = .commercial) -> Exact {
        if decimals >= Int(scale) || mantissa == .min { return self }
        if decimals >= 0, let small {
            let units = Self.dropping(scale &- UInt8(truncatingIfNeeded: decimals), of: small, rule)
            return Exact(mantissa: Int128(units), scale: UInt8(truncatingIfNeeded: decimals))
        }
        let decimals = max(decimals, -2 * PowersOfTen.greatestExponent)
        let kept = wideUnits(decimals, rule)
        if decimals >= 0 { return Exact(negative: isNegative, kept, scale: decimals) }
        if kept.isZero { return .zero }
        if decimals < -PowersOfTen.greatestExponent { return .outOfRange }
        return Exact(negative: isNegative, Wide(kept.low, times: PowersOfTen.large(-decimals)), scale: 0)
    }

    /// The value as a whole number of `10^-scale`, as a database column of that scale holds it, rounded once.
    ///
    /// - Returns: `nil` when it does not fit 64 bits or is ``outOfRange``.
    public func units(scale wanted: Int, _ rule: Rounding = .commercial) -> Int64? {
        if wanted == Int(scale) { return small }
        if mantissa == .min { return nil }
        if mantissa == 0 { return 0 }
        if wanted > Int(scale) {
            let more = wanted - Int(scale)
            guard more <= 18, let small else { return nil }
            let (units, overflow) = small.multipliedReportingOverflow(
                by: PowersOfTen.small(UInt8(truncatingIfNeeded: more)))
            return overflow ? nil : units
        }
        if wanted >= 0, let small {
            return Self.dropping(scale &- UInt8(truncatingIfNeeded: wanted), of: small, rule)
        }
        let kept = wideUnits(max(wanted, -2 * PowersOfTen.greatestExponent), rule)
        guard kept.high == 0, kept.low <= Int128.max.magnitude else { return nil }
        let units = Int128(truncatingIfNeeded: kept.low)
        return Int64(exactly: mantissa < 0 ? 0 &- units : units)
    }

    /// The quotient with at most that many decimals (0...18), rounded once, from the exact quotient.
    ///
    /// Decimals outside 0...18 are taken as the nearest of these.
    ///
    /// - Returns: ``outOfRange`` when dividing by zero or when the quotient does not fit.
    public func divided(by divisor: Exact, decimals: Int, _ rule: Rounding = .commercial) -> Exact {
        guard isInRange, divisor.isInRange, !divisor.isZero else { return .outOfRange }
        let decimals = min(max(decimals, 0), Self.mostDecimals)
        let negative = isNegative != divisor.isNegative
        if let quotient = narrowQuotient(divisor, decimals, negative, rule) { return quotient }
        return Exact(negative: negative, wideQuotient(divisor, decimals, negative, rule), scale: decimals)
    }

    /// The quotient to 18 decimals, or as many as fit, at least 9; rounded once, half away from zero.
    ///
    /// - Returns: ``outOfRange`` when dividing by zero or when the quotient does not fit with 9 decimals, zeros at the end
    ///   not counted.
    public static func / (l: Exact, r: Exact) -> Exact {
        guard l.isInRange, r.isInRange, !r.isZero else { return .outOfRange }
        let negative = l.isNegative != r.isNegative
        if l.scale >= r.scale, let left = l.small?.magnitude, let right = r.small?.magnitude {
            // Many quotients in practice end at once: short results keep later arithmetic fast.
            let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
            if remainder == 0 {
                let mantissa = Int128(quotient)
                return Exact(mantissa: negative ? 0 &- mantissa : mantissa, scale: l.scale &- r.scale)
            }
        }
        if let quotient = l.narrowQuotient(r, mostDecimals, negative, .commercial) { return quotient }
        for decimals in stride(from: mostDecimals, through: 9, by: -1) {
            let quotient = l.divided(by: r, decimals: decimals)
            if quotient.isInRange { return quotient }
        }
        return .outOfRange
    }
}

extension Exact {
    /// The whole number without its last digits (1...18), rounded.
    @inline(__always)
    private static func dropping(_ digits: UInt8, of value: Int64, _ rule: Rounding) -> Int64 {
        let power = PowersOfTen.small(digits)
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: power)
        let tail = Rounding.Tail(remainder.magnitude, of: power.magnitude)
        guard rule.increments(tail, negative: value < 0, odd: quotient & 1 != 0) else { return quotient }
        return value < 0 ? quotient &- 1 : quotient &+ 1
    }

    /// The magnitude as a whole number of 10^-decimals, rounded; `decimals` is not above the number's own scale.
    private func wideUnits(_ decimals: Int, _ rule: Rounding) -> Wide {
        let (kept, tail) = Wide(mantissa.magnitude).dropping(digits: Int(scale) - decimals)
        return rule.increments(tail, negative: isNegative, odd: kept.low & 1 != 0) ? kept.adding(Wide(1)) : kept
    }

    /// The quotient when all of the way to it fits 128 bits; `nil` sends the caller the wide way.
    @inline(__always)
    private func narrowQuotient(_ divisor: Exact, _ decimals: Int, _ negative: Bool, _ rule: Rounding) -> Exact? {
        let shift = decimals - Int(scale) + Int(divisor.scale)
        guard shift >= 0, shift <= 36, let left = small, let right = divisor.small?.magnitude else { return nil }
        let (dividend, overflow) = UInt128(left.magnitude).multipliedReportingOverflow(by: PowersOfTen.large(shift))
        if overflow { return nil }
        var units: UInt128
        let tail: Rounding.Tail
        let high = UInt64(truncatingIfNeeded: dividend >> 64)
        if high < right {
            let (quotient, remainder) = right.dividingFullWidth((high, UInt64(truncatingIfNeeded: dividend)))
            units = UInt128(quotient)
            tail = Rounding.Tail(remainder, of: right)
        } else {
            let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: UInt128(right))
            units = quotient
            tail = Rounding.Tail(remainder, of: UInt128(right))
        }
        var scale = decimals
        if tail == .none {
            if scale >= 9, units % 1_000_000_000 == 0 {
                units /= 1_000_000_000
                scale -= 9
            }
        } else if rule.increments(tail, negative: negative, odd: units & 1 != 0) {
            units += 1
        }
        guard units <= Int128.max.magnitude else { return nil }
        let mantissa = Int128(truncatingIfNeeded: units)
        return Exact(mantissa: negative ? 0 &- mantissa : mantissa, scale: UInt8(truncatingIfNeeded: scale))
    }

    /// The magnitude of the quotient as a whole number of 10^-decimals, rounded.
    @inline(never)
    private func wideQuotient(_ divisor: Exact, _ decimals: Int, _ negative: Bool, _ rule: Rounding) -> Wide {
        let shift = decimals - Int(scale) + Int(divisor.scale)
        let (dividend, fraction) =
            shift >= 0
            ? (Wide(mantissa.magnitude, times: PowersOfTen.large(shift)), .none)
            : Wide(mantissa.magnitude).dropping(digits: -shift)
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor.mantissa.magnitude)
        let tail = fraction.following(remainder, of: divisor.mantissa.magnitude)
        let increments = rule.increments(tail, negative: negative, odd: quotient.low & 1 != 0)
        return increments ? quotient.adding(Wide(1)) : quotient
    }
}
