import ArgumentParser
import Documents
import Foundation
import Tenancy
import Values

/// Adds or changes documents from a CSV file, all or none.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add documents from a CSV file, all rows or none.",
        discussion: """
            The first line names the fields, by name or label; fields of a table as table.field. A row whose columns of \
            the document are empty is one more row of the tables of the document above it:

              customer,items.item_code,items.qty
              Alfreds,Chai,10
              ,Chang,5

            A document keeps the name of a column "name": a number of its series, which goes on behind it, or any where \
            documents may be renamed. Without one it is named as ever.

            When anything is wrong nothing is imported, and each bad row is told with its column, value and remedy, up \
            to 100. With --update an empty cell empties the field. "-" reads standard input. A server on the same company \
            goes on reading meanwhile, but its writes wait, and are refused after ten seconds.

            Example: cauldron import Customer customers.csv --data ./data
            Example: cauldron export Item --fields name,standard_rate > items.csv; cauldron import Item items.csv --update
            """)

    @Argument(help: "The DocType, such as \"Sales Order\".")
    var doctype: String

    @Argument(help: "The file; - for standard input.")
    var file: String

    @Flag(help: "Change documents that exist, by name, instead of adding new ones.")
    var update = false

    @Flag(help: "Submit each document.")
    var submit = false

    @Flag(help: "Take texts with an apostrophe before = + - or @ as they are, as those of export --raw.")
    var raw = false

    @Option(help: "What separates the fields of a line.")
    var separator = ","

    @OptionGroup var actor: ActorOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard separator.utf8.count == 1, separator != "\"" else {
            throw ValidationError("--separator must be one character, such as , or ;")
        }
    }

    func run() async throws {
        let path = file == "-" ? "/dev/stdin" : file
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Problem(.unavailable, "There is no file \(file) that can be read")
        }
        let start = ContinuousClock.now
        let report: ImportReport
        do {
            report = try await data.directory.with(limits: TenantFile.patient) { tenant in
                let actor = try await actor.actor(of: tenant)
                return try await tenant.write(as: actor) { [work, separator] session in
                    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                    defer { try? file.close() }
                    var reader = CSVReader(separator: separator.first ?? ",") {
                        Array(try file.read(upToCount: 1 << 16) ?? Data())
                    }
                    return try work.run(&reader, in: session)
                }
            }
        } catch let refused as ImportRefused {
            tell(refused)
            throw ExitCode.refused
        }
        tell(report, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    private var work: Import {
        var work = Import(doctype)
        work.isRaw = raw
        work.updates = update
        work.submits = submit
        return work
    }

    private func tell(_ report: ImportReport, seconds: Double) {
        let output = format.output
        if output.isJSON {
            var object = report.json.object ?? [:]
            object["doctype"] = .string(doctype)
            output.json(.object(object))
            return
        }
        if !report.ignored.isEmpty {
            output.remark("Left out, because the server sets them: \(report.ignored.joined(separator: ", "))")
        }
        let done = update ? "\(report.updated) changed" : "\(report.created) added"
        let submitted = report.submitted > 0 ? ", \(report.submitted) submitted" : ""
        output.line("\(doctype): \(done)\(submitted), from \(report.rows) rows in \(String(format: "%.1f", seconds)) s")
    }

    private func tell(_ refused: ImportRefused) {
        let output = format.output
        let count = "\(refused.problems.count)\(refused.isCutOff ? " or more" : "")"
        let source = file == "-" ? "standard input" : file
        let message = "Nothing was imported: \(count) problem\(refused.problems.count == 1 ? "" : "s") in \(source)"
        if output.isJSON {
            output.json([
                "created": 0, "updated": 0, "submitted": 0, "doctype": .string(doctype),
                "error": [
                    "code": "import_refused", "message": .string(message),
                    "fix": "Correct the rows and import the file again.",
                ],
                "problems": .array(refused.problems.map(\.json)), "cut_off": .bool(refused.isCutOff),
            ])
            return
        }
        output.remark(message)
        for problem in refused.problems { output.remark(problem.text) }
        if refused.isCutOff { output.remark("The rest of the file was not looked at.") }
    }
}
