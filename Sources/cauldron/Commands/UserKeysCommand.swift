import ArgumentParser
import Documents
import Identity
internal import Lists
import Tenancy
import Values

/// Makes an API key and secret.
struct UserKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and revoke the API keys of a user's programs.",
        discussion: """
            The secret is shown this once; the one before ends to be valid. Programs send it as \
            "Authorization: token <api_key>:<api_secret>".

            With --scopes the key is one among others and good for these things only: a JSON list of objects with \
            doctype (or "*"), rights and methods.

            Example: cauldron user keys ana@example.com --json
            Example: cauldron user keys ana@example.com --label shop --scopes '[{"doctype": "Item", "rights": ["read"]}]'
            Example: cauldron user keys ana@example.com --list
            """)

    @Argument(help: "The user.")
    var user: String

    @Option(help: "What the key is good for, as JSON.")
    var scopes: String?

    @Option(help: "What people call the key.")
    var label = ""

    @Option(help: ArgumentHelp("When the key ends to be valid.", valueName: "YYYY-MM-DD"))
    var expires: String?

    @Flag(help: "List the keys with scopes instead.")
    var list = false

    @Option(help: ArgumentHelp("End the validity of this key with scopes instead.", valueName: "key"))
    var revoke: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard [list, revoke != nil, scopes != nil].count(where: { $0 }) < 2 else {
            throw ValidationError("--list, --revoke and --scopes are different things: give one of them.")
        }
        guard scopes != nil || label.isEmpty && expires == nil else {
            throw ValidationError("--label and --expires are for a key with --scopes.")
        }
    }

    func run() async throws {
        if list { return try await listKeys() }
        if let revoke { return try await end(revoke) }
        let kept = try scopes.map { JSON.array(try Scope.list(text: $0).map(\.json)).text }
        let end = try expires.map { text in
            guard let moment = Timestamp(text) ?? Day(text).flatMap({ Timestamp("\($0) 00:00:00") }) else {
                throw Problem(.wrongType, "--expires is a day as YYYY-MM-DD, not \(text)", field: "expires")
            }
            return moment
        }
        let (user, label) = (user, label)
        let keys = try await data.directory.with { tenant in
            try await UserLine.require(user, in: tenant)
            guard let kept else {
                return try await tenant.identity.generateKeys(
                    for: user, at: tenant.now(), by: Actor.administrator.user)
            }
            return try await tenant.identity.makeKey(
                for: user, label: label, scopes: kept, expires: end, at: tenant.now(),
                by: Actor.administrator.user)
        }
        format.output.line("api_key     \(keys.key)")
        format.output.line("api_secret  \(keys.secret)")
        format.output.json(["user": .string(user), "api_key": .string(keys.key), "api_secret": .string(keys.secret)])
    }

    private func listKeys() async throws {
        let user = user
        let keys = try await data.directory.with { tenant in
            try await UserLine.require(user, in: tenant)
            return try await tenant.identity.scopedKeys(of: user)
        }
        for key in keys {
            let ends = key.expires.map { ", until \($0)" } ?? ""
            format.output.line("\(key.key)  \(key.label)  \(key.scopes)\(ends)")
        }
        format.output.json(
            .array(
                keys.map { key in
                    [
                        "api_key": .string(key.key), "label": .string(key.label), "scopes": .string(key.scopes),
                        "expires": key.expires.map { .string("\($0)") } ?? .null,
                        "last_used": key.lastUsed.map { .string("\($0)") } ?? .null,
                    ]
                }))
    }

    private func end(_ key: String) async throws {
        let user = user
        let isDone = try await data.directory.with {
            try await $0.identity.revokeKey(key, of: user, at: $0.now(), by: Actor.administrator.user)
        }
        guard isDone else { throw Problem(.notFound, "\(user) has no key \(key)", field: "revoke") }
        format.output.line("revoked \(key)")
        format.output.json(["revoked": .string(key)])
    }
}
