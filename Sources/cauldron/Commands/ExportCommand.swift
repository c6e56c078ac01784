import ArgumentParser
import Documents
import Foundation
import Synchronization
import Tenancy
import Values

/// Writes documents as a CSV file that `import` reads back.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write documents as CSV that import reads back.",
        discussion: """
            Without --fields the file has the name and all fields a client may set, with the rows of tables as \
            table.field. Without --output it goes to standard output.

            A spreadsheet runs what begins with = + - or @: such texts get an apostrophe in front, which import takes away.
            With --raw they are as they are; give --raw to import, too.

            Example: cauldron export "Sales Order" --filters '{"customer": "Alfreds"}' --output orders.csv
            Example: cauldron export Item --fields name,item_name,uoms.uom,uoms.conversion_factor
            """)

    @Argument(help: "The DocType, such as \"Sales Order\".")
    var doctype: String

    @Option(help: ArgumentHelp("The fields, with commas between them.", valueName: "a,b"))
    var fields: String?

    @Option(help: ArgumentHelp("Which documents, as the list API takes it.", valueName: "json"))
    var filters: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String?

    @Flag(help: "Leave texts that a spreadsheet would take for formulas as they are.")
    var raw = false

    @OptionGroup var actor: ActorOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        if format.json, output == nil {
            throw ValidationError("--json needs --output: without it the CSV is what is printed.")
        }
    }

    func run() async throws {
        let work = try work
        let target = try Target(output)
        let count: Export.Count
        do {
            count = try await data.directory.with(limits: TenantFile.patient) { tenant in
                let actor = try await actor.actor(of: tenant)
                return try await tenant.read(as: actor) { session in
                    try target.begin()
                    return try work.run(in: session) { try target.file.write(contentsOf: $0) }
                }
            }
            try target.finish()
        } catch {
            target.abandon()
            throw error
        }
        guard let output else { return }
        format.output.line("\(doctype): \(count.documents) documents in \(count.rows) rows to \(output)")
        format.output.json([
            "doctype": .string(doctype), "documents": .int(Int64(count.documents)), "rows": .int(Int64(count.rows)),
            "file": .string(output),
        ])
    }

    private var work: Export {
        get throws {
            var work = Export(doctype)
            work.isRaw = raw
            work.fields = fields.map(names)
            if let filters {
                do {
                    work.filters = try JSON.parse(filters)
                } catch {
                    throw Problem(
                        .malformed, "--filters is not JSON: \(error.reason) at character \(error.offset)",
                        field: "filters",
                        fix: #"Write it as '{"field": "value"}'."#)
                }
            }
            return work
        }
    }

    /// Where the file goes: standard output, or a file that gets its name when it is whole.
    private final class Target: Sendable {
        let file: FileHandle
        private let path: String?
        private let hasBegun = Atomic(false)

        init(_ path: String?) throws {
            self.path = path
            guard let path else {
                file = .standardOutput
                return
            }
            guard
                FileManager.default.createFile(
                    atPath: path + ".partial", contents: nil, attributes: [.posixPermissions: 0o600]),
                let file = FileHandle(forWritingAtPath: path + ".partial")
            else { throw TenantFile.trouble(of: path) }
            self.file = file
        }

        /// Begins the file, anew where the reading began anew because the connection to the database was lost.
        func begin() throws {
            let isAgain = hasBegun.exchange(true, ordering: .relaxed)
            guard isAgain else { return }
            guard path != nil else {
                throw Problem(
                    .unavailable, "The connection to the database was lost in the middle of the export",
                    fix: "Write to a file by --output, and try again.")
            }
            try file.truncate(atOffset: 0)
        }

        func finish() throws {
            guard let path else { return }
            try file.close()
            guard unsafe rename(path + ".partial", path) == 0 else {
                throw Problem(.unavailable, "The file \(path) cannot be written")
            }
        }

        func abandon() {
            if let path { try? FileManager.default.removeItem(atPath: path + ".partial") }
        }
    }
}
