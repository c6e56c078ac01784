public import Documents
internal import Metadata
internal import Values

/// A field that a company added to a DocType, shipped or its own.
public struct CustomField: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Custom Field", module: "Custom", naming: .controller, .keepsUnknown, .renamable, title: "label",
        search: ["dt", "label"],
        permissions: [.manage("System Manager")], summary: "A field that a company added to a DocType.")
    let dt = Link(DocTypeDocument.self, .required, .setOnlyOnce, .inListView)
    let fieldname = Data(.inListView)
    let insertAfter = Data()
    let module = Data()
    let isSystemGenerated = Check()
    let properties = FieldProperties()
    public init() {}

    public static func beforeInsert(_ doc: Doc<Self>, in session: Session) throws {
        guard doc.fieldname.isEmpty else { return }
        let label = doc.document.text("label").isEmpty ? doc.document.text("fieldtype") : doc.document.text("label")
        doc.fieldname = "custom_" + MetadataWriting.fieldName(from: label)
    }

    public static func autoname(_ doc: Doc<Self>, in session: Session) throws -> String { "\(doc.dt)-\(doc.fieldname)" }

    public static func validate(_ doc: Doc<Self>, in session: Session) throws {
        session.metadata.written.insert(doc.dt)
        let name = "\(doc.dt)-\(doc.fieldname)"
        guard doc.name != name else { return }
        if doc.document.isNew {
            throw Problem(
                .invalidName, "This Custom Field is called \(name)", field: "name", fix: "Leave the name out.")
        }
        throw Problem(
            .frozen, "A field is called otherwise by renaming its Custom Field", field: "fieldname",
            fix: "Rename \(doc.name) to \(name).")
    }

    public static func beforeRename(_ doc: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        guard !rename.merges else { throw Problem(.notMergeable, "Two fields are not made one") }
        let name = rename.new.hasPrefix("\(doc.dt)-") ? String(rename.new.dropFirst(doc.dt.count + 1)) : rename.new
        session.metadata.renamed.note([doc.fieldname: name], in: doc.dt)
        return "\(doc.dt)-\(name)"
    }

    public static func afterRename(_ doc: Doc<Self>, _ rename: Rename, in session: Session) throws {
        doc.fieldname = String(rename.new.dropFirst(doc.dt.count + 1))
        try session.save(doc)
    }
}

/// A property of a DocType or of one of its fields that a company set otherwise.
public struct PropertySetter: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Property Setter", module: "Custom", naming: .controller, search: ["doc_type", "property"],
        permissions: [.manage("System Manager")],
        summary: "A property of a DocType or field that a company set otherwise.")
    let doctypeOrField = Select(
        ["DocField", "DocType", "DocType Link", "DocType Action", "DocType State"], .required, .inListView)
    let docType = Link(DocTypeDocument.self, .required, .setOnlyOnce, .inListView)
    let fieldName = Data(.setOnlyOnce, .inListView)
    let rowName = Data()
    let property = Data(.required, .setOnlyOnce, .inListView)
    let propertyType = Data()
    let value = LongText(.inListView)
    let defaultValue = Data()
    let module = Data()
    let isSystemGenerated = Check()
    public init() {}

    /// What is set again takes the place of what was set before.
    public static func beforeInsert(_ doc: Doc<Self>, in session: Session) throws {
        let name = try autoname(doc, in: session)
        if try session.exists(doctype.name, name) { try session.delete(doctype.name, name) }
    }

    public static func autoname(_ doc: Doc<Self>, in session: Session) throws -> String {
        let place = doc.fieldName.isEmpty ? doc.rowName.isEmpty ? "main" : doc.rowName : doc.fieldName
        return "\(doc.docType)-\(place)-\(doc.property)"
    }
}

/// A row of permissions that a company set. All such rows of a DocType take the place of all of its own.
public struct CustomDocPerm: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Custom DocPerm", module: "Core", search: ["parent"], permissions: [.manage("System Manager")],
        summary: "A row of permissions that a company set in place of the DocType's own.")
    let parent = Link(DocTypeDocument.self, .required, .setOnlyOnce, .inListView)
    let role = Link(Role.self, .required, .inListView)
    let rights = PermissionProperties()
    public init() {}

    public static func validate(_ doc: Doc<Self>, in session: Session) throws {
        guard session.actor.user != Actor.administrator.user,
            doc.document.isNew || doc.document.stored != doc.document.values
        else { return }
        try AutomaticRole.refuse(doc.role)
    }

    public static func onRestore(_ doc: Doc<Self>, in session: Session) throws {
        if session.actor.user != Actor.administrator.user { try AutomaticRole.refuse(doc.role) }
    }
}

/// How documents that fit its conditions are called.
public struct DocumentNamingRule: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Document Naming Rule", module: "Core", title: "document_type", search: ["document_type"],
        permissions: [.manage("System Manager")], summary: "How documents that fit its conditions are called.")
    let documentType = Link(DocTypeDocument.self, .required, .inListView)
    let disabled = Check()
    let priority = IntField()
    let conditions = Table(NamingRuleCondition.self)
    let prefix = Data(.required, .inListView)
    let prefixDigits = IntField(.required, .fallback(5))
    let counter = IntField(.nonNegative, .description("The number before the first."))
    public init() {}

    public static func validate(_ doc: Doc<Self>, in session: Session) throws {
        let type = try session.registry.doctype(doc.documentType)
        guard (1...NamingRule.mostDigits).contains(doc.prefixDigits) else {
            throw Problem(.outOfBounds, "A number has 1 to \(NamingRule.mostDigits) digits", field: "prefix_digits")
        }
        guard (0...Int(Naming.highestStart)).contains(doc.counter) else {
            throw Problem(
                .outOfRange, "A counter begins between 0 and \(Naming.highestStart)", field: "counter",
                fix: "Choose a lower number.")
        }
        guard type.naming != .autoincrement, type.naming != .uuid else {
            throw Problem(
                .notCounted, "\(type.name) is called by numbers or UUIDs, whatever a rule says",
                field: "document_type")
        }
        try SeriesPattern.check(
            doc.prefix, "prefix", field: "prefix", of: type.definition, in: session.registry,
            fix: "Leave the # out: prefix_digits says how many digits the number has.")
        for row in doc.conditions {
            guard let field = type.field(row.field), field.type.column != nil else {
                throw Problem(.unknownField, "\(type.name) has no field \(row.field)", field: "field", row: row.idx)
            }
            _ = try field.value(of: .string(row.value), row: row.idx)
        }
    }
}

/// A condition of a naming rule.
public struct NamingRuleCondition: DocTypeSchema {
    public static let doctype = DocTypeInfo("Document Naming Rule Condition", module: "Core", kind: .child)
    let field = Data(.required, .inListView)
    let condition = Select(["=", "!=", ">", "<", ">=", "<="], .required, .inListView)
    let value = Data(.inListView)
    public init() {}
}
