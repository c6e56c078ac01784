import Accounting
import Documents
import TestSupport
import Testing
import Values

/// Series that name the fiscal year and the company.
@Suite(.bothEngines) struct SeriesTests {
    @Test func `FY is the fiscal year of the posting, ABBR the abbreviation of the company`() async throws {
        let books = try await Books()
        try await books.run { session in
            try session.make(
                "Company", ["company_name": "Bell", "abbr": "B", "default_currency": "USD", "country": "Utopia"])
            _ = try session.privileged { try session.rename("Fiscal Year", "2025", to: "25/26") }
        }
        try await books.run { session in
            _ = try session.make(
                "Property Setter",
                [
                    "doctype_or_field": "DocField", "doc_type": "Journal Entry", "field_name": "naming_series",
                    "property": "options", "value": "JV-.ABBR.-.FY.-.###",
                ])
        }
        func make(_ company: String, _ day: String) async throws -> String {
            try await books.run { session in
                let (cash, sales): (JSON, JSON) = (
                    .string("Cash - \(company.prefix(1))"), .string("Sales - \(company.prefix(1))")
                )
                return try session.make(
                    "Journal Entry",
                    [
                        "company": .string(company), "posting_date": .string(day),
                        "accounts": [
                            ["account": cash, "debit_in_account_currency": 5],
                            ["account": sales, "credit_in_account_currency": 5],
                        ],
                    ]
                ).name
            }
        }
        #expect(try await make("Acme", "2025-12-31") == "JV-A-25/26-001")
        #expect(try await make("Acme", "2026-01-01") == "JV-A-2026-001")
        #expect(try await make("Bell", "2025-12-31") == "JV-B-25/26-001")
        #expect(try await make("Acme", "2025-01-01") == "JV-A-25/26-002")
        try await books.run { try $0.delete("Journal Entry", "JV-A-25/26-002") }
        #expect(try await make("Acme", "2025-06-01") == "JV-A-25/26-002")
        let lost = await problem { _ = try await make("Acme", "1999-06-01") }
        #expect(lost?.fix == "Create a Fiscal Year that contains the day.")
    }
}
