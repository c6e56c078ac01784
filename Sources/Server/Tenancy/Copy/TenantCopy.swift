internal import Documents
public import Storage
internal import Values

/// Copies a company from one database into an empty one, of the same engine or another, and proves both equal.
public enum TenantCopy {
    /// Rows that travel at once.
    private static let batchRows = 500
    /// Text and bytes that travel at once, about.
    private static let batchBytes = 1 << 20

    /// Copies every row of `tables` from one snapshot of `source` into `target` in one transaction.
    ///
    /// Before the transaction ends all rows are read back there; the copy is kept only when each table has the same count
    /// and digest on both sides. What goes wrong leaves the target as it was. The source is only read. Both databases
    /// should be opened with limits for work that takes long. `finally` is the last that happens in the transaction.
    ///
    /// - Returns: what each table holds, in the order of `tables`.
    /// - Throws: ``Problem`` when the target holds a company, or the source is of another version;
    ///   ``Problem/Kind/inconsistent`` when the copy is not equal; ``StorageError``.
    public static func copy(
        from source: any Database, to target: any Database, tables: [TableSchema],
        finally: @escaping @Sendable (any Transaction) throws -> Void = { _ in }
    ) async throws -> [TableProof] {
        let pipe = RowPipe()
        async let reading: Void = read(source, tables, into: pipe)
        do {
            let proofs = try await target.write { transaction in
                let proofs = try write(tables, from: pipe, in: transaction)
                try finally(transaction)
                return proofs
            }
            // All rows came, and their proofs with them: how the source's transaction ended changes nothing any more.
            try? await reading
            return proofs
        } catch {
            pipe.stop()
            // The reading ends because the writing did, or is why it did: its own error is told in either case.
            try? await reading
            throw failure(error)
        }
    }

    /// What each table of a database holds, on one snapshot.
    public static func prove(_ database: any Database, tables: [TableSchema]) async throws -> [TableProof] {
        try await database.read { transaction in try tables.map { try TableProof.read($0, in: transaction) } }
    }

    /// Whether a database holds any table of a company.
    public static func holdsCompany(_ database: any Database) async throws -> Bool {
        try await database.read { try !presentTables(in: $0).isDisjoint(with: TenantFile.systemTables.map(\.name)) }
    }

    static func presentTables(in transaction: any Transaction) throws -> Set<String> {
        Set(try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text })
    }

    // MARK: Both sides

    private static func read(_ source: any Database, _ tables: [TableSchema], into pipe: RowPipe) async throws {
        do {
            try await source.read { transaction in
                try pipe.beginReading()
                var proofs: [TableProof] = []
                for (index, table) in tables.enumerated() {
                    proofs.append(try put(table, index, in: transaction, into: pipe))
                }
                pipe.end(proofs)
            }
        } catch {
            pipe.fail(error)
            throw error
        }
    }

    private static func put(
        _ table: TableSchema, _ index: Int, in transaction: any Transaction, into pipe: RowPipe
    ) throws -> TableProof {
        var rows: [[Value]] = []
        var bytes = 0
        let proof = try TableProof.read(table, in: transaction) { row in
            rows.append(row)
            for value in row { bytes += weight(of: value) }
            guard rows.count >= batchRows || bytes >= batchBytes else { return }
            try pipe.put(RowPipe.Batch(table: index, rows: rows))
            rows = []
            bytes = 0
        }
        if !rows.isEmpty { try pipe.put(RowPipe.Batch(table: index, rows: rows)) }
        return proof
    }

    private static func weight(of value: Value) -> Int {
        switch value {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        default: 8
        }
    }

    private static func write(
        _ tables: [TableSchema], from pipe: RowPipe, in transaction: any Transaction
    ) throws -> [TableProof] {
        try pipe.beginWriting()
        let present = try presentTables(in: transaction)
        if let table = tables.first(where: { present.contains($0.name) }) {
            throw Problem(
                .companyExists, "The target holds a company already: it has the table \(table.name)",
                fix: "Choose an empty directory, database or schema.")
        }
        try transaction.migrate(to: tables)
        while let batch = try pipe.take() {
            let table = tables[batch.table]
            try transaction.insert(into: table.name, table.columns.map(\.name), batch.rows)
        }
        let copied = try tables.map { try TableProof.read($0, in: transaction) }
        for (copy, original) in zip(copied, pipe.proofs) where copy != original {
            throw Problem(
                .inconsistent,
                "The table \(copy.table) is not equal after copying: \(original.rows) rows became \(copy.rows), or they differ",
                fix: "Nothing was kept. Check the disks of both databases.")
        }
        guard copied.count == pipe.proofs.count else {
            throw Problem(.inconsistent, "Not all tables were read", fix: "Nothing was kept. Try again.")
        }
        return copied
    }

    /// What a failure means to whoever asked for the copy.
    static func failure(_ error: any Error) -> any Error {
        switch error {
        case is RowPipe.Stopped:
            Problem(
                .unavailable, "A connection was lost while copying; nothing was kept", fix: "Try again.")
        case StorageError.failed(_, let message):
            Problem(
                .databasesDiffer, "The databases do not fit each other: \(message)",
                fix: "Let a server of this version open the company once, then copy it.")
        default: error
        }
    }
}
