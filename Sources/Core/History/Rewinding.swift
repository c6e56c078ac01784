internal import Documents
internal import Metadata
internal import Values

/// Takes versions back, the newest first, on documents in memory.
struct Rewinding {
    let registry: Registry

    /// Takes back one version of a document: its fields, its rows and their order, and who changed it before.
    ///
    /// Fields and tables that the DocType does not have any more are left out.
    func undo(_ entry: JSON, of document: Document) throws {
        try undoFields(entry["changed"], of: document)
        for (field, slot) in document.doctype.tables {
            try undoRows(entry, field, slot, of: document)
        }
        undoStamp(entry, of: document)
    }

    /// Puts back who changed the document before a version, and when.
    func undoStamp(_ entry: JSON, of document: Document) {
        guard let before = entry["before"] else { return }
        if let modified = before["modified"]?.string.flatMap({ Timestamp($0) }) {
            document.values[Document.Slot.modified] = .timestamp(modified)
        }
        if let user = before["modified_by"]?.string { document.values[Document.Slot.modifiedBy] = .text(user) }
    }

    /// The document that `json` keeps, with its rows.
    func document(_ type: DocType, from json: JSON) throws -> Document {
        let document = try row(type, from: json)
        for (field, slot) in type.tables {
            let child = try registry.doctype(field.options ?? "")
            document.rows[slot] = try (json[field.name]?.array ?? []).map { try row(child, from: $0) }
        }
        return document
    }

    /// Makes names, places and docstatus of the rows those of their document, and the whole what a reading would give.
    func settle(_ document: Document) {
        for (field, slot) in document.doctype.tables {
            document.renumber(slot)
            for row in document.rows[slot] {
                row.values[Document.Slot.docstatus] = document.values[Document.Slot.docstatus]
                row.values[Document.Slot.parent] = document.values[Document.Slot.name]
                row.values[Document.Slot.parentfield] = .text(field.name)
                row.values[Document.Slot.parenttype] = .text(document.doctype.name)
                row.stored = row.values
            }
        }
        document.stored = document.values
        document.storedRows = document.rows
    }

    private func row(_ type: DocType, from json: JSON) throws -> Document {
        let document = Document(type)
        for (slot, field) in type.columns.enumerated() {
            document.values[slot] = try field.restored(json[field.name] ?? .null)
        }
        return document
    }

    private func undoFields(_ changed: JSON?, of document: Document) throws {
        for change in changed?.array ?? [] {
            guard let parts = change.array, parts.count == 3, let name = parts[0].string,
                let slot = document.doctype.slot(of: name)
            else { continue }
            document.values[slot] = try document.doctype.columns[slot].restored(parts[1])
        }
    }

    private func undoRows(_ entry: JSON, _ field: FieldDefinition, _ slot: Int, of document: Document) throws {
        let changed = parts(entry["row_changed"], of: field.name)
        if !changed.isEmpty {
            let byName = Dictionary(
                document.rows[slot].map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            for parts in changed where parts.count == 4 {
                guard let name = parts[2].string, let row = byName[name] else { continue }
                try undoFields(parts[3], of: row)
            }
        }
        let added = Set(parts(entry["added"], of: field.name).compactMap { $0.last?["name"]?.string })
        if !added.isEmpty { document.rows[slot].removeAll { added.contains($0.name) } }
        if let order = entry["order"]?[field.name]?.array {
            let places = Dictionary(
                order.enumerated().map { ($1.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
            document.rows[slot].sort { places[$0.name] ?? .max < places[$1.name] ?? .max }
        }
        let removed = parts(entry["removed"], of: field.name).compactMap(\.last)
        if !removed.isEmpty {
            let child = try registry.doctype(field.options ?? "")
            document.rows[slot] = Self.merge(
                try removed.map { try row(child, from: $0) }, into: document.rows[slot])
        }
    }

    /// The entries of a list of `[table, …]` that are about one table.
    private func parts(_ list: JSON?, of table: String) -> [[JSON]] {
        (list?.array ?? []).compactMap { item in
            guard let parts = item.array, parts.first?.string == table else { return nil }
            return parts
        }
    }

    /// The rows that stayed, in their order, with those that were removed at the places they had.
    private static func merge(_ removed: [Document], into kept: [Document]) -> [Document] {
        var removed = removed.sorted { $0.idx < $1.idx }[...]
        var kept = kept[...]
        var rows: [Document] = []
        rows.reserveCapacity(removed.count + kept.count)
        while !removed.isEmpty || !kept.isEmpty {
            if let next = removed.first, next.idx <= rows.count + 1 || kept.isEmpty {
                rows.append(next)
                removed.removeFirst()
            } else if let next = kept.popFirst() {
                rows.append(next)
            }
        }
        return rows
    }
}

extension FieldDefinition {
    /// A value that a version or a deleted document keeps, exactly as it was.
    ///
    /// - Throws: ``Problem/Kind/inconsistent`` when the field holds another type now that cannot hold it.
    func restored(_ json: JSON) throws -> Value {
        switch (type.column ?? .text, json) {
        case (_, .null): return type.isNumeric ? Value(.zero, for: self) : .null
        case (.text, .string(let text)): return .text(text)
        case (.text, _): return .text(json.text)
        case (.integer, .bool(let flag)): return .int(flag ? 1 : 0)
        case (.integer, _):
            if let number = json.int ?? json.string.flatMap({ Int64($0) }) { return .int(number) }
        case (.decimal, _):
            let number = json.exact ?? json.string.flatMap { Exact($0) }
            if let number, case let value = Value(number, for: self), value != .outOfRange { return value }
        case (.day, .string(let text)):
            if let day = Day.written(text) { return .day(day) }
        case (.timestamp, .string(let text)): if let time = Timestamp(text) { return .timestamp(time) }
        case (.time, .string(let text)): if let time = TimeOfDay(text) { return .time(time) }
        default: break
        }
        throw Problem(
            .inconsistent, "\(label) cannot hold any more what it held: \(String(json.text.prefix(40)))", field: name)
    }
}
