import ArgumentParser
import Foundation
import Tenancy
import Values

/// Copies a company to another address, and proves both equal.
struct TenantMoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Copy a company from a directory to PostgreSQL, or back, and prove both equal.",
        discussion: """
            All rows are copied in one transaction and read back: each table must have the same count and SHA-256 on both \
            sides, or nothing is kept. The attached files are copied, too. A target that holds a company is refused. The \
            source stays as it was, until you remove it; stop its server first, since what is written meanwhile is not copied.

            Example: cauldron tenant move --from ./data --to postgres://cauldron@localhost/acme
            """)

    @Option(help: ArgumentHelp("A directory or postgres://…", valueName: "address"))
    var from: String

    @Option(help: ArgumentHelp("A directory or postgres://…", valueName: "address"))
    var to: String

    @Option(
        name: .customLong("data"),
        help: ArgumentHelp("The directory for the files of a company in PostgreSQL.", valueName: "dir"))
    var path = "./data"

    @OptionGroup var format: OutputOptions

    func run() async throws {
        let (source, target) = (try TenantAddress(from), try TenantAddress(to))
        // Nobody may serve either of the two meanwhile.
        var directories = [source, target].map { address in
            if case .directory(let own) = address { DataDirectory(path: own) } else { DataDirectory(path: path) }
        }
        if case .directory(let path) = source, !DataDirectory(path: path).holdsCompany {
            throw TenantFile.missing(path)
        }
        // One directory may be written in two ways, and is locked once.
        let places = directories.map { URL(fileURLWithPath: $0.path).standardizedFileURL.path }
        if places[0] == places[1] { directories.removeLast() }
        let locks = try directories.map { try $0.lock() }
        defer { for lock in locks { lock.release() } }
        let summary = try await TenantMove(from: source, to: target, data: path).run(modules: allModules)
        let output = format.output
        for table in summary.tables where table.rows > 0 {
            output.line("\(table.digest.prefix(16))  \(table.rows)  \(table.table)")
        }
        output.line(
            "\(target.shown): \(summary.rows) rows of \(summary.tables.count) tables and \(summary.files) files, equal to \(source.shown)"
        )
        output.json([
            "from": .string(source.shown), "to": .string(target.shown), "equal": true,
            "tables": .array(summary.tables.map(\.json)), "rows": .int(Int64(summary.rows)),
            "files": .int(Int64(summary.files)), "digest": .string(summary.digest),
        ])
    }
}
