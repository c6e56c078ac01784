import Accounting
import Documents
import Reports
import Storage
import TestSupport
import Testing
import Values

/// What reports and methods tell people whom User Permissions limit.
@Suite(.bothEngines) struct LimitedReportTests {
    /// The books of a small business, and an accountant who is limited to these values.
    private static func actor(_ books: Books, _ limits: [(allow: String, value: String)]) async throws -> Actor {
        try await books.run { session in
            try ReportTests.trade(session)
            let user = "lim@example.com"
            for role in ["Accounts User", "Auditor"] where try !session.exists("Role", role) {
                try session.make("Role", ["role_name": .string(role)])
            }
            try session.make(
                "User", ["email": .string(user), "first_name": "Lim", "roles": [["role": "Accounts User"]]])
            for (allow, value) in limits {
                try session.make(
                    "User Permission",
                    ["user": .string(user), "allow": .string(allow), "for_value": .string(value)])
            }
            return try #require(try User.actor(user, in: session))
        }
    }

    private static func run(
        _ books: Books, as actor: Actor, _ name: String, _ filters: JSONObject
    ) async throws -> [[String: Value]] {
        try await books.run(as: actor) { try ReportTests.run(name, filters, $0) }
    }

    @Test func `who is limited to one customer sees no sum of others`() async throws {
        let books = try await Books()
        let ann = try await Self.actor(books, [("Customer", "Ann")])
        let span: JSONObject = ["from_date": "2025-01-01", "to_date": "2026-12-31"]
        let owed = try await Self.run(books, as: ann, "Accounts Receivable", ["party": "Bob"])
        #expect(owed.allSatisfy { $0["outstanding"]?.exact?.isZero ?? true }, "\(owed)")
        let all = try await Self.run(books, as: ann, "Accounts Receivable", ["report_date": "2026-12-31"])
        #expect(!all.contains { $0["party"]?.text == "Bob" })
        let sum = all.filter { $0["party"]?.text == "Ann" }.sum { $0["outstanding"]?.exact ?? .zero }
        #expect(all.last?["outstanding"]?.exact == sum && !sum.isZero)
        let later: JSONObject = [
            "party_type": "Customer", "party": "Bob", "from_date": "2099-01-01", "to_date": "2099-12-31",
        ]
        let ledger = try await Self.run(books, as: ann, "General Ledger", later)
        #expect(ledger.allSatisfy { $0["balance"]?.exact?.isZero ?? true }, "\(ledger)")
        // The running balance runs over the rows that are shown.
        var balance = Exact.zero
        for row in try await Self.run(books, as: ann, "General Ledger", span.merging(["account": "Debtors - A"]))
        where row["posting_date"]?.day != nil {
            balance = balance + (row["debit"]?.exact ?? .zero) - (row["credit"]?.exact ?? .zero)
            #expect(row["balance"]?.exact == balance && row["party"]?.text == "Ann")
        }
        #expect(!balance.isZero)
        for name in ["Trial Balance", "Balance Sheet", "Profit and Loss Statement"] {
            let refused = await problem {
                _ = try await Self.run(books, as: ann, name, ["fiscal_year": "2026"])
            }
            #expect(refused?.kind == .forbidden, "\(name)")
        }
    }

    @Test func `who is limited to a company reads its statements`() async throws {
        let books = try await Books()
        let ann = try await Self.actor(books, [("Company", "Acme")])
        let rows = try await Self.run(books, as: ann, "Trial Balance", ["fiscal_year": "2026"])
        #expect(ReportTests.find(rows, "Total")["closing_debit"] == ReportTests.find(rows, "Total")["closing_credit"])
        #expect(rows.count > 3)
    }

    @Test func `balances are told to who may read the ledger, and of what it may read`() async throws {
        let books = try await Books()
        let ann = try await Self.actor(books, [("Customer", "Ann")])
        @Sendable func balance(_ actor: Actor, _ arguments: JSONObject) async throws -> Exact? {
            try await books.run(as: actor) { session in
                try session.call("erpnext.accounts.utils.get_balance_on", arguments).exact
            }
        }
        let asked: JSONObject = ["party_type": "Customer", "date": "2026-12-31"]
        #expect(try await balance(ann, asked.merging(["party": "Bob"])) == 0)
        let own = try await balance(ann, asked.merging(["party": "Ann"]))
        #expect(own != 0)
        #expect(try await balance(ann, ["account": "Debtors - A", "date": "2026-12-31"]) == own)
        let seller = Actor(user: "sal@example.com", roles: ["Sales User", "Stock User"])
        let refused = await problem { _ = try await balance(seller, ["account": "Office Rent - A"]) }
        #expect(refused?.kind == .forbidden)
    }
}
