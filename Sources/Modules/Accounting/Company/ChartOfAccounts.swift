internal import AccountingData
internal import Documents
package import Values

/// A chart of accounts: the accounts that a company starts with, as a tree.
package struct ChartOfAccounts: Sendable {
    /// An account or a group of accounts.
    struct Node: Sendable {
        var name = ""
        var number = ""
        var isGroup = false
        /// How deep it stands: 0 for the roots.
        var depth = 0
        var rootType = ""
        var accountType = ""
        var taxRate = Exact.zero
        /// The field of the company that names this account.
        var standard: String?
    }

    /// Groups before what stands in them.
    let nodes: [Node]

    /// The names of the charts that a company can be made with. With the last its accounts are brought by whoever makes it.
    package static let names = ["Standard", "Standard with Numbers", custom]
    /// No chart: the accounts are brought.
    package static let custom = "Custom"

    /// The chart of a name; nil where there is none, and for ``custom``.
    static func named(_ name: String) -> ChartOfAccounts? {
        switch name {
        case names[0]:
            ChartOfAccounts(
                nodes: numbered.nodes.map { node in
                    var node = node
                    node.number = ""
                    return node
                })
        case names[1]: numbered
        default: nil
        }
    }

    private init(nodes: [Node]) { self.nodes = nodes }

    /// The general chart for trade and services, with the numbers of its accounts.
    private static let numbered: ChartOfAccounts = {
        let text = unsafe String(cString: accounting_standard_chart())
        guard let json = try? JSON.parse(text), let chart = try? ChartOfAccounts(json) else {
            preconditionFailure("the chart of accounts that is compiled in can be read")
        }
        return chart
    }()

    // MARK: Reading a chart

    /// Reads a chart as ERPNext writes it: an object of accounts by their names, with `account_number`, `account_type`,
    /// `tax_rate`, `is_group` and for roots `root_type` beside the accounts below; or such a `tree` with a `name`. `default`
    /// is a field of the company that names the account; fields that no account names take the first of their kind.
    ///
    /// - Throws: ``Problem`` for all that is wrong, about the field `chart`.
    package init(_ json: JSON) throws {
        guard let given = json.object else {
            throw Problem(.malformed, "chart must be an object of accounts by their names", field: "chart")
        }
        var reader = Reader()
        reader.read(given["tree"]?.object ?? given, depth: 0, below: "")
        if reader.problems.isEmpty { reader.check() }
        guard reader.problems.isEmpty else { throw Problem(reader.problems) }
        nodes = reader.nodes
    }

    /// The fields of a company that a chart fills, the type of the account each is of, and whether a company can trade without.
    static let fields: [(name: String, types: [String], isNeeded: Bool)] = [
        ("default_receivable_account", ["Receivable"], true), ("default_payable_account", ["Payable"], true),
        ("default_income_account", ["Income Account", "Direct Income"], true),
        ("default_expense_account", ["Cost of Goods Sold", "Expense Account", "Direct Expense"], true),
        ("default_bank_account", ["Bank"], true), ("default_cash_account", ["Cash"], false),
        ("default_inventory_account", ["Stock"], true),
        ("stock_received_but_not_billed", ["Stock Received But Not Billed"], true),
        ("stock_adjustment_account", ["Stock Adjustment"], true),
        ("expenses_included_in_valuation", ["Expenses Included In Valuation"], false),
        ("round_off_account", ["Round Off"], true), ("write_off_account", [], false),
    ]

    /// The account of each field of the company, by its place among the nodes.
    var standards: [(field: String, node: Int)] {
        Self.fields.compactMap { field in
            let marked = nodes.firstIndex { $0.standard == field.name }
            let first = field.types.lazy.compactMap { type in
                nodes.firstIndex { !$0.isGroup && $0.accountType == type }
            }.first
            return (marked ?? first).map { (field.name, $0) }
        }
    }

    /// The most accounts of a chart.
    static let mostAccounts = 5_000

    /// Reads the tree, and collects what is wrong with it.
    private struct Reader {
        var nodes: [Node] = []
        var problems: [Problem] = []

        static let rootTypes = ["Asset", "Liability", "Equity", "Income", "Expense"]
        static let own = ["account_number", "account_type", "root_type", "tax_rate", "is_group", "default"]

        mutating func refuse(_ kind: Problem.Kind, _ text: ProblemText, fix: ProblemText? = nil) {
            if problems.count < 100 { problems.append(Problem(kind, text, field: "chart", fix: fix)) }
        }

        mutating func read(_ accounts: JSONObject, depth: Int, below parent: String) {
            guard depth < Limits.treeDepth else {
                return refuse(.tooMany, "The chart is deeper than \(Limits.treeDepth) below \(parent)")
            }
            for (name, value) in accounts.members where depth == 0 || !Self.own.contains(name) {
                guard nodes.count < ChartOfAccounts.mostAccounts else {
                    return refuse(.tooMany, "A chart has at most \(ChartOfAccounts.mostAccounts) accounts")
                }
                guard let account = value.object else {
                    refuse(
                        .malformed, "\(name) below \(parent.isEmpty ? "the chart" : parent) is no account",
                        fix: "Give an object.")
                    continue
                }
                let children = account.members.contains { !Self.own.contains($0.key) }
                var node = Node(name: name, isGroup: children || isYes(account["is_group"]), depth: depth)
                node.number = text(account, "account_number") ?? ""
                node.rootType = text(account, "root_type") ?? ""
                node.accountType = text(account, "account_type") ?? ""
                node.standard = text(account, "default")
                check(&node, account)
                nodes.append(node)
                if children { read(account, depth: depth + 1, below: name) }
            }
        }

        private func isYes(_ json: JSON?) -> Bool { json?.int == 1 || json?.bool == true }

        private func text(_ account: JSONObject, _ key: String) -> String? {
            switch account[key] {
            case .string(let text)?: text
            case .int(let number)?: String(number)
            default: nil
            }
        }

        private mutating func check(_ node: inout Node, _ account: JSONObject) {
            if node.depth == 0, !Self.rootTypes.contains(node.rootType) {
                refuse(
                    .notAnOption,
                    "The root \(node.name) has the root type \(node.rootType.isEmpty ? "none" : node.rootType)",
                    fix: "Use one of: \(Self.rootTypes.joined(separator: ", ")).")
            }
            if node.depth == 0 { node.isGroup = true }
            if !AccountType.all.contains(node.accountType) {
                refuse(.notAnOption, "\(node.name) has the account type \(node.accountType), which there is not")
            }
            if let rate = account["tax_rate"], !rate.isNull {
                if let rate = rate.exact, rate.isInRange {
                    node.taxRate = rate
                } else {
                    refuse(.wrongType, "The tax rate of \(node.name) is no number")
                }
            }
            if let standard = node.standard, !ChartOfAccounts.fields.contains(where: { $0.name == standard }) {
                refuse(.unknownField, "\(node.name) is the default \(standard), which is no account of a company")
            }
        }

        /// No two accounts of one name, and all that a company needs to trade.
        mutating func check() {
            var names: Set<Name> = []
            for node in nodes where !names.insert(Account.fullName(node.name, node.number, abbr: "")).inserted {
                refuse(.givenTwice, "The chart has two accounts \(node.name)", fix: "Give them numbers or other names.")
            }
            let found = ChartOfAccounts(nodes: nodes).standards.map(\.field)
            for field in ChartOfAccounts.fields where field.isNeeded && !found.contains(field.name) {
                refuse(
                    .mandatory, "The chart has no account for \(Text.title(field.name))",
                    fix: "Give an account the type \(field.types[0]), or mark it with default.")
            }
        }
    }
}

extension Account {
    /// What an account is called: its number, its name and the company's abbreviation.
    static func fullName(_ name: String, _ number: String, abbr: String) -> String {
        "\(number.isEmpty ? "" : "\(number) - ")\(name) - \(abbr)"
    }
}
