internal import Storage
internal import Values

extension Session {
    /// Brings a deleted document back as it was: the same name, rows, owner and moments, and what was deleted with it.
    /// `copy` is the name of its ``DeletedDocument``. Allowed to who deleted it and to who may read deleted documents, if
    /// they may create such a document.
    ///
    /// Its hooks are not run again, except `onRestore`. A companion that can no longer be, such as an assignment to
    /// somebody who is gone, stays away.
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
        let secrets = try object(kept, "secrets")
        let document = try Document(copy: try object(kept, "data"), type, secrets: secrets, in: registry)
        try nested {
            try about(document) {
                try require(.create, type)
                try requireOwn(document)
                if try exists(type.name, document.name) { throw duplicate(type, ["name"], [document]) }
                try verifyLinks(of: [document], allowsCancelled: document.docstatus == .cancelled)
                try writeBack([document], .restore)
                try Lifecycle.reserveNumber(of: document.name, type, in: self)
                try restoreCompanions(of: kept, secrets)
                if let marks = Collaboration.Marks(try object(kept, "marks")) {
                    try Collaboration.write(type.name, document.name, marks, in: self)
                }
                try registry.hooks(type.name)?.run(.onRestore, document, self)
            }
            try transaction.execute(
                "UPDATE deleted_document SET restored = 1, new_name = ?, modified = ?, modified_by = ? WHERE name = ?",
                [.text(document.name), .timestamp(now), .text(actor.user), .text(copy)])
        }
        return document
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

    private func object(_ kept: Document, _ field: String) throws -> JSONObject {
        guard let json = try parsed(kept, field) else { return [:] }
        guard case .object(let object) = json else { throw damaged(kept) }
        return object
    }

    private func parsed(_ kept: Document, _ field: String) throws -> JSON? {
        guard case .text(let text) = kept[field] else { return nil }
        do {
            return try JSON.parse(text)
        } catch {
            throw damaged(kept)
        }
    }

    private func damaged(_ kept: Document) -> Problem {
        Problem(.inconsistent, "The copy of \(kept.text("deleted_doctype")) \(kept.text("deleted_name")) is damaged")
    }

    private func restoreCompanions(of kept: Document, _ secrets: JSONObject) throws {
        guard let copies = try parsed(kept, "companions")?.array else { return }
        var byType: [String: [Document]] = [:]
        for copy in copies.compactMap(\.object) {
            guard let doctype = copy["doctype"]?.string, let type = registry.find(doctype) else { continue }
            byType[doctype, default: []].append(
                try Document(copy: copy, type, secrets: secrets, in: registry))
        }
        // In the order of the registry: what hangs on a companion comes after it.
        for companion in registry.companions {
            guard let documents = byType[companion.doctype] else { continue }
            let taken = try values(of: companion.doctype, documents.map(\.name), ["name"])
            let possible = try documents.filter { document in
                guard taken[document.name] == nil else { return false }
                do {
                    try verifyLinks(of: [document], allowsCancelled: true)
                    return true
                } catch is Problem {
                    return false
                }
            }
            try writeBack(possible, .restore)
        }
    }
}

extension Lifecycle {
    /// Moves the counter of a series on, so that it does not give out the number of this name again.
    static func reserveNumber(of name: String, _ type: DocType, in session: Session) throws {
        guard case .series = type.naming else { return }
        let digits = name.utf8.reversed().prefix { $0 >= 0x30 && $0 <= 0x39 }.count
        // The longest prefix whose counter there is takes the rest as its number.
        for length in stride(from: 1, through: min(digits, 18), by: 1) {
            guard let number = Int64(name.suffix(length)) else { return }
            let moved = try session.transaction.execute(
                "UPDATE _series SET current = CASE WHEN current < ? THEN ? ELSE current END WHERE prefix = ?",
                [.int(number), .int(number), .text(String(name.dropLast(length)))])
            if moved > 0 { return }
        }
    }
}
