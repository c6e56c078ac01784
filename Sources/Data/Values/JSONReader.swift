/// Reads JSON strictly by RFC 8259, in one pass over the bytes.
struct JSONReader {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var at = 0
    private var values = 0
    private var depth = 0
    /// The member of the outermost object that is being read.
    private var key: String?

    init(_ bytes: [UInt8], _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSON {
        skipSpace()
        let value = try value()
        skipSpace()
        if at < bytes.count { throw error("unexpected text after the value") }
        return value
    }

    private func error(_ reason: String, at offset: Int? = nil) -> JSONError {
        JSONError(reason, offset ?? at, in: bytes, key: key)
    }

    /// The byte at hand; 0, which JSON never has outside an error, at the end.
    @inline(__always)
    private var byte: UInt8 { at < bytes.count ? bytes[at] : 0 }

    @inline(__always)
    private mutating func skipSpace() {
        while at < bytes.count {
            let byte = bytes[at]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at += 1
        }
    }

    private mutating func value() throws(JSONError) -> JSON {
        values += 1
        if values > limits.values { throw error("more than \(limits.values) values") }
        switch byte {
        case 0x22: return .string(try string())
        case 0x7B: return try object()
        case 0x5B: return try array()
        case 0x2D, 0x30...0x39: return try number()
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .null)
        default: throw error(at < bytes.count ? "expected a value" : "unexpected end")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let text = word.description.utf8
        guard bytes[at...].starts(with: text) else { throw error("expected a value") }
        at += text.count
        return value
    }
}

// MARK: - Arrays and objects

extension JSONReader {
    private mutating func enter() throws(JSONError) {
        depth += 1
        if depth > limits.depth { throw error("nested deeper than \(limits.depth) levels") }
        at += 1
        skipSpace()
    }

    /// Moves past a comma, or past the end of the container. Gives whether there is another element.
    @inline(__always)
    private mutating func another(_ end: UInt8, _ reason: StaticString) throws(JSONError) -> Bool {
        skipSpace()
        if byte == 0x2C {
            at += 1
            skipSpace()
            return true
        }
        guard byte == end else { throw error(at < bytes.count ? reason.description : "unexpected end") }
        at += 1
        depth -= 1
        return false
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        if byte == 0x5D {
            at += 1
            depth -= 1
            return .array(elements)
        }
        repeat {
            elements.append(try value())
        } while try another(0x5D, "expected ',' or ']'")
        return .array(elements)
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var object = JSONObject()
        if byte == 0x7D {
            at += 1
            depth -= 1
            return .object(object)
        }
        object.reserveCapacity(8)
        repeat {
            guard byte == 0x22 else { throw error(at < bytes.count ? "expected a key in quotes" : "unexpected end") }
            let key = try string()
            skipSpace()
            guard byte == 0x3A else { throw error(at < bytes.count ? "expected ':'" : "unexpected end") }
            at += 1
            skipSpace()
            if depth == 1 { self.key = key }
            object.set(key, try value())
        } while try another(0x7D, "expected ',' or '}'")
        return .object(object)
    }
}

// MARK: - Numbers

extension JSONReader {
    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        let negative = byte == 0x2D
        if negative { at += 1 }
        let first = at
        var mantissa: Int64 = 0
        digits(&mantissa)
        guard at > first else { throw error("expected a digit") }
        if bytes[first] == 0x30, at - first > 1 { throw error("a number does not begin with 0", at: first) }
        var digitCount = at - first
        var decimals = 0
        let isWhole = byte != 0x2E && byte | 0x20 != 0x65
        if byte == 0x2E {
            at += 1
            let point = at
            digits(&mantissa)
            decimals = at - point
            digitCount += decimals
            guard decimals > 0 else { throw error("expected a digit") }
        }
        let hasExponent = byte | 0x20 == 0x65
        if hasExponent { try exponent() }
        if digitCount <= 18, !hasExponent {
            let value = negative ? -mantissa : mantissa
            return isWhole ? .int(value) : .decimal(Exact(units: value, scale: decimals))
        }
        // The grammar is checked, so that the text is always a number.
        let exact = Exact(utf8: bytes.span.extracting(start..<at)) ?? .outOfRange
        if isWhole, let value = exact.wholeNumber { return .int(value) }
        return .decimal(exact)
    }

    @inline(__always)
    private mutating func digits(_ mantissa: inout Int64) {
        while at < bytes.count {
            let digit = bytes[at] &- 0x30
            if digit > 9 { return }
            mantissa = mantissa &* 10 &+ Int64(digit)
            at += 1
        }
    }

    private mutating func exponent() throws(JSONError) {
        at += 1
        if byte == 0x2D || byte == 0x2B { at += 1 }
        let first = at
        while byte &- 0x30 < 10 { at += 1 }
        guard at > first else { throw error("expected a digit") }
    }
}

// MARK: - Strings

extension JSONReader {
    private mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        var isASCII = true
        while at < bytes.count {
            let byte = bytes[at]
            if byte == 0x22 {
                let text = try decoded(start, isASCII)
                at += 1
                return text
            }
            if byte == 0x5C { return try escapedString(start) }
            if byte < 0x20 { throw error("control character in a string") }
            if byte >= 0x80 { isASCII = false }
            at += 1
        }
        throw error("unexpected end in a string")
    }

    private func decoded(_ start: Int, _ isASCII: Bool) throws(JSONError) -> String {
        if !isASCII { try validate(start) }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    /// Checks that the bytes from `start` up to the one at hand are UTF-8.
    private func validate(_ start: Int) throws(JSONError) {
        do {
            _ = try UTF8Span(validating: bytes.span.extracting(start..<at))
        } catch {
            throw self.error("invalid UTF-8", at: start + error.byteOffsets.lowerBound)
        }
    }

    private mutating func escapedString(_ start: Int) throws(JSONError) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        var run = start
        while at < bytes.count {
            switch bytes[at] {
            case 0x22:
                try validate(run)
                text.append(contentsOf: bytes[run..<at])
                at += 1
                return String(decoding: text, as: UTF8.self)
            case 0x5C:
                try validate(run)
                text.append(contentsOf: bytes[run..<at])
                try escape(&text)
                run = at
            case ..<0x20:
                throw error("control character in a string")
            default:
                at += 1
            }
        }
        throw error("unexpected end in a string")
    }

    private mutating func escape(_ text: inout [UInt8]) throws(JSONError) {
        let start = at
        at += 1
        let plain: UInt8
        switch byte {
        case 0x22, 0x5C, 0x2F: plain = byte
        case 0x62: plain = 0x08
        case 0x66: plain = 0x0C
        case 0x6E: plain = 0x0A
        case 0x72: plain = 0x0D
        case 0x74: plain = 0x09
        case 0x75:
            let scalar = try unicodeEscape(start)
            if scalar == 0, !limits.allowsNUL { throw error(JSONError.nul, at: start) }
            text.append(contentsOf: Unicode.Scalar(scalar).map { Array(UTF8.encode($0) ?? .init()) } ?? [])
            return
        default: throw error(at < bytes.count ? "unknown escape" : "unexpected end in a string", at: start)
        }
        at += 1
        text.append(plain)
    }

    /// The scalar of `\uXXXX`, or of two of them that make a surrogate pair.
    private mutating func unicodeEscape(_ start: Int) throws(JSONError) -> UInt32 {
        let first = try hexadecimal(start)
        if first & 0xFC00 == 0xDC00 { throw error("lone surrogate", at: start) }
        guard first & 0xFC00 == 0xD800 else { return first }
        guard byte == 0x5C, at + 1 < bytes.count, bytes[at + 1] == 0x75 else {
            throw error("lone surrogate", at: start)
        }
        at += 1
        let second = try hexadecimal(at - 1)
        guard second & 0xFC00 == 0xDC00 else { throw error("lone surrogate", at: start) }
        return 0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)
    }

    private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
        at += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw error("expected four hexadecimal digits", at: start)
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
