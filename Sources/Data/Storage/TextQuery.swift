/// What a text index is searched for. Words are of ASCII letters and digits alone.
public struct TextQuery: Sendable, Equatable {
    /// All of these are found.
    public var required: [Term]
    /// None of these is.
    public var excluded: [Term]

    /// Words one after the other.
    public struct Term: Sendable, Equatable {
        /// The words.
        public var words: [String]
        /// The last word may go on.
        public var isPrefix: Bool

        /// Words one after the other; with `isPrefix` the last one may go on.
        public init(_ words: [String], isPrefix: Bool = false) {
            self.words = words
            self.isPrefix = isPrefix
        }
    }

    /// A search for all of `required` without any of `excluded`.
    public init(_ required: [Term], excluded: [Term] = []) {
        self.required = required
        self.excluded = excluded
    }
}

/// How a statement searches a text index.
public struct TextSearch: Sendable {
    /// What stands behind FROM; the table is called `s`.
    public let source: String
    /// The condition, with one argument.
    public let condition: String
    /// The argument.
    public let argument: String
    /// The order in which rows are found without sorting them, for ORDER BY; nil where there is none.
    public let order: String?

    /// The parts of a statement.
    public init(source: String, condition: String, argument: String, order: String?) {
        self.source = source
        self.condition = condition
        self.argument = argument
        self.order = order
    }
}
