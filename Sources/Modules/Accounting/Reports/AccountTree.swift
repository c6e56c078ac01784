internal import Documents
internal import Storage
internal import Values

/// The accounts of a company in the order of their tree, for statements.
struct AccountTree {
    struct Node {
        let name: String
        let label: String
        let parent: String
        let rootType: String
        let accountType: String
        let isGroup: Bool
        var indent = 0

        var isProfitAndLoss: Bool { ["Income", "Expense"].contains(rootType) }
        /// Whether its balance is usually a credit.
        var isCredit: Bool { ["Liability", "Equity", "Income"].contains(rootType) }
    }

    /// Parents before their children; children by number and name.
    let nodes: [Node]

    /// Reads the accounts in one statement.
    init(of company: String, in session: Session) throws {
        var children: [String: [Node]] = [:]
        try session.transaction.forEach(
            """
            SELECT name, account_name, account_number, parent_account, root_type, account_type, is_group FROM account
            WHERE company = ? ORDER BY account_number, name
            """, [.text(company)], [.text, .text, .text, .text, .text, .text, .integer]
        ) { row in
            let number = row[2].text.map { "\($0) - " } ?? ""
            let node = Node(
                name: row[0].text ?? "", label: number + (row[1].text ?? ""), parent: row[3].text ?? "",
                rootType: row[4].text ?? "", accountType: row[5].text ?? "", isGroup: row[6].int == 1)
            children[node.parent, default: []].append(node)
        }
        let order = ["Asset", "Liability", "Equity", "Income", "Expense"]
        var stack = (children[""] ?? []).sorted {
            (order.firstIndex(of: $0.rootType) ?? 9) < (order.firstIndex(of: $1.rootType) ?? 9)
        }
        stack.reverse()
        var nodes: [Node] = []
        while let node = stack.popLast() {
            nodes.append(node)
            for var child in (children[node.name] ?? []).reversed() {
                child.indent = node.indent + 1
                stack.append(child)
            }
        }
        self.nodes = nodes
    }

    /// The figures of leaves and, summed up, of the groups above them.
    func rolledUp<T>(_ leaves: [String: T], _ add: (T, T) -> T) -> [String: T] {
        var totals: [String: T] = [:]
        for node in nodes.reversed() {
            let own: T? =
                switch (totals[node.name], leaves[node.name]) {
                case (let sum?, let leaf?): add(sum, leaf)
                case (let sum?, nil): sum
                case (nil, let leaf): leaf
                }
            guard let own else { continue }
            totals[node.name] = own
            if !node.parent.isEmpty { totals[node.parent] = totals[node.parent].map { add($0, own) } ?? own }
        }
        return totals
    }

    /// The account and all below it; nothing when the company has no such account.
    func names(below account: String) -> [String] {
        guard let first = nodes.firstIndex(where: { $0.name == account }) else { return [] }
        let indent = nodes[first].indent
        return [account] + nodes[(first + 1)...].prefix { $0.indent > indent }.map(\.name)
    }
}
