import ArgumentParser
import Documents
import Identity
import Tenancy
import Values

/// Shows and ends the sessions of a user.
struct UserSessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List and end the sessions of a user.",
        discussion: """
            A running server knows of it within seconds.

            Example: cauldron user sessions ana@example.com
            Example: cauldron user sessions ana@example.com --end 3f2a9c0d1e4b5a67
            """)

    @Argument(help: "The user.")
    var user: String

    @Option(help: ArgumentHelp("End this session instead.", valueName: "session"))
    var end: String?

    @Flag(help: "End all sessions instead.")
    var endAll = false

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard end == nil || !endAll else { throw ValidationError("--end and --end-all are different things.") }
    }

    func run() async throws {
        let (user, end, endAll) = (user, end, endAll)
        guard end != nil || endAll else { return try await list() }
        let ended = try await data.directory.with { tenant in
            try await UserLine.require(user, in: tenant)
            return try await tenant.identity.endSessions(
                of: user, id: end, at: tenant.now(), by: Actor.administrator.user)
        }
        if let end, ended == 0 { throw Problem(.notFound, "\(user) has no session \(end)", field: "end") }
        format.output.line("ended \(ended)")
        format.output.json(["ended": .int(Int64(ended))])
    }

    private func list() async throws {
        let user = user
        let sessions = try await data.directory.with { tenant in
            try await UserLine.require(user, in: tenant)
            return try await tenant.identity.sessions(of: user, at: tenant.now())
        }
        for session in sessions {
            format.output.line(
                "\(session.id)  since \(session.created), last used \(session.lastSeen)  \(session.origin.address)  \(session.origin.agent)"
            )
        }
        format.output.json(
            .array(
                sessions.map { session in
                    [
                        "id": .string(session.id), "created": .string("\(session.created)"),
                        "last_seen": .string("\(session.lastSeen)"), "expires": .string("\(session.expires)"),
                        "ip_address": .string(session.origin.address), "user_agent": .string(session.origin.agent),
                        "way": .string(session.way.rawValue),
                    ]
                }))
    }
}
