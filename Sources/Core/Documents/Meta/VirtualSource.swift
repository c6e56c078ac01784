import Values

/// Where the documents of a DocType come from that no table holds, or not all of them.
///
/// A module adds one with ``Registry/add(source:for:)``. What it gives passes the same rights, filters and checks as
/// documents of a table. A virtual DocType without a source has no documents and refuses to be written.
public struct VirtualSource: Sendable {
    /// The documents, at least those that the list asks for; the rows of tables may be left out. Filters, order and paging
    /// are applied to what it gives.
    public let list: @Sendable (ListQuery, Session) throws -> [Document]
    /// The documents of these names with their rows; those that do not exist are left out.
    public let load: @Sendable ([String], Session) throws -> [Document]
    /// Whether there is a document of this name, where that is known without making it.
    public let has: (@Sendable (String, Session) -> Bool)?
    /// Keeps a new document; nil where none can be made.
    public let insert: (@Sendable (Document, Session) throws -> Void)?
    /// Keeps a changed document; nil where none can be changed.
    public let update: (@Sendable (Document, Session) throws -> Void)?
    /// Removes a document; nil where none can be removed.
    public let delete: (@Sendable (Document, Session) throws -> Void)?

    /// A source of these functions.
    public init(
        list: @escaping @Sendable (ListQuery, Session) throws -> [Document],
        load: @escaping @Sendable ([String], Session) throws -> [Document],
        has: (@Sendable (String, Session) -> Bool)? = nil,
        insert: (@Sendable (Document, Session) throws -> Void)? = nil,
        update: (@Sendable (Document, Session) throws -> Void)? = nil,
        delete: (@Sendable (Document, Session) throws -> Void)? = nil
    ) {
        self.list = list
        self.load = load
        self.has = has
        self.insert = insert
        self.update = update
        self.delete = delete
    }
}

extension Session {
    /// Reads documents and their rows; no rights are asked. A single that was never saved has its defaults.
    package func load(_ type: DocType, _ names: [String]) throws -> [Document] {
        let source = registry.sources[type.name]
        guard source != nil || type.isVirtual || type.isSingle else { return try loadStored(type, names) }
        if type.isVirtual { return try source?.load(names, self) ?? [] }
        var found = try loadStored(type, names)
        let missing = names.filter { name in !found.contains { $0.name == name } }
        guard !missing.isEmpty else { return found }
        if type.isSingle, missing.contains(type.name) { found.append(unsavedSingle(type)) }
        if let source { found += try source.load(missing, self) }
        let byName = Dictionary(found.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return names.compactMap { byName[$0] }
    }

    /// A single before its first save.
    package func unsavedSingle(_ type: DocType) -> Document {
        let document = Document(type)
        prepare(document)
        document.name = type.name
        document.fillZeros()
        return document
    }

    /// Fields of documents that no table holds, or not all of them; nil where a table holds them.
    func virtualValues(
        of type: DocType, _ names: Set<Name>, _ fields: [String], _ slots: [Int]
    ) throws -> [Name: [Value]]? {
        guard type.isVirtual || registry.sources[type.name] != nil else { return nil }
        var found: [Name: [Value]] = [:]
        if fields == ["name"], let has = registry.sources[type.name]?.has {
            for name in names where has(name.text, self) { found[name] = [.text(name.text)] }
            return found
        }
        for document in try load(type, names.sorted()) {
            found[document.name] = slots.map { document.values[$0] }
        }
        return found
    }

    /// Hands a new or changed document of a virtual DocType to its source.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` where the source does not take it.
    func writeVirtual(_ document: Document, isNew: Bool) throws {
        let source = registry.sources[document.doctype.name]
        guard let write = isNew ? source?.insert : source?.update else {
            throw Self.notWritable(document.doctype, isNew ? "made" : "changed")
        }
        try write(document, self)
    }

    /// Hands a document of a virtual DocType to its source to be removed.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` where the source does not do that.
    func deleteVirtual(_ document: Document) throws {
        guard let delete = registry.sources[document.doctype.name]?.delete else {
            throw Self.notWritable(document.doctype, "deleted")
        }
        try delete(document, self)
    }

    private static func notWritable(_ type: DocType, _ verb: String) -> Problem {
        var problem = Problem(.forbidden, "Documents of \(type.name) cannot be \(verb): no table holds them")
        problem.doctype = type.name
        return problem
    }
}
