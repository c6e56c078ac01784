internal import Audit
internal import Documents
internal import Foundation
public import Reports
internal import Storage
public import Values

/// Copies of a tenant's database, and their return.
public enum TenantBackup {
    /// What a backup holds.
    public struct Summary: Sendable, Equatable {
        /// The size of the file in bytes.
        public let bytes: Int
        /// How many changes of documents its audit log knows of.
        public let changes: Int
        /// How many attached files it holds.
        public let files: Int
        /// Attached files that documents name and that were not there, by their SHA-256.
        public let missing: [String]
    }

    /// Copies the company of a directory, as it is at one moment and with its files, to a file of its own, while others
    /// read and write.
    ///
    /// The copy is opened, checked and sealed before it gets its name, so that a file of that name is always whole. Only its
    /// owner may read it.
    ///
    /// - Throws: ``Problem`` when `path` exists and is not to be replaced; ``Problem/Kind/unavailable``.
    public static func write(of directory: String, to path: String, replacing: Bool = false) async throws -> Summary {
        try refuseExisting(path, replacing: replacing)
        let database = try TenantFile.open(in: directory, limits: TenantFile.patient)
        let partial = path + ".partial"
        defer { remove(partial) }
        remove(partial)
        do {
            try await database.backup(to: partial)
        } catch let error as StorageError {
            await database.close()
            throw TenantAddress.problem(for: error, file: path)
        }
        await database.close()
        let changes = try await TenantFile.verify(partial, called: path)
        return try await seal(partial, as: path, files: directory, changes: changes)
    }

    static func refuseExisting(_ path: String, replacing: Bool) throws {
        guard try !replacing && exists(path) else { return }
        throw Problem(.fileExists, "\(path) exists", fix: "Choose another name, or replace it with --force.")
    }

    /// Adds the files of a directory to a copy of a database, seals it and gives it its name.
    static func seal(_ partial: String, as path: String, files directory: String, changes: Int) async throws -> Summary
    {
        let files = try await BackupFiles.add(from: directory, to: partial)
        try await BackupKey.add(from: directory, to: partial)
        try BackupSeal.close(partial)
        try move(partial, to: path)
        return Summary(bytes: size(path), changes: changes, files: files.count, missing: files.missing)
    }

    /// Makes a company of a backup in a directory; see ``restore(_:into:modules:data:movingAside:at:)``.
    ///
    /// - Throws: as there.
    public static func restore(
        _ path: String, into directory: String, movingAside: Bool = false, at now: Timestamp
    ) async throws -> (summary: Summary, aside: String?) {
        try await restore(
            path, into: .directory(directory), modules: [], data: directory, movingAside: movingAside, at: now)
    }

    /// Makes a company of a backup at an address, with its files in `data`, which is the directory of an address that is one.
    ///
    /// Its SHA-256, its database, its audit chain and its files with their names are checked before anything is put in place. Whatever
    /// goes wrong leaves the address and the directory as they were; see ``settleRestore(in:_:)`` for a process that is stopped.
    ///
    /// There must be no company; in a directory, `movingAside` keeps the one that is there under another name, which is
    /// returned. Nobody else may use the directory meanwhile.
    ///
    /// - Throws: ``Problem`` when the file is no whole backup, or there is a company; ``Problem/Kind/unavailable``.
    public static func restore(
        _ path: String, into address: TenantAddress, modules: [Module], data: String, movingAside: Bool = false,
        at now: Timestamp
    ) async throws -> (summary: Summary, aside: String?) {
        guard try exists(path) else {
            throw Problem(.unavailable, "There is no file \(path)", fix: "Choose a file that `cauldron backup` wrote.")
        }
        guard size(path + "-wal") == 0 else {
            throw Problem(
                .badBackup, "\(path) is a database in use, not a backup", fix: "Make a copy with `cauldron backup`.")
        }
        var directory = data
        if case .directory(let own) = address { directory = own }
        let restoring = Restoring(in: directory)
        try await restoring.settle(address)
        let isOnServer = if case .postgres = address { true } else { false }
        let isTaken = try await address.holdsCompany()
        guard !isTaken || movingAside && !isOnServer else {
            throw Problem(
                .companyExists, "\(address.shown) holds a company already",
                fix: isOnServer
                    ? "Restore into an empty schema or database."
                    : "Restore into another directory, or move this one aside with --force.")
        }
        _ = try BackupSeal.check(path)
        let aside = isTaken ? "\(Tenant.databasePath(in: directory)).before-\(stamp(now))" : nil
        let made = PrivateFolder.missing(directory)
        do {
            try restoring.begin()
            try restoring.take(path)
            let changes = try await TenantFile.verify(restoring.database, called: path, isNew: true)
            let key = try await BackupKey.extract(of: restoring.database, called: path)
            try putKey(key, restoring)
            let files = try await BackupFiles.extract(of: restoring.database, into: restoring.files)
            try await claim(restoring)
            if isOnServer { try await bringUp(restoring, modules) }
            let bytes = size(restoring.database)
            try restoring.write(plan: address, aside: aside, stamp: stamp(now))
            if isOnServer {
                try await copy(restoring, to: address, modules)
            } else {
                try restoring.placeDatabase(aside: aside)
            }
            try restoring.finish()
            return (Summary(bytes: bytes, changes: changes, files: files, missing: []), aside)
        } catch {
            // What cannot be ended now is ended by who takes the directory next.
            try? await restoring.settle(address)
            for folder in made.reversed() { _ = unsafe rmdir(folder) }
            throw (error as? StorageError).map(address.problem(for:)) ?? error
        }
    }

    /// Puts the audit key of a company beside its database, and an empty file of heads where those of an earlier company are.
    private static func putKey(_ key: AuditKey?, _ restoring: Restoring) throws {
        if let key { try AuditKeyFile.write(key, in: restoring.folder) }
        guard try exists(AuditHeadsFile.standard(in: restoring.directory).path) else { return }
        let heads = AuditHeadsFile.standard(in: restoring.folder).path
        guard FileManager.default.createFile(atPath: heads, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw Problem(.unavailable, "The file \(heads) cannot be written") }
    }

    /// Notes whose files these are, for a folder that has none yet.
    private static func claim(_ restoring: Restoring) async throws {
        let owner = try await BackupFiles.with(restoring.database) { transaction in
            try CompanyFacts.forgetStore(in: transaction)
            return try CompanySecret.digest("files", in: transaction)
        }
        guard
            FileManager.default.createFile(
                atPath: restoring.files + "/owner", contents: Data(owner.utf8), attributes: [.posixPermissions: 0o600])
        else { throw Problem(.unavailable, "The directory \(restoring.files) cannot be written") }
    }

    /// Brings a company to what the modules declare: rows of an older version do not fit the tables of this one.
    private static func bringUp(_ restoring: Restoring, _ modules: [Module]) async throws {
        let folder = restoring.database.parentPath
        let tenant = try await Tenant.open(
            directory: folder, modules: modules, name: "restored", limits: TenantFile.patient)
        await tenant.close()
    }

    private static func copy(_ restoring: Restoring, to address: TenantAddress, _ modules: [Module]) async throws {
        let source = try SQLiteDatabase(path: restoring.database, limits: TenantFile.patient)
        do {
            let tables = try await TenantCopy.tables(of: source, modules: modules)
            _ = try await TenantMove.copy(source, to: address, tables: tables, limits: TenantFile.patient) { _ in }
            await source.close()
        } catch {
            await source.close()
            throw error
        }
    }

    /// Whether a database that was moved aside is kept in a directory.
    public static func keepsOlder(in directory: String) -> Bool {
        let start = URL(fileURLWithPath: Tenant.databasePath(in: directory)).lastPathComponent + ".before-"
        // A directory that cannot be read keeps whatever it has.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return true }
        return names.contains { $0.hasPrefix(start) }
    }

    // MARK: Files

    static let sidecars = ["", "-wal", "-shm"]

    static func stamp(_ now: Timestamp) -> String {
        String(now.description.prefix(19).map { $0 == " " ? "T" : $0 }).filter { $0 != ":" && $0 != "-" }
    }

    /// Whether there is a file or folder.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` when that cannot be found out: what may not be looked at may be there.
    static func exists(_ path: String) throws -> Bool {
        var facts = stat()
        guard unsafe stat(path, &facts) != 0 else { return true }
        let code = errno
        guard code != ENOENT, code != ENOTDIR else { return false }
        throw FileTrouble.problem(of: path, code)
    }

    static func size(_ path: String) -> Int {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// Removes a file and what the engine keeps beside it, if they are there.
    static func remove(_ path: String) {
        for suffix in sidecars { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    /// Brings a file to stable storage.
    static func settle(_ path: String) throws {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem(.unavailable, "\(path) cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Problem(.unavailable, "\(path) cannot be brought to the disk") }
    }

    /// Gives a file its name, in place of the one that had it, and brings that to stable storage.
    static func move(_ path: String, to name: String) throws {
        guard unsafe rename(path, name) == 0 else {
            throw Problem(
                .unavailable, "\(path) cannot be renamed to \(name)", fix: "Check the owner of the directory.")
        }
        let directory = name.parentPath
        try settle(directory.isEmpty ? "." : directory)
    }
}
