import ArgumentParser
import Documents
import Foundation
import Tenancy
import Values

/// Adds or changes documents from CSV files.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add documents from CSV files, in whichever form another system wrote them.",
        discussion: """
            The first line names the fields, by name or label; fields of a table as table.field. A row whose columns of \
            the document are empty is one more row of the tables of the document above it:

              customer,items.item_code,items.qty
              Alfreds,Chai,10
              ,Chang,5

            A document keeps the name of a column "name": a number of its series, which goes on behind it, or any where \
            documents may be renamed. Without one it is named as ever.

            Encoding, separator, decimals, the order of days and words for yes and no are found out of the whole file and \
            told; where they may be one or the other, nothing is imported until one is said. --dry-run tells what was \
            found and what is wrong, and writes nothing. Columns that are called otherwise are named by --map \
            "Kunde=customer_name", or by --columns with a JSON file of such pairs; others are left out only when \
            --leave-out says so.

            When anything is wrong nothing is imported, and each bad row is told with its column, value and remedy, up \
            to 100. Up to \(Import.rowsTogether) rows are one transaction. A longer file is checked first and then \
            written in parts, with other writers in between; when a row is refused on the way, or the process is stopped, \
            importing the file again goes on behind the rows that are in. --together writes it in one transaction all the \
            same, and other writers wait.

            Instead of a DocType and a file a directory may be given, of files that are called like their DocTypes, such as \
            Customer.csv: they are imported in the order that their links demand.

            With --update an empty cell empties the field. "-" reads standard input.

            Example: cauldron import Customer customers.csv --data ./data
            Example: cauldron import Customer kunden.csv --map "Kunde=customer_name" --dates DMY --dry-run
            Example: cauldron export Item --fields name,standard_rate > items.csv; cauldron import Item items.csv --update
            """)

    @Argument(help: "The DocType, such as \"Sales Order\"; or a directory of files.")
    var doctype: String

    @Argument(help: "The file; - for standard input.")
    var file: String?

    @Flag(help: "Change documents that exist, by name, instead of adding new ones.")
    var update = false

    @Flag(help: "Submit each document.")
    var submit = false

    @Flag(help: "Take texts with an apostrophe before = + - or @ as they are, as those of export --raw.")
    var raw = false

    @Flag(help: "Tell what was found and what is wrong, and write nothing.")
    var dryRun = false

    @Flag(help: "Write all rows in one transaction, however many.")
    var together = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var actor: ActorOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        if dryRun, together { throw ValidationError("--dry-run writes nothing, together or not") }
    }

    func run() async throws {
        let files = try sources()
        let start = ContinuousClock.now
        var reports: [(Import, ImportReport)] = []
        do {
            try await data.directory.with(limits: TenantFile.patient) { tenant in
                let actor = try await actor.actor(of: tenant)
                let mode: Tenant.ImportMode = dryRun ? .dryRun : together ? .together : .bySize
                if file != nil {
                    let report = try await tenant.import(files[0].work, files[0].file, as: actor, mode)
                    reports.append((files[0].work, report))
                    return
                }
                let known = try files.map { work, file in
                    var work = work
                    work.doctype = try Self.doctype(called: work.doctype, in: tenant.registry)
                    return (work: work, file: file)
                }
                try await tenant.importAll(known, as: actor, mode) { reports.append(($0, $1)) }
            }
        } catch let refused as ImportRefused {
            tell(refused, after: reports)
            throw ExitCode.refused
        }
        tell(reports, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    // MARK: Files

    /// What is to be imported: one file, or those of a directory.
    private func sources() throws -> [(work: Import, file: ImportFile)] {
        var work = Import(doctype)
        work.isRaw = raw
        work.updates = update
        work.submits = submit
        work.reading = try reading.reading()
        if let file { return [(work, try Self.source(file))] }
        guard FileManager.default.fileExists(atPath: doctype) else {
            throw ValidationError("Give a DocType and a file, or a directory of files")
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: doctype)
        } catch {
            throw Problem(
                .unavailable, "The directory \(doctype) cannot be read", fix: "Check that it is one, and its owner.")
        }
        let tables = names.filter { $0.lowercased().hasSuffix(".csv") }.sorted()
        guard !tables.isEmpty else { throw Problem(.unavailable, "There is no file in \(doctype) that ends in .csv") }
        return try tables.map { name in
            var one = work
            one.doctype = String(name.dropLast(4))
            return (one, try Self.source(doctype + "/" + name))
        }
    }

    /// The DocType that a file is called like, without regard to case and to what stands between its words.
    private static func doctype(called name: String, in registry: Registry) throws -> String {
        func plain(_ text: String) -> String { LetterFolding.folded(text).filter { !" _-".contains($0) } }
        guard let type = registry.doctypes.first(where: { plain($0.name) == plain(name) }) else {
            throw Problem(
                .notFound, "No DocType is called like the file \(name).csv", fix: "Call the file like its DocType.")
        }
        return type.name
    }

    /// A file, which is read more than once; what comes from standard input is kept meanwhile.
    private static func source(_ file: String) throws -> ImportFile {
        if file == "-" { return ImportFile(Array(FileHandle.standardInput.readDataToEndOfFile())) }
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw Problem(.unavailable, "There is no file \(file) that can be read")
        }
        return ImportFile {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            return { Array(try handle.read(upToCount: 1 << 16) ?? Data()) }
        }
    }

    // MARK: What is told

    private func tell(_ reports: [(Import, ImportReport)], seconds: Double) {
        let output = format.output
        let objects = reports.map { work, report -> JSON in
            var object = report.json.object ?? [:]
            object["doctype"] = .string(work.doctype)
            if dryRun { object["dry_run"] = true }
            return .object(object)
        }
        if output.isJSON { return output.json(file == nil ? ["imports": .array(objects)] : objects.first ?? .null) }
        for (work, report) in reports {
            for line in report.findings.lines { output.remark(line) }
            if !report.ignored.isEmpty {
                output.remark("Left out, because the server sets them: \(report.ignored.joined(separator: ", "))")
            }
            if report.rowsBefore > 0 { output.remark("The first \(report.rowsBefore) rows were in already.") }
            if dryRun {
                let tried =
                    report.isTried
                    ? "nothing is wrong" : "nothing was found wrong; the rules of the DocType were not tried"
                output.line("\(work.doctype): \(report.rows) rows, \(tried); nothing was imported")
                continue
            }
            let done = work.updates ? "\(report.updated) changed" : "\(report.created) added"
            let submitted = report.submitted > 0 ? ", \(report.submitted) submitted" : ""
            output.line(
                "\(work.doctype): \(done)\(submitted), from \(report.rows) rows in \(String(format: "%.1f", seconds)) s"
            )
        }
    }

    private func tell(_ refused: ImportRefused, after reports: [(Import, ImportReport)]) {
        let output = format.output
        let count = "\(refused.problems.count)\(refused.isCutOff ? " or more" : "")"
        let doctype = refused.doctype ?? doctype
        let source = refused.doctype ?? (file == "-" ? "standard input" : file ?? "")
        let rows = refused.before.map { max($0.rows, $0.rowsBefore) } ?? 0
        let what = rows > 0 ? "Only the first \(rows) rows were imported" : "Nothing was imported"
        let message = "\(what): \(count) problem\(refused.problems.count == 1 ? "" : "s") in \(source)"
        let fix =
            rows > 0
            ? "Correct the rows behind them and import the file again: it goes on there."
            : "Correct the rows and import the file again."
        if output.isJSON {
            output.json([
                "created": .int(Int64(refused.before?.created ?? 0)),
                "updated": .int(Int64(refused.before?.updated ?? 0)),
                "submitted": .int(Int64(refused.before?.submitted ?? 0)), "doctype": .string(doctype),
                "error": ["code": "import_refused", "message": .string(message), "fix": .string(fix)],
                "problems": .array(refused.problems.map(\.json)), "cut_off": .bool(refused.isCutOff),
                "rows_before": .int(Int64(rows)),
                "imported": .array(reports.map { .string($0.0.doctype) }),
            ])
            return
        }
        for (work, report) in reports { output.remark("\(work.doctype): \(report.rows) rows were imported.") }
        output.remark(message)
        for problem in refused.problems { output.remark(problem.text) }
        if refused.isCutOff { output.remark("The rest of the file was not looked at.") }
        if rows > 0 { output.remark(fix) }
    }
}

/// What is said of how files are written.
struct ReadingOptions: ParsableArguments {
    @Option(help: "The encoding: utf-8, utf-16 or windows-1252; found out unless given.")
    var encoding: String?

    @Option(help: "What separates the fields of a line; found out unless given.")
    var separator: String?

    @Option(help: "The sign before decimals: . or ,")
    var decimal: String?

    @Option(help: "The order of days: YMD, DMY, MDY, serial or serial-1904.")
    var dates: String?

    @Option(
        name: .customLong("map"), parsing: .singleValue,
        help: ArgumentHelp("A column and the field it holds.", valueName: "column=field"))
    var maps: [String] = []

    @Option(
        name: .customLong("columns"),
        help: ArgumentHelp("A JSON file of columns and the fields they hold; null leaves one out.", valueName: "file"))
    var columns: String?

    @Option(
        name: .customLong("leave-out"), parsing: .singleValue,
        help: ArgumentHelp("A column that is left out.", valueName: "column"))
    var leftOut: [String] = []

    func validate() throws { _ = try reading(from: nil) }

    /// All of it, with what the file of columns says.
    func reading() throws -> Import.Reading {
        guard let columns else { return try reading(from: nil) }
        guard let data = FileManager.default.contents(atPath: columns) else {
            throw Problem(.unavailable, "There is no file \(columns) that can be read")
        }
        do {
            return try reading(from: JSON.parse(String(decoding: data, as: UTF8.self)))
        } catch let error as JSONError {
            throw Problem(.malformed, "\(columns) is not JSON: \(error.reason)", field: "columns")
        }
    }

    private func reading(from json: JSON?) throws -> Import.Reading {
        var reading = Import.Reading()
        if let encoding {
            guard let known = TextEncoding(name: encoding) else {
                throw ValidationError("--encoding is utf-8, utf-16, utf-16be or windows-1252")
            }
            reading.encoding = known
        }
        if let separator {
            let sign = separator == "\\t" || separator == "tab" ? "\t" : separator
            guard sign.utf8.count == 1, let sign = sign.first, sign != "\"" else {
                throw ValidationError("--separator must be one character, such as , or ;")
            }
            reading.separator = sign
        }
        if let decimal {
            guard let style = NumberStyle(rawValue: decimal) else { throw ValidationError("--decimal is . or ,") }
            reading.decimal = style
        }
        if let dates {
            guard let order = DateOrder.allCases.first(where: { $0.rawValue.lowercased() == dates.lowercased() }) else {
                throw ValidationError("--dates is YMD, DMY, MDY, serial or serial-1904")
            }
            reading.dates = order
        }
        for (column, field) in json?.object?.members ?? [] {
            if let field = field.string { reading.columns[column] = field } else { reading.leftOut.insert(column) }
        }
        for pair in maps {
            guard let sign = pair.lastIndex(of: "="), sign != pair.startIndex else {
                throw ValidationError("--map takes column=field, such as \"Kunde=customer_name\"")
            }
            reading.columns[String(pair[..<sign])] = String(pair[pair.index(after: sign)...])
        }
        reading.leftOut.formUnion(leftOut)
        return reading
    }
}
