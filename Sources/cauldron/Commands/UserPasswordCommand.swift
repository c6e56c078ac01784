import ArgumentParser
import Documents
import Identity
import Tenancy
import Values

/// Sets a user's password.
struct UserPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Set a user's password.",
        discussion: """
            Asks for it, or reads it from standard input; it is never given as an argument, which others could see. The \
            user's sessions end.

            Example: cauldron user password Administrator
            """)

    @Argument(help: "The user.")
    var user: String

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        try await data.directory.with { tenant in
            try await UserLine.require(user, in: tenant)
            let password = try Password.read(for: user)
            try await tenant.identity.setPassword(
                password, of: user, at: tenant.now(), by: Actor.administrator.user)
        }
        format.output.line("the password of \(user) is set")
        format.output.json(["user": .string(user)])
    }
}
