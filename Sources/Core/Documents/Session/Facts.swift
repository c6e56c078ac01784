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

/// A DocType whose documents hold settings that rules look up for the documents which link to them, such as the company of
/// an invoice. They are read along with what documents fetch.
public struct SettingsHolder: Sendable {
    /// The DocType.
    public let doctype: String

    /// The DocType of that name; a module registers it.
    public init(_ doctype: String) { self.doctype = doctype }
}

extension Session {
    /// Fields of many documents of one DocType by name, without asking for rights: for rules. What ``Facts`` are registered of
    /// is read once a session, and again after the DocType was written to; at most one statement.
    public func facts(
        of doctype: String, _ names: Set<Name>, _ fields: [String]
    ) throws -> [Name: [Value]] {
        guard !names.isEmpty else { return [:] }
        let all = registry.factFields[doctype] ?? []
        let places = fields.compactMap(all.firstIndex(of:))
        guard places.count == fields.count else { return try values(of: doctype, names, fields) }
        let missing = names.filter { facts[Reference(doctype, $0.text)] == nil }
        if !missing.isEmpty { remember(try values(of: doctype, missing, all), of: doctype) }
        var found: [Name: [Value]] = [:]
        for name in names {
            guard let row = facts[Reference(doctype, name.text)] else { continue }
            found[name] = places.map { row[$0] }
        }
        return found
    }

    func remember(_ rows: [Name: [Value]], of doctype: String) {
        for (name, row) in rows { facts[Reference(doctype, name.text)] = row }
    }

    /// Forgets what was looked up and what is known of documents of a DocType, or of all.
    package func forgetLookedUp(of doctype: String? = nil) {
        guard let doctype else {
            lookedUp = [:]
            facts = [:]
            return
        }
        if lookedUp.keys.contains(where: { $0.doctype == doctype }) {
            lookedUp = lookedUp.filter { $0.key.doctype != doctype }
        }
        if !facts.isEmpty, registry.factFields[doctype] != nil {
            facts = facts.filter { $0.key.doctype != doctype }
        }
    }
}
