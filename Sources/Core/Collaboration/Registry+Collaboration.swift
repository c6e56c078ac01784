public import Documents
internal import Metadata

extension Registry {
    /// Declares how people work together on documents: comments, assignments, tags, files and who follows what.
    public mutating func addCollaboration() {
        add(Comment.self, ToDo.self, Tag.self, TagLink.self, DocumentFollow.self, File.self, Note.self)
        observe(.all, .written) { changes, session in
            try session.copyAttachments(changes)
            try session.forgetSeen(changes)
        }
        add(companion: Companion("ToDo", "reference_type", "reference_name"))
        add(companion: Companion("Tag Link", "document_type", "document_name", keepsCopies: false))
        add(companion: Companion("Document Follow", "ref_doctype", "ref_docname", keepsCopies: false))
        add(companion: Companion("Comment", "reference_doctype", "reference_name"))
        add(companion: Companion("File", "attached_to_doctype", "attached_to_name"))
        add(doubles: Doubles("Tag Link", "document_type", "document_name", by: ["tag"]))
        add(doubles: Doubles("Document Follow", "ref_doctype", "ref_docname", by: ["user"]))
        // The later of two open assignments to one user is closed.
        add(
            doubles: Doubles(
                "ToDo", "reference_type", "reference_name", by: ["allocated_to"],
                where: "status = 'Open' AND allocated_to IS NOT NULL"
            ) { _, double in
                double.set("status", "Closed")
                return false
            })
        atRestore { copies, session in try session.giveFreeAddresses(to: copies) }
        atRenamedFields { renamed, _, session in try AttachedFields.follow(renamed, in: session) }
        add(action: .assign) { doctype, name, arguments, session in
            try session.assign(
                doctype, name, to: arguments.names("assign_to"), Assignment(arguments.text("description") ?? ""))
        }
        add(action: .tag) { doctype, name, arguments, session in
            try session.tag(doctype, name, with: arguments.required("tag"))
        }
        for method in CollaborationMethods.all + SharingMethods.all { add(method) }
    }
}
