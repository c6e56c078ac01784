internal import Values

/// The accounts a new company starts with.
struct ChartOfAccounts: Sendable {
    /// An account or a group of accounts.
    struct Node: Sendable {
        let name: String
        let isGroup: Bool
        /// How deep it stands: 0 for the roots.
        let depth: Int
        /// The root type, for a root; else the account type.
        let type: String
        /// The field of the company that names this account.
        let standard: String?
    }

    /// Groups before what stands in them.
    let nodes: [Node]

    /// Reads a chart: a line for each account, indented by four spaces a level, as
    /// `name | account type | field of the company`. A name with ` +` behind it is a group.
    init(_ text: String) {
        nodes = text.split(separator: "\n").map { line in
            let depth = line.prefix { $0 == " " }.count / 4
            let parts = line.drop { $0 == " " }.split(separator: " | ", omittingEmptySubsequences: false)
            let isGroup = parts[0].hasSuffix(" +")
            return Node(
                name: String(isGroup ? parts[0].dropLast(2) : parts[0]), isGroup: isGroup, depth: depth,
                type: parts.count > 1 ? String(parts[1]) : "", standard: parts.count > 2 ? String(parts[2]) : nil)
        }
    }

    /// A general chart for trade and services.
    static let standard = ChartOfAccounts(
        """
        Application of Funds (Assets) + | Asset
            Current Assets +
                Accounts Receivable +
                    Debtors | Receivable | default_receivable_account
                Bank Accounts + | Bank
                    Bank | Bank | default_bank_account
                Cash In Hand + | Cash
                    Cash | Cash | default_cash_account
                Loans and Advances (Assets) +
                    Employee Advances
                Securities and Deposits +
                    Earnest Money
                Stock Assets + | Stock
                    Stock In Hand | Stock | default_inventory_account
                Tax Assets +
                    Input VAT | Tax
                Prepaid Expenses
            Fixed Assets +
                Buildings | Fixed Asset
                Capital Equipment | Fixed Asset
                Electronic Equipment | Fixed Asset
                Furniture and Fixtures | Fixed Asset
                Office Equipment | Fixed Asset
                Plants and Machineries | Fixed Asset
                Software | Fixed Asset
                Vehicles | Fixed Asset
                Accumulated Depreciation | Accumulated Depreciation
                Capital Work in Progress | Capital Work in Progress
            Investments +
                Financial Investments
            Temporary Accounts +
                Temporary Opening | Temporary
        Source of Funds (Liabilities) + | Liability
            Current Liabilities +
                Accounts Payable +
                    Creditors | Payable | default_payable_account
                    Payroll Payable
                Duties and Taxes + | Tax
                    VAT | Tax
                    Sales Tax | Tax
                Loans (Liabilities) +
                    Secured Loans
                    Unsecured Loans
                    Bank Overdraft
                Stock Liabilities +
                    Stock Received But Not Billed | Stock Received But Not Billed | stock_received_but_not_billed
                    Asset Received But Not Billed | Asset Received But Not Billed
                Accrued Expenses
                Deferred Revenue
        Equity + | Equity
            Capital Stock | Equity
            Dividends Paid | Equity
            Opening Balance Equity | Equity
            Retained Earnings | Equity
        Income + | Income
            Direct Income +
                Sales | Income Account | default_income_account
                Service | Income Account
            Indirect Income +
                Freight Income | Income Account
                Interest Income | Income Account
                Other Income | Income Account
        Expenses + | Expense
            Direct Expenses +
                Stock Expenses +
                    Cost of Goods Sold | Cost of Goods Sold | default_expense_account
                    Stock Adjustment | Stock Adjustment | stock_adjustment_account
                    Expenses Included In Valuation | Expenses Included In Valuation | expenses_included_in_valuation
            Indirect Expenses +
                Administrative Expenses
                Bank Charges
                Commission on Sales
                Depreciation | Depreciation
                Entertainment Expenses
                Exchange Gain/Loss
                Freight and Forwarding Charges | Chargeable
                Gain/Loss on Asset Disposal
                Interest Expense
                Legal Expenses
                Marketing Expenses | Chargeable
                Miscellaneous Expenses | Chargeable
                Office Maintenance Expenses
                Office Rent
                Postal Expenses
                Print and Stationery
                Round Off | Round Off | round_off_account
                Salary
                Sales Expenses
                Telephone Expenses
                Travel Expenses
                Utility Expenses
                Write Off |  | write_off_account
        """)
}
