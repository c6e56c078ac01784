/// The members of a JSON object, in the order in which their keys first came.
///
/// Of duplicate keys the last value wins. Looking up takes constant time also in large objects. Keys are compared byte for
/// byte. Equality does not regard the order.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
    /// Key and value of each member, in order.
    public private(set) var members: [(key: String, value: JSON)] = []
    /// Where each key is; kept only for objects that are too large to be searched through.
    private var index: [Name: Int] = [:]

    /// Up to this many members are searched through one by one, which is faster than hashing.
    private static var searchable: Int { 32 }

    /// An object without members.
    public init() {}

    /// An object of those members; of equal keys the last wins.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self.init(elements)
    }

    /// An object of those members; of equal keys the last wins.
    public init(_ elements: some Sequence<(String, JSON)>) {
        members.reserveCapacity(elements.underestimatedCount)
        for (key, value) in elements { self[key] = value }
    }

    /// How many members there are.
    public var count: Int { members.count }
    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The value of the member; setting `nil` removes it, a new key goes to the end.
    public subscript(key: String) -> JSON? {
        get { position(key).map { members[$0].value } }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            set(key, newValue)
        }
    }

    /// Removes the member and returns its value, if there is one. Takes time proportional to the number of members.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSON? {
        guard let position = position(key) else { return nil }
        let removed = members.remove(at: position).value
        if !index.isEmpty { rebuildIndex() }
        return removed
    }

    /// Makes room for that many members.
    mutating func reserveCapacity(_ count: Int) {
        members.reserveCapacity(count)
    }

    mutating func set(_ key: String, _ value: JSON) {
        if let position = position(key) {
            members[position].value = value
            return
        }
        members.append((key, value))
        if members.count > Self.searchable {
            if index.isEmpty { rebuildIndex() } else { index[key] = members.count - 1 }
        }
    }

    private func position(_ key: String) -> Int? {
        if !index.isEmpty { return index[key] }
        for position in members.indices where members[position].key == key { return position }
        return nil
    }

    private mutating func rebuildIndex() {
        index.removeAll(keepingCapacity: true)
        guard members.count > Self.searchable else { return }
        for (position, member) in members.enumerated() { index[member.key] = position }
    }
}

extension JSONObject: Sequence {
    /// Goes over the members in order.
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { members.makeIterator() }
    /// How many members there are.
    public var underestimatedCount: Int { members.count }
}

extension JSONObject: Hashable {
    /// Whether both have the same members, in whatever order.
    public static func == (l: JSONObject, r: JSONObject) -> Bool {
        l.count == r.count && l.members.allSatisfy { r[$0.key] == $0.value }
    }

    /// Feeds the members without regard to their order.
    public func hash(into hasher: inout Hasher) {
        var mixed = 0
        for member in members {
            var one = Hasher()
            one.combine(member.key)
            one.combine(member.value)
            mixed ^= one.finalize()
        }
        hasher.combine(count)
        hasher.combine(mixed)
    }
}
