import ArgumentParser

/// The people and programs that may sign in.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Add users, set their passwords, roles and keys, and end their sessions.",
        discussion: """
            Example: cauldron user add ana@example.com --first-name Ana --roles "Sales User,Stock User"
            Example: cauldron user password ana@example.com
            """,
        subcommands: [
            UserAddCommand.self, UserPasswordCommand.self, UserRolesCommand.self, UserKeysCommand.self,
            UserSessionsCommand.self, UserSecondFactorCommand.self, UserDisableCommand.self, UserEnableCommand.self,
            UserListCommand.self,
        ])
}
