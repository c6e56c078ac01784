internal import Documents
internal import Forms
internal import HTTPTypes
internal import Lists
internal import Reports
internal import Tenancy
internal import Values

/// Methods whose answer is a file: lists, reports and documents as comma-separated values or JSON lines. It is sent while the
/// database is read for it, so that it may be of any size.
struct DownloadMethods: Sendable {
    let tenant: Tenant

    private static let export = "cauldron.export"
    private static let list = "frappe.desk.reportview.export_query"
    private static let report = "frappe.desk.query_report.export_query"
    private static let template = "frappe.core.doctype.data_import.data_import.download_template"

    private static let format = Method.Parameter.optional("file_format_type", "CSV.")
    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let filters = Method.Parameter.optional("filters", "Conditions that all hold.")

    static let descriptions = [
        MethodDescription(
            name: export, summary: "Documents with their rows as a file that an import reads back.",
            parameters: [
                doctype, .optional("format", "jsonl, a document in each line, or csv."),
                .optional("fields", "A list of fields, for csv; all that clients set unless given."), filters,
                .optional("raw", "1 leaves texts that a spreadsheet would run as they are, for csv."),
            ], verbs: .asking, answer: .file("application/jsonl", "text/csv")),
        MethodDescription(
            name: list, summary: "A list as a file.",
            parameters: [
                doctype, .optional("fields", "What each row holds."), filters,
                .optional("or_filters", "Conditions of which one holds."),
                .optional("order_by", "Fields with asc or desc."),
                .optional("group_by", "Fields that rows are grouped by."),
                .optional("start", "Rows to leave out."), .optional("page_length", "The most rows; all unless given."),
                .optional("selected_items", "A list of names: only those."),
                .optional("title", "What the file is called."),
                format,
            ], verbs: .asking, answer: .file("text/csv")),
        MethodDescription(
            name: report, summary: "A report as a file.",
            parameters: [
                .required("report_name", "The report."), .optional("filters", "What the report asks, as an object."),
                format,
            ], verbs: .asking, answer: .file("text/csv")),
        MethodDescription(
            name: template, summary: "A file to fill in, with the columns that an import reads.",
            parameters: [
                doctype,
                .optional(
                    "export_fields",
                    "The fields of each DocType: an object of lists; all that clients set unless given."),
                .optional("export_records", "blank_template, 5_records, all or by_filter."),
                .optional("export_filters", "Conditions that all hold, for by_filter."),
                .optional("file_type", "CSV."),
            ], verbs: .asking, answer: .file("text/csv")),
    ]

    /// Calls the method of a name; rights to call it at all are checked before.
    func call(_ method: String, _ request: Incoming, by actor: Actor) async throws -> Reply {
        let arguments = request.arguments
        switch method {
        case Self.export: return try await export(arguments, request, actor)
        case Self.list: return try await list(arguments, request, actor)
        case Self.report: return try await report(arguments, request, actor)
        default: return try await template(arguments, request, actor)
        }
    }

    // MARK: Documents

    private func export(_ arguments: Arguments, _ request: Incoming, _ actor: Actor) async throws -> Reply {
        var export = Export(try arguments.required("doctype"))
        export.filters = try arguments.json("filters")
        export.isRaw = arguments.flag("raw") ?? false
        if arguments["fields"] != nil {
            export.fields = try ListArguments.fields(arguments["fields"]).compactMap(\.string)
        }
        let format = arguments.text("format")?.lowercased() ?? "jsonl"
        guard ["jsonl", "csv"].contains(format) else {
            throw Problem(
                .notAnOption, "There is no export as \(format.prefix(40))", field: "format", fix: "Use jsonl or csv.")
        }
        return try await file(named: "\(export.doctype).\(format)", request, actor) { [export] session, put in
            _ = try format == "csv" ? export.run(in: session, write: put) : export.runLines(in: session, write: put)
        }
    }

    private func template(_ arguments: Arguments, _ request: Incoming, _ actor: Actor) async throws -> Reply {
        try Self.requireCSV(arguments, "file_type")
        let doctype = try arguments.required("doctype")
        var export = Export(doctype)
        switch arguments.text("export_records") ?? "blank_template" {
        case "blank_template": export.limit = 0
        case "5_records": export.limit = 5
        case "all": break
        case "by_filter": export.filters = try arguments.json("export_filters")
        case let other:
            throw Problem(
                .notAnOption, "There is no template of \(other.prefix(40))", field: "export_records",
                fix: "Use blank_template, 5_records, all or by_filter.")
        }
        if case .object(let fields)? = try arguments.json("export_fields") {
            let type = try tenant.registry.doctype(doctype)
            export.fields = fields.members.flatMap { key, value -> [String] in
                let names = (value.array ?? []).compactMap(\.string)
                // The peer calls the rows of a table by its field.
                let table = type.tables.map(\.field).first { $0.name == key || $0.options == key && key != doctype }
                return table.map { table in names.map { "\(table.name).\($0)" } } ?? names
            }
        }
        return try await file(named: "\(doctype).csv", request, actor) { [export] session, put in
            _ = try export.run(in: session, write: put)
        }
    }

    // MARK: Lists and reports

    private func list(_ arguments: Arguments, _ request: Incoming, _ actor: Actor) async throws -> Reply {
        try Self.requireCSV(arguments, "file_format_type")
        let doctype = try arguments.required("doctype")
        var query = try ListArguments(doctype, arguments).query
        if try ListArguments.limit(arguments) == nil { query.limit = 0 }
        if arguments["selected_items"] != nil {
            query.filters = [["name", "in", .array(try arguments.names("selected_items").map(JSON.string))]]
        }
        let name = arguments.text("title") ?? doctype
        return try await file(named: "\(name).csv", request, actor) { [query] session, put in
            let type = try session.registry.doctype(query.doctype)
            try session.require(.export, type)
            var writer = CSVWriter()
            var isFirst = true
            try session.listParts(query) { part in
                if isFirst {
                    writer.append(part.columns.map { CSVWriter.text(.text(type.field($0.name)?.label ?? $0.name)) })
                }
                isFirst = false
                for row in part.rows { writer.append(row.map { CSVWriter.text($0) }) }
                try put(writer.take())
            }
        }
    }

    private func report(_ arguments: Arguments, _ request: Incoming, _ actor: Actor) async throws -> Reply {
        try Self.requireCSV(arguments, "file_format_type")
        let report = try tenant.reports.find(arguments)
        let filters = try DeskMethods.filters(arguments)
        return try await file(named: "\(report.name).csv", request, actor) { session, put in
            try session.require(.export, session.registry.doctype(report.doctype))
            let run = try report.run(filters, in: session)
            var writer = CSVWriter()
            writer.append(run.columns.map { CSVWriter.text(.text($0.label)) })
            _ = try run.page(from: 0, limit: .max) { row in
                writer.append(row.values.map { CSVWriter.text($0) })
                if writer.bytes.count > 32_768 { try put(writer.take()) }
            }
            try put(writer.take())
        }
    }

    private static func requireCSV(_ arguments: Arguments, _ name: String) throws {
        guard let format = arguments.text(name), format.uppercased() != "CSV" else { return }
        throw Problem(.notAnOption, "Files are made as CSV, not as \(format.prefix(40))", field: name, fix: "Send CSV.")
    }

    // MARK: Files

    private func file(
        named name: String, _ request: Incoming, _ actor: Actor,
        _ body: @escaping @Sendable (Session, (_ bytes: [UInt8]) throws -> Void) throws -> Void
    ) async throws -> Reply {
        var reply = try await AnswerStream(tenant, request.version).file(as: actor, strict: request.isStrict, body)
        reply.content = .none
        let isCSV = name.hasSuffix(".csv")
        reply.headers += [
            (.contentType, isCSV ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8"),
            (.contentDisposition, FileDownload.disposition(name, isShown: false)), (.cacheControl, "no-store"),
            (.xContentTypeOptions, "nosniff"),
        ]
        return reply
    }
}
