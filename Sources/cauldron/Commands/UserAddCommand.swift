import ArgumentParser
import Documents
import Identity
import Tenancy
import Values

/// Adds a user.
struct UserAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a user.",
        discussion: """
            The user can sign in once it has a password: --password asks for it, or reads it from standard input.

            Example: cauldron user add ana@example.com --first-name Ana --roles "Sales User,Stock User" --password
            """)

    @Argument(help: "The e-mail address the user signs in with.")
    var email: String

    @Option(help: "The first name; what stands before the @ unless given.")
    var firstName: String?

    @Option(help: "The last name.")
    var lastName: String?

    @Option(help: ArgumentHelp("The roles, with commas between them.", valueName: "a,b"))
    var roles: String?

    @Flag(help: "Ask for the password, or read it from standard input.")
    var password = false

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let secret = password ? try Password.read(for: email) : nil
        var fields: JSONObject = [
            "email": .string(email), "first_name": .string(firstName ?? String(email.prefix { $0 != "@" })),
            "roles": .array(names(roles ?? "").map { ["role": .string($0)] }),
        ]
        fields["last_name"] = lastName.map(JSON.string)
        let sent = fields
        let user = try await data.directory.with { tenant in
            let hashed =
                if let secret { try await tenant.identity.hash(secret, of: email) } else { nil as HashedPassword? }
            return try await tenant.write(as: .administrator) { session in
                let document = try session.document("User", from: sent)
                try session.insert(document)
                if let hashed {
                    try tenant.identity.set(
                        hashed, of: document.name, at: session.now, by: Actor.administrator.user,
                        from: nil, in: session.transaction)
                }
                return UserLine(document)
            }
        }
        format.output.line("added \(user.text)")
        format.output.json(user.json)
    }
}
