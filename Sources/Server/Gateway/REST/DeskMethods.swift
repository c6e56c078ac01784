internal import Documents
internal import Reports
internal import Values

/// What Frappe's desk calls, and clients with it: reports.
enum DeskMethods {
    static func methods(_ reports: [String: Report]) -> [Method] { [runReport(reports)] }

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
        let figures = summary.map { figure -> JSON in
            [
                "label": .string(figure.label), "value": JSON(figure.value),
                "datatype": figure.value.exact == nil ? "Data" : "Currency",
            ]
        }
        var object: JSONObject = ["columns": .array(described)]
        object["result"] = .array(rows.map { .object(JSONObject(zip(names, $0.values.map { JSON($0) }))) })
        object["message"] = message.map { .string($0.text) } ?? .null
        object["chart"] = .null
        object["report_summary"] = figures.isEmpty ? .null : .array(figures)
        object["skip_total_row"] = 0
        object["add_total_row"] = 0
        object["status"] = .null
        object["prepared_report"] = false
        return .object(object)
    }
}
