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
    /// What it is called beside another; nil for a directory of its own.
    private var tenant: String?

    init(path: String, database: String? = nil) {
        self.path = path
        self.database = database
    }

    /// The directory of a tenant.
    init(_ tenant: String, of register: TenantRegister) {
        path = register.directory(of: tenant)
        self.tenant = tenant
        if case .postgres(let url) = register.address(of: tenant) { database = url }
    }

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
    func lock(withWorkers: Bool = false) throws -> DirectoryLock {
        do {
            return try DirectoryLock(path, withWorkers: withWorkers)
        } catch let problem as Problem {
            guard let tenant else { throw problem }
            // The server has other companies to serve.
            throw Problem(
                problem.kind, problem.text,
                fix: "Say `cauldron tenant suspend \(tenant)`, and try again in some seconds.")
        }
    }

    /// Takes the directory, and ends a restore into it that was stopped on its way.
    ///
    /// - Throws: ``Problem/Kind/unavailable``.
    func take() async throws -> DirectoryLock {
        let taken = try lock(withWorkers: !TenantBackup.isRestoring(in: path))
        try await TenantBackup.settleRestore(in: path, address)
        return taken
    }
}
