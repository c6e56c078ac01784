import ArgumentParser
import Documents
import Tenancy
import Values

/// Locks a user out.
struct UserDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Lock a user out: its sessions end, its keys are void.",
        discussion: "Example: cauldron user disable ana@example.com")

    @Argument(help: "The user.")
    var user: String

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let line = try await data.directory.with { try await UserLine.set(user, enabled: false, in: $0) }
        format.output.line("disabled \(line.text)")
        format.output.json(line.json)
    }
}

/// Lets a user in again.
struct UserEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let a user sign in again.",
        discussion: "Example: cauldron user enable ana@example.com")

    @Argument(help: "The user.")
    var user: String

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let line = try await data.directory.with { try await UserLine.set(user, enabled: true, in: $0) }
        format.output.line("enabled \(line.text)")
        format.output.json(line.json)
    }
}
