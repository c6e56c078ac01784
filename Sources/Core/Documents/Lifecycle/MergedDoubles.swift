internal import Storage
internal import Values

extension Session {
    /// Makes one of what hangs twice on a document after a merge: the same tag, the same follower, two shares with one
    /// user, two open assignments to one, two equal User Permissions. The older one stays.
    func removeDoubles(of target: Document) throws {
        try doubles("Tag Link", "document_type", "document_name", of: target, by: ["tag"]) { _, _ in }
        try doubles("Document Follow", "ref_doctype", "ref_docname", of: target, by: ["user"]) { _, _ in }
        try doubles("DocShare", "share_doctype", "share_name", of: target, by: ["user", "everyone"]) { kept, double in
            for right in Sharing.rights where double.isSet(right.rawValue) { kept.set(right.rawValue, true) }
        }
        try doubles("User Permission", "allow", "for_value", of: target, by: ["user", "applicable_for"]) {
            kept, double in
            // Together they allow what either does.
            if double.isSet("is_default") { kept.set("is_default", true) }
            if !double.isSet("hide_descendants") { kept.set("hide_descendants", false) }
        }
        permittedDefaults = nil
        try closeDoubles(of: target)
    }

    /// Removes the later of those that are equal in some fields, once `join` has given the first what it has besides.
    private func doubles(
        _ doctype: String, _ typeField: String, _ nameField: String, of target: Document, by fields: [String],
        join: (_ kept: Document, _ double: Document) -> Void
    ) throws {
        let (kept, doubles) = try groups(doctype, typeField, nameField, of: target, by: fields)
        for (first, double) in doubles { join(first, double) }
        try saveDerived(kept)
        try removePart(doubles.map(\.double))
    }

    /// Closes the later of two open assignments to one user.
    private func closeDoubles(of target: Document) throws {
        let (_, doubles) = try groups(
            "ToDo", "reference_type", "reference_name", of: target, by: ["allocated_to"],
            and: "status = 'Open' AND allocated_to IS NOT NULL")
        for (_, double) in doubles { double.set("status", "Closed") }
        try saveDerived(doubles.map(\.double))
    }

    /// The first of those that are equal in some fields, and the others, each with its first.
    private func groups(
        _ doctype: String, _ typeField: String, _ nameField: String, of target: Document, by fields: [String],
        and condition: String = "1 = 1"
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
