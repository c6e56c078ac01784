internal import Values

/// What texts and numbers of the source denote.
enum Literals {
    /// Why a literal is none, and where.
    struct Fault: Error {
        var message: String
        var offset: Int
    }

    // MARK: Numbers

    /// A whole number, decimal or hexadecimal, perhaps after a minus sign.
    static func int(_ text: String, negative: Bool) -> Int64? {
        let sign = negative ? "-" : ""
        if text.hasPrefix("0x") || text.hasPrefix("0X") { return Int64(sign + text.dropFirst(2), radix: 16) }
        return Int64(sign + text)
    }

    /// A whole number with `u` behind it.
    static func uint(_ text: String) -> UInt64? {
        let digits = text.dropLast()
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") { return UInt64(digits.dropFirst(2), radix: 16) }
        return UInt64(digits)
    }

    /// A number with point or exponent, `nil` when it is too large; it keeps its decimal text when that can be held exactly.
    static func float(_ text: String) -> ExpressionValue? {
        guard let double = Double(text.hasPrefix(".") ? "0" + text : text), double.isFinite else { return nil }
        if let exact = exactly(text) { return .literal(DecimalLiteral(double: double, exact: exact)) }
        return .double(double)
    }

    /// The decimal number, if nothing of it has to be rounded away.
    static func exactly(_ text: String) -> Exact? {
        let parts = text.split { $0 == "e" || $0 == "E" }
        guard let first = parts.first, let number = Exact(text), number.isInRange else { return nil }
        let exponent = parts.count > 1 ? Int(parts[1]) ?? .max : 0
        guard -400...400 ~= exponent else { return nil }
        let fraction = first.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first ?? ""
        let significant = fraction.utf8.count - fraction.utf8.reversed().prefix { $0 == 0x30 }.count
        return significant - exponent <= 18 ? number : nil
    }

    // MARK: Text

    /// The text of a literal with its quotes and prefix.
    static func string(_ source: [UInt8], _ dialect: Dialect) throws(Fault) -> String {
        let parts = split(source, dialect)
        if parts.isRaw || !source.contains(0x5C) { return String(decoding: parts.body, as: UTF8.self) }
        var result: [UInt8] = []
        try unescape(Array(parts.body), dialect, isBytes: false, from: parts.start, into: &result)
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes of a literal with its quotes and prefix.
    static func bytes(_ source: [UInt8]) throws(Fault) -> [UInt8] {
        let parts = split(source, .cel)
        if parts.isRaw { return Array(parts.body) }
        var result: [UInt8] = []
        try unescape(Array(parts.body), .cel, isBytes: true, from: parts.start, into: &result)
        return result
    }

    private static func split(
        _ source: [UInt8], _ dialect: Dialect
    ) -> (body: ArraySlice<UInt8>, start: Int, isRaw: Bool) {
        var start = 0
        var isRaw = false
        while source[start] != 0x22, source[start] != 0x27, source[start] != 0x60 {
            if source[start] | 0x20 == 0x72 { isRaw = true }
            start += 1
        }
        let quote = source[start]
        let isTriple =
            dialect != .javascript && source.count >= start + 6 && source[start + 1] == quote
            && source[start + 2] == quote
        let width = isTriple ? 3 : 1
        return (source[(start + width)..<(source.count - width)], start + width, isRaw)
    }

    private static func unescape(
        _ body: [UInt8], _ dialect: Dialect, isBytes: Bool, from start: Int, into result: inout [UInt8]
    ) throws(Fault) {
        var at = 0
        while at < body.count {
            guard body[at] == 0x5C else {
                result.append(body[at])
                at += 1
                continue
            }
            let begin = at
            at += 1
            guard at < body.count else { throw Fault(message: "a backslash at the end", offset: start + begin) }
            let letter = body[at]
            at += 1
            if let plain = control(letter, dialect) {
                result.append(plain)
                continue
            }
            switch letter {
            case 0x78, 0x75,
                0x58 where dialect == .cel,
                0x55 where dialect != .javascript:
                if dialect == .javascript, letter == 0x75, at < body.count, body[at] == 0x7B {
                    let digits = body[(at + 1)...].prefix { Lexer.isHex($0) }
                    at += digits.count + 2
                    guard 1...6 ~= digits.count, at <= body.count, body[at - 1] == 0x7D,
                        let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
                    else { throw Fault(message: "an incomplete escape", offset: start + begin) }
                    try append(code, isByte: false, start + begin, into: &result)
                    continue
                }
                let count = letter | 0x20 == 0x78 ? 2 : (letter == 0x75 ? 4 : 8)
                let digits = body[at...].prefix(count)
                guard digits.count == count, digits.allSatisfy(Lexer.isHex),
                    let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
                else {
                    throw Fault(message: "an escape with fewer than \(count) hexadecimal digits", offset: start + begin)
                }
                at += count
                if dialect == .javascript, letter == 0x75, let scalar = joined(code, body[at...]) {
                    at += 6
                    try append(scalar, isByte: false, start + begin, into: &result)
                    continue
                }
                try append(code, isByte: isBytes && count == 2, start + begin, into: &result)
            case 0x30...0x33 where dialect == .cel:
                let digits = body[(at - 1)...].prefix(3)
                guard digits.count == 3, digits.allSatisfy({ 0x30...0x37 ~= $0 }),
                    let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 8)
                else { throw Fault(message: "an escape with fewer than 3 octal digits", offset: start + begin) }
                at += 2
                try append(code, isByte: isBytes, start + begin, into: &result)
            default:
                guard dialect != .cel else {
                    throw Fault(message: "an escape that there is not", offset: start + begin)
                }
                if dialect == .python { result.append(0x5C) }
                result.append(letter)
            }
        }
    }

    /// The code point of a surrogate and the escape of its other half that follows, as JavaScript has those beyond U+FFFF.
    private static func joined(_ code: UInt32, _ rest: ArraySlice<UInt8>) -> UInt32? {
        let escape = rest.prefix(6)
        guard 0xD800...0xDBFF ~= code, escape.count == 6, escape.starts(with: [0x5C, 0x75]),
            let second = UInt32(String(decoding: escape.dropFirst(2), as: UTF8.self), radix: 16),
            0xDC00...0xDFFF ~= second
        else { return nil }
        return 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00)
    }

    private static func control(_ letter: UInt8, _ dialect: Dialect) -> UInt8? {
        switch letter {
        case 0x61 where dialect != .javascript: 0x07
        case 0x30 where dialect == .javascript: 0
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        case 0x76: 0x0B
        case 0x5C, 0x22, 0x27: letter
        case 0x3F where dialect == .cel, 0x60 where dialect == .cel: letter
        default: nil
        }
    }

    private static func append(_ code: UInt32, isByte: Bool, _ offset: Int, into result: inout [UInt8]) throws(Fault) {
        if isByte {
            result.append(UInt8(truncatingIfNeeded: code))
            return
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw Fault(message: "an escape for a code point that there is not", offset: offset)
        }
        result.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
}
