internal import Storage
internal import Values

extension Session {
    /// Gives a document another name; everything that names it follows: links, rows, ledgers, what is kept, and what hangs
    /// on it. With `merge` a document of the new name exists, takes all that over, and the old one is deleted.
    ///
    /// One statement changes each column that may hold the name, however many rows do. Documents whose links change keep
    /// their `modified` and get a version, an event and an audit entry. Ledger rows are the one exception from never being
    /// changed: see `docs/decisions/0009-renaming.md`.
    ///
    /// Needs the right to write the document, and for merging to delete it and to write the other.
    ///
    /// - Returns: the name it has now, which its controller may have settled.
    /// - Throws: ``Problem/Kind/forbidden`` where documents of the DocType are not renamed; ``Problem/Kind/invalidName``;
    ///   ``Problem/Kind/duplicateName`` when the name is taken; ``Problem/Kind/notMergeable``; ``Problem/Kind/locked``.
    @discardableResult
    public func rename(_ doctype: String, _ old: String, to new: String, merge: Bool = false) throws -> String {
        let document = try get(doctype, old)
        let rename = Rename(doctype: doctype, old: document.name, new: new.trimmedName, merges: merge)
        let write = Write(merge ? .merge : .rename, [document], detail: .rename(rename, of: document))
        try run(write)
        return write.documents.first?.name ?? document.name
    }

    func permitRename(_ document: Document) throws {
        try require(.write, document.doctype, document)
        try requireRenamable(document)
        try refuseIfLocked([document])
    }

    /// The controller may settle the new name, which is then checked. Nothing is left to do where it is the old one.
    func settleName(_ write: Write) throws {
        guard case .rename(var rename, let document) = write.detail else { return }
        try namingDocument(document) {
            let settled = try registry.hooks(rename.doctype)?.beforeRename(document, rename, self)
            if let settled, settled != rename.new {
                rename = Rename(
                    doctype: rename.doctype, old: rename.old, new: settled.trimmedName, merges: rename.merges)
                write.detail = .rename(rename, of: document)
            }
            if rename.new == rename.old {
                write.documents = []
                return
            }
            try checkNewName(rename, document.doctype)
            let target =
                try rename.merges
                ? isReadable(rename.new, document.doctype) : exists(rename.doctype, rename.new)
            guard target == rename.merges else {
                if target { throw duplicateOfRename(rename) }
                throw notThere(document.doctype, rename.new)
            }
        }
    }

    /// Whether there is a document of a name that the actor may read: what it is merged into.
    private func isReadable(_ name: String, _ type: DocType) throws -> Bool {
        guard let document = try load(type, [name]).first else { return false }
        return try decision(.read, type, document).isAllowed
    }

    // MARK: - The two ways

    func storeRename(_ write: Write) throws {
        guard case .rename(let rename, let document) = write.detail else { return }
        try namingDocument(document) {
            let (renamed, changes) = try self.rename(document, rename)
            write.documents = [renamed]
            write.changes = [changes]
        }
    }

    func storeMerge(_ write: Write) throws {
        guard case .rename(let rename, let document) = write.detail else { return }
        try namingDocument(document) { write.documents = [try merge(document, rename)] }
    }

    private func rename(_ document: Document, _ rename: Rename) throws -> (Document, Changes) {
        let type = document.doctype
        for renaming in registry.renamings where renaming.doctype == type.name { try renaming.run(rename, self) }
        var assignments = "name = ?, modified = ?, modified_by = ?"
        var arguments: [Value] = [.text(rename.new), .timestamp(now), .text(actor.user)]
        var changes = Changes(fields: [
            FieldChange(field: "name", old: .text(rename.old), new: .text(rename.new))
        ])
        if case .field(let field) = type.naming, let slot = type.slot(of: field),
            document.values[slot].text?.trimmedName == rename.old
        {
            assignments += ", \(quoted(field)) = ?"
            arguments.append(.text(rename.new))
            changes.fields.append(FieldChange(field: field, old: document.values[slot], new: .text(rename.new)))
        }
        let own = linksToItself(of: document, rename)
        changes.fields += own.fields
        changes.rows = own.rows
        do {
            try transaction.execute(
                "UPDATE \(quoted(type.table)) SET \(assignments) WHERE name = ?", arguments + [.text(rename.old)])
        } catch StorageError.duplicate(let columns) {
            throw duplicate(type, columns, [document])
        }
        for (field, _) in type.tables {
            let child = try registry.doctype(field.options ?? "")
            try transaction.execute(
                "UPDATE \(quoted(child.table)) SET parent = ? WHERE parent = ? AND parenttype = ? AND parentfield = ?",
                [.text(rename.new), .text(rename.old), .text(type.name), .text(field.name)])
        }
        try repoint(rename, type)
        try moveLock(rename)
        try sealing(
            DocumentMarks.table, where: "doctype = ? AND name IN (?, ?)",
            [.text(type.name), .text(rename.old), .text(rename.new)]
        ) {
            try transaction.execute(
                "UPDATE _collaboration SET name = ? WHERE doctype = ? AND name = ?",
                [.text(rename.new), .text(type.name), .text(rename.old)])
        }
        forget(rename)
        guard let renamed = try load(type, [rename.new]).first else { throw Self.notFound(type.name, rename.new) }
        try Naming.reserve([renamed], in: self)
        return (renamed, changes)
    }

    private func merge(_ document: Document, _ rename: Rename) throws -> Document {
        let type = document.doctype
        guard let target = try load(type, [rename.new]).first else { throw Self.notFound(type.name, rename.new) }
        try require(.delete, type, document)
        try require(.write, type, target)
        try refuseIfLocked([target])
        for one in [document, target] where one.docstatus == .submitted {
            throw Problem(
                .notMergeable, "\(type.name) \(one.name) is submitted and cannot be merged", fix: "Cancel it first.")
        }
        try refuseCircle(document, target)
        for renaming in registry.renamings where renaming.doctype == type.name { try renaming.run(rename, self) }
        let marks = try DocumentMarks.rows(type.name, [rename.old, rename.new], in: self)
        try repoint(rename, type)
        if let old = marks[rename.old] {
            let merged = (marks[rename.new] ?? DocumentMarks.Marks()).merged(with: old)
            try DocumentMarks.write(type.name, rename.new, merged, in: self)
            try DocumentMarks.forget(type.name, [rename.old], in: self)
        }
        try removeDoubles(of: target)
        // What it linked to itself has been repointed in the database only; the copy keeps it as it was.
        try Lifecycle.keep([document], [], [:], in: self)
        try removePart([document])
        try Naming.giveBack([document], in: self)
        forget(rename)
        guard let result = try load(type, [rename.new]).first else { throw Self.notFound(type.name, rename.new) }
        return result
    }

    // MARK: - Repointing

    /// Lets everything that names the old document name the new one.
    private func repoint(_ rename: Rename, _ type: DocType) throws {
        let columns = LinkColumn.all(to: type, in: registry)
        var sealed: [String] = []
        for column in columns where column.type.kind == .ledger && !sealed.contains(column.type.table) {
            sealed.append(column.type.table)
        }
        try recordHolders(rename, columns, type)
        for table in sealed { for sql in transaction.dialect.unsealing(table) { try transaction.execute(sql) } }
        for column in columns {
            let (condition, arguments) = column.condition([rename.old], type, transaction.dialect)
            func change() throws {
                let count = try transaction.execute(
                    "UPDATE \(quoted(column.type.table)) SET \(quoted(column.field.name)) = ? WHERE \(condition)",
                    [.text(rename.new)] + arguments)
                if keepsEffects, count > 0, column.type.kind == .ledger {
                    pending.effects.append(.relinked(RelinkedRows(column, rename, count)))
                }
            }
            do {
                guard column.type.sealed != nil else {
                    try change()
                    continue
                }
                let both = column.condition([rename.old, rename.new], type, transaction.dialect)
                try sealing(column.type.schema, where: both.sql, both.arguments, change)
            } catch StorageError.duplicate(let duplicate) {
                throw conflict(rename, column, duplicate)
            }
        }
        for table in sealed { for sql in transaction.dialect.sealing(table) { try transaction.execute(sql) } }
        for column in columns { touched.insert(column.type.name) }
    }

    /// What changes in the renamed document because it links to itself.
    private func linksToItself(of document: Document, _ rename: Rename) -> Changes {
        let type = document.doctype
        let columns = LinkColumn.all(to: type, in: registry)
        func changes(_ row: Document) -> [FieldChange] {
            columns.filter { $0.type === row.doctype && $0.names(type, rename.old, in: row) }.map {
                FieldChange(field: $0.field.name, old: .text(rename.old), new: .text(rename.new))
            }
        }
        var found = Changes(fields: changes(document))
        for (field, slot) in type.tables {
            for row in document.rows[slot] {
                let fields = changes(row)
                if !fields.isEmpty { found.rows.append((field.name, row, fields)) }
            }
        }
        return found
    }

    /// Notes the documents that name the old one, as they will be, with what changes in them: a thousand in memory at a time.
    private func recordHolders(_ rename: Rename, _ columns: [LinkColumn], _ type: DocType) throws {
        var names: [String: Set<Name>] = [:]
        for column in columns where column.type.kind == .document || column.type.kind == .child {
            let (condition, arguments) = column.condition([rename.old], type, transaction.dialect)
            let isRow = column.type.kind == .child
            let sql =
                "SELECT \(isRow ? "parenttype, parent" : "name, name") FROM \(quoted(column.type.table)) WHERE \(condition)"
            try transaction.forEach(sql, arguments, [.text, .text]) { row in
                names[isRow ? row[0].text ?? "" : column.type.name, default: []].insert(row[1].text ?? "")
            }
        }
        // The document itself is noted as renamed, or is about to be deleted.
        names[type.name]?.remove(rename.old)
        if !rename.merges { names[type.name]?.remove(rename.new) }
        for (doctype, holders) in names.sorted(by: { $0.key < $1.key }) {
            for chunk in holders.sorted().chunks(of: Limits.filterValues) {
                let write = Write(.relink, try load(registry.doctype(doctype), Array(chunk)), .noted)
                for holder in write.documents {
                    for row in [holder] + holder.allRows {
                        for column in columns
                        where column.type === row.doctype && column.names(type, rename.old, in: row) {
                            row[column.field.name] = .text(rename.new)
                        }
                    }
                    write.changes.append(changes(of: holder))
                    markStored(holder)
                }
                try run(write)
                try writeLogsIfMany()
            }
        }
    }

    /// Forgets what was looked up under either name.
    private func forget(_ rename: Rename) {
        for name in [rename.old, rename.new] {
            verified.remove(Reference(rename.doctype, name))
        }
        forgetLookedUp()
    }

    // MARK: - Refusals

    private func requireRenamable(_ document: Document) throws {
        let type = document.doctype
        guard type.kind == .document, !type.isSingle, !type.isVirtual else {
            throw Problem(.forbidden, "\(type.name) has no names of its own to change")
        }
        guard type.isRenamable && !DocType.neverRenamed.contains(type.name) || isPrivileged else {
            throw Problem(.forbidden, "Documents of \(type.name) are not renamed")
        }
    }

    private func checkNewName(_ rename: Rename, _ type: DocType) throws {
        let name = rename.new
        guard !name.isEmpty else { throw Problem(.mandatory, "The new name is missing", field: "new") }
        guard Text.length(name) <= Limits.lineCharacters else {
            throw Problem(
                .tooLong, "The name has \(Text.length(name)) characters, more than \(Limits.lineCharacters)",
                field: "new")
        }
        let isBad = name.unicodeScalars.contains { $0 == "<" || $0 == ">" || $0.value < 32 || $0.value == 127 }
        if isBad || name.hasPrefix("New \(type.name)") {
            throw Problem(.invalidName, "\(type.name) cannot be called \(name)", field: "new")
        }
    }

    /// A node is not merged with what stands above or below it.
    private func refuseCircle(_ document: Document, _ target: Document) throws {
        guard let field = document.doctype.treeField else { return }
        let (table, parent) = (quoted(document.doctype.table), quoted(field))
        let sql = """
            WITH RECURSIVE above(node, depth) AS (SELECT \(parent), 1 FROM \(table) WHERE name = ?
            UNION ALL SELECT t.\(parent), above.depth + 1 FROM \(table) t JOIN above ON t.name = above.node
            WHERE above.depth < \(Limits.treeDepth)) SELECT node FROM above WHERE node = ? LIMIT 1
            """
        for (lower, upper) in [(document, target), (target, document)] {
            guard try transaction.first(sql, [.text(lower.name), .text(upper.name)], [.text]) == nil else {
                throw Problem(.notMergeable, "\(upper.name) stands above \(lower.name); they cannot be merged")
            }
        }
        let isGroup = document.isSet("is_group")
        guard isGroup == target.isSet("is_group") else {
            throw Problem(
                .notMergeable, "\(isGroup ? document.name : target.name) is a group, the other is not",
                fix: "Merge groups with groups.")
        }
    }

    private func duplicateOfRename(_ rename: Rename) -> Problem {
        var problem = Problem(
            .duplicateName, "\(rename.doctype) \(rename.new) already exists", field: "new",
            fix: "Choose another name, or merge the two.")
        problem.doctype = rename.doctype
        problem.name = rename.old
        return problem
    }

    private func conflict(_ rename: Rename, _ column: LinkColumn, _ columns: [String]) -> Problem {
        Problem(
            .notMergeable,
            "\(rename.old) and \(rename.new) both stand in \(column.type.name), where \(column.field.label) is unique",
            field: column.field.name, fix: "Remove one of the two there first.")
    }
}
