import Accounting
import Documents
import Lists
import Reports
import TestSupport
import Testing
import Values

/// What the books tell who may read only some of their entries.
@Suite(.bothEngines) struct LimitedBooksTests {
    /// Books with the trade of ``ReportTests`` and some rent in a branch.
    private func books() async throws -> Books {
        let books = try await Books()
        try await books.run { session throws in
            try ReportTests.trade(session)
            try session.make(
                "Cost Center", ["cost_center_name": "Branch", "company": "Acme", "parent_cost_center": "Acme - A"])
            try session.submitted(
                "Journal Entry",
                LedgerTests.journal(
                    [
                        LedgerTests.debit("Office Rent - A", 7).merging(["cost_center": "Branch - A"]),
                        LedgerTests.credit("Bank - A", 7).merging(["cost_center": "Branch - A"]),
                    ], on: "2026-02-11"))
            try session.make("User", ["email": "lim@example.com", "first_name": "lim@example.com"])
        }
        return books
    }

    /// The user lim with these roles, limited to these documents.
    private func limited(
        _ books: Books, _ limits: [(String, String)], roles: Set<Name> = ["Accounts User"], isStrict: Bool = false
    ) async throws -> Actor {
        try await books.run { session throws in
            for (allow, value) in limits {
                try session.make(
                    "User Permission",
                    ["user": "lim@example.com", "allow": .string(allow), "for_value": .string(value)])
            }
        }
        var restrictions =
            try await books.read { try User.actor("lim@example.com", in: $0) }?.restrictions ?? Restrictions()
        restrictions.isStrict = isStrict
        return Actor(user: "lim@example.com", roles: roles, restrictions: restrictions)
    }

    private static let year: JSONObject = ["from_date": "2025-01-01", "to_date": "2026-12-31"]

    private static func run(_ name: String, _ filters: JSONObject, _ session: Session) throws -> ReportResult {
        try ReportTests.report(name).result(Arguments(filters.merging(["company": "Acme"])), in: session)
    }

    /// All that a report tells, as text.
    private static func told(_ name: String, _ filters: JSONObject, _ session: Session) throws -> String {
        let result = try run(name, filters, session)
        let rows = result.rows.map { $0.values.map(\.description).joined(separator: "|") }
        return (rows + result.summary.map { "\($0.label)|\($0.value)" } + [result.message?.text ?? ""])
            .joined(separator: "\n")
    }

    @Test func `receivables of another customer are in no total`() async throws {
        let books = try await books()
        let ann = try await limited(books, [("Customer", "Ann")])
        try await books.run(as: ann) { session throws in
            let all = try Self.run("Accounts Receivable", [:], session)
            #expect(Set(all.rows.compactMap { $0.values[2].text }) == ["Ann", "Total"])
            #expect(all.summary.first?.value.exact == 600)
            #expect(try !Self.told("Accounts Receivable", ["party": "Bob"], session).contains("80.05"))
            for filters in [["party_type": "Customer", "party": "Bob"], ["customer": "Bob"]] as [JSONObject] {
                let error = #expect(throws: Problem.self) { try Self.run("Accounts Receivable", filters, session) }
                #expect(error?.kind == .forbidden)
            }
        }
    }

    @Test func `the general ledger opens and runs over its reader's entries alone`() async throws {
        let books = try await books()
        let ann = try await limited(books, [("Customer", "Ann")])
        try await books.run(as: ann) { session throws in
            let late: JSONObject = ["party": "Bob", "from_date": "2099-01-01", "to_date": "2099-12-31"]
            #expect(try !Self.told("General Ledger", late, session).contains("80.05"))
            let asked = late.merging(["party_type": "Customer"])
            let error = #expect(throws: Problem.self) { try Self.run("General Ledger", asked, session) }
            #expect(error?.kind == .forbidden && error?.field == "party")
            let rows = try ReportTests.run(
                "General Ledger", ["account": "Debtors - A", "from_date": "2026-01-16", "to_date": "2026-12-31"],
                session)
            #expect(rows.map { $0["balance"]?.exact } == [720, 600, -120, 600])
        }
    }

    @Test func `a limit to a cost center holds for every balance of the ledger`() async throws {
        let books = try await books()
        let branch = try await limited(books, [("Cost Center", "Branch - A")], isStrict: true)
        try await books.run(as: branch) { session throws in
            let trial = try ReportTests.run("Trial Balance", ["fiscal_year": "2026"], session)
            #expect(trial.filter { $0["indent"]?.int == 3 }.count <= 2)
            #expect(ReportTests.find(trial, "Total")["debit"]?.exact == 7)
            #expect(ReportTests.find(trial, "Total")["credit"]?.exact == 7)
            #expect(ReportTests.find(trial, "Debtors - A").isEmpty)
            let profit = try Self.run("Profit and Loss Statement", ["fiscal_year": "2026"], session)
            #expect(profit.summary.map(\.value.exact) == [0, 7, -7])
            let sheet = try Self.run("Balance Sheet", ["fiscal_year": "2026"], session)
            #expect(sheet.summary.first?.value.exact == -7)
            let quarters = try ReportTests.run(
                "Balance Sheet", ["fiscal_year": "2026", "periodicity": "Quarterly"], session)
            #expect(ReportTests.find(quarters, "Total Asset (Debit)")["mar_2026"]?.exact == -7)
            let ledger = try ReportTests.run("General Ledger", Self.year, session)
            #expect(ledger.map { $0["balance"]?.exact } == [0, 7, 0, 0, 0])
            for name in ["Trial Balance", "Balance Sheet", "Profit and Loss Statement", "General Ledger"] {
                #expect(try !Self.told(name, Self.year, session).contains("80.05"), "\(name)")
            }
        }
    }

    /// One limit of each link of an entry.
    private static let limits: [[(String, String)]] = [
        [("Customer", "Ann")], [("Cost Center", "Branch - A")], [("Account", "Debtors - A")],
        [("Account", "Current Assets - A")], [("Fiscal Year", "2026")], [("Company", "Acme")],
        [("Customer", "Bob"), ("Account", "Debtors - A")],
    ]

    @Test(arguments: limits.indices, [false, true])
    func `statements sum up what the list of entries shows`(index: Int, isStrict: Bool) async throws {
        let books = try await books()
        let actor = try await limited(books, Self.limits[index], isStrict: isStrict)
        try await books.run(as: actor) { session throws in
            var query = ListQuery("GL Entry", fields: ["debit", "credit", "account"], limit: 0)
            query.filters = [["is_cancelled", "=", 0]]
            let entries = try session.list(query).rows
            let debit = entries.sum { $0[0].exact ?? .zero }
            let trial = try Self.run("Trial Balance", Self.year, session)
            #expect(trial.rows.last?.values[5].exact == debit)
            let shown = Set(trial.rows.filter { $0.kind == .entry }.compactMap { $0.values[0].text })
            #expect(shown == Set(entries.compactMap { $0[2].text }))
            let ledger = try Self.run("General Ledger", Self.year, session)
            #expect(ledger.rows.filter { $0.kind == .entry }.count == entries.count)
            #expect(ledger.rows.last?.values[2].exact == debit)
        }
    }

    @Test func `accounts that are not allowed are not even named`() async throws {
        let books = try await books()
        let actor = try await limited(books, [("Account", "Debtors - A")])
        try await books.run(as: actor) { session throws in
            let filters = Self.year.merging(["show_zero_values": 1])
            for name in ["Trial Balance", "Balance Sheet", "Profit and Loss Statement"] {
                let result = try Self.run(name, filters, session)
                let named = result.rows.filter { $0.kind != .total }.compactMap { $0.values[0].text }
                #expect(Set(named).isSubset(of: ["Debtors - A"]), "\(name)")
            }
        }
    }

    @Test func `who may read all entries gets kept balances, and no entry is read`() async throws {
        let books = try await books()
        try await books.run { session throws in
            let actor = Actor(user: "acc", roles: ["Accounts User"])
            let counting = CountingTransaction(session.transaction)
            let inner = books.session(as: actor, at: session.now, counting)
            _ = try Self.run("Trial Balance", ["fiscal_year": "2026"], inner)
            _ = try Self.run("Balance Sheet", ["fiscal_year": "2026"], inner)
            _ = try inner.call(
                "erpnext.accounts.utils.get_balance_on", ["account": "Debtors - A", "date": "2026-12-31"])
            #expect(!counting.queries.contains { $0.contains("gl_entry") }, "\(counting.queries)")
        }
    }

    // MARK: Methods

    private static func balance(_ session: Session, _ arguments: JSONObject) throws -> Exact? {
        try session.call("erpnext.accounts.utils.get_balance_on", arguments).exact
    }

    @Test func `the balance of an account is for who may read the ledger`() async throws {
        let books = try await books()
        for role in ["Stock User", "Sales User", "Purchase User"] {
            try await books.run(as: Actor(user: "x", roles: [Name(role)])) { session throws in
                for arguments in [["account": "Debtors - A"], ["party_type": "Customer", "party": "Bob"]]
                    as [JSONObject]
                {
                    let error = #expect(throws: Problem.self) { try Self.balance(session, arguments) }
                    #expect(error?.kind == .forbidden)
                }
            }
        }
        try await books.run(as: Actor(user: "x", roles: ["Auditor"])) { session throws in
            #expect(try Self.balance(session, ["account": "Debtors - A", "date": "2026-12-31"]) == .of("680.05"))
        }
    }

    @Test func `who is limited gets the balance of its own entries`() async throws {
        let books = try await books()
        let ann = try await limited(books, [("Customer", "Ann"), ("Cost Center", "Main - A"), ("Company", "Acme")])
        try await books.run(as: ann) { session throws in
            let day: JSONObject = ["date": "2026-12-31"]
            #expect(try Self.balance(session, day.merging(["account": "Debtors - A"])) == 600)
            #expect(try Self.balance(session, day.merging(["party": "Bob"])) == 0)
            #expect(try Self.balance(session, day.merging(["party_type": "Customer", "party": "Ann"])) == 600)
            for (field, more) in [
                ("party", ["party_type": "Customer", "party": "Bob"]), ("cost_center", ["cost_center": "Branch - A"]),
                ("company", ["company": "Other"]),
            ] as [(String, JSONObject)] {
                let error = #expect(throws: Problem.self) {
                    try Self.balance(session, day.merging(["account": "Debtors - A"]).merging(more))
                }
                #expect(error?.kind == .forbidden && error?.field == field)
            }
        }
    }

    @Test func `of an account that may not be read it is not told whether it is there`() async throws {
        let books = try await books()
        let actor = try await limited(books, [("Account", "Debtors - A")])
        try await books.run(as: actor) { session throws in
            for account in ["Sales - A", "Nowhere - A"] {
                let error = #expect(throws: Problem.self) { try Self.balance(session, ["account": .string(account)]) }
                #expect(error?.kind == .forbidden, "\(account)")
            }
        }
    }

    @Test func `fiscal years are told to who may read them`() async throws {
        let books = try await books()
        let method = "erpnext.accounts.utils.get_fiscal_year"
        try await books.run(as: Actor(user: "x", roles: ["Some Role"])) { session throws in
            let error = #expect(throws: Problem.self) { try session.call(method, ["date": "2026-05-05"]) }
            #expect(error?.kind == .forbidden)
        }
        let actor = try await limited(books, [("Fiscal Year", "2026")])
        try await books.run(as: actor) { session throws in
            #expect(try session.call(method, ["date": "2026-05-05"]) == ["2026", "2026-01-01", "2026-12-31"])
            for arguments in [["date": "2025-05-05"], ["fiscal_year": "2025"], ["fiscal_year": "1900"]] as [JSONObject]
            {
                let error = #expect(throws: Problem.self) { try session.call(method, arguments) }
                #expect(error?.kind == .forbidden)
            }
        }
    }
}
