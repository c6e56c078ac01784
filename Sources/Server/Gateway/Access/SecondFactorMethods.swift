internal import Documents
internal import Identity
internal import Tenancy
internal import Values

/// Setting up, proving and removing a second factor. Whose it may be is checked before.
struct SecondFactorMethods: Sendable {
    let tenant: Tenant
    let signIn: SignIn

    static let begin = "cauldron.second_factor.begin"
    static let confirm = "cauldron.second_factor.confirm"
    static let recoveryCodes = "cauldron.second_factor.recovery_codes"
    static let remove = "cauldron.second_factor.remove"
    static let reset = "cauldron.second_factor.reset"
    static let names: Set<String> = [begin, confirm, recoveryCodes, remove, reset]

    private static let password = Method.Parameter.optional(
        "password", "The password of who asks; not where a session is good for nothing else yet.")
    private static let code = Method.Parameter.required(
        "otp", "A code of the app; where it is in force also a recovery code.")

    static let descriptions = [
        MethodDescription(
            name: begin, summary: "A secret for an authenticator app, shown once; it counts once it is confirmed.",
            parameters: [password], verbs: .changing),
        MethodDescription(
            name: confirm,
            summary:
                "Puts the second factor in force. Gives recovery codes, shown once; all sessions end but a new one.",
            parameters: [code], verbs: .changing),
        MethodDescription(
            name: recoveryCodes, summary: "Other recovery codes; those before are void.", parameters: [password, code],
            verbs: .changing),
        MethodDescription(
            name: remove, summary: "Removes the second factor of who asks; the other sessions end.",
            parameters: [password, code], verbs: .changing),
        MethodDescription(
            name: reset, summary: "Removes the second factor of a user who has lost it, and ends its sessions.",
            parameters: [.required("user", "The user, for System Managers.")], verbs: .changing,
            aliases: ["frappe.twofactor.reset_otp_secret"]),
    ]

    func call(_ method: String, _ request: Incoming, _ user: String, by caller: Caller) async throws -> Reply {
        do {
            return try await answer(method, request, user, by: caller)
        } catch IdentityError.secondFactorExists {
            throw Problem(
                .givenTwice, "\(user) has a second factor already", fix: "Remove it first: \(Self.remove).")
        } catch IdentityError.noSecondFactor {
            throw Problem(
                .notFound, "\(user) has no second factor, or none that is being set up", fix: "Call \(Self.begin).")
        }
    }

    private func answer(
        _ method: String, _ request: Incoming, _ user: String, by caller: Caller
    ) async throws -> Reply {
        let (arguments, identity, origin) = (request.arguments, tenant.identity, request.origin)
        switch method {
        case Self.begin:
            if caller.limit != .secondFactor { try await requirePassword(arguments, user, origin) }
            let secret = try await identity.beginSecondFactor(for: user, at: tenant.now())
            let issuer = try await issuer()
            return .message([
                "secret": .string(Base32.text(secret)), "uri": .string(Self.uri(secret, user, issuer)),
            ])
        case Self.confirm:
            let code = try arguments.required("otp")
            let (codes, sid) = try await signIn.proving(user, operation: Self.operation, from: origin) {
                try await identity.confirmSecondFactor(of: user, code: code, at: tenant.now(), for: caller.sid)
            }
            var reply = Reply.message(["recovery_codes": .array(codes.map(JSON.string))])
            if let sid { reply.headers += signIn.cookies(of: try await signIn.entry(sid, user)) }
            return reply
        case Self.recoveryCodes:
            let code = try arguments.required("otp")
            try await requirePassword(arguments, user, origin)
            let codes = try await signIn.proving(user, operation: Self.operation, from: origin) {
                try await identity.remakeRecoveryCodes(of: user, code: code, at: tenant.now())
            }
            return .message(["recovery_codes": .array(codes.map(JSON.string))])
        case Self.remove:
            let code = try arguments.required("otp")
            try await requirePassword(arguments, user, origin)
            try await signIn.proving(user, operation: Self.operation, from: origin) {
                try await identity.removeSecondFactor(of: user, code: code, except: caller.sid, at: tenant.now())
            }
            return .message("ok")
        default:
            guard user != caller.actor.user else {
                throw Problem(
                    .forbidden, "Nobody resets the own second factor", fix: "Remove it with a code: \(Self.remove).")
            }
            try await identity.removeSecondFactor(of: user, at: tenant.now(), by: caller.actor.user)
            return .message("ok")
        }
    }

    private static let operation = "Second Factor"

    private func requirePassword(_ arguments: Arguments, _ user: String, _ origin: Origin) async throws {
        let password = try arguments.required("password")
        guard try await signIn.check(user, password, operation: Self.operation, from: origin) != nil else {
            throw Problem(.notSignedIn, "The password is not right", field: "password")
        }
    }

    /// What authenticator apps show beside the user.
    private func issuer() async throws -> String {
        let settings = SystemSettings.doctype.name
        let set = try await tenant.read(as: .administrator) { session in
            try session.values(of: settings, [settings], ["otp_issuer_name"])[settings]?.first?.text ?? ""
        }
        return set.isEmpty ? tenant.name : set
    }

    /// The address that apps read, usually as a picture.
    static func uri(_ secret: [UInt8], _ user: String, _ issuer: String) -> String {
        let (shown, name) = (PercentCoding.encode(issuer), PercentCoding.encode(user))
        return "otpauth://totp/\(shown):\(name)?secret=\(Base32.text(secret))&issuer=\(shown)&algorithm=SHA1"
            + "&digits=\(OneTimeCode.digits)&period=\(OneTimeCode.seconds)"
    }
}
