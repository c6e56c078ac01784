public import Documents
internal import Metadata
internal import Storage
internal import Values

/// Somebody who wants to hear of a document's changes.
struct DocumentFollow: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Document Follow", module: "Email", naming: .hash, .untracked,
        permissions: [.manage("System Manager"), Permission("All", [.read, .select, .delete], ifOwner: true)],
        indexes: [["ref_doctype", "ref_docname"]], summary: "Somebody who wants to hear of a document's changes.")

    let refDoctype = Data(.required, .inListView)
    let refDocname = DynamicLink("ref_doctype", .required, .linksToCancelled, .inListView)
    let user = Link(User.self, .required, .setOnlyOnce, .indexed, .ignoringRights, .inListView)
    init() {}

    static func validate(_ follow: Doc<Self>, in session: Session) throws {
        try session.keepReference(of: follow.document, "ref_doctype", "ref_docname")
        if follow.document.isNew {
            try session.requireReference(.read, Reference(follow.document, "ref_doctype", "ref_docname"))
        }
    }
}

extension Session {
    /// Lets the actor hear of a document's changes, or no more.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    public func follow(_ doctype: String, _ name: String, _ follows: Bool = true) throws -> Bool {
        let known = try transaction.query(
            "SELECT name FROM document_follow WHERE ref_doctype = ? AND ref_docname = ? AND \"user\" = ? ORDER BY name",
            [.text(doctype), .text(name), .text(actor.user)], [.text]
        ).compactMap { $0[0].text }
        guard follows == known.isEmpty else { return false }
        guard follows else {
            try privileged { for one in known { try delete(DocumentFollow.doctype.name, one) } }
            return true
        }
        let name = try get(doctype, name).name
        let follow = try new(DocumentFollow.self)
        follow.refDoctype = doctype
        follow.refDocname = name
        follow.user = actor.user
        try privileged { try insert(follow) }
        return true
    }

    /// Who follows a document.
    public func followers(_ doctype: String, _ name: String) throws -> [String] {
        let name = try get(doctype, name).name
        return try transaction.query(
            "SELECT \"user\" FROM document_follow WHERE ref_doctype = ? AND ref_docname = ? ORDER BY \"user\"",
            [.text(doctype), .text(name)], [.text]
        ).compactMap { $0[0].text }
    }
}
