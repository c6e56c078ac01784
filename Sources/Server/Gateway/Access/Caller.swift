internal import Documents
internal import HTTPTypes
internal import Identity
internal import Lists
internal import Tenancy
internal import Values

/// Who sends a request, and how it is known.
struct Caller: Sendable {
    let actor: Actor
    let way: Way
    /// What its session is not good for before its user has done it; it then calls the methods for that and no others.
    var limit: WebSession.Limit?

    enum Way: Sendable {
        /// Nothing was presented.
        case none
        /// An API key with its secret.
        case key(Credential)
        /// The cookie of a session, or its identifier in a body; browsers send the cookie by themselves.
        case session(sid: String)
    }

    static let guest = Caller(actor: .guest, way: .none)

    var isGuest: Bool {
        if case .none = way { true } else { false }
    }

    /// What it is known by, for what outlasts the request; nil for a guest.
    var credential: Credential? {
        switch way {
        case .none: nil
        case .key(let credential): credential
        case .session(let sid): Credential(ofSession: sid)
        }
    }

    /// The secret identifier of its session.
    var sid: String? {
        if case .session(let sid) = way { sid } else { nil }
    }

    /// The token that forms of this session carry.
    var formToken: String? { sid.map { Secret.derived(from: $0, for: "form token") } }
}

/// Finds out who sends a request. What it asks for is kept in memory, so that it costs no query as a rule.
struct Authenticator: Sendable {
    let tenant: Tenant

    /// Who it is. A session whose user has to do something first is good for the methods that do it alone: `method` is the one
    /// that is called.
    ///
    /// - Throws: ``Problem/Kind/notSignedIn`` when credentials are wrong, ``Problem/Kind/sessionExpired``,
    ///   ``Problem/Kind/stepMissing``.
    func caller(of request: Incoming, calling method: String? = nil) async throws -> Caller {
        if let header = request.authorization { return try await caller(authorization: header) }
        let sids = request.sids
        guard !sids.isEmpty else { return .guest }
        for sid in sids {
            guard let session = try await tenant.identity.session(sid, at: tenant.now()),
                let actor = try await tenant.actor(named: session.user)
            else { continue }
            return try caller(actor, sid, session, calling: method)
        }
        throw Problem(.sessionExpired, "The session has ended", fix: "Sign in again.")
    }

    private func caller(
        _ actor: Actor, _ sid: String, _ session: WebSession, calling method: String?
    ) throws -> Caller {
        guard let limit = session.limit else { return Caller(actor: actor, way: .session(sid: sid)) }
        guard let method, limit.methods.contains(method) else { throw limit.problem }
        // Whatever the method does, it does nothing else.
        return Caller(
            actor: actor.limited(to: [Scope(methods: limit.methods.sorted())]), way: .session(sid: sid), limit: limit)
    }

    private static var wrong: Problem {
        Problem(.notSignedIn, "The credentials are not valid", fix: "Send Authorization: token <api_key>:<api_secret>.")
    }

    private func caller(authorization header: String) async throws -> Caller {
        guard let space = header.utf8.firstIndex(of: 0x20) else { throw Self.wrong }
        let scheme = header[..<space].lowercased()
        let content = header[header.index(after: space)...]
        let pair: Substring
        switch scheme {
        case "token": pair = content
        case "basic":
            guard let bytes = Base64.bytes(content) else { throw Self.wrong }
            pair = String(decoding: bytes, as: UTF8.self)[...]
        default: throw Self.wrong
        }
        guard let colon = pair.utf8.firstIndex(of: 0x3A) else { throw Self.wrong }
        let key = String(pair[..<colon])
        let secret = String(pair[pair.index(after: colon)...])
        guard let holder = try await tenant.identity.holder(ofKey: key, secret: secret, at: tenant.now()),
            let actor = try await tenant.actor(named: holder.user)
        else { throw Self.wrong }
        let way = Caller.Way.key(Credential(ofKey: key, secret: secret))
        guard let scopes = holder.scopes else { return Caller(actor: actor, way: way) }
        return Caller(actor: actor.limited(to: try Scope.list(text: scopes)), way: way)
    }
}

extension Incoming {
    /// The identifiers of sessions that it carries, as cookies or as an argument. A client that signs in again may send the
    /// cookie from before beside the new one: the session that lives is the one.
    var sids: [String] {
        let cookies = Cookies.values("sid", of: headers)
        let sent = cookies.isEmpty ? arguments.text("sid").map { [$0] } ?? [] : cookies
        return sent.filter { !$0.isEmpty && $0 != "Guest" }
    }
}

extension WebSession.Limit {
    /// The methods that do what has to be done.
    fileprivate var methods: Set<String> {
        let always = ["frappe.auth.get_logged_user", SessionMethods.account]
        switch self {
        case .secondFactor: return Set(always + [SecondFactorMethods.begin, SecondFactorMethods.confirm])
        case .newPassword: return Set(always + [AccountMethods.updatePassword])
        }
    }

    fileprivate var problem: Problem {
        switch self {
        case .secondFactor:
            Problem(
                .stepMissing, "A second factor has to be set up first",
                fix: "Call \(SecondFactorMethods.begin), then \(SecondFactorMethods.confirm) with a code.")
        case .newPassword:
            Problem(
                .stepMissing, "Another password has to be chosen first", fix: "Call \(AccountMethods.updatePassword).")
        }
    }
}
