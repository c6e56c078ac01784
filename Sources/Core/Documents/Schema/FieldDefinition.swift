public import Values

/// One field of a DocType.
public struct FieldDefinition: Sendable {
    /// Its name in the table and on the wire, such as `posting_date`.
    public var name: String
    /// What people read.
    public var label: String
    /// What it holds.
    public var type: FieldType
    /// What the type needs to know: the DocType of a Link or Table, the field of a Dynamic Link, the lines of a Select.
    public var options: String?
    /// Its switches.
    public var flags: FieldFlags
    /// What a new document gets when nobody says otherwise.
    public var fallback: FieldDefault?
    /// The link field and the field of its target whose value is copied here on each save.
    public var fetchFrom: (link: String, field: String)?
    /// The most characters, or nil for what the type allows.
    public var length: Int?
    /// SQL that gives the value when it is read; such a field is not stored. Only for ledgers.
    public var expression: String?
    /// What it is for.
    public var description: String?

    /// A field named `name`, labelled after it.
    public init(_ name: String, _ type: FieldType, options: String? = nil, flags: FieldFlags = []) {
        self.name = name
        self.type = type
        self.options = options
        self.flags = flags
        label = Text.title(name)
    }

    /// The most characters of text it takes.
    var longest: Int { length ?? (type.isLine ? Limits.lineCharacters : Limits.textCharacters) }

    /// The lines a Select offers.
    var choices: [Substring] { options?.split(separator: "\n", omittingEmptySubsequences: false) ?? [] }
}

/// The switches of a field.
public struct FieldFlags: OptionSet, Sendable {
    public let rawValue: UInt32
    /// The switches in `rawValue`.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A document without a value is refused.
    public static let required = FieldFlags(rawValue: 1 << 0)
    /// Set by the server; what a client sends is ignored.
    public static let readOnly = FieldFlags(rawValue: 1 << 1)
    /// Not shown on the form.
    public static let hidden = FieldFlags(rawValue: 1 << 2)
    /// No two documents hold the same value; empty ones are not compared.
    public static let unique = FieldFlags(rawValue: 1 << 3)
    /// A column of the list.
    public static let inListView = FieldFlags(rawValue: 1 << 4)
    /// Offered as a filter of the list.
    public static let inStandardFilter = FieldFlags(rawValue: 1 << 5)
    /// Kept in an index.
    public static let indexed = FieldFlags(rawValue: 1 << 6)
    /// Left out when a document is copied or amended.
    public static let noCopy = FieldFlags(rawValue: 1 << 7)
    /// May change while the document is submitted.
    public static let allowOnSubmit = FieldFlags(rawValue: 1 << 8)
    /// Frozen after the first save.
    public static let setOnlyOnce = FieldFlags(rawValue: 1 << 9)
    /// A negative number is refused.
    public static let nonNegative = FieldFlags(rawValue: 1 << 10)
    /// Fetched only while it is empty.
    public static let fetchIfEmpty = FieldFlags(rawValue: 1 << 11)
    /// Shown in bold.
    public static let bold = FieldFlags(rawValue: 1 << 12)
    /// A link that may point to a cancelled document.
    public static let linksToCancelled = FieldFlags(rawValue: 1 << 13)
}

/// The value a new document starts with.
public enum FieldDefault: Sendable, Equatable {
    /// This value.
    case value(Value)
    /// The day the session is in.
    case today
    /// The moment the session is at.
    case now
    /// The user who acts.
    case user
}
