internal import Documents
internal import Metadata
internal import Values

/// The methods by which clients search.
enum SearchMethods {
    static let all = [global] + ["frappe.desk.search.search_link", "frappe.desk.search.search_widget"].map(link)

    private static let global = Method(
        "frappe.utils.global_search.search",
        parameters: [
            .required("text", "Words that all are found, \"phrases\", beginnings* and -words that are not."),
            .optional("start", "Hits to leave out."), .optional("limit", "The most hits; 20 unless given."),
            .optional("doctype", "The DocType to search in, or a list of them."),
        ], summary: "The documents whose text fits, the best first."
    ) { arguments, session in
        let text = arguments.text("text") ?? ""
        var doctypes: [String] = []
        if let given = try arguments.json("doctype"), given.string != "" {
            doctypes = try (given.array ?? [given]).map { json in
                guard let name = json.string else {
                    throw Problem(.wrongType, "doctype must be a name or a list of names", field: "doctype")
                }
                return name
            }
        }
        let hits = try session.search(
            text, doctypes: doctypes, start: try arguments.int("start", in: 0...Int.max) ?? 0,
            limit: try arguments.int("limit", in: 0...Int.max) ?? Limits.pageRows)
        return .array(
            hits.map { hit in
                [
                    "doctype": .string(hit.doctype), "name": .string(hit.name), "title": .string(hit.title),
                    "content": .string(hit.snippet), "rank": .int(Int64(hit.rank)),
                ]
            })
    }

    private static func link(_ name: String) -> Method {
        Method(
            name,
            parameters: [
                .required("doctype", "The DocType of the link."), .optional("txt", "What is typed so far."),
                .optional("filters", "Conditions that all hold."),
                .optional("page_length", "The most answers; 10 unless given."),
                .optional("searchfield", "A field to look in besides."), .optional("query"),
                .optional("reference_doctype", "The DocType of the form."),
                .optional("limit", "The same as page_length."), .optional("start", "Answers to leave out."),
            ], summary: "What a link field offers."
        ) { arguments, session in
            let start = try arguments.int("start", in: 0...Limits.listRows) ?? 0
            let named = arguments["page_length"] == nil ? "limit" : "page_length"
            let asked = try arguments.int(named, in: 0...Int.max) ?? 0
            let length = asked == 0 ? 10 : asked
            let answers = try session.searchLink(
                arguments.required("doctype"), arguments.text("txt") ?? "", filters: arguments.json("filters"),
                searchField: arguments.text("searchfield"),
                limit: length > Int.max - start ? length : length + start)
            return .array(Array(answers.dropFirst(start)))
        }
    }
}
