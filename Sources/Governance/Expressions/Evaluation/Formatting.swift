internal import Foundation
internal import Values

/// `strings.quote` and `format` of CEL's strings extension (doc/extensions/strings.md).
extension Evaluator {
    /// How many digits after the point a clause can ask for.
    private static var mostDigits: Int { 100 }

    /// A text as a literal of CEL would be written.
    mutating func quoted(_ text: String, at index: Int32) throws(ExpressionProblem) -> String {
        try pay(text.utf8.count >> 3, at: index)
        var result: [UInt8] = [0x22]
        for byte in text.utf8 {
            switch byte {
            case 0x07: result += [0x5C, 0x61]
            case 0x08: result += [0x5C, 0x62]
            case 0x09: result += [0x5C, 0x74]
            case 0x0A: result += [0x5C, 0x6E]
            case 0x0B: result += [0x5C, 0x76]
            case 0x0C: result += [0x5C, 0x66]
            case 0x0D: result += [0x5C, 0x72]
            case 0x22, 0x5C: result += [0x5C, byte]
            default: result.append(byte)
            }
        }
        return String(decoding: result + [0x22], as: UTF8.self)
    }

    /// A text with its clauses replaced by values: `'%s costs %.2f'.format([doc.item, doc.rate])`.
    mutating func formatted(
        _ text: String, _ values: ExpressionList, at index: Int32
    ) throws(ExpressionProblem) -> String {
        try pay(text.utf8.count >> 3, at: index)
        var rest = Array(text.utf8)[...]
        var result = ""
        var used = 0
        while let mark = rest.firstIndex(of: 0x25) {
            result += String(decoding: rest[..<mark], as: UTF8.self)
            rest = rest[(mark + 1)...]
            if rest.first == 0x25 {
                result += "%"
                rest.removeFirst()
                continue
            }
            let clause = try clause(&rest, at: index)
            guard used < values.count else {
                throw problem(.invalidIndex, "there is no value \(used) for the text's clauses", at: index)
            }
            let part = try filled(clause, values[used], at: index)
            used += 1
            try pay(1 + part.utf8.count >> 3, at: index)
            result += part
        }
        return result + String(decoding: rest, as: UTF8.self)
    }

    private struct Clause {
        var letter: UInt8
        var digits: Int
    }

    private func clause(_ rest: inout ArraySlice<UInt8>, at index: Int32) throws(ExpressionProblem) -> Clause {
        var clause = Clause(letter: 0, digits: 6)
        if rest.first == 0x2E {
            let digits = rest.dropFirst().prefix(while: Lexer.isDigit)
            rest = rest[digits.endIndex...]
            guard let count = Int(String(decoding: digits, as: UTF8.self)), count <= Self.mostDigits else {
                throw problem(.invalidArgument, "a clause asks for 0 to \(Self.mostDigits) digits", at: index)
            }
            clause.digits = count
        }
        guard let letter = rest.popFirst(), Array("sdfexXbo".utf8).contains(letter) else {
            throw problem(
                .invalidArgument, "a clause is one of %s, %d, %f, %e, %x, %X, %b and %o, and %% a percent sign",
                at: index)
        }
        clause.letter = letter
        return clause
    }

    private mutating func filled(
        _ clause: Clause, _ value: ExpressionValue, at index: Int32
    )
        throws(ExpressionProblem) -> String
    {
        let text: String?
        switch clause.letter {
        case UInt8(ascii: "s"): return try written(value, depth: 0, at: index)
        case UInt8(ascii: "d"): text = Self.whole(value, radix: 10) ?? Self.special(value)
        case UInt8(ascii: "o"): text = Self.whole(value, radix: 8)
        case UInt8(ascii: "b"):
            if case .bool(let value) = value { text = value ? "1" : "0" } else { text = Self.whole(value, radix: 2) }
        case UInt8(ascii: "f"), UInt8(ascii: "e"):
            text = Self.special(value) ?? Self.number(value, clause.digits, isScientific: clause.letter == 0x65)
        default: text = try hexadecimal(value, isUpper: clause.letter == 0x58, at: index)
        }
        if let text { return text }
        throw noSuchOverload("%" + String(Character(Unicode.Scalar(clause.letter))), value, at: index)
    }

    private static func whole(_ value: ExpressionValue, radix: Int) -> String? {
        switch value {
        case .int(let number): String(number, radix: radix)
        case .uint(let number): String(number, radix: radix)
        default: nil
        }
    }

    private static func special(_ value: ExpressionValue) -> String? {
        guard case .double(let number) = value, !number.isFinite else { return nil }
        return number.isNaN ? "NaN" : (number < 0 ? "-Infinity" : "Infinity")
    }

    private mutating func hexadecimal(
        _ value: ExpressionValue, isUpper: Bool, at index: Int32
    ) throws(ExpressionProblem) -> String? {
        let bytes: [UInt8]
        switch value {
        case .string(let text): bytes = Array(text.utf8)
        case .bytes(let given): bytes = given
        default:
            let text = Self.whole(value, radix: 16)
            return isUpper ? text?.uppercased() : text
        }
        try pay(bytes.count >> 3, at: index)
        let text = bytes.hexText
        return isUpper ? text.uppercased() : text
    }

    /// A double as the nearest text, from all its binary digits; a decimal exactly, half away from zero.
    private static func number(_ value: ExpressionValue, _ digits: Int, isScientific: Bool) -> String? {
        if case .decimal(let number) = value {
            return isScientific ? scientific(number, digits) : fixed(number, digits)
        }
        guard let number = Numbers.double(value) else { return nil }
        return String(format: isScientific ? "%.\(digits)e" : "%.\(digits)f", number)
    }

    private static func fixed(_ number: Exact, _ digits: Int) -> String {
        let text = number.rounded(min(digits, 18)).description
        let decimals = text.utf8.firstIndex(of: 0x2E).map { text.utf8.distance(from: $0, to: text.utf8.endIndex) - 1 }
        if digits == 0 { return text }
        return text + (decimals == nil ? "." : "") + String(repeating: "0", count: digits - (decimals ?? 0))
    }

    private static func scientific(_ number: Exact, _ digits: Int) -> String {
        /// The power of ten of the first digit.
        func exponent(_ text: String) -> Int {
            let whole = text.utf8.prefix { $0 != 0x2E }
            if whole.first != 0x30 { return whole.count - 1 }
            return -1 - text.utf8.dropFirst(2).prefix { $0 == 0x30 }.count
        }
        if number.isZero { return fixed(number, digits) + "e+00" }
        let first = exponent(number.magnitude.description)
        let rounded = number.magnitude.rounded(max(-38, min(18, digits - first)))
        let power = exponent(rounded.description)
        var figures = rounded.description.utf8.filter { $0 != 0x2E }[...].drop { $0 == 0x30 }.prefix(digits + 1)
        while figures.count <= digits { figures.append(0x30) }
        let text = String(decoding: figures, as: UTF8.self)
        let point = digits == 0 ? "" : "." + text.dropFirst()
        let size = String(power.magnitude)
        return (number.isNegative ? "-" : "") + text.prefix(1) + point + (power < 0 ? "e-" : "e+")
            + (size.utf8.count < 2 ? "0" : "") + size
    }

    /// A value in words, the entries of a map in the order of their keys' texts.
    private mutating func written(
        _ value: ExpressionValue, depth: Int, at index: Int32
    ) throws(ExpressionProblem) -> String {
        guard depth <= 64 else { throw problem(.tooLarge, "the value is nested deeper than 64", at: index) }
        try pay(1, at: index)
        switch value {
        case .null: return "null"
        case .string(let text):
            try pay(bytes: text.utf8.count, at: index)
            return text
        case .bytes(let bytes):
            try pay(bytes: bytes.count, at: index)
            return String(decoding: bytes, as: UTF8.self)
        case .type(let type): return type.rawValue
        case .list(let list):
            var parts: [String] = []
            for position in 0..<list.count {
                parts.append(try written(list[position], depth: depth + 1, at: index))
            }
            return try joined(parts, "[", "]", at: index)
        case .map(let map):
            if let count = map.count { try pay(count, at: index) }
            guard let keys = map.keys else { throw noSuchOverload("%s", value, at: index) }
            var entries: [(key: String, value: String)] = []
            for key in keys {
                let name = try written(key, depth: depth + 1, at: index)
                let value = try written(map[key] ?? .null, depth: depth + 1, at: index)
                entries.append((name, value))
            }
            entries.sort { CodePoints.order($0.key, $1.key) < 0 }
            return try joined(entries.map { $0.key + ": " + $0.value }, "{", "}", at: index)
        default:
            if let text = Self.special(value) { return text }
            guard case .string(let text)? = try converted(.string, value, at: index) else {
                throw noSuchOverload("%s", value, at: index)
            }
            return text
        }
    }

    private mutating func joined(
        _ parts: [String], _ start: String, _ end: String, at index: Int32
    ) throws(ExpressionProblem) -> String {
        try pay(parts.reduce(0) { $0 + $1.utf8.count } >> 3, at: index)
        return start + parts.joined(separator: ", ") + end
    }
}
