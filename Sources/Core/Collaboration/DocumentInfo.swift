public import Documents
internal import Metadata
internal import Storage
public import Values

extension Session {
    /// What a form shows around a document the actor may read, by the names of Frappe's `docinfo`: its files, comments,
    /// assignments, shares and tags, who likes it, and whether the actor follows it.
    ///
    /// A handful of statements, however much there is.
    public func info(_ doctype: String, _ name: String) throws -> JSON {
        let name = try get(doctype, name).name
        let marks = try DocumentMarks.marks(doctype, name, in: self)
        let comments = try comments(doctype, name)
        return [
            "doctype": .string(doctype), "name": .string(name),
            "attachments": .array(try attachments(doctype, name)), "comments": .array(comments),
            "total_comments": .int(Int64(comments.count)), "assignments": .array(try assignments(doctype, name)),
            "shared": .array(try Sharing.list(doctype, name, in: self)),
            "tags": .string(marks.tags.joined(separator: ",")),
            "like_logs": .array(try self.comments(doctype, name, kind: "Like")),
            "attachment_logs": .array(try self.comments(doctype, name, kind: "Attachment")),
            "is_document_followed": .bool(try followers(doctype, name).contains(actor.user)),
        ]
    }
}
