import ArgumentParser
import Tenancy
import Values

/// Makes a company from a backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a company from a backup, in an empty directory.",
        discussion: """
            The file is checked first: its SHA-256, the audit chain, and each attached file. Then the company is put in \
            place whole, or nothing is. A directory that holds a company is refused; with --force \
            that company is kept beside the new one under another name. No server may use the directory.

            Example: cauldron restore monday.cauldron --data ./restored
            """)

    @Argument(help: "The file that cauldron backup wrote.")
    var file: String

    @Flag(help: "Move a company that is there aside.")
    var force = false

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let directory = try data.directory
        let lock = try directory.lock()
        defer { lock.release() }
        let restored: (summary: TenantBackup.Summary, aside: String?)
        do {
            restored = try await TenantBackup.restore(
                file, into: directory.address, modules: allModules, data: directory.path, movingAside: force,
                at: Tenant.systemClock())
        } catch {
            lock.undo()
            throw error
        }
        let (summary, aside) = restored
        if let aside { format.output.remark("The company that was there is kept as \(aside)") }
        format.output.line(
            "\(directory.address.shown): restored, \(summary.changes) changes of documents and \(summary.files) files"
        )
        var object: JSONObject = [
            "data": .string(directory.address.shown), "bytes": .int(Int64(summary.bytes)),
            "changes": .int(Int64(summary.changes)), "files": .int(Int64(summary.files)),
        ]
        object["moved_aside"] = aside.map(JSON.string)
        format.output.json(.object(object))
    }
}
