internal import Collaboration
internal import Customization
internal import Documents
internal import Reports
internal import Values

/// What Frappe's desk calls, and clients with it: forms and reports.
enum DeskMethods {
    static func methods(_ reports: [String: Report]) -> [Method] {
        [document, docType, runReport(reports), script(reports)]
    }

    private static let document = Method(
        "frappe.desk.form.load.getdoc",
        parameters: [
            .required("doctype", "The DocType."), .required("name", "The document.", of: .argument("doctype")),
        ],
        summary: "One document, as the desk loads it.", form: .whole
    ) { arguments, session in
        let (doctype, name) = (try arguments.required("doctype"), try arguments.required("name"))
        return ["docs": [session.present(try session.get(doctype, name))], "docinfo": try session.info(doctype, name)]
    }

    private static let docType = Method(
        "frappe.desk.form.load.getdoctype", parameters: [.required("doctype", "The DocType.")],
        summary: "A DocType and those of its tables.", form: .whole
    ) { arguments, session in
        let type = try session.registry.doctype(arguments.required("doctype"))
        try MetadataMethods.requireSeen(type, session)
        let children = type.tables.compactMap { session.registry.find($0.field.options ?? "") }
        return ["docs": .array(([type] + children).map(Meta.json)), "user_settings": "{}"]
    }

    /// The filters that a report is called with.
    ///
    /// - Throws: ``Problem/Kind/malformed``.
    static func filters(_ arguments: Arguments) throws -> Arguments {
        switch try arguments.json("filters") {
        case nil, .string("")?: return Arguments([:])
        case .object(let object)?: return Arguments(object)
        default: throw Problem(.malformed, "filters must be an object of the report's filters", field: "filters")
        }
    }

    /// What clients load before they run a report: which filters it has. Its columns come with its rows.
    private static func script(_ reports: [String: Report]) -> Method {
        Method(
            "frappe.desk.query_report.get_script", parameters: [.required("report_name", "The report.")],
            summary: "The filters of a report."
        ) { arguments, session in
            let report = try reports.find(arguments)
            try session.require(.report, session.registry.doctype(report.doctype))
            let filters = report.filters.map { filter -> JSON in
                var object: JSONObject = [
                    "fieldname": .string(filter.name), "label": .string(Text.title(filter.name)),
                    "fieldtype": .string(filter.type.rawValue), "reqd": filter.isRequired ? 1 : 0,
                ]
                object["options"] = filter.options.map(JSON.string)
                return .object(object)
            }
            return ["script": "", "html_format": .null, "execution_time": 0, "filters": .array(filters)]
        }
    }

    private static func runReport(_ reports: [String: Report]) -> Method {
        Method(
            "frappe.desk.query_report.run",
            parameters: [
                .required("report_name", "The report."), .optional("filters", "What the report asks, as an object."),
                .optional("limit_start", "Rows to leave out."),
                .optional("limit_page_length", "The most rows; all unless given."),
            ], summary: "Runs a report."
        ) { arguments, session, writer in
            let report = try reports.find(arguments)
            let filters = try filters(arguments)
            let start = try ListArguments.start(arguments) ?? 0
            let limit = try ListArguments.limit(arguments) ?? 0
            try report.run(filters, in: session).write(to: &writer, from: start, limit: limit)
        }
    }
}

extension [String: Report] {
    /// The report that `report_name` says.
    ///
    /// - Throws: ``Problem/Kind/notFound``.
    func find(_ arguments: Arguments) throws -> Report {
        let name = try arguments.required("report_name")
        guard let report = self[name] else {
            throw Problem(.notFound, "Report \(name.prefix(140)) not found", field: "report_name")
        }
        return report
    }
}

extension ReportRun {
    /// Writes the report as clients of Frappe read it, each row as it comes: `limit` rows behind the first `start`, or all where
    /// `limit` is 0. Where there are more, `has_next_page` says so; what sums up all of them then stands in the last page.
    func write(to writer: inout JSONWriter, from start: Int = 0, limit: Int = 0) throws {
        writer.beginObject()
        writer.key("columns")
        writer.json(.array(columns.map(\.described)))
        writer.key("result")
        writer.beginArray()
        let keys = columns.map { JSONKey($0.name) }
        let end = try page(from: start, limit: limit > 0 ? limit : .max) { row in
            writer.row(row.values, keys)
            try writer.passOn()
        }
        writer.endArray()
        let figures = (end?.summary ?? []).map(\.described)
        let message = end?.message.map { JSON.string($0.text) }
        let rest: JSONObject = [
            "message": message ?? .null, "chart": .null,
            "report_summary": figures.isEmpty ? .null : .array(figures), "skip_total_row": 0, "add_total_row": 0,
            "status": .null, "prepared_report": false,
        ]
        for (key, value) in rest.members {
            writer.key(key)
            writer.json(value)
        }
        if end == nil {
            writer.key("has_next_page")
            writer.bool(true)
        }
        writer.endObject()
    }
}

extension ReportColumn {
    fileprivate var described: JSON {
        var object: JSONObject = [
            "fieldname": .string(name), "label": .string(label), "fieldtype": .string(type.rawValue),
        ]
        object["options"] = options.map(JSON.string)
        object["width"] = .int(type.isNumeric ? 120 : 180)
        return .object(object)
    }
}

extension ReportFigure {
    fileprivate var described: JSON {
        ["label": .string(label), "value": JSON(value), "datatype": value.exact == nil ? "Data" : "Currency"]
    }
}
