/// A JSON value (RFC 8259) with exact numbers.
///
/// Equality is that of JSON: numbers by value, so that `.int(1)` equals `.decimal(1)`, and objects without regard to the
/// order of their members.
public enum JSON: Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number written without point and exponent that fits 64 bits.
    case int(Int64)
    /// Any other number; what is too large is `Exact.outOfRange`.
    case decimal(Exact)
    /// A string.
    case string(String)
    /// A list.
    case array([JSON])
    /// Named members, in order.
    case object(JSONObject)
}

extension JSON {
    /// Reads one JSON value and nothing after it.
    ///
    /// - Throws: ``JSONError`` with the place, when the bytes are not JSON in UTF-8 or pass a limit.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSON {
        var reader = JSONReader(bytes, limits)
        return try reader.document()
    }

    /// Reads one JSON value and nothing after it.
    ///
    /// - Throws: ``JSONError`` with the place, when the text is not JSON or passes a limit.
    public static func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }

    /// The value as compact JSON in UTF-8.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.json(self)
        return writer.bytes
    }

    /// The value as compact JSON.
    public var text: String { String(decoding: encoded, as: UTF8.self) }
}

extension JSON {
    /// The member of an object; `nil` when it has none such or this is no object.
    public subscript(key: String) -> JSON? { object?[key] }

    /// Whether it is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The string, when it is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The whole number, when it is one and fits 64 bits, also when it is written as `1.0` or `1e3`.
    public var int: Int64? {
        switch self {
        case .int(let value): value
        case .decimal(let value): value.wholeNumber
        default: nil
        }
    }

    /// The number, when it is one.
    public var exact: Exact? {
        switch self {
        case .int(let value): Exact(value)
        case .decimal(let value): value
        default: nil
        }
    }

    /// The truth value, when it is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, when it is a list.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, when it is an object.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }
}

extension JSON: Hashable {
    /// Equality of JSON values.
    public static func == (l: JSON, r: JSON) -> Bool {
        switch (l, r) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.decimal(let a), .decimal(let b)): a == b
        case (.int(let a), .decimal(let b)), (.decimal(let b), .int(let a)): Exact(a) == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    /// Feeds the value; equal values hash alike.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(Exact(value))
        case .decimal(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .array(let value): hasher.combine(value)
        case .object(let value): hasher.combine(value)
        }
    }
}

extension JSON: CustomStringConvertible {
    /// The value as compact JSON.
    public var description: String { text }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A list.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object; of equal keys the last wins.
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
    /// `null`
    public init(nilLiteral: ()) { self = .null }
}
