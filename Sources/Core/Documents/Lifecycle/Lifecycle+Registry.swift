extension Lifecycle {
    /// Declares what the life of documents needs: copies of what was deleted, locks, and what was done on which day.
    static func register(_ registry: inout Registry) {
        registry.add(DeletedDocument.self)
        registry.add(table: DocumentMarks.table)
        registry.add(table: DocumentLocks.table)
        registry.add(table: DailyTaskMarks.table)
        registry.add(doubles: .shares)
        registry.add(doubles: .userPermissions)
        registry.add(daily: DailyTask("document_locks") { session, _ in try session.purgeLocks() })
        registry.add(AuditMethods.head)
    }
}
