import ArgumentParser
import Documents
import Tenancy
import Values

/// Shows and changes a user's roles.
struct UserRolesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles",
        abstract: "Show a user's roles, and add or remove some.",
        discussion: #"Example: cauldron user roles ana@example.com --add "Accounts User" --remove "Stock User""#)

    @Argument(help: "The user.")
    var user: String

    @Option(help: ArgumentHelp("Roles to give, with commas between them.", valueName: "a,b"))
    var add: String?

    @Option(help: ArgumentHelp("Roles to take away, with commas between them.", valueName: "a,b"))
    var remove: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let (added, removed) = (names(add ?? ""), Set(names(remove ?? "")))
        let line = try await data.directory.with { [user] tenant in
            try await tenant.write(as: .administrator) { session in
                let document = try session.get("User", user)
                guard !added.isEmpty || !removed.isEmpty else { return UserLine(document) }
                let before = UserLine(document).roles
                for role in removed.subtracting(before).sorted() {
                    throw Problem(.notFound, "\(user) does not have the role \(role)", field: "roles")
                }
                let roles = before.filter { !removed.contains($0) } + added.filter { !before.contains($0) }
                try session.apply(["roles": .array(roles.map { ["role": .string($0)] })], to: document)
                try session.save(document)
                return UserLine(document)
            }
        }
        for role in line.roles { format.output.line(role) }
        format.output.json(line.json)
    }
}
