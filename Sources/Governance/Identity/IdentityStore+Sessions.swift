internal import Storage
internal import Synchronization
public import Values

extension IdentityStore {
    /// Begins a session and returns its secret identifier: 256 random bits in hexadecimal, kept only as a hash.
    ///
    /// - Throws: ``IdentityError/notAdmitted(_:)``.
    public func createSession(for user: String, at now: Timestamp) async throws -> String {
        let sid = SecureRandom.token(bytes: 32)
        let digest = Secret.digest(sid)
        let session = WebSession(
            user: user, created: now, lastSeen: now, expires: now.adding(seconds: limits.sessionSeconds))
        let most = limits.sessionsPerUser
        let generation = cache.withLock { $0.generation }
        let ended = try await database.write { [self] transaction -> Int in
            try admit(user, transaction)
            let change = CredentialChange(kind: .sessionBegun, user: user, actor: user, time: now)
            let arguments: [Value] = [.text(user), .timestamp(now)]
            var ended = 0
            try noting(
                change, [Self.sessions], where: "(\"user\" = ? OR expires <= ?)", arguments, in: transaction
            ) {
                ended = try transaction.execute("DELETE FROM _web_session WHERE expires <= ?", [.timestamp(now)])
                ended += try transaction.execute(
                    """
                    DELETE FROM _web_session WHERE "user" = ? AND sid NOT IN
                    (SELECT sid FROM _web_session WHERE "user" = ? ORDER BY last_seen DESC, created DESC LIMIT ?)
                    """, [.text(user), .text(user), .int(Int64(most - 1))])
                try transaction.insert(
                    into: "_web_session", ["sid", "user", "created", "last_seen", "expires"],
                    [
                        [
                            .bytes(digest), .text(user), .timestamp(now), .timestamp(session.lastSeen),
                            .timestamp(session.expires),
                        ]
                    ])
            }
            return ended
        }
        cache.withLock { [limits] cache in
            // What was taken away meanwhile may have been this one.
            let isCurrent = cache.generation == generation
            if ended > 0 { cache.forget(user) }
            if isCurrent { cache.add(session: session, digest, limits: limits) }
        }
        return sid
    }

    /// The session of that identifier, or nil when there is none or it has expired. Costs no query while it is
    /// cached, a few seconds long.
    public func session(_ sid: String, at now: Timestamp) async throws -> WebSession? {
        guard sid.utf8.count == 64 else { return nil }
        let digest = Secret.digest(sid)
        let (cached, generation) = cache.withLock { ($0.session(digest), $0.generation) }
        let found = if let cached { cached } else { try await load(digest, generation) }
        guard let session = found else { return nil }
        guard session.expires > now else {
            try await destroy(digest: digest)
            return nil
        }
        if now > session.lastSeen.adding(seconds: limits.lastSeenSeconds) { await touch(session, digest, at: now) }
        return session
    }

    /// Ends a session; one that does not exist is no error.
    public func destroySession(_ sid: String) async throws { try await destroy(digest: Secret.digest(sid)) }

    private func destroy(digest: [UInt8]) async throws {
        try await database.write { [self] transaction in
            let row = try transaction.first(
                "SELECT \"user\" FROM _web_session WHERE sid = ?", [.bytes(digest)], [.text])
            guard let user = row?[0].text else { return }
            let change = CredentialChange(kind: .sessionsEnded, user: user, actor: user)
            try noting(change, [Self.sessions], where: "sid = ?", [.bytes(digest)], in: transaction) {
                try transaction.execute("DELETE FROM _web_session WHERE sid = ?", [.bytes(digest)])
            }
        }
        cache.withLock { $0.forget(session: digest) }
    }

    private func load(_ digest: [UInt8], _ generation: Int) async throws -> WebSession? {
        let row = try await database.read { transaction in
            try transaction.first(
                "SELECT \"user\", created, last_seen, expires FROM _web_session WHERE sid = ?", [.bytes(digest)],
                [.text, .timestamp, .timestamp, .timestamp])
        }
        guard let row, let user = row[0].text, let created = row[1].timestamp, let lastSeen = row[2].timestamp,
            let expires = row[3].timestamp
        else { return nil }
        let session = WebSession(user: user, created: created, lastSeen: lastSeen, expires: expires)
        cache.withLock { [limits] cache in
            if cache.generation == generation { cache.add(session: session, digest, limits: limits) }
        }
        return session
    }

    /// Notes that a session is in use. Should that fail, the next request tries again.
    private func touch(_ session: WebSession, _ digest: [UInt8], at now: Timestamp) async {
        var session = session
        session.lastSeen = now
        session.expires = now.adding(seconds: limits.sessionSeconds)
        let touched = session
        cache.withLock { $0.update(session: touched, digest) }
        _ = try? await database.write { [self] transaction in
            let change = CredentialChange(kind: .sessionUsed, user: touched.user, actor: touched.user, time: now)
            try noting(change, [Self.sessions], where: "sid = ?", [.bytes(digest)], in: transaction) {
                try transaction.execute(
                    "UPDATE _web_session SET last_seen = ?, expires = ? WHERE sid = ?",
                    [.timestamp(touched.lastSeen), .timestamp(touched.expires), .bytes(digest)])
            }
        }
    }
}
