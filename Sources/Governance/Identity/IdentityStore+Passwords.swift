internal import EventLog
public import Storage
internal import Synchronization
public import Values

extension IdentityStore {
    /// Sets a user's password and ends the user's sessions; where somebody else sets it, the user's keys, too. `actor` is
    /// who does it, the user unless given. It is kept in NFC, so that it is the same from every keyboard.
    ///
    /// - Throws: ``IdentityError/password(_:)`` when the company's policy does not take it, ``IdentityError/busy``.
    public func setPassword(
        _ password: String, of user: String, at now: Timestamp, by actor: String? = nil,
        from origin: Origin? = Origin.current
    ) async throws {
        let hashed = try await hash(password, of: user)
        try await database.undertake { [self] transaction in
            try set(hashed, of: user, at: now, by: actor, from: origin, in: transaction)
        }
        cache.withLock { $0.forget(user) }
    }

    /// Whether a password may be the user's, by the company's policy; every password is asked this before it is set.
    ///
    /// - Throws: ``IdentityError/password(_:)``, which says why not.
    public func vet(_ password: String, of user: String) async throws {
        guard password.utf8.count <= PasswordHasher.longestPassword else {
            throw IdentityError.password("A password has at most \(PasswordHasher.longestPassword) bytes")
        }
        let (policy, words) = try await database.read { [users] transaction in
            (try users.rules(transaction).passwords, [user] + (try users.words(user, transaction)))
        }
        if let fault = policy.fault(of: password.normalized, words: words) { throw IdentityError.password(fault) }
    }

    /// A password that the company's policy takes, hashed, which takes long, so that it can be set in the transaction of
    /// something else.
    ///
    /// - Throws: ``IdentityError/password(_:)`` when the company's policy does not take it, ``IdentityError/busy``.
    public func hash(_ password: String, of user: String) async throws -> HashedPassword {
        try await vet(password, of: user)
        return HashedPassword(hash: try await passwords.hash(password.normalized))
    }

    /// Sets a user's password as ``setPassword(_:of:at:by:from:)`` does, in a transaction of the caller. Where the user was
    /// there before, ``forgetCached()`` is called once it is committed.
    public func set(
        _ password: HashedPassword, of user: String, at now: Timestamp, by actor: String? = nil, from origin: Origin?,
        in transaction: any Transaction
    ) throws {
        let change = CredentialChange(kind: .passwordSet, user: user, actor: actor ?? user, origin: origin, time: now)
        try noting(change, [Self.credentials, Self.sessions, Self.keys], [.text(user)], in: transaction) {
            let sql = """
                INSERT INTO _credential ("user", password, changed, password_set) VALUES (?, ?, ?, ?)
                ON CONFLICT ("user") DO UPDATE SET password = excluded.password, changed = excluded.changed,
                password_set = excluded.password_set
                """
            try transaction.execute(sql, [.text(user), .text(password.hash), .timestamp(now), .timestamp(now)])
            try transaction.execute("DELETE FROM _web_session WHERE \"user\" = ?", [.text(user)])
            if let actor, actor != user { try Self.endKeys(of: user, transaction) }
        }
    }

    /// Whether it is the user's password. A user who does not exist takes as long as one who does.
    ///
    /// - Throws: ``IdentityError/busy`` when too many sign in at once.
    public func verifyPassword(_ password: String, of user: String) async throws -> Bool {
        let hash = try await database.read { transaction in
            try transaction.first("SELECT password FROM _credential WHERE \"user\" = ?", [.text(user)], [.text])?[0]
                .text
        }
        var isRight = try await passwords.verify(password.normalized, hash)
        // One that was set before passwords were kept in one form.
        if !isRight, !password.isNormalized { isRight = try await passwords.verify(password, hash) }
        guard isRight, let hash else { return false }
        if passwords.isOutdated(hash), let fresh = try? await passwords.hash(password.normalized) {
            // Should another password be set meanwhile, that one stays.
            _ = try? await database.write { [self] transaction in
                let change = CredentialChange(kind: .passwordRehashed, user: user, actor: user)
                try noting(change, [Self.credentials], [.text(user)], in: transaction) {
                    try transaction.execute(
                        "UPDATE _credential SET password = ? WHERE \"user\" = ? AND password = ?",
                        [.text(fresh), .text(user), .text(hash)])
                }
            }
        }
        return true
    }

    /// Whether the user has a password.
    public func hasPassword(_ user: String) async throws -> Bool {
        try await database.read { transaction in
            try transaction.first(
                "SELECT 1 FROM _credential WHERE \"user\" = ? AND password IS NOT NULL", [.text(user)], [.integer])
                != nil
        }
    }
}

/// A password as it is kept.
public struct HashedPassword: Sendable {
    let hash: String
}
