internal import Documents
internal import Foundation
internal import Identity
public import ObjectStorage
internal import Reports
internal import Storage
internal import Synchronization
internal import Values

/// A tenant that a host has open.
public struct HostedTenant: Sendable {
    /// What is known of it besides.
    public let record: TenantRecord
    /// The tenant.
    public let tenant: Tenant
    /// Where its files are kept.
    public let objects: any ObjectStore
    let directory: String
    private let lock: DirectoryLock

    /// Opens the tenant of a record.
    ///
    /// - Throws: ``Problem``, in words for those who run the server.
    static func open(
        _ record: TenantRecord, of register: TenantRegister, modules: [Module], shipped: Registry,
        passwords: PasswordHasher
    ) async throws -> HostedTenant {
        let directory = register.directory(of: record.name)
        let address = register.address(of: record.name)
        try register.requirePlace(of: record)
        let lock = try DirectoryLock(directory, mustExist: true)
        do {
            try await TenantBackup.settleRestore(in: directory, address)
            guard try await address.holdsCompany() else { throw TenantFile.missing(address.shown) }
            let tenant = try await Tenant.open(
                at: address, data: directory, modules: modules, shipped: shipped, name: record.title,
                passwords: passwords)
            do {
                let files = TenantFiles.folder(in: directory)
                let objects = try store(files)
                if case .postgres = address { try await tenant.claim(objects, at: files) }
                return HostedTenant(record: record, tenant: tenant, objects: objects, directory: directory, lock: lock)
            } catch {
                await tenant.close()
                throw error
            }
        } catch {
            lock.release()
            throw (error as? StorageError).map(address.problem(for:)) ?? error
        }
    }

    private static func store(_ path: String) throws -> FolderStore {
        do {
            return try FolderStore(path)
        } catch {
            throw TenantFile.trouble(of: path + "/owner")
        }
    }

    /// Does what is due today; see ``DailyScheduler``.
    func runDue(_ onFailure: @escaping @Sendable (_ task: String, _ error: any Error) -> Void) async -> Bool {
        let keepsFiles = { @Sendable in TenantBackup.keepsOlder(in: directory) }
        return await DailyScheduler(tenant, objects: objects, keepsFiles: keepsFiles, onFailure: onFailure).runDue()
    }

    /// Adds the head of its audit log to the file beside its database.
    ///
    /// - Returns: what the file says against the log, in words.
    func keepHead() async throws -> String? { try await tenant.keepHead(in: .standard(in: directory)) }

    /// Lets what runs finish, closes the database and lets the directory go.
    func close() async {
        await tenant.close()
        lock.release()
    }
}

/// An open tenant in somebody's hands: it is not closed for want of room before the last lease of it has gone.
public final class TenantLease<Front: Sendable>: Sendable {
    /// The tenant.
    public let hosted: HostedTenant
    /// What serves it.
    public let front: Front
    private let giveBack: @Sendable () -> Void

    init(_ hosted: HostedTenant, _ front: Front, giveBack: @escaping @Sendable () -> Void) {
        self.hosted = hosted
        self.front = front
        self.giveBack = giveBack
    }

    deinit { giveBack() }
}
