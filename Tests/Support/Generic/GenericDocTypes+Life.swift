internal import Documents
import Lists
internal import Storage
internal import Values

/// The life of a document.
extension GenericDocTypes {
    mutating func live(_ type: DocType) throws {
        let sent = try examples[type.name].map { try $0.values(session) } ?? object(for: type, depth: 0)
        let document = try session.document(type.name, from: sent)
        try session.insert(document)
        let name = document.name
        try expect(!name.isEmpty, "it has no name")
        try expect(document.docstatus == .draft, "it is no draft")
        let read = try session.get(type.name, name)
        try expectSame(document, read, "after insert")
        try expectKept(sent, read)
        try change(type, name)
        try expectListed(type, name)
        try tryRights(on: type, name, sent: sent)
        try takeThroughFile(type, name)
        if type.isSubmittable { try takeThroughSubmit(type, name) }
    }

    private func expectListed(_ type: DocType, _ name: String) throws {
        let query = ListQuery(type.name, fields: ["name", "modified"], filters: ["name": .string(name)])
        try expect(try session.list(query).rows.count == 1, "the list does not find it")
        try expect(try session.count(query) == 1, "the count does not find it")
    }

    /// Deletes a document, and what its DocType made with it; neither it nor a row of it stays.
    func remove(_ type: DocType, _ name: String) throws {
        let makes = examples[type.name].map { !$0.makes.isEmpty } ?? false
        try session.delete(type.name, name, cascade: makes)
        try expect(try !names(of: type).contains(name), "it is still there")
        for (field, _) in type.tables {
            let child = try session.registry.doctype(field.options ?? "")
            let left = try session.transaction.first(
                "SELECT count(*) FROM \"\(child.table)\" WHERE parent = ? AND parenttype = ?",
                [.text(name), .text(type.name)], [.integer])
            try expect(left?[0].int == 0, "rows of \(field.name) are still there")
        }
    }

    // MARK: Submit

    /// Submits a draft, cancels and amends it, deletes both, and brings the submitted one back from a file.
    private func takeThroughSubmit(_ type: DocType, _ name: String) throws {
        let draft = try session.get(type.name, name)
        try session.submit(try session.get(type.name, name))
        let submitted = try session.get(type.name, name)
        try expect(submitted.docstatus == .submitted, "it is not submitted")
        let derived = try serverFields(of: type)
        try expectSame(draft, submitted, "after submit", besides: derived.union(["docstatus"]))
        try expectRefused("to delete a submitted one", [.transition]) { try session.delete(type.name, name) }
        try expectFrozen(type, name)
        try tryRights(on: type, name, sent: nil)
        let file = try exported(type, name)
        try session.cancel(try session.get(type.name, name))
        let cancelled = try session.get(type.name, name)
        try expect(cancelled.docstatus == .cancelled, "it is not cancelled")
        try expectSame(submitted, cancelled, "after cancel", besides: derived.union(["docstatus"]))
        let amended = try session.amend(cancelled)
        try session.insert(amended)
        let amendment = try session.get(type.name, amended.name)
        try expect(amendment.docstatus == .draft, "its amendment is no draft")
        try expect(amendment.text("amended_from") == name, "its amendment does not say what it amends")
        try expectSame(
            cancelled, amendment, "after amend",
            besides: derived.union(notCopied(by: type)).union(["name", "docstatus"]),
            rowsBesides: ["name", "parent"])
        try expectRefused("to delete what was amended", [.linked]) { try session.delete(type.name, name) }
        try remove(type, amended.name)
        if examples[type.name]?.afterCancel == .stays {
            try expectRefused("to delete what has posted", [.linked]) { try session.delete(type.name, name) }
        } else {
            try remove(type, name)
        }
        let back = try imported(type, file)
        try expectSameFromFile(submitted, back)
    }

    /// A submitted document does not change where its fields do not allow it.
    private func expectFrozen(_ type: DocType, _ name: String) throws {
        let document = try session.get(type.name, name)
        let open = type.fields.first { canChange($0, in: type) && !$0.flags.contains(.allowOnSubmit) }
        guard let open, let value = other(open, document[open.name]) else { return }
        try session.apply([open.name: value], to: document)
        try expectRefused("to change \(open.name) of a submitted one", [.frozen]) { try session.save(document) }
    }

    /// What the server sets by itself, in the document and its rows.
    private func serverFields(of type: DocType) throws -> Set<String> {
        var fields = type.fields
        for (field, _) in type.tables { fields += try session.registry.doctype(field.options ?? "").fields }
        return Set(fields.filter(isOwnBusiness).map(\.name))
    }

    private func notCopied(by type: DocType) throws -> Set<String> {
        var fields = type.fields
        for (field, _) in type.tables { fields += try session.registry.doctype(field.options ?? "").fields }
        return Set(fields.filter { $0.flags.contains(.noCopy) }.map(\.name))
    }

    // MARK: Comparison

    /// Expects every column that is kept to hold the same in two documents and in their rows.
    func expectSame(
        _ one: Document, _ two: Document, _ when: String, besides: Set<String> = [], rowsBesides: Set<String> = []
    ) throws {
        for field in one.doctype.storedColumns where !besides.contains(field.name) {
            let (was, now) = (one[field.name], two[field.name])
            try expect(was == now, "\(when): \(field.name) was \(was) and is \(now)")
        }
        for (field, _) in one.doctype.tables {
            let (rows, read) = (one.table(field.name), two.table(field.name))
            try expect(rows.count == read.count, "\(when): \(field.name) has \(read.count) rows of \(rows.count)")
            for (row, other) in zip(rows, read) {
                try expectSame(row, other, "\(when): in \(field.name)", besides: besides.union(rowsBesides))
            }
        }
    }

    /// What was sent is what is kept, where it is not the server's business.
    private func expectKept(_ sent: JSONObject, _ document: Document) throws {
        for (key, json) in sent.members {
            guard let field = document.doctype.field(key), field.type.column != nil, !isOwnBusiness(field) else {
                continue
            }
            let value = try field.value(of: json)
            try expect(document[key] == value, "\(key) was sent as \(value) and is \(document[key])")
        }
    }

    // MARK: Change

    /// Changes a draft, by its example or in the first field that takes another value.
    private func change(_ type: DocType, _ name: String) throws {
        let (before, document) = (try session.get(type.name, name), try session.get(type.name, name))
        let example = examples[type.name]
        let changes = example?.changes ?? change(of: document)
        try expect(!changes.members.isEmpty, "nothing of it can be changed")
        try session.apply(changes, to: document)
        for (key, _) in changes.members {
            try expect(document.json[key] != before.json[key], "\(key) would not change")
        }
        if example?.change == .refused {
            return try expectRefused("to change it", [.frozen]) { try session.save(document) }
        }
        try session.save(document)
        let read = try session.get(type.name, name)
        try expectSame(document, read, "after save")
        try expectKept(changes, read)
    }

    private func change(of document: Document) -> JSONObject {
        let open = document.doctype.fields.filter { canChange($0, in: document.doctype) }
        // Text means less than numbers and switches, so that fewer rules stand against another one.
        for field in open.filter({ $0.type.column == .text }) + open.filter({ $0.type.column != .text }) {
            if let value = other(field, document[field.name]) { return [field.name: value] }
        }
        return [:]
    }

    private func canChange(_ field: FieldDefinition, in type: DocType) -> Bool {
        !isOwnBusiness(field) && !field.flags.contains(.setOnlyOnce) && !field.flags.contains(.unique)
            && !names(field, in: type.naming)
    }

    /// Whether names are made of the field, so that another value would be of another name.
    private func names(_ field: FieldDefinition, in naming: DocType.Naming) -> Bool {
        switch naming {
        case .field(let name): field.name == name
        case .expression(let text), .format(let text): text.contains("{\(field.name)}")
        default: false
        }
    }

    /// A value that the field does not have yet; nil where none is known.
    private func other(_ field: FieldDefinition, _ value: Value) -> JSON? {
        switch field.type {
        case .data, .smallText, .text, .longText, .markdownEditor:
            field.options != nil ? nil : value.text == "Changed" ? "Changed again" : "Changed"
        case .textEditor, .htmlEditor: value.text == "<p>Changed</p>" ? "<p>Changed again</p>" : "<p>Changed</p>"
        case .select:
            (field.options ?? "").split(separator: "\n").map(String.init).first { $0 != value.text }.map(JSON.string)
        case .check: value.int == 1 ? 0 : 1
        case .int, .longInt: 4
        case .currency, .float, .percent: .decimal(Exact("7.5") ?? .zero)
        case .date: "2026-02-04"
        case .datetime: "2026-02-04 05:06:07"
        case .time: "10:30:00"
        default: nil
        }
    }
}
