/// Powers of ten from a table.
@usableFromInline enum PowersOfTen {
    /// 10^exponent for 0...18; larger exponents give 10^18.
    ///
    /// A `switch` over constants becomes a table in read-only memory: no lazy global, nothing to initialise.
    @inlinable static func small(_ exponent: UInt8) -> Int64 {
        switch exponent {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1_000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        case 9: 1_000_000_000
        case 10: 10_000_000_000
        case 11: 100_000_000_000
        case 12: 1_000_000_000_000
        case 13: 10_000_000_000_000
        case 14: 100_000_000_000_000
        case 15: 1_000_000_000_000_000
        case 16: 10_000_000_000_000_000
        case 17: 100_000_000_000_000_000
        default: 1_000_000_000_000_000_000
        }
    }

    /// The greatest exponent whose power fits 128 bits.
    static let greatestExponent = 38

    /// 10^exponent for 0...38; exponents outside give the nearest of these.
    static func large(_ exponent: Int) -> UInt128 {
        let exponent = min(max(exponent, 0), greatestExponent)
        if exponent <= 18 { return UInt128(UInt64(small(UInt8(exponent)))) }
        let rest = UInt128(UInt64(small(UInt8(min(exponent - 18, 18)))))
        let product = rest &* 1_000_000_000_000_000_000
        return exponent > 36 ? product &* UInt128(UInt64(small(UInt8(exponent - 36)))) : product
    }

    /// value × 10^exponent for 0...18, which always fits 128 bits.
    @inlinable @inline(__always) static func product(_ value: Int64, _ exponent: UInt8) -> Int128 {
        Int128(value) &* Int128(small(exponent))
    }
}
