internal import Documents
internal import Lists
internal import Values

/// Lists as Frappe's desk asks for them.
enum ReportView {
    static let methods = [get, getList, count, stats, sidebarStats, groups]

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let filters = Method.Parameter.optional("filters", "Conditions that all hold.")
    private static let list: [Method.Parameter] = [
        doctype, .optional("fields", "What each row holds."), filters,
        .optional("or_filters", "Conditions of which one holds."), .optional("order_by", "Fields with asc or desc."),
        .optional("group_by", "Fields that rows are grouped by."), .optional("start", "Rows to leave out."),
        .optional("page_length", "The most rows; 20 unless given."), .optional("distinct", "Of equal rows only one."),
        .optional("parent", "The DocType the rows belong to."),
        .optional("aggregate_function", "Count, sum or avg: adds _aggregate_column to rows that are grouped."),
        .optional("aggregate_on_field", "The field it is of."),
        .optional("aggregate_on_doctype", "The DocType of that field, of a table too; the listed one unless given."),
    ]
    /// The most fields whose values are counted in one call.
    private static let countedFields = 20
    /// The most different values that are counted.
    private static let countedValues = 1_000

    private static let get = Method(
        "frappe.desk.reportview.get", parameters: list,
        summary: "A list by columns: the names of the fields once, and the values of each row."
    ) { arguments, session, writer in
        let result = try session.list(list(arguments, session).query)
        // As there, a list of nothing is an empty list.
        guard !result.rows.isEmpty else {
            writer.beginArray()
            writer.endArray()
            return
        }
        writer.beginObject()
        writer.key("keys")
        writer.json(.array(result.columns.map { .string($0.name) }))
        writer.key("values")
        try result.write(to: &writer, dictionaries: false, limit: .max)
        writer.key("user_info")
        writer.json([:])
        writer.endObject()
    }

    private static let getList = Method(
        "frappe.desk.reportview.get_list", parameters: list + [.optional("as_dict", "Rows as objects; else as lists.")],
        summary: "The rows of a list."
    ) { arguments, session, writer in
        let list = try list(arguments, session)
        _ = try session.writeList(list.query, to: &writer, dictionaries: list.isDictionary)
    }

    /// The list that is asked for, with the column that is worked out of each group.
    private static func list(_ arguments: Arguments, _ session: Session) throws -> ListArguments {
        var arguments = arguments
        let doctype = try arguments.required("doctype")
        guard let function = arguments.text("aggregate_function"), arguments.text("group_by") != nil else {
            return try ListArguments(doctype, arguments)
        }
        guard ["count", "sum", "avg"].contains(function.lowercased()) else {
            throw Problem(
                .notAnOption, "Groups have no \(function.prefix(40))", field: "aggregate_function",
                fix: "Use count, sum or avg.")
        }
        let (type, field) = (
            try session.registry.doctype(arguments.text("aggregate_on_doctype") ?? doctype),
            try arguments.required("aggregate_on_field")
        )
        guard type.slot(of: field) != nil else {
            throw Problem(
                .unknownField, "\(type.name) has no field \(field.prefix(140))", field: "aggregate_on_field")
        }
        let column = "\(function)(`tab\(type.name)`.`\(field)`) as _aggregate_column"
        arguments.values["fields"] = .array(try ListArguments.fields(arguments["fields"]) + [.string(column)])
        return try ListArguments(doctype, arguments)
    }

    private static let count = Method(
        "frappe.desk.reportview.get_count",
        parameters: [
            doctype, filters, .optional("or_filters", "Conditions of which one holds."),
            .optional("distinct", "Each document counts once, as always."),
            .optional("fields", "Left out: rows are counted."),
            .optional("limit", "The most that is counted."),
        ], summary: "How many rows a list has."
    ) { arguments, session in
        var listed = arguments
        listed.values["fields"] = nil
        let count = try session.count(ListArguments(arguments.required("doctype"), listed).query)
        let limit = try arguments.int("limit", in: 0...Int.max) ?? 0
        return .int(Int64(limit > 0 ? min(limit, count) : count))
    }

    // MARK: How many of each value

    private static let stats = Method(
        "frappe.desk.reportview.get_stats",
        parameters: [.required("stats", "A list of fields."), doctype, filters],
        summary: "How many documents of a list have each value of some fields."
    ) { arguments, session in try counted(arguments, session) }

    private static let sidebarStats = Method(
        "frappe.desk.reportview.get_sidebar_stats",
        parameters: [.required("stats", "A list of fields."), doctype, filters],
        summary: "How many documents of a list have each value of some fields."
    ) { arguments, session in ["stats": try counted(arguments, session)] }

    private static let groups = Method(
        "frappe.desk.listview.get_group_by_count",
        parameters: [
            doctype, .optional("current_filters", "Conditions that all hold."),
            .required("field", "The field, or assigned_to."),
        ], summary: "How many documents of a list have each value of a field, the most first."
    ) { arguments, session in
        let field = try arguments.required("field")
        let found = try values(
            of: field == "assigned_to" ? "_assign" : field, arguments.required("doctype"),
            arguments.json("current_filters"), session)
        return .array(found.map { ["name": $0.value, "count": .int($0.count)] })
    }

    private static func counted(_ arguments: Arguments, _ session: Session) throws -> JSON {
        let doctype = try arguments.required("doctype")
        let fields = try arguments.names("stats")
        guard fields.count <= countedFields else {
            throw Problem(.tooMany, "More than \(countedFields) fields", field: "stats", fix: "Send fewer at once.")
        }
        var answer: JSONObject = [:]
        for field in fields {
            let found = try values(of: field, doctype, arguments.json("filters"), session)
            var counts = found.filter { !$0.value.isNull && $0.value != "" }.map {
                JSON.array([$0.value, .int($0.count)])
            }
            if field == "_user_tags", let rest = found.first(where: { $0.value.isNull }) {
                counts.append(["No Tags", .int(rest.count)])
            }
            answer[field] = .array(counts)
        }
        return .object(answer)
    }

    /// The values of a field in a list and how often each is there, the most first. Of a column that holds lists, such as tags,
    /// each of a list counts.
    private static func values(
        of field: String, _ doctype: String, _ filters: JSON?, _ session: Session
    ) throws -> [(value: JSON, count: Int64)] {
        var query = ListQuery(
            doctype, fields: [.string(field), ["COUNT": "name", "as": "_count"]], filters: filters, orderBy: "",
            limit: countedValues + 1)
        query.groupBy = field
        let rows = try session.list(query).rows
        if rows.count > countedValues { session.noteMore("filters") }
        var counts: [Name: Int64] = [:]
        var kinds: [Name: JSON] = [:]
        for row in rows.prefix(countedValues) {
            for value in single(row[0], field) {
                let key = Name(value.text)
                counts[key, default: 0] += row[1].int ?? 0
                kinds[key] = value
            }
        }
        return counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }.map {
            (kinds[$0.key] ?? .null, $0.value)
        }
    }

    private static func single(_ value: Value, _ field: String) -> [JSON] {
        guard field.hasPrefix("_"), let text = value.text else { return [JSON(value)] }
        if let list = (try? JSON.parse(text))?.array { return list }
        let parts = text.split(separator: ",").map { JSON.string(String($0)) }
        return parts.isEmpty ? [.null] : parts
    }
}
