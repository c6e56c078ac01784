import ArgumentParser
import Documents
internal import Lists
import Tenancy
import Values

/// Lists the users.
struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the users.", discussion: "Example: cauldron user list --json")

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let users = try await data.directory.with { tenant in
            try await tenant.read(as: .administrator) { session in
                var names: [String] = []
                while true {
                    let query = ListQuery("User", orderBy: "name asc", start: names.count, limit: Limits.listRows)
                    let page = try session.list(query).rows.compactMap { $0[0].text }
                    names += page
                    if page.count < Limits.listRows { break }
                }
                return try session.getMany("User", names).map(UserLine.init)
            }
        }
        for user in users { format.output.line(user.text) }
        format.output.json(.array(users.map(\.json)))
    }
}
