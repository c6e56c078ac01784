public import Documents
internal import Metadata
internal import Values

/// The DocTypes that describe DocTypes. Those made in a company are kept as documents of `DocType`; those that modules
/// declare are read the same way, without being kept.
public struct DocTypeDocument: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "DocType", module: "Core", naming: .prompt, .keepsUnknown, search: ["module"],
        permissions: [.manage("System Manager"), .read("All")], summary: "What a kind of document holds and may do.")

    let module = Data(.required, .inListView, .inStandardFilter)
    let custom = Check(.fallback(1), .inListView)
    let istable = Check(.inListView)
    let issingle = Check(.inListView)
    let isVirtual = Check()
    let isTree = Check()
    let isSubmittable = Check(.inListView)
    let nsmParentField = Data()
    let autoname = Data()
    let namingRule = Data()
    let titleField = Data()
    let searchFields = Data(.length(1000))
    let imageField = Data()
    let sortField = Data()
    let sortOrder = Data()
    let trackChanges = Check()
    let trackSeen = Check()
    let allowRename = Check()
    let allowImport = Check()
    let allowAutoRepeat = Check()
    let inCreate = Check()
    let quickEntry = Check()
    let editableGrid = Check()
    let description = LongText()
    let fields = Table(DocFieldRow.self)
    let permissions = Table(DocPermRow.self)
    let links = Table(DocTypeLinkRow.self)
    let actions = Table(DocTypeActionRow.self)
    let states = Table(DocTypeStateRow.self)
    let properties = JSONField(.hidden, .description("What else was said of the DocType."))
    public init() {}

    public static func validate(_ doc: Doc<Self>, in session: Session) throws {
        if session.registry.isShipped(doc.name) {
            throw Problem(
                .forbidden, "\(doc.name) is shipped and is not changed itself", field: "name",
                fix: "Add a Custom Field, or set a property with a Property Setter.")
        }
        doc.custom = true
        session.metadata.written.insert(doc.name)
        try refuseAutomaticRoles(doc.document, in: session)
        try MetadataWriting.makeRoles(Set(doc.permissions.map(\.role)), in: session)
        try MetadataWriting.arrange(doc.document)
        followRenamed(doc.document, in: session)
        var definition = try MetadataReading.definition(of: doc.document)
        definition.info.switches.insert(.custom)
        try MetadataWriting.refuseLedger(definition)
    }

    public static func onTrash(_ doc: Doc<Self>, in session: Session) throws {
        guard session.registry.isShipped(doc.name) else { return }
        throw Problem(.forbidden, "\(doc.name) is shipped and cannot be deleted", field: "name")
    }

    public static func onRestore(_ doc: Doc<Self>, in session: Session) throws {
        guard session.actor.user != Actor.administrator.user else { return }
        for row in doc.permissions { try AutomaticRole.refuse(row.role, row: row.document.idx) }
    }

    /// Roles that nobody is given, because everybody, every user or every guest has them, are granted by Administrator alone.
    private static func refuseAutomaticRoles(_ document: Document, in session: Session) throws {
        guard session.actor.user != Actor.administrator.user, let slot = document.doctype.tableSlot(of: "permissions")
        else { return }
        func granted(_ row: Document, _ values: [Value]) -> [String: Value] {
            let own = row.doctype.columns.indices.dropFirst(row.doctype.firstOwnSlot)
            let said = own.filter { !values[$0].isNothing && row.doctype.columns[$0].name != "properties" }
            return Dictionary(uniqueKeysWithValues: said.map { (row.doctype.columns[$0].name, values[$0]) })
        }
        let present = document.isNew ? [] : document.storedRows[slot].map { granted($0, $0.stored ?? $0.values) }
        for row in document.rows[slot] where !present.contains(granted(row, row.values)) {
            try AutomaticRole.refuse(row.text("role"), row: row.idx)
        }
    }

    /// A row that is there and calls its field otherwise gives it another name, and what names it follows.
    private static func followRenamed(_ document: Document, in session: Session) {
        guard !document.isNew, let slot = document.doctype.tableSlot(of: "fields"),
            let place = document.storedRows[slot].first?.doctype.slot(of: "fieldname")
        else { return }
        let before = Dictionary(
            document.storedRows[slot].map { ($0.name, $0.stored?[place].text) }, uniquingKeysWith: { first, _ in first }
        )
        var renamed: [String: String] = [:]
        for row in document.rows[slot] {
            guard let old = before[row.name] ?? nil, old != row.text("fieldname") else { continue }
            renamed[old] = row.text("fieldname")
        }
        session.metadata.renamed.note(renamed, in: document.name)
        for (old, new) in renamed { _ = RenamedField(old: old, new: new).follow(inType: document) }
    }
}

/// Roles that nobody is given.
enum AutomaticRole {
    private static let names: Set<String> = ["Guest", "All", "Desk User", "Administrator"]

    /// Refuses to grant something to one of them.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    static func refuse(_ role: String, row: Int? = nil) throws {
        guard names.contains(role) else { return }
        throw Problem(
            .forbidden, "\(role) is granted by Administrator alone", field: "role", row: row,
            fix: "Grant it to another role.")
    }
}

/// A field of a DocType.
public struct DocFieldRow: DocTypeSchema {
    public static let doctype = DocTypeInfo("DocField", module: "Core", kind: .child, .keepsUnknown)
    let fieldname = Data(.inListView)
    let properties = FieldProperties()
    public init() {}
}

/// What a role may do with documents of a DocType.
public struct DocPermRow: DocTypeSchema {
    public static let doctype = DocTypeInfo("DocPerm", module: "Core", kind: .child, .keepsUnknown)
    let role = Link(Role.self, .required, .inListView)
    let rights = PermissionProperties()
    let properties = JSONField(.hidden)
    public init() {}
}

/// The rights of a row of permissions. The names are Frappe's.
public struct PermissionProperties: FieldGroup {
    let permlevel = IntField(.nonNegative, .inListView)
    let ifOwner = Check()
    let select = Check()
    let read = Check()
    let write = Check()
    let create = Check()
    let delete = Check()
    let submit = Check()
    let cancel = Check()
    let amend = Check()
    let report = Check()
    let export = Check()
    let imports = Check(.named("import"))
    let share = Check()
    let print = Check()
    let email = Check()
    let mask = Check()
    init() {}
}

/// A connection that a form shows.
public struct DocTypeLinkRow: DocTypeSchema {
    public static let doctype = DocTypeInfo("DocType Link", module: "Core", kind: .child, .keepsUnknown)
    let linkDoctype = Data(.required, .inListView)
    let linkFieldname = Data(.inListView)
    let group = Data()
    let parentDoctype = Data()
    let tableFieldname = Data()
    let isChildTable = Check()
    let hidden = Check()
    let custom = Check()
    let properties = JSONField(.hidden)
    public init() {}
}

/// A button of a form.
public struct DocTypeActionRow: DocTypeSchema {
    public static let doctype = DocTypeInfo("DocType Action", module: "Core", kind: .child, .keepsUnknown)
    let label = Data(.required, .inListView)
    let group = Data()
    let actionType = Select(["Server Action", "Route"], .required)
    let action = SmallText(.required)
    let hidden = Check()
    let custom = Check()
    let properties = JSONField(.hidden)
    public init() {}
}

/// The colour of a state.
public struct DocTypeStateRow: DocTypeSchema {
    public static let doctype = DocTypeInfo("DocType State", module: "Core", kind: .child, .keepsUnknown)
    let title = Data(.required, .inListView)
    let color = Data(.inListView)
    let custom = Check()
    let properties = JSONField(.hidden)
    public init() {}
}
