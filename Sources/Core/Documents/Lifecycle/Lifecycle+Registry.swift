extension Lifecycle {
    /// Declares what the life of documents needs: copies of what was deleted, locks, and what was done on which day.
    static func register(_ registry: inout Registry) {
        registry.add(DeletedDocument.self)
        for table in [
            DocumentMarks.table, DocumentLocks.table, Naming.table, CompanySecret.table,
        ] {
            registry.add(table: table, isSealed: true)
        }
        registry.add(doubles: .shares)
        registry.add(doubles: .userPermissions)
        registry.register(ScheduledTask("document_locks") { try $0.purgeLocks() })
    }
}
