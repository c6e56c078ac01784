internal import Storage
public import Values

extension Session {
    /// An empty document of a DocType, to be filled and inserted.
    public func new(_ doctype: String) throws -> Document { Document(try registry.doctype(doctype)) }

    /// An empty document of a DocType declared in Swift.
    public func new<S: DocTypeSchema>(_ schema: S.Type) throws -> Doc<S> { Doc(try new(S.doctype.name)) }

    /// The document of that name, with its rows.
    ///
    /// Who may read only some documents of the DocType is not told which others there are: of one that may not be read
    /// and of one that is not there the same is said.
    ///
    /// - Throws: ``Problem/Kind/notFound``, ``Problem/Kind/forbidden``.
    public func get(_ doctype: String, _ name: String) throws -> Document {
        guard let document = try find(doctype, name) else { throw notThere(try registry.doctype(doctype), name) }
        return document
    }

    /// The document of that name, with its rows, as the Swift type declares it.
    ///
    /// - Throws: ``Problem/Kind/notFound``, ``Problem/Kind/forbidden``.
    public func get<S: DocTypeSchema>(_ schema: S.Type, _ name: String) throws -> Doc<S> {
        Doc(try get(S.doctype.name, name))
    }

    /// The document of that name, or nil when there is none.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    public func find(_ doctype: String, _ name: String) throws -> Document? {
        let type = try registry.doctype(doctype)
        try require(.read, type)
        guard let document = try load(type, [name]).first ?? loadNormalized(type, name) else { return nil }
        try require(.read, type, document)
        return document
    }

    /// The document whose name is this one in the form in which names are kept, where it is in another.
    private func loadNormalized(_ type: DocType, _ name: String) throws -> Document? {
        name.isNormalized ? nil : try load(type, [name.normalized]).first
    }

    /// The documents of these names with their rows, in the order of the names; those that do not exist are left out.
    /// Costs one statement, and one for each child table.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    public func getMany(_ doctype: String, _ names: [String]) throws -> [Document] {
        let type = try registry.doctype(doctype)
        try require(.read, type)
        let documents = try load(type, names)
        try require(.read, type, all: documents)
        return documents
    }

    /// A document to look settings up in, such as the company; nil when there is none. Read once a session, and again
    /// after its DocType was written to. No rights are asked; it is not to be changed.
    public func lookUp(_ doctype: String, _ name: String) throws -> Document? {
        let key = Reference(doctype, name)
        if let known = lookedUp[key] { return known }
        let document = try load(registry.doctype(doctype), [name]).first
        lookedUp[key] = document
        return document
    }

    /// Fields of many documents of one DocType by name, in one statement and without asking for rights: for domain code.
    public func values(of doctype: String, _ names: [String], _ fields: [String]) throws -> [Name: [Value]] {
        try values(of: doctype, Set(names), fields)
    }

    /// Fields of many documents of one DocType by name, in one statement and without asking for rights: for domain code.
    public func values(
        of doctype: String, _ names: Set<Name>, _ fields: [String]
    ) throws -> [Name: [Value]] {
        try values([(doctype, names, fields)])[0]
    }

    /// The same of several DocTypes, read together, and with them documents that will be looked up.
    func values(
        _ wanted: [(doctype: String, names: Set<Name>, fields: [String])], lookingUp: Set<Reference> = []
    ) throws -> [[Name: [Value]]] {
        var found: [[Name: [Value]]] = []
        var places: [Int] = []
        var queries: [Query] = []
        for (place, (doctype, names, fields)) in wanted.enumerated() {
            found.append([:])
            guard !names.isEmpty else { continue }
            let type = try registry.doctype(doctype)
            let slots = try fields.map { field in
                guard let slot = type.slot(of: field) else {
                    throw Problem(.unknownField, "\(doctype) has no field \(field)", field: field)
                }
                return slot
            }
            if let virtual = try virtualValues(of: type, names, fields, slots) {
                found[place] = virtual
                continue
            }
            var selection = "\"name\""
            for field in fields { selection += "," + quoted(field) }
            let types = [.text] + slots.map { type.columnTypes[$0] }
            for chunk in names.sorted().chunks(of: Limits.filterValues) {
                let condition = transaction.dialect.isOneOf("name", count: chunk.count)
                places.append(place)
                queries.append(
                    Query(
                        "SELECT \(selection) FROM \(quoted(type.table)) WHERE \(condition)", chunk.map(Value.text),
                        types))
            }
        }
        let targets = lookingUp.compactMap { target in registry.find(target.doctype).map { (type: $0, target: target) }
        }
        queries += targets.map { Query($0.type.readingOne, [.text($0.target.name)], $0.type.columnTypes) }
        guard !queries.isEmpty else { return found }
        let read = try transaction.query(queries)
        for (place, rows) in zip(places, read) {
            for row in rows { found[place][row[0].text ?? ""] = Array(row.dropFirst()) }
        }
        for ((type, target), rows) in zip(targets, read[places.count...]) {
            if let row = rows.first { lookedUp[target] = Document(type, stored: row) }
        }
        return found
    }

    /// One field of a document, without asking for rights: for domain code. Null when there is no such document.
    public func value(of doctype: String, _ name: String, _ field: String) throws -> Value {
        guard !name.isEmpty else { return .null }
        return try values(of: doctype, [name], [field])[name]?[0] ?? .null
    }

    /// Whether a document of that name exists, without asking for rights.
    public func exists(_ doctype: String, _ name: String) throws -> Bool {
        try !values(of: doctype, [name], ["name"]).isEmpty
    }

    /// Reads documents and their rows from their tables; no rights are asked.
    package func loadStored(_ type: DocType, _ names: [String]) throws -> [Document] {
        var byName: [Name: Document] = [:]
        for chunk in names.chunks(of: Limits.filterValues) {
            let sql =
                chunk.count == 1
                ? type.readingOne : type.reading + transaction.dialect.isOneOf("name", count: chunk.count)
            try transaction.forEach(sql, chunk.map(Value.text), type.columnTypes) { row in
                let document = Document(type, stored: row)
                byName[document.name] = document
            }
        }
        for (field, slot) in type.tables where !byName.isEmpty {
            let child = try registry.doctype(field.options ?? "")
            for chunk in byName.names.chunks(of: Limits.filterValues) {
                let parents = transaction.dialect.isOneOf("parent", count: chunk.count)
                let sql =
                    chunk.count == 1
                    ? child.readingRows
                    : "\(child.reading)\(parents) AND parenttype = ? AND parentfield = ? ORDER BY parent, idx"
                let arguments = chunk.map(Value.text) + [.text(type.name), .text(field.name)]
                try transaction.forEach(sql, arguments, child.columnTypes) { row in
                    let document = Document(child, stored: row)
                    byName[document.parent]?.rows[slot].append(document)
                }
            }
        }
        for document in byName.values { document.storedRows = document.rows }
        return names.compactMap { byName[$0] }
    }

    /// What a document that is not there is refused with.
    package static func notFound(_ doctype: String, _ name: String) -> Problem {
        var problem = Problem(.notFound, "\(doctype) \(name) not found")
        problem.doctype = doctype
        problem.name = name
        return problem
    }
}
