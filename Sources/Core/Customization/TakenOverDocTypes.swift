public import Documents
internal import Metadata
internal import Storage
internal import Values

extension Session {
    /// The tables of shipped DocTypes that the company made itself, before a module shipped them.
    ///
    /// - Throws: ``StorageError``.
    public func madeDocTypes() throws -> Set<String> {
        let tables = Set(try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text })
        let described = try registry.doctype(DocTypeDocument.doctype.name).table
        guard tables.contains(described) else { return [] }
        var found: Set<String> = []
        try transaction.forEach("SELECT name FROM \(quoted(described))", [], [.text]) { row in
            guard let type = registry.shipped(row[0].text ?? ""), !type.isVirtual, tables.contains(type.table) else {
                return
            }
            found.insert(type.table)
        }
        return found
    }

    /// Lets DocTypes that modules ship take over the documents of those that the company made under the same names, in
    /// these tables: what both have is converted, what only the company's had becomes Custom Fields, and the company's
    /// description goes. What else the company set of them stays.
    ///
    /// - Throws: ``Problem/Kind/losesData`` where the shipped fields cannot hold what documents hold;
    ///   ``Problem/Kind/badMetadata`` where they are of another kind.
    public func takeOverDocTypes(_ tables: Set<String>) throws {
        let type = try registry.doctype(DocTypeDocument.doctype.name)
        let names = registry.doctypes.filter { tables.contains($0.table) }.map(\.name)
        let described = try loadStored(type, names)
        let added = Dictionary(grouping: try CustomMetadata(in: self).fields, by: \.doctype)
        var (before, after) = (registry, registry)
        var kept: [(doctype: String, fields: [FieldDefinition])] = []
        for document in described {
            let own = try MetadataReading.definition(of: document)
            guard let now = registry.find(document.name) else { continue }
            let only = own.fields.filter { field in
                now.field(field.name) == nil && (field.type.column != nil || field.type.isTable)
            }
            var was = own
            for one in added[document.name] ?? [] where own.field(one.field.name) == nil {
                was.fields.append(one.field)
            }
            var wanted = now.definition
            wanted.fields += only
            before = before.replacing(was.made())
            after = after.replacing(wanted.made(members: now.members))
            kept.append((document.name, only))
        }
        registry = after
        let plan = try MetadataPlan(from: before, to: after, RenamedFields(), in: self)
        try plan.refuseLoss(allowing: [])
        try plan.carryOut()
        try privileged {
            try changeMetadata {
                // What the company set of them names them still, and now means the shipped ones.
                try run(Write(.delete, described, .follows))
                for (doctype, fields) in kept {
                    for field in fields {
                        var object = field.json
                        object["dt"] = .string(doctype)
                        try insert(self.document("Custom Field", from: object))
                    }
                }
            }
        }
    }
}
