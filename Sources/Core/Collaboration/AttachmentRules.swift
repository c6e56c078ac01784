internal import Documents
internal import Metadata
internal import Storage
internal import Values

extension Session {
    /// Refuses to attach a file to a document that the actor may not write, that somebody else holds, or that takes no more.
    ///
    /// - Throws: ``Problem/Kind/forbidden``, ``Problem/Kind/locked``, ``Problem/Kind/tooManyFiles``.
    func requireAttachable(_ reference: Reference) throws {
        let document = try requireDetachable(reference)
        let type = document.doctype
        let own = Int(type.properties["max_attachments"]?.int ?? 0)
        let limit = own > 0 ? min(own, Limits.attachments) : Limits.attachments
        let count =
            try transaction.first(
                "SELECT count(*) FROM file WHERE attached_to_doctype = ? AND attached_to_name = ?",
                [.text(type.name), .text(document.name)], [.integer])?[0].int ?? 0
        guard count < limit else {
            throw Problem(
                .tooManyFiles, "\(type.name) \(document.name) has \(count) files and takes no more",
                fix: "Remove one first.")
        }
    }

    /// Refuses to take a file from a document that the actor may not write, or that somebody else holds.
    @discardableResult
    func requireDetachable(_ reference: Reference) throws -> Document {
        let document = try get(reference.doctype, reference.name)
        try require(.write, document.doctype, document)
        try refuseIfLocked([document])
        return document
    }

    /// Notes beside a document that a file was attached to it.
    func noteAttached(_ file: Doc<File>, _ reference: Reference) throws {
        try comment(
            reference.doctype, reference.name, "Added \(file.fileUrl)", kind: "Attachment", field: file.attachedToField)
    }

    /// Notes beside a document that a file was taken from it.
    func noteRemoved(_ file: Doc<File>, _ reference: Reference) throws {
        try comment(
            reference.doctype, reference.name, "Removed \(file.fileName)", kind: "Attachment Removed",
            field: file.attachedToField)
    }
}
