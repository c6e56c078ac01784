internal import Documents
internal import HTTPTypes
internal import Identity
internal import Tenancy
internal import Values

/// Methods about who somebody is: they need more than a session of the database.
struct AccountMethods: Sendable {
    let tenant: Tenant
    let signIn: SignIn
    let authenticator: Authenticator

    static let descriptions =
        [
            MethodDescription(
                name: "login",
                summary:
                    "Begins a session, whose identifier comes as the cookie sid; or asks for a code of the second factor.",
                parameters: [
                    .optional("usr", "The user."), .optional("pwd", "The password."),
                    .optional("tmp_id", "What the first answer gave, in place of user and password."),
                    .optional("otp", "The code, or a recovery code."),
                ], verbs: .changing, allowsGuests: true),
            // Programs log out by GET; browsers of other sites do not, see SiteGuard.
            MethodDescription(
                name: "logout", summary: "Ends the session.", parameters: [], verbs: Verbs(.get, .post, .put),
                allowsGuests: true, aliases: ["web_logout"]),
            MethodDescription(
                name: "ping", summary: "Answers pong.", parameters: [], verbs: .asking, allowsGuests: true,
                aliases: ["frappe.ping"]),
            MethodDescription(
                name: "version", summary: "The version of the API.", parameters: [], verbs: .asking,
                allowsGuests: true, aliases: ["frappe.utils.change_log.get_versions"]),
            MethodDescription(
                name: "frappe.auth.get_logged_user", summary: "The user who asks.", parameters: [], verbs: .asking),
            MethodDescription(
                name: "frappe.core.doctype.user.user.generate_keys",
                summary: "A new API secret, shown once; the one before ends to be valid.",
                parameters: [.required("user", "The user; others than oneself for System Managers.")],
                verbs: .changing),
            MethodDescription(
                name: updatePassword,
                summary: "Sets a password and ends all sessions; that of somebody else ends the keys, too.",
                parameters: [
                    .required("new_password", "The new one."),
                    .optional("old_password", "The password until now, to change one's own."),
                    .optional("user", "Another user, for System Managers."),
                ], verbs: .changing),
            MethodDescription(
                name: "frappe.core.doctype.user.user.get_roles", summary: "The roles of a user.",
                parameters: [.optional("uid", "The user; oneself unless given.")], verbs: .asking),
        ] + KeyMethods.descriptions + SessionMethods.descriptions + SecondFactorMethods.descriptions

    static let updatePassword = "frappe.core.doctype.user.user.update_password"

    /// Calls the method of a name; rights to call it at all are checked before.
    func call(_ method: String, _ request: Incoming, by caller: Caller) async throws -> Reply {
        do {
            return try await Origin.$current.withValue(request.origin) {
                try await answer(method, request, by: caller)
            }
        } catch IdentityError.notAdmitted(let user) {
            throw Problem(.notFound, "User \(user) not found, or not enabled", field: "user")
        }
    }

    /// Calls a method for a form of a page, as who its session says.
    func call(_ method: String, _ request: Incoming) async throws -> Reply {
        let caller = try await authenticator.caller(of: request, calling: method)
        try SiteGuard.check(request, of: caller)
        return try await call(method, request, by: caller)
    }

    private func answer(_ method: String, _ request: Incoming, by caller: Caller) async throws -> Reply {
        let arguments = request.arguments
        switch method {
        case "login":
            return try await login(request)
        case "logout":
            var reply = Reply.json([:])
            reply.headers = try await signIn.leave(request, caller)
            return reply
        case "ping": return .message("pong")
        case "version": return .message(.string(Self.version))
        case "frappe.auth.get_logged_user": return .message(.string(caller.actor.user))
        case "frappe.core.doctype.user.user.generate_keys": return try await generateKeys(arguments, caller.actor)
        case Self.updatePassword: return try await updatePassword(request, caller)
        case KeyMethods.make, KeyMethods.list, KeyMethods.revoke:
            let user = arguments.text("user") ?? caller.actor.user
            try await requireAccess(to: user, by: caller.actor)
            return try await KeyMethods(tenant: tenant).call(method, arguments, user, by: caller.actor.user)
        case _ where SessionMethods.names.contains(method):
            let user = arguments.text("user") ?? caller.actor.user
            if caller.limit == nil { try await requireAccess(to: user, by: caller.actor) }
            return try await SessionMethods(tenant: tenant).call(method, arguments, user, by: caller)
        case _ where SecondFactorMethods.names.contains(method):
            let isReset = method == SecondFactorMethods.reset
            let user = isReset ? try arguments.required("user") : caller.actor.user
            if caller.limit == nil { try await requireAccess(to: user, by: caller.actor) }
            return try await SecondFactorMethods(tenant: tenant, signIn: signIn).call(method, request, user, by: caller)
        default: return try await roles(arguments, caller.actor)
        }
    }

    /// The version of Frappe's API that is spoken.
    static let version = "15.0.0"

    private func login(_ request: Incoming) async throws -> Reply {
        try SiteGuard.checkOrigin(request)
        return signIn.reply(to: try await signIn.enter(request))
    }

    // MARK: Keys and passwords

    private func generateKeys(_ arguments: Arguments, _ actor: Actor) async throws -> Reply {
        let user = try arguments.required("user")
        try await requireAccess(to: user, by: actor)
        let keys = try await tenant.identity.generateKeys(for: user, at: tenant.now(), by: actor.user)
        return .message(["api_key": .string(keys.key), "api_secret": .string(keys.secret)])
    }

    private func updatePassword(_ request: Incoming, _ caller: Caller) async throws -> Reply {
        let (arguments, actor) = (request.arguments, caller.actor)
        let password = try arguments.required("new_password")
        let user = arguments.text("user") ?? actor.user
        if user == actor.user, actor.scopes == nil || caller.limit == .newPassword {
            let old = try arguments.required("old_password")
            guard old.normalized != password.normalized else {
                throw Problem(
                    .weakPassword, "The new password is the old one", field: "new_password", fix: "Choose another.")
            }
            guard try await signIn.check(user, old, operation: "Password", from: request.origin) != nil else {
                throw Problem(.notSignedIn, "The old password is not right", field: "old_password")
            }
        } else {
            try await requireAccess(to: user, by: actor)
        }
        do {
            try await tenant.identity.setPassword(password, of: user, at: tenant.now(), by: actor.user)
        } catch IdentityError.password(let sentence) {
            throw Problem(
                .weakPassword, ProblemText(sentence), field: "new_password",
                fix: "Choose a longer one that is not easily guessed, such as four words that do not belong together.")
        }
        return .message("/app")
    }

    /// Whether somebody may touch the credentials of a user: the user, or who manages the system. Those of the user who
    /// may do everything are that user's alone.
    private func requireAccess(to user: String, by actor: Actor) async throws {
        guard actor.scopes == nil else {
            throw Problem(
                .forbidden, "A key with scopes does not reach credentials", fix: "Sign in, or use a key without scopes."
            )
        }
        let isOther = user != actor.user
        if isOther, !actor.roles.contains("System Manager") || user == Actor.administrator.user {
            throw Problem(.forbidden, "\(actor.user) may not change the credentials of \(user)")
        }
        guard try await tenant.actor(named: user) != nil else {
            throw Problem(.notFound, "User \(user) not found, or not enabled", field: "user")
        }
    }

    private func roles(_ arguments: Arguments, _ actor: Actor) async throws -> Reply {
        let user = arguments.text("uid") ?? arguments.text("arg") ?? actor.user
        guard user == actor.user || actor.roles.contains("System Manager") else {
            throw Problem(.forbidden, "\(actor.user) may not see the roles of \(user)")
        }
        guard let other = try await tenant.actor(named: user) else {
            throw Problem(.notFound, "User \(user) not found")
        }
        return .message(.array(other.roles.sorted().map(JSON.string)))
    }
}
