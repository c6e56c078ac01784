internal import Documents
internal import Storage
internal import Values

/// What `doctor` recomputes of the books. Each check lists at most so many differences.
enum LedgerChecks {
    private static let most = 100
    private static let money = ColumnType.decimal(scale: 4)

    static let all: [Registry.Check] = [
        Registry.Check("vouchers balance", run: vouchersBalance),
        Registry.Check("account balances", run: balancesAreKept),
        Registry.Check("outstanding amounts", run: outstandingAmounts),
        Registry.Check("receivable and payable accounts", run: partyAccounts),
        Registry.Check("vouchers are posted", run: vouchersArePosted),
        Registry.Check("reversals", run: reversals),
    ]

    private static func vouchersBalance(_ session: Session) throws -> [String] {
        try session.transaction.query(
            """
            SELECT voucher_type, voucher_no, SUM(debit - credit) FROM gl_entry GROUP BY voucher_type, voucher_no
            HAVING SUM(debit - credit) <> 0 ORDER BY voucher_no LIMIT \(most)
            """, [], [.text, .text, money]
        ).map { "\($0[0].description) \($0[1].description): debit and credit differ by \($0[2].description)" }
    }

    /// The kept balances of months against the sums of the ledger, both read in order and compared once.
    private static func balancesAreKept(_ session: Session) throws -> [String] {
        struct Key: Hashable {
            let account: Name
            let month: Int
        }
        var sums: [Key: AccountBalances.Movement] = [:]
        // By day, of which there are few, since the common SQL has no function for the month of one.
        try session.transaction.forEach(
            """
            SELECT account, SUM(CASE WHEN reverses IS NULL THEN debit ELSE -credit END),
            SUM(CASE WHEN reverses IS NULL THEN credit ELSE -debit END), posting_date FROM gl_entry
            GROUP BY account, posting_date
            """, [], AccountBalances.columns + [.day]
        ) { row in
            let key = Key(account: Name(row[0].text ?? ""), month: row[3].day?.monthIndex ?? 0)
            let movement = AccountBalances.Movement(debit: row[1].exact ?? .zero, credit: row[2].exact ?? .zero)
            sums[key] = sums[key, default: .init()] + movement
        }
        var found: [String] = []
        try session.transaction.forEach(
            "SELECT account, debit, credit, month FROM _account_balance ORDER BY account, month", [],
            AccountBalances.columns + [.integer]
        ) { row in
            let key = Key(account: Name(row[0].text ?? ""), month: Int(row[3].int ?? 0))
            let kept = AccountBalances.Movement(debit: row[1].exact ?? .zero, credit: row[2].exact ?? .zero)
            let sum = sums.removeValue(forKey: key) ?? .init()
            if kept != sum { found.append(difference(key.account.text, key.month, kept, sum)) }
        }
        for (key, sum) in sums where sum != .init() {
            found.append(difference(key.account.text, key.month, .init(), sum))
        }
        return Array(found.sorted().prefix(most))
    }

    private static func difference(
        _ account: String, _ month: Int, _ kept: AccountBalances.Movement, _ sum: AccountBalances.Movement
    ) -> String {
        "\(account) in \(month / 12)-\(month % 12 + 1): kept are debit \(kept.debit) and credit \(kept.credit), "
            + "the ledger has \(sum.debit) and \(sum.credit)"
    }

    private static func outstandingAmounts(_ session: Session) throws -> [String] {
        var found: [String] = []
        for type in Outstanding.invoices.names.sorted() {
            guard let table = session.registry.find(type)?.table else { continue }
            found += try session.transaction.query(
                """
                SELECT i.name, i.outstanding_amount, COALESCE(p.amount, 0) FROM \(table) i LEFT JOIN (
                    SELECT against_voucher_no AS voucher, SUM(amount) AS amount FROM payment_ledger_entry
                    WHERE against_voucher_type = ? GROUP BY against_voucher_no
                ) p ON p.voucher = i.name
                WHERE i.docstatus > 0 AND i.outstanding_amount <> COALESCE(p.amount, 0) ORDER BY i.name LIMIT \(most)
                """, [.text(type)], [.text, money, money]
            ).map {
                "\(type) \($0[0].description): outstanding is \($0[1].description), the payment ledger has \($0[2].description)"
            }
        }
        return found
    }

    private static func partyAccounts(_ session: Session) throws -> [String] {
        try session.transaction.query(
            """
            SELECT a.name, COALESCE(g.amount, 0), COALESCE(p.amount, 0) FROM account a
            LEFT JOIN (SELECT account, SUM(debit - credit) AS amount FROM gl_entry GROUP BY account) g
            ON g.account = a.name
            LEFT JOIN (
                SELECT account, SUM(CASE WHEN account_type = 'Receivable' THEN amount ELSE -amount END) AS amount
                FROM payment_ledger_entry GROUP BY account
            ) p ON p.account = a.name
            WHERE a.account_type IN ('Receivable', 'Payable') AND COALESCE(g.amount, 0) <> COALESCE(p.amount, 0)
            ORDER BY a.name LIMIT \(most)
            """, [], [.text, money, money]
        ).map {
            "\($0[0].description): the general ledger has \($0[1].description), the payment ledger \($0[2].description)"
        }
    }

    /// Submitted vouchers that come to something have entries that count; others have none that count.
    private static func vouchersArePosted(_ session: Session) throws -> [String] {
        let amounts = [
            "Sales Invoice": "base_grand_total", "Purchase Invoice": "base_grand_total", "Payment Entry": "paid_amount",
            "Journal Entry": "total_debit",
        ]
        var found: [String] = []
        for (type, amount) in amounts.sorted(by: { $0.key < $1.key }) {
            guard let table = session.registry.find(type)?.table else { continue }
            found += try session.transaction.query(
                """
                SELECT d.name, d.docstatus FROM \(table) d LEFT JOIN (
                    SELECT voucher_no, SUM(CASE WHEN reverses IS NULL THEN 1 ELSE -1 END) AS entries FROM gl_entry
                    WHERE voucher_type = ? GROUP BY voucher_no
                ) g ON g.voucher_no = d.name
                WHERE (d.docstatus = 1 AND d.\(amount) <> 0 AND COALESCE(g.entries, 0) = 0)
                OR (d.docstatus <> 1 AND COALESCE(g.entries, 0) <> 0) ORDER BY d.name LIMIT \(most)
                """, [.text(type)], [.text, .integer]
            ).map { row in
                row[1].int == 1
                    ? "\(type) \(row[0].description) is submitted and has no ledger entries"
                    : "\(type) \(row[0].description) is not submitted and has ledger entries"
            }
        }
        return found
    }

    /// A row is taken back at most once, by its mirror image.
    private static func reversals(_ session: Session) throws -> [String] {
        try session.transaction.query(
            """
            SELECT r.name, r.reverses FROM gl_entry r LEFT JOIN gl_entry e ON e.name = r.reverses
            WHERE r.reverses IS NOT NULL AND (e.name IS NULL OR e.debit <> r.credit OR e.credit <> r.debit
            OR e.account <> r.account OR e.posting_date <> r.posting_date
            OR EXISTS (SELECT 1 FROM gl_entry o WHERE o.reverses = r.reverses AND o.name <> r.name))
            ORDER BY r.name LIMIT \(most)
            """, [], [.text, .text]
        ).map { "GL Entry \($0[0].description) is not the one mirror of \($0[1].description)" }
    }
}
