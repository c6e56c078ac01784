internal import Documents
internal import Values

/// Makes what a new company needs to keep books.
enum CompanySetup {
    /// Makes the chart of accounts and the cost centers, and names the usual accounts in the company.
    static func run(_ company: Doc<Company>, in session: Session) throws {
        try session.privileged {
            let accounts = try makeAccounts(ChartOfAccounts.standard, for: company, in: session)
            for (field, account) in accounts where company.document[field].isNull {
                company.document.set(field, account)
            }
            let main = try makeCostCenters(for: company, in: session)
            if company.costCenter.isEmpty { company.costCenter = main }
            if company.roundOffCostCenter.isEmpty { company.roundOffCostCenter = main }
            try session.saveDerived([company.document])
        }
    }

    /// Inserts the chart level by level, since a parent must be there before its children.
    ///
    /// - Returns: the account of each field of the company that one stands for.
    private static func makeAccounts(
        _ chart: ChartOfAccounts, for company: Doc<Company>, in session: Session
    ) throws -> [(field: String, account: String)] {
        var standard: [(String, String)] = []
        let levels = (chart.nodes.map(\.depth).max() ?? 0) + 1
        for depth in 0..<levels {
            var accounts: [Document] = []
            // The path from the root to the node at hand; the last group above it is its parent.
            var path: [ChartOfAccounts.Node] = []
            for node in chart.nodes {
                path.removeLast(path.count - min(path.count, node.depth))
                if node.depth == depth {
                    let account = try session.new(Account.self)
                    account.accountName = node.name
                    account.company = company.name
                    account.isGroup = node.isGroup
                    account.parentAccount = path.last.map { "\($0.name) - \(company.abbr)" } ?? ""
                    if depth == 0 { account.rootType = node.type } else { account.accountType = node.type }
                    accounts.append(account.document)
                    if let field = node.standard { standard.append((field, "\(node.name) - \(company.abbr)")) }
                }
                path.append(node)
            }
            try session.insert(accounts)
        }
        return standard
    }

    /// Makes the root and the main cost center and returns the main one's name.
    private static func makeCostCenters(for company: Doc<Company>, in session: Session) throws -> String {
        let root = try session.new(CostCenter.self)
        root.costCenterName = company.name
        root.company = company.name
        root.isGroup = true
        try session.insert(root)
        let main = try session.new(CostCenter.self)
        main.costCenterName = "Main"
        main.company = company.name
        main.parentCostCenter = root.name
        try session.insert(main)
        return main.name
    }
}
