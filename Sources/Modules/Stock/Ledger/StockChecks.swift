internal import Documents
internal import Storage
internal import Values

/// What `doctor` recomputes from the stock ledger.
enum StockChecks {
    static let all: [Registry.Check] = [
        Registry.Check("stock bins", run: bins), Registry.Check("stock balances by month", run: months),
        Registry.Check("running balances of the stock ledger", run: chain),
        Registry.Check("stock accounts", run: accounts),
    ]

    private static let qty = ColumnType.decimal(scale: 9)
    private static let money = ColumnType.decimal(scale: 4)

    /// There is one bin of each place, which holds what the ledger adds up to and what its last movement says, and no value
    /// without quantity.
    private static func bins(_ session: Session) throws -> [String] {
        var findings: [String] = []
        let sql = """
            SELECT k.item_code, k.warehouse, COALESCE(b.actual_qty, 0), COALESCE(b.stock_value, 0),
              COALESCE(b.entries, 0), COALESCE(l.qty, 0), COALESCE(l.value, 0), COALESCE(l.entries, 0), b.name,
              COALESCE(b.valuation_rate, 0), COALESCE(e.valuation_rate, 0), b.last_posting_date, l.last_day,
              COALESCE(b.stock_uom, ''), COALESCE(e.stock_uom, '')
            FROM (SELECT item_code, warehouse FROM bin UNION SELECT item_code, warehouse FROM stock_ledger_entry) k
            LEFT JOIN bin b ON b.item_code = k.item_code AND b.warehouse = k.warehouse
            LEFT JOIN (SELECT item_code, warehouse, SUM(actual_qty) qty, SUM(stock_value_difference) value,
                COUNT(*) entries, MAX(posting_date) last_day FROM stock_ledger_entry GROUP BY item_code, warehouse) l
              ON l.item_code = k.item_code AND l.warehouse = k.warehouse
            LEFT JOIN stock_ledger_entry e
              ON e.item_code = k.item_code AND e.warehouse = k.warehouse AND e.entry = l.entries
            ORDER BY k.item_code, k.warehouse
            """
        let types: [ColumnType] = [
            .text, .text, qty, money, .integer, qty, money, .integer, .text, qty, qty, .day, .day, .text, .text,
        ]
        try session.transaction.forEach(sql, [], types) { row in
            let place = "\(row[0].description) in \(row[1].description)"
            let (item, warehouse) = (row[0].text ?? "", row[1].text ?? "")
            if let name = row[8].text, Name(name) != Name(Bin.name(item, warehouse)) {
                findings.append("\(place): the bin is called \(name)")
            }
            var figures = [
                ("quantity", 2, 5), ("value", 3, 6), ("count of movements", 4, 7), ("valuation rate", 9, 10),
                ("last day", 11, 12),
            ]
            // Where nothing has moved the unit may have changed since something was ordered.
            if row[7].int != 0 { figures.append(("unit", 13, 14)) }
            for (what, kept, real) in figures where row[kept] != row[real] {
                findings.append("\(place): the bin has the \(what) \(row[kept]), the stock ledger \(row[real])")
            }
            if row[2].exact?.isZero == true, row[3].exact?.isZero == false {
                findings.append("\(place): the bin has the value \(row[3]) without quantity")
            }
        }
        return findings
    }

    /// The kept months are what the ledger's rows of each month add up to.
    private static func months(_ session: Session) throws -> [String] {
        typealias Key = [Name]
        var kept: [Key: [Value]] = [:]
        let types: [ColumnType] = [.text, .text, .integer, qty, money, qty, money]
        try session.transaction.forEach(
            "SELECT item_code, warehouse, month, in_qty, in_value, out_qty, out_value FROM _stock_balance", [], types
        ) { row in
            kept[row.prefix(3).map { Name($0.description) }] = Array(row.dropFirst(3))
        }
        let quantities = StockMonths.sides("actual_qty")
        let values = StockMonths.sides("stock_value_difference")
        var real: [Key: [Exact]] = [:]
        try session.transaction.forEach(
            """
            SELECT item_code, warehouse, posting_date, SUM(\(quantities.incoming)), SUM(\(values.incoming)),
              SUM(\(quantities.outgoing)), SUM(\(values.outgoing))
            FROM stock_ledger_entry GROUP BY item_code, warehouse, posting_date
            """, [], [.text, .text, .day, qty, money, qty, money]
        ) { row in
            guard let day = row[2].day else { return }
            let key = [row[0].description, row[1].description, String(day.monthIndex)].map { Name($0) }
            let sums = real[key] ?? [0, 0, 0, 0]
            real[key] = zip(sums, row.dropFirst(3)).map { $0 + ($1.exact ?? 0) }
        }
        return Set(kept.keys).union(real.keys).sorted { $0.lexicographicallyPrecedes($1) }.flatMap { key in
            let (has, shall) = (kept[key]?.map { $0.exact ?? 0 } ?? [0, 0, 0, 0], real[key] ?? [0, 0, 0, 0])
            let month = Int(key[2].text) ?? 0
            let place = "\(key[0]) in \(key[1]), month \(month % 12 + 1) of \(month / 12)"
            return zip(["quantity in", "value in", "quantity out", "value out"], zip(has, shall)).compactMap {
                $1.0 == $1.1 ? nil : "\(place): the kept \($0) is \($1.0), the stock ledger's \($1.1)"
            }
        }
    }

    /// Each row's balances are those of the row before it and its own movement, and the last ones are the bin's.
    private static func chain(_ session: Session) throws -> [String] {
        var findings: [String] = []
        var place = ""
        var (number, balance, worth) = (Int64(0), Exact.zero, Exact.zero)
        try session.transaction.forEach(
            """
            SELECT item_code, warehouse, entry, actual_qty, qty_after_transaction, stock_value_difference, stock_value,
              voucher_no FROM stock_ledger_entry ORDER BY item_code, warehouse, entry
            """, [], [.text, .text, .integer, qty, qty, money, money, .text]
        ) { row in
            let here = "\(row[0].description) in \(row[1].description)"
            if here != place { (place, number, balance, worth) = (here, 0, 0, 0) }
            number += 1
            balance += row[3].exact ?? 0
            worth += row[5].exact ?? 0
            if row[2].int != number {
                findings.append("\(here): movement \(row[2]) of \(row[7]) stands where \(number) should")
            }
            if row[4].exact != balance {
                findings.append(
                    "\(here): after \(row[7]) the ledger says \(row[4]), its movements add up to \(balance)")
            }
            if row[6].exact != worth {
                findings.append("\(here): after \(row[7]) the value is \(row[6]), its differences add up to \(worth)")
            }
            (number, balance, worth) = (row[2].int ?? number, row[4].exact ?? balance, row[6].exact ?? worth)
        }
        return findings
    }

    /// The accounts of warehouses have in the books what the stock in them is worth.
    private static func accounts(_ session: Session) throws -> [String] {
        var findings: [String] = []
        let companies = try session.transaction.query(
            "SELECT name FROM company WHERE enable_perpetual_inventory = 1 ORDER BY name", [], [.text])
        for company in companies.compactMap({ $0[0].text }) {
            var worth: [Name: Exact] = [:]
            try session.transaction.forEach(
                """
                SELECT warehouse, SUM(stock_value_difference) FROM stock_ledger_entry WHERE company = ?
                GROUP BY warehouse
                """, [.text(company)], [.text, money]
            ) { worth[$0[0].text ?? ""] = $0[1].exact ?? 0 }
            let places = try StockCompany.accounts(of: Set(worth.keys), company: company, in: session)
            var expected: [Name: Exact] = [:]
            for (warehouse, value) in worth { expected[places[warehouse] ?? "", default: 0] += value }
            var booked: [Name: Exact] = [:]
            try session.transaction.forEach(
                "SELECT account, SUM(debit) - SUM(credit) FROM gl_entry WHERE company = ? GROUP BY account",
                [.text(company)], [.text, money]
            ) { booked[$0[0].text ?? ""] = $0[1].exact ?? 0 }
            for (account, value) in expected.sorted(by: { $0.key < $1.key }) where booked[account] ?? 0 != value {
                findings.append("\(account): the books say \(booked[account] ?? 0), the stock in it is worth \(value)")
            }
        }
        return findings
    }
}
