/// Bytes as text (RFC 4648 section 4), with padding.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        append(bytes, to: &result)
        return String(decoding: result, as: UTF8.self)
    }

    static func append(_ bytes: [UInt8], to result: inout [UInt8]) {
        result.reserveCapacity(result.count + (bytes.count + 2) / 3 * 4)
        var at = 0
        while at < bytes.count {
            let given = min(3, bytes.count - at)
            var group = UInt32(bytes[at]) << 16
            if given > 1 { group |= UInt32(bytes[at + 1]) << 8 }
            if given > 2 { group |= UInt32(bytes[at + 2]) }
            result.append(character(group >> 18))
            result.append(character(group >> 12))
            result.append(given > 1 ? character(group >> 6) : 0x3D)
            result.append(given > 2 ? character(group) : 0x3D)
            at += 3
        }
    }

    private static func character(_ bits: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: bits & 63)
        return switch value {
        case 0..<26: 0x41 + value
        case 26..<52: 0x61 + (value - 26)
        case 52..<62: 0x30 + (value - 52)
        case 62: 0x2B
        default: 0x2F
        }
    }
}
