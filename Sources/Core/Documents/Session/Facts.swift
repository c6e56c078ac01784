public import Values

/// Fields of a DocType that rules ask of many documents, such as whether an item is disabled. They are read along with what
/// documents fetch from it, so that asking costs no statement.
public struct Facts: Sendable {
    /// The DocType that is asked.
    public let doctype: String
    /// The fields.
    public let fields: [String]

    /// These fields of a DocType; a module registers them.
    public init(of doctype: String, _ fields: String...) {
        self.doctype = doctype
        self.fields = fields
    }
}

extension Session {
    /// Fields of many documents of one DocType by name, without asking for rights: for rules. What ``Facts`` are registered of
    /// is read once a session, and again after the DocType was written to; at most one statement.
    public func facts(
        of doctype: String, _ names: Set<Name>, _ fields: [String]
    ) throws -> [Name: [Value]] {
        guard !names.isEmpty else { return [:] }
        let all = registeredFacts(of: try registry.doctype(doctype))
        let places = fields.compactMap(all.firstIndex(of:))
        guard places.count == fields.count else { return try values(of: doctype, names, fields) }
        let missing = names.filter { facts[LinkTarget(doctype: doctype, name: $0.text)] == nil }
        remember(try values(of: doctype, missing, all), of: doctype)
        var found: [Name: [Value]] = [:]
        for name in names {
            guard let row = facts[LinkTarget(doctype: doctype, name: name.text)] else { continue }
            found[name] = places.map { row[$0] }
        }
        return found
    }

    /// The fields that facts are registered of.
    func registeredFacts(of type: DocType) -> [String] {
        registry.registered(Facts.self).filter { $0.doctype == type.name }.flatMap(\.fields)
    }

    func remember(_ rows: [Name: [Value]], of doctype: String) {
        for (name, row) in rows { facts[LinkTarget(doctype: doctype, name: name.text)] = row }
    }

    /// Forgets what was looked up and what is known of documents of a DocType, or of all.
    func forgetLookedUp(of doctype: String? = nil) {
        guard let doctype else {
            lookedUp = [:]
            facts = [:]
            return
        }
        if !lookedUp.isEmpty { lookedUp = lookedUp.filter { $0.key.doctype != doctype } }
        if !facts.isEmpty, !registry.registered(Facts.self).allSatisfy({ $0.doctype != doctype }) {
            facts = facts.filter { $0.key.doctype != doctype }
        }
    }
}
