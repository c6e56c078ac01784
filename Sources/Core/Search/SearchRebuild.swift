public import Documents
internal import Metadata
internal import Storage
internal import Values

extension SearchIndex {
    /// By which fields each DocType's documents were indexed.
    static let shapes = TableSchema(
        "_search_shape",
        columns: [.init("doctype", .text, required: true), .init("shape", .text, required: true)])
}

extension SearchedFields {
    /// How letters are folded, the fields and what rights they need, in words: what changes when an index of them would be
    /// another.
    func shape(_ columns: [FieldDefinition]) -> String {
        let groups = groups.map { "\($0.level):" + $0.slots.map { columns[$0].name }.joined(separator: ",") }
        return (["letters 2", title.map { columns[$0].name } ?? ""] + groups).joined(separator: ";")
    }
}

extension Session {
    /// Makes the index of those DocTypes anew whose searched fields are others than those it was made by, and forgets those
    /// that are gone: after metadata changed, and when a company is opened.
    ///
    /// - Throws: ``StorageError``.
    public func refreshSearch() throws {
        let rows = try transaction.query(
            "SELECT doctype, shape FROM _search_shape ORDER BY doctype", [], [.text, .text])
        let known = Dictionary(
            rows.map { ($0[0].text ?? "", $0[1].text ?? "") }, uniquingKeysWith: { first, _ in first })
        let types = registry.doctypes.filter(\.isSearched)
        var stale: [String] = []
        var fresh: [[Value]] = []
        for type in types {
            let shape = type.searched.shape(type.columns)
            guard known[type.name] != shape else { continue }
            stale.append(type.name)
            fresh.append([.text(type.name), .text(shape)])
        }
        let present = Set(types.map(\.name))
        let gone = known.keys.filter { !present.contains($0) }.sorted()
        for doctype in stale { try rebuildSearch(doctype) }
        for chunk in (stale + gone).chunks(of: Limits.filterValues) {
            let isOne = transaction.dialect.isOneOf("doctype", count: chunk.count)
            try transaction.execute("DELETE FROM _search_shape WHERE \(isOne)", chunk.map(Value.text))
        }
        for chunk in gone.chunks(of: Limits.filterValues) {
            let isOne = transaction.dialect.isOneOf("doctype", count: chunk.count)
            try transaction.execute("DELETE FROM _search WHERE \(isOne)", chunk.map(Value.text))
        }
        try transaction.insert(into: SearchIndex.shapes.name, SearchIndex.shapes.columns.map(\.name), fresh)
    }

    /// Makes the index of a DocType's documents anew: after its searched fields changed, or what a transaction wrote past
    /// the engine.
    ///
    /// - Returns: how many documents it has.
    /// - Throws: ``Problem/Kind/notFound``; ``StorageError``.
    @discardableResult
    public func rebuildSearch(_ doctype: String) throws -> Int {
        let type = try registry.doctype(doctype)
        try transaction.execute("DELETE FROM _search WHERE doctype = ?", [.text(type.name)])
        guard type.isSearched else { return 0 }
        let slots =
            [Document.Slot.name] + type.searched.groups.flatMap(\.slots) + [type.searched.title].compactMap { $0 }
        let places = Dictionary(slots.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let selection = slots.map { type.qualified[$0] }.joined(separator: ",")
        let sql = "SELECT \(selection) FROM \(quoted(type.table)) WHERE name > ? ORDER BY name LIMIT ?"
        var count = 0
        var last = Value.text("")
        while true {
            let page = try transaction.query(
                sql, [last, .int(Int64(Limits.filterValues))], slots.map { type.columnTypes[$0] })
            guard let end = page.last else { return count }
            try transaction.insert(
                into: SearchIndex.table.name, SearchIndex.table.columns.map(\.name),
                page.flatMap { row in SearchIndex.rows(type) { row[places[$0] ?? 0] } })
            count += page.count
            last = end[0]
        }
    }
}
