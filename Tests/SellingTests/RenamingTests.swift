import Documents
import TestSupport
import Testing
import Values

/// Names that ledgers, bins and balances are kept by.
@Suite(.bothEngines) struct RenamingTests {
    /// Goods are bought, sold and paid.
    private func trade(_ trading: Trading) async throws {
        let order = try await trading.on("1996-07-01") { session in
            try session.receive("Chai", 20, at: 9)
            try session.receive("Tofu", 20, at: "11.5")
            return try OrderToCashTests.order(session)
        }
        try await trading.on("1996-07-10") { session in
            try session.book(Make.delivery, "Delivery Note", from: order)
            let invoice = try session.book(Make.invoice, "Sales Invoice", from: order)
            try session.pay("Sales Invoice", invoice, 100)
        }
    }

    @Test func `books stay in balance when what they name is renamed`() async throws {
        let trading = try await Trading()
        try await trade(trading)
        let names = try await trading.on("1996-07-11") { session -> [String] in
            let company = try session.get("Company", Trading.name)
            let income = company.text("default_income_account")
            let before = try session.balance(income)
            #expect(!before.isZero)
            let account = try session.rename("Account", income, to: "Turnover")
            #expect(account == "Turnover - NT")
            #expect(try session.balance(account) == before && session.balance(income).isZero)
            #expect(try session.get("Company", Trading.name).text("default_income_account") == account)
            #expect(try session.get("Account", account).text("account_name") == "Turnover")
            return [
                account, try session.rename("Customer", "Alfreds Futterkiste", to: "Alfred & Co"),
                try session.rename("Item", "Chai", to: "Ch|ai"),
                try session.rename("Warehouse", Trading.stores, to: "Main Hall"),
            ]
        }
        #expect(names == ["Turnover - NT", "Alfred & Co", "Ch|ai", "Main Hall - NT"])
        try await trading.on("1996-07-12") { (session: Session) throws in
            #expect(try session.findings() == [])
            #expect(try session.bin("Ch|ai", "Main Hall - NT", "actual_qty") == 10)
            try session.receive("Ch|ai", 5, at: 10, into: "Main Hall - NT")
            #expect(try session.bin("Ch|ai", "Main Hall - NT", "actual_qty") == 15)
            #expect(try session.findings() == [])
        }
    }

    @Test func `merged accounts and customers have the sums of both`() async throws {
        let trading = try await Trading()
        try await trade(trading)
        try await trading.on("1996-07-11") { (session: Session) throws in
            let income = try session.get("Company", Trading.name).text("default_income_account")
            let account = try session.get("Account", income)
            let other = try session.copy(account)
            other.set("account_name", "Other Sales")
            other.set("account_number", "")
            try session.insert(other)
            let before = try session.balance(income)
            try session.rename("Account", income, to: other.name, merge: true)
            #expect(try session.balance(other.name) == before)
            try session.rename("Customer", "Alfreds Futterkiste", to: "Bólido", merge: true)
            #expect(try session.findings() == [])
            #expect(try !session.exists("Customer", "Alfreds Futterkiste"))
        }
        let found = try await trading.refusal(on: "1996-07-12") { session in
            let company = try session.get("Company", Trading.name)
            try session.rename(
                "Account", company.text("default_receivable_account"), to: company.text("default_income_account"),
                merge: true)
        }
        #expect(found?.kind == .notMergeable && found?.field == "root_type")
    }

    @Test func `items with stock of their own in one place stay apart, others are merged`() async throws {
        let trading = try await Trading()
        try await trade(trading)
        let found = try await trading.refusal(on: "1996-07-11") {
            try $0.rename("Item", "Chai", to: "Tofu", merge: true)
        }
        #expect(found?.kind == .notMergeable)
        let unit = try await trading.refusal(on: "1996-07-11") {
            try $0.rename("Item", "Chai", to: "Advice", merge: true)
        }
        #expect(unit?.field == "is_stock_item")
        try await trading.on("1996-07-11") { (session: Session) throws in
            try session.rename("Item", "Chai", to: "Ikura", merge: true)
            #expect(try session.bin("Ikura", Trading.stores, "actual_qty") == 10)
            #expect(try session.findings() == [])
            try session.receive("Ikura", 1, at: 10)
            #expect(try session.findings() == [])
        }
    }

    @Test func `invoices become overdue and offers expire by themselves`() async throws {
        let trading = try await Trading()
        let (invoice, offer) = try await trading.on("1996-07-01") { session in
            let invoice = try session.book(
                "Sales Invoice",
                [
                    "customer": "Alfreds Futterkiste", "due_date": "1996-07-10",
                    "items": [["item_code": "Advice", "qty": 1, "rate": 50]],
                ])
            let offer = try session.book(
                "Quotation",
                [
                    "party_name": "Bólido", "valid_till": "1996-07-05",
                    "items": [["item_code": "Advice", "qty": 1, "rate": 50]],
                ])
            return (invoice, offer)
        }
        func states(_ day: String) async throws -> [String] {
            try await trading.on(day, as: .administrator) { session in
                try session.runScheduledTasks()
                return try session.figures("Sales Invoice", invoice, "status")
                    + session.figures("Quotation", offer, "status")
            }
        }
        #expect(try await states("1996-07-05") == ["Unpaid", "Open"])
        #expect(try await states("1996-07-06") == ["Unpaid", "Expired"])
        #expect(try await states("1996-07-15") == ["Overdue", "Expired"])
    }

    @Test func `a discarded invoice owes nothing`() async throws {
        let trading = try await Trading()
        try await trading.on("1996-07-01") { (session: Session) throws in
            let invoice = try session.make(
                "Sales Invoice",
                [
                    "customer": "Bólido", "items": [["item_code": "Advice", "qty": 1, "rate": 50]],
                ])
            try session.discard(invoice)
            #expect(
                try session.figures("Sales Invoice", invoice.name, "status", "outstanding_amount") == [
                    "Cancelled", "0",
                ])
            #expect(try session.findings() == [])
        }
    }
}
