public import Documents
internal import Metadata
internal import Storage
internal import Values

/// The documents of one DocType that differ from what they were at a moment, brought back to it.
///
/// Goes from what the database holds through the versions written since, the newest first: a change is taken back, a
/// deletion brings the whole document back, a renaming gives the old name back.
struct Past {
    /// What a document was.
    struct State {
        /// The document as it was at the moment; nil when there was none of the name.
        var document: Document?
        /// The same document as the database holds it; nil when it is gone.
        var current: Document?
    }

    private let session: Session
    private let type: DocType
    private let moment: Timestamp
    private let rewinding: Rewinding
    /// By name: every document that has a version since the moment, and what was asked for.
    var states: [Reference: State] = [:]

    /// Goes back to `moment` for the documents of these names, or for all that have changed since.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` beyond ``Limits/rebuiltDocuments`` or ``Limits/rebuiltVersions``;
    ///   ``Problem/Kind/noHistory`` when changes were made that no version tells of.
    init(_ session: Session, _ type: DocType, names: [String]?, at moment: Timestamp) throws {
        self.session = session
        self.type = type
        self.moment = moment
        rewinding = Rewinding(registry: session.registry)
        let wanted = try names.map(withFormerNames)
        // What this session wrote itself is not among the versions yet.
        let pending = session.state(Versions.self).rows.filter { version in
            version.doctype == type.name && version.moment > moment
                && wanted?.contains { key($0) == key(version.docname) } ?? true
        }
        let touched = try changedNames(wanted) + pending.map(\.docname)
        let read = Array(Set((wanted ?? touched).map(key)))
        guard read.count <= Limits.rebuiltDocuments else {
            throw Problem(
                .tooMany,
                "More than \(Limits.rebuiltDocuments) documents of \(type.name) have changed since \(moment)",
                fix: "Ask for a later moment.")
        }
        for document in read.isEmpty ? [] : try session.load(type, read.map(\.name)) {
            states[key(document.name)] = State(document: document, current: document.asRead())
        }
        for version in pending.reversed() { try takeBack(version.docname, version.entry) }
        if !touched.isEmpty { try takeBackKept(wanted) }
        try finish()
    }

    /// What the document of that name was.
    subscript(name: String) -> State? { states[key(name)] }

    private func key(_ name: String) -> Reference { .init(type.name, name) }

    // MARK: Versions

    private func condition(_ names: [String]?) -> (sql: String, arguments: [Value]) {
        let since = "ref_doctype = ? AND creation > ?"
        let arguments: [Value] = [.text(type.name), .timestamp(moment)]
        guard let names else {
            // What was made since is left out by its creation alone, unless the name was another document's before.
            let table = quoted(type.table)
            let sql = """
                \(since) AND (
                NOT EXISTS (SELECT 1 FROM \(table) made WHERE made.name = version.docname AND made.creation > ?)
                OR version.docname IN (SELECT was.docname FROM version was WHERE was.ref_doctype = ?
                AND was.creation > ? AND substr(was.data, 1, 11) IN (?, ?, ?)))
                """
            let ends = [#"{"deleted":"#, #"{"restored""#, #"{"renamed":"#].map(Value.text)
            return (sql, arguments + [.timestamp(moment), .text(type.name), .timestamp(moment)] + ends)
        }
        let dialect = session.transaction.dialect
        return ("\(since) AND \(dialect.isOneOf("docname", count: names.count))", arguments + names.map(Value.text))
    }

    /// The names that have versions since the moment.
    private func changedNames(_ names: [String]?) throws -> [String] {
        let (condition, arguments) = condition(names)
        var found: [String] = []
        var versions: Int64 = 0
        try session.transaction.forEach(
            """
            SELECT docname, count(*) FROM version WHERE \(condition) GROUP BY docname ORDER BY docname LIMIT ?
            """, arguments + [.int(Int64(Limits.rebuiltDocuments + 1))], [.text, .integer]
        ) { row in
            found.append(row[0].text ?? "")
            versions += row[1].int ?? 0
        }
        guard versions <= Int64(Limits.rebuiltVersions) else {
            throw Problem(
                .tooMany, "\(type.name) has changed more than \(Limits.rebuiltVersions) times since \(moment)",
                fix: "Ask for a later moment.")
        }
        return found
    }

    /// The names and those that the same documents had before or have had since: one statement for each renaming.
    private func withFormerNames(_ names: [String]) throws -> [String] {
        var known = names
        var asked = 0
        while asked < known.count {
            guard known.count <= Limits.rebuiltDocuments else { break }
            let (condition, arguments) = condition(Array(known[asked...]))
            asked = known.count
            let sql = "SELECT data FROM version WHERE \(condition) AND substr(data, 1, 11) = ? ORDER BY number"
            var renamed = try session.transaction.query(sql, arguments + [.text(#"{"renamed":"#)], [.text]).map {
                try Self.entry($0[0])
            }
            renamed += session.state(Versions.self).rows.filter { version in
                version.doctype == type.name && known.contains { key($0) == key(version.docname) }
            }.map(\.entry)
            for name in renamed.flatMap({ $0["renamed"]?.array ?? [] }).compactMap(\.string)
            where !known.contains(where: { key($0) == key(name) }) { known.append(name) }
        }
        return known
    }

    /// Takes back what the database keeps of versions since the moment; whatever was written after one of them goes, too,
    /// also when its clock was behind.
    private mutating func takeBackKept(_ names: [String]?) throws {
        let (condition, arguments) = condition(names)
        let sql = """
            SELECT v.docname, v.data FROM version v JOIN (
              SELECT docname, min(number) AS first_number FROM version WHERE \(condition) GROUP BY docname
            ) s ON s.docname = v.docname
            WHERE v.ref_doctype = ? AND (v.number > s.first_number OR v.creation > ?)
            ORDER BY v.number DESC, v.creation DESC, v.name DESC
            """
        var past = self
        try session.transaction.forEach(
            sql, arguments + [.text(type.name), .timestamp(moment)], [.text, .text]
        ) { row in
            try past.takeBack(row[0].text ?? "", Self.entry(row[1]))
        }
        self = past
    }

    static func entry(_ data: Value) throws -> JSON {
        do {
            return try JSON.parse(data.text ?? "null")
        } catch {
            throw Problem(.inconsistent, "A version is not JSON: \(error.reason)")
        }
    }

    // MARK: States

    private mutating func takeBack(_ name: String, _ entry: JSON) throws {
        if let deleted = entry["deleted"] {
            states[key(name)] = State(
                document: try rewinding.document(type, from: deleted), current: states[key(name)]?.current)
        } else if entry["restored"] != nil {
            states[key(name)]?.document = nil
        } else if let names = entry["renamed"]?.array?.compactMap(\.string), names.count == 2 {
            // Both names have the entry; it is done at the new one, which comes first.
            guard key(name) == key(names[1]) else { return }
            let state = states.removeValue(forKey: key(name))
            states[key(names[0])] = state
            // What has the new name now had another then, and nothing had the new one unless an older version tells of it.
            states[key(name)] = State()
            state?.document?.name = names[0]
            if let document = state?.document { rewinding.undoStamp(entry, of: document) }
        } else if let document = states[key(name)]?.document {
            try rewinding.undo(entry, of: document)
        }
    }

    private mutating func finish() throws {
        for (key, state) in states {
            guard let document = state.document else { continue }
            guard let creation = document.creation, creation <= moment else {
                states[key]?.document = nil
                continue
            }
            guard let modified = document.modified, modified <= moment else {
                throw Problem(
                    .noHistory, "Of \(type.name) \(key.name) changes were made since \(moment) that no version tells of"
                ).about(document)
            }
            rewinding.settle(document)
            document.isPast = true
        }
    }
}

extension Document {
    /// A copy of the document and its rows as they were read.
    func asRead() -> Document {
        let copy = Document(doctype, stored: stored ?? values)
        copy.rows = storedRows.map { $0.map { Document($0.doctype, stored: $0.stored ?? $0.values) } }
        copy.storedRows = copy.rows
        return copy
    }
}

extension Problem.Kind {
    /// What something was at an earlier moment is not known.
    public static let noHistory = Self("no_history")
}
