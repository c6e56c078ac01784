import ArgumentParser

/// What is done to companies as a whole.
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Make, suspend and remove companies of one server, and move them.",
        discussion: """
            The server of a directory serves the company in it and those that are made here, each with its own database, \
            files, users and keys. A request means the one whose host name it is sent to, or whose name stands in the header \
            X-Frappe-Site-Name or behind /t/ in the path; otherwise the one of the directory. All of it works while the server runs.

            Example: cauldron tenant create acme --host acme.example
            Example: cauldron user password Administrator --tenant acme
            """,
        subcommands: [
            TenantCreateCommand.self, TenantListCommand.self, TenantHostsCommand.self, TenantSuspendCommand.self,
            TenantResumeCommand.self, TenantDeleteCommand.self, OperatorKeyCommand.self, TenantMoveCommand.self,
        ])
}
