public import Values

/// What is done to a document. The raw value stands in the audit log.
public enum Action: String, Sendable {
    /// A new document.
    case insert
    /// A draft, or what is never submitted, with other values.
    case save
    /// A draft becomes binding.
    case submit
    /// A submitted document with other values in fields that stay open.
    case updateAfterSubmit = "update_after_submit"
    /// A submitted document is undone.
    case cancel
    /// A document is removed.
    case delete
    /// A draft that will never be submitted.
    case discard
    /// A deleted document that is back.
    case restore
    /// A document has another name.
    case rename
    /// A document takes over all that named another, which is removed.
    case merge
    /// Links that name a renamed document anew.
    case relink
    /// Figures that follow from another document.
    case derive

    /// The right it needs.
    var right: Right {
        switch self {
        case .insert, .restore: .create
        case .save, .derive, .discard, .rename, .merge, .relink: .write
        case .submit, .updateAfterSubmit: .submit
        case .cancel: .cancel
        case .delete: .delete
        }
    }

    /// What has happened then, for the type of the event.
    var past: String {
        switch self {
        case .insert: "created"
        case .save, .derive, .updateAfterSubmit, .relink: "updated"
        case .submit: "submitted"
        case .cancel: "cancelled"
        case .delete: "deleted"
        case .discard: "discarded"
        case .restore: "restored"
        case .rename: "renamed"
        case .merge: "merged"
        }
    }
}

extension Value {
    /// What is shown of a password: whether there is one.
    var masked: Value { isEmpty ? .null : .text("*****") }
}

/// A field whose value changed; of a password only that it did.
public struct FieldChange: Sendable, Equatable {
    /// The field.
    public let field: String
    /// Its value before; null in a new document.
    public let old: Value
    /// Its value after.
    public let new: Value

    /// `[field, old, new]`, as versions keep it.
    var json: JSON { [.string(field), JSON(old), JSON(new)] }
}

/// What differs between a document and what the database holds of it.
package struct Changes {
    /// The fields of the document that changed.
    package var fields: [FieldChange] = []
    /// The rows that are new, with their tables.
    package var added: [(table: String, row: Document)] = []
    /// The rows that are gone, with their tables.
    package var removed: [(table: String, row: Document)] = []
    /// The rows that changed, with their fields.
    package var rows: [(table: String, row: Document, fields: [FieldChange])] = []
    var movedRows = false
    /// The tables whose kept rows stand in another order, with their names as they stood.
    var moved: [(table: String, names: [String])] = []
    /// Who changed the document last before this, and when.
    var before: JSON = .null

    var isEmpty: Bool { fields.isEmpty && added.isEmpty && removed.isEmpty && rows.isEmpty && !movedRows }

    /// None.
    init() {}

    /// Changes of these fields of a document, and of its rows.
    package init(fields: [FieldChange], rows: [(table: String, row: Document, fields: [FieldChange])] = []) {
        self.fields = fields
        self.rows = rows
    }

    /// The changes as Frappe's versions keep them.
    var json: JSON {
        var object: JSONObject = [:]
        object["changed"] = .array(fields.map(\.json))
        object["added"] = .array(added.map { [.string($0.table), $0.row.json] })
        object["removed"] = .array(removed.map { [.string($0.table), $0.row.storedJSON] })
        object["row_changed"] = .array(
            rows.map {
                [.string($0.table), .int(Int64($0.row.idx)), .string($0.row.name), .array($0.fields.map(\.json))]
            })
        return .object(object)
    }
}

extension Session {
    /// Compares a document with what the database holds of it.
    package func changes(of document: Document) -> Changes {
        var changes = Changes()
        changes.fields = fieldChanges(of: document, from: Document.Slot.docstatus)
        if let stored = document.stored { changes.before = Changes.before(stored) }
        for (field, slot) in document.doctype.tables {
            let kept = Set(document.rows[slot].lazy.filter { $0.stored != nil }.map(\.name))
            for row in document.storedRows[slot] where !kept.contains(row.name) {
                changes.removed.append((field.name, row))
            }
            let stood = document.storedRows[slot].lazy.map(\.name).filter(kept.contains)
            if !stood.elementsEqual(document.rows[slot].lazy.filter { $0.stored != nil }.map(\.name)) {
                changes.moved.append((field.name, Array(stood)))
            }
            for row in document.rows[slot] {
                guard let stored = row.stored else {
                    changes.added.append((field.name, row))
                    continue
                }
                let fields = fieldChanges(of: row, from: row.doctype.firstOwnSlot)
                if !fields.isEmpty {
                    changes.rows.append((field.name, row, fields))
                } else if stored != row.values {
                    changes.movedRows = true
                }
            }
        }
        return changes
    }

    private func fieldChanges(of document: Document, from first: Int) -> [FieldChange] {
        guard let stored = document.stored else { return [] }
        var changes: [FieldChange] = []
        for slot in first..<document.values.count where document.values[slot] != stored[slot] {
            let field = document.doctype.columns[slot]
            let isSecret = field.type == .password
            changes.append(
                FieldChange(
                    field: field.name, old: isSecret ? stored[slot].masked : stored[slot],
                    new: isSecret ? document.values[slot].masked : document.values[slot]))
        }
        return changes
    }
}

extension Changes {
    /// What a version keeps.
    package var entry: JSON {
        guard case .object(var object) = json else { return json }
        object["before"] = before
        if !moved.isEmpty {
            object["order"] = .object(
                JSONObject(moved.map { ($0.table, .array($0.names.map(JSON.string))) }))
        }
        return .object(object)
    }

    /// Who changed the document last, and when, by the values the database holds of it.
    package static func before(_ stored: [Value]) -> JSON {
        [
            "modified": JSON(stored[Document.Slot.modified]), "modified_by": JSON(stored[Document.Slot.modifiedBy]),
        ]
    }
}
