internal import Documents
internal import Identity
internal import Tenancy
internal import Values

/// Sessions and sign-ins, as their user looks after them. Whose they may be is checked before.
struct SessionMethods: Sendable {
    let tenant: Tenant

    static let list = "cauldron.sessions.list"
    static let revoke = "cauldron.sessions.revoke"
    static let account = "cauldron.account.info"
    static let names: Set<String> = [list, revoke, account]

    static let descriptions = [
        MethodDescription(
            name: list, summary: "The open sessions of a user: since when, last used, from where, by what.",
            parameters: [.user], verbs: .asking),
        MethodDescription(
            name: revoke, summary: "Ends a session, or with all=1 all of a user but the one that asks.",
            parameters: [
                .optional("id", "The session, as the list names it."), .optional("all", "1 for all others."), .user,
            ], verbs: .changing),
        MethodDescription(
            name: account,
            summary:
                "Who asks, by which session, the sign-in before, the tries that failed since, the second factor, the key.",
            parameters: [], verbs: .asking),
    ]

    func call(_ method: String, _ arguments: Arguments, _ user: String, by caller: Caller) async throws -> Reply {
        switch method {
        case Self.list:
            let own = try await session(of: caller)
            let sessions = try await tenant.identity.sessions(of: user, at: tenant.now())
            return .message(.array(sessions.map { $0.json(isOwn: $0.id == own?.id) }))
        case Self.revoke: return try await revoke(arguments, user, caller)
        default: return try await info(caller)
        }
    }

    private func revoke(_ arguments: Arguments, _ user: String, _ caller: Caller) async throws -> Reply {
        let id = arguments.text("id")
        guard (id != nil) != (arguments.flag("all") == true) else {
            throw Problem(
                .mandatory, "A session is ended by id, or all others by all=1", field: "id", fix: "Send one of them.")
        }
        let ended = try await tenant.identity.endSessions(
            of: user, id: id, except: caller.sid, at: tenant.now(), by: caller.actor.user)
        if let id, ended == 0 {
            throw Problem(.notFound, "\(user) has no session \(id.prefix(40))", field: "id")
        }
        return .message(["ended": .int(Int64(ended))])
    }

    private func info(_ caller: Caller) async throws -> Reply {
        let user = caller.actor.user
        let own = try await session(of: caller)
        let (last, failed) = try await tenant.signIns(of: user, before: own?.created ?? tenant.now())
        let factor = try await tenant.identity.secondFactor(of: user)
        let name = try await tenant.read(as: .administrator) { try $0.fullNames(of: [user])[Name(user)] ?? user }
        return .message([
            "user": .string(user), "full_name": .string(name), "session": own?.json(isOwn: true) ?? .null,
            "last_sign_in": last.map { moment, origin in
                [
                    "at": .string(moment.description), "from": .string(origin.address),
                    "user_agent": .string(origin.agent),
                ]
            } ?? .null,
            "failed_since": .int(Int64(failed)), "second_factor": factor.json,
            "api_key": try await tenant.identity.mainKey(of: user).map(JSON.string) ?? .null,
        ])
    }

    private func session(of caller: Caller) async throws -> WebSession? {
        guard let sid = caller.sid else { return nil }
        return try await tenant.identity.session(sid, at: tenant.now())
    }
}

extension Method.Parameter {
    /// Whose it is.
    static let user = optional("user", "The user, for System Managers; oneself unless given.")
}

extension WebSession {
    /// The session as it is shown: without its secret.
    fileprivate func json(isOwn: Bool) -> JSON {
        [
            "id": .string(id), "created": .string(created.description), "last_seen": .string(lastSeen.description),
            "expires": .string(expires.description), "ip_address": .string(origin.address),
            "user_agent": .string(origin.agent), "way": .string(way.rawValue), "current": .bool(isOwn),
        ]
    }
}

extension SecondFactor {
    /// The second factor as it is shown.
    var json: JSON {
        [
            "enabled": .bool(since != nil), "since": since.map { .string($0.description) } ?? .null,
            "recovery_codes": .int(Int64(recoveryCodes)), "required": .bool(isNeeded),
        ]
    }
}
