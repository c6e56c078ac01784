internal import Documents
internal import Values

/// How clients change documents, whichever route they take.
extension Session {
    /// Adds a document a client sent.
    func create(_ doctype: String, _ object: JSONObject) throws -> Document {
        let type = try registry.doctype(doctype)
        if type.kind == .child, let parent = object["parent"]?.string, let parentType = object["parenttype"]?.string {
            return try addRow(type, object, to: parentType, parent)
        }
        let document = try self.document(doctype, from: object)
        try insert(document)
        return document
    }

    /// Changes a document as a client asks; a row of a table through what it belongs to.
    func change(_ doctype: String, _ name: String, _ object: JSONObject) throws -> Document {
        let type = try registry.doctype(doctype)
        if type.kind == .child { return try changeRow(type, name, object) }
        let document = try get(doctype, name)
        try apply(object, to: document)
        try save(document)
        return document
    }

    /// Inserts, or changes if there is one of that name: what `save` and `submit` with a whole document mean.
    func put(_ object: JSONObject) throws -> Document {
        guard let doctype = object["doctype"]?.string else {
            throw Problem(
                .mandatory, "The document has no doctype", field: "doctype", fix: "Send doctype in the document.")
        }
        if let name = object["name"]?.string, object["__islocal"]?.int != 1, try find(doctype, name) != nil {
            return try change(doctype, name, object)
        }
        return try create(doctype, object)
    }

    /// A row by its name and the document it belongs to.
    private func owner(of row: Document) throws -> (document: Document, field: String) {
        let field = row.text("parentfield")
        return (try get(row.text("parenttype"), row.parent), field)
    }

    private func changeRow(_ type: DocType, _ name: String, _ object: JSONObject) throws -> Document {
        let (parent, field) = try owner(of: try get(type.name, name))
        // A row that is sent with its name alone stays as it is.
        let rows = parent.table(field).map { row -> JSON in
            var sent = row.name == name ? object : [:]
            sent["name"] = .string(row.name)
            return .object(sent)
        }
        try apply([field: .array(rows)], to: parent)
        try save(parent)
        return try row(named: name, field, of: parent)
    }

    private func addRow(_ type: DocType, _ object: JSONObject, to parentType: String, _ name: String) throws -> Document
    {
        let parent = try get(parentType, name)
        let fitting = parent.doctype.tables.first {
            $0.field.options == type.name && (object["parentfield"]?.string ?? $0.field.name) == $0.field.name
        }
        guard let field = fitting?.field.name else {
            throw Problem(.unknownField, "\(parentType) has no rows of \(type.name)", field: "parenttype")
        }
        let before = Set(parent.table(field).map(\.name))
        var rows = parent.table(field).map { JSON.object(["name": .string($0.name)]) }
        rows.append(.object(object))
        try apply([field: .array(rows)], to: parent)
        try save(parent)
        guard let added = parent.table(field).last(where: { !before.contains($0.name) }) else {
            throw Problem(.inconsistent, "The row was not kept")
        }
        return added
    }

    private func row(named name: String, _ field: String, of parent: Document) throws -> Document {
        guard let row = parent.table(field).first(where: { $0.name == name }) else {
            throw Problem(.notFound, "The row \(name) is gone")
        }
        return row
    }
}

extension Arguments {
    /// A document that came as an object or as JSON text.
    ///
    /// - Throws: ``Problem/Kind/mandatory``, ``Problem/Kind/malformed``.
    func document(_ names: String...) throws -> JSONObject {
        for name in names {
            guard let json = try json(name) else { continue }
            if case .object(let object) = json { return object }
            throw Problem(.malformed, "\(name) must be a document as a JSON object", field: name)
        }
        throw Problem(.mandatory, "The argument \(names[0]) is missing", field: names[0], fix: "Send \(names[0]).")
    }

    /// The document of a request to create or change one: `data`, or else all arguments.
    ///
    /// - Throws: ``Problem/Kind/malformed``.
    func sentDocument(for type: DocType) throws -> JSONObject {
        if let data = try json("data") {
            if case .object(let object) = data { return object }
            if type.field("data") == nil {
                throw Problem(.malformed, "data must be a document as a JSON object", field: "data")
            }
        }
        var object = values
        for name in ["cmd", "sid", "csrf_token", "run_method", "expand_links", "rehearse"] where type.field(name) == nil
        {
            object.removeValue(forKey: name)
        }
        return object
    }
}
