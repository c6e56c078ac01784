internal import Documents
internal import HTTPTypes
internal import Identity
internal import Synchronization
internal import Tenancy
internal import Values

/// Signing in and out with a password.
final class SignIn: Sendable {
    private let tenant: Tenant
    private let secureCookies: Bool
    private let throttle = Mutex(LoginThrottle())

    init(tenant: Tenant, secureCookies: Bool) {
        self.tenant = tenant
        self.secureCookies = secureCookies
    }

    /// What a right password leads to.
    struct Entry: Sendable {
        let sid: String
        let user: String
        let fullName: String
        let isSystemUser: Bool
    }

    /// Looks at a password. What is wrong about it is not told: an unknown user, a disabled one and a wrong password look
    /// alike and take the same time.
    ///
    /// - Throws: ``Problem/Kind/notSignedIn``, ``Problem/Kind/tooManyTries``.
    func enter(user: String, password: String, from address: String) async throws -> Entry {
        guard let actor = try await check(user, password, from: address) else { throw Self.wrong }
        let sid: String
        do {
            sid = try await tenant.identity.createSession(for: actor.user, at: tenant.now())
        } catch IdentityError.notAdmitted {
            // Somebody disabled the user at this moment.
            throw Self.wrong
        }
        let values = try await tenant.read(as: .administrator) { session in
            try session.values(of: "User", [actor.user], ["full_name", "user_type"])[actor.user] ?? []
        }
        return Entry(
            sid: sid, user: actor.user, fullName: values.first?.text ?? actor.user,
            isSystemUser: values.last?.text != "Website User")
    }

    /// Who this is, when the password is right and the user is enabled.
    ///
    /// - Throws: ``Problem/Kind/tooManyTries``.
    func check(_ user: String, _ password: String, from address: String) async throws -> Actor? {
        let now = tenant.now()
        let decision = throttle.withLock { $0.attempt(user: user, address: address, at: now) }
        if case .wait(let seconds) = decision { throw TooManyTries(seconds: seconds) }
        let isRight: Bool
        do {
            isRight = try await tenant.identity.verifyPassword(password, of: user)
        } catch IdentityError.busy {
            throw TooManyTries(seconds: 2)
        }
        guard isRight, let actor = try await tenant.actor(named: user) else {
            // An address may have been typed in another form than it is kept in.
            return user.isNormalized ? nil : try await check(user.normalized, password, from: address)
        }
        throttle.withLock { $0.succeeded(user: user, address: address) }
        return actor
    }

    private static let wrong = Problem(
        .notSignedIn, "Invalid login credentials", fix: "Check the user and the password.")

    // MARK: Replies

    /// What `login` answers; the cookies of a session go with it.
    func reply(to entry: Entry) -> Reply {
        var reply = Reply.json([
            "message": entry.isSystemUser ? "Logged In" : "No App", "home_page": "/app",
            "full_name": .string(entry.fullName),
        ])
        reply.headers += cookies(of: entry)
        return reply
    }

    /// The cookies of a new session, as clients of Frappe know them. Scripts of a page can read all but the first.
    func cookies(of entry: Entry) -> [(HTTPField.Name, String)] {
        let seconds = IdentityLimits().sessionSeconds
        return [
            Cookies.set("sid", entry.sid, seconds: seconds, hidden: true, secure: secureCookies),
            Cookies.set("system_user", entry.isSystemUser ? "yes" : "no", seconds: seconds, secure: secureCookies),
            Cookies.set("full_name", entry.fullName, seconds: seconds, secure: secureCookies),
            Cookies.set("user_id", entry.user, seconds: seconds, secure: secureCookies),
            Cookies.set("user_image", "", seconds: seconds, secure: secureCookies),
        ]
    }

    /// Ends the session a request carries and makes the browser forget it; not where another site sent the browser here.
    ///
    /// - Throws: ``Problem/Kind/crossSite``.
    func leave(_ request: Incoming, _ caller: Caller) async throws -> [(HTTPField.Name, String)] {
        // A caller with a session was asked for the token of the form before, unless the request only seems to ask.
        if request.isSafe || caller.formToken == nil { try SiteGuard.requireOwnSite(request) }
        if let sid = Cookies.value("sid", of: request.headers) ?? request.arguments.text("sid") {
            try await tenant.identity.destroySession(sid)
        }
        return ["sid", "system_user", "full_name", "user_id", "user_image"].map {
            Cookies.set($0, "", seconds: 0, hidden: $0 == "sid", secure: secureCookies)
        }
    }
}

/// Somebody has to wait before the next try.
struct TooManyTries: Error {
    let seconds: Int

    var problem: Problem {
        Problem(
            .tooManyTries, "Too many failed attempts", fix: "Try again in \(seconds) seconds.")
    }

    /// The reply that says how long.
    var reply: Reply {
        var reply = Reply.problem(problem)
        reply.headers.append((.retryAfter, String(seconds)))
        return reply
    }
}
