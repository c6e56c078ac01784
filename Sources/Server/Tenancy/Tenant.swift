public import Audit
internal import Customization
public import Documents
internal import EventLog
internal import Foundation
internal import History
public import Identity
internal import Jobs
public import Reports
public import Storage
internal import Synchronization
public import Values

/// A company with all it has: its database, what its modules declare, and who may sign in.
///
/// Everything that reads or changes its data goes through ``read(as:at:_:)`` and ``write(as:at:_:)``.
public final class Tenant: Sendable {
    /// Its name.
    public let name: String
    /// What its modules declare, with what the company changed of it.
    public var registry: Registry { metadata.current.registry }
    /// Moves with every change of the metadata.
    public var metadataVersion: Int64 { metadata.current.version }
    /// Its reports by name.
    public let reports: [String: Report]
    /// The modules in the order of the house.
    public let modules: [Module]
    /// Passwords, API keys and web sessions.
    public let identity: IdentityStore
    /// Its database.
    public let database: any Database
    /// What its audit log is under.
    public let audit: AuditKey
    /// Whether it can be read and written.
    public let health: TenantHealth
    /// Tells who listens that this process has written.
    public let commits = CommitBell()
    /// Tells who listens that this process has asked for jobs.
    public let work = CommitBell()

    private let metadata: TenantMetadata
    private let clock: @Sendable () -> Timestamp
    private let identifiers: Mutex<IdentifierSource>
    private let actors = Mutex(KnownActors())
    /// Refusals that were not written yet, by the entry that they belong to.
    let refusals = Mutex<[String: Int64]>([:])
    /// What else has to be well before the company is, such as the store of its files.
    let lookBeside = Mutex<@Sendable () async throws -> Void>({})

    /// Who acts, as it was last read. `generation` moves when users change, so that what was read before is not kept after.
    private struct KnownActors {
        var byName: [Name: (actor: Actor?, until: ContinuousClock.Instant)] = [:]
        var generation = 0

        mutating func forget() {
            byName.removeAll()
            generation += 1
        }
    }

    private init(
        name: String, modules: [Module], metadata: TenantMetadata.Current, database: any Database,
        address: TenantAddress, identity: IdentityStore, audit: AuditKey, identifiers: IdentifierSource,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.name = name
        self.modules = modules
        self.metadata = TenantMetadata(metadata)
        self.database = database
        health = TenantHealth(address)
        self.identity = identity
        self.audit = audit
        self.clock = clock
        reports = Dictionary(modules.flatMap(\.reports).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.identifiers = Mutex(identifiers)
    }

    /// Opens the tenant in `directory` and creates it if there is none: its tables are brought to what the modules
    /// declare, and the modules' roles are there.
    ///
    /// `seed` makes the names of rows; it must differ from one start to the next, except in tests.
    ///
    /// - Throws: ``StorageError`` when the database cannot be opened or brought to its shape.
    public static func open(
        directory: String, modules: [Module], name: String, passwords: PasswordHasher = PasswordHasher(),
        limits: StorageLimits = .standard, seed: UInt64 = .random(in: .min ... .max),
        clock: @escaping @Sendable () -> Timestamp = Tenant.systemClock
    ) async throws -> Tenant {
        try await open(
            at: .directory(directory), modules: modules, name: name, passwords: passwords, limits: limits, seed: seed,
            clock: clock)
    }

    /// Opens the tenant whose database is at an address; see ``open(directory:modules:name:passwords:limits:seed:clock:)``.
    ///
    /// `data` is where the audit key of a company on a server is; without it the key lives as long as the process. `shipped`
    /// is what the modules declare, for who opens many tenants of the same modules.
    ///
    /// - Throws: ``StorageError`` when the database cannot be opened or brought to its shape;
    ///   ``Problem/Kind/unavailable`` when its audit log is under a key that is not there.
    public static func open(
        at address: TenantAddress, data: String? = nil, modules: [Module], shipped: Registry? = nil, name: String,
        passwords: PasswordHasher = PasswordHasher(),
        limits: StorageLimits = .standard, seed: UInt64 = .random(in: .min ... .max),
        clock: @escaping @Sendable () -> Timestamp = Tenant.systemClock
    ) async throws -> Tenant {
        let database = try address.makeDatabase(limits: limits)
        let audit: AuditKey
        do {
            audit = try await auditKey(of: database, in: address.folder(data))
        } catch {
            await database.close()
            throw error
        }
        let shipped = shipped ?? .of(modules)
        let identifiers = Mutex(IdentifierSource(seed: seed))
        let metadata = try await database.write { transaction in
            try CompanyFacts.refuseNewer(in: transaction, called: address.shown)
            transaction.takeTime(seconds: Limits.migrationSeconds)
            let now = clock()
            let session = Session(
                actor: .administrator, now: now, registry: shipped, transaction: transaction, audit: audit
            ) {
                identifiers.withLock { $0.next(at: now) }
            }
            let made = try session.madeDocTypes()
            let changes = try transaction.migrate(
                to: TenantFile.systemTables + shipped.allTables.filter { !made.contains($0.name) })
            try TenantFile.removeFormerTables(in: transaction)
            try session.adoptMetadata()
            // Before anything is written: what stands is what the log will hold.
            try AuditLog.seal(
                sealedTables(session.registry), under: audit, by: Actor.administrator.user, at: now, in: transaction)
            if !made.isEmpty { try session.takeOverDocTypes(made) }
            // What the company made stands, also where a new version of a module declares more.
            let more = try transaction.migrate(to: session.registry.allTables)
            try session.fillAdded(changes + more)
            try session.followMetadata()
            try CompanyFacts.setFormat(in: transaction)
            try session.finish()
            return TenantMetadata.Current(
                registry: session.registry, version: try MetadataVersion.current(in: transaction))
        }
        let tenant = Tenant(
            name: name, modules: modules, metadata: metadata, database: database, address: address,
            identity: IdentityStore(
                database: database, passwords: passwords, users: AccessRules.facts(companyName: name),
                sealKey: audit.derived(for: IdentityStore.sealPurpose),
                note: CredentialLog.note(under: audit, clock: clock)),
            audit: audit, identifiers: identifiers.withLock { $0 }, clock: clock)
        try await tenant.addBasics()
        return tenant
    }

    /// The file of the database in a tenant's directory.
    public static func databasePath(in directory: String) -> String { directory + "/tenant.db" }

    /// The clock of the machine, in UTC.
    public static let systemClock: @Sendable () -> Timestamp = {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// The moment it is for the tenant.
    public func now() -> Timestamp { clock() }

    /// Reads on a snapshot as `actor`. Nothing can be changed in it.
    ///
    /// `briefly` is for what takes less than a moment: such a body runs at once where it can, and again from its beginning
    /// where it took longer.
    ///
    /// - Throws: ``Problem``, and what `body` throws.
    public func read<T: Sendable>(
        as actor: Actor, at time: Timestamp? = nil, briefly: Bool = false,
        _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        let now = time ?? clock()
        let work: @Sendable (any Transaction) throws -> T = { [self] transaction in
            guard metadata.isDue() else {
                return try body(makeSession(actor, now, metadata.current.registry, transaction))
            }
            let current: TenantMetadata.Current
            do {
                current = try metadata.current(in: transaction) { makeSession(.administrator, now, $0, transaction) }
            } catch {
                // Such as a brief read that ran out of time: the next one looks.
                metadata.lookSoon()
                throw error
            }
            metadata.adopt(current)
            return try body(makeSession(actor, now, current.registry, transaction))
        }
        return try await withFreshMetadata {
            try await briefly ? self.database.readBriefly(work) : self.database.read(work)
        }
    }

    /// Runs `body`, and a second time where it failed because another process changed the tables meanwhile.
    private func withFreshMetadata<T>(_ body: () async throws -> T) async throws -> T {
        do {
            do {
                return try await body()
            } catch StorageError.failed(let code, let message) {
                let version = metadata.current.version
                metadata.lookSoon()
                try await database.read { [self] transaction in
                    let now = clock()
                    metadata.adopt(
                        try metadata.current(in: transaction) { makeSession(.administrator, now, $0, transaction) })
                }
                guard metadata.current.version != version else {
                    throw StorageError.failed(code: code, message: message)
                }
                return try await body()
            }
        } catch let error as StorageError {
            health.note(error)
            throw Problem(error)
        }
    }

    /// Has `look` taken before the company is called well again; it throws a ``Problem`` while something is wrong.
    public func lookAlso(_ look: @escaping @Sendable () async throws -> Void) { lookBeside.withLock { $0 = look } }

    /// Reads and changes as `actor`, in one transaction: all of it is on stable storage when this returns, or none of it
    /// happened.
    ///
    /// `time` is the moment of what is done; it is now unless history is being recorded.
    ///
    /// - Throws: ``Problem``, and what `body` throws.
    public func write<T: Sendable>(
        as actor: Actor, at time: Timestamp? = nil, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        let (result, touched) = try await withFreshMetadata {
            let (result, touched, changed) = try await self.database.undertake { [self] transaction in
                // Now is when its turn comes: what is written later has a later moment.
                let now = time ?? clock()
                var current = try metadata.current(in: transaction) {
                    makeSession(.administrator, now, $0, transaction)
                }
                let session = makeSession(actor, now, current.registry, transaction)
                let result = try body(session)
                if session.hasChangedMetadata {
                    current = TenantMetadata.Current(
                        registry: session.registry, version: try MetadataVersion.current(in: transaction))
                }
                if session.touched.contains("User") {
                    // A user of the same name who is added later is somebody else; one who was disabled begins anew.
                    try session.noteForAudit(
                        IdentityStore.keepOnly(usersOf: session.registry.doctype("User").table, in: transaction))
                }
                try session.finish()
                return (result, session.touched, current)
            }
            metadata.adopt(changed)
            return (result, touched)
        }
        commits.ring()
        if touched.contains(Self.jobType) { work.ring() }
        // What can be written is perhaps well again.
        if health.trouble != nil { lookWhenDue() }
        if !touched.isDisjoint(with: User.decidingTypes) { actors.withLock { $0.forget() } }
        if !touched.isDisjoint(with: Self.sessionTypes) { identity.forgetCached() }
        return result
    }

    /// The user of that name as one who acts, with its roles; nil when there is none or it is disabled.
    ///
    /// Kept for a few seconds, so that a change by another process is seen soon; one by this process at once.
    public func actor(named user: String) async throws -> Actor? {
        let (known, generation) = actors.withLock { ($0.byName[user], $0.generation) }
        if let known, known.until > .now { return known.actor }
        let actor = try await read(as: .administrator, briefly: true) { try User.actor(user, in: $0) }
        actors.withLock { cache in
            guard cache.generation == generation else { return }
            if cache.byName.count >= Self.cachedActors { cache.byName.removeAll() }
            cache.byName[user] = (actor, .now + .seconds(5))
        }
        return actor
    }

    /// Lets what is queued finish and closes the database.
    public func close() async {
        work.end()
        commits.end()
        await database.close()
    }

    /// A word that nobody else has, to hold jobs under.
    func newLease() -> String { SecureRandom.token(bytes: 12) }

    private static let jobType = JobQueue.doctype
    private static let cachedActors = 10_000
    /// The DocTypes that decide what sessions are good for.
    private static let sessionTypes: Set<String> = ["User", "Role", "Role Profile", SystemSettings.doctype.name]

    private func makeSession(
        _ actor: Actor, _ now: Timestamp, _ registry: Registry, _ transaction: any Transaction
    ) -> Session {
        Session(actor: actor, now: now, registry: registry, transaction: transaction, audit: audit) { [self] in
            identifiers.withLock { $0.next(at: now) }
        }
    }

    /// The roles that permissions name, and the user who may do everything.
    private func addBasics() async throws {
        let roles = Set(modules.flatMap(\.roles) + ["System Manager", "All", "Guest", "Desk User"]).sorted()
        let secret = SecureRandom.bytes(32)
        try await write(as: .administrator) { session in
            try CompanySecret.set(secret, in: session)
            let present = try session.values(of: "Role", roles, ["name"])
            try session.insert(
                roles.filter { present[$0] == nil }.map { name in
                    let role = try session.new(Role.self)
                    role.roleName = name
                    return role.document
                })
            // Who may do everything, and whoever has not signed in.
            for name in [Actor.administrator.user, Actor.guest.user] where try !session.exists("User", name) {
                let user = try session.new(User.self)
                user.email = name
                user.firstName = name
                if name == Actor.guest.user { user.userType = "Website User" }
                try session.insert(user)
            }
        }
    }
}
