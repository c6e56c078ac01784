internal import Values

/// What a deleted document left: itself, what hung on it, and the rows of others that named it.
package struct KeptCopy {
    /// The document that comes back.
    package let document: Document
    /// By DocType.
    package let companions: [String: [Document]]
    /// Its tags, likes and the like, as lists showed them.
    let marks: DocumentMarks.Marks?
    /// Rows that were taken out of others when it went.
    let detachedRows: [DetachedRow]

    /// Reads the copy.
    ///
    /// - Throws: ``Problem/Kind/inconsistent`` when it is damaged; what is wrong with a value that fits no more.
    package init(_ kept: Document, _ type: DocType, in session: Session) throws {
        let secrets = try Self.object(kept, "secrets")
        document = try Document(copy: Self.object(kept, "data"), type, secrets: secrets, in: session.registry)
        var companions: [String: [Document]] = [:]
        for copy in try Self.list(kept, "companions") {
            guard let doctype = copy["doctype"]?.string, let type = session.registry.find(doctype) else { continue }
            companions[doctype, default: []].append(
                try Document(copy: copy, type, secrets: secrets, in: session.registry))
        }
        self.companions = companions
        marks = DocumentMarks.Marks(try Self.object(kept, "marks"))
        detachedRows = try Self.list(kept, "taken_out").compactMap { try DetachedRow($0, in: session.registry) }
    }

    /// The document has another name than it had: what hangs on it, its own links to itself and the rows of others follow.
    func follow(from old: String, in session: Session) {
        let type = document.doctype
        for companion in session.registry.companions {
            for one in companions[companion.doctype] ?? []
            where one.text(companion.typeField) == type.name && one.text(companion.nameField) == old {
                one.set(companion.nameField, document.name)
            }
        }
        session.adopt(document)
        let columns = LinkColumn.all(to: type, in: session.registry)
        for row in [document] + document.allRows + detachedRows.map(\.row) {
            for column in columns where column.type === row.doctype && column.names(type, old, in: row) {
                row.set(column.field.name, document.name)
            }
        }
    }

    // MARK: - Reading

    private static func list(_ kept: Document, _ field: String) throws -> [JSONObject] {
        try parsed(kept, field)?.array?.compactMap(\.object) ?? []
    }

    private static func object(_ kept: Document, _ field: String) throws -> JSONObject {
        guard let json = try parsed(kept, field) else { return [:] }
        guard case .object(let object) = json else { throw damaged(kept) }
        return object
    }

    private static func parsed(_ kept: Document, _ field: String) throws -> JSON? {
        guard case .text(let text) = kept[field] else { return nil }
        do {
            return try JSON.parse(text)
        } catch {
            throw damaged(kept)
        }
    }

    private static func damaged(_ kept: Document) -> Problem {
        Problem(.inconsistent, "The copy of \(kept.text("deleted_doctype")) \(kept.text("deleted_name")) is damaged")
    }
}

extension DocumentMarks.Marks {
    /// The marks whose documents came back with the one they are about.
    func kept(by companions: [Document], on reference: Reference) -> Self {
        var kept = self
        func names(_ doctype: String, _ field: String, where holds: (Document) -> Bool = { _ in true }) -> Set<Name> {
            Set(companions.filter { $0.doctype.name == doctype && holds($0) }.map { $0.text(field) })
        }
        let tags = names("Tag Link", "tag") { $0.text("document_name") == reference.name }
        let comments = names("Comment", "name") { $0.text("reference_name") == reference.name }
        let likes = names("Comment", "comment_email") {
            $0.text("comment_type") == "Like" && $0.text("reference_name") == reference.name
        }
        let assigned = names("ToDo", "allocated_to") {
            $0.text("status") == "Open" && $0.text("reference_name") == reference.name
        }
        kept.tags.removeAll { !tags.contains($0) }
        kept.comments.removeAll { !comments.contains($0["name"]?.string ?? "") }
        kept.likedBy.removeAll { !likes.contains($0) }
        kept.assigned.removeAll { !assigned.contains($0) }
        return kept
    }
}
