internal import Values

/// How the letters of a file are written as bytes.
public enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case windows1252 = "windows-1252"

    /// The encoding of that name; `latin1`, `iso-8859-1` and `cp1252` are read as Windows-1252, which holds them.
    public init?(name: String) {
        switch name.lowercased().filter({ $0 != " " && $0 != "_" }) {
        case "utf8", "utf-8": self = .utf8
        case "utf-16", "utf16", "utf-16le", "utf16le": self = .utf16LittleEndian
        case "utf-16be", "utf16be": self = .utf16BigEndian
        case "windows-1252", "cp1252", "latin1", "latin-1", "iso-8859-1", "iso8859-1", "ansi": self = .windows1252
        default: return nil
        }
    }

    /// What stands for each byte from 0x80 to 0x9F; 0 where there is nothing.
    fileprivate static let high: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]
}

/// Finds out the encoding of a file from its bytes.
struct EncodingFinder {
    private var head: [UInt8] = []
    private var utf8 = UTF8Check()
    private var hasLetterThatIsNone = false

    /// Looks at further bytes.
    mutating func note(_ bytes: [UInt8]) {
        if head.count < 4_096 { head += bytes.prefix(4_096 - head.count) }
        utf8.note(bytes)
        if !hasLetterThatIsNone {
            hasLetterThatIsNone = bytes.contains {
                0x80...0x9F ~= $0 && TextEncoding.high[Int($0) - 0x80] == 0
            }
        }
    }

    /// The encoding, and why it is that one; nil when it is none that is read.
    var found: (encoding: TextEncoding, reason: String)? {
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, "it begins with the mark of UTF-8") }
        if head.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, "it begins with the mark of UTF-16") }
        if head.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, "it begins with the mark of UTF-16") }
        let zeros = (even: zeros(from: 0), odd: zeros(from: 1))
        if zeros.odd * 10 > head.count * 3, zeros.even == 0 { return (.utf16LittleEndian, "every second byte is zero") }
        if zeros.even * 10 > head.count * 3, zeros.odd == 0 { return (.utf16BigEndian, "every second byte is zero") }
        if utf8.isValid { return (.utf8, utf8.isASCII ? "all of it is ASCII" : "all of it is valid UTF-8") }
        guard !hasLetterThatIsNone else { return nil }
        return (.windows1252, "it is no valid UTF-8, and every byte is a letter of Windows-1252")
    }

    private func zeros(from start: Int) -> Int {
        stride(from: start, to: head.count, by: 2).count { head[$0] == 0 }
    }

    /// Whether bytes that come in pieces are UTF-8.
    private struct UTF8Check {
        private(set) var isValid = true
        private(set) var isASCII = true
        private var rest: [UInt8] = []

        mutating func note(_ bytes: [UInt8]) {
            if bytes.isEmpty {
                isValid = isValid && rest.isEmpty
                return
            }
            if isASCII, bytes.contains(where: { $0 >= 0x80 }) { isASCII = false }
            guard isValid, !isASCII else { return }
            let all = rest + bytes
            // A letter may go on in the next piece.
            var end = all.count
            let start = max(0, end - 3)
            if let lead = all[start...].lastIndex(where: { $0 >= 0xC0 }) {
                let length = all[lead] >= 0xF0 ? 4 : all[lead] >= 0xE0 ? 3 : 2
                if lead + length > end { end = lead }
            }
            isValid = String(validating: all[..<end], as: UTF8.self) != nil
            rest = Array(all[end...])
        }
    }
}

/// Turns the bytes of a file into UTF-8, as they come.
struct TextDecoder {
    private let encoding: TextEncoding
    private let read: () throws -> [UInt8]
    private var rest: [UInt8] = []
    private var hasStarted = false

    init(_ encoding: TextEncoding, _ read: @escaping () throws -> [UInt8]) {
        self.encoding = encoding
        self.read = read
    }

    /// Some more bytes; none at the end.
    mutating func next() throws -> [UInt8] {
        while true {
            let bytes = try read()
            switch encoding {
            case .utf8: return bytes
            case .windows1252: return Self.decoded(windows: bytes)
            case .utf16LittleEndian, .utf16BigEndian:
                if bytes.isEmpty {
                    // Half a letter at the end is none.
                    let isBroken = !rest.isEmpty
                    rest = []
                    return isBroken ? Array("\u{FFFD}".utf8) : []
                }
                let decoded = decoded(wide: bytes)
                if !decoded.isEmpty { return decoded }
            }
        }
    }

    private static func decoded(windows bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        var text = String.UnicodeScalarView()
        for byte in bytes {
            if 0x80...0x9F ~= byte, TextEncoding.high[Int(byte) - 0x80] != 0 {
                text.append(Unicode.Scalar(TextEncoding.high[Int(byte) - 0x80]) ?? "\u{FFFD}")
            } else {
                text.append(Unicode.Scalar(byte))
            }
        }
        return Array(String(text).utf8)
    }

    private mutating func decoded(wide bytes: [UInt8]) -> [UInt8] {
        let all = rest + bytes
        var units: [UInt16] = []
        units.reserveCapacity(all.count / 2)
        let isLittle = encoding == .utf16LittleEndian
        var at = 0
        while at + 1 < all.count {
            let (one, two) = (UInt16(all[at]), UInt16(all[at + 1]))
            units.append(isLittle ? one | two << 8 : one << 8 | two)
            at += 2
        }
        if let last = units.last, 0xD800...0xDBFF ~= last {
            units.removeLast()
            at -= 2
        }
        rest = Array(all[at...])
        if !hasStarted, let first = units.first {
            hasStarted = true
            if first == 0xFEFF { units.removeFirst() }
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
