internal import Audit
public import Storage
package import Values

/// What people add to a document beside its fields, kept in one row so that lists can show and filter it: Frappe's
/// `_user_tags`, `_comments`, `_assign`, `_liked_by` and `_seen`. The documents behind it (comments, tags, assignments)
/// stand in their own tables; both are written in one transaction.
public enum DocumentMarks {
    /// The table: one row for each document that has any of it.
    public static let table = TableSchema(
        "_collaboration",
        columns: [
            .init("doctype", .text, required: true), .init("name", .text, required: true), .init("user_tags", .text),
            .init("comments", .text), .init("assign", .text), .init("liked_by", .text), .init("seen", .text),
        ], primaryKey: ["doctype", "name"])

    /// The same table under the audit log.
    private static let sealed = SealedTable(table)

    /// The columns of the table by the names lists know them by.
    public static let columns = [
        "_user_tags": "user_tags", "_comments": "comments", "_assign": "assign", "_liked_by": "liked_by",
        "_seen": "seen",
    ]

    /// What one document has.
    package struct Marks: Equatable, Sendable {
        /// Its tags.
        package var tags: [String] = []
        /// The newest comments, as lists show them.
        package var comments: [JSON] = []
        /// The users it is assigned to.
        package var assigned: [String] = []
        /// The users who like it.
        package var likedBy: [String] = []
        /// The users who have seen it since it changed.
        package var seen: [String] = []

        var isEmpty: Bool { self == Marks() }

        /// Whether both are the same, names byte for byte.
        package static func == (l: Marks, r: Marks) -> Bool {
            l.tags == r.tags && l.comments == r.comments && l.assigned == r.assigned && l.likedBy == r.likedBy
                && l.seen == r.seen
        }
    }

    /// The rows of documents of one DocType; those without a row are left out.
    static func rows(_ doctype: String, _ names: [String], in session: Session) throws -> [Name: Marks] {
        var found: [Name: Marks] = [:]
        for chunk in names.chunks(of: Limits.filterValues) {
            try session.transaction.forEach(
                """
                SELECT name, user_tags, comments, assign, liked_by, seen FROM _collaboration
                WHERE doctype = ? AND \(session.transaction.dialect.isOneOf("name", count: chunk.count))
                """, [.text(doctype)] + chunk.map(Value.text), [.text, .text, .text, .text, .text, .text]
            ) { row in
                found[row[0].text ?? ""] = Marks(
                    tags: (row[1].text ?? "").split(separator: ",").map(String.init), comments: list(row[2]),
                    assigned: list(row[3]).compactMap(\.string), likedBy: list(row[4]).compactMap(\.string),
                    seen: list(row[5]).compactMap(\.string))
            }
        }
        return found
    }

    /// What a document has.
    package static func marks(_ doctype: String, _ name: String, in session: Session) throws -> Marks {
        try rows(doctype, [name], in: session)[name] ?? Marks()
    }

    /// Changes what a document has.
    package static func change(
        _ doctype: String, _ name: String, in session: Session, _ body: (inout Marks) -> Void
    ) throws {
        try change(doctype, [name], in: session, body)
    }

    /// Changes what each of some documents has, in three statements for a thousand of them.
    package static func change(
        _ doctype: String, _ names: [String], in session: Session, _ body: (inout Marks) -> Void
    ) throws {
        let known = try rows(doctype, names, in: session)
        var changed: [(name: String, marks: Marks)] = []
        for name in names {
            let before = known[name] ?? Marks()
            var after = before
            body(&after)
            if after != before { changed.append((name, after)) }
        }
        guard !changed.isEmpty else { return }
        let old = changed.map(\.name).filter { known[$0] != nil }
        if !old.isEmpty { try forget(doctype, old, in: session) }
        let rows = changed.filter { !$0.marks.isEmpty }.map { one -> [Value] in
            [.text(doctype), .text(one.name)] + one.marks.values
        }
        try session.transaction.insert(into: table.name, table.columns.map(\.name), rows)
        session.seal(rows, in: sealed)
    }

    /// Writes what a document has in place of what it had.
    static func write(_ doctype: String, _ name: String, _ marks: Marks, in session: Session) throws {
        try change(doctype, [name], in: session) { $0 = marks }
    }

    /// Removes what documents have.
    static func forget(_ doctype: String, _ names: [String], in session: Session) throws {
        for chunk in names.chunks(of: Limits.filterValues) {
            let condition = "doctype = ? AND \(session.transaction.dialect.isOneOf("name", count: chunk.count))"
            let arguments = [.text(doctype)] + chunk.map(Value.text)
            try session.sealing(table, where: condition, arguments) {
                try session.transaction.execute("DELETE FROM _collaboration WHERE \(condition)", arguments)
            }
        }
    }

    private static func list(_ value: Value) -> [JSON] {
        // What the table holds was written here; damage shows as nothing, and the next change writes it anew.
        guard case .text(let text) = value, let json = try? JSON.parse(text) else { return [] }
        return json.array ?? []
    }
}

extension DocumentMarks.Marks {
    /// From the form kept with a deleted document; nil when there is nothing.
    init?(_ object: JSONObject) {
        guard !object.isEmpty else { return nil }
        func texts(_ key: String) -> [String] { object[key]?.array?.compactMap(\.string) ?? [] }
        self.init(
            tags: texts("user_tags"), comments: object["comments"]?.array ?? [], assigned: texts("assign"),
            likedBy: texts("liked_by"), seen: texts("seen"))
    }

    /// The form kept with a deleted document.
    package var json: JSON {
        [
            "user_tags": .array(tags.map(JSON.string)), "comments": .array(comments),
            "assign": .array(assigned.map(JSON.string)), "liked_by": .array(likedBy.map(JSON.string)),
            "seen": .array(seen.map(JSON.string)),
        ]
    }

    /// The columns in order, as Frappe writes them: tags between commas, the rest JSON; null where there is nothing.
    var values: [Value] {
        func text(_ list: [JSON]) -> Value { list.isEmpty ? .null : .text(JSON.array(list).text) }
        return [
            tags.isEmpty ? .null : .text("," + tags.joined(separator: ",")), text(comments),
            text(assigned.map(JSON.string)), text(likedBy.map(JSON.string)), text(seen.map(JSON.string)),
        ]
    }

    /// What two documents have together, when one is merged into the other.
    func merged(with other: Self) -> Self {
        func union(_ l: [String], _ r: [String]) -> [String] { l + r.filter { !l.contains($0) } }
        return Self(
            tags: union(tags, other.tags), comments: Array((comments + other.comments).suffix(Limits.commentsInLists)),
            assigned: union(assigned, other.assigned), likedBy: union(likedBy, other.likedBy),
            seen: union(seen, other.seen))
    }
}
