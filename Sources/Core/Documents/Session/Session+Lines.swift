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

    /// What the document is called that somebody from outside calls `name`: exactly so where one is, else this in NFC. So
    /// every reader of names takes them. Costs a statement only for a name in another form.
    ///
    /// - Parameter doctype: The DocType of the document; nil for a code that names none here.
    public func name(_ name: String, of doctype: String?) throws -> String {
        guard !name.isNormalized else { return name }
        if let doctype, registry.find(doctype) != nil, try exists(doctype, name) { return name }
        return name.normalized
    }
}

extension Arguments {
    /// The arguments with those that name documents as ``Session/name(_:of:)`` finds them.
    func withNames(of parameters: [Method.Parameter], in session: Session) throws -> Arguments {
        var arguments = self
        for parameter in parameters {
            guard let target = parameter.target, let value = values[parameter.name] else { continue }
            let doctype: String? =
                switch target {
                case .doctype(let name): name
                case .argument(let name): values[name]?.string
                }
            switch value {
            case .string(let text) where !text.isNormalized:
                // A list of names may come as the text of JSON.
                guard text.hasPrefix("[\""), case .array(let elements)? = try json(parameter.name) else {
                    arguments.values[parameter.name] = .string(try session.name(text, of: doctype))
                    continue
                }
                arguments.values[parameter.name] = .array(try session.names(elements, of: doctype))
            case .array(let elements):
                arguments.values[parameter.name] = .array(try session.names(elements, of: doctype))
            default: continue
            }
        }
        return arguments
    }
}

extension Session {
    fileprivate func names(_ elements: [JSON], of doctype: String?) throws -> [JSON] {
        try elements.map { element in try element.string.map { .string(try name($0, of: doctype)) } ?? element }
    }
}
