extension Lifecycle {
    /// Declares what every company has for the life of its documents: comments, assignments, tags, files, recurrences,
    /// copies of what was deleted, and the methods for them.
    static func register(_ registry: inout Registry) {
        registry.add(Comment.self, ToDo.self, Tag.self, TagLink.self, DocumentFollow.self, File.self)
        registry.add(AutoRepeat.self, AutoRepeatDay.self, DeletedDocument.self)
        registry.observe(.all, .written) { changes, session in
            try session.copyAttachments(changes)
            try session.forgetSeen(changes)
        }
        registry.add(table: Collaboration.table)
        registry.add(table: DocumentLocks.table)
        registry.add(table: DailyTaskMarks.table)
        registry.add(companion: Companion("ToDo", "reference_type", "reference_name"))
        registry.add(companion: Companion("Tag Link", "document_type", "document_name", keepsCopies: false))
        registry.add(companion: Companion("Document Follow", "ref_doctype", "ref_docname", keepsCopies: false))
        registry.add(companion: Companion("Comment", "reference_doctype", "reference_name"))
        registry.add(companion: Companion("File", "attached_to_doctype", "attached_to_name"))
        registry.add(companion: Companion("Auto Repeat", "reference_doctype", "reference_document"))
        registry.add(daily: DailyTask("auto_repeat") { session, day in try session.runAutoRepeat(day) })
        registry.add(daily: DailyTask("document_locks") { session, _ in try session.purgeLocks() })
        registry.add(AuditMethods.head)
        for method in LifecycleMethods.all + FormMethods.all + CollaborationMethods.all { registry.add(method) }
    }
}
