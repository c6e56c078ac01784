import ArgumentParser
import Documents
import Identity
import Tenancy
import Values

/// Shows and removes the second factor of a user.
struct UserSecondFactorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "second-factor",
        abstract: "Show whether a user has a second factor, and remove it for one who has lost it.",
        discussion: """
            Removing it ends the user's sessions. Users set it up themselves.

            Example: cauldron user second-factor ana@example.com --remove
            """)

    @Argument(help: "The user.")
    var user: String

    @Flag(help: "Remove it.")
    var remove = false

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let (user, remove) = (user, remove)
        let found = try await data.directory.with { tenant in
            try await UserLine.require(user, in: tenant)
            if remove {
                do {
                    try await tenant.identity.removeSecondFactor(
                        of: user, at: tenant.now(), by: Actor.administrator.user)
                } catch IdentityError.noSecondFactor {
                    throw Problem(.notFound, "\(user) has no second factor", field: "user")
                }
            }
            return try await tenant.identity.secondFactor(of: user)
        }
        let state = found.since.map { "since \($0), \(found.recoveryCodes) recovery codes left" }
        format.output.line(remove ? "removed" : state ?? (found.isNeeded ? "none, though one is needed" : "none"))
        format.output.json([
            "enabled": .bool(found.since != nil), "required": .bool(found.isNeeded),
            "recovery_codes": .int(Int64(found.recoveryCodes)),
        ])
    }
}
