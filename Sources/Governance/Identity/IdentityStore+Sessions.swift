internal import EventLog
internal import Storage
internal import Synchronization
public import Values

extension IdentityStore {
    /// Begins a session and returns its secret identifier: 256 random bits in hexadecimal, kept only as a hash.
    ///
    /// A user with a second factor needs a `code` of it, or a recovery code; either is good once. Codes of two that come at
    /// once are looked at one after the other.
    ///
    /// - Throws: ``IdentityError/notAdmitted(_:)``, ``IdentityError/codeNeeded``, ``IdentityError/wrongCode``.
    public func createSession(
        for user: String, at now: Timestamp, code: String? = nil, from origin: Origin? = Origin.current
    ) async throws -> String {
        let sid = SecureRandom.token(bytes: 32)
        let digest = Secret.digest(sid)
        let generation = cache.withLock { $0.generation }
        let (session, ended) = try await database.write { [self] transaction in
            try admit(user, transaction)
            let way: WebSession.Way = try hasSecondFactor(user, transaction) ? .secondFactor : .password
            if way == .secondFactor, code == nil { throw IdentityError.codeNeeded }
            let change = CredentialChange(
                kind: .sessionBegun, user: user, actor: user, way: way, origin: origin, time: now)
            let arguments: [Value] = [.text(user), .timestamp(now)]
            if way == .secondFactor { try prove(code ?? "", of: user, at: now, in: transaction) }
            let facts = try facts(of: user, transaction)
            let session = makeSession(
                digest, user, way, origin ?? Origin(address: ""), created: now, lastSeen: now, facts, at: now)
            var ended = 0
            try noting(
                change, [Self.sessions], where: "(\"user\" = ? OR expires <= ?)", arguments, in: transaction
            ) {
                ended = try transaction.execute("DELETE FROM _web_session WHERE expires <= ?", [.timestamp(now)])
                ended += try write(session, digest, facts, transaction)
            }
            return (session, ended)
        }
        cache.withLock { [limits] cache in
            // What was taken away meanwhile may have been this one.
            let isCurrent = cache.generation == generation
            if ended > 0 { cache.forget(user) }
            if isCurrent { cache.add(session: session, digest, limits: limits) }
        }
        return sid
    }

    /// Writes a new session, and ends the oldest of its user where there are too many: says how many.
    func write(
        _ session: WebSession, _ digest: [UInt8], _ facts: SessionFacts, _ transaction: any Transaction
    ) throws -> Int {
        let most = facts.rules.isSingleSession ? 1 : limits.sessionsPerUser
        let ended = try transaction.execute(
            """
            DELETE FROM _web_session WHERE "user" = ? AND sid NOT IN
            (SELECT sid FROM _web_session WHERE "user" = ? ORDER BY last_seen DESC, created DESC LIMIT ?)
            """, [.text(session.user), .text(session.user), .int(Int64(most - 1))])
        try transaction.insert(
            into: "_web_session",
            ["sid", "user", "created", "last_seen", "expires", "way", "address", "agent"],
            [
                [
                    .bytes(digest), .text(session.user), .timestamp(session.created), .timestamp(session.lastSeen),
                    .timestamp(session.expires), session.way == .password ? .null : .text(session.way.rawValue),
                    .text(session.origin.address), .text(session.origin.agent),
                ]
            ])
        return ended
    }

    /// What the sessions of a user depend on.
    struct SessionFacts {
        let rules: IdentityRules
        let needsSecondFactor: Bool
        /// When the password was set, where it has to be another one after some time.
        let passwordSet: Timestamp?
    }

    func facts(of user: String, _ transaction: any Transaction) throws -> SessionFacts {
        try facts(of: user, users.rules(transaction), transaction)
    }

    /// The same, where the rules are known: no statement where they ask for nothing of the user.
    func facts(
        of user: String, _ rules: IdentityRules, _ transaction: any Transaction
    ) throws -> SessionFacts {
        var set: Timestamp?
        if rules.passwordDays != nil {
            set =
                try transaction.first(
                    "SELECT COALESCE(password_set, changed) FROM _credential WHERE \"user\" = ? AND password IS NOT NULL",
                    [.text(user)], [.timestamp])?[0].timestamp
        }
        let needs = try rules.asksForSecondFactor && users.needsSecondFactor(user, transaction)
        return SessionFacts(rules: rules, needsSecondFactor: needs, passwordSet: set)
    }

    /// A session as it is now: when it ends by the rules of today, and what its user has to do first.
    func makeSession(
        _ digest: [UInt8], _ user: String, _ way: WebSession.Way, _ origin: Origin, created: Timestamp,
        lastSeen: Timestamp, _ facts: SessionFacts, at now: Timestamp
    ) -> WebSession {
        let idle = facts.rules.idleSeconds ?? limits.sessionSeconds
        var limit: WebSession.Limit?
        if way == .password, facts.needsSecondFactor {
            limit = .secondFactor
        } else if let days = facts.rules.passwordDays, let set = facts.passwordSet,
            set.adding(seconds: days * 86_400) <= now
        {
            limit = .newPassword
        }
        return WebSession(
            id: Self.id(of: digest), user: user, way: way, origin: origin, created: created, lastSeen: lastSeen,
            expires: facts.rules.end(created: created, lastSeen: lastSeen, idle: idle), limit: limit,
            noteSeconds: min(limits.lastSeenSeconds, idle / 10))
    }

    /// What names a session whose secret has that digest.
    static func id(of digest: [UInt8]) -> String {
        String(Secret.digest("session \(digest.hexText)").hexText.prefix(16))
    }

    /// The session of that identifier, or nil when there is none or it has expired. Costs no query while it is
    /// cached, a few seconds long.
    public func session(_ sid: String, at now: Timestamp) async throws -> WebSession? {
        guard sid.utf8.count == 64 else { return nil }
        let digest = Secret.digest(sid)
        let (cached, generation) = cache.withLock { ($0.session(digest), $0.generation) }
        let found = if let cached { cached } else { try await load(digest, generation, at: now) }
        guard let session = found else { return nil }
        guard session.expires > now else {
            try await destroy(digest: digest, .expired, from: nil)
            return nil
        }
        if now > session.lastSeen.adding(seconds: session.noteSeconds) { await touch(session, digest, at: now) }
        return session
    }

    /// Ends a session because its user signs out; one that does not exist is no error.
    public func destroySession(_ sid: String, from origin: Origin? = Origin.current) async throws {
        try await destroy(digest: Secret.digest(sid), .signedOut, from: origin)
    }

    private func destroy(digest: [UInt8], _ ending: CredentialChange.Ending, from origin: Origin?) async throws {
        try await database.write { [self] transaction in
            let row = try transaction.first(
                "SELECT \"user\" FROM _web_session WHERE sid = ?", [.bytes(digest)], [.text])
            guard let user = row?[0].text else { return }
            let change = CredentialChange(
                kind: .sessionsEnded, user: user, actor: user, ending: ending, origin: origin)
            try noting(change, [Self.sessions], where: "sid = ?", [.bytes(digest)], in: transaction) {
                try transaction.execute("DELETE FROM _web_session WHERE sid = ?", [.bytes(digest)])
            }
        }
        cache.withLock { $0.forget(session: digest) }
    }

    // MARK: Looking after sessions

    /// The sessions of a user that are open, the last used first.
    public func sessions(of user: String, at now: Timestamp) async throws -> [WebSession] {
        try await database.read { [self] transaction in
            let rows = try transaction.query(
                "SELECT \(Self.read) FROM _web_session WHERE \"user\" = ? ORDER BY last_seen DESC, created DESC, sid",
                [.text(user)], Self.readTypes)
            let facts = try facts(of: user, transaction)
            return rows.compactMap { makeSession($0, facts, at: now) }.filter { $0.expires > now }
        }
    }

    /// Ends the session of that ``WebSession/id``, or all of a user but the one of the identifier `kept`. `actor` is who does it,
    /// the user unless given.
    ///
    /// - Returns: how many sessions ended.
    @discardableResult
    public func endSessions(
        of user: String, id: String? = nil, except kept: String? = nil, at now: Timestamp, by actor: String? = nil,
        from origin: Origin? = Origin.current
    ) async throws -> Int {
        let kept = kept.map(Secret.digest)
        let ended = try await database.write { [self] transaction in
            let rows = try transaction.query(
                "SELECT sid FROM _web_session WHERE \"user\" = ?", [.text(user)], [.bytes])
            let digests = rows.compactMap { $0[0].bytes }.filter { digest in
                id.map { $0 == Self.id(of: digest) } ?? (digest != kept)
            }
            let change = CredentialChange(
                kind: .sessionsEnded, user: user, actor: actor ?? user, ending: .revoked, origin: origin, time: now)
            try noting(change, [Self.sessions], [.text(user)], in: transaction) {
                for digest in digests {
                    try transaction.execute("DELETE FROM _web_session WHERE sid = ?", [.bytes(digest)])
                }
            }
            return digests.count
        }
        cache.withLock { $0.forget(user) }
        return ended
    }

    /// Ends all sessions and the validity of all keys, of every user: for a company that is a copy of another. Passwords and
    /// second factors stay.
    public func endAll(at now: Timestamp, by actor: String) async throws {
        try await database.write { [self] transaction in
            let users = try transaction.query(
                """
                SELECT "user" FROM _web_session UNION SELECT "user" FROM _api_key
                UNION SELECT "user" FROM _credential WHERE api_key IS NOT NULL
                """, [], [.text]
            ).compactMap { $0[0].text }.sorted()
            // Each user's is an entry of its own in the logs.
            for user in users {
                let ended = CredentialChange(
                    kind: .sessionsEnded, user: user, actor: actor, ending: .revoked, origin: nil, time: now)
                try noting(ended, [Self.sessions], [.text(user)], in: transaction) {
                    try transaction.execute("DELETE FROM _web_session WHERE \"user\" = ?", [.text(user)])
                }
                let revoked = CredentialChange(
                    kind: .keyRevoked, user: user, actor: actor, origin: nil, time: now)
                try noting(revoked, [Self.credentials, Self.keys], [.text(user)], in: transaction) {
                    try Self.endKeys(of: user, transaction)
                }
            }
        }
        forgetCached()
    }

    static let read = "sid, \"user\", created, last_seen, way, address, agent"
    static let readTypes: [ColumnType] = [.bytes, .text, .timestamp, .timestamp, .text, .text, .text]

    func makeSession(_ row: [Value], _ facts: SessionFacts, at now: Timestamp) -> WebSession? {
        guard let digest = row[0].bytes, let user = row[1].text, let created = row[2].timestamp,
            let lastSeen = row[3].timestamp
        else { return nil }
        return makeSession(
            digest, user, row[4].text.flatMap(WebSession.Way.init) ?? .password,
            Origin(address: row[5].text ?? "", agent: row[6].text ?? ""), created: created, lastSeen: lastSeen, facts,
            at: now)
    }

    private func load(_ digest: [UInt8], _ generation: Int, at now: Timestamp) async throws -> WebSession? {
        let session = try await database.readBriefly { [self] transaction -> WebSession? in
            guard
                let row = try transaction.first(
                    "SELECT \(Self.read) FROM _web_session WHERE sid = ?", [.bytes(digest)], Self.readTypes),
                let user = row[1].text
            else { return nil }
            return makeSession(row, try facts(of: user, transaction), at: now)
        }
        guard let session else { return nil }
        cache.withLock { [limits] cache in
            if cache.generation == generation { cache.add(session: session, digest, limits: limits) }
        }
        return session
    }

    /// Notes that a session is in use. Should that fail, the next request tries again.
    private func touch(_ session: WebSession, _ digest: [UInt8], at now: Timestamp) async {
        var touched = session
        touched.lastSeen = now
        let (noted, idle) = (touched, session.expires)
        let expires = try? await database.write { [self] transaction -> Timestamp in
            let rules = try users.rules(transaction)
            let expires = rules.end(
                created: noted.created, lastSeen: now, idle: rules.idleSeconds ?? limits.sessionSeconds)
            let change = CredentialChange(kind: .sessionUsed, user: noted.user, actor: noted.user, time: now)
            try noting(change, [Self.sessions], where: "sid = ?", [.bytes(digest)], in: transaction) {
                try transaction.execute(
                    "UPDATE _web_session SET last_seen = ?, expires = ? WHERE sid = ?",
                    [.timestamp(now), .timestamp(expires), .bytes(digest)])
            }
            return expires
        }
        touched.expires = expires ?? idle
        cache.withLock { [touched] in $0.update(session: touched, digest) }
    }
}

extension IdentityRules {
    /// When a session ends unless it is used before.
    func end(created: Timestamp, lastSeen: Timestamp, idle: Int) -> Timestamp {
        let end = lastSeen.adding(seconds: idle)
        return longestSeconds.map { min(end, created.adding(seconds: $0)) } ?? end
    }
}
