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
            return try await Tenant.open(at: address, modules: allModules, name: name, limits: limits)
        } catch let error as StorageError {
            throw Problem(error)
        }
    }

    /// Opens the company, runs `body` and closes the company again.
    func with<T: Sendable>(
        limits: StorageLimits = .standard, _ body: (Tenant) async throws -> T
    ) async throws -> T {
        let tenant = try await open(limits: limits)
        do {
            let result = try await body(tenant)
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
}

/// A directory taken for this process, until it is let go or the process ends, however it ends.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    fileprivate init(_ directory: DataDirectory) throws {
        do {
            try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        } catch {
            throw Problem(
                .unavailable, "The directory \(directory.path) cannot be made", fix: "Choose another, or its owner.")
        }
        let path = directory.path + "/lock"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Problem(
                .unavailable, "The file \(path) cannot be written", fix: "Choose another directory, or its owner.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first
            close(descriptor)
            throw Problem(
                .unavailable, "\(directory.path) is in use by process \(owner ?? "of unknown number")",
                fix: "Stop that server, or choose another directory with --data.")
        }
        // The number is for people; the lock itself is the kernel's, and goes with the process.
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = descriptor
    }

    /// Lets the directory go.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
