internal import Documents
internal import Foundation
public import Identity
internal import Jobs
public import Reports
internal import Storage
public import Values

extension TenantRegister {
    /// The most tenants of one register.
    static let mostTenants = 10_000
    /// The longest title, in characters.
    static let titleLength = 140
    /// How long who removes a tenant waits for the server that has it open.
    static let patienceSeconds = 30

    /// What a new tenant is made of.
    public struct Plan: Sendable {
        /// What it is called by.
        public var name: String
        /// The host names that lead to it.
        public var hosts: [String] = []
        /// What people are shown; its name when nil.
        public var title: String?
        /// The password of the user who may do everything; without one nobody can sign in yet.
        public var password: String?
        /// The backup that it is made of; an empty company when nil.
        public var backup: String?

        /// A tenant of this name.
        public init(name: String) { self.name = name }
    }

    /// Makes a tenant: an empty company like any other, or that of a backup. What an earlier try left half done is cleared away first.
    ///
    /// - Throws: ``Problem/Kind/tenantExists``, ``Problem/Kind/badTenantName``, ``Problem/Kind/weakPassword``,
    ///   ``Problem/Kind/unavailable``.
    public func create(
        _ plan: Plan, modules: [Module], passwords: PasswordHasher = PasswordHasher(),
        clock: @escaping @Sendable () -> Timestamp = Tenant.systemClock
    ) async throws -> TenantRecord {
        try TenantRecord.requireName(plan.name)
        try requireNew(plan.name)
        let title = plan.title ?? plan.name
        guard (1...Self.titleLength).contains(title.count), !title.unicodeScalars.contains(where: { $0.value < 32 })
        else {
            throw Problem(
                .badTenantName, "A title has from 1 to \(Self.titleLength) characters, and is one line", field: "title")
        }
        if let fault = plan.password.flatMap({
            PasswordPolicy().fault(of: $0, words: [Actor.administrator.user])
        }) {
            throw Problem(.weakPassword, "\(fault)", field: "password", fix: "Choose another.")
        }
        guard (schema(of: plan.name) ?? "").utf8.count <= 63 else {
            throw Problem(
                .badTenantName, "The name is too long for a schema on this server", field: "name",
                fix: "Choose a shorter one.")
        }
        let directory = directory(of: plan.name)
        var record = TenantRecord(
            name: plan.name, hosts: try TenantRecord.hosts(plan.hosts), title: title, state: .creating, created: clock()
        )
        let lock = try DirectoryLock(directory)
        defer { lock.release() }
        do {
            try alone {
                try requireNew(record.name)
                try requireFree(record.hosts, besides: record.name)
                guard try names().count < Self.mostTenants else {
                    throw Problem(.tooMany, "There are \(Self.mostTenants) companies, and may be no more")
                }
                try clear(record.name)
                try write(record)
            }
        } catch {
            lock.undo()
            throw error
        }
        do {
            try claimSchema(for: &record)
            try await make(record, plan, modules, passwords, clock)
            return try change(record.name) { record in
                guard record.state == .creating else {
                    throw Problem(.unavailable, "\(record.name) is \(record.state.rawValue)")
                }
                record.state = .active
            }
        } catch {
            // What cannot be removed now is cleared away by the next try, or by deleting it.
            try? remove(record.name)
            if case IdentityError.password(let sentence) = error {
                throw Problem(.weakPassword, ProblemText(sentence), field: "password")
            }
            throw (error as? StorageError).map(address(of: record.name).problem(for:)) ?? error
        }
    }

    private func make(
        _ record: TenantRecord, _ plan: Plan, _ modules: [Module], _ passwords: PasswordHasher,
        _ clock: @escaping @Sendable () -> Timestamp
    ) async throws {
        let address = address(of: record.name)
        guard try await !address.holdsCompany() else {
            throw Problem(.companyExists, "\(address.shown) holds a company already")
        }
        if let backup = plan.backup {
            _ = try await TenantBackup.restore(
                backup, into: address, modules: modules, data: directory(of: record.name), at: clock())
        }
        let tenant = try await Tenant.open(
            at: address, data: directory(of: record.name), modules: modules, name: record.title, passwords: passwords,
            clock: clock)
        do {
            // Who was let into the original is not yet let into this one.
            if plan.backup != nil {
                try await tenant.identity.endAll(at: tenant.now(), by: Actor.administrator.user)
                // What was asked for there is done there.
                try await tenant.write(as: .administrator) { try JobQueue.cancelWaiting(in: $0) }
            }
            if let password = plan.password {
                try await tenant.identity.setPassword(
                    password, of: Actor.administrator.user, at: tenant.now(), by: Actor.administrator.user)
            }
            try await tenant.keepHead(in: .standard(in: directory(of: record.name)))
            await tenant.close()
        } catch {
            await tenant.close()
            throw error
        }
    }

    /// Refuses a name that is in use. A directory that no record names is somebody's, unless it holds nothing but a lock.
    private func requireNew(_ name: String) throws {
        if let present = try find(name) {
            guard present.state == .creating else {
                throw Problem(.tenantExists, "There is a company \(name) already", field: "name")
            }
        } else if try TenantBackup.exists(directory(of: name)), try !strangers(in: name).isEmpty {
            throw Problem(
                .tenantExists, "\(directory(of: name)) is there, and not known as a company", field: "name",
                fix: "Move it away, or choose another name.")
        }
    }

    /// What is in a tenant's directory besides the lock.
    private func strangers(in name: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory(of: name)).filter { $0 != "lock" }
        } catch {
            throw Problem(.unavailable, "\(directory(of: name)) cannot be read", fix: "Check its owner.")
        }
    }

    /// Removes what a try before left, which nobody has ever used.
    private func clear(_ name: String) throws {
        guard let record = try find(name) else { return }
        try dropSchema(of: record)
        for item in try strangers(in: name) {
            let path = "\(directory(of: name))/\(item)"
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw Problem(.unavailable, "\(path) cannot be removed", fix: "Check its owner.")
            }
        }
    }

    /// Lets nobody use a tenant, or everybody again.
    ///
    /// - Throws: ``Problem/Kind/noSuchTenant``; ``Problem/Kind/unavailable`` for one that is being made or removed.
    @discardableResult
    public func suspend(_ name: String, _ isSuspended: Bool = true) throws -> TenantRecord {
        try change(name) { record in
            guard record.state == .active || record.state == .suspended else {
                throw Problem(
                    .unavailable, "\(name) is \(record.state.rawValue)",
                    fix: record.state == .deleting ? "Delete it again." : "Create it again, or delete it.")
            }
            record.state = isSuspended ? .suspended : .active
        }
    }

    /// Gives a tenant these host names, in place of those it had, and a title where there is one.
    ///
    /// - Throws: ``Problem/Kind/noSuchTenant``, ``Problem/Kind/tenantExists``, ``Problem/Kind/badTenantName``.
    @discardableResult
    public func setHosts(_ hosts: [String], of name: String) throws -> TenantRecord {
        let hosts = try TenantRecord.hosts(hosts)
        return try change(name) { $0.hosts = hosts }
    }

    /// Removes a tenant with all it has: database, files, credentials and keys. A backup of it is written to a file before,
    /// unless none is wanted. Nobody may use it from when `onMarked` is called; until its backup is whole it is only
    /// suspended, and stays so where anything fails.
    ///
    /// - Returns: where its backup is; nil where none was wanted, or there was nothing to keep.
    /// - Throws: ``Problem/Kind/noSuchTenant``, also where somebody else has removed it meanwhile;
    ///   ``Problem/Kind/unavailable`` while somebody else has it open, and what writing the backup throws.
    @discardableResult
    public func delete(
        _ name: String, backup: String?, modules: [Module], onMarked: () -> Void = {}
    ) async throws -> String? {
        try requirePlace(of: record(name))
        if let backup { try TenantBackup.refuseExisting(backup, replacing: false) }
        try change(name) { if $0.state == .active { $0.state = .suspended } }
        onMarked()
        let lock = try await DirectoryLock.patiently(directory(of: name), seconds: Self.patienceSeconds)
        defer { lock.release() }
        do {
            // Who had it until now may have finished or removed it.
            var record = try record(name)
            // One that was never finished has nothing to keep, and of one that is half removed all is kept that was wanted.
            if record.state == .active || record.state == .suspended {
                if let backup {
                    if !backup.parentPath.isEmpty { try PrivateFolder.make(backup.parentPath) }
                    _ = try await TenantBackup.write(
                        of: address(of: name), modules: modules, data: directory(of: name), to: backup)
                }
                record = try change(name) { record in
                    record.state = .deleting
                    record.backup = backup
                }
            }
            try remove(name)
            return record.backup
        } catch {
            lock.undo()
            throw error
        }
    }

    /// Where a backup of a tenant that is deleted goes unless another place is named.
    public func defaultBackup(of name: String, at now: Timestamp) -> String {
        "\(folder.parentPath)/deleted/\(name)-\(TenantBackup.stamp(now)).cauldron"
    }
}
