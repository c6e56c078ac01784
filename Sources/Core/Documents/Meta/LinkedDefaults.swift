internal import Values

extension Session {
    /// Fills what is empty and has the default `:DocType`: with the field of the same name of the document of that DocType
    /// which the new document, or the one its row belongs to, links to. One statement for each such DocType.
    func fillLinkedDefaults(_ documents: [Document]) throws {
        guard let type = documents.first?.doctype else { return }
        var open: [(document: Document, slot: Int, target: String, name: String)] = []
        func look(_ document: Document, in parent: Document) {
            for slot in document.doctype.linkedDefaults where document.values[slot].isEmpty {
                guard case .linked(let target)? = document.doctype.columns[slot].fallback else { continue }
                let link = Text.table(target)
                for holder in [document, parent] {
                    guard let place = holder.doctype.slot(of: link), case .text(let name) = holder.values[place],
                        holder.doctype.columns[place].options == target
                    else { continue }
                    open.append((document, slot, target, name))
                    break
                }
            }
        }
        let hasRows = try type.tables.contains { try !registry.doctype($0.field.options ?? "").linkedDefaults.isEmpty }
        guard hasRows || !type.linkedDefaults.isEmpty else { return }
        for document in documents {
            look(document, in: document)
            for row in document.allRows { look(row, in: document) }
        }
        for (target, wanted) in Dictionary(grouping: open, by: \.target).sorted(by: { $0.key < $1.key }) {
            guard let source = registry.find(target) else { continue }
            let fields = Set(wanted.map { $0.document.doctype.columns[$0.slot].name }).filter {
                source.stores($0) && source.field($0)?.type != .password
            }
            .sorted()
            guard !fields.isEmpty else { continue }
            let found = try values(of: target, Set(wanted.map(\.name)), fields)
            for one in wanted {
                let field = one.document.doctype.columns[one.slot]
                guard let place = fields.firstIndex(of: field.name), let values = found[one.name] else { continue }
                one.document.values[one.slot] = try field.fitting(values[place])
            }
        }
    }
}
