internal import Documents
internal import Reports
internal import Values

/// What Frappe's desk calls, and clients with it: reports, searching for links.
enum DeskMethods {
    static func methods(_ reports: [String: Report]) -> [Method] { [runReport(reports), searchLink] }

    private static func runReport(_ reports: [String: Report]) -> Method {
        Method(
            "frappe.desk.query_report.run",
            parameters: [
                .required("report_name", "The report."), .optional("filters", "What the report asks, as an object."),
            ], summary: "Runs a report."
        ) { arguments, session in
            let name = try arguments.required("report_name")
            guard let report = reports[name] else {
                throw Problem(.notFound, "Report \(name) not found", field: "report_name")
            }
            var filters: JSONObject = [:]
            switch try arguments.json("filters") {
            case nil: break
            case .object(let object)?: filters = object
            default: throw Problem(.malformed, "filters must be an object of the report's filters", field: "filters")
            }
            return try report.result(Arguments(filters), in: session).json
        }
    }

    private static let searchLink = Method(
        "frappe.desk.search.search_link",
        parameters: [
            .required("doctype", "The DocType."), .optional("txt", "What the name or another field contains."),
            .optional("filters", "Conditions besides."), .optional("page_length", "The most answers; 10 unless given."),
        ], summary: "The documents a link field may point to."
    ) { arguments, session in
        let type = try session.registry.doctype(arguments.required("doctype"))
        var fields: [String] = []
        for field in [type.titleField].compactMap({ $0 }) + type.searchFields
        where field != "name" && !fields.contains(field) { fields.append(field) }
        var query = ListQuery(type.name, fields: ["name"] + fields.map(JSON.string))
        query.filters = try arguments.json("filters")
        query.limit = min(try arguments.int("page_length") ?? 10, 1_000)
        query.orderBy = "name asc"
        if let text = arguments.text("txt") {
            let pattern = JSON.string("%\(text)%")
            let searched = ["name"] + fields.filter { type.field($0)?.type.column == .text }
            query.orFilters = .array(searched.map { [.string($0), "like", pattern] })
        }
        let answers = try session.list(query).rows.map { row in
            let value = row[0].text ?? ""
            let others = row.dropFirst().map(\.description).filter { !$0.isEmpty && $0 != value }
            return JSON.object(["value": .string(value), "description": .string(others.joined(separator: ", "))])
        }
        return .array(answers)
    }
}

extension ReportResult {
    /// The result as clients of Frappe read it.
    var json: JSON {
        let names = columns.map(\.name)
        let described = columns.map { column -> JSON in
            var object: JSONObject = [
                "fieldname": .string(column.name), "label": .string(column.label),
                "fieldtype": .string(column.type.rawValue),
            ]
            object["options"] = column.options.map(JSON.string)
            object["width"] = .int(column.type.isNumeric ? 120 : 180)
            return .object(object)
        }
        let figures = summary.map { label, value -> JSON in
            ["label": .string(label), "value": JSON(value), "datatype": value.exact == nil ? "Data" : "Currency"]
        }
        var object: JSONObject = ["columns": .array(described)]
        object["result"] = .array(rows.map { .object(JSONObject(zip(names, $0.map { JSON($0) }))) })
        object["message"] = message.map(JSON.string) ?? .null
        object["chart"] = .null
        object["report_summary"] = figures.isEmpty ? .null : .array(figures)
        object["skip_total_row"] = 0
        object["add_total_row"] = 0
        object["status"] = .null
        object["prepared_report"] = false
        return .object(object)
    }
}
