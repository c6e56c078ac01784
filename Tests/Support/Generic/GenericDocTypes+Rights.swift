internal import Documents
import Lists
internal import Storage
internal import Tenancy
internal import Values

/// What users may do with a document that another made, against the permissions of its DocType.
extension GenericDocTypes {
    private static let stranger = "stranger@example.com"

    /// Tries a user without a role, and one with each role that the DocType names, on a document of the administrator.
    ///
    /// Who lacks the right is refused every way; who has the right to read reads it. `sent` makes another one like it.
    func tryRights(on type: DocType, _ name: String, sent: JSONObject?) throws {
        let everybody = Actor(user: Self.stranger, roles: [])
        try tryRights(of: everybody, on: type, name, sent)
        for role in Set<Name>(type.permissions.map(\.role)).subtracting(everybody.roles).sorted() {
            try tryRights(of: Actor(user: Self.stranger, roles: [Name(role)]), on: type, name, sent)
        }
    }

    private func tryRights(of actor: Actor, on type: DocType, _ name: String, _ sent: JSONObject?) throws {
        let other = Session(
            actor: actor, now: session.now, registry: session.registry, transaction: session.transaction
        ) { [session] in session.newIdentifier() }
        let who = "a user with \(actor.roles.sorted().joined(separator: ", "))"
        let granted = Set(Right.allCases.filter { isGranted($0, on: type, to: actor) })
        let document = try session.get(type.name, name)
        for right in Right.allCases {
            let decision = try other.decision(right, type, document)
            try expect(
                decision.isAllowed == granted.contains(right),
                "\(who) has \(decision.isAllowed ? "" : "not ")the right to \(right.rawValue): \(decision.rule.words)")
        }
        // What is given on own documents is given on the DocType.
        let own = Set(type.permissions.filter { $0.ifOwner && actor.roles.contains($0.role) }.flatMap(\.rights))
        try tryReading(other, who, type, name, granted, own)
        func refuse(_ right: Right, _ kinds: [Problem.Kind] = [.forbidden], _ body: () throws -> Void) throws {
            if !granted.contains(right) { try expectRefused("\(who), \(right.rawValue),", kinds, body) }
        }
        try refuse(.write) { try other.save(try session.get(type.name, name)) }
        try refuse(.delete, [.forbidden, .notFound]) { try other.delete(type.name, name) }
        if type.isSubmittable, document.docstatus == .draft {
            try refuse(.submit) { try other.submit(try session.get(type.name, name)) }
        }
        if document.docstatus == .submitted {
            try refuse(.cancel) { try other.cancel(try session.get(type.name, name)) }
        }
        guard !type.isSingle else { return }
        if let sent, !own.contains(.create) {
            try refuse(.create) { try other.insert(try other.document(type.name, from: sent)) }
        }
        if !own.contains(.export) { try refuse(.export) { _ = try Export(type.name).run(in: other) { _ in } } }
        if !own.contains(.import) {
            try refuse(.import) {
                var reader = CSVReader("name\n")
                _ = try Import(type.name).run(&reader, in: other)
            }
        }
    }

    /// Who may read finds the document; who may not is told nothing of it.
    private func tryReading(
        _ other: Session, _ who: String, _ type: DocType, _ name: String, _ granted: Set<Right>, _ own: Set<Right>
    ) throws {
        let query = ListQuery(type.name, fields: ["name"], filters: ["name": .string(name)])
        let found = { try other.list(query).rows.count }
        if granted.contains(.read) {
            try expect(try other.get(type.name, name).name == name, "\(who) does not read it")
            try expect(try found() == 1, "the list does not show it to \(who)")
            return
        }
        try expectRefused("\(who), reading,", [.forbidden, .notFound]) { _ = try other.get(type.name, name) }
        if own.contains(.read) {
            try expect(try found() == 0, "the list shows it to \(who)")
        } else if granted.contains(.select) {
            try expect(try found() == 1, "the list does not offer it to \(who)")
        } else {
            try expectRefused("\(who), listing,", [.forbidden]) { _ = try found() }
        }
    }

    /// Whether a row of the permissions gives the right on documents of others.
    private func isGranted(_ right: Right, on type: DocType, to actor: Actor) -> Bool {
        switch right {
        case .submit, .cancel, .amend: if !type.isSubmittable { return false }
        case .report, .export, .import: if type.isSingle { return false }
        default: break
        }
        return type.permissions.contains { row in
            row.permlevel == 0 && !row.ifOwner && actor.roles.contains(row.role)
                && (row.rights.contains(right) || right == .select && row.rights.contains(.read))
        }
    }
}
