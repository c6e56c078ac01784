internal import Values

/// A row that was taken out of a document because what it names is being deleted, and that comes back with it.
struct DetachedRow {
    let holder: Reference
    let table: String
    let row: Document

    init(_ holder: Document, _ table: String, _ row: Document) {
        self.holder = Reference(holder.doctype.name, holder.name)
        self.table = table
        self.row = row
    }

    /// Reads it back; nil where its table is gone.
    init?(_ object: JSONObject, in registry: Registry) throws {
        guard let doctype = object["doctype"]?.string, let name = object["name"]?.string,
            let table = object["table"]?.string, let row = object["row"]?.object,
            let field = registry.find(doctype)?.field(table), field.type.isTable,
            let child = registry.find(field.options ?? "")
        else { return nil }
        holder = Reference(doctype, name)
        self.table = table
        self.row = try Document(copy: row, child, secrets: [:], in: registry)
    }

    /// The form kept with the deleted document.
    var json: JSON {
        [
            "doctype": .string(holder.doctype), "name": .string(holder.name), "table": .string(table),
            "row": row.storedJSON,
        ]
    }
}

extension Session {
    /// Takes rows out of documents because what they name, `target`, is being deleted: called by its `onTrash`. The rows are
    /// kept with its copy, and come back when it is restored.
    ///
    /// No rights are asked. It takes the statements of reading and writing the documents, which get versions.
    public func detach(
        _ table: String, of doctype: String, _ names: [String], with target: (doctype: String, name: String),
        where isTaken: (Document) -> Bool
    ) throws {
        let documents = try privileged { try getMany(doctype, names) }
        var taken: [JSON] = []
        for document in documents {
            let rows = document.table(table)
            taken += rows.filter(isTaken).map { DetachedRow(document, table, $0).json }
            document.setTable(table, rows.filter { !isTaken($0) })
        }
        try saveDerived(documents)
        pending.detachedRows[Reference(target.doctype, target.name), default: []] += taken
    }

    /// Puts rows back where they were taken out, unless their documents are gone or have such rows again.
    func reattach(_ rows: [DetachedRow]) throws {
        var byType: [String: [DetachedRow]] = [:]
        for row in rows { byType[row.holder.doctype, default: []].append(row) }
        for (doctype, rows) in byType.sorted(by: { $0.key < $1.key }) {
            let documents = try load(registry.doctype(doctype), Set<Name>(rows.map(\.holder.name)).sorted())
            for document in documents {
                for one in rows where one.holder.name == document.name {
                    let known = document.table(one.table)
                    let own = one.row.doctype.firstOwnSlot
                    guard !known.contains(where: { $0.values[own...] == one.row.values[own...] }) else { continue }
                    document.setTable(one.table, known + [one.row])
                }
                adopt(document)
            }
            try saveDerived(documents)
        }
    }
}
