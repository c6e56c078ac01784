internal import Values

/// How JavaScript and Python take any value as truth value, number or text.
///
/// Days and moments are text here, as they are in Frappe's documents: `2026-01-31`, `2026-01-31 08:00:00.000000`.
enum Loose {
    /// A number, exact wherever it can be.
    enum Number {
        case exact(Exact)
        /// Infinite, or not a number.
        case special(Double)
    }

    /// Whether the value counts as true. In Python empty lists and maps do not.
    static func isTrue(_ value: ExpressionValue, _ dialect: Dialect) -> Bool {
        switch value {
        case .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .uint(let value): value != 0
        case .double(let value): value != 0 && !value.isNaN
        case .literal(let value): value.double != 0
        case .decimal(let value): !settled(value, dialect).isZero
        case .string(let text): !text.isEmpty
        case .list(let list): dialect != .python || list.count > 0
        case .map(let map): dialect != .python || map.count != 0
        case .bytes, .timestamp, .duration, .type, .optional: true
        }
    }

    /// Whether a field is filled, as its bare name decides: an empty table is not.
    static func isFilled(_ value: ExpressionValue) -> Bool { isTrue(value, .python) }

    static func number(_ value: ExpressionValue) -> Number {
        switch value {
        case .null: return .exact(.zero)
        case .bool(let value): return .exact(value ? .one : .zero)
        case .double(let value):
            guard value.isFinite, let exact = Exact(PlainNumber.text(value)), exact.isInRange else {
                return .special(value)
            }
            return .exact(exact)
        case .string, .list, .timestamp, .duration:
            let text = Evaluator.trimmed(text(value))
            if text.isEmpty { return .exact(.zero) }
            guard let exact = Exact(text), exact.isInRange else { return .special(.nan) }
            return .exact(exact)
        default:
            guard let exact = value.exact, exact.isInRange else { return .special(.nan) }
            return .exact(exact)
        }
    }

    static func text(_ value: ExpressionValue, depth: Int = 0) -> String {
        switch value {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .string(let text): return text
        case .timestamp(let moment):
            return moment.isDay ? moment.timestamp.day.description : moment.timestamp.description
        case .duration(let span): return span.clock ?? span.description
        case .list(let list):
            if depth > 8 { return "" }
            return list.elements.map { $0.isNull ? "" : text($0, depth: depth + 1) }.joined(separator: ",")
        case .map: return "[object Object]"
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .type(let type): return type.rawValue
        case .double(let value):
            return value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : PlainNumber.text(value)
        default: return value.exact?.description ?? ""
        }
    }

    /// Whether it is text, or what is text in a document.
    static func isText(_ value: ExpressionValue) -> Bool {
        switch value {
        case .string, .timestamp, .duration: true
        default: false
        }
    }

    static func isNumber(_ value: ExpressionValue) -> Bool {
        switch value {
        case .int, .uint, .double, .literal, .decimal: true
        default: false
        }
    }

    /// The number without the traces of a division in JavaScript, rounded to nine decimals: a third taken three times is one,
    /// as it is in a browser.
    static func settled(_ number: Exact, _ dialect: Dialect) -> Exact {
        dialect == .javascript ? number.rounded(9, .bankers) : number
    }

    static func compare(_ l: Number, _ r: Number, _ dialect: Dialect) -> Ordering {
        switch (l, r) {
        case (.exact(let a), .exact(let b)):
            a == b ? .equal : Ordering(settled(a, dialect), settled(b, dialect))
        case (.special(let a), .special(let b)): Ordering(a, b)
        case (.exact, .special(let b)): b.isNaN ? .unordered : (b > 0 ? .less : .greater)
        case (.special(let a), .exact): a.isNaN ? .unordered : (a > 0 ? .greater : .less)
        }
    }

    /// The whole number before the point; 0 for what is no number.
    static func whole(_ value: ExpressionValue) -> Int64? {
        guard case .exact(let number) = number(value) else { return nil }
        return number.rounded(0, .down).wholeNumber
    }

    static func value(_ number: Exact) -> ExpressionValue {
        number.wholeNumber.map { .int($0) } ?? .decimal(number)
    }
}
