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
        var count = 0
        try forEachSearched(of: type) { documents in
            try transaction.insert(
                into: SearchIndex.table.name, SearchIndex.table.columns.map(\.name), documents.flatMap { $0 })
            count += documents.count
        }
        return count
    }

    /// Where the search index holds something else than what is made of the documents, and where it was made by other
    /// fields. A sentence each.
    ///
    /// - Throws: ``StorageError``.
    func checkSearch() throws -> [String] {
        // What this session wrote waits for its end.
        try writeSearch()
        var found: [String] = []
        let types = registry.doctypes.filter(\.isSearched)
        var shapes = Dictionary(
            types.map { (Name($0.name), $0.searched.shape($0.columns)) }, uniquingKeysWith: { first, _ in first })
        try transaction.forEach("SELECT doctype, shape FROM _search_shape", [], [.text, .text]) { row in
            let shape = shapes.removeValue(forKey: Name(row[0].text ?? ""))
            if shape != row[1].text { found.append("\(row[0]) is in the search index by other fields than its own") }
        }
        found += shapes.keys.sorted().map { "\($0) is not in the search index" }
        let table = SearchIndex.table
        let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
        let columnTypes = table.columns.map(\.type)
        for type in types {
            var looked = 0
            try forEachSearched(of: type) { documents in
                let rows = documents.flatMap { $0 }
                guard let first = rows.first?[1], let end = rows.last?[1] else { return }
                looked += rows.count
                let kept = Set(
                    try transaction.query(
                        "SELECT \(columns) FROM _search WHERE doctype = ? AND name >= ? AND name <= ?",
                        [.text(type.name), first, end], columnTypes))
                for row in rows where !kept.contains(row) {
                    found.append("\(type.name) \(row[1]) is not in the search index as it is")
                }
            }
            let count =
                try transaction.first(
                    "SELECT count(*) FROM _search WHERE doctype = ?", [.text(type.name)], [.integer])?[0].int ?? 0
            if count > Int64(looked) {
                found.append("the search index has \(count - Int64(looked)) rows of \(type.name) more than there are")
            }
        }
        let known = types.map(\.name)
        try transaction.forEach("SELECT DISTINCT doctype FROM _search", [], [.text]) { row in
            if !known.contains(row[0].text ?? "") {
                found.append("\(row[0]) is in the search index, but is not searched")
            }
        }
        return found
    }

    /// Makes of the documents of a DocType what the index holds, a thousand documents at a time in the order of their names.
    private func forEachSearched(of type: DocType, _ body: ([[[Value]]]) throws -> Void) throws {
        guard type.isSearched else { return }
        let slots =
            [Document.Slot.name] + type.searched.groups.flatMap(\.slots) + [type.searched.title].compactMap { $0 }
        let places = Dictionary(slots.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let selection = slots.map { type.qualified[$0] }.joined(separator: ",")
        let sql = "SELECT \(selection) FROM \(quoted(type.table)) WHERE name > ? ORDER BY name LIMIT ?"
        var last = Value.text("")
        while true {
            let page = try transaction.query(
                sql, [last, .int(Int64(Limits.filterValues))], slots.map { type.columnTypes[$0] })
            guard let end = page.last else { return }
            try body(page.map { row in SearchIndex.rows(type) { row[places[$0] ?? 0] } })
            last = end[0]
        }
    }
}
