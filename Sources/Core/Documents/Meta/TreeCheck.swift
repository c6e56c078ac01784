internal import Storage
internal import Values

extension Session {
    /// Refuses a node of a company's own tree that stands below itself or below a leaf, or that becomes a leaf while others
    /// stand below it. Trees that modules declare check themselves.
    ///
    /// - Throws: ``Problem`` that names the field.
    func checkTree(_ document: Document) throws {
        let type = document.doctype
        guard type.isCustom, let field = type.treeField, let slot = type.slot(of: field) else { return }
        let table = quoted(type.table)
        let hasGroups = type.slot(of: "is_group") != nil
        if case .text(let parent) = document.values[slot], document.stored?[slot] != document.values[slot] {
            let up = """
                WITH RECURSIVE above(name, depth) AS (SELECT s.name, 1 FROM \(table) s WHERE s.name = ? UNION ALL \
                SELECT t.\(quoted(field)), depth + 1 FROM \(table) t JOIN above ON t.name = above.name \
                WHERE t.\(quoted(field)) IS NOT NULL AND depth <= \(Limits.treeDepth)) SELECT name FROM above
                """
            let above = try transaction.query(up, [.text(parent)], [.text]).compactMap { $0[0].text }
            if above.contains(document.name) || parent == document.name {
                throw Problem(
                    .belowItself, "\(type.name) \(document.name) cannot stand below itself", field: field,
                    fix: "Choose another parent.")
            }
            guard above.count <= Limits.treeDepth else {
                throw Problem(.tooMany, "The tree would be more than \(Limits.treeDepth) deep", field: field)
            }
            if hasGroups, try value(of: type.name, parent, "is_group") == .int(0) {
                throw Problem(
                    .noGroup, "\(type.name) \(parent) is no group", field: field,
                    fix: "Make it a group, or choose another.")
            }
        }
        if hasGroups, !document.isSet("is_group"), document.storedValue("is_group") == .int(1) {
            let below = try transaction.first(
                "SELECT name FROM \(table) WHERE \(quoted(field)) = ? LIMIT 1", [.text(document.name)], [.text])
            if let below {
                throw Problem(
                    .staysGroup,
                    "\(try named(type.name, below[0].description)) stands below \(document.name), which must stay a group",
                    field: "is_group")
            }
        }
    }
}
