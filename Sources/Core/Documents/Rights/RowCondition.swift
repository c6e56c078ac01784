public import Values

/// Which rows of a table somebody may read, as SQL that stands in a WHERE or in the ON of a join.
public struct RowCondition: Sendable, Equatable {
    /// The condition in common SQL, in brackets; columns carry the alias they were asked for with.
    public let sql: String
    /// One value for each `?`, in order.
    public let arguments: [Value]

    /// A condition with its arguments.
    package init(_ sql: String, _ arguments: [Value] = []) {
        self.sql = "(\(sql))"
        self.arguments = arguments
    }

    /// Conditions joined by AND or OR.
    package init(_ parts: [RowCondition], joinedBy word: String) {
        self.init(parts.map(\.sql).joined(separator: word), parts.flatMap(\.arguments))
    }

    /// No row.
    static let none = RowCondition("1 = 0")
    /// Whether it is the condition that no row meets.
    public var isNone: Bool { self == .none }
}
