import Documents
import Foundation
import Storage
import Tenancy
import Values

/// The directory a company is kept in.
struct DataDirectory: Sendable {
    /// Where it is.
    let path: String
    /// The server's database that holds the company; nil for a file in the directory.
    var database: String?

    /// Where the company's database is.
    var address: TenantAddress { database.map(TenantAddress.postgres) ?? .directory(path) }

    /// Where its uploaded files are kept.
    var files: String { path + "/files" }

    /// Whether it holds a company in a file.
    var holdsCompany: Bool { FileManager.default.fileExists(atPath: Tenant.databasePath(in: path)) }

    /// What the company is called while it has no better name.
    var name: String { URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent }

    /// Opens the company, and makes an empty one if there is none and `creating` is set.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    func open(creating: Bool = false, limits: StorageLimits = .standard) async throws -> Tenant {
        if !creating {
            guard try await address.holdsCompany() else { throw TenantFile.missing(address.shown) }
        }
        do {
            return try await Tenant.open(
                at: address, data: path, modules: allModules, name: name, limits: limits)
        } catch let error as StorageError {
            throw address.problem(for: error)
        }
    }

    /// Opens the company, or makes an empty one with `creating`, runs `body` and closes the company again.
    func with<T: Sendable>(
        creating: Bool = false, limits: StorageLimits = .standard, _ body: (Tenant) async throws -> T
    ) async throws -> T {
        let tenant = try await open(creating: creating, limits: limits)
        do {
            let result = try await body(tenant)
            try await tenant.keepHead(in: .standard(in: path))
            await tenant.close()
            return result
        } catch {
            await tenant.close()
            throw error
        }
    }

    /// Takes the directory for this process alone, as a server does and as putting a backup in place needs.
    ///
    /// - Throws: ``Problem/Kind/unavailable`` while another process has it.
    func lock() throws -> DirectoryLock { try DirectoryLock(self) }

    /// Takes the directory, and ends a restore into it that was stopped on its way.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    func take() async throws -> DirectoryLock {
        let taken = try lock()
        try await TenantBackup.settleRestore(in: path, address)
        return taken
    }
}

/// A directory taken for this process, until it is let go or the process ends, however it ends.
final class DirectoryLock: Sendable {
    private let descriptor: Int32
    /// The lock, and the directories that were made for it, the uppermost first.
    private let made: (file: String, directories: [String])

    fileprivate init(_ directory: DataDirectory) throws {
        let directories = try TenantFile.makeDirectory(directory.path)
        let path = directory.path + "/lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TenantFile.trouble(of: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first
            close(descriptor)
            throw Problem(
                .unavailable, "\(directory.path) is in use by process \(owner ?? "of unknown number")",
                fix: "Stop that server, or choose another directory with --data.")
        }
        // Who let it go may have removed it, and then another has taken a new one.
        var (held, named) = (stat(), stat())
        guard unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &named) == 0, held.st_ino == named.st_ino else {
            close(descriptor)
            throw Problem(
                .unavailable, "\(directory.path) was in use until a moment ago", fix: "Try again.")
        }
        // The number is for people; the lock itself is the kernel's, and goes with the process.
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = descriptor
        made = (path, directories)
    }

    /// Removes the lock and what directories were made for it, so that nothing is left of a work that failed. What holds
    /// anything else stays.
    func undo() {
        guard !made.directories.isEmpty else { return }
        _ = unsafe unlink(made.file)
        for directory in made.directories.reversed() { _ = unsafe rmdir(directory) }
    }

    /// Lets the directory go.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
