internal import EventLog
public import Storage
internal import Synchronization
public import Values

/// The second factor of a user: an authenticator app, and recovery codes for who has lost it.
public struct SecondFactor: Sendable, Equatable {
    /// Since when it counts; nil where there is none.
    public let since: Timestamp?
    /// How many recovery codes are left.
    public let recoveryCodes: Int
    /// Whether the user must have one.
    public let isNeeded: Bool
}

extension IdentityStore {
    /// Secrets are sealed, since they must be read to compare codes. `last_step` is the step of the code that was used last.
    static let secondFactors = TableSchema(
        "_second_factor",
        columns: [
            .init("user", .text, required: true), .init("secret", .bytes, required: true),
            .init("begun", .timestamp, required: true), .init("confirmed", .timestamp), .init("last_step", .integer),
        ])
    /// Recovery codes as SHA-256: each has 80 random bits.
    static let recoveryCodes = TableSchema(
        "_recovery_code",
        columns: [
            .init("user", .text, required: true), .init("code", .bytes, required: true),
            .init("made", .timestamp, required: true),
        ], primaryKey: ["user", "code"])

    /// How many recovery codes a user gets.
    public static let recoveryCodeCount = 10
    /// How long a second factor may take to be set up, in seconds.
    public static let setupSeconds = 900
    private static let purpose = "second factor"

    /// The second factor of a user.
    public func secondFactor(of user: String) async throws -> SecondFactor {
        try await database.read { [users] transaction in
            let row = try transaction.first(
                "SELECT confirmed FROM _second_factor WHERE \"user\" = ?", [.text(user)], [.timestamp])
            let count = try transaction.first(
                "SELECT count(*) FROM _recovery_code WHERE \"user\" = ?", [.text(user)], [.integer])?[0].int
            let needs = try users.rules(transaction).asksForSecondFactor && users.needsSecondFactor(user, transaction)
            return SecondFactor(since: row?[0].timestamp, recoveryCodes: Int(count ?? 0), isNeeded: needs)
        }
    }

    /// Begins to set up a second factor: gives its secret, which is shown this once and counts after
    /// ``confirmSecondFactor(of:code:at:for:from:)``.
    ///
    /// - Throws: ``IdentityError/notAdmitted(_:)``, ``IdentityError/secondFactorExists``.
    public func beginSecondFactor(
        for user: String, at now: Timestamp, from origin: Origin? = Origin.current
    ) async throws -> [UInt8] {
        let secret = SecureRandom.bytes(OneTimeCode.secretBytes)
        let sealed = try seal.seal(secret, of: user, for: Self.purpose)
        try await database.undertake { [self] transaction in
            try admit(user, transaction)
            guard try !hasSecondFactor(user, transaction) else { throw IdentityError.secondFactorExists }
            let change = CredentialChange(
                kind: .secondFactorBegun, user: user, actor: user, origin: origin, time: now)
            try noting(change, [Self.secondFactors], [.text(user)], in: transaction) {
                try transaction.execute(
                    """
                    INSERT INTO _second_factor ("user", secret, begun) VALUES (?, ?, ?)
                    ON CONFLICT ("user") DO UPDATE SET secret = excluded.secret, begun = excluded.begun,
                    confirmed = NULL, last_step = NULL
                    """, [.text(user), .bytes(sealed), .timestamp(now)])
            }
        }
        return secret
    }

    /// Puts a second factor in force by a code of it, and ends all sessions of the user: they began without it. Where the
    /// user has one of them, `sid`, another takes its place.
    ///
    /// - Returns: the recovery codes, shown this once, and the identifier of the new session.
    /// - Throws: ``IdentityError/noSecondFactor`` where none is being set up, ``IdentityError/wrongCode``.
    public func confirmSecondFactor(
        of user: String, code: String, at now: Timestamp, for sid: String? = nil, from origin: Origin? = Origin.current
    ) async throws -> (recoveryCodes: [String], sid: String?) {
        let codes = Self.makeRecoveryCodes()
        let new = sid.map { _ in SecureRandom.token(bytes: 32) }
        try await database.undertake { [self] transaction in
            let row = try transaction.first(
                "SELECT secret, begun FROM _second_factor WHERE \"user\" = ? AND confirmed IS NULL", [.text(user)],
                [.bytes, .timestamp])
            guard let begun = row?[1].timestamp, begun.adding(seconds: Self.setupSeconds) > now,
                let secret = seal.open(row?[0].bytes ?? [], of: user, for: Self.purpose)
            else { throw IdentityError.noSecondFactor }
            guard let step = OneTimeCode.step(of: code.plainCode, secret: secret, at: now, after: nil) else {
                throw IdentityError.wrongCode
            }
            let change = CredentialChange(kind: .secondFactorSet, user: user, actor: user, origin: origin, time: now)
            try noting(
                change, [Self.secondFactors, Self.recoveryCodes, Self.sessions], [.text(user)], in: transaction
            ) {
                try transaction.execute(
                    "UPDATE _second_factor SET confirmed = ?, last_step = ? WHERE \"user\" = ?",
                    [.timestamp(now), .int(step), .text(user)])
                try keep(codes, of: user, at: now, transaction)
                try transaction.execute("DELETE FROM _web_session WHERE \"user\" = ?", [.text(user)])
                guard let new else { return }
                let digest = Secret.digest(new)
                let facts = try facts(of: user, transaction)
                let session = makeSession(
                    digest, user, .secondFactor, origin ?? Origin(address: ""), created: now, lastSeen: now, facts,
                    at: now)
                _ = try write(session, digest, facts, transaction)
            }
        }
        cache.withLock { $0.forget(user) }
        return (codes, new)
    }

    /// Makes other recovery codes; those before are void. It takes a code.
    ///
    /// - Throws: ``IdentityError/noSecondFactor``, ``IdentityError/wrongCode``.
    public func remakeRecoveryCodes(
        of user: String, code: String, at now: Timestamp, from origin: Origin? = Origin.current
    ) async throws -> [String] {
        let codes = Self.makeRecoveryCodes()
        try await database.undertake { [self] transaction in
            try prove(code, of: user, at: now, in: transaction)
            let change = CredentialChange(kind: .recoveryCodesMade, user: user, actor: user, origin: origin, time: now)
            try noting(change, [Self.recoveryCodes], [.text(user)], in: transaction) {
                try keep(codes, of: user, at: now, transaction)
            }
        }
        return codes
    }

    /// Removes a second factor and ends the sessions of its user but the one of the identifier `kept`. Its user proves it by a
    /// code; `actor` is who does it for somebody else, without one.
    ///
    /// - Throws: ``IdentityError/noSecondFactor``, ``IdentityError/wrongCode``.
    public func removeSecondFactor(
        of user: String, code: String? = nil, except kept: String? = nil, at now: Timestamp, by actor: String? = nil,
        from origin: Origin? = Origin.current
    ) async throws {
        precondition(code != nil || actor != nil, "who takes away a second factor proves it, or is somebody else")
        try await database.undertake { [self] transaction in
            if let code {
                try prove(code, of: user, at: now, in: transaction)
            } else if try !hasSecondFactor(user, transaction) {
                throw IdentityError.noSecondFactor
            }
            let change = CredentialChange(
                kind: .secondFactorRemoved, user: user, actor: actor ?? user, origin: origin, time: now)
            try noting(
                change, [Self.secondFactors, Self.recoveryCodes, Self.sessions], [.text(user)], in: transaction
            ) {
                for table in [Self.secondFactors, Self.recoveryCodes] {
                    try transaction.execute("DELETE FROM \(table.name) WHERE \"user\" = ?", [.text(user)])
                }
                try transaction.execute(
                    "DELETE FROM _web_session WHERE \"user\" = ? AND sid <> ?",
                    [.text(user), .bytes(kept.map(Secret.digest) ?? [])])
            }
        }
        cache.withLock { $0.forget(user) }
    }

    /// Whether a second factor of the user counts.
    func hasSecondFactor(_ user: String, _ transaction: any Transaction) throws -> Bool {
        try transaction.first(
            "SELECT 1 FROM _second_factor WHERE \"user\" = ? AND confirmed IS NOT NULL", [.text(user)], [.integer])
            != nil
    }

    /// Takes a code of the user's second factor, or a recovery code, which is then used up. That it is used at once with
    /// another is found out by the row, which one of the two changes first.
    ///
    /// - Throws: ``IdentityError/noSecondFactor``, ``IdentityError/wrongCode``.
    func prove(_ code: String, of user: String, at now: Timestamp, in transaction: any Transaction) throws {
        let row = try transaction.first(
            "SELECT secret, last_step FROM _second_factor WHERE \"user\" = ? AND confirmed IS NOT NULL",
            [.text(user)], [.bytes, .integer])
        guard let row else { throw IdentityError.noSecondFactor }
        let code = code.plainCode
        let change = CredentialChange(kind: .codeUsed, user: user, actor: user, time: now)
        var taken = 0
        try noting(change, [Self.secondFactors, Self.recoveryCodes], [.text(user)], in: transaction) {
            guard OneTimeCode.isCode(code) else {
                taken = try transaction.execute(
                    "DELETE FROM _recovery_code WHERE \"user\" = ? AND code = ?",
                    [.text(user), .bytes(Secret.digest(code))])
                return
            }
            // One that another key sealed tells nothing: recovery codes are left.
            guard let secret = seal.open(row[0].bytes ?? [], of: user, for: Self.purpose),
                let step = OneTimeCode.step(of: code, secret: secret, at: now, after: row[1].int)
            else { return }
            taken = try transaction.execute(
                """
                UPDATE _second_factor SET last_step = ?
                WHERE "user" = ? AND confirmed IS NOT NULL AND (last_step IS NULL OR last_step < ?)
                """, [.int(step), .text(user), .int(step)])
        }
        guard taken == 1 else { throw IdentityError.wrongCode }
    }

    private func keep(
        _ codes: [String], of user: String, at now: Timestamp, _ transaction: any Transaction
    ) throws {
        try transaction.execute("DELETE FROM _recovery_code WHERE \"user\" = ?", [.text(user)])
        try transaction.insert(
            into: Self.recoveryCodes.name, ["user", "code", "made"],
            codes.map { [.text(user), .bytes(Secret.digest($0.plainCode)), .timestamp(now)] })
    }

    /// Codes of 16 letters and digits, in groups of four.
    private static func makeRecoveryCodes() -> [String] {
        (0..<recoveryCodeCount).map { _ in
            let text = Array(Base32.text(SecureRandom.bytes(10)))
            return stride(from: 0, to: 16, by: 4).map { String(text[$0..<$0 + 4]) }.joined(separator: "-")
        }
    }

    /// Seals the secrets of second factors anew where the key of the seal changes. Those that the key before did not seal stay
    /// as they are: recovery codes are left to their users.
    public static func reseal(
        from old: [UInt8], to new: [UInt8], in transaction: any Transaction
    ) throws {
        let (before, after) = (SecretSeal(key: old), SecretSeal(key: new))
        let rows = try transaction.query("SELECT \"user\", secret FROM _second_factor", [], [.text, .bytes])
        for row in rows {
            guard let user = row[0].text, let secret = before.open(row[1].bytes ?? [], of: user, for: purpose) else {
                continue
            }
            try transaction.execute(
                "UPDATE _second_factor SET secret = ? WHERE \"user\" = ?",
                [.bytes(try after.seal(secret, of: user, for: purpose)), .text(user)])
        }
    }
}

extension String {
    /// A code as it is compared: without spaces and dashes, letters large.
    fileprivate var plainCode: String {
        String(decoding: uppercased().utf8.filter { $0 != 0x20 && $0 != 0x2D }.prefix(64), as: UTF8.self)
    }
}
