internal import Storage
public import Values

/// What stands in the way of deleting a document, and what would go with it.
public struct DeletePreview: Sendable {
    /// Documents of one DocType that link to it.
    public struct Linked: Sendable, Equatable {
        /// The DocType.
        public let doctype: String
        /// How many there are, also of those the actor may not read; no more than ``Limits/previewLinks`` are counted in one
        /// column.
        public let count: Int
        /// How many of them are submitted, which keeps the document from being deleted with them.
        public let submitted: Int
        /// The first of those the actor may read, at most ``Limits/previewNames``.
        public let names: [String]
    }

    /// What links to it, by DocType.
    public let linked: [Linked]
    /// What would be deleted with it, by DocType: comments, files, assignments and the like.
    public let companions: [(doctype: String, count: Int)]
    /// Whether it can be deleted now, as far as links and its own state go.
    public let isPossible: Bool
    /// Whether it can be deleted together with what links to it, directly or through others.
    public let cascadeIsPossible: Bool

    /// The preview for clients.
    public var json: JSON {
        [
            "possible": .bool(isPossible), "cascade_possible": .bool(cascadeIsPossible),
            "linked": .array(
                linked.map { one in
                    [
                        "doctype": .string(one.doctype), "count": .int(Int64(one.count)),
                        "submitted": .int(Int64(one.submitted)), "names": .array(one.names.map(JSON.string)),
                    ]
                }),
            "companions": .array(
                companions.map { ["doctype": .string($0.doctype), "count": .int(Int64($0.count))] }),
        ]
    }
}

extension Session {
    /// What links to a document and what would be deleted with it; versions and the log stay.
    ///
    /// Names are told only of documents the actor may read; of others only how many there are.
    public func deletePreview(_ doctype: String, _ name: String) throws -> DeletePreview {
        let document = try get(doctype, name)
        let name = document.name
        var found: [String: Set<Name>] = [:]
        var isHeld = false
        let mayDelete = try decision(.delete, document.doctype, document).isAllowed
        for column in LinkColumn.all(to: document.doctype, in: registry) where column.holds {
            guard showsLink(column) else {
                // Whoever would delete it learns that it cannot, and nothing else.
                if mayDelete, !isHeld { isHeld = try holds(document, in: column) }
                continue
            }
            let (condition, arguments) = column.condition([name], document.doctype, transaction.dialect)
            let isRow = column.type.kind == .child
            let key = isRow ? "parenttype, parent" : "name, name"
            let sql = """
                SELECT DISTINCT \(key) FROM \(quoted(column.type.table)) WHERE \(condition) LIMIT \(Limits.previewLinks)
                """
            try transaction.forEach(sql, arguments, [.text, .text]) { row in
                let holder = isRow ? row[0].text ?? "" : column.type.name
                guard holder != doctype || row[1].text != name else { return }
                found[holder, default: []].insert(row[1].text ?? "")
            }
        }
        let linked = try found.sorted { $0.key < $1.key }.map { try describe($0.key, $0.value.sorted()) }
        let hanging = try hanging(on: document.doctype, [name])
        var counts: [(String, Int)] = []
        for group in hanging {
            guard let type = group.documents.first?.doctype.name else { continue }
            if let index = counts.firstIndex(where: { $0.0 == type }) {
                counts[index].1 += group.documents.count
            } else {
                counts.append((type, group.documents.count))
            }
        }
        let isFree = document.docstatus != .submitted
        let goesWithAll =
            try isFree && !isHeld && linked.allSatisfy { $0.submitted == 0 } && cascades(from: document, linked)
        return DeletePreview(
            linked: linked, companions: counts.map { (doctype: $0.0, count: $0.1) },
            isPossible: isFree && !isHeld && linked.isEmpty,
            cascadeIsPossible: goesWithAll)
    }

    /// Whether nothing that would go with the document is submitted, however far away, and it is not too much.
    private func cascades(from document: Document, _ linked: [DeletePreview.Linked]) throws -> Bool {
        if linked.isEmpty { return true }
        do {
            return try withAllThatLinks(to: document).allSatisfy { $0.docstatus != .submitted }
        } catch let problem as Problem where problem.kind == .tooMany {
            return false
        }
    }

    private func holds(_ document: Document, in column: LinkColumn) throws -> Bool {
        let (condition, arguments) = column.condition([document.name], document.doctype, transaction.dialect)
        let sql = "SELECT 1 FROM \(quoted(column.type.table)) WHERE \(condition) LIMIT 1"
        return try transaction.first(sql, arguments, [.integer]) != nil
    }

    /// Whether the actor may know of the documents that name something in a column. Of DocTypes it may not read, and in
    /// fields that are hidden from it, it is told nothing.
    private func showsLink(_ column: LinkColumn) -> Bool {
        let owners = column.type.kind == .child ? registry.parents(of: column.type.name) : [column.type]
        guard owners.contains(where: { may(.read, $0) }) else { return false }
        return !hiddenFields(of: column.type).contains(column.field.name)
    }

    private func describe(_ doctype: String, _ names: [String]) throws -> DeletePreview.Linked {
        let type = try registry.doctype(doctype)
        var readable: [String] = []
        if may(.read, type) {
            let rule = readCondition(for: type, table: type.table)
            for chunk in names.chunks(of: Limits.filterValues) where readable.count < Limits.previewNames {
                let condition = transaction.dialect.isOneOf("name", count: chunk.count)
                try transaction.forEach(
                    """
                    SELECT name FROM \(quoted(type.table)) WHERE \(condition)\(rule.map { " AND \($0.sql)" } ?? "")
                    ORDER BY name LIMIT \(Limits.previewNames)
                    """, chunk.map(Value.text) + (rule?.arguments ?? []), [.text]
                ) { readable.append($0[0].text ?? "") }
            }
        }
        var submitted = 0
        if type.isSubmittable {
            submitted = try values(of: doctype, names, ["docstatus"]).values.count { $0[0].int == 1 }
        }
        return DeletePreview.Linked(
            doctype: doctype, count: names.count, submitted: submitted,
            names: Array(readable.prefix(Limits.previewNames)))
    }
}
