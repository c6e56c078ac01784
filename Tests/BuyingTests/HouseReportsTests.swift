import Accounting
import Buying
import Documents
import Reports
import Selling
import Stock
import Storage
import TestSupport
import Testing
import Values

/// What holds of every report, tried on those of all modules.
@Suite(.bothEngines) struct HouseReportsTests {
    private static let reports = [accountingModule, stockModule, sellingModule, buyingModule].flatMap(\.reports)

    private static let filters: JSONObject = [
        "company": .string(Trading.name), "from_date": "1996-01-01", "to_date": "1996-12-31",
        "report_date": "1996-12-31",
    ]

    private static func run(_ report: Report, _ session: Session) throws -> ReportResult {
        let known = Set(report.filters.map(\.name))
        var filters: JSONObject = [:]
        for (name, value) in Self.filters.members where known.contains(name) { filters[name] = value }
        return try report.result(Arguments(filters), in: session)
    }

    /// A company that bought, sold and was paid for; nothing else is 770.77 or 424242.
    private func trading() async throws -> Trading {
        let trading = try await Trading()
        try await trading.on("1996-03-01") { session throws in
            try session.receive("Chai", 40, at: 3)
            let item = try session.get("Item", "Chai")
            try session.apply(["reorder_level": 424242], to: item)
            try session.save(item)
            // A customer is named by it, so that only a renaming changes it; the name itself is no field of Customer here.
            try session.transaction.execute(
                "UPDATE customer SET customer_name = ? WHERE name = ?", [.text("Sailors mark-name"), .text("Bólido")])
            try session.submitted(
                "Sales Invoice",
                [
                    "customer": "Bólido", "items": [["item_code": "Advice", "qty": 1, "rate": "700.70"]],
                    "taxes": [["charge_type": "Actual", "account_head": "VAT - NT", "tax_amount": "70.07"]],
                ])
        }
        return trading
    }

    private static let clerk = Actor(user: "clerk", roles: ["Accounts User", "Stock User"])

    /// All that a report tells; the problem's message where it is refused.
    private static func told(_ report: Report, _ session: Session) throws -> (text: String, isRefused: Bool) {
        do {
            let result = try run(report, session)
            let rows = result.rows.map { $0.values.map(\.description).joined(separator: "|") }
            let figures = result.summary.map { "\($0.label)|\($0.value)" }
            return ((rows + figures + [result.message?.text ?? ""]).joined(separator: "\n"), false)
        } catch let problem as Problem where problem.kind == .forbidden {
            return (problem.message, true)
        }
    }

    @Test func `every column, filter and figure says which fields it is made of`() async throws {
        let trading = try await trading()
        try await trading.on("1996-12-31") { session throws in
            func check(
                _ sources: ReportSources, _ name: String, _ report: Report, _ columns: [ReportColumn] = []
            ) throws {
                for source in sources.fields(named: name, of: report.doctype) {
                    let type = session.registry.find(source.doctype)
                    #expect(type != nil, "\(report.name): \(name) is made of \(source.doctype), which is not there")
                    #expect(
                        type?.slot(of: source.field) != nil,
                        "\(report.name): \(name) is made of \(source.field), which \(source.doctype) does not have")
                    if let column = source.namedBy { #expect(columns.contains { $0.name == column }) }
                    #expect(
                        source.doctype == report.doctype || columns.isEmpty || source.namedBy != nil
                            || source.doctype == "Company",
                        "\(report.name): \(name) does not say which document it is fetched from")
                }
            }
            for report in Self.reports {
                #expect(report.reading == .permitted, "\(report.name)")
                #expect(report.needs != .none, "\(report.name)")
                try check(report.needs, "", report)
                try check(report.orderedBy, "", report)
                for filter in report.filters { try check(filter.sources, filter.name, report) }
                let result = try Self.run(report, session)
                #expect(!result.rows.isEmpty)
                for column in result.columns {
                    if column.sources == .none { #expect(column.name == "indent", "\(report.name): \(column.name)") }
                    try check(column.sources, column.name, report, result.columns)
                }
                for figure in result.summary {
                    #expect(figure.sources != .none && figure.sources != .own, "\(report.name): \(figure.label)")
                    try check(figure.sources, figure.label, report)
                }
            }
        }
    }

    private static let hidden: [(fields: [(String, String)], value: String, tellers: Set<String>)] = [
        (
            [("GL Entry", "debit"), ("Payment Ledger Entry", "amount")], "770.77",
            [
                "General Ledger", "Trial Balance", "Balance Sheet", "Profit and Loss Statement", "Accounts Receivable",
            ]
        ),
        ([("Item", "reorder_level")], "424242", ["Stock Balance"]),
        ([("Customer", "customer_name")], "mark-name", ["Accounts Receivable"]),
    ]

    @Test(arguments: hidden.indices, ["permlevel", "mask"])
    func `no report tells what its reader may not see`(index: Int, property: String) async throws {
        let trading = try await trading()
        let hidden = Self.hidden[index]
        try await trading.on("1996-12-31", as: Self.clerk) { session throws in
            for report in Self.reports {
                let told = try Self.told(report, session)
                #expect(!told.isRefused, "\(report.name): \(told.text)")
                if report.name != "Profit and Loss Statement" {
                    #expect(
                        told.text.contains(hidden.value) == hidden.tellers.contains(report.name),
                        "\(report.name): \(told.text)")
                }
            }
        }
        try await trading.on("1996-12-31") { session throws in
            for (doctype, field) in hidden.fields {
                try session.make(
                    "Property Setter",
                    [
                        "doctype_or_field": "DocField", "doc_type": .string(doctype), "field_name": .string(field),
                        "property": .string(property), "value": "1",
                    ])
            }
        }
        try await trading.on("1996-12-31", as: Self.clerk) { session throws in
            for report in Self.reports {
                let told = try Self.told(report, session)
                #expect(!told.text.contains(hidden.value), "\(report.name): \(told.text)")
                // Only what is summed up of the field goes as a whole.
                #expect(!told.isRefused || index == 0, "\(report.name)")
            }
        }
        try await trading.on("1996-12-31") { session throws in
            for report in Self.reports where hidden.tellers.contains(report.name) && report.name.hasPrefix("Stock") {
                #expect(try Self.told(report, session).text.contains(hidden.value))
            }
        }
    }

    @Test func `the ledger is told without its debits where they alone are hidden`() async throws {
        let trading = try await trading()
        try await trading.on("1996-12-31") { session throws in
            _ = try session.make(
                "Property Setter",
                [
                    "doctype_or_field": "DocField", "doc_type": "GL Entry", "field_name": "debit",
                    "property": "permlevel", "value": "1",
                ])
        }
        try await trading.on("1996-12-31", as: Self.clerk) { session throws in
            let report = try #require(Self.reports.first { $0.name == "General Ledger" })
            let names = try Self.run(report, session).columns.map(\.name)
            #expect(names.contains("credit") && !names.contains("debit") && !names.contains("balance"))
            let method = "erpnext.accounts.utils.get_balance_on"
            let error = #expect(throws: Problem.self) { try session.call(method, ["account": "Debtors - NT"]) }
            #expect(error?.kind == .forbidden && error?.field == "debit")
        }
    }
}
