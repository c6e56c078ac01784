internal import Storage
internal import Values

extension Session {
    /// The rows of a list.
    ///
    /// - Throws: ``Problem/Kind/forbidden``; ``Problem/Kind/unknownField`` or ``Problem/Kind/malformed`` for what the query
    ///   names or says wrongly.
    public func list(_ query: ListQuery) throws -> ListResult {
        var builder = try QueryBuilder(query, self)
        let selected = try builder.select()
        guard !selected.isEmpty else { throw Problem(.malformed, "A list needs at least one field", field: "fields") }
        var sql = "SELECT \(selected.map(\.sql).joined(separator: ","))\(try builder.from())"
        sql += try builder.group()
        sql += try builder.order()
        let limit = query.limit <= 0 ? Limits.listRows : min(query.limit, Limits.listRows)
        sql += " LIMIT ? OFFSET ?"
        let rows = try transaction.query(
            sql, builder.arguments + [.int(Int64(limit)), .int(Int64(max(0, query.start)))], selected.map(\.type))
        return ListResult(
            columns: selected.map { ListResult.Column(name: $0.name, type: $0.field) }, rows: rows)
    }

    /// How many rows a list has, however long its page is.
    ///
    /// - Throws: as ``list(_:)``.
    public func count(_ query: ListQuery) throws -> Int {
        var builder = try QueryBuilder(query, self)
        let sql = "SELECT count(*)\(try builder.from())"
        return Int(try transaction.first(sql, builder.arguments, [.integer])?[0].int ?? 0)
    }
}

/// Makes the SQL of a list out of metadata: every name in it comes from a DocType, every value is an argument.
struct QueryBuilder {
    let query: ListQuery
    let session: Session
    let type: DocType
    private(set) var arguments: [Value] = []
    /// Joined tables: the key is the link or table field.
    private var joins: [(key: String, alias: String, type: DocType, sql: String, arguments: [Value])] = []
    private var grouped = false
    private let orderParts: [(field: String, descending: Bool)]

    init(_ query: ListQuery, _ session: Session) throws {
        self.query = query
        self.session = session
        orderParts = Self.orderParts(query.orderBy ?? "")
        type = try session.registry.doctype(query.doctype)
        if type.kind == .child, let parent = query.parent {
            try session.require(.read, session.registry.doctype(parent))
            guard session.registry.parents(of: type.name).contains(where: { $0.name == parent }) else {
                throw Problem(.forbidden, "\(parent) has no rows of \(type.name)", field: "parent")
            }
        } else if type.kind == .child, !session.actor.roles.contains("System Manager") {
            throw Problem(
                .forbidden, "Rows of \(type.name) are listed through their parent", field: "parent",
                fix: "Send parent with the DocType they belong to.")
        } else {
            try session.require(.read, type)
        }
    }

    // MARK: Fields

    /// One column of the answer.
    struct Selected {
        let sql: String
        let name: String
        let field: FieldType
        let type: ColumnType
    }

    /// A column of a table in the query.
    struct Column {
        let sql: String
        let field: FieldDefinition
        let type: ColumnType
    }

    mutating func select() throws -> [Selected] {
        guard query.fields.count <= Limits.listFields else {
            throw Problem(.tooMany, "More than \(Limits.listFields) fields", field: "fields")
        }
        var selected: [Selected] = []
        for field in query.fields {
            switch field {
            case .string(let text): selected += try select(text)
            case .object(let object): selected.append(try aggregate(object))
            default: throw Problem(.malformed, "A field is a name or an aggregate, not \(field.text)", field: "fields")
            }
        }
        return selected
    }

    private mutating func select(_ text: String) throws -> [Selected] {
        if let slot = type.slot(of: text), type.columns[slot].type != .password {
            let field = type.columns[slot]
            return [
                Selected(sql: type.qualified[slot], name: field.name, field: field.type, type: type.columnTypes[slot])
            ]
        }
        var source = plain(text)
        var given: String?
        if source.utf8.contains(UInt8(ascii: " ")), let range = source.lowercased().ranges(of: " as ").last {
            given = try alias(String(source[range.upperBound...]))
            source = String(source[..<range.lowerBound])
        }
        if source == "*" || source == "\(type.name).*" {
            return try type.columns.filter { $0.type != .password }.map { field in
                let column = try own(field.name, type, type.table)
                return Selected(sql: column.sql, name: field.name, field: field.type, type: column.type)
            }
        }
        if let open = source.firstIndex(of: "("), source.hasSuffix(")") {
            let inner = source[source.index(after: open)...].dropLast()
            return [try aggregate(String(source[..<open]), String(inner), given ?? source)]
        }
        let column = try column(source)
        return [
            Selected(sql: column.sql, name: given ?? column.field.name, field: column.field.type, type: column.type)
        ]
    }

    private mutating func aggregate(_ object: JSONObject) throws -> Selected {
        var found: (function: String, field: String)?
        var name: String?
        for (key, value) in object.members {
            guard case .string(let text) = value else { throw unknown(JSON.object(object).text) }
            if key == "as" { name = text } else { found = (key, text) }
        }
        guard let found else { throw unknown(JSON.object(object).text) }
        return try aggregate(found.function, found.field, name ?? "\(found.function)(\(found.field))".lowercased())
    }

    private mutating func aggregate(_ function: String, _ field: String, _ name: String) throws -> Selected {
        grouped = true
        let name = try alias(name)
        if function.uppercased() == "COUNT" {
            let inner = field == "*" ? "*" : try column(field).sql
            return Selected(sql: "count(\(inner))", name: name, field: .int, type: .integer)
        }
        let column = try column(field)
        switch function.uppercased() {
        case "MIN", "MAX":
            return Selected(
                sql: "\(function.lowercased())(\(column.sql))", name: name, field: column.field.type, type: column.type)
        case "SUM" where column.field.type.isNumeric:
            return Selected(sql: "sum(\(column.sql))", name: name, field: column.field.type, type: column.type)
        case "AVG" where column.field.type.isNumeric:
            // In whole units of the column's last decimal; the rest is cut off.
            let sql = "sum(\(column.sql)) / nullif(count(\(column.sql)), 0)"
            return Selected(sql: sql, name: name, field: column.field.type, type: column.type)
        default:
            throw Problem(
                .unknownField, "\(function) of \(field) is not to be had", field: "fields",
                fix: "Use COUNT, SUM, AVG, MIN or MAX; sums and averages of numbers.")
        }
    }

    private func alias(_ text: String) throws -> String {
        let name = plain(text)
        guard name.utf8.count <= Limits.lineCharacters else { throw unknown(text) }
        return name
    }

    /// The column a name means: one of the DocType, or through a link or a table as `field.column`.
    mutating func column(_ text: String) throws -> Column {
        if type.slot(of: text) != nil { return try own(text, type, type.table) }
        let parts = plain(text).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 {
            if type.slot(of: parts[0]) != nil { return try own(parts[0], type, type.table) }
            // A name the DocType does not have may be one of its rows'.
            for (field, _) in type.tables {
                if let child = session.registry.find(field.options ?? ""), child.slot(of: parts[0]) != nil {
                    return try own(parts[0], child, join(table: field))
                }
            }
            throw unknown(text)
        }
        guard parts.count == 2 else { throw unknown(text) }
        if parts[0] == type.name || parts[0] == type.table {
            guard type.slot(of: parts[1]) != nil else { throw unknown(text) }
            return try own(parts[1], type, type.table)
        }
        let field = type.field(parts[0]) ?? type.tables.first { $0.field.options == parts[0] }?.field
        guard let field, let target = session.registry.find(field.options ?? ""), target.slot(of: parts[1]) != nil
        else {
            throw unknown(text)
        }
        if field.type.isTable { return try own(parts[1], target, join(table: field)) }
        guard field.type == .link else { throw unknown(text) }
        try session.require(.read, target)
        return try own(parts[1], target, join(link: field, target))
    }

    /// A password is no column: even to compare or sort by it would tell it bit by bit.
    private func own(_ name: String, _ type: DocType, _ table: String) throws -> Column {
        guard let slot = type.slot(of: name), type.columns[slot].type != .password else { throw unknown(name) }
        let field = type.columns[slot]
        let isItself = table == type.table || field.expression != nil
        let sql = isItself ? type.qualified[slot] : "\(quoted(table)).\(quoted(name))"
        return Column(sql: sql, field: field, type: type.columnTypes[slot])
    }

    private mutating func join(table field: FieldDefinition) throws -> String {
        if let join = joins.first(where: { $0.key == field.name }) { return join.alias }
        let child = try session.registry.doctype(field.options ?? "")
        let alias = "j\(joins.count + 1)"
        let sql = """
             LEFT JOIN \(quoted(child.table)) \(alias) ON \(alias).parent = \(quoted(type.table)).name \
            AND \(alias).parenttype = ? AND \(alias).parentfield = ?
            """
        joins.append((field.name, alias, child, sql, [.text(type.name), .text(field.name)]))
        return alias
    }

    private mutating func join(link field: FieldDefinition, _ target: DocType) -> String {
        if let join = joins.first(where: { $0.key == field.name }) { return join.alias }
        let alias = "j\(joins.count + 1)"
        var sql = """
             LEFT JOIN \(quoted(target.table)) \(alias) ON \(alias).name = \(quoted(type.table)).\(quoted(field.name))
            """
        var arguments: [Value] = []
        if session.mayOnlyOwn(.read, target) {
            sql += " AND \(alias).owner = ?"
            arguments.append(.text(session.actor.user))
        }
        joins.append((field.name, alias, target, sql, arguments))
        return alias
    }

    /// Takes away what MariaDB's users write around names: backticks and the `tab` of a table.
    private func plain(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "`")) || text.hasPrefix("tab") else { return text }
        let bare = String(text.filter { $0 != "`" })
        if bare.hasPrefix("tab"), bare.contains(".") { return String(bare.dropFirst(3)) }
        return bare
    }

    func unknown(_ text: String) -> Problem {
        let shown = text.count > 60 ? String(text.prefix(60)) + "…" : text
        return Problem(.unknownField, "\(type.name) has no field \(shown)", field: shown)
    }

    // MARK: The rest of the statement

    /// FROM, joins and WHERE; called after the fields, whose joins it needs.
    mutating func from() throws -> String {
        var conditions: [String] = []
        var filtered: [Value] = []
        if session.mayOnlyOwn(.read, type) {
            conditions.append("\(quoted(type.table)).owner = ?")
            filtered.append(.text(session.actor.user))
        }
        if type.kind == .child { conditions.append(readableRows(&filtered)) }
        if let filters = query.filters, let condition = try Filter.parse(filters, "and", type) {
            conditions.append(try sql(of: condition, &filtered))
        }
        if let filters = query.orFilters, let condition = try Filter.parse(filters, "or", type) {
            conditions.append(try sql(of: condition, &filtered))
        }
        // Names in the order and the grouping may join, too, and joins stand before the conditions. A name that is an
        // alias is no column; what is neither is refused where the order is written.
        for part in orderParts { _ = try? column(part.field) }
        for name in groupNames { _ = try column(name) }
        arguments = joins.flatMap(\.arguments) + filtered
        let joined = joins.map(\.sql).joined()
        let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        return " FROM \(quoted(type.table))\(joined)\(condition)"
    }

    /// The rows of documents that the actor may read.
    private func readableRows(_ arguments: inout [Value]) -> String {
        let table = quoted(type.table)
        var parts: [String] = []
        for parent in session.registry.parents(of: type.name)
        where parent.name == query.parent ?? parent.name && session.may(.read, parent) {
            arguments.append(.text(parent.name))
            guard session.mayOnlyOwn(.read, parent) else {
                parts.append("\(table).parenttype = ?")
                continue
            }
            arguments.append(.text(session.actor.user))
            parts.append(
                """
                (\(table).parenttype = ? AND \(table).parent IN (SELECT name FROM \(quoted(parent.table)) WHERE owner = ?))
                """)
        }
        return "(" + (parts.isEmpty ? "1 = 0" : parts.joined(separator: " OR ")) + ")"
    }

    mutating func group() throws -> String {
        guard !groupNames.isEmpty else { return "" }
        grouped = true
        return " GROUP BY " + (try groupNames.map { try column($0).sql }).joined(separator: ",")
    }

    private var groupNames: [String] { (query.groupBy ?? "").split(separator: ",").map { trimmed($0) } }

    /// The fields of `a desc, b`, each with its direction.
    private static func orderParts(_ text: String) -> [(field: String, descending: Bool)] {
        text.utf8.split(separator: UInt8(ascii: ",")).map { part in
            let words = part.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            let direction = words.count > 1 ? words[words.count - 1].lowercased() : ""
            let isDirected = direction == "asc" || direction == "desc"
            return ((isDirected ? words.dropLast() : words[...]).joined(separator: " "), direction == "desc")
        }
    }

    mutating func order() throws -> String {
        var parts = orderParts
        if parts.isEmpty {
            guard !grouped else { return "" }
            parts = [(type.slot(of: type.sort.field) == nil ? "name" : type.sort.field, type.sort.descending)]
        }
        let terms = try parts.map { part -> String in
            let direction = part.descending ? " DESC" : " ASC"
            // The alias of an aggregate may be ordered by.
            if grouped, let index = try select().firstIndex(where: { $0.name == plain(part.field) }) {
                return "\(index + 1)\(direction)"
            }
            return try column(part.field).sql + direction
        }
        return " ORDER BY " + terms.joined(separator: ",")
    }

    /// The condition as SQL. A condition on rows that are not listed themselves asks whether such a row exists.
    private mutating func sql(of filter: Filter, _ arguments: inout [Value]) throws -> String {
        switch filter {
        case .all(let filters), .any(let filters):
            var parts: [String] = []
            for filter in filters { parts.append(try sql(of: filter, &arguments)) }
            guard !parts.isEmpty else { return "1 = 1" }
            if case .all = filter { return "(" + parts.joined(separator: " AND ") + ")" }
            return "(" + parts.joined(separator: " OR ") + ")"
        case .condition(let condition):
            if let table = try table(of: condition), !joins.contains(where: { $0.key == table.name }) {
                let child = try session.registry.doctype(table.options ?? "")
                guard child.slot(of: condition.field) != nil else { throw unknown(condition.field) }
                arguments += [.text(type.name), .text(table.name)]
                let inner = try Comparison(try own(condition.field, child, child.table), child, session)
                    .sql(condition, &arguments)
                return """
                    EXISTS (SELECT 1 FROM \(quoted(child.table)) WHERE \(quoted(child.table)).parent = \
                    \(quoted(type.table)).name AND parenttype = ? AND parentfield = ? AND \(inner))
                    """
            }
            let column = try column(condition.qualified)
            return try Comparison(column, type, session).sql(condition, &arguments)
        }
    }

    /// The child table a condition is about, if it is about rows.
    private func table(of condition: Filter.Condition) throws -> FieldDefinition? {
        if let doctype = condition.doctype, doctype != type.name {
            guard let table = type.tables.first(where: { $0.field.options == doctype }) else {
                throw Problem(.unknownField, "\(type.name) has no rows of \(doctype)", field: doctype)
            }
            return table.field
        }
        let name = plain(condition.field)
        guard type.slot(of: name) == nil, !name.contains(".") else { return nil }
        return type.tables.first { session.registry.find($0.field.options ?? "")?.slot(of: name) != nil }?.field
    }
}

private func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
}
