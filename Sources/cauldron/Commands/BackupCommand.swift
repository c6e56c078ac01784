import ArgumentParser
import Tenancy
import Values

/// Copies a company to one file.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a company to one file, also while it is served.",
        discussion: """
            The copy holds the company as it is at one moment, with its attached files, and is opened and checked before it gets its name. Of a \
            company in PostgreSQL the file is the same as of one in a directory, and can be restored as either.

            Example: cauldron backup monday.cauldron --data ./data
            """)

    @Argument(help: "The file to write.")
    var file: String

    @Flag(help: "Replace the file if it exists.")
    var force = false

    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let directory = try data.directory
        let summary = try await TenantBackup.write(
            of: directory.address, modules: allModules, data: directory.path, to: file, replacing: force)
        for hash in summary.missing { format.output.remark("An attached file is not there: \(hash)") }
        format.output.line(
            "\(file): \(summary.bytes) bytes, \(summary.changes) changes of documents and \(summary.files) files, checked"
        )
        format.output.json([
            "file": .string(file), "bytes": .int(Int64(summary.bytes)), "changes": .int(Int64(summary.changes)),
            "files": .int(Int64(summary.files)), "missing": .array(summary.missing.map(JSON.string)),
        ])
    }
}
