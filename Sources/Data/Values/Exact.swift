/// An exact decimal number: a 128-bit whole number and how many of its digits stand after the point.
///
/// Money, quantities and rates are computed with it. Every operation is exact, or rounds once where its comment says so.
/// Up to 18 decimals are kept, and magnitudes up to about 1.7 × 10^38 / 10^decimals.
///
/// Arithmetic never traps and never throws. A result that cannot be held becomes ``outOfRange``, which spreads through
/// further arithmetic as NaN does and is refused when a field takes it, so that the error can name the field.
///
/// Equality, order and hash are by numeric value: `1.0` equals `1.00`. ``outOfRange`` equals itself and is smaller than
/// every number.
public struct Exact: Sendable {
    /// All digits as one whole number of 128 bits, in two words. `Int128.min` stands for ``outOfRange``.
    ///
    /// Not stored as an `Int128`: that is aligned to 16 bytes, which makes arrays of numbers a third larger, and debug builds
    /// of Swift 6.3.1 crashed on an enum with such a payload, which they took from the stack unaligned.
    @usableFromInline let low: UInt64
    @usableFromInline let high: Int64
    /// How many digits of the mantissa stand after the point, 0...18.
    @usableFromInline let scale: UInt8

    @inlinable @inline(__always) init(mantissa: Int128, scale: UInt8) {
        low = UInt64(truncatingIfNeeded: mantissa)
        high = Int64(truncatingIfNeeded: mantissa >> 64)
        self.scale = scale
    }

    /// All digits as one whole number. `Int128.min` stands for ``outOfRange``.
    @inlinable @inline(__always) var mantissa: Int128 { Int128(high) &<< 64 | Int128(low) }

    /// The most decimals a number keeps.
    @inlinable static var mostDecimals: Int { 18 }

    /// A whole number.
    @inlinable public init(_ value: Int) { self.init(mantissa: Int128(value), scale: 0) }

    /// A whole number.
    @inlinable public init(_ value: Int64) { self.init(mantissa: Int128(value), scale: 0) }

    /// The number `units × 10^-scale`, as a database column of that scale holds it.
    ///
    /// With a scale beyond 18 the number is rounded half away from zero to 18 decimals; a negative scale multiplies.
    @inlinable public init(units: Int64, scale: Int) {
        if scale >= 0, scale <= Self.mostDecimals {
            self.init(mantissa: Int128(units), scale: UInt8(truncatingIfNeeded: scale))
        } else {
            self = Self.shifting(units, scale: scale)
        }
    }

    /// 0
    @inlinable public static var zero: Exact { Exact(mantissa: 0, scale: 0) }
    /// 1
    @inlinable public static var one: Exact { Exact(mantissa: 1, scale: 0) }
    /// 100, for percentages.
    @inlinable public static var hundred: Exact { Exact(mantissa: 100, scale: 0) }
    /// What stands for a result that cannot be held: too large, or a division by zero.
    @inlinable public static var outOfRange: Exact { Exact(mantissa: .min, scale: 0) }

    /// Whether this is a number, and not ``outOfRange``.
    @inlinable public var isInRange: Bool { mantissa != .min }
    /// Whether the value is 0. ``outOfRange`` is not.
    @inlinable public var isZero: Bool { mantissa == 0 }
    /// Whether the value is below 0. ``outOfRange`` is neither negative nor positive.
    @inlinable public var isNegative: Bool { mantissa < 0 && isInRange }
    /// Whether the value is above 0.
    @inlinable public var isPositive: Bool { mantissa > 0 }
    /// The value without its sign.
    @inlinable public var magnitude: Exact { isNegative ? negated : self }
    /// The value with the other sign.
    @inlinable public var negated: Exact { Exact(mantissa: 0 &- mantissa, scale: scale) }

    /// The value as a whole number, when it is one and fits; `nil` else.
    public var wholeNumber: Int64? {
        let (mantissa, scale) = reduced
        return scale == 0 && isInRange ? Int64(exactly: mantissa) : nil
    }

    /// The mantissa as 64 bits, if it fits: the way to the fast paths.
    @inlinable @inline(__always) var small: Int64? {
        let narrow = Int64(bitPattern: low)
        return high == narrow &>> 63 ? narrow : nil
    }
}

extension Exact: ExpressibleByIntegerLiteral {
    /// A whole number written in the source.
    @inlinable public init(integerLiteral value: Int64) { self.init(value) }
}

extension Exact: Hashable {
    /// Equality by numeric value.
    @inlinable public static func == (l: Exact, r: Exact) -> Bool {
        if l.scale == r.scale { return l.mantissa == r.mantissa }
        return order(l, r) == 0
    }

    /// Feeds the value without its trailing zeros, so that equal numbers hash alike.
    public func hash(into hasher: inout Hasher) {
        let (mantissa, scale) = reduced
        hasher.combine(mantissa)
        hasher.combine(scale)
    }

    /// Mantissa and scale without trailing zeros after the point.
    var reduced: (mantissa: Int128, scale: UInt8) {
        if scale == 0 { return (mantissa, 0) }
        if mantissa == 0 { return (0, 0) }
        var scale = self.scale
        if var narrow = small {
            while scale > 0 {
                let (quotient, remainder) = narrow.quotientAndRemainder(dividingBy: 10)
                if remainder != 0 { break }
                narrow = quotient
                scale -= 1
            }
            return (Int128(narrow), scale)
        }
        var wide = mantissa
        while scale > 0 {
            let (quotient, remainder) = wide.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { break }
            wide = quotient
            scale -= 1
        }
        return (wide, scale)
    }
}

extension Exact: Comparable {
    /// Order by numeric value; ``outOfRange`` comes first.
    @inlinable public static func < (l: Exact, r: Exact) -> Bool {
        if l.scale == r.scale { return l.mantissa < r.mantissa }
        return order(l, r) < 0
    }

    /// -1, 0 or 1: how the two compare.
    @usableFromInline static func order(_ l: Exact, _ r: Exact) -> Int {
        if let left = l.small, let right = r.small {
            let a: Int128
            let b: Int128
            if l.scale < r.scale {
                (a, b) = (PowersOfTen.product(left, r.scale &- l.scale), Int128(right))
            } else {
                (a, b) = (Int128(left), PowersOfTen.product(right, l.scale &- r.scale))
            }
            return a < b ? -1 : (a == b ? 0 : 1)
        }
        if !l.isInRange || !r.isInRange { return l.isInRange ? 1 : (r.isInRange ? -1 : 0) }
        if l.mantissa.signum() != r.mantissa.signum() { return l.mantissa < r.mantissa ? -1 : 1 }
        let scale = max(l.scale, r.scale)
        let a = l.wideMagnitude(scale: scale)
        let b = r.wideMagnitude(scale: scale)
        if a == b { return 0 }
        return (a < b) != l.isNegative ? -1 : 1
    }
}
