public import Values

/// An object whose fields an expression reads by name: a document, the person who acts.
///
/// Only fields that the expression mentions are asked for, each time it mentions them.
public protocol ExpressionObject: AnyObject, Sendable {
    /// The field's value; `nil` when the object has no such field.
    func value(of field: String) -> ExpressionValue?

    /// The names of all fields, for macros and comparisons that go over them; `nil` when the object does not tell.
    var fieldNames: [String]? { get }
}

extension ExpressionObject {
    /// The object does not tell its fields.
    public var fieldNames: [String]? { nil }
}

/// A list whose elements are made when they are needed, such as the rows of a child table.
public protocol ExpressionSequence: AnyObject, Sendable {
    /// How many elements there are.
    var count: Int { get }
    /// The element at a position from 0 to below ``count``.
    func element(at index: Int) -> ExpressionValue
}

/// The elements of a list.
public struct ExpressionList: Sendable {
    private enum Storage {
        case values([ExpressionValue])
        case json([JSON])
        case lazy(any ExpressionSequence)
    }

    private let storage: Storage

    /// A list of values.
    public init(_ values: [ExpressionValue]) { storage = .values(values) }
    /// A list of JSON values, each read when it is needed.
    public init(_ values: [JSON]) { storage = .json(values) }
    /// A list that makes its elements when they are needed.
    public init(_ values: any ExpressionSequence) { storage = .lazy(values) }

    /// How many elements there are.
    public var count: Int {
        switch storage {
        case .values(let values): values.count
        case .json(let values): values.count
        case .lazy(let values): values.count
        }
    }

    /// The element at a position, which must be in range.
    public subscript(index: Int) -> ExpressionValue {
        switch storage {
        case .values(let values): values[index]
        case .json(let values): ExpressionValue(values[index])
        case .lazy(let values): values.element(at: index)
        }
    }

    /// All elements.
    var elements: [ExpressionValue] {
        if case .values(let values) = storage { values } else { (0..<count).map { self[$0] } }
    }
}

/// The entries of a map, or the fields of an object.
public struct ExpressionMap: Sendable {
    private enum Storage {
        case entries(MapEntries)
        case json(JSONObject)
        case object(any ExpressionObject)
    }

    private let storage: Storage

    /// A map of entries.
    init(_ entries: MapEntries) { storage = .entries(entries) }
    /// A map of named values, in the order of the names.
    public init(_ values: [String: ExpressionValue]) {
        storage = .entries(MapEntries(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }

    /// The members of a JSON object, each read when it is needed.
    public init(_ object: JSONObject) { storage = .json(object) }
    /// The fields of an object, each read when it is needed.
    public init(_ object: any ExpressionObject) { storage = .object(object) }

    /// The value of a field or text key.
    public subscript(name: String) -> ExpressionValue? {
        switch storage {
        case .entries(let entries): entries[.string(name)]
        case .json(let object): object[name].map(ExpressionValue.init)
        case .object(let object): object.value(of: name)
        }
    }

    /// The value of a key; whole numbers are found by their value, whichever type they have.
    public subscript(key: ExpressionValue) -> ExpressionValue? {
        if case .string(let name) = key { return self[name] }
        guard case .entries(let entries) = storage, let key = MapKey(key) else { return nil }
        return entries[key]
    }

    /// What `has(map.name)` says: whether a map has the key, or an object has the field and it is not null.
    func has(_ name: String) -> Bool { present(name) != nil }

    /// The value of a field that `has` finds.
    func present(_ name: String) -> ExpressionValue? {
        guard let value = self[name] else { return nil }
        return isObject && value.isNull ? nil : value
    }

    /// Whether this is an object with fields, and no map.
    var isObject: Bool {
        if case .object = storage { true } else { false }
    }

    /// How many entries there are; `nil` when the object does not tell.
    var count: Int? {
        switch storage {
        case .entries(let entries): entries.keys.count
        case .json(let object): object.count
        case .object(let object): object.fieldNames?.count
        }
    }

    /// The keys in order; `nil` when the object does not tell.
    var keys: [ExpressionValue]? {
        switch storage {
        case .entries(let entries): entries.keys
        case .json(let object): object.members.map { .string($0.key) }
        case .object(let object): object.fieldNames?.map { .string($0) }
        }
    }
}

/// The entries of a map that an expression made, in the order they were written.
final class MapEntries: Sendable {
    let keys: [ExpressionValue]
    private let values: [ExpressionValue]
    private let positions: [MapKey: Int]

    /// `nil` when a key comes twice or cannot be a key; then `fault` says which.
    init?(_ entries: [(ExpressionValue, ExpressionValue)], fault: inout (key: ExpressionValue, isDuplicate: Bool)?) {
        var positions: [MapKey: Int] = [:]
        for (index, entry) in entries.enumerated() {
            guard let key = MapKey(entry.0) else {
                fault = (entry.0, false)
                return nil
            }
            guard positions.updateValue(index, forKey: key) == nil else {
                fault = (entry.0, true)
                return nil
            }
        }
        keys = entries.map(\.0)
        values = entries.map(\.1)
        self.positions = positions
    }

    /// Entries of distinct names.
    init(_ entries: [(String, ExpressionValue)]) {
        keys = entries.map { .string($0.0) }
        values = entries.map(\.1)
        positions = Dictionary(
            entries.enumerated().map { (.string($0.element.0), $0.offset) }, uniquingKeysWith: { $1 })
    }

    subscript(key: MapKey) -> ExpressionValue? { positions[key].map { values[$0] } }
}

/// What keys of maps are compared by: text by its code points, whole numbers by their value.
enum MapKey: Hashable {
    case bool(Bool)
    case int(Int64)
    case large(UInt64)
    case string(String)

    /// `nil` for a value that cannot be a key. A double is one only when it is whole, to look up a whole number.
    init?(_ value: ExpressionValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value): self = Int64(exactly: value).map(MapKey.int) ?? .large(value)
        case .string(let value): self = .string(value)
        case .double(let value): self.init(whole: value)
        case .literal(let value): self.init(whole: value.double)
        case .decimal(let value):
            if let whole = value.wholeNumber {
                self = .int(whole)
            } else if let large = UInt64(value.description) {
                self = .large(large)
            } else {
                return nil
            }
        default: return nil
        }
    }

    private init?(whole value: Double) {
        if let whole = Int64(exactly: value) {
            self = .int(whole)
        } else if let large = UInt64(exactly: value) {
            self = .large(large)
        } else {
            return nil
        }
    }

    var text: String {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .large(let value): String(value)
        case .string(let value): value
        }
    }

    static func == (l: MapKey, r: MapKey) -> Bool {
        switch (l, r) {
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.large(let a), .large(let b)): a == b
        case (.string(let a), .string(let b)): CodePoints.equal(a, b)
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .large(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        }
    }
}

/// Comparing text by code points, as CEL does; Swift's own comparison takes canonical equivalents for equal.
enum CodePoints {
    static func equal(_ l: String, _ r: String) -> Bool {
        let (a, b) = (l.utf8.span, r.utf8.span)
        guard a.count == b.count else { return false }
        for index in a.indices where a[index] != b[index] { return false }
        return true
    }

    /// Below 0, 0 or above 0. The order of UTF-8 bytes is that of code points.
    static func order(_ l: String, _ r: String) -> Int {
        let (a, b) = (l.utf8.span, r.utf8.span)
        for index in 0..<min(a.count, b.count) where a[index] != b[index] {
            return a[index] < b[index] ? -1 : 1
        }
        return a.count == b.count ? 0 : (a.count < b.count ? -1 : 1)
    }
}
