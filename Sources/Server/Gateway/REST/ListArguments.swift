internal import Documents
internal import History
internal import Values

/// The arguments of a list, in all the forms clients send them.
struct ListArguments {
    private(set) var query: ListQuery
    /// Whether rows are objects; else they are lists.
    let isDictionary: Bool
    /// The arguments that a list takes.
    static let names: Set<String> = [
        "fields", "filters", "or_filters", "order_by", "group_by", "distinct", "as_of", "cursor", "expand", "parent",
        "parent_doctype", "limit_start", "start", "limit_page_length", "limit", "page_length", "as_dict",
    ]
    /// One row more than asked for is read, to know whether there is a next page.
    let looksAhead: Bool

    /// - Throws: ``Problem/Kind/malformed``, ``Problem/Kind/wrongType``.
    init(_ doctype: String, _ arguments: Arguments, looksAhead: Bool = false) throws {
        query = ListQuery(doctype)
        query.fields = try Self.fields(arguments["fields"])
        query.filters = try Self.conditions("filters", arguments)
        query.orFilters = try Self.conditions("or_filters", arguments)
        query.orderBy = arguments.text("order_by")
        query.groupBy = arguments.text("group_by")
        query.distinct = arguments.flag("distinct") ?? false
        query.asOf = try arguments.moment("as_of")
        query.cursor = arguments["cursor"].map { $0.string ?? "" }
        query.expand = try Self.expanded(arguments["expand"])
        query.parent = arguments.text("parent") ?? arguments.text("parent_doctype")
        query.start = try Self.start(arguments) ?? 0
        query.limit = try Self.limit(arguments) ?? Limits.pageRows
        isDictionary = arguments.flag("as_dict") ?? true
        self.looksAhead = looksAhead && query.cursor == nil && query.limit > 0 && query.limit < Limits.listRows
        if self.looksAhead { query.limit += 1 }
    }

    private static func expanded(_ json: JSON?) throws -> [String] {
        guard let json else { return [] }
        return try fields(json).map { field in
            guard case .string(let name) = field else {
                throw Problem(.malformed, "expand is a list of links", field: "expand")
            }
            return name
        }
    }

    /// How many rows the answer has at most.
    var pageLength: Int { looksAhead ? query.limit - 1 : .max }

    /// Conditions as JSON. Clients that have none send the text of JSON's null.
    private static func conditions(_ name: String, _ arguments: Arguments) throws -> JSON? {
        let conditions = try arguments.json(name)
        return conditions?.string == "null" ? JSON?.none : conditions
    }

    /// How many rows are left out before the first.
    static func start(_ arguments: Arguments) throws -> Int? { try number(starts, arguments) }

    /// The most rows; 0 for all.
    static func limit(_ arguments: Arguments) throws -> Int? { try number(limits, arguments) }

    private static let starts = ["limit_start", "start"]
    private static let limits = ["limit_page_length", "limit", "page_length"]
    /// The names by which a page is asked for.
    static let ofPage = Set(starts + limits)

    private static func number(_ names: [String], _ arguments: Arguments) throws -> Int? {
        for name in names {
            if let number = try arguments.int(name, in: 0...Int.max) { return number }
        }
        return nil
    }

    /// A list of fields, one field, several with commas, or JSON text of these.
    static func fields(_ json: JSON?) throws -> [JSON] {
        switch json {
        case nil: return ["name"]
        case .array(let fields)?: return fields.isEmpty ? ["name"] : fields
        case .object?: return [json ?? .null]
        case .string(let text)?:
            guard let first = text.first(where: { $0 != " " }) else { return ["name"] }
            if "[{\"".contains(first) {
                let parsed: JSON
                do {
                    parsed = try JSON.parse(text, limits: .outside)
                } catch {
                    throw Problem(.malformed, "fields is not JSON: \(error)", field: "fields")
                }
                if case .string(let field) = parsed { return [.string(field)] }
                return try fields(parsed)
            }
            if text.contains("(") { return [.string(text)] }
            return text.split(separator: ",").map { .string(String($0.drop { $0 == " " })) }
        default: throw Problem(.malformed, "fields must be a list of names", field: "fields")
        }
    }
}
