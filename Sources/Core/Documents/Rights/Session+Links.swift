internal import Storage
internal import Values

/// Links lead to what somebody may select.
///
/// Who names a document in a link would otherwise learn whether it is there, and, by what is fetched from it, what it
/// holds. So a link that a client sent to a document it may neither read nor select is refused in the same words as one to
/// a document that is not there, and nothing is fetched for it from what it may not see.
extension Session {
    /// Refuses links that a client sent, and that were not there before, to documents that the actor may not select.
    ///
    /// What an API key is good for does not count: it writes what its user may write, links and all. One statement for each
    /// DocType of which the actor may not select every document.
    ///
    /// - Throws: ``Problem/Kind/brokenLink`` that names the field.
    func requireSelectable(_ documents: [Document]) throws {
        guard !asksNoRoles else { return }
        var wanted: [LinkGroup: Set<Name>] = [:]
        try forEachSentLink(of: documents) { link in wanted[link.group, default: []].insert(link.name) }
        for (group, names) in wanted.sorted(by: { $0.key.target < $1.key.target }) {
            guard let type = registry.find(group.target.text),
                let selectable = try asker(isLimited: group.isLimited).selectable(type, names)
            else { continue }
            try forEachSentLink(of: documents) { link in
                guard link.group == group,
                    !selectable.contains(Reference(type.name, link.name))
                else { return }
                let place = link.row.map { "Row \($0): " } ?? ""
                throw Problem(
                    .brokenLink,
                    "\(place)\(link.field.label): there is no \(type.name) \(link.name) that \(actor.user) may select",
                    field: link.field.name, row: link.row,
                    fix: "Correct the name, or ask for the right to select it.")
            }
        }
    }

    /// The documents among `names` that the actor may select; nil where it may select all there are.
    func selectable(_ type: DocType, _ names: Set<Name>) throws -> Set<Reference>? {
        guard let condition = readCondition(for: type, table: "d", right: .select) else { return nil }
        var found: Set<Reference> = []
        guard !condition.isNone else { return found }
        let names = names.sorted()
        guard registry.isInTable(type) else {
            let documents = try load(type, names)
            for (document, decision) in zip(documents, try decisions(.select, type, documents)) where decision.isAllowed
            {
                found.insert(Reference(type.name, document.name))
            }
            return found
        }
        for chunk in names.chunks(of: Limits.filterValues) where !chunk.isEmpty {
            let isNamed = transaction.dialect.isOneOf("d.name", count: chunk.count)
            try transaction.forEach(
                "SELECT d.name FROM \(quoted(type.table)) d WHERE \(isNamed) AND \(condition.sql)",
                chunk.map(Value.text) + condition.arguments, [.text]
            ) { found.insert(Reference(type.name, $0[0].text ?? "")) }
        }
        return found
    }

    /// A session of the actor as its user, whatever its key is good for; without its User Permissions unless `isLimited`.
    func asker(isLimited: Bool = true) -> Session {
        if actor.scopes == nil, isLimited || actor.restrictions.isEmpty { return self }
        let asker = Actor(
            user: actor.user, roles: actor.roles, restrictions: isLimited ? actor.restrictions : Restrictions(),
            sharedTypes: actor.sharedTypes, defaults: actor.defaults)
        return Session(actor: asker, now: now, registry: registry, transaction: transaction) { [self] in
            newIdentifier()
        }
    }

    /// Links that are asked for together.
    private struct LinkGroup: Hashable {
        let target: Name
        /// Whether User Permissions count.
        let isLimited: Bool
    }

    private struct SentLink {
        let field: FieldDefinition
        let group: LinkGroup
        let name: String
        let row: Int?
    }

    private func forEachSentLink(of documents: [Document], _ body: (SentLink) throws -> Void) throws {
        for document in documents {
            try namingDocument(document) {
                try sentLinks(of: document, in: document.doctype, row: nil, body)
                for row in document.allRows { try sentLinks(of: row, in: document.doctype, row: row.idx, body) }
            }
        }
    }

    private func sentLinks(
        of document: Document, in place: DocType, row: Int?, _ body: (SentLink) throws -> Void
    ) throws {
        guard !document.sent.isEmpty else { return }
        let type = document.doctype
        for slot in type.linkSlots where document.sent.contains(slot) {
            guard case .text(let name) = document.values[slot], !name.isEmpty, !document.keepsLink(slot) else {
                continue
            }
            let field = type.columns[slot]
            guard !field.flags.contains(.linksToHidden) else { continue }
            var target = field.options ?? ""
            if field.type == .dynamicLink {
                // What hangs on a document asks for that itself.
                if registry.companions.contains(where: { $0.doctype == type.name && $0.nameField == field.name }) {
                    continue
                }
                target = document.text(target)
            }
            let isLimited =
                !field.flags.contains(.ignoreUserPermissions) && !(type === place && field.name == type.treeField)
            try body(
                SentLink(
                    field: field, group: LinkGroup(target: Name(target), isLimited: isLimited), name: name, row: row))
        }
    }

    // MARK: Fetching

    /// What of one link of some documents may be fetched.
    struct Fetching {
        /// The documents that may be selected; nil for all.
        fileprivate let selectable: Set<Reference>?
        fileprivate let access: FieldAccess?
        fileprivate let target: String

        /// All of it.
        static let all = Fetching(selectable: nil, access: nil, target: "")

        /// What is done with a field of a document that is fetched through a link.
        enum Step {
            case take, keep, clear
        }

        /// What the server put into a link by itself is fetched on its own behalf; what somebody put there, or left there,
        /// only as far as it may see it.
        func step(_ document: Document, _ link: Int, _ name: String, _ source: String) -> Step {
            if selectable == nil, access?.opens(source) ?? true { return .take }
            let isKept = document.keepsLink(link)
            guard isKept || document.sent.contains(link) else { return .take }
            let isSelectable = selectable?.contains(Reference(target, name)) ?? true
            if isSelectable, access?.opens(source) ?? true { return .take }
            return isKept ? .keep : .clear
        }
    }

    /// What the actor may have fetched from documents of a DocType.
    func fetching(from target: DocType, _ names: Set<Name>) throws -> Fetching {
        guard !asksNoRoles else { return .all }
        let asker = asker()
        return Fetching(
            selectable: try asker.selectable(target, names), access: asker.fieldAccess(to: target), target: target.name)
    }
}

extension Document {
    /// Whether a link is the one that the database holds.
    fileprivate func keepsLink(_ slot: Int) -> Bool {
        guard let stored, stored[slot] == values[slot] else { return false }
        let field = doctype.columns[slot]
        guard field.type == .dynamicLink, let selector = doctype.slot(of: field.options ?? "") else { return true }
        return stored[selector] == values[selector]
    }
}
