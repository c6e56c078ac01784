internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Something said about a document, or noted about it, such as a like.
struct Comment: DocTypeSchema, Controller {
    static let doctype = DocTypeInfo(
        "Comment", module: "Core", naming: .hash, .untracked, title: "comment_type", search: ["content"],
        sort: ("creation", true),
        permissions: [
            .manage("System Manager"), Permission("All", [.read, .select, .create, .write, .delete], ifOwner: true),
        ], indexes: [["reference_doctype", "reference_name"]], summary: "Something said about a document.")

    let commentType = Select(Self.types, .required, .fallback("Comment"), .setOnlyOnce, .inListView)
    let commentEmail = Data(.readOnly, .inListView)
    let commentBy = Data(.readOnly)
    let subject = Data()
    let referenceDoctype = Data(.inStandardFilter)
    let referenceName = DynamicLink("reference_doctype", .inListView, .linksToCancelled)
    let referenceOwner = Data(.readOnly)
    let content = SmallText(.kind(.textEditor), .inListView)
    let published = Check()
    let seen = Check()
    init() {}

    static let types = [
        "Comment", "Like", "Info", "Label", "Workflow", "Created", "Submitted", "Cancelled", "Updated", "Deleted",
        "Assigned", "Assignment Completed", "Attachment", "Attachment Removed", "Shared", "Unshared", "Relinked",
        "Edit", "Bot",
    ]

    /// What people write. All other types are notes of what was done, which the system writes by the way.
    private static let written = "Comment"

    /// Refuses to write, change or remove a note of what was done.
    private static func keepNote(_ comment: Doc<Self>, in session: Session) throws {
        guard comment.commentType != written, !session.asksNoRoles else { return }
        throw Problem(
            .forbidden, "A comment of the type \(comment.commentType) is written by the system alone",
            field: "comment_type", fix: "Write a comment of the type \(written).")
    }

    static func validate(_ comment: Doc<Self>, in session: Session) throws {
        try keepNote(comment, in: session)
        let reference = comment.reference
        try session.keepReference(of: comment.document, "reference_doctype", "reference_name")
        if comment.document.isNew {
            try session.requireReference(.read, reference)
            comment.commentEmail = session.actor.user
            comment.commentBy = try session.fullNames(of: [session.actor.user])[session.actor.user] ?? ""
        }
        if comment.commentType == "Comment", comment.content.isEmpty {
            throw Problem(.mandatory, "The comment is empty", field: "content", fix: "Give content.")
        }
    }

    static func afterInsert(_ comment: Doc<Self>, in session: Session) throws {
        guard comment.commentType == "Comment", let reference = comment.reference else { return }
        try DocumentMarks.change(reference.doctype, reference.name, in: session) { marks in
            marks.comments = Array((marks.comments + [comment.mark]).suffix(Limits.commentsInLists))
        }
        try tellMentioned(comment, reference, session)
    }

    static func onUpdate(_ comment: Doc<Self>, in session: Session) throws {
        guard comment.commentType == "Comment", let reference = comment.reference else { return }
        try DocumentMarks.change(reference.doctype, reference.name, in: session) { marks in
            for index in marks.comments.indices where marks.comments[index]["name"]?.string == comment.name {
                marks.comments[index] = comment.mark
            }
        }
    }

    static func onTrash(_ comment: Doc<Self>, in session: Session) throws {
        try keepNote(comment, in: session)
        guard let reference = comment.reference else { return }
        try DocumentMarks.change(reference.doctype, reference.name, in: session) { marks in
            marks.comments.removeAll { $0["name"]?.string == comment.name }
            if comment.commentType == "Like" { marks.likedBy.removeAll { $0 == comment.commentEmail } }
        }
    }

    static func onRestore(_ comment: Doc<Self>, in session: Session) throws {
        guard let reference = comment.reference else { return }
        try DocumentMarks.change(reference.doctype, reference.name, in: session) { marks in
            if comment.commentType == "Comment" {
                marks.comments = Array((marks.comments + [comment.mark]).suffix(Limits.commentsInLists))
            }
            if comment.commentType == "Like", !marks.likedBy.contains(comment.commentEmail) {
                marks.likedBy.append(comment.commentEmail)
            }
        }
    }

    /// Logs who was mentioned, for whoever notifies them; users that there are not do not count.
    private static func tellMentioned(_ comment: Doc<Self>, _ reference: Reference, _ session: Session) throws {
        let named = Mentions.find(in: comment.content)
        guard !named.isEmpty else { return }
        let known = try session.values(of: "User", named, ["name"])
        let mentioned = named.filter { known[$0] != nil }
        guard !mentioned.isEmpty else { return }
        session.emit(
            "comment.mentioned", subject: reference.subject,
            [
                "doctype": .string(reference.doctype), "name": .string(reference.name),
                "comment": .string(comment.name), "mentions": .array(mentioned.map(JSON.string)),
            ])
    }
}

extension Doc<Comment> {
    fileprivate var reference: Reference? { Reference(document, "reference_doctype", "reference_name") }

    /// The comment as lists show it.
    fileprivate var mark: JSON {
        ["comment": .string(self.content), "by": .string(self.commentEmail), "name": .string(name)]
    }
}

/// Finds who is mentioned in a text.
enum Mentions {
    /// The users named by `data-id` of an element of the class `mention`, or by `@name@domain` in plain text; each once,
    /// in the order of the text, at most ``Limits/mentions``.
    static func find(in text: String) -> [String] {
        var found: [String] = []
        func add(_ name: Substring) {
            let name = String(name)
            if !name.isEmpty, found.count < Limits.mentions, !found.contains(name) { found.append(name) }
        }
        var rest = text[...]
        while let at = rest.firstIndex(where: { $0 == "<" || $0 == "@" }) {
            let isTag = rest[at] == "<"
            rest = rest[rest.index(after: at)...]
            if isTag {
                let end = rest.firstIndex(of: ">") ?? rest.endIndex
                let tag = rest[..<end]
                if tag.contains("mention"), let start = tag.firstRange(of: "data-id=\"") {
                    add(tag[start.upperBound...].prefix { $0 != "\"" })
                }
                rest = rest[end...]
            } else {
                var word = rest.prefix { $0.isLetter || $0.isNumber || "@._-+".contains($0) }
                rest = rest[word.endIndex...]
                while word.last == "." || word.last == "-" { word = word.dropLast() }
                if word.contains("@") { add(word) }
            }
        }
        return found
    }
}
