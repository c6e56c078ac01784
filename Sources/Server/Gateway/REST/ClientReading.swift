internal import Documents
internal import Lists
internal import Values

/// `frappe.client`: what asks.
enum ClientReading {
    static let methods = [
        getList, getCount, get, getValue, getSingleValue, hasPermission, documentPermissions, validateLink, isAmended,
        password,
    ]

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let filters = Method.Parameter.optional("filters", "Conditions that all hold, or a name.")

    private static let getList = Method(
        "frappe.client.get_list",
        parameters: [
            doctype, filters, .optional("fields", "What each row holds."),
            .optional("or_filters", "Conditions of which one holds."),
            .optional("order_by", "Fields with asc or desc."),
            .optional("group_by", "Fields that rows are grouped by."), .optional("limit_start", "Rows to leave out."),
            .optional("limit_page_length", "The most rows; 20 unless given, 0 for all."),
            .optional("parent", "The DocType the rows belong to."),
            .optional("as_dict", "Rows as objects; else as lists."),
        ] + further, summary: "The documents that meet conditions."
    ) { arguments, session, writer in
        let list = try ListArguments(arguments.required("doctype"), arguments)
        _ = try session.writeList(list.query, to: &writer, dictionaries: list.isDictionary)
    }

    /// What a list takes besides.
    private static let further: [Method.Parameter] = [
        .optional("distinct", "Of equal rows only one."), .optional("as_of", "The moment whose documents are listed."),
        .optional("cursor", "Where to go on."), .optional("expand", "Links that become the documents they point to."),
    ]

    private static let getCount = Method(
        "frappe.client.get_count", parameters: [doctype, filters], summary: "How many documents meet conditions."
    ) { arguments, session in
        .int(Int64(try session.count(ListArguments(arguments.required("doctype"), arguments).query)))
    }

    private static let get = Method(
        "frappe.client.get", parameters: [doctype, .optional("name", "The name.", of: .argument("doctype")), filters],
        summary: "One document."
    ) { arguments, session in
        let doctype = try arguments.required("doctype")
        if let name = try arguments.text("name") ?? single(doctype, arguments, session) {
            return session.present(try session.get(doctype, name))
        }
        guard let name = try first(doctype, ["name"], arguments, session)?.first?.text else {
            throw Problem(.notFound, "No \(doctype) meets the conditions", field: "filters")
        }
        return session.present(try session.get(doctype, name))
    }

    private static let getValue = Method(
        "frappe.client.get_value",
        parameters: [
            doctype, .optional("fieldname", "A field, or a list of fields."), filters,
            .optional("as_dict", "An object by field; else the value or a list."), .optional("parent"),
        ], summary: "Fields of the first document that meets conditions."
    ) { arguments, session in
        let doctype = try arguments.required("doctype")
        let fields = try ListArguments.fields(arguments["fieldname"])
        if let name = try single(doctype, arguments, session) {
            let document = session.present(try session.get(doctype, name))
            let values = try fields.map { field in
                guard let name = field.string, let value = document[name] else {
                    throw Problem(
                        .unknownField, "\(doctype) has no field \(field.text.prefix(140))", field: "fieldname")
                }
                return (name, value)
            }
            if arguments.flag("as_dict") ?? true { return .object(JSONObject(values)) }
            return values.count == 1 ? values[0].1 : .array(values.map(\.1))
        }
        var query = try ListArguments(doctype, arguments).query
        query.fields = fields
        query.limit = 1
        query.start = 0
        let result = try session.list(query)
        if arguments.flag("as_dict") ?? true {
            return result.json(dictionaries: true).array?.first ?? [:]
        }
        guard let row = result.json(dictionaries: false).array?.first?.array else { return .null }
        return row.count == 1 ? row[0] : .array(row)
    }

    private static let getSingleValue = Method(
        "frappe.client.get_single_value",
        parameters: [doctype, .required("field", "The field.")], summary: "A field of the document of a single DocType."
    ) { arguments, session in
        let type = try session.registry.doctype(arguments.required("doctype"))
        let field = try arguments.required("field")
        guard type.isSingle else {
            throw Problem(.notSingle, "There is more than one \(type.name)", field: "doctype", fix: "Use get_value.")
        }
        guard type.field(field) != nil else {
            throw Problem(.unknownField, "\(type.name) has no field \(field)", field: "field")
        }
        return session.present(try session.get(type.name, type.name))[field] ?? .null
    }

    /// The name of the document of a DocType that has only one, unless conditions ask for another.
    private static func single(_ doctype: String, _ arguments: Arguments, _ session: Session) throws -> String? {
        guard try session.registry.doctype(doctype).isSingle else { return nil }
        let sent = try arguments.json("filters")
        let asksForIt: [JSON?] = [nil, "null", "", [:], [], .string(doctype), ["name": .string(doctype)]]
        return asksForIt.contains(sent) ? doctype : nil
    }

    private static func first(
        _ doctype: String, _ fields: [JSON], _ arguments: Arguments, _ session: Session
    ) throws -> [Value]? {
        var query = try ListArguments(doctype, arguments).query
        query.fields = fields
        query.limit = 1
        return try session.list(query).rows.first
    }

    // MARK: Rights

    private static let hasPermission = Method(
        "frappe.client.has_permission",
        parameters: [
            doctype, .required("docname", "The document.", of: .argument("doctype")),
            .optional("perm_type", "The right; read unless given."),
        ],
        summary: "Whether the caller has a right on a document."
    ) { arguments, session in
        let name = arguments.text("perm_type") ?? "read"
        guard let right = Right(rawValue: name) else {
            throw Problem(.wrongType, "There is no right \(name)", field: "perm_type")
        }
        let has = try rights(arguments, session, [right])[right] ?? false
        return ["has_permission": .bool(has)]
    }

    private static let documentPermissions = Method(
        "frappe.client.get_doc_permissions",
        parameters: [doctype, .required("docname", "The document.", of: .argument("doctype"))],
        summary: "The caller's rights on a document."
    ) { arguments, session in
        let rights = try rights(arguments, session, Right.allCases)
        let flags = Right.allCases.map { ($0.rawValue, JSON.int(rights[$0] == true ? 1 : 0)) }
        return ["permissions": .object(JSONObject(flags))]
    }

    private static func rights(
        _ arguments: Arguments, _ session: Session, _ rights: [Right]
    ) throws -> [Right: Bool] {
        try session.rights(on: arguments.required("doctype"), arguments.required("docname"), rights)
    }

    private static let password = Method(
        "frappe.client.get_password",
        parameters: [
            doctype, .required("name", "The document.", of: .argument("doctype")),
            .required("fieldname", "The field that holds it."),
        ], summary: "What a Password field holds, for System Managers who may read it."
    ) { arguments, session in
        guard session.actor.isAdministrator || session.actor.roles.contains("System Manager") else {
            throw Problem(.forbidden, "Passwords of documents are for System Managers")
        }
        let document = try session.get(arguments.required("doctype"), arguments.required("name"))
        let field = try arguments.required("fieldname")
        guard document.doctype.field(field)?.type == .password,
            session.fieldAccess(to: document.doctype).opens(field)
        else {
            throw Problem(
                .unknownField, "\(document.doctype.name) has no password \(field.prefix(140))", field: "fieldname")
        }
        return JSON(document[field])
    }

    // MARK: Links

    private static let validateLink = Method(
        "frappe.client.validate_link",
        parameters: [
            doctype, .required("docname", "The name to look for.", of: .argument("doctype")),
            .optional("fields", "Fields to fetch besides."),
        ], summary: "The name if such a document exists, else nothing."
    ) { arguments, session in
        var query = ListQuery(try arguments.required("doctype"))
        query.fields = ["name"]
        if arguments["fields"] != nil {
            query.fields += try ListArguments.fields(arguments["fields"]).filter { $0.string != "name" }
        }
        query.filters = [["name", "=", .string(try arguments.required("docname"))]]
        query.limit = 1
        return try session.list(query).json(dictionaries: true).array?.first ?? [:]
    }

    private static let isAmended = Method(
        "frappe.client.is_document_amended",
        parameters: [doctype, .required("docname", "The cancelled document.", of: .argument("doctype"))],
        summary: "Whether a document takes the place of this one."
    ) { arguments, session in
        let doctype = try session.registry.doctype(arguments.required("doctype"))
        guard doctype.isSubmittable else { return false }
        var query = ListQuery(doctype.name)
        query.filters = [["amended_from", "=", .string(try arguments.required("docname"))]]
        query.limit = 1
        return .bool(try !session.list(query).rows.isEmpty)
    }
}
