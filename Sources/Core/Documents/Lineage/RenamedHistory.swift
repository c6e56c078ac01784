internal import Storage
internal import Values

/// Lets what is kept of documents, their versions and the copies of deleted ones, call fields by the names they have now:
/// what a document was is found by the names of its fields. See `docs/decisions/0013-renaming-fields.md`.
struct RenamedHistory {
    private let session: Session
    /// How documents of a DocType are kept under other names, by DocType.
    private var kinds: [String: Kind] = [:]

    /// The new names of a document's own fields, and of those of the rows in each of its tables, which stands under its old
    /// name.
    private struct Kind {
        var fields: [String: String] = [:]
        var rows: [String: [String: String]] = [:]

        func name(_ field: String) -> String { fields[field] ?? field }
    }

    init(_ renamed: RenamedFields, _ before: Registry, _ session: Session) {
        self.session = session
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
        for (doctype, kind) in kinds.sorted(by: { $0.key < $1.key }) {
            session.pending.versions = session.pending.versions.map { version in
                guard version.doctype == doctype else { return version }
                return Version.Row(
                    name: version.name, doctype: doctype, docname: version.docname,
                    entry: Self.entry(version.entry, kind),
                    user: version.user, moment: version.moment)
            }
            try rewrite(Version.tableName, "ref_doctype", doctype) { Self.entry($0, kind) }
            try rewrite("deleted_document", "deleted_doctype", doctype) { Self.document($0, kind) }
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
                    parts[0] = .string(kind.name(table))
                    parts[1] = row(parts[1], of: table, kind)
                }
            case "row_changed":
                object[key] = parts(value) { parts in
                    guard parts.count == 4, let table = parts[0].string else { return }
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
        parts(changes) { parts in
            if let field = parts.first?.string, let name = names[field] { parts[0] = .string(name) }
        }
    }

    private static func parts(_ list: JSON, _ change: (inout [JSON]) -> Void) -> JSON {
        guard let elements = list.array else { return list }
        return .array(
            elements.map { element in
                guard var parts = element.array else { return element }
                change(&parts)
                return .array(parts)
            })
    }

    private static func renamed(_ json: JSON, _ names: [String: String]) -> JSON {
        guard case .object(let object) = json else { return json }
        return .object(JSONObject(object.members.map { (names[$0.key] ?? $0.key, $0.value) }))
    }

    // MARK: - Writing

    /// Rewrites the column `data` of all rows about documents of a DocType, a thousand at a time.
    private func rewrite(_ table: String, _ column: String, _ doctype: String, _ body: (JSON) -> JSON) throws {
        let transaction = session.transaction
        let isSealed = table == Version.tableName
        if isSealed { for sql in transaction.dialect.unsealing(table) { try transaction.execute(sql) } }
        var after = ""
        while true {
            let rows = try transaction.query(
                """
                SELECT name, data FROM \(table) WHERE \(column) = ? AND name > ? ORDER BY name
                LIMIT \(Limits.filterValues)
                """, [.text(doctype), .text(after)], [.text, .text])
            var changed: [(name: Value, data: Value)] = []
            for row in rows {
                guard let text = row[1].text else { continue }
                let data = body(try JSON.parse(text, limits: JSONLimits(values: .max))).text
                if data != text { changed.append((row[0], .text(data))) }
            }
            if !changed.isEmpty {
                let cases = String(repeating: " WHEN ? THEN ?", count: changed.count)
                let isOne = transaction.dialect.isOneOf("name", count: changed.count)
                try transaction.execute(
                    "UPDATE \(table) SET data = CASE name\(cases) END WHERE \(isOne)",
                    changed.flatMap { [$0.name, $0.data] } + changed.map(\.name))
            }
            guard rows.count == Limits.filterValues, let last = rows.last?[0].text else { break }
            after = last
        }
        if isSealed { for sql in transaction.dialect.sealing(table) { try transaction.execute(sql) } }
    }
}
