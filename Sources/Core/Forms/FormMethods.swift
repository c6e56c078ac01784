internal import Collaboration
internal import Documents
internal import Lists
internal import Metadata
internal import Values

/// Methods that forms call, under the names Frappe's clients call them by.
enum FormMethods {
    static let all = [info, submittedLinks, cancelAll, next]

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let name = Method.Parameter.required("name", "The document.", of: .argument("doctype"))

    private static let info = Method(
        "frappe.desk.form.load.get_docinfo", parameters: [doctype, name],
        summary: "What a form shows around a document: its files, comments, assignments, shares and tags."
    ) { arguments, session in
        try session.info(arguments.required("doctype"), arguments.required("name"))
    }

    private static let submittedLinks = Method(
        "frappe.desk.form.linked_with.get_submitted_linked_docs", parameters: [doctype, name],
        summary: "The submitted documents that link to a document, in the order in which they can be cancelled."
    ) { arguments, session in
        let found = try session.submittedLinks(arguments.required("doctype"), arguments.required("name"))
        let documents = found.map { document -> JSON in
            ["doctype": .string(document.doctype.name), "name": .string(document.name), "docstatus": 1]
        }
        return ["docs": .array(documents), "count": .int(Int64(documents.count))]
    }

    private static let next = Method(
        "frappe.desk.form.utils.get_next",
        parameters: [
            doctype, .required("value", "The document that is open.", of: .argument("doctype")),
            .optional("prev", "1 for the one before it."), .optional("filters", "Conditions that all hold."),
            .optional("sort_field", "The field they are sorted by; modified unless given."),
            .optional("sort_order", "asc or desc; desc unless given."),
        ], summary: "The document that stands behind another in a list, or before it; nothing at the end."
    ) { arguments, session in
        let type = try session.registry.doctype(arguments.required("doctype"))
        let field = arguments.text("sort_field") ?? "modified"
        let isDescending = (arguments.text("sort_order") ?? "desc").lowercased() == "desc"
        let isBefore = arguments.flag("prev") ?? false
        guard type.slot(of: field) != nil, session.fieldAccess(to: type).opens(field) else {
            throw Problem(.unknownField, "\(type.name) has no field \(field.prefix(140))", field: "sort_field")
        }
        let open = try session.get(type.name, arguments.required("value"))
        let goesDown = isDescending != isBefore
        var query = ListQuery(
            type.name, filters: try arguments.json("filters"),
            orderBy: "\(field) \(goesDown ? "desc" : "asc"), name \(goesDown ? "desc" : "asc")", limit: 1)
        // Among those of the same value the name decides, so that none is left out.
        let value = JSON(open[field])
        query.fixed = [
            [[.string(field), goesDown ? "<" : ">", value]], "or",
            [[.string(field), "=", value], "and", ["name", goesDown ? "<" : ">", .string(open.name)]],
        ]
        return try session.list(query).rows.first.map { JSON($0[0]) } ?? .null
    }

    private static let cancelAll = Method(
        "frappe.desk.form.linked_with.cancel_all_linked_docs", writes: true,
        parameters: [
            .required("docs", "A list of objects of doctype and name."),
            .optional("ignore_doctypes_on_cancel_all", "A list of DocTypes to leave out."),
        ], summary: "Cancels documents in the order of the list; all of them or none."
    ) { arguments, session in
        guard case .array(let docs)? = try arguments.json("docs"), docs.count <= Limits.documentsPerCall else {
            throw Problem(
                .malformed, "docs must be a list of at most \(Limits.documentsPerCall) documents", field: "docs")
        }
        let ignored = try arguments.json("ignore_doctypes_on_cancel_all")?.array?.compactMap(\.string) ?? []
        for one in docs {
            guard let doctype = one["doctype"]?.string, let name = one["name"]?.string else {
                throw Problem(.malformed, "docs must be a list of objects of doctype and name", field: "docs")
            }
            if ignored.contains(doctype) { continue }
            let document = try session.get(doctype, name)
            // The cancelling of one before may have cancelled it, too.
            if document.docstatus != .cancelled { try session.cancel(document) }
        }
        return .null
    }
}
