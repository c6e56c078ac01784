internal import Documents
internal import Storage
internal import Values

/// What holds in the trees of accounts and of cost centers.
struct TreeRules {
    let doctype: String
    /// The field that names the parent.
    let parentField: String

    static let accounts = TreeRules(doctype: "Account", parentField: "parent_account")
    static let costCenters = TreeRules(doctype: "Cost Center", parentField: "parent_cost_center")

    /// Checks the parent: a group of the same company, and no loop.
    ///
    /// - Returns: what `fields` of the parent hold, or nil for a root.
    func checkParent(of node: Document, _ fields: [String] = [], in session: Session) throws -> [Value]? {
        let parent = node.text(parentField)
        guard !parent.isEmpty else { return nil }
        guard let values = try session.values(of: doctype, [parent], ["is_group", "company"] + fields)[parent] else {
            throw Problem(.brokenLink, "\(doctype) \(parent) does not exist", field: parentField)
        }
        guard values[0].int == 1 else {
            throw Problem(
                .noGroup, "\(parent) is no group and cannot have others below it", field: parentField,
                fix: "Choose a group.")
        }
        guard values[1].text == node.text("company") else {
            throw Problem(
                .otherCompany, "\(parent) belongs to \(values[1].description), not to \(node.text("company"))",
                field: parentField)
        }
        if !node.isNew, node.storedValue(parentField) != node[parentField] { try refuseLoop(node, parent, in: session) }
        return Array(values.dropFirst(2))
    }

    private func refuseLoop(_ node: Document, _ parent: String, in session: Session) throws {
        let parents = try all(of: node.text("company"), in: session)
        var current = parent
        for _ in 0..<Limits.treeDepth {
            if current == node.name {
                throw Problem(.belowItself, "\(node.name) cannot stand below itself", field: parentField)
            }
            guard let next = parents[current], !next.isEmpty else { return }
            current = next
        }
        throw Problem(.tooMany, "The tree is deeper than \(Limits.treeDepth)", field: parentField)
    }

    /// The parent of each node of a company.
    func all(of company: String, in session: Session) throws -> [Name: String] {
        let table = Table.name(doctype)
        var parents: [Name: String] = [:]
        try session.transaction.forEach(
            "SELECT name, \(parentField) FROM \(table) WHERE company = ?", [.text(company)], [.text, .text]
        ) { row in parents[row[0].text ?? ""] = row[1].text ?? "" }
        return parents
    }

    /// Whether any node stands below this one.
    func hasChildren(_ name: String, in session: Session) throws -> Bool {
        let table = Table.name(doctype)
        return try session.transaction.first(
            "SELECT name FROM \(table) WHERE \(parentField) = ? LIMIT 1", [.text(name)], [.text]) != nil
    }

    /// Refuses that a group with children becomes a leaf, and that a node with entries becomes a group.
    func checkKind(of node: Document, hasEntries: () throws -> Bool, in session: Session) throws {
        guard !node.isNew, node.storedValue("is_group") != node["is_group"] else { return }
        if node.isSet("is_group") {
            if try hasEntries() {
                throw Problem(
                    .treeInUse, "\(node.name) has ledger entries and cannot become a group", field: "is_group")
            }
        } else if try hasChildren(node.name, in: session) {
            throw Problem(
                .treeInUse, "\(node.name) has others below it and cannot become a leaf", field: "is_group",
                fix: "Move them elsewhere first.")
        }
    }

    private enum Table {
        static func name(_ doctype: String) -> String { doctype == "Account" ? "account" : "cost_center" }
    }
}
