internal import Documents
internal import Reports
internal import Tenancy
internal import Values

/// The schemas of the API's description.
enum OpenAPISchemas {
    /// The name of a DocType's schema.
    static func key(_ doctype: String) -> String { letters(doctype) }

    /// The name of the schema of what a report asks.
    static func key(_ report: Report) -> String { "Report." + letters(report.name) }

    static func letters(_ name: String) -> String {
        String(
            name.unicodeScalars.map { scalar -> Character in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "-", ".": Character(scalar)
                default: "_"
                }
            })
    }

    static func reference(_ kind: String, _ name: String) -> JSON { ["$ref": .string("#/components/\(kind)/\(name)")] }

    // MARK: DocTypes

    static func schema(of type: DocType) -> JSON {
        var properties: JSONObject = ["doctype": ["const": .string(type.name), "type": "string"]]
        var required: [JSON] = []
        let own = Set(type.fields.map(\.name))
        for column in type.allColumns where !own.contains(column.name) {
            var schema = value(column)
            let isSettable = column.name == "docstatus" || column.name == "name" && type.naming == .prompt
            if !isSettable { schema["readOnly"] = true }
            if column.name == "docstatus" {
                // Rows have that of what they belong to, postings are submitted.
                schema["enum"] = type.kind == .document && !type.isSubmittable ? [0] : [0, 1, 2]
                schema["description"] = "0 draft, 1 submitted, 2 cancelled."
            }
            properties[column.name] = .object(schema)
        }
        for field in type.fields {
            guard field.type.column != nil || field.type.isTable else { continue }
            var schema = value(field)
            if type.setsItself(field) || type.kind == .ledger { schema["readOnly"] = true }
            properties[field.name] = .object(schema)
            if field.flags.contains(.required), !field.flags.contains(.readOnly), field.fallback == nil,
                !field.type.isNumeric, type.kind != .ledger
            {
                required.append(.string(field.name))
            }
        }
        var schema: JSONObject = ["type": "object", "title": .string(type.name)]
        if !type.summary.isEmpty { schema["description"] = .string(type.summary) }
        schema["properties"] = .object(properties)
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["x-module"] = .string(type.module)
        return .object(schema)
    }

    private static func value(_ field: FieldDefinition) -> JSONObject {
        var schema = type(field.type, field.options)
        schema["title"] = .string(field.label)
        if schema["description"] == nil { schema["description"] = field.description.map(JSON.string) }
        if let length = field.length, field.type.column == .text { schema["maxLength"] = .int(Int64(length)) }
        if field.flags.contains(.nonNegative), field.type.isNumeric { schema["minimum"] = 0 }
        if case .value(let fallback)? = field.fallback { schema["default"] = JSON(fallback) }
        return schema
    }

    /// The schema of a value of a field type.
    static func type(_ type: FieldType, _ options: String?) -> JSONObject {
        switch type {
        case .check: return ["type": "integer", "enum": [0, 1]]
        case .int, .longInt: return ["type": "integer", "format": "int64"]
        case .date: return ["type": "string", "format": "date"]
        case .datetime: return ["type": "string", "examples": ["2026-01-31 12:00:00.000000"]]
        case .time: return ["type": "string", "examples": ["9:30:00"]]
        case .table, .tableMultiSelect:
            return ["type": "array", "items": reference("schemas", key(options ?? ""))]
        case .link:
            let target = options ?? ""
            return ["type": "string", "description": .string("The name of a \(target)."), "x-doctype": .string(target)]
        case .dynamicLink:
            return [
                "type": "string",
                "description": .string("The name of a document; its DocType is in \(options ?? "another field")."),
            ]
        case .select:
            guard let options, !options.isEmpty else { return ["type": "string"] }
            var seen: Set<Substring> = []
            let choices = Text.lines(options)
                .filter { seen.insert($0).inserted }
            return ["type": "string", "enum": .array(choices.map { .string(String($0)) })]
        case .password: return ["type": "string", "writeOnly": true, "format": "password"]
        default: return type.isNumeric ? ["type": "number"] : ["type": "string"]
        }
    }

    // MARK: Reports

    static func schema(of report: Report) -> JSON {
        var properties: JSONObject = [:]
        for filter in report.filters { properties[filter.name] = .object(type(filter.type, filter.options)) }
        let required = report.filters.filter(\.isRequired).map { JSON.string($0.name) }
        var filters: JSONObject = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { filters["required"] = .array(required) }
        return [
            "type": "object", "title": .string(report.name), "description": .string(report.summary),
            "properties": [
                "report_name": ["const": .string(report.name), "type": "string"], "filters": .object(filters),
            ],
            "required": required.isEmpty ? ["report_name"] : ["report_name", "filters"],
        ]
    }

    /// The schema of a call of any of the reports; nil where there are none.
    static func reportCalls(_ reports: [Report]) -> JSON? {
        guard !reports.isEmpty else { return JSON?.none }
        return ["oneOf": .array(reports.map { reference("schemas", key($0)) })]
    }

    // MARK: What all share

    /// What a rehearsal answers.
    static let changeset = reference("schemas", "Changeset")

    static let common: JSONObject = [
        "Error": [
            "type": "object", "title": "Error", "required": ["exc_type", "exception", "code"],
            "description": "What went wrong, for people and for programs.",
            "properties": [
                "code": ["type": "string", "description": "The stable code of the kind of problem."],
                "exc_type": ["type": "string", "description": "The class clients of Frappe know it by."],
                "exception": ["type": "string"],
                "exc": ["type": "string", "description": "JSON text of a list with the exception."],
                "_server_messages": ["type": "string", "description": "JSON text of a list of JSON texts."],
                "_error_message": ["type": "string", "description": "One sentence for people."],
                "doctype": ["type": "string"], "name": ["type": "string"], "field": ["type": "string"],
                "row": ["type": "integer", "minimum": 1, "description": "The row of a table, from 1."],
                "fix": ["type": "string", "description": "What would fix it."],
                "wording": [
                    "type": "object",
                    "description": "The sentences as data: a template and what stands in its places.",
                    "properties": ["message": reference("schemas", "Wording"), "fix": reference("schemas", "Wording")],
                ],
                "problems": [
                    "type": "array", "items": ["type": "object"],
                    "description": "Each problem, where there are several.",
                ],
                "warnings": [
                    "type": "array", "items": ["type": "object"], "description": "What would be kept without effect.",
                ],
            ],
        ],
        "Changeset": [
            "type": "object", "title": "Changeset", "required": ["hash", "documents", "postings", "figures", "events"],
            "description": "What would happen, in order; nothing of it is kept. Methods may tell more.",
            "properties": [
                "hash": ["type": "string", "description": "The same for the same effect."],
                "documents": [
                    "type": "array", "description": "Documents that would be created, changed or removed.",
                    "items": [
                        "type": "object", "required": ["doctype"],
                        "properties": [
                            "action": ["type": "string"], "doctype": ["type": "string"], "name": ["type": "string"],
                        ],
                    ],
                ],
                "postings": ["type": "array", "items": ["type": "object"], "description": "Rows of ledgers."],
                "figures": ["type": "array", "items": ["type": "object"], "description": "Kept figures that move."],
                "events": [
                    "type": "array", "items": ["type": "object"], "description": "Events that would be logged.",
                ],
                "schema": ["type": "array", "items": ["type": "object"], "description": "Changes of tables."],
            ],
        ],
        "Wording": [
            "type": "object", "title": "Wording", "required": ["template", "arguments"],
            "properties": [
                "template": ["type": "string", "description": "The words, with {0}, {1}, … in the places."],
                "arguments": ["type": "array", "items": ["type": "string"]],
            ],
        ],
        "ReportResult": [
            "type": "object", "title": "Report result",
            "properties": [
                "columns": ["type": "array", "items": ["type": "object"]],
                "result": ["type": "array", "items": ["type": "object"]],
                "message": ["type": ["string", "null"]], "report_summary": ["type": ["array", "null"]],
                "has_next_page": ["type": "boolean"],
            ],
        ],
    ]

    static let responses: JSON = [
        "Error": [
            "description": "What went wrong.",
            "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Error"]]],
        ],
        "Errors": [
            "description": "What went wrong, in version 2.",
            "content": [
                "application/json": [
                    "schema": [
                        "type": "object", "required": ["errors"],
                        "properties": [
                            "errors": [
                                "type": "array", "minItems": 1,
                                "items": [
                                    "type": "object", "required": ["type", "message", "code"],
                                    "properties": [
                                        "type": [
                                            "type": "string", "description": "The class that clients of Frappe know.",
                                        ],
                                        "message": ["type": "string"], "code": ["type": "string"],
                                        "exception": ["type": "string"], "field": ["type": "string"],
                                        "row": ["type": "integer"], "fix": ["type": "string"],
                                    ],
                                ],
                            ],
                            "messages": ["type": "array", "items": ["type": "object"]],
                        ],
                    ]
                ]
            ],
        ],
        "Deleted": [
            "description": "The document is removed.",
            "content": [
                "application/json": [
                    "schema": ["type": "object", "properties": ["data": ["const": "ok", "type": "string"]]]
                ]
            ],
        ],
    ]

    static let parameters: JSON = [
        "name": [
            "name": "name", "in": "path", "required": true, "schema": ["type": "string"],
            "description": "The document's name, percent-encoded; it may hold slashes.",
        ],
        "fields": query("fields", "JSON list of field names, or one name; [\"*\"] for all."),
        "filters": query("filters", "JSON: {field: value} or [[field, operator, value], …]; all hold."),
        "or_filters": query("or_filters", "As filters; one holds."),
        "order_by": query("order_by", "Fields with asc or desc, separated by commas."),
        "group_by": query("group_by", "Fields, separated by commas."),
        "limit_start": number("limit_start", "Rows to leave out.", 0),
        "limit_page_length": number("limit_page_length", "The most rows; 0 for all.", Int64(Limits.pageRows)),
        "idempotency_key": header(
            RepeatableRequest.header,
            "A word of the client's own for this request: sent again within a day it is answered the same, and not done "
                + "again. Another request under it is refused with 422.",
            ["minLength": 1, "maxLength": .int(Int64(KeptAnswer.keyBytes)), "pattern": "^[!-~]+$"]),
        "if_match": header("If-Match", "Only if the document is in the state of this ETag; else 412."),
        "if_none_match": header("If-None-Match", "Not again if the document is in the state of this ETag: 304."),
    ]

    private static func header(_ name: String, _ description: String, _ more: JSONObject = [:]) -> JSON {
        var schema = more
        schema["type"] = "string"
        return [
            "name": .string(name), "in": "header", "schema": .object(schema), "description": .string(description),
        ]
    }

    private static func query(_ name: String, _ description: String) -> JSON {
        [
            "name": .string(name), "in": "query", "schema": ["type": "string"], "description": .string(description),
        ]
    }

    private static func number(_ name: String, _ description: String, _ fallback: Int64) -> JSON {
        [
            "name": .string(name), "in": "query", "description": .string(description),
            "schema": ["type": "integer", "minimum": 0, "default": .int(fallback)],
        ]
    }
}
