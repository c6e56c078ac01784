import ArgumentParser
import Documents
import Tenancy

/// Where the company is.
struct DataOptions: ParsableArguments {
    @Option(name: .customLong("data"), help: ArgumentHelp("The directory that holds the company.", valueName: "dir"))
    var path = "./data"

    var directory: DataDirectory { DataDirectory(path: path) }
}

/// Whether a program reads what comes out.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, for programs.")
    var json = false

    var output: Output { Output(isJSON: json) }
}

/// On whose behalf documents are read or written.
struct ActorOptions: ParsableArguments {
    @Option(
        name: .customLong("user"),
        help: ArgumentHelp("Whose rights hold; everything may be done unless given.", valueName: "name"))
    var user = Actor.administrator.user

    /// The user as one who acts.
    func actor(of tenant: Tenant) async throws -> Actor {
        guard let actor = try await tenant.actor(named: user) else {
            throw Problem(.notFound, "There is no user \(user), or it is disabled", field: "user")
        }
        return actor
    }
}

/// A list of names with commas between them.
func names(_ text: String) -> [String] {
    text.split(separator: ",").map { part in
        var name = part
        while name.first == " " { name.removeFirst() }
        while name.last == " " { name.removeLast() }
        return String(name)
    }.filter { !$0.isEmpty }
}
