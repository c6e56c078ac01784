public import Documents
internal import Metadata
internal import Storage
internal import Values

/// A word that documents of all kinds are marked with.
struct Tag: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Tag", module: "Desk", naming: .prompt, .untracked, .renamable, sort: ("name", false),
        permissions: [.manage("System Manager"), Permission("All", [.read, .select, .create], ifOwner: true)],
        summary: "A word that documents are marked with.")
    let description = SmallText()
    init() {}

    static func validate(_ tag: Doc<Self>, in session: Session) throws { try checkName(tag.name) }

    static func beforeRename(_ tag: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        try checkName(rename.new)
        return rename.new
    }

    /// Lists show the words themselves.
    static func afterRename(_ tag: Doc<Self>, _ rename: Rename, in session: Session) throws {
        var names: [String: Set<Name>] = [:]
        var doubles: [String] = []
        try session.transaction.forEach(
            "SELECT document_type, document_name, name FROM tag_link WHERE tag = ? ORDER BY name", [.text(rename.new)],
            [.text, .text, .text]
        ) { row in
            let isNew = names[row[0].text ?? "", default: []].insert(row[1].text ?? "").inserted
            if !isNew { doubles.append(row[2].text ?? "") }
        }
        try session.removePart(session.load(session.registry.doctype(TagLink.doctype.name), doubles))
        for (doctype, names) in names.sorted(by: { $0.key < $1.key }) {
            try DocumentMarks.change(doctype, names.sorted(), in: session) { marks in
                var tags: [String] = []
                for tag in marks.tags.map({ $0 == rename.old ? rename.new : $0 }) where !tags.contains(tag) {
                    tags.append(tag)
                }
                marks.tags = tags
            }
        }
    }

    private static func checkName(_ name: String) throws {
        guard !name.isEmpty, !name.contains(",") else {
            throw Problem(.invalidName, "A tag is a word or more, without commas", field: "tag")
        }
    }
}

/// A document that is marked with a tag.
struct TagLink: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Tag Link", module: "Desk", naming: .hash, .untracked, title: "title", search: ["tag"],
        permissions: [.manage("System Manager")], indexes: [["document_type", "document_name"]],
        summary: "A document that is marked with a tag.")

    let tag = Link(Tag.self, .required, .indexed, .setOnlyOnce, .inListView)
    let documentType = Data(.required, .inListView)
    let documentName = DynamicLink("document_type", .required, .linksToCancelled, .inListView)
    let title = Data(.readOnly)
    init() {}

    static func validate(_ link: Doc<Self>, in session: Session) throws {
        try session.keepReference(of: link.document, "document_type", "document_name")
        guard link.document.isNew, let reference = link.reference else { return }
        try session.requireReference(.write, reference)
        let marks = try DocumentMarks.marks(reference.doctype, reference.name, in: session)
        guard !marks.tags.contains(link.tag) else {
            throw Problem(.duplicate, "\(reference.doctype) \(reference.name) has the tag \(link.tag)", field: "tag")
        }
        guard marks.tags.count < Limits.tags else {
            throw Problem(
                .tooMany, "\(reference.doctype) \(reference.name) has \(Limits.tags) tags already", field: "tag")
        }
    }

    static func afterInsert(_ link: Doc<Self>, in session: Session) throws {
        guard let reference = link.reference else { return }
        try DocumentMarks.change(reference.doctype, reference.name, in: session) { $0.tags.append(link.tag) }
    }

    static func onTrash(_ link: Doc<Self>, in session: Session) throws {
        guard let reference = link.reference else { return }
        try DocumentMarks.change(reference.doctype, reference.name, in: session) { marks in
            marks.tags.removeAll { $0 == link.tag }
        }
    }
}

extension Doc<TagLink> {
    fileprivate var reference: Reference? { Reference(document, "document_type", "document_name") }
}

extension Session {
    /// Marks a document with a tag, which comes to be if there is none such. One it has already stays.
    ///
    /// - Returns: the tag as it was written.
    /// - Throws: ``Problem/Kind/invalidName`` when a comma stands in it.
    @discardableResult
    public func tag(_ doctype: String, _ name: String, with tag: String) throws -> String {
        let document = try get(doctype, name)
        let name = document.name
        try require(.write, document.doctype, document)
        let tag = String(tag.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        if try DocumentMarks.marks(doctype, name, in: self).tags.contains(tag) { return tag }
        try privileged {
            if try !exists("Tag", tag) {
                let new = try new(Tag.self)
                new.document.name = tag
                try insert(new)
            }
            let link = try new(TagLink.self)
            link.tag = tag
            link.documentType = doctype
            link.documentName = name
            if let field = document.doctype.titleField { link.title = String(document.text(field).prefix(140)) }
            try insert(link)
        }
        return tag
    }

    /// Takes a tag from a document; one it does not have is no error.
    public func untag(_ doctype: String, _ name: String, from tag: String) throws {
        let document = try get(doctype, name)
        let name = document.name
        try require(.write, document.doctype, document)
        let links = try transaction.query(
            "SELECT name FROM tag_link WHERE document_type = ? AND document_name = ? AND tag = ? ORDER BY name",
            [.text(doctype), .text(name), .text(tag)], [.text]
        ).compactMap { $0[0].text }
        try privileged { for link in links { try delete(TagLink.doctype.name, link) } }
    }
}
