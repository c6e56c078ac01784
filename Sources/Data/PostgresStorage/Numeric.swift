internal import Storage

/// The binary format of `numeric`: digits to the base 10,000, the weight of the first of them, sign and scale
/// (PostgreSQL's `numeric_send` and `numeric_recv`).
enum Numeric {
    private static let negative: UInt16 = 0x4000
    private static let special: UInt16 = 0xC000

    /// Appends the number `units × 10^-scale`, without the length before it.
    static func append(units: Int64, scale: UInt8, to bytes: inout [UInt8]) {
        let scale = Int(scale)
        let fraction = (scale + 3) / 4
        // Shifted so that the point stands between two digits.
        var rest = UInt128(units.magnitude) * UInt128(power(fraction * 4 - scale))
        var digits: (UInt64, UInt64) = (0, 0)  // eight digits of 16 bits, the least significant first
        var count = 0
        while rest != 0 {
            let digit: UInt64
            if let small = UInt64(exactly: rest) {
                digit = small % 10_000
                rest = UInt128(small / 10_000)
            } else {
                digit = UInt64(rest % 10_000)
                rest /= 10_000
            }
            if count < 4 {
                digits.0 |= digit << (16 * UInt64(count))
            } else {
                digits.1 |= digit << (16 * UInt64(count - 4))
            }
            count += 1
        }
        append16(UInt16(count), to: &bytes)
        append16(UInt16(bitPattern: Int16(count - 1 - fraction)), to: &bytes)
        append16(units < 0 ? negative : 0, to: &bytes)
        append16(UInt16(scale), to: &bytes)
        for index in stride(from: count - 1, through: 0, by: -1) {
            let word = index < 4 ? digits.0 >> (16 * UInt64(index)) : digits.1 >> (16 * UInt64(index - 4))
            append16(UInt16(truncatingIfNeeded: word), to: &bytes)
        }
    }

    /// Reads a number in units of `10^-scale`, rounded half away from zero.
    ///
    /// - Throws: ``StorageError/outOfRange`` when it does not fit 64 bits or is no number.
    static func units(_ bytes: UnsafeRawBufferPointer, scale: UInt8) throws(StorageError) -> Int64 {
        let count = Int(unsafe word(bytes, 0))
        let weight = Int(Int16(bitPattern: unsafe word(bytes, 2)))
        let sign = unsafe word(bytes, 4)
        guard sign & special != special else { throw .outOfRange }
        var sum: UInt128 = 0
        for index in 0..<count {
            let digit = unsafe word(bytes, 8 + 2 * index)
            let exponent = 4 * (weight - index) + Int(scale)
            if exponent >= 0 {
                if digit == 0 { continue }
                guard exponent <= 19 else { throw .outOfRange }
                // Less than 10^4 × 10^19, and of a number that fits there are few.
                sum += UInt128(digit) * UInt128(power(exponent))
            } else {
                if exponent >= -4 {
                    let divisor = UInt16(power(-exponent))
                    sum += UInt128(digit / divisor)
                    if digit % divisor * 2 >= divisor { sum += 1 }
                }
                break
            }
        }
        let units = sign == negative ? Int64(exactly: -Int128(sum)) : Int64(exactly: sum)
        guard let units else { throw .outOfRange }
        return units
    }

    /// How many decimals the number shows.
    static func scale(_ bytes: UnsafeRawBufferPointer) -> UInt8 { UInt8(clamping: unsafe word(bytes, 6)) }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt16 {
        guard at + 2 <= bytes.count else { return 0 }
        return unsafe UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])
    }

    private static func append16(_ word: UInt16, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: word >> 8))
        bytes.append(UInt8(truncatingIfNeeded: word))
    }

    /// 10^exponent, 0...19.
    private static func power(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power &*= 10 }
        return power
    }
}
