internal import Collaboration
public import Documents
internal import Metadata
internal import Storage
public import Values

/// What stands in the way of deleting a document, and what would go with it.
public struct DeletePreview: Sendable {
    /// Documents of one DocType that link to it.
    public struct Linked: Sendable, Equatable {
        /// The DocType.
        public let doctype: String
        /// How many there are of those the actor may read; no more than ``Limits/previewLinks`` are counted in one column.
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
    /// Whether the actor can delete it now. What it may not read and links to it counts, without being told.
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
    /// Only documents that the actor may read are told and counted, and only what a form shows around the document.
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
        var linked: [DeletePreview.Linked] = []
        for (doctype, names) in found.sorted(by: { $0.key < $1.key }) {
            let one = try describe(doctype, names.sorted())
            if mayDelete, one.count < names.count { isHeld = true }
            if one.count > 0 { linked.append(one) }
        }
        let isFree = mayDelete && document.docstatus != .submitted
        let goesWithAll =
            try isFree && !isHeld && linked.allSatisfy { $0.submitted == 0 } && cascades(from: document, linked)
        return DeletePreview(
            linked: linked, companions: try shownCompanions(of: document),
            isPossible: isFree && !isHeld && linked.isEmpty,
            cascadeIsPossible: goesWithAll)
    }

    /// What would be deleted with a document, as far as a form shows it around the document: files in hidden fields, what is
    /// noted of them, and recurrences of others do not count.
    private func shownCompanions(of document: Document) throws -> [(doctype: String, count: Int)] {
        let hidden = asksNoFields ? [] : try hiddenFiles(of: document)
        var counts: [(doctype: String, count: Int)] = []
        for group in try hanging(on: document.doctype, [document.name]) {
            guard let type = group.documents.first?.doctype else { continue }
            let shown: [Document]
            switch type.name {
            case "File": shown = group.documents.filter { !hidden.contains($0.text("file_url")) }
            case "Comment":
                shown = group.documents.filter { note in
                    note.text("comment_type") == "Comment"
                        || shows(note.text("subject"), of: document)
                            && !hidden.contains { note.text("content").hasSuffix($0) }
                }
            case "Auto Repeat":
                shown = zip(group.documents, try decisions(.read, type, group.documents)).filter(\.1.isAllowed).map(\.0)
            default: shown = group.documents
            }
            if let index = counts.firstIndex(where: { $0.doctype == type.name }) {
                counts[index].count += shown.count
            } else if !shown.isEmpty {
                counts.append((type.name, shown.count))
            }
        }
        return counts
    }

    /// Whether the actor may read and delete all that would go with the document, however far away, nothing of it is
    /// submitted, and it is not too much.
    private func cascades(from document: Document, _ linked: [DeletePreview.Linked]) throws -> Bool {
        if linked.isEmpty { return true }
        do {
            let all = try withAllThatLinks(to: document)
            guard all.allSatisfy({ $0.docstatus != .submitted }) else { return false }
            for (_, documents) in Dictionary(grouping: all, by: \.doctype.name).sorted(by: { $0.key < $1.key }) {
                for right in [Right.read, .delete] {
                    let decisions = try decisions(right, documents[0].doctype, documents)
                    guard decisions.allSatisfy(\.isAllowed) else { return false }
                }
            }
            return true
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
        if may(.read, type) || actor.sharedTypes.contains(doctype) {
            let rule = readCondition(for: type, table: type.table, right: .read)
            for chunk in names.chunks(of: Limits.filterValues) {
                let condition = transaction.dialect.isOneOf("name", count: chunk.count)
                try transaction.forEach(
                    "SELECT name FROM \(quoted(type.table)) WHERE \(condition)\(rule.map { " AND \($0.sql)" } ?? "") ORDER BY name",
                    chunk.map(Value.text) + (rule?.arguments ?? []), [.text]
                ) { readable.append($0[0].text ?? "") }
            }
        }
        var submitted = 0
        if type.isSubmittable {
            submitted = try values(of: doctype, readable, ["docstatus"]).values.count { $0[0].int == 1 }
        }
        return DeletePreview.Linked(
            doctype: doctype, count: readable.count, submitted: submitted,
            names: Array(readable.prefix(Limits.previewNames)))
    }
}
