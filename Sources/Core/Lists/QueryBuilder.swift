internal import Documents
internal import History
internal import Metadata
internal import Storage
internal import Values

/// Makes the SQL of a list out of metadata: every name in it comes from a DocType, every value is an argument.
///
/// Fields are selected first, then come conditions, grouping and order, and at last ``from``, because all of them may join
/// further tables.
struct QueryBuilder {
    let query: ListQuery
    let session: Session
    let type: DocType
    /// The tables of the statement with the rights they are read under; the listed DocType is the first.
    private(set) var sources: [ListPlan.Source] = []
    private(set) var joins: [Join] = []
    /// The tables as they were, for a list as of a moment.
    private var past: PastTables?
    /// Rows of the answer are groups of documents.
    var isGrouped = false
    /// What rows are grouped by.
    var groups: [String] = []
    /// Set while conditions are written that the server added by itself.
    var isTrusted = false
    /// How many conditions there were so far.
    var conditionCount = 0
    /// The fields that were asked for and are none.
    var unknownFields: [String] = []

    /// A joined table.
    struct Join {
        /// How it was come to, such as `items.item_code`.
        let path: String
        let alias: String
        let sql: String
        let bindings: [ListPlan.Binding]
        /// Rows of a child table, of which a document may have many.
        let isTable: Bool
    }

    init(_ query: ListQuery, _ session: Session) throws {
        self.query = query
        self.session = session
        type = try session.registry.doctype(query.doctype)
        past = query.asOf.map { PastTables(session, at: $0) }
        if type.isVirtual {
            throw Problem(.malformed, "\(type.name) has no table to list from", field: "doctype")
        }
        let parent = try Self.parent(of: type, query, session)
        if type.kind != .child { try session.requireListing(type) }
        let condition = session.readCondition(for: type, table: type.table, parent: parent)
        sources.append(
            ListPlan.Source(
                type: type, alias: type.table, parent: parent, access: session.fieldAccess(to: type, through: parent),
                condition: condition?.sql))
    }

    /// The DocType whose rows are listed, of a child DocType.
    static func parent(of type: DocType, _ query: ListQuery, _ session: Session) throws -> DocType? {
        guard type.kind == .child else { return nil }
        guard let name = query.parent else {
            guard session.actor.roles.contains("System Manager") else {
                throw Problem(
                    .forbidden, "Rows of \(type.name) are listed through their parent", field: "parent",
                    fix: "Send parent with the DocType they belong to.")
            }
            return nil
        }
        let parent = try session.registry.doctype(name)
        try session.requireListing(parent)
        guard session.registry.parents(of: type.name).contains(where: { $0.name == name }) else {
            throw Problem(.forbidden, "\(name) has no rows of \(type.name)", field: "parent")
        }
        return parent
    }

    var dialect: any Dialect { session.transaction.dialect }

    /// The name of the listed documents.
    var ownName: String { type.qualified[Document.Slot.name] }

    /// Whether a document may stand in more than one row.
    var hasRowsOfTables: Bool { joins.contains { $0.isTable } }

    // MARK: Tables

    /// Notes a table that the statement uses and what of it may be seen.
    ///
    /// - Returns: the place of the source, for the arguments of its condition.
    mutating func use(
        _ used: DocType, as alias: String?, through parent: DocType? = nil
    ) -> (place: Int, source: ListPlan.Source) {
        if alias == nil, let place = sources.firstIndex(where: { $0.type === used && $0.parent === parent }) {
            return (place, sources[place])
        }
        let condition = alias.flatMap { session.readCondition(for: used, table: $0) }
        let source = ListPlan.Source(
            type: used, alias: alias, parent: parent, access: session.fieldAccess(to: used, through: parent),
            condition: condition?.sql)
        sources.append(source)
        return (sources.count - 1, source)
    }

    /// What the next joined table will be called.
    var nextAlias: String { "j\(joins.count + 1)" }

    func join(at path: String) -> Join? { joins.first { $0.path == path } }

    mutating func addJoin(
        _ path: String, isTable: Bool, _ bindings: [ListPlan.Binding] = [], sql: (_ alias: String) -> String
    ) throws -> String {
        guard joins.count < Limits.listJoins else {
            throw Problem(.tooMany, "A list reaches into at most \(Limits.listJoins) other tables", field: "fields")
        }
        let alias = nextAlias
        joins.append(Join(path: path, alias: alias, sql: sql(alias), bindings: bindings, isTable: isTable))
        return alias
    }

    // MARK: The statement

    /// FROM and the joins.
    mutating func from() throws -> (sql: String, bindings: [ListPlan.Binding]) {
        let own = try table(of: type, in: sources[0].parent, as: type.table)
        return (" FROM \(own)\(joins.map(\.sql).joined())", joins.flatMap(\.bindings))
    }

    /// What goes before a statement on tables as they were.
    var before: (sql: String, bindings: [ListPlan.Binding]) {
        (past?.prefix ?? "", past?.arguments.map { .constant($0) } ?? [])
    }

    /// A table and what it is called in the statement: as it is, or as it was at the moment of the list. For rows, `parent`
    /// is the DocType of the documents they belong to.
    mutating func table(of type: DocType, in parent: DocType? = nil, as alias: String) throws -> String {
        guard past != nil else { return alias == type.table ? quoted(alias) : "\(quoted(type.table)) \(alias)" }
        if let parent { try past?.add(type, of: parent) } else { try past?.add(type) }
        return "\(PastTables.name(of: type)) AS \(quoted(alias))"
    }

    /// What a name that cannot be understood is refused with.
    func unknown(_ text: String) -> Problem { Self.unknown(text, of: type) }

    /// What a name that is no field of a DocType is refused with.
    static func unknown(_ text: String, of type: DocType) -> Problem {
        let shown = text.count > 60 ? String(text.prefix(60)) + "…" : text
        return Problem(.unknownField, "\(type.name) has no field \(shown)", field: shown)
    }

    /// Takes away what MariaDB's users write around names: backticks and the `tab` of a table.
    func plain(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "`")) || text.hasPrefix("tab") else { return text }
        let bare = String(text.filter { $0 != "`" })
        if bare.hasPrefix("tab"), bare.contains(".") { return String(bare.dropFirst(3)) }
        return bare
    }
}
