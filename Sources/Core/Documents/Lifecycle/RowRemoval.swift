internal import Storage
internal import Values

extension Session {
    /// Removes documents of one DocType, their rows and who holds them: one statement for each table and thousand documents. No rights
    /// are asked, no hooks run, nothing is noted.
    func removeRows(_ documents: [Document]) throws {
        guard let type = documents.first?.doctype else { return }
        let dialect = transaction.dialect
        for chunk in documents.map(\.name).chunks(of: Limits.filterValues) {
            let names = chunk.map(Value.text)
            for (field, _) in type.tables {
                let child = try registry.doctype(field.options ?? "")
                try transaction.execute(
                    """
                    DELETE FROM \(quoted(child.table)) WHERE \(dialect.isOneOf("parent", count: chunk.count))
                    AND parenttype = ? AND parentfield = ?
                    """, names + [.text(type.name), .text(field.name)])
            }
            try transaction.execute(
                "DELETE FROM \(quoted(type.table)) WHERE \(dialect.isOneOf("name", count: chunk.count))", names)
            // Somebody else may get the name.
            try removeLocks(
                where: "doctype = ? AND \(dialect.isOneOf("name", count: chunk.count))", [.text(type.name)] + names)
        }
    }

    /// Writes documents of one DocType as they are, with their rows, names and standard columns: for what comes back.
    ///
    /// - Throws: ``Problem/Kind/duplicate``, ``Problem/Kind/duplicateName``.
    func writeBack(_ documents: [Document]) throws {
        try writeNew(documents)
        documents.forEach(markStored)
    }

    /// What hangs on documents of one DocType, and what hangs on that in turn, each with the name of the document it goes
    /// with in the end. One statement for each kind of companion and thousand documents, and what reading them takes.
    package func hanging(on type: DocType, _ names: [String]) throws -> [Hanging] {
        var found: [Hanging] = []
        var roots: [Reference: String] = [:]
        for name in names { roots[Reference(type.name, name)] = name }
        var edge = [(type, names)]
        while !edge.isEmpty {
            let (holder, names) = edge.removeFirst()
            for companion in registry.companions {
                guard let companionType = registry.find(companion.doctype) else { continue }
                var rootOf: [Name: String] = [:]
                for chunk in names.chunks(of: Limits.filterValues) {
                    let condition = transaction.dialect.isOneOf(quoted(companion.nameField), count: chunk.count)
                    try transaction.forEach(
                        """
                        SELECT name, \(quoted(companion.nameField)) FROM \(quoted(companionType.table))
                        WHERE \(condition) AND \(quoted(companion.typeField)) = ? ORDER BY name
                        """, chunk.map(Value.text) + [.text(holder.name)], [.text, .text]
                    ) { row in
                        let own = Reference(companionType.name, row[0].text ?? "")
                        let root = roots[Reference(holder.name, row[1].text ?? "")]
                        guard let root, roots[own] == nil else { return }
                        roots[own] = root
                        rootOf[own.name] = root
                    }
                }
                guard !rootOf.isEmpty else { continue }
                let own = rootOf.names.sorted()
                found.append(Hanging(documents: try load(companionType, own), rootOf: rootOf))
                edge.append((companionType, own))
            }
        }
        return found
    }

    /// Companions of one DocType.
    package struct Hanging {
        /// The documents.
        package let documents: [Document]
        /// The document that each goes with, by its own name.
        let rootOf: [Name: String]
    }
}
