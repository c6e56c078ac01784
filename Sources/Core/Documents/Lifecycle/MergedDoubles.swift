internal import Storage
internal import Values

/// What hangs on documents, of which one alone stays where two say the same after their documents became one: the older one.
package struct Doubles: Sendable {
    let doctype: String
    let typeField: String
    let nameField: String
    let fields: [String]
    let condition: String
    let settle: (@Sendable (_ kept: Document, _ double: Document) -> Bool)

    /// Documents of `doctype` that hang on what the two fields name and are equal in `fields`; `condition` is SQL.
    ///
    /// `settle` gives the one that stays what the other has besides, and says whether the other goes; else it is saved.
    package init(
        _ doctype: String, _ typeField: String, _ nameField: String, by fields: [String],
        where condition: String = "1 = 1",
        settle: @escaping @Sendable (_ kept: Document, _ double: Document) -> Bool = { _, _ in true }
    ) {
        self.doctype = doctype
        self.typeField = typeField
        self.nameField = nameField
        self.fields = fields
        self.condition = condition
        self.settle = settle
    }

    /// Shares with one user give together what each gives.
    static let shares = Doubles("DocShare", "share_doctype", "share_name", by: ["user", "everyone"]) { kept, double in
        for right in DocShare.rights where double.isSet(right.rawValue) { kept.set(right.rawValue, true) }
        return true
    }

    /// Equal User Permissions allow together what either does.
    static let userPermissions = Doubles(
        "User Permission", "allow", "for_value", by: ["user", "applicable_for"]
    ) { kept, double in
        if double.isSet("is_default") { kept.set("is_default", true) }
        if !double.isSet("hide_descendants") { kept.set("hide_descendants", false) }
        return true
    }
}

extension Session {
    /// Makes one of what hangs twice on a document after a merge.
    func removeDoubles(of target: Document) throws {
        for doubles in registry.doubles {
            let (kept, pairs) = try groups(
                doubles.doctype, doubles.typeField, doubles.nameField, of: target, by: doubles.fields,
                and: doubles.condition)
            var gone: [Document] = []
            var changed: [Document] = []
            for (first, double) in pairs {
                if doubles.settle(first, double) { gone.append(double) } else { changed.append(double) }
            }
            try saveDerived(kept + changed)
            try removePart(gone)
        }
        permittedDefaults = nil
    }

    /// The first of those that are equal in some fields, and the others, each with its first.
    private func groups(
        _ doctype: String, _ typeField: String, _ nameField: String, of target: Document, by fields: [String],
        and condition: String
    ) throws -> (kept: [Document], doubles: [(first: Document, double: Document)]) {
        guard let type = registry.find(doctype) else { return ([], []) }
        var first: [[Value]: String] = [:]
        var pairs: [(first: String, double: String)] = []
        try transaction.forEach(
            """
            SELECT name, \(fields.map(quoted).joined(separator: ", ")) FROM \(quoted(type.table))
            WHERE \(quoted(typeField)) = ? AND \(quoted(nameField)) = ? AND \(condition) ORDER BY name
            """, [.text(target.doctype.name), .text(target.name)],
            [.text] + fields.map { type.slot(of: $0).map { type.columnTypes[$0] } ?? .text }
        ) { row in
            let key = row.dropFirst().map { $0.isEmpty ? .null : $0 }
            if let known = first[key] {
                pairs.append((known, row[0].text ?? ""))
            } else {
                first[key] = row[0].text ?? ""
            }
        }
        guard !pairs.isEmpty else { return ([], []) }
        let names = Set(pairs.flatMap { [$0.first, $0.double] }).sorted()
        let documents = Dictionary(
            try load(type, names).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let doubles = pairs.compactMap { pair -> (first: Document, double: Document)? in
            guard let first = documents[pair.first], let double = documents[pair.double] else { return nil }
            return (first, double)
        }
        return (Set(pairs.map(\.first)).sorted().compactMap { documents[$0] }, doubles)
    }
}
