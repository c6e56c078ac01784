internal import Documents
internal import HTTPTypes
internal import Identity
internal import Synchronization
internal import Tenancy
internal import Values

/// Signing in and out with a password, and with a code where the user has a second factor.
///
final class SignIn: Sendable {
    private let tenant: Tenant
    private let secureCookies: Bool
    private let tries: SignInTries
    private var passwords: SignInTries.Kind { tries.passwords }
    private var codes: SignInTries.Kind { tries.codes }

    init(tenant: Tenant, secureCookies: Bool, tries: SignInTries) {
        self.tenant = tenant
        self.secureCookies = secureCookies
        self.tries = tries
    }

    /// What a right password leads to.
    enum Outcome: Sendable {
        case entered(Entry)
        /// A code has to come with this ticket.
        case codeNeeded(ticket: String)
    }

    /// A session that has begun.
    struct Entry: Sendable {
        let sid: String
        let user: String
        let fullName: String
        let isSystemUser: Bool
        let limit: WebSession.Limit?

        /// The token that forms of the session carry.
        var formToken: String { Caller(actor: .guest, way: .session(sid: sid)).formToken ?? "" }
    }

    /// Looks at what a client sends to sign in: a user and a password, or the ticket that it got for them with a code.
    ///
    /// What is wrong is not told: an unknown user, a disabled one and a wrong password look alike and take the same time.
    ///
    /// - Throws: ``Problem/Kind/notSignedIn``, ``TooManyTries``.
    func enter(_ request: Incoming) async throws -> Outcome {
        let arguments = request.arguments
        let origin = request.origin
        guard let ticket = arguments.text("tmp_id"), !ticket.isEmpty else {
            let user = arguments.text("usr") ?? ""
            guard let actor = try await check(user, arguments.text("pwd") ?? "", from: origin) else {
                throw Self.wrong
            }
            do {
                return .entered(try await begin(actor.user, nil, origin))
            } catch IdentityError.codeNeeded {
                return .codeNeeded(ticket: try await tenant.identity.ticket(for: actor.user, at: tenant.now()))
            }
        }
        guard let user = try await tenant.identity.user(ofTicket: ticket, at: tenant.now()) else {
            throw Problem(
                .notSignedIn, "The time to send the code is over", field: "tmp_id", fix: "Sign in again.")
        }
        return .entered(
            try await proving(user, operation: "Login", from: origin) {
                try await begin(user, arguments.text("otp") ?? "", origin)
            })
    }

    private func begin(_ user: String, _ code: String?, _ origin: Origin) async throws -> Entry {
        let sid: String
        do {
            sid = try await tenant.identity.createSession(for: user, at: tenant.now(), code: code, from: origin)
        } catch IdentityError.notAdmitted {
            // Somebody disabled the user at this moment.
            throw Self.wrong
        }
        return try await entry(sid, user)
    }

    /// A session that has begun, with what its user is called.
    func entry(_ sid: String, _ user: String) async throws -> Entry {
        let session = try await tenant.identity.session(sid, at: tenant.now())
        let values = try await tenant.read(as: .administrator) { session in
            try session.values(of: "User", [user], ["full_name", "user_type"])[user] ?? []
        }
        return Entry(
            sid: sid, user: user, fullName: values.first?.text ?? user,
            isSystemUser: values.last?.text != "Website User", limit: session?.limit)
    }

    /// Who this is, when the password is right and the user is enabled.
    ///
    /// - Throws: ``TooManyTries``.
    func check(
        _ user: String, _ password: String, operation: String = "Login", from origin: Origin
    ) async throws -> Actor? {
        // An address may have been typed in another form than it is kept in.
        let forms = user.isNormalized ? [user] : [user, user.normalized]
        var refusal = SignInRefusal.wrongPassword
        for form in forms {
            try await allow(passwords, form, operation, origin, of: try await rules())
            do {
                if try await tenant.identity.verifyPassword(password, of: form) {
                    if let actor = try await tenant.actor(named: form) {
                        passwords.throttle.withLock { $0.succeeded(user: form, address: origin.address) }
                        return actor
                    }
                    refusal = .disabled
                }
            } catch IdentityError.busy {
                throw TooManyTries(seconds: 2)
            }
        }
        await tenant.note(refusal, of: forms[forms.count - 1], operation: operation, from: origin)
        return nil
    }

    /// Runs what asks for a code of a user, and counts it as a try of one.
    ///
    /// - Throws: ``Problem/Kind/notSignedIn`` for a wrong code, ``TooManyTries``, and what `body` throws.
    func proving<T>(
        _ user: String, operation: String, from origin: Origin, _ body: () async throws -> T
    ) async throws -> T {
        try await allow(codes, user, operation, origin, of: nil)
        do {
            let result = try await body()
            codes.throttle.withLock { $0.succeeded(user: user, address: origin.address) }
            return result
        } catch IdentityError.wrongCode {
            await tenant.note(.wrongCode, of: user, operation: operation, from: origin)
            throw Problem(
                .notSignedIn, "The code is not right, or was used before", field: "otp",
                fix: "Send the next code that the app shows, or a recovery code.")
        }
    }

    /// Counts a try, or says how long to wait for the next. Where only strangers used up the tries of a user, one who has
    /// signed in from there before is let try.
    private func allow(
        _ tries: SignInTries.Kind, _ user: String, _ operation: String, _ origin: Origin,
        of rules: LoginThrottle.Rules?
    ) async throws {
        func attempt(_ isKnown: Bool) -> (LoginThrottle.Decision, isNews: Bool) {
            let now = tenant.now()
            return tries.throttle.withLock { throttle in
                if let rules { throttle.rules = rules }
                let decision = throttle.attempt(user: user, address: origin.address, isKnown: isKnown, at: now)
                guard decision != .allowed else { return (decision, false) }
                return (decision, throttle.isNews(user: user, address: origin.address, at: now))
            }
        }
        var (decision, isNews) = attempt(false)
        if case .waitForStrangers = decision, try await tenant.hasSignedIn(user, from: origin.network) {
            (decision, isNews) = attempt(true)
        }
        let seconds: Int
        switch decision {
        case .allowed: return
        case .wait(let wait), .waitForStrangers(let wait): seconds = wait
        }
        if isNews { await tenant.note(.throttled, of: user, operation: operation, from: origin) }
        throw TooManyTries(seconds: seconds)
    }

    /// The rules of the throttle of passwords, as the company has set them.
    private func rules() async throws -> LoginThrottle.Rules {
        let set = try await tenant.identity.rules()
        var rules = LoginThrottle.Rules()
        if let free = set.freeFailures {
            rules.freeFailures = free
            rules.wideFreeFailures = max(rules.wideFreeFailures, 2 * free)
        }
        if let wait = set.firstWait { rules.firstWait = wait }
        return rules
    }

    private static let wrong = Problem(
        .notSignedIn, "Invalid login credentials", fix: "Check the user and the password.")

    // MARK: Replies

    /// What `login` answers; the cookies of a session go with it.
    func reply(to outcome: Outcome) -> Reply {
        switch outcome {
        case .codeNeeded(let ticket):
            return .json([
                "verification": ["method": "OTP App", "setup": true, "prompt": false, "token_delivery": true],
                "tmp_id": .string(ticket),
            ])
        case .entered(let entry):
            var body: JSONObject = [
                "message": entry.isSystemUser ? "Logged In" : "No App", "home_page": "/app",
                "full_name": .string(entry.fullName),
            ]
            switch entry.limit {
            case .secondFactor:
                body["message"] = "Second Factor Required"
                body["verification"] = ["method": "OTP App", "setup": false]
            case .newPassword:
                body["message"] = "Password Reset"
                body["redirect_to"] = "/login"
            case nil: break
            }
            var reply = Reply.json(.object(body))
            reply.headers += cookies(of: entry)
            return reply
        }
    }

    /// The cookies of a new session, as clients of Frappe know them. Scripts of a page can read all but the first. The server
    /// knows when a session ends; browsers keep the cookies as long as they do such.
    func cookies(of entry: Entry) -> [(HTTPField.Name, String)] {
        [
            Cookies.set("sid", entry.sid, seconds: Self.cookieSeconds, hidden: true, secure: secureCookies),
            Cookies.set(
                "system_user", entry.isSystemUser ? "yes" : "no", seconds: Self.cookieSeconds, secure: secureCookies),
            Cookies.set("full_name", entry.fullName, seconds: Self.cookieSeconds, secure: secureCookies),
            Cookies.set("user_id", entry.user, seconds: Self.cookieSeconds, secure: secureCookies),
            Cookies.set("user_image", "", seconds: Self.cookieSeconds, secure: secureCookies),
        ]
    }

    private static let cookieSeconds = 400 * 86_400

    /// Ends the session a request carries and makes the browser forget it; not where another site sent the browser here.
    ///
    /// - Throws: ``Problem/Kind/crossSite``.
    func leave(_ request: Incoming, _ caller: Caller) async throws -> [(HTTPField.Name, String)] {
        // A caller with a session was asked for the token of the form before, unless the request only seems to ask.
        if request.isSafe || caller.formToken == nil { try SiteGuard.requireOwnSite(request) }
        for sid in request.sids { try await tenant.identity.destroySession(sid, from: request.origin) }
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
    func reply(in version: APIVersion) -> Reply {
        var reply = Reply.problem(problem, in: version)
        reply.headers.append((.retryAfter, String(seconds)))
        return reply
    }
}
