internal import Documents
internal import Reports
internal import Values

/// Opening balance, movement and closing balance of every account. It costs the number of accounts and months, not of
/// entries: only the days of a month that is not whole are read from the ledger. Who may not read all entries gets the sums
/// of those it may.
enum TrialBalance {
    static let report = Report(
        "Trial Balance", module: "Accounting", doctype: "GL Entry", reading: .permitted,
        filters: [
            .required("company", .link, "Company"),
            .optional("fiscal_year", .link, "Fiscal Year", from: ReportHelp.fiscalYear),
            .optional("from_date", .date, from: ReportHelp.postingDate),
            .optional("to_date", .date, from: ReportHelp.postingDate),
            .optional("show_zero_values", .check, from: .none),
            .optional("show_unclosed_fy_pl_balances", .check, from: .none),
            .optional("with_period_closing_entry", .check, from: .none),
        ], needs: AccountTree.needs, summary: "Opening balance, movement and closing balance of every account."
    ) { arguments, session in
        try run(arguments, in: session)
    }

    private typealias Movement = AccountBalances.Movement

    private struct Figures {
        var opening = Movement()
        var period = Movement()

        static func + (l: Figures, r: Figures) -> Figures {
            Figures(opening: l.opening + r.opening, period: l.period + r.period)
        }

        var isZero: Bool { opening.balance.isZero && period == Movement() }

        /// Opening, period and closing, each as debit and credit; opening and closing netted to one side.
        var columns: [Exact] {
            func sides(_ balance: Exact) -> [Exact] {
                balance.isNegative ? [.zero, -balance] : [balance, .zero]
            }
            return sides(opening.balance) + [period.debit, period.credit]
                + sides(opening.balance + period.balance)
        }
    }

    private static func run(_ arguments: Arguments, in session: Session) throws -> ReportResult {
        let company = try ReportHelp.company(arguments, in: session)
        let range = try ReportHelp.range(arguments, in: session)
        let tree = try AccountTree(of: company.name, in: session)
        let opening = try ReadableBooks.movements(
            of: company.name, from: nil, through: range.from.adding(days: -1), in: session)
        let period = try ReadableBooks.movements(of: company.name, from: range.from, through: range.to, in: session)
        var leaves: [Name: Figures] = [:]
        for (account, movement) in opening { leaves[account, default: Figures()].opening = movement }
        for (account, movement) in period { leaves[account, default: Figures()].period = movement }
        let unclosed = try takeUnclosed(
            &leaves, tree, company.name, range, keep: arguments.flag("show_unclosed_fy_pl_balances") == true,
            in: session)

        let totals = tree.rolledUp(leaves) { $0 + $1 }
        let showsZero = arguments.flag("show_zero_values") == true
        var rows: [ReportRow] = []
        var sums = [Exact](repeating: .zero, count: 6)
        func add(to sums: inout [Exact], _ columns: [Exact]) {
            for (index, amount) in columns.enumerated() { sums[index] += amount }
        }
        for node in tree.nodes {
            let figures = totals[node.name] ?? Figures()
            if !node.isGroup { add(to: &sums, figures.columns) }
            guard node.isNamed, showsZero || !figures.isZero else { continue }
            let values = row(
                node.name, node.label, company.defaultCurrency, figures.columns, node.indent, parent: node.parent)
            rows.append(ReportRow(values, node.isGroup ? .group : .entry))
        }
        func line(_ label: String, _ amounts: [Exact]) {
            rows.append(ReportRow(row("", label, company.defaultCurrency, amounts, 0, parent: ""), .total))
        }
        if !unclosed.isZero {
            add(to: &sums, unclosed.columns)
            line("Unclosed Fiscal Years Profit / Loss", unclosed.columns)
        }
        line("Total", sums)
        return ReportResult(columns: columns, rows: rows)
    }

    /// Income and expense begin at zero in each fiscal year; what earlier years left in them is shown in one sum.
    private static func takeUnclosed(
        _ leaves: inout [Name: Figures], _ tree: AccountTree, _ company: String,
        _ range: (from: Day, to: Day, yearStart: Day), keep: Bool, in session: Session
    ) throws -> Figures {
        var unclosed = Figures()
        if keep { return unclosed }
        let before = try ReadableBooks.movements(
            of: company, from: nil, through: range.yearStart.adding(days: -1), in: session)
        for node in tree.nodes where node.isProfitAndLoss {
            guard let movement = before[node.name], var figures = leaves[node.name] else { continue }
            figures.opening = figures.opening - movement
            unclosed.opening = unclosed.opening + movement
            leaves[node.name] = figures
        }
        return unclosed
    }

    private static func row(
        _ account: String, _ label: String, _ currency: String, _ amounts: [Exact], _ indent: Int, parent: String
    ) -> [Value] {
        [ReportHelp.text(account.isEmpty ? label : account), .text(label), .text(currency)]
            + amounts.map(ReportHelp.money) + [.int(Int64(indent)), ReportHelp.text(parent)]
    }

    private static let columns =
        AccountTree.leading + [
            ReportColumn("opening_debit", .currency, label: "Opening (Dr)", from: AccountTree.amounts),
            ReportColumn("opening_credit", .currency, label: "Opening (Cr)", from: AccountTree.amounts),
            ReportColumn("debit", .currency, from: AccountTree.amounts),
            ReportColumn("credit", .currency, from: AccountTree.amounts),
            ReportColumn("closing_debit", .currency, label: "Closing (Dr)", from: AccountTree.amounts),
            ReportColumn("closing_credit", .currency, label: "Closing (Cr)", from: AccountTree.amounts),
        ] + AccountTree.trailing
}
