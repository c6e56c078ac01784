public import Values

extension Session {
    /// The fields of a DocType that the actor may not see: they are left out of lists, searches, versions and exports, and
    /// nothing may be filtered, ordered or grouped by them.
    ///
    /// Of a child DocType, `parent` says through which documents its rows are seen; without it, what is hidden through any
    /// of them is hidden. Fields of a level that is open only on own documents are hidden here and shown in those documents.
    public func hiddenFields(of type: DocType, through parent: DocType? = nil) -> Set<String> {
        fields(of: type, through: parent, \.hidden)
    }

    /// The fields of a DocType whose values the actor sees masked, as ``maskedText``: shown so, and never filtered,
    /// ordered, grouped or computed with.
    public func maskedFields(of type: DocType, through parent: DocType? = nil) -> Set<String> {
        fields(of: type, through: parent, \.masked)
    }

    /// What stands in the place of a masked value that is not null.
    public static var maskedText: String { "XXXXXXXX" }

    private func fields(
        of type: DocType, through parent: DocType?, _ names: KeyPath<FieldRights, Set<String>>
    ) -> Set<String> {
        if asksNoFields { return [] }
        guard type.kind == .child, parent == nil else {
            let fields = fieldRights(of: type, through: parent)[keyPath: names]
            // What others hold is shown document by document, to who may read those.
            return Carrier.all[type.name].map { names == \.hidden ? fields.union($0.hiddenFields) : fields } ?? fields
        }
        return registry.parents(of: type.name).reduce(into: []) { fields, parent in
            if may(.select, parent) { fields.formUnion(fieldRights(of: type, through: parent)[keyPath: names]) }
        }
    }

    /// Whether no field is hidden from the actor, whatever the DocType says.
    package var asksNoFields: Bool { isPrivileged || actor.isAdministrator && actor.scopes == nil }

    // MARK: Answers

    /// A document as an answer: the one way a document leaves the server. Fields the actor may not see are left out, masked
    /// ones masked, passwords `*****`. Nulls stand in it.
    public func present(_ document: Document) -> JSON {
        var writer = JSONWriter(capacity: 1024)
        write(document, to: &writer, nulls: true)
        do {
            return try JSON.parse(writer.bytes, limits: JSONLimits(values: .max))
        } catch {
            preconditionFailure("a document was written as what is no JSON: \(error)")
        }
    }

    /// Writes a document as an answer; see ``present(_:)``. The wire leaves nulls out where Frappe's does.
    public func write(_ document: Document, to writer: inout JSONWriter, nulls: Bool) {
        guard !asksNoFields else { return document.write(to: &writer, nulls: nulls) }
        var parent: DocType?
        if document.doctype.kind == .child { parent = registry.find(document.text("parenttype")) }
        // What is not written yet may hold copies of what its writer may not see.
        let isOwn = document.doctype.kind != .child && !document.isNew && document.owner == actor.user
        write(document, through: parent, isOwn: isOwn, to: &writer, nulls: nulls)
    }

    private func write(
        _ document: Document, through parent: DocType?, isOwn: Bool, to writer: inout JSONWriter, nulls: Bool
    ) {
        let type = document.doctype
        let rights = fieldRights(of: type, through: parent, isOwn: isOwn)
        if rights.isOpen, type.tables.isEmpty, Carrier.all[type.name] == nil {
            return document.write(to: &writer, nulls: nulls)
        }
        writer.beginObject()
        writer.key("doctype")
        writer.string(type.name)
        let carrier = Carrier.all[type.name]
        for slot in document.values.indices where !rights.hides[slot] {
            var value = document.values[slot]
            if let shown = carrier?.shown(type.columns[slot].name, of: document, in: self) { value = shown }
            if !nulls, value.isNull { continue }
            writer.key(type.keys[slot])
            if type.columns[slot].type == .password {
                writer.value(value.masked)
            } else if rights.masks[slot], !value.isNull {
                writer.string(Self.maskedText)
            } else {
                writer.value(value)
            }
        }
        for (field, slot) in type.tables where !rights.hidesTable[slot] {
            writer.key(field.name)
            writer.beginArray()
            for row in document.rows[slot] {
                write(row, through: type, isOwn: isOwn, to: &writer, nulls: nulls)
            }
            writer.endArray()
        }
        writer.endObject()
    }

    /// A copy of a document that holds only what the actor may see: the rest is null, masked text masked, other masked
    /// values null. It is to be looked at, not to be saved.
    public func screened(_ document: Document) -> Document {
        guard !asksNoFields else { return document }
        var parent: DocType?
        if document.doctype.kind == .child { parent = registry.find(document.text("parenttype")) }
        let isOwn = parent == nil && !document.isNew && document.owner == actor.user
        return screened(document, through: parent, isOwn: isOwn)
    }

    private func screened(_ document: Document, through parent: DocType?, isOwn: Bool) -> Document {
        let type = document.doctype
        let rights = fieldRights(of: type, through: parent, isOwn: isOwn)
        let copy = Document(type, stored: document.values)
        copy.isPast = true
        for slot in copy.values.indices where rights.hides[slot] || rights.masks[slot] && !copy.values[slot].isNull {
            let isText = type.columns[slot].type.column == .text
            copy.values[slot] = rights.masks[slot] && isText ? .text(Self.maskedText) : .null
        }
        if let carrier = Carrier.all[type.name] {
            for slot in copy.values.indices where !rights.hides[slot] {
                let shown = carrier.shown(type.columns[slot].name, of: document, in: self)
                if let shown { copy.values[slot] = shown }
            }
        }
        for (_, slot) in type.tables where !rights.hidesTable[slot] {
            copy.rows[slot] = document.rows[slot].map { screened($0, through: type, isOwn: isOwn) }
        }
        return copy
    }

    // MARK: What clients send

    /// Puts back what a client sent for fields that the actor may not write: to what the database holds, or to the default
    /// in a new document. What the program itself set stays.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` where a document without the value is refused: nobody is told to give what was
    ///   given.
    func restoreUnwritable(_ document: Document) throws {
        guard !asksNoFields, !document.sent.isEmpty || !document.sentTables.isEmpty else { return }
        let type = document.doctype
        let isOwn = document.isNew || document.storedOwner == actor.user
        let rights = fieldRights(of: type, isOwn: isOwn)
        try restore(document, rights)
        for table in document.sentTables {
            if !rights.writesTable[table] || rights.hidesTable[table] {
                document.rows[table] = document.storedRows.isEmpty ? [] : document.storedRows[table]
                continue
            }
            for row in document.rows[table] {
                try restore(row, fieldRights(of: row.doctype, through: type, isOwn: isOwn))
            }
        }
    }

    private func restore(_ document: Document, _ rights: FieldRights) throws {
        guard !rights.isWritable else { return }
        for slot in document.sent {
            if rights.writes[slot] {
                guard rights.masks[slot] else { continue }
                // Who adds a document knows what it writes, though it will be masked to it afterwards.
                if document.isNew, document.values[slot] != .text(Self.maskedText) { continue }
            }
            let present = document.stored?[slot] ?? fallback(of: document.doctype, slot) ?? .null
            let field = document.doctype.columns[slot]
            if present.isEmpty, field.flags.contains(.required), !document.values[slot].isEmpty {
                throw Problem(
                    .forbidden, "\(actor.user) may not set \(field.label), which is required", field: field.name,
                    fix: "Ask for a role that may.")
            }
            document.values[slot] = present
        }
    }
}
