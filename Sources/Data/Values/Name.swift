/// A name, code, user, role or field as a key: two are the same where their bytes are, as in the database.
///
/// Dictionaries and sets of what documents are called are keyed by it; they take text as well.
public struct Name: Sendable, Hashable, Comparable {
    /// The name as it is written.
    public let text: String

    /// The name that is written so.
    @inlinable
    public init(_ text: String) { self.text = text }

    /// Whether both are the same bytes.
    @inlinable
    public static func == (l: Name, r: Name) -> Bool { l.text == r.text }

    /// The order of their bytes.
    public static func < (l: Name, r: Name) -> Bool { l.text.utf8.lexicographicallyPrecedes(r.text.utf8) }
}

extension Name: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name that is written so.
    public init(stringLiteral text: String) { self.text = text }
    /// The name as it is written.
    public var description: String { text }
}

extension Dictionary where Key == Name {
    /// What is kept under a name; setting nil removes it.
    public subscript(name: String) -> Value? {
        get { self[Name(name)] }
        _modify { yield &self[Name(name)] }
    }

    /// What is kept under a name, or `fallback`, which is then kept when it is changed.
    public subscript(name: String, default fallback: @autoclosure () -> Value) -> Value {
        get { self[Name(name)] ?? fallback() }
        _modify { yield &self[Name(name), default: fallback()] }
    }

    /// Removes what is kept under a name and returns it.
    @discardableResult
    public mutating func removeValue(forKey name: String) -> Value? { removeValue(forKey: Name(name)) }

    /// The names.
    public var names: [String] { keys.map(\.text) }
}

extension Set where Element == Name {
    /// The different names among these.
    @_disfavoredOverload
    public init(_ names: some Sequence<String>) {
        self.init()
        for name in names { insert(name) }
    }

    /// Whether the name is one of them.
    public func contains(_ name: String) -> Bool { contains(Name(name)) }

    /// Adds a name, and says whether it was not there yet.
    @discardableResult
    public mutating func insert(_ name: String) -> (inserted: Bool, memberAfterInsert: Name) { insert(Name(name)) }

    /// Adds names.
    public mutating func formUnion(_ names: some Sequence<String>) {
        for name in names { insert(name) }
    }

    /// Takes a name away.
    @discardableResult
    public mutating func remove(_ name: String) -> Name? { remove(Name(name)) }

    /// The names as text, in the order of their bytes.
    public func sorted() -> [String] { sorted(by: <).map(\.text) }
}
