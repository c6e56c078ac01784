public import Documents
internal import Metadata
internal import Storage
internal import Values

/// Refuses new names that only look like one that is there: by case, width, spaces, signs that are not seen or letters of
/// another script.
///
/// What is left of a name when all that is folded, its skeleton, is kept for each document that is called by words, so
/// that one statement looks up a whole list of new names. Names that are counted or made without a meaning need none.
enum Lookalikes {
    static let table = TableSchema(
        "_skeleton",
        columns: [
            .init("doctype", .text, required: true), .init("skeleton", .text, required: true),
            .init("name", .text, required: true),
        ], primaryKey: ["doctype", "skeleton", "name"])

    /// The DocTypes whose names never differ by case alone, whatever a company allows.
    private static let alwaysFolded: Set<Name> = ["User", "Role", "DocType"]

    /// Whether documents of the DocType are called by words.
    static func watches(_ type: DocType) -> Bool {
        guard type.kind == .document, !type.isSingle, !type.isVirtual else { return false }
        switch type.naming {
        case .field, .prompt, .controller: return true
        case .format(let pattern), .expression(let pattern): return !pattern.contains("#")
        case .series, .hash, .autoincrement, .uuid: return false
        }
    }

    fileprivate static func follow(_ changes: [DocumentChange], in session: Session) throws {
        guard let first = changes.first else { return }
        switch first.action {
        case .insert, .restore:
            let type = first.document.doctype
            // What is counted is told apart by its numbers, unless an import brought another name.
            let isWatched = watches(type)
            guard isWatched || type.isRenamable else { return }
            let named = changes.map(\.document).filter { isWatched || $0.importedName != nil }
            try admit(named, in: session)
        case .rename, .merge:
            try forget(first.document.doctype, changes.compactMap(\.oldName), in: session)
            if first.action == .rename { try admit(changes.map(\.document), in: session) }
        case .delete:
            var names: [Name: [String]] = [:]
            for change in changes { names[change.document.doctype.name, default: []].append(change.document.name) }
            for (doctype, names) in names.sorted(by: { $0.key < $1.key }) {
                if let type = session.registry.find(doctype.text) { try forget(type, names, in: session) }
            }
        default: return
        }
    }

    /// Refuses names that look like that of another document of the DocType, and keeps the skeletons of those that do not.
    ///
    /// - Throws: ``Problem/Kind/lookalike``; ``Problem/Kind/invalidName`` for a name of which nothing is seen.
    private static func admit(_ documents: [Document], in session: Session) throws {
        let named = documents.filter { !IdentifierSource.makes($0.name) }
        guard let type = named.first?.doctype, !type.isSingle, !type.isVirtual else { return }
        let skeletons = named.map { Skeleton.of($0.name) }
        var known = try known(Set(skeletons), of: type, in: session)
        var rows: [[Value]] = []
        for (document, skeleton) in zip(named, skeletons) {
            try session.namingDocument(document) {
                guard !skeleton.isEmpty else {
                    throw Problem(.invalidName, "Nothing of the name is seen", field: "name", fix: "Give another.")
                }
                let other = try known[skeleton]?.first {
                    try $0 != document.name && isConfused($0, with: document.name, type, in: session)
                }
                if let other { throw refusal(document.name, other, type) }
            }
            known[skeleton, default: []].append(document.name)
            rows.append([.text(type.name), .text(skeleton), .text(document.name)])
        }
        try keep(rows, in: session)
    }

    /// Keeps the skeletons of names that are there already.
    static func keep(_ rows: [[Value]], in session: Session) throws {
        for chunk in rows.chunks(of: Limits.filterValues) where !chunk.isEmpty {
            let places = Array(repeating: "(?, ?, ?)", count: chunk.count).joined(separator: ",")
            try session.transaction.execute(
                "INSERT INTO _skeleton (doctype, skeleton, name) VALUES \(places) ON CONFLICT DO NOTHING",
                chunk.flatMap { $0 })
        }
    }

    /// Forgets the names of documents that are gone.
    private static func forget(_ type: DocType, _ names: [String], in session: Session) throws {
        guard watches(type) || type.isRenamable else { return }
        let names = names.filter { !IdentifierSource.makes($0) }
        for chunk in names.chunks(of: Limits.filterValues) where !chunk.isEmpty {
            let dialect = session.transaction.dialect
            try session.transaction.execute(
                """
                DELETE FROM _skeleton WHERE doctype = ? AND \(dialect.isOneOf("skeleton", count: chunk.count))
                AND \(dialect.isOneOf("name", count: chunk.count))
                """, [.text(type.name)] + chunk.map { .text(Skeleton.of($0)) } + chunk.map(Value.text))
        }
    }

    /// The names there are of these skeletons.
    private static func known(
        _ skeletons: Set<Name>, of type: DocType, in session: Session
    ) throws -> [Name: [String]] {
        var found: [Name: [String]] = [:]
        for chunk in skeletons.sorted().chunks(of: Limits.filterValues) {
            let isOne = session.transaction.dialect.isOneOf("skeleton", count: chunk.count)
            try session.transaction.forEach(
                "SELECT skeleton, name FROM _skeleton WHERE doctype = ? AND \(isOne) ORDER BY skeleton, name",
                [.text(type.name)] + chunk.map(Value.text), [.text, .text]
            ) { found[$0[0].text ?? "", default: []].append($0[1].text ?? "") }
        }
        // Shipped DocTypes are no rows of a table.
        if type.name == DocType.metaName {
            for name in session.registry.doctypes.map(\.name) {
                let skeleton = Skeleton.of(name)
                if skeletons.contains(skeleton) { found[skeleton, default: []].append(name) }
            }
        }
        return found
    }

    /// Whether two names of one skeleton are too much alike: a company may say that case tells them apart.
    static func isConfused(_ one: String, with other: String, _ type: DocType, in session: Session) throws -> Bool {
        guard !alwaysFolded.contains(type.name), try session.allowsCase else { return true }
        return Skeleton.of(one, foldsCase: false) == Skeleton.of(other, foldsCase: false)
    }

    private static func refusal(_ name: String, _ other: String, _ type: DocType) -> Problem {
        Problem(
            .lookalike, "\(type.name) \(name) looks like \(other), which exists", field: "name",
            fix:
                "Use \(other), or a name that differs in more than case, width, spaces, letters of other scripts and signs that are not seen."
        )
    }
}

extension Registry {
    /// Declares what is kept of names, and watches over every write that gives or frees one.
    public mutating func addLookalikes() {
        add(table: Lookalikes.table)
        add(check: Check("names") { try $0.checkNames() })
        add(check: Check("names that look alike") { try $0.checkLookalikes() })
        atMetadata { session in try session.refreshLookalikes() }
        observe(.all, .written) { try Lookalikes.follow($0, in: $1) }
    }
}

extension Session {
    /// Whether the company lets names differ by case alone.
    fileprivate var allowsCase: Bool {
        get throws {
            let name = SystemSettings.doctype.name
            guard registry.find(name) != nil else { return false }
            return try lookUp(name, name)?.isSet("allow_names_differing_in_case") ?? false
        }
    }

    /// Keeps the skeletons of the names of DocTypes of which none are kept yet: of those that were made by a version that
    /// did not ask for them. Those that a version made otherwise are made anew, and those of DocTypes that are gone go:
    /// after metadata changed, and when a company is opened.
    ///
    /// - Throws: ``StorageError``.
    fileprivate func refreshLookalikes() throws {
        // A row without a skeleton says by which version those of the DocType were made.
        let marks = try transaction.query(
            "SELECT doctype, name FROM _skeleton WHERE skeleton = ''", [], [.text, .text])
        if marks.contains(where: { $0[1].text != Skeleton.version }) { try remakeLookalikes() }
        let done = Set<Name>(marks.compactMap { $0[0].text })
        for doctype in done.sorted() where registry.find(doctype) == nil {
            try transaction.execute("DELETE FROM _skeleton WHERE doctype = ?", [.text(doctype)])
        }
        let open = registry.doctypes.filter { Lookalikes.watches($0) && !done.contains($0.name) }
        for type in try withDocuments(open) {
            try forEachName(of: type) { names in
                try Lookalikes.keep(
                    names.map { [.text(type.name), .text(Skeleton.of($0)), .text($0)] }, in: self)
            }
        }
        try Lookalikes.keep(open.map { [.text($0.name), .text(""), .text(Skeleton.version)] }, in: self)
    }

    /// Makes the skeletons that are kept anew, of the same names.
    private func remakeLookalikes() throws {
        let rows = try transaction.query(
            "SELECT doctype, skeleton, name FROM _skeleton", [], [.text, .text, .text])
        try transaction.execute("DELETE FROM _skeleton", [])
        try Lookalikes.keep(
            rows.map { row in
                guard let skeleton = row[1].text, !skeleton.isEmpty, let name = row[2].text else {
                    return [row[0], .text(""), .text(Skeleton.version)]
                }
                return [row[0], .text(Skeleton.of(name)), .text(name)]
            }, in: self)
    }

    /// Those of which there are documents, asked for a hundred at a time.
    private func withDocuments(_ types: [DocType]) throws -> [DocType] {
        try types.chunks(of: 100).flatMap { chunk -> [DocType] in
            guard !chunk.isEmpty else { return [] }
            let asked = chunk.map { "SELECT CAST(? AS TEXT) WHERE EXISTS (SELECT 1 FROM \(quoted($0.table)))" }
            let found = Set<Name>(
                try transaction.query(
                    asked.joined(separator: " UNION ALL "), chunk.map { .text($0.name) }, [.text]
                ).compactMap { $0[0].text })
            return chunk.filter { found.contains($0.name) }
        }
    }

    /// Goes over the names of documents that are called by words, in order, a thousand at a time.
    private func forEachName(of type: DocType, _ body: ([String]) throws -> Void) throws {
        var last = ""
        while true {
            let names = try transaction.query(
                "SELECT name FROM \(quoted(type.table)) WHERE name > ? ORDER BY name LIMIT ?",
                [.text(last), .int(Int64(Limits.filterValues))], [.text]
            ).compactMap { $0[0].text }
            guard let end = names.last else { return }
            try body(names.filter { !IdentifierSource.makes($0) })
            last = end
        }
    }

    /// Every DocType whose documents are called by words says by which version the skeletons of their names were made, and
    /// none are kept of what there is not. One sentence for each difference.
    ///
    /// - Throws: ``StorageError``.
    fileprivate func checkLookalikes() throws -> [String] {
        var missing = Set<Name>(registry.doctypes.filter(Lookalikes.watches).map { Name($0.name) })
        var found: [String] = []
        try transaction.forEach(
            "SELECT DISTINCT doctype, CASE skeleton WHEN '' THEN name END FROM _skeleton", [], [.text, .text]
        ) { row in
            let doctype = row[0].text ?? ""
            if registry.find(doctype) == nil {
                found.append("names of \(doctype) are kept among those that look alike, but there is no such DocType")
            }
            guard let version = row[1].text else { return }
            missing.remove(Name(doctype))
            if version != Skeleton.version {
                found.append("the names of \(doctype) that look alike are kept by version \(version)")
            }
        }
        return found + missing.sorted().map { "the names of \($0) that look alike are not kept" }
    }

    /// What is wrong with the names of documents: those that are not in the form in which names are kept, those that look
    /// like others, and skeletons that do not fit. One sentence each.
    ///
    /// - Throws: ``StorageError``.
    fileprivate func checkNames() throws -> [String] {
        var found: [String] = []
        for type in registry.doctypes where type.kind == .document && !type.isSingle && !type.isVirtual {
            var kept: [Name: [String]] = [:]
            var isDone = false
            try transaction.forEach(
                "SELECT skeleton, name FROM _skeleton WHERE doctype = ? ORDER BY skeleton, name", [.text(type.name)],
                [.text, .text]
            ) { row in
                guard let skeleton = row[0].text, let name = row[1].text, !skeleton.isEmpty else {
                    isDone = true
                    return
                }
                kept[name, default: []].append(skeleton)
            }
            guard isDone || !kept.isEmpty else { continue }
            var shown: [Name: [String]] = [:]
            try forEachName(of: type) { names in
                for name in names {
                    let skeleton = Skeleton.of(name)
                    if !name.isNormalized {
                        found.append("\(type.name) \(name) is called so in a form of Unicode that is not NFC")
                    }
                    switch kept.removeValue(forKey: name) {
                    case [skeleton]?: break
                    case nil where !isDone || !Lookalikes.watches(type): continue
                    default: found.append("\(type.name) \(name) is not kept among the names that look like it")
                    }
                    if let other = try shown[skeleton]?.first(where: {
                        try Lookalikes.isConfused($0, with: name, type, in: self)
                    }) {
                        found.append("\(type.name) \(name) looks like \(other)")
                    }
                    shown[skeleton, default: []].append(name)
                }
            }
            for name in kept.keys.sorted() {
                found.append("\(type.name) \(name) is kept among the names that look alike, but does not exist")
            }
        }
        return found
    }
}

extension Problem.Kind {
    /// A name that only looks different from one that exists.
    public static let lookalike = Self("lookalike_name", exception: "DuplicateEntryError", status: 409)
}
