internal import Documents
internal import Foundation
public import Reports
internal import Storage
public import Values

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
        if !replacing, exists(path) {
            throw Problem(.invalid, "\(path) exists", fix: "Choose another name, or replace it with --force.")
        }
        let limits = TenantFile.patient
        let source = try await address.openDatabase(limits: limits)
        do {
            let tables = try await TenantCopy.tables(of: source, modules: modules)
            let rows = path + ".rows"
            defer { remove(rows) }
            let proofs = try await TenantMove.copy(source, toFile: rows, tables: tables, limits: limits)
            await source.close()
            let files = try await BackupFiles.add(from: data, to: rows)
            try settle(rows)
            try move(rows, to: path)
            return Summary(
                bytes: size(path), changes: proofs.first { $0.table == "_audit" }?.rows ?? 0, files: files.count,
                missing: files.missing)
        } catch {
            await source.close()
            throw (error as? StorageError).map(Problem.init) ?? error
        }
    }

    /// Puts a copy in place as the database at an address, once it has been opened and checked; see
    /// ``restore(_:into:movingAside:at:)``. A schema of a server must hold no company; `data` is where its files go.
    ///
    /// - Throws: as there.
    public static func restore(
        _ path: String, into address: TenantAddress, modules: [Module], data: String, movingAside: Bool = false,
        at now: Timestamp
    ) async throws -> (summary: Summary, aside: String?) {
        if case .directory(let directory) = address {
            return try await restore(path, into: directory, movingAside: movingAside, at: now)
        }
        guard try await !address.holdsCompany() else {
            throw Problem(
                .invalid, "\(address.shown) holds a company already", fix: "Restore into an empty schema or database.")
        }
        let folder = "\(data)/.restoring"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try? FileManager.default.removeItem(atPath: folder)
        let (summary, _) = try await restore(path, into: folder, at: now)
        let move = TenantMove(from: .directory(folder), to: address, data: data)
        _ = try await move.run(modules: modules)
        return (summary, nil)
    }
}
