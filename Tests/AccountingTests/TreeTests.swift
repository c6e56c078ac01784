import Accounting
import Documents
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct TreeTests {
    @Test func `an account takes type and statement from the group it stands in`() async throws {
        let books = try await Books()
        try await books.run { session in
            let account = try session.make(
                "Account",
                [
                    "account_name": "Online Sales", "account_number": "4010", "company": "Acme",
                    "parent_account": "Direct Income - A",
                ])
            #expect(account.name == "4010 - Online Sales - A")
            #expect(account.text("root_type") == "Income")
            #expect(account.text("report_type") == "Profit and Loss")
            #expect(account.text("account_currency") == "USD")
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let account: String
        let field: String
        let value: JSON
        let kind: Problem.Kind
    }

    static let refusals = [
        Refusal(
            testDescription: "a leaf as parent", account: "Bank - A", field: "parent_account", value: "Cash - A",
            kind: .noGroup),
        Refusal(
            testDescription: "another company's group", account: "Bank - A", field: "parent_account",
            value: "Current Assets - B", kind: .otherCompany),
        Refusal(
            testDescription: "itself below itself", account: "Current Assets - A", field: "parent_account",
            value: "Bank Accounts - A", kind: .belowItself),
        Refusal(
            testDescription: "a group while it has entries", account: "Sales - A", field: "is_group", value: 1,
            kind: .treeInUse),
        Refusal(
            testDescription: "a leaf while it has children", account: "Current Assets - A", field: "is_group", value: 0,
            kind: .treeInUse),
        Refusal(
            testDescription: "another root while it has entries", account: "Sales - A", field: "parent_account",
            value: "Current Assets - A", kind: .treeInUse),
        Refusal(
            testDescription: "no parent", account: "Bank - A", field: "parent_account", value: "", kind: .mandatory),
        Refusal(
            testDescription: "a foreign currency", account: "Bank - A", field: "account_currency", value: "EUR",
            kind: .otherCurrency),
        Refusal(
            testDescription: "a number that is taken", account: "Bank - A", field: "account_number", value: "77",
            kind: .duplicate),
    ]

    @Test(arguments: refusals) func `the tree of accounts stays sound`(sample: Refusal) async throws {
        let books = try await Books()
        try await books.run { session in
            try session.make("Company", ["company_name": "Beta", "abbr": "B", "default_currency": "EUR"])
            try session.invoice()
            let cash = try session.get("Account", "Cash - A")
            cash.set("account_number", "77")
            try session.save(cash)
        }
        await books.expect(sample.kind) { session in
            let account = try session.get("Account", sample.account)
            try session.apply([sample.field: sample.value], to: account)
            try session.save(account)
        }
    }

    @Test func `an account with entries or children is not deleted, another is`() async throws {
        let books = try await Books()
        try await books.run { _ = try $0.invoice() }
        await books.expect(.treeInUse) { try $0.delete("Account", "VAT - A".replacing("VAT", with: "Sales")) }
        await books.expect(.linked) { try $0.delete("Account", "Current Assets - A") }
        await books.expect(.linked) { try $0.delete("Account", "Bank - A") }
        try await books.run { try $0.delete("Account", "Office Rent - A") }
    }

    @Test func `cost centers form a tree of their own`() async throws {
        let books = try await Books()
        try await books.run { session in
            let center = try session.make(
                "Cost Center", ["cost_center_name": "West", "company": "Acme", "parent_cost_center": "Acme - A"])
            #expect(center.name == "West - A")
        }
        await books.expect(.noGroup) { session in
            try session.make(
                "Cost Center", ["cost_center_name": "X", "company": "Acme", "parent_cost_center": "West - A"])
        }
        await books.expect(.mandatory) { session in
            try session.make("Cost Center", ["cost_center_name": "X", "company": "Acme"])
        }
    }

    @Test func `a company's abbreviation is made of its initials and belongs to it alone`() async throws {
        let books = try await Books()
        try await books.run { session in
            let company = try session.make("Company", ["company_name": "Northwind Traders", "default_currency": "JPY"])
            #expect(company.text("abbr") == "NT")
            #expect(try session.exists("Account", "Debtors - NT"))
            #expect(try session.get("Currency", "JPY").int("fraction_units") == 1)
        }
        await books.expect(.duplicate) { session in
            try session.make("Company", ["company_name": "Other", "abbr": "A", "default_currency": "USD"])
        }
        await books.expect(.brokenLink) { session in
            try session.make("Company", ["company_name": "Other", "default_currency": "nothing"])
        }
    }

    @Test func `a default account of another company is refused`() async throws {
        let books = try await Books()
        await books.expect(.invalidAccount) { session in
            try session.make("Company", ["company_name": "Beta", "abbr": "B", "default_currency": "USD"])
            let company = try session.get("Company", "Acme")
            company.set("default_income_account", "Sales - B")
            try session.save(company)
        }
    }
}
