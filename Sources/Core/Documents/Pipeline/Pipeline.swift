internal import Values

extension Session {
    /// The one path of every write: its phases, in their order, for every action.
    ///
    /// 1. *permit*: may the actor do this to these documents as they are?
    /// 2. *complete*: values that are given by default, kept or fetched; rights on what is changed.
    /// 3. *before*: controllers hear of it, and new documents get their names.
    /// 4. *validate*: controllers and observers compute and refuse.
    /// 5. *check*: fields, links, what links to them.
    /// 6. *store*: rows are written, and what changes is known.
    /// 7. *note*: the event, the audit entry and, of a rehearsal, the effect; observers see it.
    /// 8. *after*: controllers do what follows.
    ///
    /// What follows from an allowed write, and what one statement writes for many documents, begins at *validate* without
    /// controllers.
    ///
    /// - Throws: ``Problem``; then the transaction is to be undone up to where the write began.
    package func run(_ write: Write) throws {
        // What would follow from a draft is not done.
        guard !write.documents.isEmpty, noted == nil else { return }
        guard write.cause == .asked else { return try carryOut(write) }
        try nested {
            try permit(write)
            try complete(write)
            try callBefore(write)
            guard !write.documents.isEmpty else { return }
            try callValidate(write)
            try carryOut(write)
        }
    }

    /// The phases of a draft: those of an insert or a save up to where rows are written, without a name for a new document.
    func workOut(_ document: Document) throws {
        let before = (document.stored?[Document.Slot.docstatus].int).flatMap(Docstatus.init)
        let action: Action =
            switch (before, document.docstatus) {
            case (nil, _): .insert
            case (.submitted?, .submitted): .updateAfterSubmit
            case (.draft?, .submitted): .submit
            default: .save
            }
        let write = Write(action, [document])
        try permit(write)
        try checking { try complete(write) }
        if write.action == .insert { try checking { try call(.beforeInsert, write) } }
        adopt(document)
        try checking { try callValidate(write) }
        try checking { try registry.observers.run(.validate, write, self) }
        try check(write)
    }

    private func carryOut(_ write: Write) throws {
        try registry.observers.run(.validate, write, self)
        if write.cause == .asked { try check(write) }
        if write.cause != .noted { try store(write) }
        guard !write.documents.isEmpty else { return }
        if write.cause == .asked { try permitWritten(write) }
        try noteAndFollow(write)
        guard write.action == .insert else { return }
        // A new document may be submitted at once.
        let submitted = write.documents.filter { $0.docstatus == .submitted }
        if !submitted.isEmpty { try noteAndFollow(Write(.submit, submitted, write.cause)) }
    }

    private func noteAndFollow(_ write: Write) throws {
        try note(write)
        try following(write.events[0]) {
            try registry.observers.run(.written, write, self)
            if write.action == .restore { try restoreWhatWentWith(write) }
        }
        if write.cause == .asked { try callAfter(write) }
    }

    // MARK: - Permit

    private func permit(_ write: Write) throws {
        switch write.action {
        case .insert: try permitInsert(write.documents)
        case .delete: write.documents = try permitDelete(write)
        case .save, .submit, .updateAfterSubmit, .cancel:
            for document in write.documents {
                try namingDocument(document) { try permitUpdate(document, write.action) }
            }
        case .discard: for document in write.documents { try namingDocument(document) { try permitDiscard(document) } }
        case .rename, .merge:
            for document in write.documents { try namingDocument(document) { try permitRename(document) } }
        case .restore: for document in write.documents { try namingDocument(document) { try permitRestore(document) } }
        case .derive, .relink: preconditionFailure("\(write.action.rawValue) follows from another write")
        }
    }

    /// What may be written may depend on what was written.
    private func permitWritten(_ write: Write) throws {
        switch write.action {
        case .insert: try requireWritten(.create, write.documents[0].doctype, write.documents)
        case .save, .submit, .updateAfterSubmit, .cancel:
            for document in write.documents {
                try namingDocument(document) { try requireWritten(write.action.right, document.doctype, [document]) }
            }
        default: break
        }
    }

    // MARK: - Complete

    private func complete(_ write: Write) throws {
        switch write.action {
        case .insert: try completeInsert(write.documents)
        case .save, .submit, .updateAfterSubmit:
            for document in write.documents {
                try namingDocument(document) { try completeUpdate(document, write.action) }
            }
        case .cancel, .discard: for document in write.documents { try onlyDocstatusChanged(document) }
        default: break
        }
    }

    // MARK: - Controllers

    private func call(_ hook: Hook, _ write: Write) throws {
        try forEach(write) { document, hooks in try hooks?.run(hook, document, self) }
    }

    /// Calls `body` for each document with its controller; what it writes follows from the event of the document.
    private func forEach(_ write: Write, _ body: (Document, Hooks?) throws -> Void) throws {
        for (place, document) in write.documents.enumerated() {
            let hooks = registry.hooks(document.doctype.name)
            let event = write.events.isEmpty ? cause : write.events[place]
            try namingDocument(document) { try following(event) { try body(document, hooks) } }
        }
    }

    /// Runs `body`, from which events follow that the one names as their cause.
    private func following<T>(_ event: Int64, _ body: () throws -> T) rethrows -> T {
        let before = cause
        cause = event
        defer { cause = before }
        return try body()
    }

    private func callBefore(_ write: Write) throws {
        switch write.action {
        case .insert:
            try call(.beforeInsert, write)
            try Naming.name(write.documents, in: self, registry.hooks(write.documents[0].doctype.name))
        case .cancel: try call(.beforeCancel, write)
        case .discard:
            try call(.beforeDiscard, write)
            for document in write.documents { setDiscarded(document) }
        case .delete: try call(.onTrash, write)
        case .rename, .merge: try settleName(write)
        default: break
        }
    }

    private func callValidate(_ write: Write) throws {
        guard [.insert, .save, .submit].contains(write.action) else { return }
        try forEach(write) { document, hooks in
            try hooks?.run(.validate, document, self)
            if document.docstatus == .submitted { try hooks?.run(.beforeSubmit, document, self) }
        }
    }

    private func callAfter(_ write: Write) throws {
        try forEach(write) { document, hooks in
            switch write.action {
            case .insert:
                try hooks?.run(.afterInsert, document, self)
                try hooks?.run(.onUpdate, document, self)
            case .save: try hooks?.run(.onUpdate, document, self)
            case .submit:
                // A new document's hook was called when it was inserted.
                if !write.changes.isEmpty { try hooks?.run(.onUpdate, document, self) }
                try hooks?.run(.onSubmit, document, self)
            case .updateAfterSubmit: try hooks?.run(.onUpdateAfterSubmit, document, self)
            case .cancel:
                try hooks?.run(.onCancel, document, self)
                try refuseIfLinked(document, onlySubmitted: true)
            case .discard: try hooks?.run(.onDiscard, document, self)
            case .delete: try hooks?.run(.afterDelete, document, self)
            case .restore: try hooks?.run(.onRestore, document, self)
            case .rename, .merge:
                if case .rename(let rename, _) = write.detail { try hooks?.afterRename(document, rename, self) }
            case .derive, .relink: break
            }
        }
    }

    // MARK: - Check

    private func check(_ write: Write) throws {
        switch write.action {
        case .insert, .save, .submit, .updateAfterSubmit:
            for document in write.documents {
                try namingDocument(document) {
                    adopt(document)
                    try check(document)
                }
            }
            try verifyLinks(of: write.documents)
        case .cancel: write.documents.forEach(adopt)
        case .discard:
            for document in write.documents {
                adopt(document)
                try namingDocument(document) { try refuseIfLinked(document, onlySubmitted: true) }
            }
        case .delete:
            if case .cascade = write.detail { return }
            for document in write.documents {
                try namingDocument(document) { try refuseIfLinked(document, onlySubmitted: false) }
            }
        case .restore, .rename, .merge, .derive, .relink: break
        }
    }

    // MARK: - Store

    private func store(_ write: Write) throws {
        switch write.action {
        case .insert:
            try writeNew(write.documents)
            write.documents.forEach(markStored)
        case .save, .submit, .updateAfterSubmit, .cancel, .discard, .derive, .relink: try storeChanges(write)
        case .delete: try remove(write)
        case .restore: try writeBack(write)
        case .rename: try storeRename(write)
        case .merge: try storeMerge(write)
        }
    }

    /// Writes what differs from the database; documents in which nothing does leave the write.
    private func storeChanges(_ write: Write) throws {
        // Whoever asks may be refused by a lock that somebody holds.
        let isAsked = write.cause == .asked && write.action != .discard
        var changed: [Document] = []
        for document in write.documents {
            try namingDocument(document) {
                let changes = changes(of: document)
                guard !changes.isEmpty else { return }
                stamp(document, created: false)
                try writeChanges(document, changes, unlessLocked: isAsked)
                markStored(document)
                changed.append(document)
                write.changes.append(changes)
            }
        }
        write.documents = changed
        if write.action == .cancel || write.action == .discard { changed.forEach(forgetVerified) }
    }

    /// A link to the document is looked up anew.
    func forgetVerified(_ document: Document) {
        verified.remove(Reference(document.doctype.name, document.name))
    }
}
