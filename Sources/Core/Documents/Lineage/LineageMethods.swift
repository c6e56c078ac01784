public import Values

/// Methods about what documents were and where their values come from.
enum LineageMethods {
    static func register(_ registry: inout Registry) {
        registry.add(Version.self)
        registry.observe(.all, .written) { changes, session in try session.keepVersions(changes) }
        registry.atEnd { session, events in try session.writeVersions(events) }
        for method in [of, versions, asOf] { registry.add(method) }
    }

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")

    private static let of = Method(
        "cauldron.lineage.of", parameters: [doctype, .required("name", "The document.", of: .argument("doctype"))],
        summary: "Who set each field of a document last, when, and what it was before."
    ) { arguments, session in
        let document = try session.get(arguments.required("doctype"), arguments.required("name"))
        return try session.lineage(of: document).json(of: document, in: session)
    }

    private static let versions = Method(
        "cauldron.lineage.versions",
        parameters: [
            doctype, .required("name", "The document.", of: .argument("doctype")),
            .optional("limit", "The most versions; 10 unless given."),
            .optional("start", "Versions to leave out."),
        ], summary: "The versions of a document, the newest first."
    ) { arguments, session in
        .array(
            try session.versions(
                of: arguments.required("doctype"), arguments.required("name"),
                start: arguments.int("start", in: 0...Int.max) ?? 0,
                limit: arguments.int("limit", in: 0...Int.max) ?? 10))
    }

    private static let asOf = Method(
        "cauldron.as_of",
        parameters: [
            doctype, .required("moment", "The moment, as YYYY-MM-DD HH:MM:SS.ffffff or in the form of RFC 3339."),
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

extension Arguments {
    /// An argument as a moment; nil when it is missing.
    ///
    /// - Throws: ``Problem/Kind/wrongType``.
    public func moment(_ name: String) throws -> Timestamp? {
        guard let text = text(name) else { return nil }
        guard let moment = Timestamp(text) else {
            throw Problem(.wrongType, "\(name) must be a moment as YYYY-MM-DD HH:MM:SS", field: name)
        }
        return moment
    }
}

extension Session {
    /// The newest versions of a document as clients of Frappe read them, as far as the actor may see what is in them:
    /// objects with `name`, `owner`, `creation` and `data`, which is JSON text. Those from before a renaming or before a
    /// deletion that was undone are among them; those from before the actor could read the document are not.
    ///
    /// - Throws: ``Problem/Kind/forbidden``, ``Problem/Kind/notFound``.
    public func versions(of doctype: String, _ name: String, start: Int = 0, limit: Int) throws -> [JSON] {
        let document = try get(doctype, name)
        let most = min(max(limit, 0), Limits.documentsPerCall)
        guard most > 0 else { return [] }
        let screen = try VersionScreen(self, document.doctype)
        var versions: [JSON] = []
        var left = max(0, start)
        var walk = try VersionWalk(self, document)
        try walk.run { version in
            // What changed then tells what was before.
            guard version.showsBefore else { return false }
            if left > 0 {
                left -= 1
                return true
            }
            guard versions.count < most else {
                if limit > most { noteMore("start=\(max(0, start) + most)") }
                return false
            }
            versions.append([
                "name": .string(version.name), "owner": .string(version.user),
                "creation": .string(version.moment.description), "ref_doctype": .string(doctype),
                "docname": .string(version.docname), "data": .string(screen.shown(version.entry).text),
            ])
            return versions.count < most || limit > most
        }
        return versions
    }
}

extension Lineage {
    /// The origin of each field, and of each field of the rows by table, as far as the actor may see them.
    func json(of document: Document, in session: Session) -> JSON {
        let type = document.doctype
        let hidden = session.hiddenFields(of: type)
        var fields: JSONObject = [:]
        for field in type.columns.dropFirst(type.firstOwnSlot) where !hidden.contains(field.name) {
            fields[field.name] = origin(of: field.name).json
        }
        var tables: JSONObject = [:]
        for (field, slot) in type.tables where !hidden.contains(field.name) {
            tables[field.name] = .array(
                document.rows[slot].map { row in
                    let hidden = session.hiddenFields(of: row.doctype, through: type)
                    var fields: JSONObject = [:]
                    for field in row.doctype.columns.dropFirst(row.doctype.firstOwnSlot)
                    where !hidden.contains(field.name) {
                        fields[field.name] = origin(of: field.name, row: row.name).json
                    }
                    return ["name": .string(row.name), "idx": .int(Int64(row.idx)), "fields": .object(fields)]
                })
        }
        return ["creation": creation.json, "fields": .object(fields), "rows": .object(tables)]
    }
}
