internal import Audit
public import Documents
internal import EventLog
internal import Foundation
public import Identity
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
    /// What its modules declare.
    public let registry: Registry
    /// Its reports by name.
    public let reports: [String: Report]
    /// The modules in the order of the house.
    public let modules: [Module]
    /// Passwords, API keys and web sessions.
    public let identity: IdentityStore
    /// Its database.
    public let database: any Database

    private let clock: @Sendable () -> Timestamp
    private let identifiers: Mutex<IdentifierSource>
    private let actors = Mutex(KnownActors())

    /// Who acts, as it was last read. `generation` moves when users change, so that what was read before is not kept after.
    private struct KnownActors {
        var byName: [String: (actor: Actor?, until: ContinuousClock.Instant)] = [:]
        var generation = 0

        mutating func forget() {
            byName.removeAll()
            generation += 1
        }
    }

    private init(
        name: String, modules: [Module], registry: Registry, database: any Database, identity: IdentityStore,
        seed: UInt64,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.name = name
        self.modules = modules
        self.registry = registry
        self.database = database
        self.identity = identity
        self.clock = clock
        reports = Dictionary(modules.flatMap(\.reports).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        identifiers = Mutex(IdentifierSource(seed: seed))
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
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw Problem(
                .unavailable, "The directory \(directory) cannot be made", fix: "Choose another, or its owner.")
        }
        let database = try SQLiteDatabase(path: Self.databasePath(in: directory), limits: limits)
        var registry = Registry.core()
        for module in modules { module.register(&registry) }
        let tables = registry.allTables + EventLog.tables + AuditLog.tables + IdentityStore.tables
        try await database.write { transaction in _ = try transaction.migrate(to: tables) }
        let tenant = Tenant(
            name: name, modules: modules, registry: registry, database: database,
            identity: IdentityStore(database: database, passwords: passwords), seed: seed, clock: clock)
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
            try body(session(actor, now, transaction))
        }
        do {
            return try await briefly ? database.readBriefly(work) : database.read(work)
        } catch let error as StorageError {
            throw Problem(error)
        }
    }

    /// Reads and changes as `actor`, in one transaction: all of it is on stable storage when this returns, or none of it
    /// happened.
    ///
    /// `time` is the moment of what is done; it is now unless history is being recorded.
    ///
    /// - Throws: ``Problem``, and what `body` throws.
    public func write<T: Sendable>(
        as actor: Actor, at time: Timestamp? = nil, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        let now = time ?? clock()
        do {
            let (result, touched) = try await database.write { [self] transaction in
                let session = session(actor, now, transaction)
                let result = try body(session)
                try session.finish()
                if session.touched.contains("User") {
                    // A user of the same name who is added later is somebody else.
                    try IdentityStore.keepOnly(usersOf: registry.doctype("User").table, in: transaction)
                }
                return (result, session.touched)
            }
            if touched.contains("User") {
                actors.withLock { $0.forget() }
                identity.forgetCached()
            }
            return result
        } catch let error as StorageError {
            throw Problem(error)
        }
    }

    /// The user of that name as one who acts, with its roles; nil when there is none or it is disabled.
    ///
    /// Kept for a few seconds, so that a change by another process is seen soon; one by this process at once.
    public func actor(named user: String) async throws -> Actor? {
        let (known, generation) = actors.withLock { ($0.byName[user], $0.generation) }
        if let known, known.until > .now { return known.actor }
        let actor = try await read(as: .administrator) { try User.actor(user, in: $0) }
        actors.withLock { cache in
            guard cache.generation == generation else { return }
            if cache.byName.count >= Self.cachedActors { cache.byName.removeAll() }
            cache.byName[user] = (actor, .now + .seconds(5))
        }
        return actor
    }

    /// Lets what is queued finish and closes the database.
    public func close() async { await database.close() }

    private static let cachedActors = 10_000

    private func session(_ actor: Actor, _ now: Timestamp, _ transaction: any Transaction) -> Session {
        Session(actor: actor, now: now, registry: registry, transaction: transaction) { [self] in
            identifiers.withLock { $0.next(at: now) }
        }
    }

    /// The roles that permissions name, and the user who may do everything.
    private func addBasics() async throws {
        let roles = Set(modules.flatMap(\.roles) + ["System Manager", "All", "Guest"]).sorted()
        try await write(as: .administrator) { session in
            let present = try session.values(of: "Role", roles, ["name"])
            try session.insert(
                roles.filter { present[$0] == nil }.map { name in
                    let role = try session.new(Role.self)
                    role.roleName = name
                    return role.document
                })
            if try session.exists("User", Actor.administrator.user) { return }
            let user = try session.new(User.self)
            user.email = Actor.administrator.user
            user.firstName = Actor.administrator.user
            try session.insert(user)
        }
    }
}
