import ArgumentParser
import Documents
import Identity
import Tenancy
import Values

/// Makes an API key and secret.
struct UserKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make an API key and secret for a user's programs.",
        discussion: """
            The secret is shown this once; the one before ends to be valid. Programs send it as \
            "Authorization: token <api_key>:<api_secret>".

            Example: cauldron user keys ana@example.com --json
            """)

    @Argument(help: "The user.")
    var user: String

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let keys = try await data.directory.with { tenant in
            try await UserLine.require(user, in: tenant)
            return try await tenant.identity.generateKeys(for: user, at: tenant.now())
        }
        format.output.line("api_key     \(keys.key)")
        format.output.line("api_secret  \(keys.secret)")
        format.output.json(["user": .string(user), "api_key": .string(keys.key), "api_secret": .string(keys.secret)])
    }
}
