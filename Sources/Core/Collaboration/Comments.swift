public import Documents
internal import Metadata
internal import Storage
public import Values

extension Session {
    /// Says something about a document the actor may read. Who is mentioned stands in the event `comment.mentioned`.
    ///
    /// `kind` is `Comment`, or another of the comment types for what is noted by the way; `field` is the field that such a
    /// note is about, without which it is not shown.
    @discardableResult
    public func comment(
        _ doctype: String, _ name: String, _ content: String, kind: String = "Comment", field: String = ""
    ) throws
        -> Document
    {
        let document = try get(doctype, name)
        let name = document.name
        let comment = try new(Comment.self)
        comment.commentType = kind
        comment.referenceDoctype = doctype
        comment.referenceName = name
        comment.referenceOwner = document.owner
        comment.content = content
        comment.subject = field
        try requireReference(.read, Reference(comment.document, "reference_doctype", "reference_name"))
        try privileged { try insert(comment) }
        return comment.document
    }

    /// Changes what a comment says; only who wrote it may.
    public func changeComment(_ name: String, to content: String) throws {
        let type = try registry.doctype(Comment.doctype.name)
        guard let comment = try load(type, [name]).first.map({ Doc<Comment>($0) }),
            comment.document.owner == actor.user || actor.isAdministrator
        else { throw notThere(type, name) }
        guard comment.commentType == "Comment" || actor.isAdministrator else {
            throw Problem(.forbidden, "A note of what was done is not changed").about(comment.document)
        }
        comment.content = content
        try privileged { try save(comment) }
    }

    /// What was said about a document, oldest first: each with who, when and what.
    public func comments(_ doctype: String, _ name: String, kind: String = "Comment") throws -> [JSON] {
        let document = try get(doctype, name)
        let name = document.name
        let hidden = kind == "Comment" || asksNoFields ? [] : try hiddenFiles(of: document)
        let rows = try transaction.query(
            """
            SELECT name, comment_type, content, comment_email, comment_by, creation, subject FROM comment
            WHERE reference_doctype = ? AND reference_name = ? AND comment_type = ? ORDER BY name LIMIT ?
            """, [.text(doctype), .text(name), .text(kind), .int(Int64(Limits.listRows + 1))],
            [.text, .text, .text, .text, .text, .timestamp, .text])
        // Those behind them are found in the list of Comment.
        if rows.count > Limits.listRows { noteMore("limit_start=\(Limits.listRows)") }
        return rows.prefix(Limits.listRows).filter { row in
            // What is noted of a file in a hidden field is hidden like the file.
            kind == "Comment"
                || shows(row[6].text ?? "", of: document) && !hidden.contains { row[2].text?.hasSuffix($0) == true }
        }.map { row in
            [
                "name": JSON(row[0]), "comment_type": JSON(row[1]), "content": JSON(row[2]),
                "comment_email": JSON(row[3]), "comment_by": JSON(row[4]), "creation": JSON(row[5]),
            ]
        }
    }

    /// Lets the actor like a document, or no more.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    public func like(_ doctype: String, _ name: String, _ likes: Bool = true) throws -> Bool {
        let name = try get(doctype, name).name
        let user = actor.user
        guard try DocumentMarks.marks(doctype, name, in: self).likedBy.contains(user) != likes else { return false }
        if likes {
            try comment(doctype, name, "Liked", kind: "Like")
            try DocumentMarks.change(doctype, name, in: self) { $0.likedBy.append(user) }
            return true
        }
        let notes = try transaction.query(
            """
            SELECT name FROM comment WHERE reference_doctype = ? AND reference_name = ? AND comment_type = 'Like'
            AND comment_email = ? ORDER BY name
            """, [.text(doctype), .text(name), .text(user)], [.text]
        ).compactMap { $0[0].text }
        try privileged { for note in notes { try delete(Comment.doctype.name, note) } }
        try DocumentMarks.change(doctype, name, in: self) { $0.likedBy.removeAll { $0 == user } }
        return true
    }

    /// Notes that the actor has seen a document, where its DocType keeps that.
    public func markSeen(_ doctype: String, _ name: String) throws {
        let document = try get(doctype, name)
        let name = document.name
        guard document.doctype.switches.contains(.tracksSeen) else { return }
        let user = actor.user
        try DocumentMarks.change(doctype, name, in: self) { marks in
            if !marks.seen.contains(user) { marks.seen.append(user) }
        }
    }

    /// After a change only who made it has seen the document.
    func forgetSeen(_ changes: [DocumentChange]) throws {
        let user = actor.user
        for change in changes where change.document.doctype.switches.contains(.tracksSeen) {
            guard [.save, .submit, .updateAfterSubmit, .cancel].contains(change.action) else { continue }
            try DocumentMarks.change(change.document.doctype.name, change.document.name, in: self) { $0.seen = [user] }
        }
    }
}
