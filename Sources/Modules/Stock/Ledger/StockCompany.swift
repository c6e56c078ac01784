internal import Accounting
internal import Documents
internal import Storage
internal import Values

/// What the stock rules need to know of a company.
enum StockCompany {
    /// How the company's money is rounded: to the smaller unit of its currency, by its rounding method.
    static func money(of company: String, in session: Session) throws -> MoneyRules {
        try MoneyRules(of: Companies.get(company, in: session), in: session)
    }

    /// Whether movements of stock are posted to the books of the company.
    static func isPerpetual(_ company: String, in session: Session) throws -> Bool {
        try Companies.get(company, in: session).document.isSet("enable_perpetual_inventory")
    }

    /// A default account of the company.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` when it is not set.
    static func account(_ field: String, of company: String, in session: Session) throws -> String {
        let document = try Companies.get(company, in: session).document
        let account = document.text(field)
        guard !account.isEmpty else {
            let label = document.doctype.field(field)?.label ?? field
            throw Problem(
                .mandatory, "\(label) of Company \(company) is missing", field: field,
                fix: "Set \(field) in the company.")
        }
        return account
    }

    /// The account of each of the warehouses: its own, else of the nearest group above it, else the company's. One
    /// statement.
    static func accounts(of warehouses: Set<Name>, company: String, in session: Session) throws -> [Name: String] {
        var accounts = try treeAccounts(of: warehouses, company: company, in: session)
        for warehouse in warehouses where accounts[warehouse] == nil {
            accounts[warehouse] = try account("default_inventory_account", of: company, in: session)
        }
        return accounts
    }

    /// The account of each of the warehouses as it stands in the tree; none for those that use the company's. One statement.
    static func treeAccounts(
        of warehouses: Set<Name>, company: String, in session: Session
    ) throws -> [Name: String] {
        guard !warehouses.isEmpty else { return [:] }
        var own: [Name: String] = [:]
        var parents: [Name: String] = [:]
        try session.transaction.forEach(
            "SELECT name, account, parent_warehouse FROM warehouse WHERE company = ?", [.text(company)],
            [.text, .text, .text]
        ) { row in
            guard let name = row[0].text else { return }
            own[name] = row[1].text
            parents[name] = row[2].text
        }
        var accounts: [Name: String] = [:]
        for warehouse in warehouses {
            var place: String? = warehouse.text
            var depth = 0
            while let name = place, accounts[warehouse] == nil, depth < Limits.treeDepth {
                accounts[warehouse] = own[name]
                place = parents[name]
                depth += 1
            }
        }
        return accounts
    }
}
