internal import Documents
internal import Storage
internal import Values

/// What the trees of this module have in common: warehouses and item groups.
enum Tree {
    /// Refuses a node whose parent is no group, or stands below the node itself, or too deep.
    ///
    /// One statement, whatever the depth.
    static func check(_ node: Document, parent field: String, in session: Session) throws {
        let parent = node.text(field)
        guard !parent.isEmpty, node.isNew || node[field] != node.storedValue(field) else { return }
        let type = node.doctype
        var parents: [Name: String] = [:]
        var groups: Set<Name> = []
        try session.transaction.forEach(
            "SELECT name, \(quoted(field)), is_group FROM \(quoted(type.table))", [], [.text, .text, .integer]
        ) { row in
            guard let name = row[0].text else { return }
            parents[name] = row[1].text
            if row[2].int == 1 { groups.insert(name) }
        }
        // A parent that does not exist is refused as every broken link is.
        guard parents[parent] != nil || groups.contains(parent) else { return }
        guard groups.contains(parent) else {
            throw Problem(
                .noGroup, "\(type.name) \(parent) is not a group", field: field, fix: "Choose one that is a group.")
        }
        var above: String? = parent
        var depth = 1
        while let name = above {
            guard name != node.name, depth < Limits.treeDepth else {
                throw Problem(
                    .belowItself,
                    name == node.name
                        ? "\(type.name) \(node.name) cannot stand below itself"
                        : "\(type.name) \(node.name) stands deeper than \(Limits.treeDepth) levels",
                    field: field)
            }
            above = parents[name]
            depth += 1
        }
    }

    /// `root` and all nodes below it.
    static func names(
        _ doctype: String, parent field: String, from root: String, in session: Session
    ) throws -> Set<Name> {
        let type = try session.registry.doctype(doctype)
        var children: [Name: [String]] = [:]
        try session.transaction.forEach(
            "SELECT name, \(quoted(field)) FROM \(quoted(type.table))", [], [.text, .text]
        ) { row in
            children[row[1].text ?? "", default: []].append(row[0].text ?? "")
        }
        var found: Set<Name> = []
        var open = [root]
        while let next = open.popLast() {
            guard found.insert(next).inserted else { continue }
            open += children[next] ?? []
        }
        return found
    }
}
