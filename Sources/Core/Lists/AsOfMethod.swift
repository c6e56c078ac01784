internal import Documents
internal import History
internal import Metadata
internal import Values

/// The method that gives documents and lists as they were.
enum AsOfMethod {
    static let method = Method(
        "cauldron.as_of",
        parameters: [
            .required("doctype", "The DocType."),
            .required("moment", "The moment, as YYYY-MM-DD HH:MM:SS.ffffff or in the form of RFC 3339."),
            .optional("name", "The document; without it the documents are listed."),
            .optional("fields", "The fields of a list."), .optional("filters", "Which documents of a list."),
            .optional("or_filters", "Conditions of which one holds."), .optional("order_by", "The order of a list."),
            .optional("group_by", "What a list is grouped by."), .optional("limit_start", "Where the page begins."),
            .optional("limit_page_length", "How long the page is."),
            .optional("parent", "The DocType whose rows are listed."),
        ], summary: "A document or a list as it was at a moment."
    ) { arguments, session in
        guard let moment = try arguments.moment("moment") else {
            throw Problem(.mandatory, "The argument moment is missing", field: "moment", fix: "Send moment.")
        }
        let doctype = try arguments.required("doctype")
        if let name = arguments.text("name") {
            return session.present(try session.get(doctype, name, asOf: moment))
        }
        var query = ListQuery(doctype)
        query.asOf = moment
        query.fields = try fields(arguments)
        query.filters = try arguments.json("filters")
        query.orFilters = try arguments.json("or_filters")
        query.orderBy = arguments.text("order_by")
        query.groupBy = arguments.text("group_by")
        query.parent = arguments.text("parent")
        query.start = try arguments.int("limit_start", in: 0...Int.max) ?? 0
        query.limit = try arguments.int("limit_page_length", in: 0...Int.max) ?? Limits.pageRows
        return try session.list(query).json(dictionaries: true)
    }

    /// A list of fields, or names between commas.
    private static func fields(_ arguments: Arguments) throws -> [JSON] {
        switch try arguments.json("fields") {
        case nil: return ["name"]
        case .array(let fields)?: return fields.isEmpty ? ["name"] : fields
        case .string(let text)? where text.contains("("): return [.string(text)]
        case .string(let text)?:
            return text.split(separator: ",").map { .string(String($0.drop { $0 == " " })) }
        default: throw Problem(.malformed, "fields must be a list of names", field: "fields")
        }
    }
}
