public import Values

/// Somebody who signed in with a password and carries a secret session identifier since.
public struct WebSession: Sendable, Equatable {
    /// The user who signed in.
    public let user: String
    /// When it began.
    public let created: Timestamp
    /// When it was last known to be in use, to the hour.
    public var lastSeen: Timestamp
    /// When it ends unless it is used before.
    public var expires: Timestamp
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
    /// How exactly the last use is kept, in seconds.
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
