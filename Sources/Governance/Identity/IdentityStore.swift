internal import Storage
internal import Synchronization
internal import Values

public import struct Storage.TableSchema
public import protocol Storage.Database

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

    /// A store in `database`, whose ``tables`` must be there.
    public init(database: any Database, passwords: PasswordHasher, limits: IdentityLimits = IdentityLimits()) {
        self.database = database
        self.passwords = passwords
        self.limits = limits
    }

    /// The tables of the store.
    public static let tables = [
        TableSchema(
            "_credential",
            columns: [
                .init("user", .text, required: true), .init("password", .text), .init("api_key", .text),
                .init("api_secret", .bytes), .init("changed", .timestamp),
            ], indexes: [.init("api_key", unique: true)]),
        TableSchema(
            "_web_session",
            columns: [
                .init("sid", .bytes, required: true), .init("user", .text, required: true),
                .init("created", .timestamp, required: true), .init("last_seen", .timestamp, required: true),
                .init("expires", .timestamp, required: true),
            ], indexes: [.init("user"), .init("expires")]),
    ]

    /// Forgets everything of a user who is removed or locked: password, keys and sessions.
    public func remove(user: String) async throws {
        try await database.write { transaction in
            try transaction.execute("DELETE FROM _web_session WHERE \"user\" = ?", [.text(user)])
            try transaction.execute("DELETE FROM _credential WHERE \"user\" = ?", [.text(user)])
        }
        cache.withLock { $0.forget(user) }
    }
}

/// What the store keeps in memory. `generation` moves whenever something is taken away, so that what was read before
/// cannot be put in after.
struct IdentityCache {
    var sessions: [[UInt8]: WebSession] = [:]
    var keys: [String: Key] = [:]
    private(set) var generation = 0

    struct Key {
        let user: String
        let secret: [UInt8]
    }

    mutating func forget(_ user: String) {
        generation += 1
        sessions = sessions.filter { $0.value.user != user }
        keys = keys.filter { $0.value.user != user }
    }

    mutating func forget(session sid: [UInt8]) {
        generation += 1
        sessions[sid] = nil
    }

    /// Makes room by forgetting all when there are too many: what is in use comes back with its next request.
    mutating func add(session: WebSession, _ sid: [UInt8], limit: Int) {
        if sessions.count >= limit { sessions.removeAll(keepingCapacity: true) }
        sessions[sid] = session
    }

    mutating func add(key: Key, _ name: String, limit: Int) {
        if keys.count >= limit { keys.removeAll(keepingCapacity: true) }
        keys[name] = key
    }
}
