internal import Storage
internal import Values

extension Session {
    /// Removes a draft or a cancelled document, its rows and what hangs on it: comments, files, tags, assignments. A copy
    /// is kept, from which ``restore(_:)`` brings it back.
    ///
    /// Refused while others link to it. With `cascade` those go, too, and those that link to them, if all of them are
    /// drafts or cancelled and the actor may delete them; ``deletePreview(_:_:)`` and ``rehearse(_:)`` show which.
    ///
    /// - Throws: ``Problem/Kind/linked``; ``Problem/Kind/transition`` for a submitted one; ``Problem/Kind/locked``;
    ///   ``Problem/Kind/tooMany`` when a cascade passes ``Limits/cascadeDocuments``.
    public func delete(_ doctype: String, _ name: String, cascade: Bool = false) throws {
        try run(Write(.delete, [get(doctype, name)], detail: cascade ? .cascade : .none))
    }

    /// The documents of a deletion that may be deleted, what links first; all of them or none.
    func permitDelete(_ write: Write) throws -> [Document] {
        let document = write.documents[0]
        return try namingDocument(document) {
            try requireDeletable(document)
            var batch = write.documents
            if case .cascade = write.detail { batch = try withAllThatLinks(to: document) }
            for other in batch.dropLast() { try requireSeen(other) { try requireDeletable(other) } }
            try refuseIfLocked(batch)
            return batch
        }
    }

    /// Says which document a problem is about only to who may read it.
    private func requireSeen(_ document: Document, _ body: () throws -> Void) throws {
        guard try decision(.read, document.doctype, document).isAllowed else {
            throw Problem(
                .forbidden, "A \(document.doctype.name) that \(actor.user) may not read would be deleted, too",
                fix: "Ask somebody who may read and delete it.")
        }
        try namingDocument(document, body)
    }

    private func requireDeletable(_ document: Document) throws {
        let type = document.doctype
        guard type.kind == .document else {
            throw Problem(.forbidden, "\(type.name) rows go only with what they belong to")
        }
        try require(.delete, type, document)
        guard document.docstatus != .submitted else {
            throw Problem(.transition, "\(type.name) \(document.name) is submitted", fix: "Cancel it first.")
        }
    }

    /// The document and everything that links to it, directly or through others; what links first, last of all itself.
    /// One statement for each field that may link and each step away from it, however many documents there are.
    package func withAllThatLinks(to document: Document) throws -> [Document] {
        var found = [document]
        var known: Set<Reference> = [Reference(document.doctype.name, document.name)]
        var edge: [String: [String]] = [document.doctype.name: [document.name]]
        while !edge.isEmpty {
            var next: [String: [String]] = [:]
            for (doctype, names) in edge.sorted(by: { $0.key < $1.key }) {
                guard let type = registry.find(doctype) else { continue }
                for holder in try holders(of: type, names) where known.insert(holder).inserted {
                    next[holder.doctype, default: []].append(holder.name)
                }
            }
            guard known.count <= Limits.cascadeDocuments else {
                throw Problem(
                    .tooMany, "More than \(Limits.cascadeDocuments) documents would be deleted",
                    fix: "Delete in smaller parts.")
            }
            for (doctype, names) in next.sorted(by: { $0.key < $1.key }) {
                guard let type = registry.find(doctype) else { continue }
                // Rights are asked of each before anything is deleted.
                found += try load(type, names)
            }
            edge = next
        }
        return found.reversed()
    }

    /// The documents that link to one of these, or whose rows do.
    package func holders(of type: DocType, _ names: [String]) throws -> [Reference] {
        try holders(of: type, names, in: LinkColumn.all(to: type, in: registry))
    }

    private func holders(of type: DocType, _ names: [String], in columns: [LinkColumn]) throws -> [Reference] {
        var found: [Reference] = []
        for column in columns where column.holds {
            for chunk in names.chunks(of: Limits.filterValues) {
                let (condition, arguments) = column.condition(chunk, type, transaction.dialect)
                let isRow = column.type.kind == .child
                let key = isRow ? "parenttype, parent" : "name, name"
                let sql = "SELECT DISTINCT \(key) FROM \(quoted(column.type.table)) WHERE \(condition) ORDER BY 1, 2"
                try transaction.forEach(sql, arguments, [.text, .text]) { row in
                    let doctype = isRow ? row[0].text ?? "" : column.type.name
                    found.append(Reference(doctype, row[1].text ?? ""))
                }
            }
        }
        return found
    }

    /// Removes all documents of a DocType that is about to go, `rows` of them, with what hangs on them; copies are kept.
    ///
    /// - Throws: ``Problem/Kind/tooMany`` beyond ``Limits/rebuiltDocuments``; ``Problem/Kind/transition`` where one is
    ///   submitted; ``Problem/Kind/linked`` where one stands in one of `columns`; ``Problem/Kind/locked``.
    package func removeAll(of type: DocType, rows: Int, linkedBy columns: [LinkColumn]) throws {
        guard rows <= Limits.rebuiltDocuments else {
            throw Problem(
                .tooMany, "There are \(rows) documents of \(type.name), more than \(Limits.rebuiltDocuments)",
                fix: "Delete documents first, in smaller parts.")
        }
        let table = quoted(type.table)
        let names = try transaction.query(
            "SELECT name, docstatus FROM \(table) ORDER BY name", [], [.text, .integer])
        if let submitted = names.first(where: { $0[1].int == Docstatus.submitted.rawValue })?[0].text {
            throw Problem(.transition, "\(try named(type.name, submitted)) is submitted", fix: "Cancel it first.")
        }
        for chunk in names.compactMap({ $0[0].text }).chunks(of: Limits.filterValues) {
            if let holder = try holders(of: type, Array(chunk), in: columns).first {
                throw Problem(
                    .linked, "\(try named(holder.doctype, holder.name)) links to a \(type.name)",
                    fix: "Delete it first, or take the link out.")
            }
            let documents = try load(type, Array(chunk))
            try refuseIfLocked(documents)
            try run(Write(.delete, documents, .follows))
            try writeLogsIfMany()
        }
    }

    /// Removes documents that go with others, whose copies keep what is to be kept of them.
    package func removePart(_ documents: [Document]) throws {
        try run(Write(.delete, documents, .follows, detail: .partOfOther))
    }

    /// Removes the rows of documents, and before them what hangs on them, of which copies are kept.
    func remove(_ write: Write) throws {
        var types: [DocType] = []
        for document in write.documents where document.doctype.isVirtual { try deleteVirtual(document) }
        let batch = write.documents.filter { !$0.doctype.isVirtual }
        for document in batch where !types.contains(where: { $0 === document.doctype }) {
            types.append(document.doctype)
        }
        for type in types {
            let documents = batch.filter { $0.doctype === type }.sorted { $0.name > $1.name }
            if case .partOfOther = write.detail {
                try removeRows(documents)
                continue
            }
            let names = documents.map(\.name)
            let hanging = try hanging(on: type, names)
            let marks = try DocumentMarks.rows(type.name, names, in: self)
            try Lifecycle.keep(documents, hanging, marks, in: self)
            try removeRows(documents)
            try Naming.giveBack(documents, in: self)
            for companions in hanging { try removePart(companions.documents) }
            try DocumentMarks.forget(type.name, names, in: self)
            for companions in hanging {
                guard let type = companions.documents.first?.doctype else { continue }
                try DocumentMarks.forget(type.name, companions.documents.map(\.name), in: self)
            }
        }
        write.documents.forEach(forgetVerified)
    }
}
