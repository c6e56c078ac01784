internal import Audit
internal import Documents
public import Identity
internal import Storage
internal import Synchronization
public import Values

/// Why somebody was not let in.
public enum SignInRefusal: String, Sendable {
    /// The password is not the user's, or there is no such user.
    case wrongPassword = "Wrong password"
    /// The user is disabled.
    case disabled = "The user is disabled"
    /// The code of the second factor is not right, or was used.
    case wrongCode = "Wrong code"
    /// Too many tries before.
    case throttled = "Too many tries"
}

extension Tenant {
    /// Notes that somebody was not let in, or gave a wrong password or code to change `operation`; see `Activity Log`.
    ///
    /// Where it cannot be written the refusal stands, and the company is not well.
    public func note(
        _ refusal: SignInRefusal, of user: String, operation: String = "Login", from origin: Origin
    ) async {
        let now = now()
        let written = await Result { try await write(refusal, of: user, operation: operation, from: origin, at: now) }
        if case .failure(let error as StorageError) = written { health.note(error) }
    }

    private func write(
        _ refusal: SignInRefusal, of user: String, operation: String, from origin: Origin, at now: Timestamp
    ) async throws {
        try await database.write { [self] transaction in
            // What was typed for a user there is not may be a password.
            let known = try transaction.first("SELECT name FROM \"user\" WHERE name = ?", [.text(user)], [.text])
            let name = known?[0].text ?? ""
            let own = ActivityLog.Entry(
                user: name, operation: operation, subject: refusal.rawValue, isRefusal: true,
                actor: name.isEmpty ? Actor.guest.user : name, origin: origin)
            if try count(own, at: now, in: transaction) { return }
            let entry = try ActivityLog.bounded(own, at: now, in: transaction)
            if entry.subject != own.subject, try count(entry, at: now, in: transaction) { return }
            var sealed = SealedRows()
            sealed.add(
                [try ActivityLog.add(entry, at: now, in: transaction)], to: SealedTable(ActivityLog.table),
                under: audit)
            try log(entry, sealed, at: now, in: transaction)
        }
    }

    /// Counts one more refusal where there is an entry for it. It is written when the count has doubled, so that many cost
    /// little.
    private func count(
        _ entry: ActivityLog.Entry, at now: Timestamp, in transaction: any Transaction
    ) throws -> Bool {
        guard let (name, times) = try ActivityLog.like(entry, at: now, in: transaction) else { return false }
        let more = refusals.withLock { counts in
            let more = (counts[name] ?? 0) + 1
            if counts.count >= 2 * ActivityLog.mostRefusals { counts.removeAll() }
            counts[name] = more >= times ? nil : more
            return more
        }
        guard more >= times else { return true }
        let change = try transaction.changes(of: ActivityLog.table, where: "name = ?", [.text(name)]) {
            try transaction.execute(
                "UPDATE _activity SET times = ?, last = ? WHERE name = ?",
                [.int(times + more), .timestamp(now), .text(name)])
        }
        var sealed = SealedRows()
        sealed.add(change, under: audit)
        try log(entry, sealed, at: now, in: transaction)
        return true
    }

    private func log(
        _ entry: ActivityLog.Entry, _ sealed: SealedRows, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let audited = AuditEntry(
            time: now, actor: entry.actor, action: "refused", doctype: CredentialLog.doctype, name: entry.user,
            digest: [])
        try AuditLog.append([audited], sealed, under: audit, in: transaction)
    }

    /// Whether a user has signed in from a network before, as far as that is kept.
    public func hasSignedIn(_ user: String, from network: String) async throws -> Bool {
        try await database.read { transaction in
            try transaction.first(
                """
                SELECT 1 FROM _activity WHERE "user" = ? AND network = ? AND operation = 'Login' AND status = 'Success'
                LIMIT 1
                """, [.text(user), .text(network)], [.integer]) != nil
        }
    }

    /// What a user is told of its sign-ins: the last one before a moment, and how many tries failed since then.
    public func signIns(
        of user: String, before moment: Timestamp
    ) async throws -> (last: (moment: Timestamp, origin: Origin)?, failed: Int) {
        try await database.read { transaction in
            let row = try transaction.first(
                """
                SELECT moment, address, agent FROM _activity WHERE "user" = ? AND operation = 'Login'
                AND status = 'Success' AND moment < ? ORDER BY moment DESC LIMIT 1
                """, [.text(user), .timestamp(moment)], [.timestamp, .text, .text])
            let last = row.flatMap { row in
                row[0].timestamp.map { ($0, Origin(address: row[1].text ?? "", agent: row[2].text ?? "")) }
            }
            let failed = try transaction.first(
                "SELECT SUM(times) FROM _activity WHERE \"user\" = ? AND status = 'Failed' AND last > ?",
                [.text(user), .timestamp(last?.0 ?? .earliest)], [.integer])?[0].int
            return (last, Int(failed ?? 0))
        }
    }
}
