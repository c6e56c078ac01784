import ArgumentParser
import Documents
import Foundation
import Tenancy
import Values

/// Makes a company beside the one of a directory.
struct TenantCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a company.",
        discussion: "Example: cauldron tenant create acme --host acme.example --title 'Acme Ltd'")

    @Argument(help: "The name: small letters, digits and hyphens.")
    var name: String

    @Option(name: .customLong("host"), help: "A host name that leads to it; may be given several times.")
    var hosts: [String] = []

    @Option(help: "What people are shown; the name unless given.")
    var title: String?

    @Flag(help: "Ask for the password of its Administrator, or read it from standard input.")
    var password = false

    @Option(help: ArgumentHelp("Make it of a file that `cauldron backup` wrote.", valueName: "file"))
    var backup: String?

    @OptionGroup var place: RegisterOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        var plan = TenantRegister.Plan(name: name)
        plan.backup = backup
        plan.hosts = hosts
        plan.title = title
        if password { plan.password = try Password.read(for: Actor.administrator.user) }
        let record = try await place.register.create(plan, modules: allModules)
        format.output.line("the company \(name) is made, in \(place.register.directory(of: name))")
        if !password, backup == nil {
            format.output.remark(
                "Nobody can sign in yet: cauldron user password Administrator --tenant \(name) --data \(place.path)")
        }
        format.output.json(record.json)
    }
}

/// Lists the companies beside the one of a directory.
struct TenantListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the companies.", discussion: "Example: cauldron tenant list --json")

    @OptionGroup var place: RegisterOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let entries = try place.register.entries()
        for entry in entries {
            switch entry {
            case .record(let record): format.output.line(record.line)
            case .unreadable(let name, let problem):
                format.output.line("\(name)  unreadable: \(problem.message). \(problem.fix ?? "")")
            }
        }
        format.output.json(.array(entries.map(\.json)))
    }
}

/// Gives a company other host names.
struct TenantHostsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hosts", abstract: "Set the host names that lead to a company.",
        discussion:
            "Those it had before lead to it no more. Example: cauldron tenant hosts acme acme.example www.acme.example")

    @Argument(help: "The company.")
    var name: String

    @Argument(help: "The host names; none at all when none are given.")
    var hosts: [String] = []

    @OptionGroup var place: RegisterOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let record = try place.register.setHosts(hosts, of: name)
        format.output.line(record.line)
        format.output.json(record.json)
    }
}

/// Lets nobody use a company.
struct TenantSuspendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Let nobody use a company; nothing of it is lost.",
        discussion: "A server that has it open ends it within some seconds. Example: cauldron tenant suspend acme")

    @Argument(help: "The company.")
    var name: String

    @OptionGroup var place: RegisterOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let record = try place.register.suspend(name)
        format.output.line(record.line)
        format.output.json(record.json)
    }
}

/// Lets the users of a company in again.
struct TenantResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let its users use a company again.",
        discussion: "Example: cauldron tenant resume acme")

    @Argument(help: "The company.")
    var name: String

    @OptionGroup var place: RegisterOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let record = try place.register.suspend(name, false)
        format.output.line(record.line)
        format.output.json(record.json)
    }
}

/// Removes a company.
struct TenantDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a company with all it has.",
        discussion: """
            Its database, files, users and keys go. A backup is written before, to the folder deleted of --data unless \
            --backup names a file; `cauldron tenant create --backup` makes a company of it again.

            Example: cauldron tenant delete acme --yes
            """)

    @Argument(help: "The company.")
    var name: String

    @Option(help: ArgumentHelp("The file for the backup.", valueName: "file"))
    var backup: String?

    @Flag(help: "Keep no backup.")
    var noBackup = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var place: RegisterOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard backup == nil || !noBackup else {
            throw ValidationError("--backup and --no-backup contradict each other.")
        }
    }

    func run() async throws {
        let record = try place.register.record(name)
        if !yes {
            guard isatty(STDIN_FILENO) == 1 else {
                throw Problem(.notConfirmed, "\(name) is not removed: nobody confirmed it", fix: "Add --yes.")
            }
            Output.write("Type \(name) to remove \(record.title) with all it has: ", to: .standardError)
            guard readLine() == name else { throw Problem(.notConfirmed, "\(name) is not removed") }
        }
        let file = noBackup ? nil : backup ?? place.register.defaultBackup(of: name, at: Tenant.systemClock())
        let kept = try await place.register.delete(name, backup: file, modules: allModules)
        format.output.line("the company \(name) is removed" + (kept.map { ", its backup is \($0)" } ?? ""))
        format.output.json(["name": .string(name), "backup": kept.map(JSON.string) ?? .null])
    }
}

/// Makes the key of who runs the server.
struct OperatorKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator-key", abstract: "Make a key that makes and removes companies over HTTP.",
        discussion: """
            Programs send it in the header X-Cauldron-Operator-Key to cauldron.tenants.create and its sisters. It is shown once; \
            the one before is good no more. Without one nobody can call them.

            Example: cauldron tenant operator-key --data ./data
            """)

    @OptionGroup var place: RegisterOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let key = try OperatorKey(in: place.path).make()
        format.output.line(key)
        format.output.json(["operator_key": .string(key)])
    }
}

/// Where the companies of a server are.
struct RegisterOptions: ParsableArguments {
    @Option(name: .customLong("data"), help: ArgumentHelp("The directory of the server.", valueName: "dir"))
    var path = "./data"

    @Option(
        help: ArgumentHelp(
            "The PostgreSQL database of the server, where it has one: the companies get schemas in it.",
            valueName: "url"))
    var database: String?

    var register: TenantRegister { TenantRegister(in: path, server: database) }

    func validate() throws {
        guard let database else { return }
        guard case .postgres = try? TenantAddress(database) else {
            throw ValidationError("--database takes the address of a PostgreSQL database: postgres://user@host/name")
        }
    }
}

extension TenantRecord {
    /// The line people read.
    fileprivate var line: String {
        let names = hosts.isEmpty ? "" : "  " + hosts.joined(separator: " ")
        return "\(name)  \(state.rawValue)  \(title)\(names)"
    }
}

extension Problem.Kind {
    /// Somebody has to confirm what cannot be undone.
    static let notConfirmed = Self("not_confirmed")
}
