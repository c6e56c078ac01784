public import Audit
internal import Customization
internal import Documents
internal import EventLog
internal import Identity
public import Reports
public import Storage
public import Values

extension Tenant {
    /// The tables whose rows are under the audit log as what was written.
    static func sealedTables(_ registry: Registry) -> [TableSchema] {
        registry.sealedTables + [EventLog.log, ImportRecord.table] + IdentityStore.tables
    }

    /// The key of a company whose database is opened, made now for one that has none.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when the log is under a key that is not there.
    static func auditKey(of database: any Database, in directory: String?) async throws -> AuditKey {
        let known = try await database.read { try TenantFile.auditIdentity(in: $0) }
        guard let directory else {
            guard known == nil || known == AuditKey.ofProcess.identity else {
                throw Problem(
                    .unavailable, "The audit key of the company is in a directory", fix: "Say where it is.")
            }
            return .ofProcess
        }
        guard let known else { return try AuditKeyFile.readOrMake(in: directory) }
        guard let key = try AuditKeyFile.read(in: directory) else { throw AuditKeyFile.missing(directory) }
        guard key.identity == known else { throw AuditKeyFile.wrong(directory) }
        return key
    }

    /// The head of the audit log as it is now, signed; nil of an empty one.
    ///
    /// - Throws: ``Problem``.
    public func auditHead() async throws -> AuditHead? {
        try await read(as: .administrator) { session in
            try AuditLog.head(under: session.auditKey, at: session.now, in: session.transaction)
        }
    }

    /// Adds the head of the audit log to a file, unless the newest one there is of the same entry.
    ///
    /// - Returns: what is wrong with the log by the newest head that was there, in words; nil when nothing is.
    /// - Throws: ``Problem``.
    @discardableResult
    public func keepHead(in file: AuditHeadsFile) async throws -> String? {
        let last = try file.last()
        guard let head = try await auditHead() else { return nil }
        if let last, last.number == head.number, last.hash == head.hash { return nil }
        var problem: String?
        if let last { problem = try await database.read { try AuditLog.contradiction(of: last, in: $0) } }
        try file.append(head)
        return problem
    }

    /// Puts a company's log under a new key, when the one in its directory is lost or was seen by others. What stands under
    /// the one before can be verified no more, but cannot be changed either without breaking what comes after.
    ///
    /// - Returns: the name under which the key that was there is kept.
    /// - Throws: ``Problem``; ``StorageError``.
    public static func rekey(
        _ database: any Database, modules: [Module], in directory: String, at now: Timestamp
    ) async throws -> String? {
        // A key that cannot be read has nothing sealed that could be opened.
        let before = try? AuditKeyFile.read(in: directory)
        let aside = try AuditKeyFile.moveAside(in: directory, at: now)
        let key = try AuditKeyFile.readOrMake(in: directory)
        let registry = Registry.of(modules)
        try await database.write { transaction in
            transaction.takeTime(seconds: Limits.migrationSeconds)
            let session = Session(
                actor: .administrator, now: now, registry: registry, transaction: transaction, audit: key
            ) { "" }
            try session.adoptMetadata()
            if let before {
                let purpose = IdentityStore.sealPurpose
                try IdentityStore.reseal(
                    from: before.derived(for: purpose), to: key.derived(for: purpose), in: transaction)
            }
            try AuditLog.seal(
                sealedTables(session.registry), under: key, by: Actor.administrator.user, at: now, anew: true,
                in: transaction)
        }
        return aside
    }
}

extension TenantFile {
    /// The identity of the key that a company's audit log is under; nil when it is under none.
    ///
    /// - Throws: ``StorageError``.
    static func auditIdentity(in transaction: any Transaction) throws -> [UInt8]? {
        let names = try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text }
        return names.contains("_audit") ? try AuditLog.identity(in: transaction) : nil
    }
}
