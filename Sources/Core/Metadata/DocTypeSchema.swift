package import Values

/// A DocType declared in Swift. Its stored properties are its fields, in the order of the form:
///
/// ```swift
/// public struct Customer: DocTypeSchema {
///     public static let doctype = DocTypeInfo("Customer", module: "Selling", naming: .field("customer_name"))
///     public let customerName = Data(.required, .inListView)   // stored and served as customer_name
///     public init() {}
/// }
/// ```
///
/// Properties are fields, or structs of fields that several DocTypes share (``FieldGroup``).
public protocol DocTypeSchema: Sendable {
    /// Its name and what holds for the whole of it.
    static var doctype: DocTypeInfo { get }
    /// The fields as declared.
    init()
}

/// Fields that several DocTypes have in common. They stand in the table as if declared in each.
public protocol FieldGroup: Sendable {}

/// What is said of a DocType besides its fields.
public struct DocTypeInfo: Sendable {
    /// Its name.
    package var name: String
    var module: String
    /// What kind of documents these are.
    package var kind: DocType.Kind
    var naming: DocType.Naming
    /// What is switched on for it.
    package var switches: Set<Switch>
    var title: String?
    var search: [String]
    var tree: String?
    var sort: (field: String, descending: Bool)?
    /// What else Frappe's JSON says of it, by property names: for forms and for export.
    package var properties: JSONObject = [:]
    /// Who may do what.
    package var permissions: [Permission]
    var summary: String
    var indexes: [[String]]

    /// A DocType named `name` of a module.
    ///
    /// `title` is the field people know a document by; `tree` the field that names a node's parent; `indexes` are those
    /// over several columns.
    public init(
        _ name: String, module: String, kind: DocType.Kind = .document, naming: DocType.Naming = .hash,
        _ switches: Switch..., title: String? = nil, search: [String] = [], tree: String? = nil,
        sort: (field: String, descending: Bool)? = nil, permissions: [Permission] = [], indexes: [[String]] = [],
        summary: String = ""
    ) {
        self.name = name
        self.module = module
        self.kind = kind
        self.naming = naming
        self.switches = Set(switches)
        self.title = title
        self.search = search
        self.tree = tree
        self.sort = sort
        self.permissions = permissions
        self.summary = summary
        self.indexes = indexes
    }

    /// A switch of a DocType.
    public enum Switch: Sendable {
        /// Documents are submitted, cancelled and amended.
        case submittable
        /// Changes are not kept as versions.
        case untracked
        /// There is one document, which has the name of the DocType.
        case single
        /// The controller gives the documents; there is no table.
        case virtual
        /// Documents may be renamed.
        case renamable
        /// Documents may be imported from files.
        case importable
        /// Documents may repeat themselves by the calendar.
        case repeatable
        /// Who has read a document is kept.
        case tracksSeen
        /// Made in this company, not shipped.
        case custom
        /// Its rows are under the audit log as what was written.
        case sealed
        /// What a client sends besides its fields is kept in the field `properties`.
        case keepsUnknown
    }
}

extension DocTypeSchema {
    /// The runtime metadata of this type.
    package static func makeDocType() -> DocType {
        var fields: [FieldDefinition] = []
        var members: [String] = []
        func add(_ value: Any, _ label: String?) {
            if let field = value as? any FieldDeclaration {
                let definition = field.declaration.definition(named: Text.snakeCase(label ?? ""))
                members.append(definition.name)
                fields.append(definition)
            } else if value is any FieldGroup {
                for child in Mirror(reflecting: value).children { add(child.value, child.label) }
            } else {
                preconditionFailure("\(doctype.name).\(label ?? "?") is neither a field nor a group of fields")
            }
        }
        for child in Mirror(reflecting: Self()).children { add(child.value, child.label) }
        return DocType(info: doctype, fields: fields, members: members)
    }
}
