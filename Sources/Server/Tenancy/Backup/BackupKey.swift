internal import Audit
internal import Documents
internal import Storage
internal import Values

/// The audit key of a company in its backup, in a table of its own: without it neither could the backup be verified nor the
/// company go on. A backup tells as much as the directory it is of, and is kept as that is.
enum BackupKey {
    private static let table = TableSchema(
        "_backup_key", columns: [.init("name", .text, required: true), .init("secret", .bytes, required: true)])

    /// Adds the key of a company's directory to a copy of its database, if it has one.
    ///
    /// - Throws: ``Problem``; ``StorageError``.
    static func add(from directory: String, to path: String) async throws {
        guard let key = try AuditKeyFile.read(in: directory) else { return }
        try await BackupFiles.with(path) { transaction in
            try transaction.migrate(to: [table])
            try transaction.insert(
                into: table.name, ["name", "secret"], [[.text("audit"), .bytes(key.secret)]])
        }
    }

    /// Takes the key out of a copy; nil when it has none, as one of an earlier version.
    ///
    /// - Throws: ``Problem`` when the audit log does not hold; ``StorageError``.
    static func extract(of path: String, called name: String) async throws -> AuditKey? {
        try await BackupFiles.with(path) { transaction in
            let names = try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text }
            var key: AuditKey?
            if names.contains(table.name) {
                let row = try transaction.first("SELECT secret FROM _backup_key", [], [.bytes])
                if let secret = row?[0].bytes, secret.count == AuditKey.secretBytes { key = AuditKey(secret: secret) }
                try transaction.execute("DROP TABLE _backup_key")
            }
            if key == nil, try AuditLog.identity(in: transaction) != nil {
                throw Problem(
                    .badBackup, "\(name) has no audit key, though its audit log is under one",
                    fix: "Use another backup.")
            }
            if let problem = try AuditLog.verify(under: key, in: transaction).first {
                throw Problem(.badBackup, "\(name) is damaged: \(problem)", fix: "Use another backup.")
            }
            return key
        }
    }
}
