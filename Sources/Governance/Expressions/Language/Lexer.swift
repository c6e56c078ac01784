/// A word, number, text or sign of the source.
struct Token {
    enum Kind: Equatable {
        case identifier, quotedIdentifier, int, uint, float, string, bytes, sign, end
    }

    var kind: Kind
    var start: Int32
    var end: Int32
    /// The identifier or sign; empty for anything else.
    var text: String
}

/// Cuts a source into tokens (CEL: langdef.md, section "Syntax"; the dialects: what Frappe's conditions use).
struct Lexer {
    private let source: String
    private let bytes: [UInt8]
    private let dialect: Dialect
    private var at = 0

    static func tokens(
        _ source: String, _ dialect: Dialect, _ limits: ExpressionLimits
    ) throws(ExpressionProblem)
        -> [Token]
    {
        guard source.utf8.count <= limits.sourceBytes else {
            throw ExpressionProblem(.tooLarge, "the expression is longer than \(limits.sourceBytes) bytes")
        }
        var lexer = Lexer(source: source, bytes: Array(source.utf8), dialect: dialect)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private init(source: String, bytes: [UInt8], dialect: Dialect) {
        self.source = source
        self.bytes = bytes
        self.dialect = dialect
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        at + offset < bytes.count ? bytes[at + offset] : 0
    }

    private func problem(_ message: String, at: Int, expected: String? = nil) -> ExpressionProblem {
        ExpressionProblem(.syntax, message, in: source, at: at, expected: expected)
    }

    private func token(_ kind: Token.Kind, from start: Int, text: String = "") -> Token {
        Token(kind: kind, start: Int32(start), end: Int32(at), text: text)
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private mutating func next() throws(ExpressionProblem) -> Token {
        try skipSpace()
        let start = at
        guard at < bytes.count else { return token(.end, from: start) }
        let first = byte()
        if let kind = stringStart() { return try string(kind, from: start) }
        if first == 0x60, dialect == .cel { return try quotedIdentifier() }
        if Self.isLetter(first) || (first == 0x24 && dialect != .cel) {
            while Self.isLetter(byte()) || Self.isDigit(byte()) || (byte() == 0x24 && dialect != .cel) { at += 1 }
            return token(.identifier, from: start, text: text(start..<at))
        }
        if Self.isDigit(first) || (first == 0x2E && Self.isDigit(byte(1))) { return try number() }
        for sign in Self.signs(dialect) where matches(sign) {
            // In `a?.5:1` the point belongs to the number.
            if sign == "?.", Self.isDigit(byte(2)) { continue }
            at += sign.utf8.count
            return token(.sign, from: start, text: sign)
        }
        if first == 0 { throw problem("a NUL character", at: start) }
        if first >= 0x80 || first < 0x20 || first == 0x7F {
            throw problem("a character that is not part of the language", at: start)
        }
        throw problem("'\(text(start..<start + 1))' is not part of the language", at: start)
    }

    private static func signs(_ dialect: Dialect) -> [String] {
        switch dialect {
        case .cel:
            [
                "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(",
                ")", "[", "]", "{", "}",
            ]
        case .javascript, .python:
            [
                "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "=>", "??", "?.", "//", "**", "<", ">", "+", "-", "*",
                "/", "%",
                "!", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}", ";", "=",
            ]
        }
    }

    private func matches(_ sign: String) -> Bool {
        var offset = 0
        for expected in sign.utf8 {
            if byte(offset) != expected { return false }
            offset += 1
        }
        return true
    }

    private mutating func skipSpace() throws(ExpressionProblem) {
        while at < bytes.count {
            switch byte() {
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D: at += 1
            case 0x2F where byte(1) == 0x2F && dialect != .python:
                while at < bytes.count, byte() != 0x0A { at += 1 }
            case 0x2F where byte(1) == 0x2A && dialect == .javascript:
                let start = at
                at += 2
                while !(byte() == 0x2A && byte(1) == 0x2F) {
                    guard at < bytes.count else {
                        throw problem("the comment does not end", at: start, expected: "*/")
                    }
                    at += 1
                }
                at += 2
            default: return
            }
        }
    }

    static func isLetter(_ byte: UInt8) -> Bool { byte == 0x5F || (byte | 0x20) &- 0x61 < 26 }
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }

    // MARK: Numbers

    private mutating func number() throws(ExpressionProblem) -> Token {
        let start = at
        if byte() == 0x30, byte(1) | 0x20 == 0x78, Self.isHex(byte(2)) {
            at += 2
            while Self.isHex(byte()) { at += 1 }
            let whole = integer(from: start)
            return try endOfNumber(whole, start)
        }
        while Self.isDigit(byte()) { at += 1 }
        var isFloat = false
        if byte() == 0x2E, Self.isDigit(byte(1)) {
            isFloat = true
            at += 1
            while Self.isDigit(byte()) { at += 1 }
        }
        if byte() | 0x20 == 0x65 {
            let digit = byte(1) == 0x2B || byte(1) == 0x2D ? 2 : 1
            if Self.isDigit(byte(digit)) {
                isFloat = true
                at += digit
                while Self.isDigit(byte()) { at += 1 }
            }
        }
        let number = isFloat ? token(.float, from: start) : integer(from: start)
        return try endOfNumber(number, start)
    }

    private mutating func integer(from start: Int) -> Token {
        guard byte() | 0x20 == 0x75, dialect == .cel else { return token(.int, from: start) }
        at += 1
        return token(.uint, from: start)
    }

    private func endOfNumber(_ token: Token, _ start: Int) throws(ExpressionProblem) -> Token {
        guard !Self.isLetter(byte()), !Self.isDigit(byte()) else {
            throw problem("a number goes over into a word", at: start, expected: "an operator between them")
        }
        return token
    }

    // MARK: Text

    private struct StringKind {
        var isBytes = false
        var isRaw = false
        var quote: UInt8
        var prefix: Int
    }

    /// Whether a text begins here, perhaps after `r` and `b`.
    private func stringStart() -> StringKind? {
        var kind = StringKind(quote: 0, prefix: 0)
        if dialect == .cel {
            while kind.prefix < 2 {
                let letter = byte(kind.prefix) | 0x20
                if letter == 0x72, !kind.isRaw {
                    kind.isRaw = true
                } else if letter == 0x62, !kind.isBytes, !kind.isRaw {
                    kind.isBytes = true
                } else {
                    break
                }
                kind.prefix += 1
            }
        }
        let quote = byte(kind.prefix)
        guard quote == 0x22 || quote == 0x27 || (quote == 0x60 && dialect == .javascript) else { return nil }
        kind.quote = quote
        return kind
    }

    private mutating func string(_ kind: StringKind, from start: Int) throws(ExpressionProblem) -> Token {
        at += kind.prefix
        let isTriple = dialect != .javascript && byte(1) == kind.quote && byte(2) == kind.quote
        at += isTriple ? 3 : 1
        while true {
            guard at < bytes.count else {
                throw problem("the text does not end", at: start, expected: "a closing quote")
            }
            let now = byte()
            if now == kind.quote, !isTriple || (byte(1) == kind.quote && byte(2) == kind.quote) {
                at += isTriple ? 3 : 1
                return token(kind.isBytes ? .bytes : .string, from: start)
            }
            if kind.quote == 0x60, now == 0x24, byte(1) == 0x7B {
                throw ExpressionProblem(
                    .unsupported, "a text with values in it", in: source, at: at, expected: "texts joined by +")
            }
            if !isTriple, kind.quote != 0x60, now == 0x0A || now == 0x0D {
                throw problem("the text does not end on its line", at: start, expected: "a closing quote")
            }
            // A backslash keeps the next byte from ending the text, but not in a raw one.
            at += now == 0x5C && !kind.isRaw ? 2 : 1
        }
    }

    private mutating func quotedIdentifier() throws(ExpressionProblem) -> Token {
        let start = at
        at += 1
        while Self.isLetter(byte()) || Self.isDigit(byte()) || [0x2E, 0x2D, 0x2F, 0x20].contains(byte()) { at += 1 }
        guard byte() == 0x60, at > start + 1 else {
            throw problem("a quoted name does not end", at: start, expected: "a closing `")
        }
        at += 1
        return token(.quotedIdentifier, from: start, text: text(start + 1..<at - 1))
    }
}
