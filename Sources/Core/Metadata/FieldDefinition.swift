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
    /// The level of permissions it belongs to; 0 is the document's own.
    public var permlevel = 0
    /// How many decimals are shown and rounded to, or nil for what the type has.
    public var precision: Int?
    /// The condition under which the field counts at all, as text: `eval:…`, a field name or CEL after `cel:`.
    public var dependsOn: String?
    /// The condition under which a value is required.
    public var mandatoryDependsOn: String?
    /// The condition under which clients may not change it.
    public var readOnlyDependsOn: String?
    /// The formula that gives its value on every save, in CEL.
    public var formula: String?
    /// What else the metadata says of it, by Frappe's property names: kept for forms and for export, without effect here.
    public var properties: JSONObject = [:]
    /// It was added by a Custom Field.
    public var isCustom = false

    /// A field named `name`, labelled after it.
    public init(_ name: String, _ type: FieldType, options: String? = nil, flags: FieldFlags = []) {
        self.name = name
        self.type = type
        self.options = options
        self.flags = flags
        label = Text.title(name)
    }

    /// The most characters of text it takes: numbers of Unicode, as the engines count them.
    package var longest: Int { length ?? (type.isLine ? Limits.lineCharacters : Limits.textCharacters) }

    /// The lines a Select offers, the empty ones too.
    public var choices: [Substring] { options.map(Text.lines) ?? [] }
}

/// The switches of a field.
public struct FieldFlags: OptionSet, Sendable {
    public let rawValue: UInt64
    /// The switches in `rawValue`.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

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
    /// A link that user permissions do not restrict.
    public static let ignoreUserPermissions = FieldFlags(rawValue: 1 << 14)
    /// Shown masked to those without the right `mask`.
    public static let masked = FieldFlags(rawValue: 1 << 15)
    /// Its text is found by the full-text search.
    public static let inGlobalSearch = FieldFlags(rawValue: 1 << 16)
    /// Not stored: the controller gives its value when the document is read.
    public static let virtual = FieldFlags(rawValue: 1 << 17)
    /// May be set for many documents of a list at once.
    public static let allowBulkEdit = FieldFlags(rawValue: 1 << 18)
    /// Its markup is kept as it came.
    public static let ignoreXSSFilter = FieldFlags(rawValue: 1 << 19)
    /// Left out of reports and exports.
    public static let reportHidden = FieldFlags(rawValue: 1 << 20)
    /// Left out of prints.
    public static let printHidden = FieldFlags(rawValue: 1 << 21)
    /// Asked for in the short form of a new document.
    public static let inQuickEntry = FieldFlags(rawValue: 1 << 22)
    /// Its values can be translated.
    public static let translatable = FieldFlags(rawValue: 1 << 23)
    /// Nobody gave it a label; the one it has was made of its name.
    public static let unlabelled = FieldFlags(rawValue: 1 << 24)
    /// A link that may name a document its writer may neither read nor select.
    public static let linksToHidden = FieldFlags(rawValue: 1 << 25)
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
    /// The field of the same name of the document that this one links to, such as the company's currency: the DocType.
    case linked(String)
}
