public import Values

/// A value that an expression reads, makes or gives.
///
/// The types are CEL's, and `decimal`, which holds money and quantities exactly. It is not `Equatable`: what `==` means in an
/// expression depends on its language and may cost more than it is worth.
public enum ExpressionValue: Sendable {
    /// Nothing.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A signed whole number.
    case int(Int64)
    /// An unsigned whole number.
    case uint(UInt64)
    /// A binary floating-point number that was computed.
    case double(Double)
    /// A floating-point number that was written in the source: a double for doubles, exact for decimals.
    case literal(DecimalLiteral)
    /// An exact decimal.
    case decimal(Exact)
    /// Text.
    case string(String)
    /// Bytes.
    case bytes([UInt8])
    /// A moment.
    case timestamp(ExpressionMoment)
    /// A span of time.
    case duration(ExpressionDuration)
    /// A list.
    case list(ExpressionList)
    /// A map, or an object with fields.
    case map(ExpressionMap)
    /// A type, as `type(x)` gives it.
    case type(ExpressionType)
    /// What may have a value or none.
    case optional(ExpressionOptional)
}

/// The types of values, with the names that CEL gives them.
public enum ExpressionType: String, Sendable, Hashable, CaseIterable {
    case null = "null_type"
    case bool, int, uint, double, decimal, string, bytes
    case timestamp = "google.protobuf.Timestamp"
    case duration = "google.protobuf.Duration"
    case list, map, type
    case optional = "optional_type"
}

/// A floating-point literal: the double it denotes and the decimal that it was written as.
public final class DecimalLiteral: Sendable {
    /// The nearest double.
    public let double: Double
    /// The number as written.
    public let exact: Exact

    /// A literal of both.
    public init(double: Double, exact: Exact) {
        self.double = double
        self.exact = exact
    }
}

extension ExpressionValue {
    /// Which type the value has.
    public var type: ExpressionType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double, .literal: .double
        case .decimal: .decimal
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .list: .list
        case .map: .map
        case .type: .type
        case .optional: .optional
        }
    }

    /// A column's value: a day is a moment at midnight, a time of the day the span since midnight.
    public init(_ value: Values.Value) {
        switch value {
        case .null: self = .null
        case .int(let value): self = .int(value)
        case .decimal(let units, let scale): self = .decimal(Exact(units: units, scale: Int(scale)))
        case .text(let value): self = .string(value)
        case .day(let value): self = .timestamp(ExpressionMoment(value))
        case .timestamp(let value): self = .timestamp(ExpressionMoment(value))
        case .time(let value): self = .duration(ExpressionDuration(nanoseconds: value.microseconds * 1000))
        case .bytes(let value): self = .bytes(value)
        case .outOfRange: self = .decimal(.outOfRange)
        }
    }

    /// A JSON value; numbers with point or exponent are decimals, lists and objects are not copied.
    public init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .decimal(let value): self = .decimal(value)
        case .string(let value): self = .string(value)
        case .array(let values): self = .list(ExpressionList(values))
        case .object(let object): self = .map(ExpressionMap(object))
        }
    }

    /// A list.
    public init(_ values: [ExpressionValue]) { self = .list(ExpressionList(values)) }

    /// An object whose fields are read by name when they are needed.
    public init(_ object: any ExpressionObject) { self = .map(ExpressionMap(object)) }
}

extension ExpressionValue {
    /// The truth value, when it is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The text, when it is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// Whether it is null.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The exact number of an int, uint, decimal or floating-point literal; `nil` for anything else, also for computed doubles.
    public var exact: Exact? {
        switch self {
        case .int(let value): Exact(value)
        case .uint(let value): Exact(value)
        case .decimal(let value): value
        case .literal(let value): value.exact
        default: nil
        }
    }

    /// The value as JSON, as a form or a log shows it: doubles by their shortest decimal text, moments and spans as text, bytes
    /// in hexadecimal, none as null. `nil` for an object that cannot list its fields, for types, and for what is nested deeper than 64 or has
    /// more than 100,000 values, which a small expression can make by using one list many times.
    public var json: JSON? {
        var budget = 100_000
        return json(depth: 0, &budget)
    }

    private func json(depth: Int, _ budget: inout Int) -> JSON? {
        budget -= 1
        guard depth < 64, budget > 0 else { return nil }
        switch self {
        case .null: return JSON.null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .uint(let value): return Int64(exactly: value).map(JSON.int) ?? .decimal(Exact(value))
        case .double(let value):
            let text = PlainNumber.text(value)
            return Exact(text).map(JSON.decimal) ?? .string(text)
        case .literal(let value): return .decimal(value.exact)
        case .decimal(let value): return .decimal(value)
        case .string(let value): return .string(value)
        case .bytes(let value): return .string(value.hexText)
        case .timestamp(let value): return .string(value.description)
        case .duration(let value): return .string(value.description)
        case .type: return nil
        case .optional(let optional): return (optional.value ?? .null).json(depth: depth + 1, &budget)
        case .list(let list):
            var values: [JSON] = []
            for index in 0..<list.count {
                guard let value = list[index].json(depth: depth + 1, &budget) else { return nil }
                values.append(value)
            }
            return .array(values)
        case .map(let map):
            guard let keys = map.keys else { return nil }
            var object = JSONObject()
            for key in keys {
                guard let name = MapKey(key)?.text, let value = map[key]?.json(depth: depth + 1, &budget) else {
                    return nil
                }
                object[name] = value
            }
            return .object(object)
        }
    }
}

extension Exact {
    /// A whole number without a sign.
    init(_ value: UInt64) {
        self = Exact(Int64(value >> 1)) * Exact(2 as Int64) + Exact(Int64(value & 1))
    }
}
