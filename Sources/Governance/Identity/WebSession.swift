public import Values

/// Somebody who signed in with a password and carries a secret session identifier since.
public struct WebSession: Sendable, Equatable {
    /// Names the session; it follows from the secret and does not tell it.
    public let id: String
    /// The user who signed in.
    public let user: String
    /// How the user signed in.
    public let way: Way
    /// From where.
    public let origin: Origin
    /// When it began.
    public let created: Timestamp
    /// When it was last known to be in use.
    public var lastSeen: Timestamp
    /// When it ends unless it is used before.
    public var expires: Timestamp
    /// What its user has to do before anything else.
    public var limit: Limit?
    /// After how many seconds of use that is noted again.
    var noteSeconds: Int

    /// How somebody signed in.
    public enum Way: String, Sendable {
        /// By the password alone.
        case password
        /// By the password and a second factor.
        case secondFactor = "second factor"
    }

    /// What a session is not good for before its user has done it.
    public enum Limit: Sendable {
        /// Setting up a second factor.
        case secondFactor
        /// Choosing another password.
        case newPassword
    }
}

/// The identifier and secret of programs.
public struct APIKeys: Sendable, Equatable {
    /// Names the key; no secret.
    public let key: String
    /// The secret, shown once; only its hash is kept.
    public let secret: String
}

/// The limits of sessions and caches.
public struct IdentityLimits: Sendable {
    /// After how many seconds without use a session ends.
    public var sessionSeconds = 7 * 24 * 3600
    /// How exactly the last use is kept, in seconds; of sessions that end sooner a tenth of their time.
    public var lastSeenSeconds = 3600
    /// How many sessions, and how many keys, are kept in memory.
    public var cached = 10_000
    /// How long what is kept in memory is trusted, in seconds: so long may what another process changes go unseen.
    public var cachedSeconds = 5
    /// The most sessions of a user; the oldest end.
    public var sessionsPerUser = 50
    /// The most keys with scopes of a user.
    public var keysPerUser = 100

    /// The standard limits.
    public init() {}
}
