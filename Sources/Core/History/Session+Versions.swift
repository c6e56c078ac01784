internal import Audit
internal import Documents
internal import Metadata
internal import Storage
internal import Values

extension Session {
    /// Keeps a version of each document that changed, as soon as it is written and before hooks run, so that what hooks
    /// change in it comes after.
    func keepVersions(_ changes: [DocumentChange]) throws {
        for change in changes where change.document.doctype.tracksChanges {
            let (type, document) = (change.document.doctype, change.document)
            switch (change.action, change.detail) {
            case (.delete, _):
                // Passwords are left out.
                keepVersion(type, document.name, ["deleted": document.storedJSON])
            case (.rename, .rename(let rename, let before)): keepRenamed(change, rename, before)
            case (.restore, .restore(_, let kept)):
                let old = kept.text("deleted_name")
                keepRestored(document, try deletions(type, [old], leaving: kept)[old])
            case (.restore, .restoreWith(let kept)):
                keepRestored(document, try deletions(type, [document.name], leaving: kept)[document.name])
            default:
                if let changes = change.changes { keepVersion(type, document.name, changes.entry) }
            }
        }
    }

    /// Keeps that a document got another name. `before` is as it was, with its rows; versions that are kept stay under the
    /// name the document had then.
    private func keepRenamed(_ change: DocumentChange, _ rename: Rename, _ before: Document) {
        let type = change.document.doctype
        let entry: JSON = [
            "renamed": [.string(rename.old), .string(rename.new)],
            "before": Changes.before(before.stored ?? before.values),
        ]
        keepVersion(type, rename.old, entry)
        keepVersion(type, rename.new, entry)
        guard let changes = change.changes, changes.fields.count > 1 || !changes.rows.isEmpty else { return }
        // What the name is, the entry of the renaming says.
        keepVersion(
            type, rename.new, Changes(fields: Array(changes.fields.dropFirst()), rows: changes.rows).entry)
    }

    /// Keeps that a deleted document was put back: before this moment there was none of that name. `deletion` is the
    /// version that tells of its deletion, under the name it had, below which its own history goes on.
    private func keepRestored(_ document: Document, _ deletion: Deletion?) {
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
    func deletions(_ type: DocType, _ names: [String], leaving kept: Document) throws -> [Name: Deletion] {
        guard type.tracksChanges, let moment = kept.creation else { return [:] }
        var found: [Name: Deletion] = [:]
        for version in state(Versions.self).rows
        where version.doctype == type.name && version.name > kept.name && version.moment == moment
            && version.entry["deleted"] != nil && names.contains(version.docname) && found[version.docname] == nil
        {
            found[version.docname] = Deletion(name: version.docname, version: version.name)
        }
        for chunk in names.filter({ found[$0] == nil }).chunks(of: Limits.filterValues) {
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
        let row = Version.Row(
            name: newIdentifier(), doctype: type.name, docname: name, entry: entry, user: actor.user, moment: now)
        with(Versions.self) { $0.rows.append(row) }
    }

    /// Writes the versions that wait. They are numbered in the order of the events, in which every transaction comes after
    /// those that were committed before it.
    func writeVersions(_ events: ClosedRange<Int64>?) throws {
        let waiting = state(Versions.self).rows
        guard !waiting.isEmpty, let events else { return }
        let rows = waiting.enumerated().map { place, version in
            // There are as many events as versions or more; where there are not, the names tell the order.
            version.values(number: min(events.lowerBound + Int64(place), events.upperBound))
        }
        try transaction.insert(into: Version.tableName, Version.columns, rows)
        seal(rows, in: Self.versionTable)
    }

    private static let versionTable = SealedTable(Version.tableName, Version.columns)
}

/// The versions that wait for the end of the transaction.
struct Versions: SessionState {
    var rows: [Version.Row] = []
}
