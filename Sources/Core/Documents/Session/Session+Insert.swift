internal import Storage
package import Values

extension Session {
    /// Adds a document: fills defaults and what is fetched, names it, checks it, writes it and its rows.
    ///
    /// A document whose `docstatus` is 1 is submitted in the same step.
    ///
    /// - Throws: ``Problem``; then nothing is written.
    public func insert(_ document: Document) throws { try insert([document]) }

    /// Adds a document declared in Swift; see ``insert(_:)-(Document)``.
    public func insert<S: DocTypeSchema>(_ doc: Doc<S>) throws { try insert([doc.document]) }

    /// Adds documents of one DocType: links are checked and rows written for all of them at once.
    ///
    /// - Throws: ``Problem`` about the first document that is refused; then none is written.
    public func insert(_ documents: [Document]) throws {
        guard let type = documents.first?.doctype else { return }
        precondition(documents.allSatisfy { $0.doctype === type }, "documents of one DocType are inserted together")
        guard type.kind == .document else {
            throw Problem(
                .forbidden, "\(type.name) rows are written only by what they belong to",
                fix: type.kind == .child ? "Save the parent document." : "Submit the document that posts them.")
        }
        try run(Write(.insert, documents))
    }

    /// New documents are drafts, or submitted at once.
    func permitInsert(_ documents: [Document]) throws {
        let type = documents[0].doctype
        try require(type.isSingle ? .write : .create, type)
        for document in documents {
            guard document.docstatus == .draft || document.docstatus == .submitted && type.isSubmittable else {
                throw Problem(.transition, "A new \(type.name) is a draft or submitted").about(document)
            }
        }
    }

    /// Gives new documents their defaults and what is fetched, and takes back what may not be written.
    func completeInsert(_ documents: [Document]) throws {
        let type = documents[0].doctype
        try normalizeLines(of: documents)
        for document in documents {
            prepare(document)
            try restoreUnwritable(document)
            try restoreReadOnly(document)
            try fillUserDefaults(document)
            if document.docstatus == .submitted { try require(.submit, type, document) }
        }
        try checking { try requireValues(.create, type, documents) }
        try fillLinkedDefaults(documents)
        try fetch(documents)
    }

    /// Runs a write inside another at most so deep, so that hooks cannot call each other for ever.
    package func nested<T>(_ body: () throws -> T) throws -> T {
        guard depth < Limits.nestedWrites else {
            throw Problem(.tooMany, "Saves are nested more than \(Limits.nestedWrites) deep")
        }
        depth += 1
        defer { depth -= 1 }
        let result = try body()
        if depth == 1, metadata.isDirty, !metadata.isDeferred { try registry.applyMetadata?(self) }
        return result
    }

    /// Says of a problem which document it is about.
    package func namingDocument<T>(_ document: Document, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let problem as Problem {
            throw problem.about(document)
        }
    }

    /// Sets the standard columns and the defaults of a new document and its rows.
    package func prepare(_ document: Document) {
        document.stored = nil
        stamp(document, created: true)
        let checks = document.doctype.checks
        let title = document.doctype.titlePattern?.slot
        for slot in document.doctype.fallbackSlots
        where document.values[slot].isNull && !checks[slot].isVirtual && slot != title {
            if let value = fallback(of: document.doctype, slot) { document.values[slot] = value }
        }
        document.forEachRow { row in
            row.values[Document.Slot.name] = .null
            prepare(row)
        }
    }

    /// What a slot of a new document holds by default; nil where it has no default.
    package func fallback(of type: DocType, _ slot: Int) -> Value? {
        switch type.fallbacks[slot] {
        case nil: nil
        case .value(let value): value
        case .today: .day(today)
        case .now: type.columns[slot].type == .time ? .time(wallClock.time) : .timestamp(now)
        case .user: .text(actor.user)
        case .linked: .null
        }
    }

    /// Writes down who changes the document and when.
    func stamp(_ document: Document, created: Bool) {
        let user = Value.text(actor.user)
        if created {
            document.values[Document.Slot.owner] = user
            document.values[Document.Slot.creation] = .timestamp(now)
        }
        document.values[Document.Slot.modified] = .timestamp(now)
        document.values[Document.Slot.modifiedBy] = user
    }

    /// Ties the rows to their document: names, parents, places and docstatus.
    func adopt(_ document: Document) {
        for (field, slot) in document.doctype.tables {
            for (index, row) in document.rows[slot].enumerated() {
                if row.stored == nil {
                    if row.values[Document.Slot.creation].isNull { prepare(row) }
                    if row.name.isEmpty { row.name = newIdentifier() }
                }
                row.values[Document.Slot.parent] = document.values[Document.Slot.name]
                row.values[Document.Slot.parentfield] = .text(field.name)
                row.values[Document.Slot.parenttype] = .text(document.doctype.name)
                row.values[Document.Slot.idx] = .int(Int64(index + 1))
                row.values[Document.Slot.docstatus] = document.values[Document.Slot.docstatus]
            }
        }
    }

    /// Writes new documents, and all their rows of one child DocType in one statement.
    func writeNew(_ documents: [Document]) throws {
        guard let type = documents.first?.doctype else { return }
        if type.isVirtual {
            for document in documents { try writeVirtual(document, isNew: true) }
            return
        }
        try writeRows(type, documents)
        for (field, slot) in type.tables {
            try writeRows(registry.doctype(field.options ?? ""), documents.flatMap { $0.rows[slot] })
        }
    }

    func writeRows(_ type: DocType, _ documents: [Document]) throws {
        guard !documents.isEmpty else { return }
        let rows = documents.map { document in
            type.storesAll ? document.values : type.storedSlots.map { document.values[$0] }
        }
        do {
            try transaction.insert(into: type.table, type.storedNames, rows)
            if let table = type.sealed { seal(rows, in: table) }
        } catch StorageError.duplicate(let columns) {
            throw duplicate(type, columns, documents)
        }
    }

    /// What a violated unique index means.
    func duplicate(_ type: DocType, _ columns: [String], _ documents: [Document]) -> Problem {
        let fields = columns.compactMap { $0.split(separator: ".").last.map(String.init) }
        guard fields != ["name"], let field = fields.first else {
            let name = documents.count == 1 ? " \(documents[0].name)" : ""
            var problem = Problem(
                .duplicateName, "\(type.name)\(name) already exists", field: "name", fix: "Choose another name.")
            problem.doctype = type.name
            return problem
        }
        let value = documents.count == 1 ? " \(documents[0][field].description)" : ""
        var problem = Problem(
            .duplicate, "Another \(type.name) has the \(type.field(field)?.label ?? field)\(value)", field: field,
            fix: "\(type.field(field)?.label ?? field) must be unique.")
        problem.doctype = type.name
        return problem
    }

    func markStored(_ document: Document) {
        document.stored = document.values
        document.storedRows = document.rows
        document.forEachRow { $0.stored = $0.values }
    }
}
