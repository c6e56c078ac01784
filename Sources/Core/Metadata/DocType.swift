package import Audit
package import Storage
public import Values

/// The metadata of a kind of document, made once when its module is registered and never changed.
///
/// From it come the table, the checks of a save, the list, the REST resource and its description.
public final class DocType: Sendable {
    /// Its name, such as `Sales Invoice`.
    public let name: String
    /// The module it belongs to.
    public let module: String
    /// Its table.
    public let table: String
    /// What kind of documents these are.
    public let kind: Kind
    /// Documents are submitted, cancelled and amended.
    public let isSubmittable: Bool
    /// How documents get their names.
    public let naming: Naming
    /// Its fields in the order of the form, without the standard columns.
    public let fields: [FieldDefinition]
    /// Who may do what.
    public let permissions: [Permission]
    /// The field people know a document by, if not its name.
    public let titleField: String?
    /// The fields a search looks in, besides the name.
    public let searchFields: [String]
    /// The field that names a node's parent, for a tree.
    public let treeField: String?
    /// The order of a list that does not say.
    public let sort: (field: String, descending: Bool)
    /// Changes are kept as versions.
    public let tracksChanges: Bool
    /// What it is for.
    public let summary: String
    /// What was switched on for it.
    public let switches: Set<DocTypeInfo.Switch>
    /// What else its metadata says, by Frappe's property names: for forms and for export.
    public let properties: JSONObject
    /// There is one document of it, called like the DocType.
    public var isSingle: Bool { switches.contains(.single) }
    /// Its documents come from its controller, not from a table.
    public var isVirtual: Bool { switches.contains(.virtual) }
    /// Its documents may be renamed.
    public var isRenamable: Bool { switches.contains(.renamable) }
    /// The DocType whose documents describe DocTypes.
    package static let metaName = "DocType"
    /// The DocTypes whose names stand where no link leads: in passwords, keys, permissions and tables.
    package static let neverRenamed: Set<String> = ["User", "Role", metaName]
    /// It was made in this company, not shipped.
    public var isCustom: Bool { switches.contains(.custom) }
    /// Whether the server alone sets a field: one that a module computes. What a company made read-only is taken with a new
    /// document, so that documents can be brought from elsewhere, and stays from then on.
    public func setsItself(_ field: FieldDefinition) -> Bool {
        field.expression != nil || field.flags.contains(.readOnly) && !isCustom && !field.isCustom
    }
    /// What was said of it.
    let info: DocTypeInfo
    /// Its fields as they were described, with those for which the document has something of its own.
    let described: [FieldDefinition]
    /// The name of the field that each stored property of its Swift type declares; empty for others.
    package let members: [String]

    /// Every stored or computed column, standard ones first: the order of ``Document``'s values.
    package let columns: [FieldDefinition]
    /// The child tables, in the order of the form.
    public let tables: [(field: FieldDefinition, slot: Int)]
    private let slots: [String: Int]
    private let tableSlots: [String: Int]
    /// The slot of each stored property of the Swift type, by its place; -1 for layout and tables.
    package let memberSlots: [Int]
    /// The ordinal among ``tables`` of each stored property, by its place; -1 for the others.
    package let memberTables: [Int]

    /// The kinds of documents.
    public enum Kind: Sendable {
        /// A document of its own.
        case document
        /// A row of another document.
        case child
        /// A row of an append-only ledger, written only by posting.
        case ledger
        /// A figure that a module keeps beside its ledger and changes as it posts, such as the stock of an item.
        /// Read like any document, written only by the module's own statements.
        case kept
    }

    /// How a document gets its name.
    public enum Naming: Sendable, Equatable {
        /// By counting without gaps; the first is used unless the document's `naming_series` says another.
        case series([String])
        /// The value of this field.
        case field(String)
        /// The user gives it.
        case prompt
        /// 15 characters that grow with time.
        case hash
        /// By counting, as a series written once for all documents, such as `PFX-.YYYY.-.#####`.
        case expression(String)
        /// Text with fields, parts of the date and counters between braces, such as `{customer}-{YYYY}-{####}`.
        case format(String)
        /// Whole numbers from 1.
        case autoincrement
        /// A UUID of version 7, which grows with time.
        case uuid
        /// The controller gives it; where there is none, as ``hash``.
        case controller
    }

    /// The standard columns every document has.
    package static let standard: [FieldDefinition] = [
        FieldDefinition("name", .data, flags: .indexed), FieldDefinition("owner", .data),
        FieldDefinition("creation", .datetime), FieldDefinition("modified", .datetime),
        FieldDefinition("modified_by", .data), FieldDefinition("docstatus", .int), FieldDefinition("idx", .int),
    ]
    /// The standard columns a child row has besides.
    package static let childStandard: [FieldDefinition] = [
        FieldDefinition("parent", .data), FieldDefinition("parentfield", .data), FieldDefinition("parenttype", .data),
    ]

    /// Builds the metadata from the DocType's description and fields.
    ///
    /// `members` gives for each stored property of a Swift schema the name of its field; empty for others.
    init(info: DocTypeInfo, fields: [FieldDefinition], members: [String]) {
        self.info = info
        self.members = members
        name = info.name
        module = info.module
        table = Text.table(info.name)
        kind = info.kind
        isSubmittable = info.switches.contains(.submittable)
        switches = info.switches
        properties = info.properties
        naming = info.naming
        permissions = info.permissions
        titleField = info.title
        searchFields = info.search
        treeField = info.tree
        sort = info.sort ?? ("modified", true)
        tracksChanges = info.kind == .document && !info.switches.contains(.untracked)
        summary = info.summary

        var all = fields
        if case .series(let series) = info.naming, !fields.contains(where: { $0.name == "naming_series" }) {
            var field = FieldDefinition(
                "naming_series", .select, options: series.joined(separator: "\n"), flags: [.setOnlyOnce, .noCopy])
            field.label = "Series"
            field.fallback = series.first.map { .value(.text($0)) }
            all.append(field)
        }
        if info.switches.contains(.submittable), !fields.contains(where: { $0.name == "amended_from" }) {
            all.append(
                FieldDefinition(
                    "amended_from", .link, options: info.name, flags: [.readOnly, .noCopy, .linksToCancelled]))
        }
        if info.switches.contains(.submittable), let place = all.firstIndex(where: { $0.name == "amended_from" }) {
            all[place].flags.formUnion([.readOnly, .linksToCancelled])
        }
        described = all
        if all.contains(where: { FieldCheck.standing.contains($0.name) }) {
            all.removeAll { FieldCheck.standing.contains($0.name) }
        }
        self.fields = all

        let standard = info.kind == .child ? Self.standard + Self.childStandard : Self.standard
        var columns = standard
        var tables: [(field: FieldDefinition, slot: Int)] = []
        var slotOfField: [Int] = []
        var tableOfField: [Int] = []
        for field in all {
            if field.type.isTable {
                tableOfField.append(tables.count)
                slotOfField.append(-1)
                tables.append((field, tables.count))
            } else if field.type.column != nil {
                slotOfField.append(columns.count)
                tableOfField.append(-1)
                columns.append(field)
            } else {
                slotOfField.append(-1)
                tableOfField.append(-1)
            }
        }
        self.columns = columns
        self.tables = tables
        slots = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        tableSlots = Dictionary(tables.map { ($0.field.name, $0.slot) }, uniquingKeysWith: { first, _ in first })
        let places = Dictionary(all.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        memberSlots = members.map { name in places[name].map { slotOfField[$0] } ?? -1 }
        memberTables = members.map { name in places[name].map { tableOfField[$0] } ?? -1 }
        precondition(slots.count == columns.count && tableSlots.count == tables.count, "\(info.name) has a field twice")
        let isTree = info.isTree
        let stored = columns.indices.filter { Self.isStored(columns[$0], inTree: isTree) }
        let isStored = Set(stored)
        storedSlots = stored
        storedNames = stored.map { columns[$0].name }
        digestSlots = stored.sorted { columns[$0].name < columns[$1].name }
        digestTables = tables.indices.sorted { tables[$0].field.name < tables[$1].field.name }
        let isSealed = info.kind == .ledger || info.switches.contains(.sealed)
        sealed = isSealed ? SealedTable(Text.table(info.name), storedNames) : nil
        columnTypes = columns.map { $0.type.column ?? .text }
        let selection = columns.enumerated().map { slot, column in
            column.expression.map { "(\($0))" } ?? (isStored.contains(slot) ? quoted(column.name) : "NULL")
        }.joined(separator: ",")
        let table = table
        qualified = columns.enumerated().map { slot, column in
            column.expression.map { "(\($0))" }
                ?? (isStored.contains(slot) ? "\(quoted(table)).\(quoted(column.name))" : "NULL")
        }
        rules = FieldRules(all)
        titlePattern = info.title.flatMap { TitlePattern($0, columns) }
        checks = columns.indices.map {
            SlotCheck(columns[$0], isVirtual: columns[$0].expression == nil && !isStored.contains($0))
        }
        writtenSlots = columns.indices.filter { columns[$0].expression == nil }
        linkedDefaults = columns.indices.filter { if case .linked? = columns[$0].fallback { true } else { false } }
        let fallbacks = columns.map { field -> FieldDefault? in
            // Who says nothing chooses the first, and series are chosen by their naming.
            guard field.fallback == nil, field.type == .select, field.name != "naming_series",
                let first = field.choices.first, !first.isEmpty
            else { return field.fallback }
            return .value(.text(String(first)))
        }
        self.fallbacks = fallbacks
        fallbackSlots = columns.indices.filter { fallbacks[$0] != nil }
        storesAll = stored.count == columns.count
        virtualSlots = Set(columns.indices.filter { columns[$0].expression == nil && !isStored.contains($0) })
        reading = "SELECT \(selection) FROM \(quoted(table)) WHERE "
        readingOne = reading + "name = ?"
        readingRows = reading + "parent = ? AND parenttype = ? AND parentfield = ? ORDER BY parent, idx"
        keys = columns.map { JSONKey($0.name) }
        searched = SearchedFields(columns: columns, title: info.title, search: info.search)
        linkSlots = columns.indices.filter { columns[$0].type == .link || columns[$0].type == .dynamicLink }
        firstOwnSlot = standard.count
        lineSlots = stored.filter { $0 >= standard.count && columns[$0].type.isLine }
        var fetches: [Fetch] = []
        for (slot, field) in columns.enumerated() {
            guard let (link, source) = field.fetchFrom, let linkSlot = slots[link], columns[linkSlot].type == .link,
                let target = columns[linkSlot].options
            else { continue }
            let copied = (slot: slot, source: source, onlyIfEmpty: field.flags.contains(.fetchIfEmpty))
            if let index = fetches.firstIndex(where: { $0.link == linkSlot }) {
                fetches[index].fields.append(copied)
            } else {
                fetches.append(Fetch(link: linkSlot, target: target, fields: [copied]))
            }
        }
        self.fetches = fetches
    }

    /// What is copied from the document that one link points to.
    package struct Fetch: Sendable {
        /// The slot of the link.
        package let link: Int
        /// The DocType that it links to.
        package let target: String
        /// The slots that are filled, and with which field of the target.
        package var fields: [(slot: Int, source: String, onlyIfEmpty: Bool)]
    }
    /// What is copied on each save, by the link it comes through.
    package let fetches: [Fetch]

    /// Whether the table has a column for the field. The nested sets of a tree are not kept: who asks for what is below a
    /// node asks with the operators of the list, which go along the parents.
    private static func isStored(_ field: FieldDefinition, inTree isTree: Bool) -> Bool {
        if field.expression != nil || field.flags.contains(.virtual) { return false }
        return !(isTree && ["lft", "rgt", "old_parent"].contains(field.name))
    }

    /// The conditions and formulas of its fields.
    package let rules: FieldRules
    /// What its documents' titles are made of, where they are made of other fields.
    package let titlePattern: TitlePattern?
    /// What is checked of the value of each slot.
    package let checks: [SlotCheck]
    /// The slots that no SQL computes.
    package let writtenSlots: [Int]
    /// The slots whose default is a field of a document that is linked to.
    package let linkedDefaults: [Int]
    /// What each slot of a new document begins with: its default, or the first option of a Select.
    package let fallbacks: [FieldDefault?]
    /// The slots that begin with something.
    package let fallbackSlots: [Int]
    /// Whether every slot is a column of the table.
    package let storesAll: Bool
    /// The slots that no column of the table holds and no SQL computes.
    package let virtualSlots: Set<Int>
    /// The slots that are columns of the table.
    package let storedSlots: [Int]
    /// Their names.
    package let storedNames: [String]
    /// The same slots in the order of their names, which a digest follows.
    package let digestSlots: [Int]
    /// The tables in the order of their names.
    package let digestTables: [Int]
    /// Its table, where rows are under the audit log as what was written, and not each as a document.
    package let sealed: SealedTable?
    /// How each slot is read.
    package let columnTypes: [ColumnType]
    /// A SELECT of all slots, up to its condition.
    package let reading: String
    /// A SELECT of one document by name.
    package let readingOne: String
    /// A SELECT of the rows of one table of one document, in order.
    package let readingRows: String
    /// Each slot as SQL, with its table.
    package let qualified: [String]
    /// The names of the slots as JSON keys.
    package let keys: [JSONKey]
    /// The slots that hold links.
    package let linkSlots: [Int]
    /// The slots that hold a line of text, such as a name, a code or a choice.
    package let lineSlots: [Int]
    /// What the search finds of its documents.
    package let searched: SearchedFields
    /// What modules that know more than metadata work out of it once.
    package let derived = Derived()
    /// The first slot behind the standard columns.
    package let firstOwnSlot: Int

    /// Whether a client may say what a new document is called.
    package var takesNames: Bool { naming == .prompt || naming == .uuid }

    /// The slot of a column, or nil.
    public func slot(of name: String) -> Int? { slots[name] }

    /// The ordinal of a child table, or nil.
    public func tableSlot(of name: String) -> Int? { tableSlots[name] }

    /// A field or standard column by name, or nil.
    public func field(_ name: String) -> FieldDefinition? {
        if let slot = slots[name] { return columns[slot] }
        if let table = tableSlots[name] { return tables[table].field }
        return nil
    }

    /// Its columns, the standard ones first.
    public var allColumns: [FieldDefinition] { columns }

    /// Whether the table has a column of that name.
    package func stores(_ name: String) -> Bool {
        slots[name].map { !checks[$0].isVirtual && columns[$0].expression == nil } ?? false
    }

    /// Whether others may fetch the field: it is stored, and no password.
    package func gives(_ name: String) -> Bool {
        slots[name].map { !checks[$0].isVirtual && columns[$0].expression == nil && columns[$0].type != .password }
            ?? false
    }

    /// Its columns that the table has.
    public var storedColumns: [FieldDefinition] { storedSlots.map { columns[$0] } }

    /// The shape of its table.
    package var schema: TableSchema {
        var indexes = info.indexes.map { TableSchema.Index(columns: $0) }
        if kind == .child { indexes.append(.init("parent", "parenttype", "parentfield", "idx")) }
        if kind == .document { indexes.append(.init("modified", "name")) }
        for slot in storedSlots.dropFirst() {
            let field = columns[slot]
            if field.flags.contains(.unique) {
                indexes.append(.init(columns: [field.name], unique: true))
            } else if field.flags.contains(.indexed), field.type.isIndexable {
                indexes.append(.init(columns: [field.name]))
            }
        }
        return TableSchema(
            table,
            columns: storedSlots.map { slot in
                let field = columns[slot]
                let isNumber = field.type.isNumeric
                return .init(
                    field.name, columnTypes[slot], required: slot == 0 || isNumber, fallback: isNumber ? .int(0) : .null
                )
            }, primaryKey: ["name"], indexes: indexes, appendOnly: kind == .ledger)
    }
}

extension Text {
    /// The table of a DocType: `Sales Invoice` is kept in `sales_invoice`.
    package static func table(_ doctype: String) -> String {
        String(doctype.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
    }
}
