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
    /// description goes.
    ///
    /// - Throws: ``Problem/Kind/losesData`` where the shipped fields cannot hold what documents hold;
    ///   ``Problem/Kind/badMetadata`` where they are of another kind.
    public func takeOverDocTypes(_ tables: Set<String>) throws {
        let type = try registry.doctype(DocTypeDocument.doctype.name)
        let names = registry.doctypes.filter { tables.contains($0.table) }.map(\.name)
        for document in try loadStored(type, names) { try takeOver(document) }
    }

    private func takeOver(_ document: Document) throws {
        guard let shipped = registry.shipped(document.name) else { return }
        let was = try MetadataReading.definition(of: document)
        let kept = was.fields.filter { field in
            shipped.field(field.name) == nil && (field.type.column != nil || field.type.isTable)
        }
        var wanted = shipped.definition
        wanted.fields += kept
        let now = registry
        let before = now.replacing(was.made())
        registry = now.replacing(wanted.made(members: shipped.members))
        let plan = try MetadataPlan(from: before, to: registry, RenamedFields(), in: self)
        try plan.refuseLoss(allowing: [])
        try plan.carryOut()
        try privileged {
            try changeMetadata {
                try delete(DocTypeDocument.doctype.name, document.name)
                for field in kept {
                    var object = field.json
                    object["dt"] = .string(document.name)
                    try insert(self.document("Custom Field", from: object))
                }
            }
        }
    }
}
