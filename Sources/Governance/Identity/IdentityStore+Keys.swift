internal import EventLog
internal import Storage
internal import Synchronization
public import Values

extension IdentityStore {
    /// Makes a new secret for a user's programs, and a key if the user has none. The secret before it ends to be valid.
    /// `actor` is who does it, the user unless given.
    ///
    /// - Throws: ``IdentityError/notAdmitted(_:)``.
    public func generateKeys(
        for user: String, at now: Timestamp, by actor: String? = nil, from origin: Origin? = Origin.current
    ) async throws -> APIKeys {
        let key = SecureRandom.token(bytes: 8)
        let secret = SecureRandom.token(bytes: 16)
        let digest = Secret.digest(secret)
        let kept = try await database.undertake { [self] transaction -> String in
            try admit(user, transaction)
            let known = try transaction.first(
                "SELECT api_key FROM _credential WHERE \"user\" = ?", [.text(user)], [.text])
            let kept = known?[0].text ?? key
            let change = CredentialChange(
                kind: .keyMade, user: user, key: kept, actor: actor ?? user, origin: origin, time: now)
            try noting(change, [Self.credentials], [.text(user)], in: transaction) {
                let sql = """
                    INSERT INTO _credential ("user", api_key, api_secret, changed) VALUES (?, ?, ?, ?)
                    ON CONFLICT ("user") DO UPDATE SET api_key = excluded.api_key,
                    api_secret = excluded.api_secret, changed = excluded.changed,
                    password_set = COALESCE(_credential.password_set, _credential.changed)
                    """
                try transaction.execute(sql, [.text(user), .text(kept), .bytes(digest), .timestamp(now)])
            }
            return kept
        }
        cache.withLock { $0.forget(user) }
        return APIKeys(key: kept, secret: secret)
    }

    /// The key of a user that is good for all that the user may; nil when there is none.
    public func mainKey(of user: String) async throws -> String? {
        try await database.read { transaction in
            try transaction.first("SELECT api_key FROM _credential WHERE \"user\" = ?", [.text(user)], [.text])?[0].text
        }
    }

    /// What is known of a key when its secret is right.
    func known(_ key: String, secret: String) async throws -> IdentityCache.Key? {
        guard (1...64).contains(key.utf8.count), secret.utf8.count <= 128 else { return nil }
        let digest = Secret.digest(secret)
        let (cached, generation) = cache.withLock { ($0.key(key), $0.generation) }
        if let cached, Secret.equal(cached.secret, digest) { return cached }
        // Another process may have made a new secret.
        let known = try await load(key, generation)
        // An unknown key is compared like a known one.
        let matches = Secret.equal(known?.secret ?? [UInt8](repeating: 0, count: 32), digest)
        return matches ? known : nil
    }

    /// Ends the validity of all keys of a user, those with scopes too.
    static func endKeys(of user: String, _ transaction: any Transaction) throws {
        try transaction.execute(
            "UPDATE _credential SET api_key = NULL, api_secret = NULL WHERE \"user\" = ?", [.text(user)])
        try transaction.execute("DELETE FROM _api_key WHERE \"user\" = ?", [.text(user)])
    }

    private func load(_ key: String, _ generation: Int) async throws -> IdentityCache.Key? {
        let row = try await database.readBriefly { transaction in
            try transaction.first(
                "SELECT \"user\", api_secret FROM _credential WHERE api_key = ?", [.text(key)], [.text, .bytes])
                ?? transaction.first(
                    "SELECT \"user\", secret, scopes, expires, last_used FROM _api_key WHERE key = ?", [.text(key)],
                    [.text, .bytes, .text, .timestamp, .timestamp])
        }
        guard let row, let user = row[0].text, let secret = row[1].bytes else { return nil }
        let found = IdentityCache.Key(
            user: user, secret: secret, scopes: row.count > 2 ? row[2].text ?? "" : nil,
            expires: row.count > 2 ? row[3].timestamp : nil, lastUsed: row.count > 2 ? row[4].timestamp : nil)
        cache.withLock { [limits] cache in
            if cache.generation == generation { cache.add(key: found, key, limits: limits) }
        }
        return found
    }
}
