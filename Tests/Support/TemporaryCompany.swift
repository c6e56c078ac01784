internal import Audit
public import Documents
internal import EventLog
public import Storage
internal import Synchronization
import Tenancy
public import Values

/// A company's database of its own on the engine that the test runs on, without a tenant around it.
public final class TemporaryCompany: TestCompany {
    private let current: Mutex<Registry>
    public let database: any Database
    /// Who acts unless a test says otherwise.
    fileprivate let actor: Actor
    /// When they act unless a test says otherwise.
    fileprivate let noon: Timestamp
    private let home: TemporaryDatabase
    private let identifiers = Mutex(IdentifierSource(seed: 7))

    public var company: TemporaryCompany { self }
    /// What its modules declare, with what was changed of it.
    public var registry: Registry { current.withLock { $0 } }
    fileprivate func adopt(_ registry: Registry) { current.withLock { $0 = registry } }

    /// Opens an empty database with the tables of the core and of what `register` adds to it.
    public init(
        actor: Actor = .administrator, noon: Timestamp, _ register: (inout Registry) -> Void
    ) async throws {
        var registry = Registry.core()
        register(&registry)
        current = Mutex(registry)
        self.actor = actor
        self.noon = noon
        // Many tests run side by side: few connections each.
        var limits = StorageLimits()
        limits.readers = 1
        limits.briefReaders = 1
        home = try await TemporaryDatabase.make(registry.allTables + EventLog.tables + AuditLog.tables, limits: limits)
        database = home.database
        // As when a company is opened.
        try await write { try $0.followMetadata() }
    }

    /// Opens its database a second time, as another process would.
    public func openAgain() throws -> any Database {
        var limits = StorageLimits()
        limits.readers = 1
        limits.briefReaders = 1
        return try home.openAgain(limits: limits)
    }

    fileprivate func newIdentifier(at now: Timestamp) -> String { identifiers.withLock { $0.next(at: now) } }
}

/// A company that tests do business in: what reads and writes its database.
public protocol TestCompany: Sendable {
    /// What holds the database.
    var company: TemporaryCompany { get }
}

extension TestCompany {
    /// What the company's modules declare.
    public var registry: Registry { company.registry }
    /// The company's database.
    public var database: any Database { company.database }
    /// All tables, those of the logs too.
    public var allTables: [TableSchema] { registry.allTables + EventLog.tables + AuditLog.tables }

    /// Runs `body` in a session and a transaction of its own, and commits.
    @discardableResult
    public func write<T: Sendable>(
        as actor: Actor? = nil, at now: Timestamp? = nil, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        let (result, changed) = try await database.write { transaction -> (T, Registry?) in
            let session = session(as: actor, at: now, transaction)
            let result = try body(session)
            try session.finish()
            return (result, session.hasChangedMetadata ? session.registry : nil)
        }
        if let changed { company.adopt(changed) }
        return result
    }

    /// Runs `body` in a session that cannot write.
    public func read<T: Sendable>(
        as actor: Actor? = nil, at now: Timestamp? = nil, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await database.read { try body(session(as: actor, at: now, $0)) }
    }

    /// A session in a transaction of the caller, who finishes it.
    public func session(
        as actor: Actor? = nil, at now: Timestamp? = nil, _ transaction: any Transaction
    ) -> Session {
        let now = now ?? company.noon
        return Session(actor: actor ?? company.actor, now: now, registry: registry, transaction: transaction) {
            company.newIdentifier(at: now)
        }
    }
}

/// The problem that `body` throws; nil when it throws none, or something else.
public func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem
    }
}
