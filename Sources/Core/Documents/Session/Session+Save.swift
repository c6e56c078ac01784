internal import Storage
internal import Values

extension Session {
    /// Writes what was changed in a document that was read in this session.
    ///
    /// A draft whose `docstatus` was set to 1 is submitted, a submitted document whose `docstatus` was set to 2 is
    /// cancelled. Nothing is written when nothing changed.
    ///
    /// - Throws: ``Problem``, such as ``Problem/Kind/stale`` when the client had read an older state.
    public func save(_ document: Document) throws {
        guard let stored = document.stored else { return try insert(document) }
        let before = Docstatus(rawValue: stored[Document.Slot.docstatus].int ?? 0) ?? .draft
        switch (before, document.docstatus) {
        case (.draft, .draft): try run(Write(.save, [document]))
        case (.draft, .submitted): try run(Write(.submit, [document]))
        case (.submitted, .submitted): try run(Write(.updateAfterSubmit, [document]))
        case (.submitted, .cancelled): try run(Write(.cancel, [document]))
        case (let from, let to):
            throw Problem(
                .transition, "A \(from.word) \(document.doctype.name) cannot become \(to.word)", field: "docstatus",
                fix: "Drafts are submitted, submitted documents cancelled, cancelled ones amended."
            ).about(document)
        }
    }

    /// Writes what was changed; see ``save(_:)-(Document)``.
    public func save<S: DocTypeSchema>(_ doc: Doc<S>) throws { try save(doc.document) }

    /// Submits a draft: checks it, makes it read-only and does what its DocType does then, such as posting.
    public func submit(_ document: Document) throws {
        try expect(.draft, document, "submitted")
        document.values[Document.Slot.docstatus] = .int(Docstatus.submitted.rawValue)
        try save(document)
    }

    /// Submits a draft; see ``submit(_:)-(Document)``.
    public func submit<S: DocTypeSchema>(_ doc: Doc<S>) throws { try submit(doc.document) }

    /// Cancels a submitted document and reverses what its submit did. Refused while submitted documents link to it.
    public func cancel(_ document: Document) throws {
        try expect(.submitted, document, "cancelled")
        document.values[Document.Slot.docstatus] = .int(Docstatus.cancelled.rawValue)
        try save(document)
    }

    /// Cancels a submitted document; see ``cancel(_:)-(Document)``.
    public func cancel<S: DocTypeSchema>(_ doc: Doc<S>) throws { try cancel(doc.document) }

    /// A draft that takes the place of a cancelled document: a copy of it without what `no_copy` leaves out, which
    /// names it in `amended_from`. It is inserted by ``insert(_:)-(Document)`` and called after it: `X-1`, `X-2`, …
    public func amend(_ document: Document) throws -> Document {
        try require(.amend, document.doctype, document)
        try expect(.cancelled, document, "amended")
        let copy = document.copied()
        copy["amended_from"] = .text(document.name)
        return copy
    }

    /// Writes figures that follow from other documents, such as what of an order has been delivered: without rights,
    /// hooks or checks, but with version, event and audit entry like every write.
    public func saveDerived(_ documents: [Document]) throws {
        // Documents of several DocTypes may follow from one.
        var rest = documents[...]
        while let type = rest.first?.doctype {
            let some = rest.prefix { $0.doctype === type }
            rest = rest.dropFirst(some.count)
            try run(Write(.derive, Array(some), .follows))
        }
    }

    private func expect(_ status: Docstatus, _ document: Document, _ verb: String) throws {
        guard document.docstatus == status else {
            throw Problem(
                .transition,
                "\(document.doctype.name) \(document.name) is \(document.docstatus.word) and cannot be \(verb)",
                field: "docstatus"
            ).about(document)
        }
    }

    func permitUpdate(_ document: Document, _ action: Action) throws {
        let type = document.doctype
        guard action == .save || type.isSubmittable else {
            throw Problem(.transition, "A \(type.name) is not submitted or cancelled", field: "docstatus")
        }
        try require(action.right, type, document)
        guard type.kind == .document else {
            throw Problem(.forbidden, "\(type.name) rows are written only by what they belong to")
        }
        try refuseIfStale(document)
    }

    /// Ties what a client sent to what the database holds, takes back what may not be written, and fetches.
    func completeUpdate(_ document: Document, _ action: Action) throws {
        let type = document.doctype
        matchRows(of: document)
        try normalizeLines(of: [document])
        try restoreUnwritable(document)
        try restoreReadOnly(document)
        try checking { try requireValues(action.right, type, [document]) }
        if action == .submit, !isAsStored(document) { try require(.write, type, document) }
        if action == .updateAfterSubmit {
            try checking { try onlyAllowedChanged(document) }
        } else {
            try fetch([document])
        }
    }

    private func refuseIfStale(_ document: Document) throws {
        precondition(!document.isPast, "a document as it was is not saved; read the one that is")
        guard let claimed = document.claimedModified, let stored = document.stored else { return }
        guard claimed == stored[Document.Slot.modified] else {
            throw Problem(
                .stale,
                """
                \(document.doctype.name) \(document.name) has been modified since it was opened: it was last changed at \
                \(stored[Document.Slot.modified].description) by \(stored[Document.Slot.modifiedBy].description)
                """,
                field: "modified", fix: "Read it again and repeat the change.")
        }
    }

    /// Ties rows that came from a client to the rows the database holds, by name.
    private func matchRows(of document: Document) {
        for (_, slot) in document.doctype.tables {
            let stored = Dictionary(
                document.storedRows[slot].map { (Name($0.name), $0) }, uniquingKeysWith: { first, _ in first })
            var taken: Set<Name> = []
            for row in document.rows[slot] where row.stored == nil {
                if let same = stored[row.name], taken.insert(row.name).inserted {
                    row.stored = same.stored
                    row.keepUnsent(from: same)
                } else {
                    row.values[Document.Slot.name] = .null
                    prepare(row)
                }
            }
        }
    }

    /// Whether nothing but its docstatus differs from what the database holds.
    private func isAsStored(_ document: Document) -> Bool {
        let changes = changes(of: document)
        return changes.fields.allSatisfy { $0.field == "docstatus" } && changes.added.isEmpty && changes.removed.isEmpty
            && changes.rows.isEmpty
            && document.rows.map { $0.map(\.name) } == document.storedRows.map { $0.map(\.name) }
    }

    /// Gives every value but the docstatus back what the database holds.
    func onlyDocstatusChanged(_ document: Document) throws {
        guard let stored = document.stored else { return }
        for slot in document.doctype.storedSlots where slot != Document.Slot.docstatus {
            document.values[slot] = stored[slot]
        }
        document.rows = document.storedRows
    }

    /// Refuses changes of a submitted document to fields that are not open then.
    private func onlyAllowedChanged(_ document: Document) throws {
        func compare(_ one: Document, row: Int?) throws {
            guard let stored = one.stored else { return }
            for slot in one.doctype.firstOwnSlot..<one.values.count where one.values[slot] != stored[slot] {
                let field = one.doctype.columns[slot]
                guard !field.flags.contains(.allowOnSubmit) else { continue }
                throw Problem(
                    .frozen,
                    "\(field.label) cannot change after \(document.doctype.name) \(document.name) was submitted",
                    field: field.name, row: row, fix: "Cancel and amend it.")
            }
        }
        try compare(document, row: nil)
        for (field, slot) in document.doctype.tables {
            let rows = document.rows[slot]
            if !field.flags.contains(.allowOnSubmit), rows.map(\.name) != document.storedRows[slot].map(\.name) {
                throw Problem(
                    .frozen, "The rows of \(field.label) cannot change after submit", field: field.name,
                    fix: "Cancel and amend it.")
            }
            for row in rows { try compare(row, row: row.idx) }
        }
    }

    // MARK: - Rows

    /// Writes what differs from the database: changed columns, changed, new and removed rows.
    ///
    /// With `unlessLocked` it is refused while somebody else holds the document, which costs no statement of its own.
    func writeChanges(_ document: Document, _ changes: Changes, unlessLocked: Bool = false) throws {
        if document.doctype.isVirtual { return try writeVirtual(document, isNew: false) }
        try updateRow(document, unlessLocked: unlessLocked)
        for (field, slot) in document.doctype.tables {
            let child = try registry.doctype(field.options ?? "")
            let removed = changes.removed.filter { $0.table == field.name }.map(\.row.name)
            for chunk in removed.chunks(of: Limits.filterValues) {
                let condition = transaction.dialect.isOneOf("name", count: chunk.count)
                try transaction.issue(
                    "DELETE FROM \(quoted(child.table)) WHERE \(condition)", chunk.map(Value.text))
            }
            try moveRows(of: document, child, slot)
            var new: [Document] = []
            for row in document.rows[slot] {
                if row.stored == nil { new.append(row) } else { try updateRow(row) }
            }
            try writeRows(child, new)
        }
    }

    /// Brings all rows of a table to the docstatus of their document in one statement.
    private func moveRows(of document: Document, _ child: DocType, _ slot: Int) throws {
        let status = document.values[Document.Slot.docstatus]
        guard let stored = document.stored, stored[Document.Slot.docstatus] != status, !document.rows[slot].isEmpty
        else {
            return
        }
        try transaction.issue(
            """
            UPDATE \(quoted(child.table)) SET docstatus = ? WHERE parent = ? AND parenttype = ? AND parentfield = ?
            """,
            [
                status, stored[Document.Slot.name], .text(document.doctype.name),
                .text(document.doctype.tables[slot].field.name),
            ])
        for row in document.rows[slot] { row.stored?[Document.Slot.docstatus] = status }
    }

    private func updateRow(_ document: Document, unlessLocked: Bool = false) throws {
        guard let stored = document.stored else { return }
        let type = document.doctype
        let slots = type.storedSlots.filter { document.values[$0] != stored[$0] }
        guard !slots.isEmpty else {
            if unlessLocked { try refuseIfLocked([document]) }
            return
        }
        let assignments = slots.map { "\(quoted(type.columns[$0].name)) = ?" }.joined(separator: ",")
        let sql = "UPDATE \(quoted(type.table)) SET \(assignments) WHERE name = ?"
        let arguments = slots.map { document.values[$0] } + [stored[Document.Slot.name]]
        do {
            guard unlessLocked else { return try transaction.issue(sql, arguments) }
            let lock = lockCondition(of: type, stored[Document.Slot.name])
            let count = try transaction.execute(sql + lock.0, arguments + lock.1)
            if count == 0 { try refuseIfLocked([document]) }
        } catch StorageError.duplicate(let columns) {
            throw duplicate(type, columns, [document])
        }
    }
}

extension Docstatus {
    /// What people call it.
    public var word: String {
        switch self {
        case .draft: "draft"
        case .submitted: "submitted"
        case .cancelled: "cancelled"
        }
    }
}

extension Document {
    /// Takes over the values that a client did not send for a row it named.
    func keepUnsent(from stored: Document) {
        for slot in values.indices where !sent.contains(slot) { values[slot] = stored.values[slot] }
    }

    /// A new document with the same values, without names and what `no_copy` leaves out.
    package func copied() -> Document {
        let copy = Document(doctype)
        for slot in doctype.firstOwnSlot..<values.count where !doctype.columns[slot].flags.contains(.noCopy) {
            copy.values[slot] = values[slot]
        }
        for (field, slot) in doctype.tables where !field.flags.contains(.noCopy) {
            copy.rows[slot] = rows[slot].map { $0.copied() }
            copy.renumber(slot)
        }
        return copy
    }
}
