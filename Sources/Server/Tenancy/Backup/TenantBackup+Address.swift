internal import Documents
public import Reports
internal import Storage
internal import Values

extension TenantBackup {
    /// Copies the company at an address, as it is at one moment, to a file of its own; see
    /// ``write(of:to:replacing:)``. The file is the same whether the company is in a directory or on a server; `data` is
    /// where the files of one on a server are.
    ///
    /// - Throws: as there; ``Problem/Kind/inconsistent`` when the copy is not equal.
    public static func write(
        of address: TenantAddress, modules: [Module], data: String, to path: String, replacing: Bool = false
    ) async throws -> Summary {
        if case .directory(let directory) = address {
            return try await write(of: directory, to: path, replacing: replacing)
        }
        try refuseExisting(path, replacing: replacing)
        let limits = TenantFile.patient
        let source = try await address.openDatabase(limits: limits)
        do {
            let tables = try await TenantCopy.tables(of: source, modules: modules)
            let rows = path + ".rows"
            defer { remove(rows) }
            let proofs = try await TenantMove.copy(source, toFile: rows, tables: tables, limits: limits)
            await source.close()
            return try await seal(
                rows, as: path, files: data, changes: proofs.first { $0.table == "_audit" }?.rows ?? 0)
        } catch {
            await source.close()
            throw (error as? StorageError).map(address.problem(for:)) ?? error
        }
    }
}
