internal import Documents
internal import Storage
internal import Values

/// The words of series that come from the books, as in ERPNext.
enum SeriesWords {
    static let all = [fiscalYear, abbreviation]

    /// `FY`: the fiscal year of the day of posting or of the transaction, else of the day on which the document is named.
    private static let fiscalYear = NamingWord(
        "FY", need: "Create a Fiscal Year that contains the day."
    ) { documents, session in
        let days = documents.map { $0.day("posting_date") ?? $0.day("transaction_date") ?? session.today }
        guard let first = days.min(), let last = days.max() else { return [] }
        let years = try FiscalYears.years(from: first, to: last, in: session)
        return days.map { day in years.first { $0.start <= day && day <= $0.end }?.name }
    }

    /// `ABBR`: the abbreviation of the company that the document names, or of the first, which it is then of.
    private static let abbreviation = NamingWord("ABBR", need: "Give company.") { documents, session in
        let companies = documents.map { $0.text("company") }
        var found = try session.values(of: "Company", Set(companies), ["abbr"])
        if companies.contains("") {
            found[""] = try session.transaction.first(
                "SELECT abbr FROM company ORDER BY creation, name LIMIT 1", [], [.text])
        }
        return companies.map { found[$0]?[0].text }
    }
}
