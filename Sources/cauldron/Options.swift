import ArgumentParser
import Documents
import Tenancy

/// Where the company is.
struct DataOptions: ParsableArguments {
    @Option(name: .customLong("data"), help: ArgumentHelp("The directory that holds the company.", valueName: "dir"))
    var path = "./data"

    @Option(
        help: ArgumentHelp(
            "A PostgreSQL database that holds the company, instead of a file in the directory.",
            discussion: "As postgres://user@host/name; its password is best left to PGPASSWORD or ~/.pgpass.",
            valueName: "url"))
    var database: String?

    @Option(
        help: ArgumentHelp(
            "One of the companies that `cauldron tenant create` made beside the one in the directory.",
            valueName: "name"))
    var tenant: String?

    /// - Throws: ``Problem/Kind/noSuchTenant`` where no company has the name; ``Problem/Kind/unavailable`` where its database
    ///   is not where this says.
    var directory: DataDirectory {
        get throws {
            guard let tenant else { return DataDirectory(path: path, database: database) }
            try register.requirePlace(of: register.record(tenant))
            return DataDirectory(tenant, of: register)
        }
    }

    /// The companies beside the one in the directory.
    var register: TenantRegister { TenantRegister(in: path, server: database) }

    func validate() throws {
        if let tenant, !TenantRecord.isName(tenant) { throw ValidationError("--tenant takes the name of a company.") }
        guard let database else { return }
        guard database.hasPrefix("postgres://") || database.hasPrefix("postgresql://") else {
            throw ValidationError("--database takes the address of a PostgreSQL database: postgres://user@host/name")
        }
    }
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
