import ArgumentParser
import Foundation

/// The command. What goes wrong in a subcommand is told here, in one way for all.
@main
struct Cauldron: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cauldron",
        abstract: "An enterprise operating system: orders, stock, books and people of a company in one server.",
        discussion: """
            A company is one directory, given with --data, or a PostgreSQL database, given with --database. Where a program reads what comes out, --json gives it JSON.

            Exit codes: 0 done, 1 refused or problems found, 3 the company cannot be opened, 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [
            DemoCommand.self, SetupCommand.self, ServeCommand.self, WorkerCommand.self, ImportCommand.self,
            ExportCommand.self,
            UserCommand.self,
            ExplainCommand.self,
            BackupCommand.self, RestoreCommand.self, TenantCommand.self, DoctorCommand.self, AuditCommand.self,
            BenchCommand.self,
            OpenAPICommand.self,
        ])

    static func main() async {
        // What a company is made of is its owner's alone, whatever made it: databases, logs, files, backups, exports.
        umask(0o077)
        // A file that may grow no further is an error like a full disk, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        var wantsJSON = false
        do {
            var command = try parseAsRoot()
            wantsJSON = CommandLine.arguments.contains("--json")
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: Output(isJSON: wantsJSON).exit(after: error))
        }
    }
}
