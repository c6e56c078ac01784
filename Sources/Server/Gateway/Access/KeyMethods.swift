internal import Documents
internal import Identity
internal import Lists
internal import Tenancy
internal import Values

/// API keys that are good for some things only: making, listing and revoking them. Who may do so is checked before.
struct KeyMethods: Sendable {
    let tenant: Tenant

    static let make = "cauldron.keys.make"
    static let list = "cauldron.keys.list"
    static let revoke = "cauldron.keys.revoke"

    static let descriptions = [
        MethodDescription(
            name: make, summary: "A new API key that is good for some things only. Its secret is shown this once.",
            parameters: [
                .required("scopes", "A list of objects with doctype (or *), rights and methods."),
                .optional("label", "What people call it."), .optional("expires", "When it ends to be valid."), .user,
            ], verbs: .changing),
        MethodDescription(
            name: list, summary: "The keys with scopes of a user, without their secrets.",
            parameters: [.user],
            verbs: .asking),
        MethodDescription(
            name: revoke, summary: "Ends the validity of a key.",
            parameters: [.required("key", "The key, not its secret."), .user], verbs: .changing),
    ]

    /// `actor` is who does it to the keys of `user`.
    func call(
        _ method: String, _ arguments: Arguments, _ user: String, by actor: String
    ) async throws -> Reply {
        switch method {
        case Self.make: return try await make(arguments, user, actor)
        case Self.list: return .message(.array(try await tenant.identity.scopedKeys(of: user).map(\.json)))
        default:
            let key = try arguments.required("key")
            guard try await tenant.identity.revokeKey(key, of: user, at: tenant.now(), by: actor) else {
                throw Problem(.notFound, "\(user) has no such key", field: "key")
            }
            return .message("ok")
        }
    }

    private func make(_ arguments: Arguments, _ user: String, _ actor: String) async throws -> Reply {
        guard let json = try arguments.json("scopes") else {
            throw Problem(.mandatory, "The argument scopes is missing", field: "scopes", fix: "Send scopes.")
        }
        let scopes = try Scope.list(json)
        for scope in scopes where scope.doctype != "*" { _ = try tenant.registry.doctype(scope.doctype) }
        let label = arguments.text("label") ?? ""
        guard Text.length(label) <= Limits.lineCharacters else {
            throw Problem(.tooLong, "label has more than \(Limits.lineCharacters) characters", field: "label")
        }
        var expires: Timestamp?
        if let text = arguments.text("expires") {
            guard let moment = Timestamp(text) else {
                throw Problem(.wrongType, "expires must be a moment as YYYY-MM-DD HH:MM:SS", field: "expires")
            }
            guard moment > tenant.now() else {
                throw Problem(
                    .outOfBounds, "A key that expires at \(moment) is good for nothing", field: "expires",
                    fix: "Send a later moment.")
            }
            expires = moment
        }
        do {
            let made = try await tenant.identity.makeKey(
                for: user, label: label, scopes: JSON.array(scopes.map(\.json)).text, expires: expires,
                at: tenant.now(),
                by: actor)
            return .message(["api_key": .string(made.key), "api_secret": .string(made.secret)])
        } catch IdentityError.tooManyKeys(let most) {
            throw Problem(
                .tooMany, "\(user) has \(most) keys, and may have no more", fix: "Revoke one that is not used.")
        }
    }
}

extension ScopedKey {
    /// The key as it is shown: without its secret.
    var json: JSON {
        [
            "key": .string(key), "label": .string(label), "scopes": (try? JSON.parse(scopes)) ?? .null,
            "created": .string(created.description), "expires": expires.map { .string($0.description) } ?? .null,
            "last_used": lastUsed.map { .string($0.description) } ?? .null,
        ]
    }
}
