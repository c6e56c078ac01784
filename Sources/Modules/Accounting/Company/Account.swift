public import Documents
internal import Storage
internal import Values

/// An account of a company's ledger, or a group of accounts. Accounts form a tree under the roots of the five types.
public struct Account: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Account", module: "Accounts", naming: .controller, .renamable, title: "account_name",
        search: ["account_name", "account_number"], tree: "parent_account", sort: ("name", false),
        permissions: [
            .manage("Accounts Manager"), .read("Accounts User"), .read("Auditor"), .read("Sales User"),
            .read("Sales Manager"), .read("Purchase User"), .read("Purchase Manager"), .read("Stock User"),
            .read("Stock Manager"), .select("Item Manager"), .select("System Manager"),
        ], summary: "An account of a company's ledger, or a group of accounts.")

    public let accountName = Data(.required, .inListView)
    public let accountNumber = Data(.inListView)
    public let isGroup = Check()
    public let company = Link(Company.self, .required, .setOnlyOnce, .inStandardFilter, .indexed)
    public let rootType = Select(["", "Asset", "Liability", "Income", "Expense", "Equity"], .inStandardFilter)
    public let reportType = Select(["", "Balance Sheet", "Profit and Loss"], .readOnly)
    public let accountCurrency = Link(Currency.self)
    public let parentAccount = Link(Account.self, .indexed)
    public let accountType = Select(AccountType.all, .inStandardFilter)
    public let taxRate = FloatField()
    public let freezeAccount = Select(["No", "Yes"], .fallback("No"))
    public let balanceMustBe = Select(["", "Debit", "Credit"])
    public let disabled = Check()
    public init() {}

    public static func autoname(_ account: Doc<Self>, in session: Session) throws -> String {
        let abbr = try Companies.get(account.company, in: session).abbr
        return fullName(account.accountName, account.accountNumber, abbr: abbr)
    }

    public static func validate(_ account: Doc<Self>, in session: Session) throws {
        let document = account.document
        if let parent = try TreeRules.accounts.checkParent(of: document, ["root_type"], in: session) {
            account.rootType = parent[0].text ?? ""
        } else if !account.isGroup || account.rootType.isEmpty {
            throw Problem(
                .mandatory, "An account without a parent is a group with a root type", field: "parent_account",
                fix: "Give parent_account.")
        }
        account.reportType = ["Income", "Expense"].contains(account.rootType) ? "Profit and Loss" : "Balance Sheet"
        try TreeRules.accounts.checkKind(
            of: document, hasEntries: { try LedgerEntries.exist(account: account.name, in: session) }, in: session)
        let oldRoot = document.storedValue("root_type").text
        if let oldRoot, oldRoot != account.rootType,
            try TreeRules.accounts.hasChildren(account.name, in: session)
                || LedgerEntries.exist(account: account.name, in: session)
        {
            throw Problem(
                .treeInUse, "\(account.name) is in use and stays below \(oldRoot)", field: "parent_account")
        }
        try freezeType(account, in: session)
        try checkSide(account, in: session)
        try checkCurrency(account, in: session)
        try checkNumber(account, in: session)
    }

    public static func onTrash(_ account: Doc<Self>, in session: Session) throws {
        if try LedgerEntries.exist(account: account.name, in: session) {
            throw Problem(
                .treeInUse, "\(account.name) has ledger entries and cannot be deleted", fix: "Disable it instead.")
        }
    }

    /// Parties, payments and stock stand on accounts by their type, so it stays once there are entries. A type that is
    /// missing can be filled in where no such ledger stands on it.
    private static func freezeType(_ account: Doc<Self>, in session: Session) throws {
        let old = account.document.storedValue("account_type").text ?? ""
        guard !account.document.isNew, old != account.accountType,
            !(old.isEmpty && !AccountType.ledgerTypes.contains(account.accountType)),
            try LedgerEntries.exist(account: account.name, in: session)
        else { return }
        throw Problem(
            .frozen, "\(account.name) has ledger entries, so its account type cannot change", field: "account_type",
            fix: "Make a new account and use that from now on.")
    }

    /// The balance is on the side it must be on from now on.
    private static func checkSide(_ account: Doc<Self>, in session: Session) throws {
        guard !account.document.isNew,
            account.document.storedValue("balance_must_be") != account.document["balance_must_be"]
        else { return }
        let rules = PostingRules(company: try Companies.get(account.company, in: session), session: session)
        try rules.checkBalances([Name(account.name): account.balanceMustBe])
    }

    private static func checkCurrency(_ account: Doc<Self>, in session: Session) throws {
        let currency = try Companies.get(account.company, in: session).defaultCurrency
        if account.accountCurrency.isEmpty { account.accountCurrency = currency }
        if account.accountCurrency != currency {
            throw Problem(
                .otherCurrency, "Accounts of \(account.company) are kept in \(currency)", field: "account_currency")
        }
    }

    private static func checkNumber(_ account: Doc<Self>, in session: Session) throws {
        let document = account.document
        guard !account.accountNumber.isEmpty, document.storedValue("account_number") != document["account_number"]
        else {
            return
        }
        let other = try session.transaction.first(
            "SELECT name FROM account WHERE company = ? AND account_number = ? AND name <> ?",
            [.text(account.company), .text(account.accountNumber), .text(account.name)], [.text])
        if let other {
            throw Problem(
                .duplicate,
                "\(try session.named("Account", other[0].description)) has the number \(account.accountNumber)",
                field: "account_number")
        }
    }
}

/// What an account is used for.
enum AccountType {
    static let receivable = "Receivable"
    static let payable = "Payable"
    static let stock = "Stock"

    /// Those that a ledger of its own stands on.
    static let ledgerTypes = [receivable, payable, stock]

    /// All of them, as ERPNext names them; the first is none.
    static let all = [
        "", "Accumulated Depreciation", "Asset Received But Not Billed", "Bank", "Capital Work in Progress", "Cash",
        "Chargeable", "Cost of Goods Sold", "Current Asset", "Current Liability", "Depreciation", "Direct Expense",
        "Direct Income", "Equity", "Expense Account", "Expenses Included In Asset Valuation",
        "Expenses Included In Valuation", "Fixed Asset", "Income Account", "Indirect Expense", "Indirect Income",
        "Liability", "Payable", "Receivable", "Round Off", "Round Off for Opening", "Service Received But Not Billed",
        "Stock", "Stock Adjustment", "Stock Received But Not Billed", "Tax", "Temporary",
    ]
}
