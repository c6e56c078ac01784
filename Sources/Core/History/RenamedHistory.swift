internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Lets what is kept of documents, their versions and the copies of deleted ones, call fields by the names they have now:
/// what a document was is found by the names of its fields. See `docs/decisions/0013-renaming-fields.md`.
struct RenamedHistory {
    private let session: Session
    private let renamed: RenamedFields
    /// How documents of a DocType are kept under other names, by DocType.
    private var kinds: [String: Kind] = [:]

    /// The new names of a document's own fields, and of those of the rows in each of its tables, which stands under its old
    /// name.
    private struct Kind {
        var fields: [String: String] = [:]
        var rows: [String: [String: String]] = [:]

        func name(_ field: String) -> String { fields[field] ?? field }
        /// Whether what stood under a name is of a field that is gone: another gets the name.
        func isGone(_ field: String) -> Bool { fields[field] == nil && fields.values.contains(field) }
    }

    init(_ renamed: RenamedFields, _ before: Registry, _ session: Session) {
        self.session = session
        self.renamed = renamed
        for (doctype, fields) in renamed.names {
            guard let type = before.find(doctype) else { continue }
            if type.kind == .document { kinds[doctype, default: Kind()].fields = fields }
            for parent in before.parents(of: doctype) {
                for (table, _) in parent.tables where table.options == doctype {
                    kinds[parent.name, default: Kind()].rows[table.name] = fields
                }
            }
        }
    }

    /// Rewrites them, a part at a time.
    ///
    /// - Throws: ``StorageError``.
    func run() throws {
        guard !kinds.isEmpty else { return }
        for (doctype, kind) in kinds.sorted(by: { $0.key < $1.key }) {
            session.with(Versions.self) { versions in
                versions.rows = versions.rows.map { version in
                    guard version.doctype == doctype else { return version }
                    return Version.Row(
                        name: version.name, doctype: doctype, docname: version.docname,
                        entry: Self.entry(version.entry, kind),
                        user: version.user, moment: version.moment)
                }
            }
            let dialect = session.transaction.dialect
            for sql in dialect.unsealing(Version.tableName) { try session.transaction.execute(sql) }
            try rewrite(Version.tableName, ["data"], where: "ref_doctype = ?", [.text(doctype)]) {
                [Self.entry($0[0], kind)]
            }
            for sql in dialect.sealing(Version.tableName) { try session.transaction.execute(sql) }
        }
        // What was deleted with a document may be of any DocType.
        let isOne = session.transaction.dialect.isOneOf("deleted_doctype", count: kinds.count)
        try rewrite(
            "deleted_document", ["data", "companions", "taken_out", "secrets"],
            where: "(\(isOne) OR companions IS NOT NULL OR taken_out IS NOT NULL)", kinds.keys.sorted().map(Value.text)
        ) { kept in
            [
                copy(kept[0]), .array((kept[1].array ?? []).map(copy)), .array((kept[2].array ?? []).map(detachedRows)),
                secrets(kept[3]),
            ]
        }
    }

    // MARK: - What is kept

    private static func entry(_ entry: JSON, _ kind: Kind) -> JSON {
        guard case .object(var object) = entry else { return entry }
        for (key, value) in object.members {
            switch key {
            case "changed": object[key] = changes(value, kind.fields)
            case "added", "removed":
                object[key] = parts(value) { parts in
                    guard parts.count == 2, let table = parts[0].string else { return }
                    guard !kind.isGone(table) else {
                        parts = []
                        return
                    }
                    parts[0] = .string(kind.name(table))
                    parts[1] = row(parts[1], of: table, kind)
                }
            case "row_changed":
                object[key] = parts(value) { parts in
                    guard parts.count == 4, let table = parts[0].string else { return }
                    guard !kind.isGone(table) else {
                        parts = []
                        return
                    }
                    parts[0] = .string(kind.name(table))
                    parts[3] = changes(parts[3], kind.rows[table] ?? [:])
                }
            case "order": object[key] = renamed(value, kind.fields)
            case "deleted": object[key] = document(value, kind)
            default: break
            }
        }
        return .object(object)
    }

    /// The copy of a deleted document, or of what went with it.
    private func copy(_ copy: JSON) -> JSON {
        guard case .object(var object) = copy, let doctype = object["doctype"]?.string else { return copy }
        if let attached = object["attached_to_doctype"]?.string, let field = object["attached_to_field"]?.string {
            object["attached_to_field"] = .string(renamed.name(of: field, in: attached))
        }
        return kinds[doctype].map { Self.document(.object(object), $0) } ?? .object(object)
    }

    /// A row that was taken out of another document.
    private func detachedRows(_ taken: JSON) -> JSON {
        guard case .object(var object) = taken, let kind = object["doctype"]?.string.flatMap({ kinds[$0] }),
            let table = object["table"]?.string
        else { return taken }
        object["table"] = .string(kind.name(table))
        object["row"] = object["row"].map { Self.row($0, of: table, kind) }
        return .object(object)
    }

    /// Passwords by DocType, name and field.
    private func secrets(_ secrets: JSON) -> JSON {
        guard case .object(let object) = secrets else { return secrets }
        return .object(
            JSONObject(
                object.members.map { key, value in
                    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
                    guard parts.count >= 3, let doctype = parts.first, let field = parts.last else {
                        return (key, value)
                    }
                    let name = renamed.name(of: String(field), in: String(doctype))
                    return (String(key.dropLast(field.count)) + name, value)
                }))
    }

    private static func document(_ document: JSON, _ kind: Kind) -> JSON {
        guard case .object(var object) = document else { return document }
        for table in Set(kind.rows.keys).union(kind.fields.keys) {
            // A field that is no table has a value and no rows.
            guard let rows = object[table]?.array else { continue }
            object[table] = .array(rows.map { row($0, of: table, kind) })
        }
        return renamed(.object(object), kind.fields)
    }

    private static func row(_ row: JSON, of table: String, _ kind: Kind) -> JSON {
        guard case .object(var object) = renamed(row, kind.rows[table] ?? [:]) else { return row }
        if object["parentfield"] != nil { object["parentfield"] = .string(kind.name(table)) }
        return .object(object)
    }

    private static func changes(_ changes: JSON, _ names: [String: String]) -> JSON {
        let taken = Set(names.values)
        return parts(changes) { parts in
            guard let field = parts.first?.string else { return }
            if let name = names[field] { parts[0] = .string(name) } else if taken.contains(field) { parts = [] }
        }
    }

    private static func parts(_ list: JSON, _ change: (inout [JSON]) -> Void) -> JSON {
        guard let elements = list.array else { return list }
        return .array(
            elements.compactMap { element in
                guard var parts = element.array else { return element }
                change(&parts)
                return parts.isEmpty ? nil : .array(parts)
            })
    }

    /// What stood under a new name before is of a field that is gone, and is left out.
    private static func renamed(_ json: JSON, _ names: [String: String]) -> JSON {
        guard case .object(let object) = json else { return json }
        let taken = Set(names.values)
        return .object(
            JSONObject(
                object.members.compactMap { key, value in
                    names[key].map { ($0, value) } ?? (taken.contains(key) ? nil : (key, value))
                }))
    }

    // MARK: - Writing

    /// Rewrites columns of JSON in all rows that fit a condition, a thousand at a time. An empty one stays empty.
    private func rewrite(
        _ table: String, _ columns: [String], where condition: String, _ arguments: [Value],
        _ body: ([JSON]) -> [JSON]
    ) throws {
        let transaction = session.transaction
        guard let schema = session.registry.doctypes.first(where: { $0.table == table })?.schema else { return }
        let sql = """
            SELECT name, \(columns.joined(separator: ", ")) FROM \(table) WHERE name > ? AND \(condition) ORDER BY name
            LIMIT \(Limits.filterValues)
            """
        var after = Value.text("")
        while true {
            let rows = try transaction.query(
                sql, [after] + arguments, Array(repeating: .text, count: columns.count + 1))
            var changed = columns.map { _ in [(name: Value, data: Value)]() }
            for row in rows {
                let before = try row.dropFirst().map { value in
                    try value.text.map { try JSON.parse($0, limits: JSONLimits(values: .max)) } ?? .null
                }
                for (index, (was, now)) in zip(before, body(before)).enumerated() where was != .null && was != now {
                    changed[index].append((row[0], .text(now.text)))
                }
            }
            for (column, changed) in zip(columns, changed) where !changed.isEmpty {
                let cases = String(repeating: " WHEN ? THEN ?", count: changed.count)
                let isOne = transaction.dialect.isOneOf("name", count: changed.count)
                try session.sealing(schema, where: isOne, changed.map(\.name)) {
                    try transaction.execute(
                        "UPDATE \(table) SET \(column) = CASE name\(cases) END WHERE \(isOne)",
                        changed.flatMap { [$0.name, $0.data] } + changed.map(\.name))
                }
            }
            guard rows.count == Limits.filterValues, let last = rows.last?[0] else { return }
            after = last
        }
    }
}
