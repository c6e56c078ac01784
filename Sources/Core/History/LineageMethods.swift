public import Documents
internal import Metadata
public import Values

/// Methods about what documents were and where their values come from.
enum LineageMethods {
    static let all = [of, versions]

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
