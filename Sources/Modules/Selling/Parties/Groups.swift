package import Documents
internal import Storage
internal import Values

/// The rules that trees of customers, territories, sales people and suppliers have in common.
package enum Groups {
    static let sellingPermissions: [Permission] = [
        .read("Sales User"), .manage("Sales Manager"), .read("Accounts User"), .read("Accounts Manager"),
        .read("Stock User"), .read("Stock Manager"),
    ]

    /// Refuses a node that would stand below itself or below a leaf, and a leaf that has nodes below it.
    ///
    /// `parent` is the field that names the node above; a node without one is a root. `members` is the DocType that
    /// belongs to leaves: a group that has such members cannot begin to gather others.
    ///
    /// - Throws: ``Problem``; ``Problem/Kind/tooMany`` beyond ``Limits/treeDepth``.
    package static func checkPlace(
        of node: Document, under parent: String, members: String? = nil, in session: Session
    ) throws {
        let type = node.doctype
        let above = node.text(parent)
        if !above.isEmpty, node.isNew || node.storedValue(parent) != node[parent] {
            let path = try self.path(from: above, type, parent, in: session)
            if path.contains(where: { $0.name == node.name && !$0.name.isEmpty }) || above == node.name {
                throw Problem(
                    .belowItself, "\(type.name) \(node.name) cannot stand below itself", field: parent,
                    fix: "Choose a \(type.name) that is not below it.")
            }
            guard path.count < Limits.treeDepth else {
                throw Problem(.tooMany, "\(type.name) trees are at most \(Limits.treeDepth) deep", field: parent)
            }
            if let first = path.first, !first.isGroup {
                throw Problem(
                    .noGroup, "\(type.name) \(above) is not a group, so nothing can stand below it", field: parent,
                    fix: "Set is_group of \(above) first.")
            }
        }
        guard !node.isNew, node.storedValue("is_group") != node["is_group"] else { return }
        if !node.isSet("is_group"), try has(type.table, parent, node.name, in: session) {
            throw Problem(
                .staysGroup, "\(type.name) \(node.name) has others below it and must stay a group", field: "is_group")
        }
        if node.isSet("is_group"), let members, let member = session.registry.find(members) {
            let field = member.fields.first { $0.type == .link && $0.options == type.name }
            if let field, try has(member.table, field.name, node.name, in: session) {
                throw Problem(
                    .noGroupPossible, "A \(members) belongs to \(type.name) \(node.name), so it cannot become a group",
                    field: "is_group")
            }
        }
    }

    /// Refuses a link to a node that only gathers others; `field` is a Link of `document` to a tree.
    ///
    /// - Throws: ``Problem`` that names the field.
    static func refuseGathering(_ field: String, of document: Document, in session: Session) throws {
        let name = document.text(field)
        guard let group = document.doctype.field(field)?.options, !name.isEmpty,
            document.isNew || document.storedValue(field) != document[field],
            try session.value(of: group, name, "is_group").int == 1
        else { return }
        throw Problem(
            .isGroup, "\(group) \(name) gathers others and cannot be chosen itself", field: field,
            fix: "Choose a \(group) below it.")
    }

    /// The node and those above it, nearest first, in one statement; ends after ``Limits/treeDepth`` nodes.
    private static func path(
        from name: String, _ type: DocType, _ parent: String, in session: Session
    ) throws -> [(name: String, isGroup: Bool)] {
        let table = quoted(type.table)
        let column = quoted(parent)
        let sql = """
            WITH RECURSIVE up(name, above, is_group, depth) AS (
                SELECT name, \(column), is_group, 1 FROM \(table) WHERE name = ?
                UNION ALL
                SELECT t.name, t.\(column), t.is_group, up.depth + 1 FROM \(table) t JOIN up ON t.name = up.above
                WHERE up.depth < ?)
            SELECT name, is_group FROM up ORDER BY depth
            """
        let rows = try session.transaction.query(
            sql, [.text(name), .int(Int64(Limits.treeDepth))], [.text, .integer])
        return rows.map { ($0[0].text ?? "", $0[1].int == 1) }
    }

    private static func has(_ table: String, _ column: String, _ name: String, in session: Session) throws -> Bool {
        let sql = "SELECT 1 FROM \(quoted(table)) WHERE \(quoted(column)) = ? LIMIT 1"
        return try session.transaction.first(sql, [.text(name)], [.integer]) != nil
    }
}
