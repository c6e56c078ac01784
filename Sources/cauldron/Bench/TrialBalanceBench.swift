import Documents
import Reports
import Storage
import Tenancy
import Values

/// Measures the trial balance over ledgers of different lengths. The postings are put there by SQL, with the balances
/// that are kept of them; `doctor`'s check of the balances must agree before anything is measured.
struct TrialBalanceBench {
    let place: BenchPlace
    let seconds: Double

    func measure() async throws -> [Measurement] {
        try await place.withCopy(of: BenchCompany.base) { try await measure($0) }
    }

    private func measure(_ tenant: Tenant) async throws -> [Measurement] {
        var rates: [(count: Int, rate: Double)] = []
        var present = 0
        for count in [10_000, 100_000, 1_000_000] {
            try await fill(tenant, from: present, to: count)
            present = count
            rates.append((count, try await rate(of: tenant)))
        }
        try await verify(tenant)
        let first = rates[0].rate
        return rates.map { count, rate in
            Measurement(
                name: "trial balance at \(count) postings", rate: rate, unit: "reports/s",
                yardstick: ("the same at 10000", first))
        }
    }

    private func rate(of tenant: Tenant) async throws -> Double {
        guard let report = tenant.reports["Trial Balance"] else {
            throw Problem(.notFound, "There is no Trial Balance")
        }
        let year = tenant.now().day
        let arguments = Arguments([
            "company": .string(BenchCompany.company), "from_date": .string(year.startOfYear.description),
            "to_date": .string(year.endOfYear.description),
        ])
        return try await cauldron.rate(for: seconds) { _ in
            _ = try await tenant.read(as: .administrator) { try report.result(arguments, in: $0).rows.count }
        }
    }

    /// Adds pairs of postings over the days of the year and the accounts of the company.
    func fill(_ tenant: Tenant, from first: Int, to last: Int) async throws {
        let year = tenant.now().day.startOfYear.number
        for start in stride(from: first, to: last, by: 100_000) {
            let end = min(start + 100_000, last)
            try await tenant.database.write { transaction in
                let accounts = try transaction.query(
                    "SELECT name FROM account WHERE is_group = 0 AND account_type NOT IN ('Receivable', 'Payable') ORDER BY name",
                    [], [.text]
                ).compactMap { $0[0].text }
                let columns = [
                    "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "posting_date",
                    "account",
                    "debit", "credit", "voucher_type", "voucher_no", "company",
                ]
                let moment = Timestamp(Day(number: year))
                var rows: [[Value]] = []
                rows.reserveCapacity(end - start)
                for number in start..<end {
                    let account = accounts[number % accounts.count]
                    let day = Day(number: year + Int32(number / 2 % 365))
                    let amount = Value.decimal(units: Int64(number / 2 % 9000 + 1) * 10_000, scale: 4)
                    let zero = Value.decimal(units: 0, scale: 4)
                    let isDebit = number.isMultiple(of: 2)
                    rows.append([
                        .text("bench-\(number)"), .text("bench"), .timestamp(moment), .timestamp(moment),
                        .text("bench"), .int(1), .int(0),
                        .day(day), .text(account), isDebit ? amount : zero, isDebit ? zero : amount, .text("Bench"),
                        .text("B-\(number / 2)"), .text(BenchCompany.company),
                    ])
                }
                try transaction.insert(into: "gl_entry", columns, rows)
            }
        }
        try await keepBalances(tenant)
    }

    /// Sums the postings into the kept balances, month by month.
    private func keepBalances(_ tenant: Tenant) async throws {
        let year = tenant.now().day.startOfYear
        try await tenant.database.write { transaction in
            try transaction.execute("DELETE FROM _account_balance")
            for month in 0..<12 {
                let start = year.adding(months: month)
                try transaction.execute(
                    """
                    INSERT INTO _account_balance (account, month, debit, credit)
                    SELECT account, ?, sum(debit), sum(credit) FROM gl_entry
                    WHERE posting_date >= ? AND posting_date <= ? GROUP BY account
                    """, [.int(Int64(start.monthIndex)), .day(start), .day(start.endOfMonth)])
            }
        }
    }

    private func verify(_ tenant: Tenant) async throws {
        let checks = tenant.registry.checks.filter { $0.name.contains("balance") && $0.name.contains("account") }
        let problems = try await tenant.read(as: .administrator) { session in try checks.flatMap { try $0.run(session) }
        }
        if let problem = problems.first { throw Problem(.inconsistent, "The benchmark's ledger is wrong: \(problem)") }
    }
}
