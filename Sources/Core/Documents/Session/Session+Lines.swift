internal import Values

extension Session {
    /// Brings the lines of text of documents that are about to be written to the one form that names and codes have, NFC:
    /// what is typed as one sign or as two is the same from here on.
    ///
    /// What the database holds stays as it is, and so does a link to a document that was called so before names had one
    /// form. Costs a statement only for links in another form: one for each DocType they point to.
    func normalizeLines(of documents: [Document]) throws {
        var links: [Name: Set<Name>] = [:]
        var places: [(document: Document, slot: Int, target: String)] = []
        func normalize(_ document: Document) {
            for slot in document.doctype.lineSlots {
                guard case .text(let text) = document.values[slot], !text.isNormalized,
                    document.stored?[slot] != document.values[slot]
                else { continue }
                let field = document.doctype.columns[slot]
                guard field.type == .link || field.type == .dynamicLink else {
                    document.values[slot] = .text(text.normalized)
                    continue
                }
                let options = field.options ?? ""
                let target = field.type == .link ? options : document.text(options).normalized
                links[target, default: []].formUnion([text, text.normalized])
                places.append((document, slot, target))
            }
        }
        for document in documents {
            normalize(document)
            document.forEachRow(normalize)
        }
        guard !places.isEmpty else { return }
        var present: [Name: [Name: [Value]]] = [:]
        for (target, names) in links where registry.find(target.text) != nil {
            present[target] = try values(of: target.text, names, ["name"])
        }
        for (document, slot, target) in places {
            guard case .text(let text) = document.values[slot], present[target]?[text] == nil else { continue }
            document.values[slot] = .text(text.normalized)
        }
    }

    /// Values that a filter looks for, in the forms in which they may be kept: a document that is called exactly so is
    /// meant, else the one whose name is this in NFC; other lines may be older than that form.
    func forms(of values: [Value], in column: ListColumn, of type: DocType) throws -> [Value] {
        let field = column.field
        guard field.type.isLine else { return values }
        return try values.flatMap { value -> [Value] in
            guard let text = value.text, !text.isNormalized else { return [value] }
            let target = field.type == .link ? field.options : field.name == "name" ? type.name : nil
            guard let target, registry.find(target) != nil else { return [value, .text(text.normalized)] }
            return try exists(target, text) ? [value] : [.text(text.normalized)]
        }
    }
}
