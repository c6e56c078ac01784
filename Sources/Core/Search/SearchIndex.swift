internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// The words of all documents, in one table with a text index: a row for each document and level of rights.
enum SearchIndex {
    static let table = TableSchema(
        "_search",
        columns: [
            .init("doctype", .text, required: true), .init("name", .text, required: true),
            .init("level", .integer, required: true), .init("title", .text, required: true),
            .init("content", .text, required: true), .init("kind", .text, required: true),
        ], primaryKey: ["doctype", "name", "level"], textIndex: ["title", "content", "kind"])

    private static let columns = table.columns.map(\.name)

    /// What is to be written when the transaction ends.
    struct Pending: SessionState {
        var documents: [Reference: Document?] = [:]
        var order: [Reference] = []

        mutating func note(_ type: String, _ name: String, _ document: Document?) {
            let key = Reference(type, name)
            if documents[key] == nil { order.append(key) }
            documents[key] = .some(document)
        }
    }

    /// The rows of a document.
    static func rows(_ type: DocType, _ values: (_ slot: Int) -> Value) -> [[Value]] {
        let name = values(Document.Slot.name)
        var title = SearchText.tokens(name.text ?? "")
        let searched = type.searched
        if let slot = searched.title, let text = values(slot).text, text != name.text {
            title += " \(SearchText.separator) \(SearchText.tokens(text))"
        }
        return searched.groups.map { group in
            var content = ""
            for slot in group.slots {
                guard let text = values(slot).text, !text.isEmpty, content.utf8.count < Limits.searchedBytes else {
                    continue
                }
                let left = Limits.searchedBytes - content.utf8.count
                if !content.isEmpty { content += " \(SearchText.separator) " }
                content += SearchText.tokens(text, isMarkup: type.isMarkup(slot), limit: left)
            }
            return [
                .text(type.name), name, .int(Int64(group.level)), .text(group.level == 0 ? title : ""), .text(content),
                .text(type.searchMark),
            ]
        }
    }

    /// Adds rows, or puts them in the place of those that are there.
    static func write(_ rows: [[Value]], in transaction: any Transaction) throws {
        // Statements of two sizes, so that they are prepared once each.
        let large = rows.count / batch * batch
        for chunk in Array(rows[..<large]).chunks(of: batch) {
            try transaction.issue(statement(chunk.count), chunk.flatMap { $0 })
        }
        for row in rows[large...] { try transaction.issue(single, row) }
    }

    private static let batch = 100
    private static let single = statement(1)

    private static func statement(_ count: Int) -> String {
        let row = "(\(placeholders(columns.count)))"
        let rows = Array(repeating: row, count: count).joined(separator: ",")
        return """
            INSERT INTO _search (\(columns.map(quoted).joined(separator: ","))) VALUES \(rows) \
            ON CONFLICT (doctype, name, level) DO UPDATE SET title = excluded.title, content = excluded.content
            """
    }

    /// Removes the rows of documents.
    static func remove(_ doctype: String, _ names: [String], in transaction: any Transaction) throws {
        for chunk in names.chunks(of: Limits.filterValues) {
            let isOne = transaction.dialect.isOneOf("name", count: chunk.count)
            try transaction.execute(
                "DELETE FROM _search WHERE doctype = ? AND \(isOne)", [.text(doctype)] + chunk.map(Value.text))
        }
    }
}

extension Session {
    /// Notes what writes mean for the search.
    func noteForSearch(_ changes: [DocumentChange]) {
        for change in changes where change.document.doctype.isSearched {
            let (type, document) = (change.document.doctype, change.document)
            with(SearchIndex.Pending.self) { pending in
                switch change.action {
                case .insert, .restore: pending.note(type.name, document.name, document)
                case .delete: pending.note(type.name, document.name, nil)
                case .rename:
                    if let old = change.oldName { pending.note(type.name, old, nil) }
                    pending.note(type.name, document.name, document)
                default:
                    guard change.fields.contains(where: { type.searched.names.contains($0.field) }) else { return }
                    pending.note(type.name, document.name, document)
                }
            }
        }
    }

    /// Brings the index to what was written: one statement for the documents that are there, one for each DocType of those
    /// that are gone.
    package func writeSearch() throws {
        let pending = state(SearchIndex.Pending.self)
        guard !pending.order.isEmpty else { return }
        var rows: [[Value]] = []
        var gone: [String: [String]] = [:]
        for key in pending.order {
            if let document = pending.documents[key] ?? nil {
                rows += SearchIndex.rows(document.doctype) { document.values[$0] }
            } else {
                gone[key.doctype, default: []].append(key.name)
            }
        }
        for (doctype, names) in gone.sorted(by: { $0.key < $1.key }) {
            try SearchIndex.remove(doctype, names, in: transaction)
        }
        try SearchIndex.write(rows, in: transaction)
        with(SearchIndex.Pending.self) { $0 = SearchIndex.Pending() }
    }
}
