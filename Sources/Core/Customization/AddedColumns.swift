public import Documents
internal import Metadata
public import Storage
internal import Values

extension Session {
    /// Gives the documents that were there before a field what a new one would get: the field's default, where that is a
    /// value and not a moment or a user. Rows of a ledger stay what was posted.
    ///
    /// The documents are noted in the logs, as all that change.
    ///
    /// - Throws: ``StorageError``.
    public func fillAdded(_ changes: [SchemaChange]) throws {
        var touched = TouchedDocuments(registry, self)
        for case .addedColumn(let table, let column) in changes {
            guard let type = registry.doctypes.first(where: { $0.table == table && !$0.isVirtual }),
                type.kind != .ledger, case .value(let value)? = type.field(column)?.fallback, !value.isNothing
            else { continue }
            try touched.add(table, "1 = 1")
            try transaction.execute("UPDATE \(quoted(table)) SET \(quoted(column)) = ?", [value])
        }
        try touched.record(in: registry)
    }
}
