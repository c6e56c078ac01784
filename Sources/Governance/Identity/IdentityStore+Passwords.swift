internal import EventLog
internal import Storage
internal import Synchronization
public import Values

extension IdentityStore {
    /// Sets a user's password and ends the user's sessions; where somebody else sets it, the user's keys, too. `actor` is
    /// who does it, the user unless given.
    ///
    /// - Throws: ``IdentityError/password(_:)`` when it is empty or too long, ``IdentityError/busy``.
    public func setPassword(
        _ password: String, of user: String, at now: Timestamp, by actor: String? = nil
    ) async throws {
        let hash = try await passwords.hash(password)
        try await database.undertake { [self] transaction in
            let change = CredentialChange(kind: .passwordSet, user: user, actor: actor ?? user, time: now)
            try noting(change, Self.tables, [.text(user)], in: transaction) {
                let sql = """
                    INSERT INTO _credential ("user", password, changed) VALUES (?, ?, ?)
                    ON CONFLICT ("user") DO UPDATE SET password = excluded.password, changed = excluded.changed
                    """
                try transaction.execute(sql, [.text(user), .text(hash), .timestamp(now)])
                try transaction.execute("DELETE FROM _web_session WHERE \"user\" = ?", [.text(user)])
                if let actor, actor != user { try Self.endKeys(of: user, transaction) }
            }
        }
        cache.withLock { $0.forget(user) }
    }

    /// Whether it is the user's password. A user who does not exist takes as long as one who does.
    ///
    /// - Throws: ``IdentityError/busy`` when too many sign in at once.
    public func verifyPassword(_ password: String, of user: String) async throws -> Bool {
        let hash = try await database.read { transaction in
            try transaction.first("SELECT password FROM _credential WHERE \"user\" = ?", [.text(user)], [.text])?[0]
                .text
        }
        guard try await passwords.verify(password, hash), let hash else { return false }
        if passwords.isOutdated(hash), let fresh = try? await passwords.hash(password) {
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
