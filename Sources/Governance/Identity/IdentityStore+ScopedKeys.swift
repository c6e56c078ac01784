internal import EventLog
internal import Storage
internal import Synchronization
public import Values

/// A key that a user gave to a program: for some things only, for some time only. Its secret is not among what is told.
public struct ScopedKey: Sendable, Equatable {
    /// Names the key.
    public let key: String
    /// Whose it is.
    public let user: String
    /// What people call it.
    public let label: String
    /// What it is good for, as JSON; what that means is the matter of who asks.
    public let scopes: String
    /// When it was made.
    public let created: Timestamp
    /// When it ends to be valid; nil when it does not.
    public let expires: Timestamp?
    /// When it was last used, to the hour; nil when it never was.
    public let lastUsed: Timestamp?
}

/// Whom a key speaks for.
public struct KeyHolder: Sendable, Equatable {
    /// The user.
    public let user: String
    /// What the key is good for, as JSON; nil for all that the user may.
    public let scopes: String?
}

extension IdentityStore {
    /// Makes a key with scopes for a user's program. Its secret is shown this once and kept as a hash. `actor` is
    /// who does it, the user unless given.
    ///
    /// - Throws: ``IdentityError/tooManyKeys(_:)``, ``IdentityError/notAdmitted(_:)``.
    public func makeKey(
        for user: String, label: String, scopes: String, expires: Timestamp? = nil, at now: Timestamp,
        by actor: String? = nil, from origin: Origin? = Origin.current
    ) async throws -> APIKeys {
        let made = APIKeys(key: SecureRandom.token(bytes: 8), secret: SecureRandom.token(bytes: 16))
        let most = limits.keysPerUser
        try await database.undertake { [self] transaction in
            try admit(user, transaction)
            let count =
                try transaction.first(
                    "SELECT count(*) FROM _api_key WHERE \"user\" = ?", [.text(user)], [.integer])?[0].int ?? 0
            guard count < most else { throw IdentityError.tooManyKeys(most) }
            let change = CredentialChange(
                kind: .keyMade, user: user, key: made.key, scopes: scopes, actor: actor ?? user, origin: origin,
                time: now)
            try noting(change, [Self.keys], [.text(user)], in: transaction) {
                try transaction.insert(
                    into: "_api_key", ["key", "user", "label", "secret", "scopes", "created", "expires"],
                    [
                        [
                            .text(made.key), .text(user), .text(label), .bytes(Secret.digest(made.secret)),
                            .text(scopes), .timestamp(now), expires.map(Value.timestamp) ?? .null,
                        ]
                    ])
            }
        }
        return made
    }

    /// The keys with scopes of a user, the oldest first.
    public func scopedKeys(of user: String) async throws -> [ScopedKey] {
        let rows = try await database.read { transaction in
            try transaction.query(
                """
                SELECT key, label, scopes, created, expires, last_used FROM _api_key WHERE "user" = ?
                ORDER BY created, key
                """, [.text(user)], [.text, .text, .text, .timestamp, .timestamp, .timestamp])
        }
        return rows.map { row in
            ScopedKey(
                key: row[0].text ?? "", user: user, label: row[1].text ?? "", scopes: row[2].text ?? "",
                created: row[3].timestamp ?? .earliest, expires: row[4].timestamp, lastUsed: row[5].timestamp)
        }
    }

    /// Ends the validity of a key; says whether the user had it. `actor` is who does it, the user unless given.
    @discardableResult
    public func revokeKey(
        _ key: String, of user: String, at now: Timestamp, by actor: String? = nil,
        from origin: Origin? = Origin.current
    ) async throws -> Bool {
        let isRevoked = try await database.undertake { [self] transaction in
            let change = CredentialChange(
                kind: .keyRevoked, user: user, key: key, actor: actor ?? user, origin: origin, time: now)
            let arguments: [Value] = [.text(user), .text(key)]
            return try !noting(change, [Self.credentials, Self.keys], [.text(user)], in: transaction) {
                try transaction.execute("DELETE FROM _api_key WHERE \"user\" = ? AND key = ?", arguments)
                try transaction.execute(
                    """
                    UPDATE _credential SET api_key = NULL, api_secret = NULL WHERE "user" = ? AND api_key = ?
                    """, arguments)
            }.allSatisfy(\.isEmpty)
        }
        cache.withLock { $0.forget(user) }
        return isRevoked
    }

    /// Whom a key with this secret speaks for, or nil: when there is none, the secret is wrong, or it has expired. Costs no
    /// query while the key is cached, a few seconds long.
    public func holder(ofKey key: String, secret: String, at now: Timestamp) async throws -> KeyHolder? {
        guard let known = try await known(key, secret: secret) else { return nil }
        if let expires = known.expires, expires <= now { return nil }
        if known.scopes != nil, known.lastUsed.map({ now > $0.adding(seconds: limits.lastSeenSeconds) }) ?? true {
            await touch(key, of: known.user, at: now)
        }
        return KeyHolder(user: known.user, scopes: known.scopes)
    }

    /// Notes that a key is in use. Should that fail, the next request tries again.
    private func touch(_ key: String, of user: String, at now: Timestamp) async {
        cache.withLock { $0.touch(key: key, at: now) }
        _ = try? await database.write { [self] transaction in
            let change = CredentialChange(kind: .keyUsed, user: user, key: key, actor: user, time: now)
            try noting(change, [Self.keys], where: "key = ?", [.text(key)], in: transaction) {
                try transaction.execute(
                    "UPDATE _api_key SET last_used = ? WHERE key = ?", [.timestamp(now), .text(key)])
            }
        }
    }
}
