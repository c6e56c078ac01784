internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// What a company changed of the metadata: DocTypes of its own, fields and properties, permissions, and rules.
///
/// Read from the documents that say so; ``Registry/with(_:)`` puts it over what the modules declare.
struct CustomMetadata: Sendable {
    /// The DocTypes made in the company, by name, in the order they were made.
    var doctypes: [DocTypeDefinition] = []
    /// The fields that were added, in the order they were made.
    var fields: [AddedField] = []
    /// The properties that were set, in the order they were set.
    var properties: [SetProperty] = []
    /// The rows that take the place of a DocType's own permissions, by its name.
    var permissions: [String: [Permission]] = [:]
    /// What documents describe as rules.
    var rules = CompiledRules()
    /// What could not be read.
    var problems: [Problem] = []
    /// Whether documents describe rules.
    private var hasRules = false
    /// Whether nothing was changed.
    var isEmpty: Bool {
        doctypes.isEmpty && fields.isEmpty && properties.isEmpty && permissions.isEmpty && problems.isEmpty && !hasRules
    }

    /// A field that was added to a DocType.
    struct AddedField: Sendable {
        let doctype: String
        let field: FieldDefinition
        let insertAfter: String
    }

    /// A property of a DocType, or of one of its fields, that was set.
    struct SetProperty: Sendable {
        let doctype: String
        /// The field; empty for the DocType itself.
        let field: String
        let property: String
        let value: String
        /// What it is about: `DocField`, `DocType`, …
        let kind: String
        /// The row of links, actions or states, where `kind` is one of them.
        var row = ""
    }

    /// The DocTypes whose documents change DocTypes.
    static let sources: Set<String> = ["DocType", "Custom Field", "Property Setter", "Custom DocPerm"]

    /// Nothing was changed.
    init() {}

    /// Reads all of it. What cannot be read is left out and stands in ``problems``.
    init(in session: Session) throws {
        for document in try Self.all("DocType", session) {
            if let definition = note({ try MetadataReading.definition(of: document) }) { doctypes.append(definition) }
        }
        for document in try Self.all("Custom Field", session) {
            guard let field = note({ try MetadataReading.field(of: document) }) else { continue }
            fields.append(
                AddedField(doctype: document.text("dt"), field: field, insertAfter: document.text("insert_after")))
        }
        for document in try Self.all("Property Setter", session) {
            properties.append(
                SetProperty(
                    doctype: document.text("doc_type"), field: document.text("field_name"),
                    property: document.text("property"), value: document.text("value"),
                    kind: document.text("doctype_or_field"), row: document.text("row_name")))
        }
        for document in try Self.all("Custom DocPerm", session) {
            let row = JSON.object(MetadataReading.plain(document, besides: ["parent"]))
            guard let permission = note({ try Permission(json: row) }) else { continue }
            permissions[document.text("parent"), default: []].append(permission)
        }
        for kind in session.registry.ruleKinds { try compile(kind, session) }
    }

    private mutating func compile<Kind: Rules>(_ kind: Kind.Type, _ session: Session) throws {
        let documents = try Self.all(Kind.source, session)
        if !documents.isEmpty { hasRules = true }
        var found: [Problem] = []
        rules.add(Kind(documents) { found.append($0) })
        problems += found
    }

    /// What `body` reads; nil, and its problem noted, when it cannot.
    private mutating func note<T>(_ body: () throws -> T) -> T? {
        do {
            return try body()
        } catch {
            problems += (error as? Problem ?? Problem(.badMetadata, "A description cannot be read")).single
            return nil
        }
    }

    /// All stored documents of a DocType, in the order they were made, without asking for rights.
    private static func all(_ doctype: String, _ session: Session) throws -> [Document] {
        let type = try session.registry.doctype(doctype)
        let names = try session.transaction.query(
            "SELECT name FROM \(quoted(type.table)) ORDER BY creation, name", [], [.text]
        ).compactMap { $0[0].text }
        return try session.loadStored(type, names)
    }
}
