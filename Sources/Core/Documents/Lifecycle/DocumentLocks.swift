internal import Audit
public import Storage
public import Values

/// Documents that somebody holds while working on them. A lock ends by itself at its time.
public enum DocumentLocks {
    /// The table: one row for each document that is held, or was.
    public static let table = TableSchema(
        "_document_lock",
        columns: [
            .init("doctype", .text, required: true), .init("name", .text, required: true),
            .init("locked_by", .text, required: true), .init("reason", .text),
            .init("until", .timestamp, required: true),
        ], primaryKey: ["doctype", "name"])
}

/// Who holds a document, and how long.
public struct DocumentLock: Sendable, Equatable {
    /// The user who holds it.
    public let user: String
    /// Why, if it was said.
    public let reason: String
    /// When it ends by itself.
    public let until: Timestamp
}

extension Session {
    /// Holds a document for so many seconds: until then nobody else changes, submits, cancels, renames or deletes it.
    /// Who holds it already holds it anew. Needs the right to write it.
    ///
    /// - Throws: ``Problem/Kind/locked`` while somebody else holds it.
    @discardableResult
    public func lock(_ document: Document, for seconds: Int, reason: String = "") throws -> DocumentLock {
        try namingDocument(document) {
            try require(.write, document.doctype, document)
            guard (1...Limits.lockSeconds).contains(seconds) else {
                throw Problem(
                    .outOfBounds, "A document is locked for 1 to \(Limits.lockSeconds) seconds", field: "seconds")
            }
        }
        try refuseIfLocked([document])
        let lock = DocumentLock(user: actor.user, reason: reason, until: now.adding(seconds: seconds))
        let key: [Value] = [.text(document.doctype.name), .text(document.name)]
        try sealing(DocumentLocks.table, where: "doctype = ? AND name = ?", key) {
            try transaction.execute(
                """
                INSERT INTO _document_lock (doctype, name, locked_by, reason, until) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (doctype, name) DO UPDATE SET locked_by = excluded.locked_by, reason = excluded.reason,
                until = excluded.until
                """, key + [.text(lock.user), reason.isEmpty ? .null : .text(reason), .timestamp(lock.until)])
        }
        emitLock("locked", document, ["user": .string(lock.user), "until": .string(lock.until.description)])
        return lock
    }

    /// Lets go of a document. Who holds it may, and who has the right to delete it.
    public func unlock(_ document: Document) throws {
        guard let lock = try lock(of: document) else { return }
        if lock.user != actor.user { try require(.delete, document.doctype, document) }
        try removeLocks(where: "doctype = ? AND name = ?", [.text(document.doctype.name), .text(document.name)])
        emitLock("unlocked", document, ["user": .string(lock.user)])
    }

    /// Who holds a document now; nil when nobody does.
    public func lock(of document: Document) throws -> DocumentLock? {
        try locks(document.doctype.name, [document.name]).first?.lock
    }

    /// What a statement that changes the document of that name adds to its condition, so that it changes nothing while
    /// somebody else holds it.
    func lockCondition(of type: DocType, _ name: Value) -> (String, [Value]) {
        let sql = """
             AND NOT EXISTS (SELECT 1 FROM _document_lock l WHERE l.doctype = ? AND l.name = ? AND l.until > ? \
            AND l.locked_by <> ?)
            """
        return (sql, [.text(type.name), name, .timestamp(now), .text(actor.user)])
    }

    /// Lets a lock follow a renamed document; what is left of one that has ended stays behind.
    func moveLock(_ rename: Rename) throws {
        let names: [Value] = [.text(rename.doctype), .text(rename.old), .text(rename.new)]
        let condition = "doctype = ? AND name IN (?, ?)"
        guard try !lockRows(where: condition, names).isEmpty else { return }
        try sealing(DocumentLocks.table, where: condition, names) {
            try transaction.execute(
                "DELETE FROM _document_lock WHERE doctype = ? AND (name = ? OR name = ? AND until <= ?)",
                [.text(rename.doctype), .text(rename.new), .text(rename.old), .timestamp(now)])
            try transaction.execute(
                "UPDATE _document_lock SET name = ? WHERE doctype = ? AND name = ?",
                [.text(rename.new), .text(rename.doctype), .text(rename.old)])
        }
    }

    /// Removes the locks that have ended.
    func purgeLocks() throws { try removeLocks(where: "until <= ?", [.timestamp(now)]) }

    /// Removes locks; where there are none it takes one statement.
    func removeLocks(where condition: String, _ arguments: [Value]) throws {
        let rows = try lockRows(where: condition, arguments)
        guard !rows.isEmpty else { return }
        pending.sealed.remove(rows, from: SealedTable(DocumentLocks.table), under: auditKey)
        try transaction.execute("DELETE FROM _document_lock WHERE \(condition)", arguments)
    }

    private func lockRows(where condition: String, _ arguments: [Value]) throws -> [[Value]] {
        let columns = DocumentLocks.table.columns
        return try transaction.query(
            "SELECT \(columns.map { quoted($0.name) }.joined(separator: ",")) FROM _document_lock WHERE \(condition)",
            arguments, columns.map(\.type))
    }

    /// Refuses to touch documents that somebody else holds, in one statement for each DocType.
    package func refuseIfLocked(_ documents: [Document]) throws {
        var names: [String: [String]] = [:]
        for document in documents where !document.isNew {
            names[document.doctype.name, default: []].append(document.name)
        }
        for (doctype, names) in names.sorted(by: { $0.key < $1.key }) {
            guard let held = try locks(doctype, names).first(where: { $0.lock.user != actor.user }) else { continue }
            let reason = held.lock.reason.isEmpty ? "" : " (\(held.lock.reason))"
            var problem = Problem(
                .locked, "\(doctype) \(held.name) is locked by \(held.lock.user)\(reason) until \(held.lock.until)",
                fix: "Try again later, or ask \(held.lock.user) to let go of it.")
            problem.doctype = doctype
            problem.name = held.name
            throw problem
        }
    }

    private func locks(_ doctype: String, _ names: [String]) throws -> [(name: String, lock: DocumentLock)] {
        var found: [(String, DocumentLock)] = []
        for chunk in names.chunks(of: Limits.filterValues) {
            try transaction.forEach(
                """
                SELECT name, locked_by, reason, until FROM _document_lock WHERE doctype = ? AND until > ?
                AND \(transaction.dialect.isOneOf("name", count: chunk.count)) ORDER BY name
                """, [.text(doctype), .timestamp(now)] + chunk.map(Value.text), [.text, .text, .text, .timestamp]
            ) { row in
                let lock = DocumentLock(
                    user: row[1].text ?? "", reason: row[2].text ?? "", until: row[3].timestamp ?? now)
                found.append((row[0].text ?? "", lock))
            }
        }
        return found
    }

    private func emitLock(_ what: String, _ document: Document, _ data: JSONObject) {
        var all: JSONObject = ["doctype": .string(document.doctype.name), "name": .string(document.name)]
        for (key, value) in data { all[key] = value }
        emit("document.\(what)", subject: "\(document.doctype.name)/\(document.name)", all)
    }
}
