internal import Documents
internal import Reports
internal import Storage
internal import Values

/// The accounts of a company in the order of their tree, for statements.
struct AccountTree {
    /// The fields that a statement along the tree needs: what its rows are and which of them there are.
    static let needs: ReportSources =
        .of("Account", "company", "parent_account", "root_type", "is_group")
        + .of("GL Entry", "company", "account", "posting_date", "debit", "credit")
    /// The fields that its amounts are made of.
    static let amounts: ReportSources = .of("GL Entry", "debit", "credit", "posting_date")

    /// The columns before the amounts.
    static let leading = [
        ReportColumn("account", .link, options: "Account"),
        ReportColumn("account_name", .data, from: .of("Account", "account_name", namedBy: "account")),
        ReportHelp.currency,
    ]
    /// The columns behind them.
    static let trailing = [
        ReportColumn("indent", .int, from: .none),
        ReportColumn(
            "parent_account", .link, options: "Account", from: .of("Account", "parent_account", namedBy: "account")),
    ]

    struct Node {
        let name: String
        let label: String
        let parent: String
        let rootType: String
        let accountType: String
        let isGroup: Bool
        var indent = 0
        /// Whether User Permissions let the actor see its name in the books.
        var isNamed = true

        var isProfitAndLoss: Bool { ["Income", "Expense"].contains(rootType) }
        /// Whether its balance is usually a credit.
        var isCredit: Bool { ["Liability", "Equity", "Income"].contains(rootType) }
    }

    /// Parents before their children; children by number and name.
    private(set) var nodes: [Node]

    /// Reads the accounts in one statement; whose names are limited, in one more or two. Their numbers are told to who may
    /// see them.
    init(of company: String, in session: Session) throws {
        var children: [Name: [Node]] = [:]
        let account = try session.registry.doctype("Account")
        let tellsNumber = session.visibility(of: "account_number", in: account) == .open
        try session.transaction.forEach(
            """
            SELECT name, account_name, account_number, parent_account, root_type, account_type, is_group FROM account
            WHERE company = ? ORDER BY \(tellsNumber ? "account_number, name" : "name")
            """, [.text(company)], [.text, .text, .text, .text, .text, .text, .integer]
        ) { row in
            let number = tellsNumber ? row[2].text.map { "\($0) - " } ?? "" : ""
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
        try limitNames(in: session)
    }

    private mutating func limitNames(in session: Session) throws {
        let limited = session.limitedFields(of: try session.registry.doctype("GL Entry"))
        guard limited.contains(FieldPlace(doctype: "GL Entry", field: "account")) else { return }
        let permitted = try session.permitted("Account", Set(nodes.map(\.name)), for: "GL Entry")
        for index in nodes.indices { nodes[index].isNamed = permitted.contains(nodes[index].name) }
    }

    /// The figures of leaves and, summed up, of the groups above them.
    func rolledUp<T>(_ leaves: [Name: T], _ add: (T, T) -> T) -> [Name: T] {
        var totals: [Name: T] = [:]
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
