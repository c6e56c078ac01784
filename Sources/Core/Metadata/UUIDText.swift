internal import Values

/// UUIDs as text, as RFC 9562 writes them.
package enum UUIDText {
    /// Whether it is a UUID in small letters.
    package static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.indices.allSatisfy { index in
            if [8, 13, 18, 23].contains(index) { return bytes[index] == 0x2D }
            return (0x30...0x39).contains(bytes[index]) || (0x61...0x66).contains(bytes[index])
        }
    }

    /// A UUID of version 7 that grows as the identifier does and is as unique: the identifier's milliseconds, then its
    /// counter, then bits mixed from both.
    package static func version7(from identifier: String) -> String {
        var bits: UInt128 = 0
        for byte in identifier.utf8 { bits = bits << 5 | UInt128(digit(byte)) }
        let milliseconds = UInt64(truncatingIfNeeded: bits >> 32) & (1 << 48 - 1)
        let counter = UInt64(UInt32(truncatingIfNeeded: bits))
        let high = milliseconds << 16 | 0x7000 | counter >> 20
        let low = UInt64(0b10) << 62 | (counter & 0xF_FFFF) << 42 | mixed(UInt64(truncatingIfNeeded: bits)) >> 22
        let bytes = [high, low].flatMap { part in (0..<8).map { UInt8(truncatingIfNeeded: part >> (56 - 8 * $0)) } }
        var text = ""
        for (index, digit) in bytes.hexText.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    /// The value of a digit of Crockford's base 32; other characters count by their code.
    private static func digit(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x68: byte - 0x61 + 10
        case 0x6A, 0x6B: byte - 0x6A + 18
        case 0x6D, 0x6E: byte - 0x6D + 20
        case 0x70...0x74: byte - 0x70 + 22
        case 0x76...0x7A: byte - 0x76 + 27
        default: byte & 31
        }
    }

    /// The finishing step of SplitMix64.
    private static func mixed(_ seed: UInt64) -> UInt64 {
        var mixed = seed &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
