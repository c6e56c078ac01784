/// Why bytes are not JSON, and where.
public struct JSONError: Error, Sendable, Equatable {
    /// What is wrong, in English, without the place.
    public let reason: String
    /// The byte at which it is wrong, from 0.
    public let offset: Int
    /// The line, from 1.
    public let line: Int
    /// The character in the line, from 1.
    public let column: Int

    /// The member of the outermost object in whose value it is; nil where there is none.
    public let key: String?

    /// What is wrong where text holds the character NUL, which no engine keeps.
    public static let nul = "the character NUL in a string"

    /// A reason and its place.
    public init(reason: String, offset: Int, line: Int, column: Int, key: String? = nil) {
        self.reason = reason
        self.offset = offset
        self.line = line
        self.column = column
        self.key = key
    }

    init(_ reason: String, _ offset: Int, in bytes: [UInt8], key: String?) {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // Continuation bytes of UTF-8 do not begin a character.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        self.init(reason: reason, offset: offset, line: before.count { $0 == 0x0A } + 1, column: column, key: key)
    }
}

extension JSONError: CustomStringConvertible {
    /// The reason and the place.
    public var description: String { "\(reason) at line \(line), column \(column)" }
}

/// How much one JSON text may hold.
public struct JSONLimits: Sendable, Equatable {
    /// How deep arrays and objects may be nested.
    public var depth: Int
    /// How many values there may be in all.
    public var values: Int
    /// Whether text may hold the character NUL, as JSON may and no database does.
    public var allowsNUL: Bool

    /// Limits, by default the standard ones.
    public init(depth: Int = 64, values: Int = 2_000_000, allowsNUL: Bool = true) {
        self.depth = depth
        self.values = values
        self.allowsNUL = allowsNUL
    }

    /// 64 levels and two million values.
    public static let standard = JSONLimits()
    /// The standard ones, for text from outside: without NUL.
    public static let outside = JSONLimits(allowsNUL: false)
}
