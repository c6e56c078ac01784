import ArgumentParser

/// What is done to a company as a whole.
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Copy a company from one database to another.",
        subcommands: [TenantMoveCommand.self])
}
