internal import Documents
internal import Foundation
internal import Identity
internal import Jobs
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
        let lock = try DirectoryLock(
            directory, mustExist: true, withWorkers: !TenantBackup.isRestoring(in: directory))
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

    /// What does the tenant's jobs; those of all tenants take turns.
    func runner(
        _ turns: JobTurns, _ effects: [String: JobRunner.Effect],
        onProblem: @escaping JobRunner.OnProblem
    ) -> JobRunner {
        let collection = FileCollection.effect(objects) { [directory] in TenantBackup.keepsOlder(in: directory) }
        var all = effects
        all[collection.kind] = collection.run
        return JobRunner(tenant, effects: all, turns: turns, onProblem: onProblem)
    }

    /// When there is a job or a schedule to do next; nil when there never is.
    func nextDue() async throws -> Timestamp? {
        try await tenant.read(as: .administrator) { session in
            try [JobQueue.nextDue(in: session), Schedules.next(in: session)].compactMap(\.self).min()
        }
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
