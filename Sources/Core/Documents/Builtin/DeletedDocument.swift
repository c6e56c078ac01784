public import Values

/// A copy of a document that was deleted, from which it can be brought back.
struct DeletedDocument: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Deleted Document", module: "Core", kind: .kept, .sealed, title: "deleted_name",
        search: ["deleted_doctype", "deleted_name"], sort: ("creation", true), permissions: [.read("System Manager")],
        indexes: [["deleted_doctype", "deleted_name"]], summary: "A copy of a document that was deleted.")

    let deletedName = Data(.readOnly, .inListView)
    let deletedDoctype = Data(.readOnly, .inListView, .inStandardFilter)
    let restored = Check(.readOnly, .inListView)
    let newName = Data(.readOnly)
    let data = JSONField(.readOnly, .description("The document with its rows."))
    let companions = JSONField(.readOnly, .description("What was deleted with it: comments, files, assignments."))
    let marks = JSONField(.readOnly, .hidden, .description("Its tags, likes and the like, as lists show them."))
    let takenOut = JSONField(.readOnly, .hidden, .description("Rows of others that named it, which went with it."))
    let secrets = Password(.readOnly, .hidden, .description("Its passwords, which the copy shows only as stars."))
    init() {}
}

/// What documents go through besides being saved, submitted and cancelled.
public enum Lifecycle {
    /// What is kept of a document that is deleted: all of it as JSON, passwords as stars.
    public static func deletedCopy(_ document: Document) -> JSON { document.json }

    /// Keeps copies of documents of one DocType that are about to be deleted, in one statement.
    static func keep(
        _ documents: [Document], _ hanging: [Session.Hanging], _ marks: [Name: DocumentMarks.Marks],
        in session: Session
    ) throws {
        guard let type = documents.first?.doctype else { return }
        if session.registry.companions.contains(where: { $0.doctype == type.name && !$0.keepsCopies }) { return }
        var companions: [String: [Document]] = [:]
        for group in hanging {
            for document in group.documents {
                companions[group.rootOf[document.name] ?? "", default: []].append(document)
            }
        }
        let target = try session.registry.doctype(DeletedDocument.doctype.name)
        let copies = documents.map { document -> Document in
            let copy = Document(target)
            session.stamp(copy, created: true)
            copy.name = session.newIdentifier()
            copy.set("deleted_doctype", type.name)
            copy.set("deleted_name", document.name)
            copy["restored"] = .int(0)
            copy.set("data", deletedCopy(document).text)
            let own = companions[document.name] ?? []
            if !own.isEmpty { copy.set("companions", JSON.array(own.map(deletedCopy)).text) }
            if let marks = marks[document.name] { copy.set("marks", marks.json.text) }
            let taken = session.pending.detachedRows.removeValue(forKey: .init(type.name, document.name))
            if let taken, !taken.isEmpty { copy.set("taken_out", JSON.array(taken).text) }
            var secrets: JSONObject = [:]
            for one in [document] + own { one.collectSecrets(&secrets) }
            if !secrets.isEmpty { copy.set("secrets", JSON.object(secrets).text) }
            return copy
        }
        try session.writeRows(target, copies)
        session.touched.insert(target.name)
    }
}

extension Document {
    /// The passwords of the document and its rows, by DocType, name and field.
    fileprivate func collectSecrets(_ secrets: inout JSONObject) {
        for slot in doctype.firstOwnSlot..<values.count where doctype.columns[slot].type == .password {
            if case .text(let secret) = values[slot] {
                secrets["\(doctype.name)/\(name)/\(doctype.columns[slot].name)"] = .string(secret)
            }
        }
        for row in allRows { row.collectSecrets(&secrets) }
    }

    /// Reads a copy back exactly as it was, with names, owner and moments.
    ///
    /// - Throws: ``Problem`` when a value does not fit its field any more. Fields that are gone are left out.
    convenience init(copy: JSONObject, _ type: DocType, secrets: JSONObject, in registry: Registry) throws {
        self.init(type)
        for slot in values.indices {
            let field = type.columns[slot]
            values[slot] = try copy[field.name].map { try field.value(of: $0) } ?? Value.none(of: field)
        }
        for slot in type.firstOwnSlot..<values.count where type.columns[slot].type == .password {
            let secret = secrets["\(type.name)/\(name)/\(type.columns[slot].name)"]?.string
            values[slot] = secret.map(Value.text) ?? .null
        }
        for (field, slot) in type.tables {
            let child = try registry.doctype(field.options ?? "")
            rows[slot] = try (copy[field.name]?.array ?? []).compactMap(\.object).map {
                try Document(copy: $0, child, secrets: secrets, in: registry)
            }
        }
    }
}

extension Value {
    /// What a column holds where nothing was said.
    fileprivate static func none(of field: FieldDefinition) -> Value {
        field.type.isNumeric ? Value(.zero, for: field) : .null
    }
}
