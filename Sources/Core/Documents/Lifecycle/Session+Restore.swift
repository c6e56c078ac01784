internal import Storage
internal import Values

extension Session {
    /// Brings a deleted document back as it was: the same name, rows, owner and moments, and what was deleted with it.
    /// `copy` is the name of its ``DeletedDocument``. Allowed to who deleted it and to who may read deleted documents, if
    /// they may create such a document.
    ///
    /// Its hooks are not run again, except `onRestore`. A companion that can no longer be, such as an assignment to
    /// somebody who is gone, stays away. Where the number it was counted by was given to another, it gets the next one;
    /// where another file has the address of one of its files, that gets a new one, in its fields, too.
    ///
    /// - Throws: ``Problem/Kind/duplicateName`` when another has its name now, ``Problem/Kind/duplicate``,
    ///   ``Problem/Kind/brokenLink`` when what it links to is gone, ``Problem/Kind/forbidden``.
    @discardableResult
    public func restore(_ copy: String) throws -> Document {
        let kept = try load(registry.doctype(DeletedDocument.doctype.name), [copy]).first
        guard let kept, mayRestore(kept) else { throw Self.notFound(DeletedDocument.doctype.name, copy) }
        let type = try registry.doctype(kept.text("deleted_doctype"))
        guard !kept.isSet("restored") else {
            throw Problem(.duplicateName, "\(type.name) \(kept.text("deleted_name")) was restored already")
        }
        let copies = try KeptCopy(kept, type, in: self)
        try run(Write(.restore, [copies.document], detail: .restore(copies, from: kept)))
        return copies.document
    }

    func permitRestore(_ document: Document) throws {
        try require(.create, document.doctype)
        try requireOwn(document)
    }

    /// Writes what comes back, by the next number where its name was given to another.
    func writeBack(_ write: Write) throws {
        guard case .restore(let copies, _) = write.detail else { return try writeBack(write.documents) }
        let document = copies.document
        try namingDocument(document) {
            let (type, old) = (document.doctype, document.name)
            if try exists(type.name, old) {
                guard try Naming.renumber(document, in: self) else { throw duplicate(type, ["name"], [document]) }
                copies.follow(from: old, in: self)
            }
            for body in registry.restorings { try body(copies, self) }
            // It may link to itself.
            verified.insert(Reference(type.name, document.name))
            try verifyLinks(of: [document], allowsCancelled: document.docstatus == .cancelled)
            try writeBack([document])
            try Naming.reserve([document], in: self)
        }
    }

    /// Brings back what went with a document that came back, and notes that its copy is used.
    func restoreWhatWentWith(_ write: Write) throws {
        guard case .restore(let copies, let kept) = write.detail else { return }
        try namingDocument(copies.document) {
            try restoreCompanions(copies, kept)
            try reattach(copies.detachedRows)
        }
        try sealing(kept.doctype.schema, where: "name = ?", [.text(kept.name)]) {
            try transaction.execute(
                "UPDATE deleted_document SET restored = 1, new_name = ?, modified = ?, modified_by = ? WHERE name = ?",
                [.text(copies.document.name), .timestamp(now), .text(actor.user), .text(kept.name)])
        }
    }

    /// The newest copy of a deleted document that was not brought back yet, by which ``restore(_:)`` finds it.
    public func deletedCopy(of doctype: String, _ name: String) throws -> String? {
        try transaction.first(
            """
            SELECT name FROM deleted_document WHERE deleted_doctype = ? AND deleted_name = ? AND restored = 0
            ORDER BY name DESC LIMIT 1
            """, [.text(doctype), .text(name)], [.text])?[0].text
    }

    private func mayRestore(_ kept: Document) -> Bool {
        kept.owner == actor.user || may(.read, kept.doctype)
    }

    /// Who may create only what is its own brings back only what is its own.
    private func requireOwn(_ document: Document) throws {
        guard mayOnlyOwn(.create, document.doctype), document.owner != actor.user else { return }
        throw Problem(.forbidden, "\(actor.user) may not restore what \(document.owner) made")
    }

    /// Brings back what hung on the document, as far as it can still be, and the marks that tell of it.
    private func restoreCompanions(_ copies: KeptCopy, _ kept: Document) throws {
        var restored: [Document] = []
        var waiting = copies.companions
        // What hangs on a companion comes after it.
        var comesBack = true
        while comesBack, !waiting.isEmpty {
            comesBack = false
            for companion in registry.companions {
                guard let documents = waiting[companion.doctype], let type = registry.find(companion.doctype)
                else { continue }
                let taken = try values(of: type.name, documents.map(\.name), ["name"])
                let possible = try documents.filter { document in
                    guard taken[document.name] == nil else { return false }
                    do {
                        try verifyLinks(of: [document], allowsCancelled: true)
                        return true
                    } catch is Problem {
                        return false
                    }
                }
                guard !possible.isEmpty else { continue }
                try run(Write(.restore, possible, .follows, detail: .restoreWith(kept)))
                restored += possible
                comesBack = true
                let names = Set(possible.map { Name($0.name) })
                let others = documents.filter { !names.contains(Name($0.name)) }
                waiting[companion.doctype] = others.isEmpty ? nil : others
            }
        }
        guard let marks = copies.marks else { return }
        let document = copies.document
        try DocumentMarks.write(
            document.doctype.name, document.name,
            marks.kept(by: restored, on: Reference(document.doctype.name, document.name)), in: self)
    }
}
