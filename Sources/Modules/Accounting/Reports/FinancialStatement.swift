internal import Documents
internal import Reports
internal import Values

/// Balance Sheet and Profit and Loss Statement: accounts as a tree, periods side by side.
enum FinancialStatement {
    static let balanceSheet = Report(
        "Balance Sheet", module: "Accounting", doctype: "GL Entry", reading: .permitted,
        filters: StatementPeriods.filters, needs: AccountTree.needs,
        summary: "What the company owns and owes at the end of each period."
    ) { arguments, session in
        var sheet = try Sheet(arguments, isBalanceSheet: true, in: session)
        let assets = sheet.section("Asset", total: "Total Asset (Debit)")
        let liabilities = sheet.section("Liability", total: "Total Liability (Credit)")
        let equity = sheet.section("Equity", total: "Total Equity (Credit)")
        // What income and expense have left and no closing has moved to equity yet.
        let profit = zip(assets, zip(liabilities, equity)).map { $0 - $1.0 - $1.1 }
        if profit.contains(where: { !$0.isZero }) {
            sheet.line("Provisional Profit / Loss (Credit)", profit)
        }
        sheet.line("Total (Credit)", zip(zip(liabilities, equity), profit).map { $0.0 + $0.1 + $1 })
        return sheet.result(summary: [
            ("Total Asset", assets), ("Total Liability", liabilities), ("Total Equity", equity),
            ("Provisional Profit / Loss (Credit)", profit),
        ])
    }

    static let profitAndLoss = Report(
        "Profit and Loss Statement", module: "Accounting", doctype: "GL Entry", reading: .permitted,
        filters: StatementPeriods.filters, needs: AccountTree.needs, summary: "Income and expense of each period."
    ) { arguments, session in
        var sheet = try Sheet(arguments, isBalanceSheet: false, in: session)
        let income = sheet.section("Income", total: "Total Income (Credit)")
        let expense = sheet.section("Expense", total: "Total Expense (Debit)")
        let profit = zip(income, expense).map { $0 - $1 }
        sheet.line("Profit for the year", profit)
        return sheet.result(summary: [("Income", income), ("Expense", expense), ("Net Profit", profit)])
    }

    /// A statement while it is made.
    private struct Sheet {
        private let tree: AccountTree
        private let periods: [StatementPeriods.Period]
        private let currency: String
        private let isBalanceSheet: Bool
        private let showsZero: Bool
        /// Debit less credit of each account in each period, or at its end.
        private let balances: [[Name: Exact]]
        private var rows: [ReportRow] = []
        private let showsTotal: Bool

        init(_ arguments: Arguments, isBalanceSheet: Bool, in session: Session) throws {
            let company = try ReportHelp.company(arguments, in: session)
            let periods = try StatementPeriods(arguments, in: session).periods
            let accumulates = isBalanceSheet || arguments.flag("accumulated_values") == true
            let start = isBalanceSheet ? nil : periods.first?.from
            let ledger = try PeriodBalances(of: company.name, in: session)
            balances = try periods.map { period in
                try ledger.balances(from: accumulates ? start : period.from, through: period.to)
            }
            tree = try AccountTree(of: company.name, in: session)
            self.periods = periods
            currency = company.defaultCurrency
            self.isBalanceSheet = isBalanceSheet
            showsZero = arguments.flag("show_zero_values") == true
            showsTotal = !accumulates
        }

        /// Adds the accounts of a root type with their total, and returns it for each period.
        mutating func section(_ rootType: String, total label: String) -> [Exact] {
            let nodes = tree.nodes.filter { $0.rootType == rootType }
            let isCredit = nodes.first?.isCredit ?? false
            let totals = balances.map { tree.rolledUp($0) { $0 + $1 } }
            for node in nodes {
                let amounts = totals.map { totals in
                    let balance = totals[node.name] ?? .zero
                    return isCredit ? -balance : balance
                }
                guard node.isNamed, showsZero || amounts.contains(where: { !$0.isZero }) else { continue }
                let values = row(node.name, node.label, node.parent, node.indent, amounts)
                rows.append(ReportRow(values, node.isGroup ? .group : .entry))
            }
            let sums = totals.map { totals in
                let balance = nodes.filter { $0.indent == 0 }.sum { totals[$0.name] ?? .zero }
                return isCredit ? -balance : balance
            }
            line(label, sums)
            return sums
        }

        /// Adds a line that is no account.
        mutating func line(_ label: String, _ amounts: [Exact]) {
            rows.append(ReportRow(row("", label, "", 0, amounts), .total))
        }

        private func row(
            _ account: String, _ label: String, _ parent: String, _ indent: Int, _ amounts: [Exact]
        ) -> [Value] {
            var row: [Value] = [.text(account.isEmpty ? label : account), .text(label), .text(currency)]
            row += amounts.map(ReportHelp.money)
            if showsTotal { row.append(ReportHelp.money(amounts.sum())) }
            return row + [.int(Int64(indent)), ReportHelp.text(parent)]
        }

        func result(summary: [(String, [Exact])]) -> ReportResult {
            let sources = AccountTree.amounts
            var columns = AccountTree.leading
            columns += periods.map { ReportColumn($0.key, .currency, label: $0.label, from: sources) }
            if showsTotal { columns.append(ReportColumn("total", .currency, from: sources)) }
            return ReportResult(
                columns: columns + AccountTree.trailing, rows: rows,
                summary: summary.map { label, amounts in
                    let amount = showsTotal ? amounts.sum() : amounts.last ?? .zero
                    return ReportFigure(label, ReportHelp.money(amount), from: sources)
                })
        }
    }
}
