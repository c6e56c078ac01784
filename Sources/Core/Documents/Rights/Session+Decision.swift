internal import Storage
internal import Values

extension Session {
    /// Whether the actor has a right on a document, or without one on some document of the DocType, and which rule says so.
    ///
    /// The rules, in their order: the key's scope; Administrator; the roles; the User Permissions of the user, for a right
    /// that a role gives on all documents; the owner, for one it gives on own documents; a share. Rows of tables follow
    /// their documents. Of a document the database holds it looks at what the database holds.
    ///
    /// - Throws: ``StorageError``.
    public func decision(_ right: Right, _ type: DocType, _ document: Document? = nil) throws -> Decision {
        try decision(right, type, document) { _ in }
    }

    /// The same; `note` is told each step on the way.
    package func decision(
        _ right: Right, _ type: DocType, _ document: Document?, _ note: (DecisionStep) -> Void
    ) throws -> Decision {
        if let document { return try decisions(right, type, [document], note: note)[0] }
        return decisionWithoutDocument(right, type, note)
    }

    private func decisionWithoutDocument(
        _ right: Right, _ type: DocType, _ note: (DecisionStep) -> Void
    ) -> Decision {
        if let decided = decisionWithoutRoles(right, type, note) { return decided }
        if type.kind == .child {
            for parent in registry.parents(of: type.name) {
                let decision = decisionWithoutDocument(right.onParent, parent, note)
                if decision.isAllowed { return decision }
            }
            return Decision(false, .noRole)
        }
        let grant = grant(right, type)
        tell(grant, right, type, note)
        if let row = grant.all { return Decision(true, .role(row)) }
        if let row = grant.own { return Decision(true, .role(row)) }
        if right.shareColumn != nil, actor.sharedTypes.contains(type.name) {
            note(
                DecisionStep(
                    step: "share", outcome: .allows, words: "documents of \(type.name) are shared with the user"))
            return Decision(true, .share)
        }
        return Decision(false, .noRole)
    }

    /// What is decided before roles are asked, if it is.
    private func decisionWithoutRoles(
        _ right: Right, _ type: DocType, _ note: (DecisionStep) -> Void
    ) -> Decision? {
        if isPrivileged { return Decision(true, .system) }
        // A row's key is that of its document.
        if type.kind != .child, actor.scopes != nil {
            guard isInScope(right, type) else {
                note(DecisionStep(step: "scope", outcome: .denies, words: Decision.Rule.scope.words))
                return Decision(false, .scope)
            }
            note(DecisionStep(step: "scope", outcome: .passes, words: "the API key is good for it"))
        }
        if actor.isAdministrator, type.kind != .child || actor.scopes == nil {
            note(DecisionStep(step: "administrator", outcome: .allows, words: Decision.Rule.administrator.words))
            return Decision(true, .administrator)
        }
        return nil
    }

    /// What is decided of each of some documents of one DocType; the statements it costs do not grow with their number.
    ///
    /// `asWritten` looks at the values in memory instead of those the database holds, and not at their names.
    package func decisions(
        _ right: Right, _ type: DocType, _ documents: [Document], asWritten: Bool = false,
        note: (DecisionStep) -> Void = { _ in }
    ) throws -> [Decision] {
        if documents.isEmpty { return [] }
        if let decided = decisionWithoutRoles(right, type, note) { return documents.map { _ in decided } }
        if type.kind == .child { return try decisionsOfRows(right, documents, note) }

        let grant = grant(right, type)
        tell(grant, right, type, note)
        let refused =
            grant.all == nil ? [:] : try restricted(type, documents, asWritten: asWritten)
        var decisions: [Decision] = []
        var undecided: [String] = []
        for (index, document) in documents.enumerated() {
            if let row = grant.all {
                if refused[index] == nil {
                    note(.passedUserPermissions(actor))
                    decisions.append(Decision(true, .role(row)))
                    continue
                }
                note(DecisionStep(step: "user_permissions", outcome: .denies, words: refused[index]?.words ?? ""))
            }
            if let row = grant.own {
                let isOwn = document.storedOwner == actor.user
                note(
                    DecisionStep(
                        step: "owner", outcome: isOwn ? .allows : .denies,
                        words: isOwn ? "the user made the document" : "the user did not make the document"))
                if isOwn {
                    decisions.append(Decision(true, .owner(row)))
                    continue
                }
            }
            undecided.append(document.storedName)
            if let refused = refused[index] {
                decisions.append(Decision(false, .userPermission(refused)))
            } else if let row = grant.own {
                decisions.append(Decision(false, .notOwner(row)))
            } else {
                decisions.append(Decision(false, .noRole))
            }
        }
        decisions = hidingUnknownDocTypes(decisions, type, documents)
        guard !undecided.isEmpty, let column = right.shareColumn else { return decisions }
        let shared = try actor.sharedTypes.contains(type.name) ? self.shared(column, type, undecided) : []
        for (index, document) in documents.enumerated() where !decisions[index].isAllowed {
            let isShared = shared.contains(Reference(type.name, document.storedName))
            note(
                DecisionStep(
                    step: "share", outcome: isShared ? .allows : .denies,
                    words: isShared ? Decision.Rule.share.words : "the document is not shared with the user"))
            if isShared { decisions[index] = Decision(true, .share) }
        }
        return decisions
    }

    /// DocTypes that the actor may not know are no documents for it.
    private func hidingUnknownDocTypes(
        _ decisions: [Decision], _ type: DocType, _ documents: [Document]
    ) -> [Decision] {
        guard type.name == DocType.metaName, !mayKnowAllDocTypes else { return decisions }
        return zip(documents, decisions).map { document, decision in
            guard decision.isAllowed, let described = registry.find(document.name), !mayKnow(described) else {
                return decision
            }
            return Decision(false, .noRole)
        }
    }

    /// Rows are decided by the documents they belong to, which are read once for each DocType.
    private func decisionsOfRows(
        _ right: Right, _ rows: [Document], _ note: (DecisionStep) -> Void
    ) throws -> [Decision] {
        var parents: [String: Set<Name>] = [:]
        for row in rows {
            parents[row.storedText(Document.Slot.parenttype), default: []].insert(row.storedText(Document.Slot.parent))
        }
        var decided: [RowPlace: Decision] = [:]
        for (doctype, names) in parents.sorted(by: { $0.key < $1.key }) {
            guard let type = registry.find(doctype), type.kind != .child else { continue }
            let documents = try load(type, names.sorted())
            let decisions = try decisions(right.onParent, type, documents, note: note)
            for (document, decision) in zip(documents, decisions) {
                let isOwn = document.storedOwner == actor.user
                let hidden = asksNoFields ? [] : fieldRights(of: type, isOwn: isOwn).hidden
                for (field, _) in type.tables {
                    let isShown = !hidden.contains(field.name)
                    decided[RowPlace(doctype, document.name, field.name)] = Decision(
                        decision.isAllowed && isShown,
                        isShown
                            ? .parent(doctype: doctype, name: document.name, decision.rule) : .hiddenTable(field.name))
                }
            }
        }
        return rows.map { decided[RowPlace($0)] ?? Decision(false, .orphan) }
    }

    private func tell(_ grant: Grant, _ right: Right, _ type: DocType, _ note: (DecisionStep) -> Void) {
        let rows = [grant.all, grant.own].compactMap { $0 }
        let words = rows.map { "the role \($0.role) has \(right.rawValue)\($0.ifOwner ? " on own documents" : "")" }
        note(
            DecisionStep(
                step: "roles", outcome: grant.isNone ? .denies : .passes,
                words: grant.isNone
                    ? "no role of the user has \(right.rawValue) on \(type.name)" : words.joined(separator: "; ")))
    }

    /// Which of some documents are shared with the actor for a right.
    private func shared(_ column: String, _ type: DocType, _ names: [String]) throws -> Set<Reference> {
        var found: Set<Reference> = []
        for chunk in names.chunks(of: Limits.filterValues) {
            let isOne = transaction.dialect.isOneOf("share_name", count: chunk.count)
            try transaction.forEach(
                """
                SELECT share_name FROM docshare WHERE share_doctype = ? AND \(quoted(column)) = 1
                AND ("user" = ? OR everyone = 1) AND \(isOne)
                """, [.text(type.name), .text(actor.user)] + chunk.map(Value.text), [.text]
            ) { found.insert(Reference(type.name, $0[0].text ?? "")) }
        }
        return found
    }
}

/// The table that a row stands in.
private struct RowPlace: Hashable {
    let document: Reference
    let table: String

    init(_ doctype: String, _ name: String, _ table: String) {
        document = Reference(doctype, name)
        self.table = table
    }

    init(_ row: Document) {
        self.init(
            row.storedText(Document.Slot.parenttype), row.storedText(Document.Slot.parent),
            row.storedText(Document.Slot.parentfield))
    }
}

extension DecisionStep {
    fileprivate static func passedUserPermissions(_ actor: Actor) -> DecisionStep {
        DecisionStep(
            step: "user_permissions", outcome: .allows,
            words: actor.restrictions.isEmpty ? "the user has none" : "none refuses the document")
    }
}

extension Right {
    /// The right on a document that lets somebody do this to its rows.
    fileprivate var onParent: Right {
        switch self {
        case .create, .delete: .write
        default: self
        }
    }
}

extension Document {
    /// Who made it, as the database holds it.
    package var storedOwner: String { storedText(Slot.owner) }
    /// Its name, as the database holds it.
    package var storedName: String { storedText(Slot.name) }

    func storedText(_ slot: Int) -> String { (stored ?? values)[slot].text ?? "" }
}
