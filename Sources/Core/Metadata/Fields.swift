public import Values

/// A field as it is declared in a Swift type: what kind, and its options.
public struct FieldOption: Sendable {
    let apply: @Sendable (inout FieldDefinition) -> Void

    private static func flag(_ flag: FieldFlags) -> FieldOption { FieldOption { $0.flags.insert(flag) } }

    /// A document without a value is refused.
    public static let required = flag(.required)
    /// Set by the server only.
    public static let readOnly = flag(.readOnly)
    /// Not shown on the form.
    public static let hidden = flag(.hidden)
    /// No two documents hold the same value.
    public static let unique = flag(.unique)
    /// A column of the list.
    public static let inListView = flag(.inListView)
    /// Offered as a filter.
    public static let inStandardFilter = flag(.inStandardFilter)
    /// Kept in an index.
    public static let indexed = flag(.indexed)
    /// Left out of copies.
    public static let noCopy = flag(.noCopy)
    /// May change while submitted.
    public static let allowOnSubmit = flag(.allowOnSubmit)
    /// Frozen after the first save.
    public static let setOnlyOnce = flag(.setOnlyOnce)
    /// Not below zero.
    public static let nonNegative = flag(.nonNegative)
    /// Fetched only while empty.
    public static let fetchIfEmpty = flag(.fetchIfEmpty)
    /// Shown in bold.
    public static let bold = flag(.bold)
    /// May point to a cancelled document.
    public static let linksToCancelled = flag(.linksToCancelled)
    /// Takes the session's day when new.
    public static let today = FieldOption { $0.fallback = .today }
    /// Takes the session's moment when new.
    public static let now = FieldOption { $0.fallback = .now }
    /// Takes the acting user when new.
    public static let user = FieldOption { $0.fallback = .user }

    /// The value of a new document.
    public static func fallback(_ text: String) -> FieldOption { FieldOption { $0.fallback = .value(.text(text)) } }
    /// The value of a new document.
    public static func fallback(_ number: Int) -> FieldOption {
        FieldOption {
            if case .decimal(let scale) = $0.type.column {
                $0.fallback = .value(Value(Exact(number), scale: Int(scale)))
            } else {
                $0.fallback = .value(.int(Int64(number)))
            }
        }
    }
    /// What people read instead of the property's name.
    public static func label(_ label: String) -> FieldOption { FieldOption { $0.label = label } }
    /// The name on the wire, where it does not follow from the property's.
    public static func named(_ name: String) -> FieldOption {
        FieldOption {
            $0.name = name
            $0.label = Text.title(name)
        }
    }
    /// Copies `field` of the document that the field `link` points to, on each save.
    public static func fetch(_ link: String, _ field: String) -> FieldOption {
        FieldOption { $0.fetchFrom = (link, field) }
    }
    /// The text is of a form that Frappe has a word for: `Email`, `URL`, `Phone`, `IBAN` or `Name`.
    public static func format(_ word: String) -> FieldOption { FieldOption { $0.options = word } }
    /// The most characters.
    public static func length(_ length: Int) -> FieldOption { FieldOption { $0.length = length } }
    /// SQL that gives the value of a ledger's column when it is read.
    public static func computed(_ sql: String) -> FieldOption {
        FieldOption {
            $0.expression = sql
            $0.flags.insert(.readOnly)
        }
    }
    /// What it is for.
    public static func description(_ text: String) -> FieldOption { FieldOption { $0.description = text } }
}

/// One declared field. A class, so that every field of a schema is one pointer wide and its place tells which it is.
public final class DeclaredField: Sendable {
    let type: FieldType
    let options: String?
    let modifiers: [FieldOption]

    init(_ type: FieldType, options: String? = nil, _ modifiers: [FieldOption]) {
        self.type = type
        self.options = options
        self.modifiers = modifiers
    }

    /// What is declared, of a field of this name.
    package func definition(named name: String) -> FieldDefinition {
        var field = FieldDefinition(name, type, options: options)
        for modifier in modifiers { modifier.apply(&field) }
        return field
    }
}

/// Anything that declares a field.
public protocol FieldDeclaration: Sendable {
    /// The declaration.
    var declaration: DeclaredField { get }
}

/// A declared field that holds one value, read and written in Swift as `Content`.
public protocol ValueField: FieldDeclaration {
    /// The Swift type it is read as.
    associatedtype Content
    /// The content of a stored value.
    static func content(of value: Value) -> Content
    /// The stored value of a content.
    static func value(of content: Content) -> Value
}

/// A field of text; empty text and no value are the same.
public protocol TextField: ValueField where Content == String {}
extension TextField {
    /// The text, or "".
    public static func content(of value: Value) -> String { value.text ?? "" }
    /// The text, or null when it is empty.
    public static func value(of content: String) -> Value { content.isEmpty ? .null : .text(content) }
}

/// A field of an exact number; no value counts as zero.
public protocol NumberField: ValueField where Content == Exact {
    /// How many decimals are kept.
    static var decimals: Int { get }
}
extension NumberField {
    /// The number, or zero.
    public static func content(of value: Value) -> Exact { value.exact ?? .zero }
    /// The number rounded to the field's decimals; out of range where it does not fit, which a save refuses.
    public static func value(of content: Exact) -> Value { Value(content, scale: decimals) }
}

/// Text of one line.
public struct Data: TextField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.data, options) }
}

/// Text of several lines.
public struct SmallText: TextField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.smallText, options) }
}

/// Long text without markup.
public struct LongText: TextField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.longText, options) }
}

/// A picture: the address of an attached file, or of another one.
public struct AttachImage: TextField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.attachImage, options) }
}

/// A password or another secret; only its hash is kept elsewhere, and it is never served.
public struct Password: TextField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.password, options) }
}

/// JSON text.
public struct JSONField: TextField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.json, options) }
}

/// One of a few words.
public struct Select: TextField {
    public let declaration: DeclaredField
    /// Declares the field with its choices.
    public init(_ choices: [String], _ options: FieldOption...) {
        declaration = DeclaredField(.select, options: choices.joined(separator: "\n"), options)
    }
}

/// The name of a document of another DocType, which must exist.
public struct Link: TextField {
    public let declaration: DeclaredField
    /// Links to a DocType of this module or one above it.
    public init<Target: DocTypeSchema>(_ target: Target.Type, _ options: FieldOption...) {
        declaration = DeclaredField(.link, options: Target.doctype.name, options)
    }
    /// Links to a DocType by name, where its module stands below this one.
    public init(_ target: String, _ options: FieldOption...) {
        declaration = DeclaredField(.link, options: target, options)
    }
}

/// The name of a document whose DocType another field names.
public struct DynamicLink: TextField {
    public let declaration: DeclaredField
    /// Links to a document of the DocType that the field `typeField` holds.
    public init(_ typeField: String, _ options: FieldOption...) {
        declaration = DeclaredField(.dynamicLink, options: typeField, options)
    }
}

/// Yes or no, kept as 1 or 0.
public struct Check: ValueField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.check, options) }
    public static func content(of value: Value) -> Bool { (value.int ?? 0) != 0 }
    public static func value(of content: Bool) -> Value { .int(content ? 1 : 0) }
}

/// A whole number.
public struct IntField: ValueField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.int, options) }
    public static func content(of value: Value) -> Int { Int(value.int ?? 0) }
    public static func value(of content: Int) -> Value { .int(Int64(content)) }
}

/// An amount of money, with 4 decimals.
public struct CurrencyField: NumberField {
    public let declaration: DeclaredField
    public static let decimals = 4
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.currency, options) }
}

/// A quantity or rate, with 9 decimals.
public struct FloatField: NumberField {
    public let declaration: DeclaredField
    public static let decimals = 9
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.float, options) }
}

/// A percentage, with 9 decimals.
public struct Percent: NumberField {
    public let declaration: DeclaredField
    public static let decimals = 9
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.percent, options) }
}

/// A day.
public struct DateField: ValueField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.date, options) }
    public static func content(of value: Value) -> Day? { value.day }
    public static func value(of content: Day?) -> Value { content.map(Value.day) ?? .null }
}

/// A moment.
public struct DatetimeField: ValueField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.datetime, options) }
    public static func content(of value: Value) -> Timestamp? { value.timestamp }
    public static func value(of content: Timestamp?) -> Value { content.map(Value.timestamp) ?? .null }
}

/// A time of day.
public struct TimeField: ValueField {
    public let declaration: DeclaredField
    /// Declares the field.
    public init(_ options: FieldOption...) { declaration = DeclaredField(.time, options) }
    public static func content(of value: Value) -> TimeOfDay? { value.time }
    public static func value(of content: TimeOfDay?) -> Value { content.map(Value.time) ?? .null }
}

/// Rows of a child DocType.
public struct Table<Row: DocTypeSchema>: FieldDeclaration {
    public let declaration: DeclaredField
    /// Declares the table.
    public init(_ row: Row.Type, _ options: FieldOption...) {
        declaration = DeclaredField(.table, options: Row.doctype.name, options)
    }
}

/// Begins a section of the form.
public struct Section: FieldDeclaration {
    public let declaration: DeclaredField
    /// A section under this heading.
    public init(_ label: String = "") { declaration = DeclaredField(.sectionBreak, [.label(label)]) }
}
