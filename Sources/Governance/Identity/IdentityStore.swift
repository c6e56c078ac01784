public import Storage
internal import Synchronization
internal import Values

/// What a tenant's server knows to tell who somebody is: password hashes, API keys and web sessions.
///
/// Passwords are kept as scrypt hashes, session identifiers and API secrets as SHA-256. What every request asks for is kept
/// in memory, so that signing in costs queries and being signed in does not. Users themselves are documents; whether one
/// exists and is enabled is asked elsewhere.
public final class IdentityStore: Sendable {
    let database: any Database
    let passwords: PasswordHasher
    let limits: IdentityLimits
    let cache = Mutex(IdentityCache())
    /// Writes a change to the logs, in its transaction.
    let note: Note
    let users: UserFacts
    let seal: SecretSeal

    /// Writes a change to the logs, in its transaction.
    public typealias Note = @Sendable (CredentialChange, any Transaction) throws -> Void

    /// A store in `database`, whose ``tables`` must be there. `note` is told of each change in the transaction that makes it;
    /// what it throws undoes the change. Nothing is given to who is not admitted. `sealKey`, 32 bytes that are kept elsewhere,
    /// seals what cannot be kept as a hash; without one it is readable as long as the store lives.
    public init(
        database: any Database, passwords: PasswordHasher, limits: IdentityLimits = IdentityLimits(),
        users: UserFacts = UserFacts(), sealKey: [UInt8]? = nil, note: @escaping Note = { _, _ in }
    ) {
        self.users = users
        seal = SecretSeal(key: sealKey ?? SecureRandom.bytes(32))
        self.database = database
        self.passwords = passwords
        self.limits = limits
        self.note = note
    }

    /// What a company's key is asked for to seal secrets.
    public static let sealPurpose = "secrets of users"

    /// The tables of the store.
    public static let tables = [credentials, sessions, keys, secondFactors, recoveryCodes]

    static let credentials = TableSchema(
        "_credential",
        columns: [
            .init("user", .text, required: true), .init("password", .text), .init("api_key", .text),
            .init("api_secret", .bytes), .init("changed", .timestamp), .init("password_set", .timestamp),
        ], indexes: [.init("api_key", unique: true)])
    static let sessions = TableSchema(
        "_web_session",
        columns: [
            .init("sid", .bytes, required: true), .init("user", .text, required: true),
            .init("created", .timestamp, required: true), .init("last_seen", .timestamp, required: true),
            .init("expires", .timestamp, required: true), .init("way", .text), .init("address", .text),
            .init("agent", .text),
        ], indexes: [.init("user"), .init("expires")])
    static let keys = TableSchema(
        "_api_key",
        columns: [
            .init("key", .text, required: true), .init("user", .text, required: true), .init("label", .text),
            .init("secret", .bytes, required: true), .init("scopes", .text, required: true),
            .init("created", .timestamp, required: true), .init("expires", .timestamp),
            .init("last_used", .timestamp),
        ], indexes: [.init("user")])

    /// What holds for signing in now.
    public func rules() async throws -> IdentityRules {
        try await database.readBriefly { [users] in try users.rules($0) }
    }

    /// Runs `body`, which changes rows of a user, or others that `condition` names by its arguments, and notes what
    /// became of them; nothing when nothing did.
    ///
    /// - Returns: what became of the rows of each table, in the order given.
    @discardableResult
    func noting(
        _ change: CredentialChange, _ tables: [TableSchema], where condition: String = "\"user\" = ?",
        _ arguments: [Value], in transaction: any Transaction, _ body: () throws -> Void
    ) throws -> [RowsChange] {
        var change = change
        change.rows = try Self.changes(tables[...], condition, arguments, transaction, body)
        if !change.rows.allSatisfy(\.isEmpty) { try note(change, transaction) }
        return change.rows
    }

    /// What becomes of rows of some tables while `body` runs.
    fileprivate static func changes(
        _ tables: ArraySlice<TableSchema>, _ condition: String, _ arguments: [Value], _ transaction: any Transaction,
        _ body: () throws -> Void
    ) throws -> [RowsChange] {
        guard let table = tables.first else {
            try body()
            return []
        }
        var rest: [RowsChange] = []
        let own = try transaction.changes(of: table, where: condition, arguments) {
            rest = try changes(tables.dropFirst(), condition, arguments, transaction, body)
        }
        return [own] + rest
    }

    /// - Throws: ``IdentityError/notAdmitted(_:)``.
    func admit(_ user: String, _ transaction: any Transaction) throws {
        guard try users.admits(user, transaction) else { throw IdentityError.notAdmitted(user) }
    }

    /// Forgets everything of a user who is removed or locked: password, keys, sessions and second factor.
    public func remove(user: String) async throws {
        try await database.write { [self] transaction in
            let change = CredentialChange(kind: .forgotten, user: user, actor: user)
            try noting(change, Self.tables, [.text(user)], in: transaction) {
                for table in Self.tables {
                    try transaction.execute("DELETE FROM \(table.name) WHERE \"user\" = ?", [.text(user)])
                }
            }
        }
        cache.withLock { $0.forget(user) }
    }
}

extension IdentityStore {
    /// Ends the sessions and keys of users who are gone from the table of users or disabled there, and forgets the
    /// passwords and second factors of those who are gone, in the transaction that changes the table. Says what became of the rows.
    public static func keepOnly(usersOf table: String, in transaction: any Transaction) throws -> [RowsChange] {
        let users = "SELECT name FROM \(quoted(table))"
        let enabled = "\(users) WHERE enabled = 1"
        return try changes(tables[...], "\"user\" NOT IN (\(enabled))", [], transaction) {
            for own in [sessions, keys] {
                try transaction.execute("DELETE FROM \(own.name) WHERE \"user\" NOT IN (\(enabled))")
            }
            for own in [credentials, secondFactors, recoveryCodes] {
                try transaction.execute("DELETE FROM \(own.name) WHERE \"user\" NOT IN (\(users))")
            }
            try transaction.execute(
                """
                UPDATE _credential SET api_key = NULL, api_secret = NULL
                WHERE api_key IS NOT NULL AND "user" NOT IN (\(enabled))
                """)
        }
    }

    /// Forgets what is kept in memory; called when users have changed.
    public func forgetCached() { cache.withLock { $0.forgetAll() } }
}

/// What the store keeps in memory, for a few seconds, since another process may change it. `generation` moves whenever something is taken away, so that what was read before
/// cannot be put in after.
struct IdentityCache {
    private var sessions: [[UInt8]: Kept<WebSession>] = [:]
    private var keys: [Name: Kept<Key>] = [:]
    private(set) var generation = 0

    struct Key {
        let user: String
        let secret: [UInt8]
        /// What it is good for; nil for all the user may.
        let scopes: String?
        let expires: Timestamp?
        var lastUsed: Timestamp?
    }

    /// Something with the moment until which it is trusted.
    private struct Kept<Content> {
        let content: Content
        let until: ContinuousClock.Instant
    }

    /// The session, unless it has been kept too long.
    func session(_ sid: [UInt8]) -> WebSession? { sessions[sid].flatMap { $0.until > .now ? $0.content : nil } }

    /// The key, unless it has been kept too long.
    func key(_ name: String) -> Key? { keys[name].flatMap { $0.until > .now ? $0.content : nil } }

    /// Notes that a key that is kept is in use.
    mutating func touch(key name: String, at now: Timestamp) {
        guard let kept = keys[name] else { return }
        var key = kept.content
        key.lastUsed = now
        keys[name] = Kept(content: key, until: kept.until)
    }

    mutating func forget(_ user: String) {
        generation += 1
        sessions = sessions.filter { $0.value.content.user != user }
        keys = keys.filter { $0.value.content.user != user }
    }

    mutating func forgetAll() {
        generation += 1
        sessions.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
    }

    mutating func forget(session sid: [UInt8]) {
        generation += 1
        sessions[sid] = nil
    }

    /// Makes room by forgetting all when there are too many: what is in use comes back with its next request.
    mutating func add(session: WebSession, _ sid: [UInt8], limits: IdentityLimits) {
        if sessions.count >= limits.cached { sessions.removeAll(keepingCapacity: true) }
        sessions[sid] = Kept(content: session, until: .now + .seconds(limits.cachedSeconds))
    }

    /// Takes over the new state of a session that is kept.
    mutating func update(session: WebSession, _ sid: [UInt8]) {
        if let kept = sessions[sid] { sessions[sid] = Kept(content: session, until: kept.until) }
    }

    mutating func add(key: Key, _ name: String, limits: IdentityLimits) {
        if keys.count >= limits.cached { keys.removeAll(keepingCapacity: true) }
        keys[name] = Kept(content: key, until: .now + .seconds(limits.cachedSeconds))
    }
}
