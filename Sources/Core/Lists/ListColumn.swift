internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// A column of a statement, and what the actor may do with it.
final class ListColumn: Sendable {
    let sql: String
    let field: FieldDefinition
    let type: ColumnType
    /// It is left out of what is shown.
    let isHidden: Bool
    /// Its values are shown masked.
    let isMasked: Bool
    /// It may hold null.
    let isNullable: Bool

    init(_ sql: String, _ field: FieldDefinition, _ type: ColumnType, isHidden: Bool = false, isMasked: Bool = false) {
        self.sql = sql
        self.field = field
        self.type = type
        self.isHidden = isHidden
        self.isMasked = isMasked
        isNullable = field.name != "name" && !field.type.isNumeric
    }

    /// The column, to compare, order, group or compute with: that would tell what it holds.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` for what the actor sees masked or not at all.
    func opened() throws -> ListColumn {
        guard !isHidden, !isMasked else {
            throw Problem(.forbidden, "\(field.label) is not open to you", field: field.name)
        }
        return self
    }
}

extension QueryBuilder {
    /// The column a name means: one of the DocType, or through links and tables as `link.field`, `table.field`,
    /// `table.link.field`.
    mutating func column(_ text: String) throws -> ListColumn {
        if type.slot(of: text) != nil { return try own(text, of: 0, type.table) }
        var parts = plain(text).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, parts[0] == type.name || parts[0] == type.table { parts.removeFirst() }
        guard parts.count <= Limits.pathSteps else { throw unknown(text) }
        if parts.count == 1 { return try single(parts[0], text) }
        var at = (type: type, alias: type.table, path: "", parent: sources[0].parent)
        for (index, step) in parts.dropLast().enumerated() {
            var field = at.type.field(step)
            // The first step may also be the DocType of a table's rows.
            if field == nil, index == 0 { field = type.tables.first { $0.field.options == step }?.field }
            guard let field, let target = session.registry.find(field.options ?? "") else { throw unknown(text) }
            let path = at.path.isEmpty ? field.name : "\(at.path).\(field.name)"
            if field.type.isTable, index == 0 {
                at = (target, try joinTable(field, target, path), path, type)
            } else if field.type == .link {
                let access = access(to: at.type, through: at.parent)
                guard access.opens(field.name) else {
                    throw Problem(.forbidden, "\(field.label) is not open to you", field: field.name)
                }
                at = (target, try joinLink(field, at.alias, at.type, target, path), path, nil)
            } else {
                throw unknown(text)
            }
        }
        let name = parts[parts.count - 1]
        let (place, _) = use(at.type, as: nil, through: at.parent)
        return try own(name, of: place, at.alias)
    }

    /// A name without steps.
    private mutating func single(_ name: String, _ text: String) throws -> ListColumn {
        if type.slot(of: name) != nil { return try own(name, of: 0, type.table) }
        if let column = Self.collaboration[name] { return try collaboration(name, column) }
        // A name the DocType does not have may be one of its rows'.
        for (field, _) in type.tables {
            guard let child = session.registry.find(field.options ?? ""), child.slot(of: name) != nil else { continue }
            let (place, _) = use(child, as: nil, through: type)
            return try own(name, of: place, try joinTable(field, child, field.name))
        }
        throw unknown(text)
    }

    private mutating func access(to type: DocType, through parent: DocType?) -> FieldAccess {
        use(type, as: nil, through: parent).source.access
    }

    /// A column of a source. A password is no column: even to compare or sort by it would tell it bit by bit.
    func own(_ name: String, of place: Int, _ table: String) throws -> ListColumn {
        let source = sources[place]
        guard let slot = source.type.slot(of: name) else { throw unknown(name) }
        let field = source.type.columns[slot]
        guard field.type != .password, !field.flags.contains(.virtual) else { throw unknown(name) }
        let sql: String
        if table == type.table, source.type === type, joins.isEmpty || field.expression == nil {
            sql = type.qualified[slot]
        } else if let expression = field.expression {
            sql = "(\(Self.qualify(expression, source.type, table)))"
        } else {
            sql = "\(quoted(table)).\(quoted(name))"
        }
        return ListColumn(
            sql, field, source.type.columnTypes[slot], isHidden: !source.access.shows(name),
            isMasked: source.access.masked.contains(name))
    }

    /// An expression of a DocType's own columns, with the table said of each.
    static func qualify(_ expression: String, _ type: DocType, _ table: String) -> String {
        var result = ""
        var word = ""
        var isQuoted = false
        func flush() {
            result += type.slot(of: word) == nil ? word : "\(quoted(table)).\(quoted(word))"
            word = ""
        }
        for character in expression {
            if !isQuoted, character == "_" || character.isLetter || !word.isEmpty && character.isNumber {
                word.append(character)
                continue
            }
            flush()
            if character == "'" { isQuoted.toggle() }
            result.append(character)
        }
        flush()
        return result
    }

    // MARK: Joins

    private mutating func joinTable(_ field: FieldDefinition, _ child: DocType, _ path: String) throws -> String {
        let access = access(to: type, through: nil)
        guard access.opens(field.name) else {
            throw Problem(.forbidden, "\(field.label) is not open to you", field: field.name)
        }
        if let join = join(at: path) { return join.alias }
        let own = ownName
        let rows = try table(of: child, in: type, as: nextAlias)
        return try addJoin(path, isTable: true, [.constant(.text(type.name)), .constant(.text(field.name))]) { alias in
            """
             LEFT JOIN \(rows) ON \(alias).parent = \(own) \
            AND \(alias).parenttype = ? AND \(alias).parentfield = ?
            """
        }
    }

    private mutating func joinLink(
        _ field: FieldDefinition, _ from: String, _ holder: DocType, _ target: DocType, _ path: String
    ) throws -> String {
        if let join = join(at: path) { return join.alias }
        guard !target.isVirtual, target.kind != .child else { throw unknown(path) }
        try session.requireListing(target)
        // The alias is known before the join is made: the condition on the rows names it.
        let (place, source) = use(target, as: nextAlias)
        let documents = try table(of: target, as: nextAlias)
        var value = "\(quoted(from)).\(quoted(field.name))"
        if let expression = field.expression { value = "(\(Self.qualify(expression, holder, from)))" }
        return try addJoin(path, isTable: false, source.condition == nil ? [] : [.rights(place)]) { alias in
            let condition = source.condition.map { " AND \($0)" } ?? ""
            return " LEFT JOIN \(documents) ON \(alias).name = \(value)\(condition)"
        }
    }

    // MARK: Tags, assignments, likes

    /// What Frappe keeps in columns of every table and what the column of the side table is called.
    private static let collaboration = [
        "_user_tags": "user_tags", "_comments": "comments", "_assign": "assign", "_liked_by": "liked_by",
        "_seen": "seen",
    ]

    private mutating func collaboration(_ name: String, _ column: String) throws -> ListColumn {
        guard type.kind == .document, session.registry.tables.contains(where: { $0.name == "_collaboration" }) else {
            throw unknown(name)
        }
        guard session.listRight(type) == .read else {
            throw Problem(.forbidden, "\(session.actor.user) may not read \(name) of \(type.name)", field: name)
        }
        let own = ownName
        let alias: String
        if let join = join(at: "_collaboration") {
            alias = join.alias
        } else {
            alias = try addJoin("_collaboration", isTable: false, [.constant(.text(type.name))]) { alias in
                " LEFT JOIN \(quoted("_collaboration")) \(alias) ON \(alias).doctype = ? AND \(alias).name = \(own)"
            }
        }
        return ListColumn("\(alias).\(column)", FieldDefinition(name, .text), .text)
    }
}
