internal import EventLog
internal import Storage
internal import Values

extension Session {
    /// Keeps what was changed in a document as its next version. Called as soon as it is written and before hooks run,
    /// so that what hooks change in it comes after.
    func keepVersion(of document: Document, _ changes: Changes) {
        guard document.doctype.tracksChanges else { return }
        keepVersion(document.doctype, document.name, changes.entry)
    }

    /// Keeps a whole document that is about to go, passwords left out.
    func keepDeleted(_ document: Document) {
        guard document.doctype.tracksChanges else { return }
        keepVersion(document.doctype, document.name, ["deleted": document.storedJSON])
    }

    /// Keeps that a document got another name. `document` is as it was before, with its rows; versions that are kept
    /// stay under the name the document had then.
    func keepRenamed(_ document: Document, to new: String) {
        guard document.doctype.tracksChanges else { return }
        let entry: JSON = [
            "renamed": [.string(document.name), .string(new)],
            "before": Changes.before(document.stored ?? document.values),
        ]
        keepVersion(document.doctype, document.name, entry)
        keepVersion(document.doctype, new, entry)
    }

    /// Keeps that a deleted document was put back: before this moment there was none of that name. `deletion` is the
    /// version that tells of its deletion, under the name it had, below which its own history goes on.
    func keepRestored(_ document: Document, _ deletion: Deletion?) {
        guard document.doctype.tracksChanges else { return }
        let origin: JSON = deletion.map { ["name": .string($0.name), "version": .string($0.version)] } ?? true
        keepVersion(document.doctype, document.name, ["restored": origin])
    }

    /// A document that was deleted: the name it had then, and the version that tells of it.
    struct Deletion {
        let name: String
        let version: String
    }

    /// The deletions that left a copy, by the names that documents of one DocType had: the versions were written right
    /// after the copy, in the same transaction.
    func deletions(_ type: DocType, _ names: [String], leaving kept: Document) throws -> [String: Deletion] {
        guard type.tracksChanges, let moment = kept.creation else { return [:] }
        var found: [String: Deletion] = [:]
        for version in pending.versions
        where version.doctype == type.name && version.name > kept.name && version.moment == moment
            && version.entry["deleted"] != nil && names.contains(version.docname) && found[version.docname] == nil
        {
            found[version.docname] = Deletion(name: version.docname, version: version.name)
        }
        for chunk in names.filter({ found[$0] == nil }).chunks(of: Limits.filterValues) where !chunk.isEmpty {
            try transaction.forEach(
                """
                SELECT docname, name FROM version WHERE ref_doctype = ?
                AND \(transaction.dialect.isOneOf("docname", count: chunk.count))
                AND creation = ? AND name > ? AND substr(data, 1, 11) = ? ORDER BY name
                """,
                [.text(type.name)] + chunk.map(Value.text) + [
                    .timestamp(moment), .text(kept.name), .text(#"{"deleted":"#),
                ], [.text, .text]
            ) { row in
                let name = row[0].text ?? ""
                if found[name] == nil { found[name] = Deletion(name: name, version: row[1].text ?? "") }
            }
        }
        return found
    }

    private func keepVersion(_ type: DocType, _ name: String, _ entry: JSON) {
        pending.versions.append(
            Version.Row(
                name: newIdentifier(), doctype: type.name, docname: name, entry: entry, user: actor.user, moment: now))
    }

    /// Writes the versions and events that wait. Versions are numbered in the order of the events, in which every
    /// transaction comes after those that were committed before it.
    func writeVersionsAndEvents() throws {
        let last = try EventLog.append(pending.events, in: transaction)
        guard !pending.versions.isEmpty else { return }
        let first = last - Int64(pending.events.count) + 1
        try transaction.insert(
            into: Version.tableName, Version.columns,
            pending.versions.enumerated().map { place, version in
                // There are as many events as versions or more; where there are not, the names tell the order.
                version.values(number: min(first + Int64(place), last))
            })
    }
}

extension Changes {
    /// What a version keeps.
    var entry: JSON {
        guard case .object(var object) = json else { return json }
        object["before"] = before
        if !moved.isEmpty {
            object["order"] = .object(
                JSONObject(moved.map { ($0.table, .array($0.names.map(JSON.string))) }))
        }
        return .object(object)
    }

    /// Who changed the document last, and when, by the values the database holds of it.
    static func before(_ stored: [Value]) -> JSON {
        [
            "modified": JSON(stored[Document.Slot.modified]), "modified_by": JSON(stored[Document.Slot.modifiedBy]),
        ]
    }
}

extension Document {
    /// The document with its rows as the database holds them, as JSON; of a password only whether there is one.
    var storedJSON: JSON {
        var object: JSONObject = ["doctype": .string(doctype.name)]
        let values = stored ?? values
        for (slot, field) in doctype.columns.enumerated() where field.expression == nil {
            object[field.name] = JSON(field.type == .password ? values[slot].masked : values[slot])
        }
        for (field, slot) in doctype.tables where slot < storedRows.count {
            object[field.name] = .array(storedRows[slot].map(\.storedJSON))
        }
        return .object(object)
    }
}
