internal import Documents
internal import Foundation
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
    /// The copy is opened and checked before it gets its name, so that a file of that name is always whole.
    ///
    /// - Throws: ``Problem/Kind/invalid`` when `path` exists and is not to be replaced; ``Problem/Kind/unavailable``.
    public static func write(of directory: String, to path: String, replacing: Bool = false) async throws -> Summary {
        if !replacing, exists(path) {
            throw Problem(.invalid, "\(path) exists", fix: "Choose another name, or replace it with --force.")
        }
        let database = try TenantFile.open(in: directory, limits: TenantFile.patient)
        let partial = path + ".partial"
        defer { remove(partial) }
        remove(partial)
        do {
            try await database.backup(to: partial)
        } catch let error as StorageError {
            await database.close()
            throw Problem(
                .unavailable, "\(path) cannot be written: \(Problem(error).message)",
                fix: "Check the directory, its owner and the space on its disk.")
        }
        await database.close()
        // It holds what the whole company may not read, password hashes among it.
        unsafe chmod(partial, 0o600)
        let changes = try await TenantFile.verify(partial, called: path)
        let files = try await BackupFiles.add(from: directory, to: partial)
        try settle(partial)
        try move(partial, to: path)
        return Summary(bytes: size(path), changes: changes, files: files.count, missing: files.missing)
    }

    /// Puts a copy in place as the database of a directory, once it has been opened and checked there.
    ///
    /// The directory must hold no database; with `movingAside` the one it holds is kept beside it under another name,
    /// which is returned. Nobody else may use the directory meanwhile.
    ///
    /// - Throws: ``Problem/Kind/invalid`` when the file is no whole copy, or the directory is not empty;
    ///   ``Problem/Kind/unavailable``.
    public static func restore(
        _ path: String, into directory: String, movingAside: Bool = false, at now: Timestamp
    ) async throws -> (summary: Summary, aside: String?) {
        guard exists(path) else {
            throw Problem(.unavailable, "There is no file \(path)", fix: "Choose a file that `cauldron backup` wrote.")
        }
        guard size(path + "-wal") == 0 else {
            throw Problem(
                .invalid, "\(path) is a database in use, not a backup", fix: "Make a copy with `cauldron backup`.")
        }
        let target = Tenant.databasePath(in: directory)
        if !movingAside, exists(target) {
            throw Problem(
                .invalid, "\(directory) holds a company already",
                fix: "Restore into another directory, or move this one aside with --force.")
        }
        try makeDirectory(directory)
        let partial = target + ".restoring"
        defer { remove(partial) }
        remove(partial)
        do {
            try FileManager.default.copyItem(atPath: path, toPath: partial)
        } catch {
            throw Problem(
                .unavailable, "\(path) cannot be copied into \(directory)",
                fix: "Check the owner of both and the space on the disk.")
        }
        let changes = try await TenantFile.verify(partial, called: path)
        let files = try await BackupFiles.takeOut(of: partial, into: directory)
        try settle(partial)
        var aside: String?
        if exists(target) {
            let name = "\(target).before-\(stamp(now))"
            for suffix in sidecars where exists(target + suffix) { try move(target + suffix, to: name + suffix) }
            aside = name
        }
        // What an earlier database left behind must not be taken for this one's.
        for suffix in sidecars where !suffix.isEmpty && exists(target + suffix) {
            do {
                try FileManager.default.removeItem(atPath: target + suffix)
            } catch {
                throw Problem(
                    .unavailable, "\(target + suffix) is left of an earlier database and cannot be removed",
                    fix: "Check the owner of the directory.")
            }
        }
        try move(partial, to: target)
        return (Summary(bytes: size(target), changes: changes, files: files, missing: []), aside)
    }

    /// Whether a database that was moved aside is kept in a directory.
    public static func keepsOlder(in directory: String) -> Bool {
        let start = URL(fileURLWithPath: Tenant.databasePath(in: directory)).lastPathComponent + ".before-"
        // A directory that cannot be read keeps whatever it has.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return true }
        return names.contains { $0.hasPrefix(start) }
    }

    // MARK: Files

    private static let sidecars = ["", "-wal", "-shm"]

    private static func stamp(_ now: Timestamp) -> String {
        String(now.description.prefix(19).map { $0 == " " ? "T" : $0 }).filter { $0 != ":" && $0 != "-" }
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func size(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// Removes a file and what the engine keeps beside it, if they are there.
    static func remove(_ path: String) {
        for suffix in sidecars { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    private static func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Problem(.unavailable, "The directory \(path) cannot be made", fix: "Choose another, or its owner.")
        }
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
        let directory = (name as NSString).deletingLastPathComponent
        try settle(directory.isEmpty ? "." : directory)
    }
}
