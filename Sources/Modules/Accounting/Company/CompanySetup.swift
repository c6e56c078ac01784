package import Documents
internal import Values

/// Makes what a new company needs to keep books.
package enum CompanySetup {
    /// Makes the chart of accounts and the cost centers, and names the usual accounts in the company.
    static func run(_ company: Doc<Company>, in session: Session) throws {
        try session.privileged {
            if let chart = ChartOfAccounts.named(company.chartOfAccounts) {
                try makeAccounts(chart, for: company, in: session)
            }
            let main = try makeCostCenters(for: company, in: session)
            if company.costCenter.isEmpty { company.costCenter = main }
            if company.roundOffCostCenter.isEmpty { company.roundOffCostCenter = main }
            try session.saveDerived([company.document])
        }
    }

    /// Inserts the accounts of a chart, and names the usual ones in the company, which is not saved.
    ///
    /// They are inserted level by level, since a parent must be there before its children.
    ///
    /// - Throws: ``Problem`` about the first account that is refused.
    package static func makeAccounts(
        _ chart: ChartOfAccounts, for company: Doc<Company>, in session: Session
    ) throws {
        let levels = (chart.nodes.map(\.depth).max() ?? 0) + 1
        let names = chart.nodes.map { Account.fullName($0.name, $0.number, abbr: company.abbr) }
        for depth in 0..<levels {
            var accounts: [Document] = []
            // The path from the root to the node at hand; the last group above it is its parent.
            var path: [Int] = []
            for (index, node) in chart.nodes.enumerated() {
                path.removeLast(path.count - min(path.count, node.depth))
                if node.depth == depth {
                    let account = try session.new(Account.self)
                    account.accountName = node.name
                    account.accountNumber = node.number
                    account.company = company.name
                    account.isGroup = node.isGroup
                    account.parentAccount = path.last.map { names[$0] } ?? ""
                    account.rootType = node.rootType
                    account.accountType = node.accountType
                    account.taxRate = node.taxRate
                    accounts.append(account.document)
                }
                path.append(index)
            }
            try session.insert(accounts)
        }
        for (field, node) in chart.standards where company.document[field].isNull {
            company.document.set(field, names[node])
        }
    }

    /// Makes the root and the main cost center and returns the main one's name.
    private static func makeCostCenters(for company: Doc<Company>, in session: Session) throws -> String {
        let root = try session.new(CostCenter.self)
        root.costCenterName = company.name
        root.company = company.name
        root.isGroup = true
        try session.insert(root)
        let main = try session.new(CostCenter.self)
        // The root has the company's name.
        main.costCenterName = company.name == "Main" ? "Main Cost Center" : "Main"
        main.company = company.name
        main.parentCostCenter = root.name
        try session.insert(main)
        return main.name
    }
}
