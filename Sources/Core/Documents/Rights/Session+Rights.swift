internal import Values

extension Session {
    /// Whether the actor's roles give this right on documents of the DocType, on some of them at least. What User
    /// Permissions take away and shares add is asked of a document.
    public func may(_ right: Right, _ doctype: DocType) -> Bool {
        if isPrivileged { return true }
        if doctype.kind == .child { return registry.parents(of: doctype.name).contains { may(right, $0) } }
        guard isInScope(right, doctype) else { return false }
        return actor.isAdministrator || !grant(right, doctype).isNone
    }

    /// Whether the actor's roles give this right on all documents of the DocType, not on its own alone: what is needed
    /// for figures over all of them, such as a report's.
    public func mayOnAll(_ right: Right, _ doctype: DocType) -> Bool {
        if isPrivileged { return true }
        guard doctype.kind != .child, isInScope(right, doctype) else { return false }
        return actor.isAdministrator || grant(right, doctype).all != nil
    }

    /// Whether the actor may know how a DocType is made: who reads, selects or writes documents of it, or has one shared
    /// with it, and who makes DocTypes.
    public func mayKnow(_ type: DocType) -> Bool {
        if asksNoFields || mayKnowAllDocTypes { return true }
        if type.kind == .child { return registry.parents(of: type.name).contains { mayKnow($0) } }
        return actor.sharedTypes.contains(type.name) || [.read, .select, .create, .write].contains { may($0, type) }
    }

    /// Whether the actor makes DocTypes, and so may know of all of them.
    var mayKnowAllDocTypes: Bool {
        guard let meta = registry.find(DocType.metaName) else { return true }
        return may(.write, meta)
    }

    /// Whether the actor has the right only for documents of its own.
    func mayOnlyOwn(_ right: Right, _ doctype: DocType) -> Bool {
        if asksNoRoles || doctype.kind == .child { return false }
        let grant = grant(right, doctype)
        return grant.all == nil && grant.own != nil
    }

    /// Refuses the action unless the actor has the right; on a row of a table, unless it has it on the row's document.
    /// Without a document it is enough to have it on some.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    public func require(_ right: Right, _ doctype: DocType, _ document: Document? = nil) throws {
        let decision = try decision(right, doctype, right == .create ? nil : document)
        guard decision.isAllowed else { throw forbidden(right, doctype, document?.storedName, decision.rule) }
    }

    /// Refuses unless the actor may list documents of the DocType: read or select some of them, or has one shared with it.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    public func requireListing(_ doctype: DocType) throws {
        if try decision(.read, doctype).isAllowed { return }
        try require(.select, doctype)
    }

    /// Refuses the action unless the actor has the right on every one of the documents.
    ///
    /// - Throws: ``Problem/Kind/forbidden`` about the first.
    public func require(_ right: Right, _ doctype: DocType, all documents: [Document]) throws {
        try require(right, doctype, all: documents, asWritten: false)
    }

    /// The same; `asWritten` looks at the values in memory.
    private func require(_ right: Right, _ doctype: DocType, all documents: [Document], asWritten: Bool) throws {
        let decisions = try decisions(right, doctype, documents, asWritten: asWritten)
        for (document, decision) in zip(documents, decisions) where !decision.isAllowed {
            throw forbidden(right, doctype, document.storedName, decision.rule)
        }
    }

    /// What is said of a right somebody does not have. Of a document that may not even be read nothing is told, not even
    /// whether it is there.
    package func forbidden(_ right: Right, _ doctype: DocType, _ name: String?, _ rule: Decision.Rule) -> Problem {
        let subject = name.map { $0.isEmpty ? doctype.name : "\(doctype.name) \($0)" } ?? doctype.name
        var problem = Problem(.forbidden, "\(actor.user) may not \(right.rawValue) \(subject)")
        switch rule {
        case .scope: problem.remedy = "Use a key whose scopes cover \(right.rawValue) on \(doctype.name)."
        case .userPermission(let restricted) where right != .read && right != .select:
            problem.text += ": \(restricted.words)"
            problem.field = restricted.field
            problem.row = restricted.row
        default: problem.remedy = "Ask for a role that may: \(roles(right, doctype))."
        }
        problem.doctype = doctype.name
        problem.name = name.flatMap { $0.isEmpty ? nil : $0 }
        return problem
    }

    private func roles(_ right: Right, _ doctype: DocType) -> String {
        let roles = doctype.permissions.filter { $0.permlevel == 0 && $0.rights.contains(right) }.map(\.role)
        return roles.isEmpty ? "none has it" : roles.joined(separator: ", ")
    }

    /// What is said of a document that is not there: to who may not read every document of its DocType, what is said of one
    /// that may not be read.
    package func notThere(_ type: DocType, _ name: String) -> Problem {
        if mayReadEvery(type) { return Self.notFound(type.name, name) }
        return forbidden(.read, type, name, .noRole)
    }

    /// Whether there is no document of a DocType that the actor may not read; of a child DocType no row.
    private func mayReadEvery(_ type: DocType) -> Bool {
        guard type.kind == .child else { return readCondition(for: type, table: type.table, right: .read) == nil }
        return registry.parents(of: type.name).allSatisfy { parent in
            readCondition(for: parent, table: parent.table, right: .read) == nil && hiddenFields(of: parent).isEmpty
        }
    }

    /// Which of some rights the actor has on a document: none on one that it may not read, or that is not there where it is
    /// not to know.
    ///
    /// - Throws: ``Problem/Kind/notFound`` for who may read every document of the DocType.
    public func rights(on doctype: String, _ name: String, _ asked: [Right]) throws -> [Right: Bool] {
        let type = try registry.doctype(doctype)
        guard let document = try load(type, [name]).first, try decision(.read, type, document).isAllowed else {
            let problem = notThere(type, name)
            guard problem.kind == .forbidden else { throw problem }
            return Dictionary(uniqueKeysWithValues: asked.map { ($0, false) })
        }
        return try Dictionary(uniqueKeysWithValues: asked.map { ($0, try decision($0, type, document).isAllowed) })
    }

    // MARK: Writes

    /// Refuses values that User Permissions do not allow, and links to what the actor may not select, before anything is
    /// read for them or written.
    func requireValues(_ right: Right, _ type: DocType, _ documents: [Document]) throws {
        guard !asksNoRoles else { return }
        if !actor.restrictions.isEmpty { try require(right, type, all: documents, asWritten: true) }
        try requireSelectable(documents)
    }

    /// Refuses what was written when the actor could not read it afterwards or had no right to write it so.
    func requireWritten(_ right: Right, _ type: DocType, _ documents: [Document]) throws {
        guard !actor.restrictions.isEmpty, !asksNoRoles else { return }
        try require(right, type, all: documents)
        guard !grant(.read, type).isNone else { return }
        for (document, decision) in zip(documents, try decisions(.read, type, documents)) where !decision.isAllowed {
            throw forbidden(right, type, document.storedName, decision.rule)
        }
    }
}
