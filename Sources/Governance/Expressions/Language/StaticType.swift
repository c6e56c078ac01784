/// What is known of a value's type before an expression is evaluated.
///
/// Two are equal when they are written the same; objects are told apart by the names of their shapes.
public indirect enum ExpressionStaticType: Sendable {
    /// Any type: nothing is checked.
    case dyn
    /// What nothing decides yet, such as the elements of an empty list; it fits everything.
    case open
    /// Null.
    case null
    /// A truth value.
    case bool
    /// A signed whole number.
    case int
    /// An unsigned whole number.
    case uint
    /// A floating-point number that is computed.
    case double
    /// A floating-point number that is written, which fits doubles and decimals.
    case number
    /// An exact decimal.
    case decimal
    /// Text.
    case string
    /// Bytes.
    case bytes
    /// A moment.
    case timestamp
    /// A span of time.
    case duration
    /// A type.
    case type
    /// A list of elements.
    case list(ExpressionStaticType)
    /// A map of keys to values.
    case map(ExpressionStaticType, ExpressionStaticType)
    /// An object with the fields of a shape.
    case object(any ExpressionShape)
    /// What may have a value or none.
    case optional(ExpressionStaticType)
    /// That type or null, as a field that can be empty. It may stand where the type is asked for.
    case nullable(ExpressionStaticType)
}

/// Which fields the objects of a kind have, such as the documents of a DocType.
///
/// The check asks for the fields that an expression mentions. A shape may hold others, also its own kind.
public protocol ExpressionShape: Sendable {
    /// The name of the kind; shapes with the same name are taken for the same.
    var name: String { get }
    /// The type of a field; `nil` when there is no such field.
    func type(of field: String) -> ExpressionStaticType?
}

extension ExpressionStaticType: Equatable, CustomStringConvertible {
    /// Whether both are the same type.
    public static func == (l: ExpressionStaticType, r: ExpressionStaticType) -> Bool {
        switch (l, r) {
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)), (.nullable(let a), .nullable(let b)):
            a == b
        case (.map(let a, let b), .map(let c, let d)): a == c && b == d
        case (.object(let a), .object(let b)): a.name == b.name
        default: l.simpleName != nil && l.simpleName == r.simpleName
        }
    }

    /// The type as CEL writes it: `list(int)`.
    public var description: String {
        switch self {
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let value): "optional_type(\(value))"
        case .nullable(let type): "\(type) or null"
        case .object(let shape): shape.name
        default: simpleName ?? ""
        }
    }

    private var simpleName: String? {
        switch self {
        case .dyn: "dyn"
        case .open: "anything"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .number: "a number with a point"
        case .decimal: "decimal"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .type: "type"
        case .list, .map, .object, .optional, .nullable: nil
        }
    }
}

extension ExpressionStaticType {
    /// How deep types are followed: a small expression can nest lists much deeper through `cel.bind`.
    private static var deepest: Int { 24 }

    private var depth: Int {
        switch self {
        case .list(let inner), .optional(let inner), .nullable(let inner): 1 + inner.depth
        case .map(let key, let value): 1 + max(key.depth, value.depth)
        default: 1
        }
    }

    /// The type, or `dyn` when it is nested too deep to be part of another.
    var part: ExpressionStaticType { depth < Self.deepest ? self : .dyn }

    /// Whether anything may be there.
    var isDynamic: Bool { self == .dyn || self == .open }

    /// The type without null.
    var filled: ExpressionStaticType {
        if case .nullable(let type) = self { type.filled } else { self }
    }

    /// Whether it is a type of numbers.
    var isNumeric: Bool { [.int, .uint, .double, .number, .decimal].contains(self) }

    /// The type as a result: what is still open may be anything, and a number that is written is a double.
    var settled: ExpressionStaticType {
        switch self {
        case .open: .dyn
        case .number: .double
        case .list(let element): .list(element.settled)
        case .map(let key, let value): .map(key.settled, value.settled)
        case .optional(let value): .optional(value.settled)
        case .nullable(let type): .nullable(type.settled)
        default: self
        }
    }

    /// Whether null counts as a value of it beside its own, as CEL has always taken it.
    private var takesNull: Bool {
        switch self {
        case .null, .dyn, .open, .nullable, .object, .timestamp, .duration, .optional: true
        default: false
        }
    }

    /// The type that values of both have; `nil` when there is none.
    static func common(_ l: ExpressionStaticType, _ r: ExpressionStaticType) -> ExpressionStaticType? {
        switch (l, r) {
        case (.open, _): return r
        case (_, .open): return l
        case (.dyn, _), (_, .dyn): return .dyn
        case (.null, _) where r.takesNull: return r
        case (_, .null) where l.takesNull: return l
        case (.nullable, _), (_, .nullable): return common(l.filled, r.filled).map { .nullable($0) }
        case (.number, .double), (.double, .number): return .double
        case (.number, .decimal), (.decimal, .number): return .decimal
        case (.list(let a), .list(let b)): return common(a, b).map { .list($0) }
        case (.optional(let a), .optional(let b)): return common(a, b).map { .optional($0) }
        case (.map(let a, let b), .map(let c, let d)):
            guard let key = common(a, c), let value = common(b, d) else { return nil }
            return .map(key, value)
        default: return l == r ? l : nil
        }
    }

    /// The type of values of both: `dyn` when they have none in common.
    static func joined(_ l: ExpressionStaticType, _ r: ExpressionStaticType) -> ExpressionStaticType {
        common(l, r) ?? .dyn
    }

    /// Whether asking if values of both are equal makes sense: numbers compare with numbers, but a double with no decimal.
    static func comparable(_ l: ExpressionStaticType, _ r: ExpressionStaticType) -> Bool {
        if l == .null || r == .null { return l.takesNull && r.takesNull }
        switch (l.filled, r.filled) {
        case (.dyn, _), (.open, _), (_, .dyn), (_, .open), (.object, .object): return true
        case (.double, .decimal), (.decimal, .double): return false
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)): return comparable(a, b)
        case (.map(let a, let b), .map(let c, let d)): return comparable(a, c) && comparable(b, d)
        case (.object, .map(let key, _)), (.map(let key, _), .object): return comparable(.string, key)
        case (let a, let b): return a == b || (a.isNumeric && b.isNumeric)
        }
    }

    /// Whether a value may stand where that type is asked for.
    func fits(_ wanted: ExpressionStaticType) -> Bool {
        switch (filled, wanted) {
        case (.dyn, _), (.open, _), (_, .dyn), (.number, .double): true
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)): a.fits(b)
        case (.map(let a, let b), .map(let c, let d)): a.fits(c) && b.fits(d)
        case (.object, .map(let key, let value)): ExpressionStaticType.string.fits(key) && value == .dyn
        default: filled == wanted
        }
    }
}
