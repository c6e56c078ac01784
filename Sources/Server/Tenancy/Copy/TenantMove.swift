internal import Collaboration
internal import Crypto
internal import Documents
internal import Foundation
internal import ObjectStorage
public import Reports
internal import Storage
internal import Synchronization
internal import Values

/// Copies a company from one address to another, of the same engine or not, with its files, and proves both equal. The
/// company that it was copied from stays as it was.
public struct TenantMove: Sendable {
    /// Where the company is.
    public var source: TenantAddress
    /// Where the copy is made; there must be none.
    public var target: TenantAddress
    /// The directory that holds the files of a company whose database is on a server.
    public var data: String

    /// A move from `source` to `target`.
    public init(from source: TenantAddress, to target: TenantAddress, data: String) {
        self.source = source
        self.target = target
        self.data = data
    }

    /// What was copied.
    public struct Summary: Sendable {
        /// What each table holds, equal on both sides.
        public let tables: [TableProof]
        /// How many attached files were copied; those that were in place already do not count.
        public let files: Int

        /// The rows of all tables.
        public var rows: Int { tables.reduce(0) { $0 + $1.rows } }
        /// SHA-256 over the names, counts and digests of all tables: equal for equal companies.
        public var digest: String {
            var sha = SHA256()
            for table in tables { sha.update(data: Array(table.json.text.utf8)) }
            return sha.finalize().hexText
        }
    }

    /// Copies the company. Nobody may write to it meanwhile: what is written after the copy began is not in it.
    ///
    /// A directory gets its database only once that is whole; a schema in one transaction. Whatever goes wrong leaves no
    /// company at the target.
    ///
    /// - Throws: ``Problem`` when there is a company at the target already; ``Problem/Kind/unavailable`` when
    ///   there is none at the source; ``Problem/Kind/inconsistent`` when the copy is not equal.
    public func run(modules: [Module]) async throws -> Summary {
        guard source != target else {
            throw Problem(.sourceIsTarget, "\(source.shown) is both source and target", fix: "Choose another target.")
        }
        guard try await !target.holdsCompany() else {
            throw Problem(
                .companyExists, "\(target.shown) holds a company already",
                fix: "Choose an empty directory, database or schema.")
        }
        let limits = TenantFile.patient
        let from = try await source.openDatabase(limits: limits)
        do {
            let folders = (from: directory(of: source), to: directory(of: target))
            let early = try TenantFiles.copy(from: folders.from, to: folders.to)
            let late = Atomic(0)
            let tables = try await TenantCopy.tables(of: from, modules: modules)
            let proofs = try await Self.copy(from, to: target, tables: tables, limits: limits) { transaction in
                // What was attached while the rows were on their way.
                late.store(try TenantFiles.copy(from: folders.from, to: folders.to), ordering: .relaxed)
                if let key = try AuditKeyFile.read(in: folders.from) { try AuditKeyFile.write(key, in: folders.to) }
                try TenantFiles.refuseMissing(in: transaction, at: folders.to)
                // A server takes the files that were copied for the company's when it starts.
                try CompanyFacts.forgetStore(in: transaction)
            }
            await from.close()
            return Summary(tables: proofs, files: early + late.load(ordering: .relaxed))
        } catch {
            await from.close()
            throw (error as? StorageError).map(target.problem(for:)) ?? error
        }
    }

    private func directory(of address: TenantAddress) -> String { address.folder(data) ?? data }

    /// Copies into an address that holds no company.
    static func copy(
        _ source: any Database, to target: TenantAddress, tables: [TableSchema], limits: StorageLimits,
        finally: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> [TableProof] {
        guard case .directory(let directory) = target else {
            let database = try target.makeDatabase(limits: limits)
            return try await copy(source, to: database, tables: tables, finally: finally)
        }
        try PrivateFolder.make(directory)
        return try await copy(
            source, toFile: Tenant.databasePath(in: directory), tables: tables, limits: limits, finally: finally)
    }

    /// Copies into a file of its own, which gets its name when it is whole and checked.
    static func copy(
        _ source: any Database, toFile path: String, tables: [TableSchema], limits: StorageLimits,
        finally: @escaping @Sendable (any Transaction) throws -> Void = { _ in }
    ) async throws -> [TableProof] {
        let partial = path + ".partial"
        defer { TenantBackup.remove(partial) }
        TenantBackup.remove(partial)
        let proofs = try await copy(
            source, to: SQLiteDatabase(path: partial, limits: limits), tables: tables, finally: finally)
        try await TenantFile.verify(partial, called: path)
        try TenantBackup.settle(partial)
        try TenantBackup.move(partial, to: path)
        return proofs
    }

    /// Copies and closes the target.
    private static func copy(
        _ source: any Database, to target: any Database, tables: [TableSchema],
        finally: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> [TableProof] {
        do {
            let proofs = try await TenantCopy.copy(from: source, to: target, tables: tables, finally: finally)
            await target.close()
            return proofs
        } catch {
            await target.close()
            throw error
        }
    }
}

/// The attached files of a company, in the folder `files` of its directory.
enum TenantFiles {
    static func folder(in directory: String) -> String { directory + "/files" }

    /// Where the file of that hash is, in the folder of a directory.
    static func path(of hash: String, in directory: String) -> String {
        "\(folder(in: directory))/\(hash.prefix(2))/\(hash.dropFirst(2))"
    }

    /// Refuses a company whose documents name files that are not in the directory.
    ///
    /// - Throws: ``Problem/Kind/inconsistent``.
    static func refuseMissing(in transaction: any Transaction, at directory: String) throws {
        let session = Session(
            actor: .administrator, now: Timestamp(microseconds: 0), registry: .core(), transaction: transaction
        ) { "" }
        for hash in try session.usedFileHashes().sorted() {
            let path = path(of: hash, in: directory)
            guard try TenantBackup.exists(path) else {
                throw Problem(
                    .inconsistent, "A document names the file \(hash), which is not at \(path)",
                    fix: "Bring it back from a backup, or delete the document.")
            }
        }
    }

    /// Copies the files that are not there yet, each whole or not at all, and checks what it copied. Returns how many.
    ///
    /// A file is named after the SHA-256 of what it holds, so one that is there is the same.
    static func copy(from source: String, to target: String) throws -> Int {
        let (from, to) = (folder(in: source), folder(in: target))
        let manager = FileManager.default
        guard URL(fileURLWithPath: from).standardizedFileURL != URL(fileURLWithPath: to).standardizedFileURL,
            let paths = manager.enumerator(atPath: from)
        else { return 0 }
        var count = 0
        do {
            while let path = paths.nextObject() as? String {
                // A store's identity is its own, what is on its way is not there yet, and what is made of files is made again.
                let own = ["incoming", "identity", FolderStore.derivedName, Restoring.folderName]
                let kind = try manager.attributesOfItem(atPath: "\(from)/\(path)")[.type] as? FileAttributeType
                guard kind == .typeRegular, !own.contains(String(path.prefix { $0 != "/" })),
                    !manager.fileExists(atPath: "\(to)/\(path)")
                else { continue }
                let file = "\(to)/\(path)"
                try PrivateFolder.make(file.parentPath)
                TenantBackup.remove(file + ".partial")
                try manager.copyItem(atPath: "\(from)/\(path)", toPath: file + ".partial")
                _ = unsafe chmod(file + ".partial", 0o600)
                try TenantBackup.settle(file + ".partial")
                try TenantBackup.move(file + ".partial", to: file)
                guard manager.contentsEqual(atPath: "\(from)/\(path)", andPath: file) else {
                    throw Problem(.inconsistent, "\(file) is not equal after copying", fix: "Check the disks.")
                }
                count += 1
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .unavailable, "The files of \(from) cannot be copied to \(to): \(error)",
                fix: "Check the owner of both and the space on the disk.")
        }
        return count
    }
}
