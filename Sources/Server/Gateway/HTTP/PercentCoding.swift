internal import Values

/// Percent-encoding (RFC 3986 section 2.1).
enum PercentCoding {
    /// Decodes once. A `%` without two hexadecimal digits stays as it is; bytes that are not UTF-8 become U+FFFD.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        let decoded = text.utf8.withContiguousStorageIfAvailable { source -> String? in
            guard unsafe source.contains(where: { $0 == 0x25 || plusIsSpace && $0 == 0x2B }) else { return nil }
            return unsafe decode(source, plusIsSpace)
        }
        if let decoded { return decoded ?? String(text) }
        // A text that is kept in another form has no bytes to look at.
        return decode(String(decoding: Array(text.utf8), as: UTF8.self), plusIsSpace: plusIsSpace)
    }

    /// Decodes bytes as ``decode(_:plusIsSpace:)`` decodes text.
    static func decode(_ source: UnsafeBufferPointer<UInt8>, _ plusIsSpace: Bool) -> String {
        // Nothing gets longer by decoding.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: source.count) { target in
            var count = 0
            var at = 0
            while at < source.count {
                let byte = unsafe source[at]
                if byte == 0x25, at + 2 < source.count, let high = unsafe digit(source[at + 1]),
                    let low = unsafe digit(source[at + 2])
                {
                    unsafe target[count] = high << 4 | low
                    at += 3
                } else {
                    unsafe target[count] = plusIsSpace && byte == 0x2B ? 0x20 : byte
                    at += 1
                }
                count += 1
            }
            return unsafe String(decoding: target[..<count], as: UTF8.self)
        }
    }

    /// Encodes all but letters, digits and `-._~`, so that the result is one segment of a path or one value of a query.
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [0x25] + [byte].hexText.uppercased().utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
