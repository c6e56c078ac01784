internal import Documents
internal import Reports
internal import Values

/// What the reports of the books share.
enum ReportHelp {
    /// The field that days are chosen by.
    static let postingDate: ReportSources = .of("GL Entry", "posting_date")
    /// The fields that a fiscal year chooses by.
    static let fiscalYear: ReportSources = postingDate + .of("Fiscal Year", "year_start_date", "year_end_date")
    /// The column of a company's currency.
    static let currency = ReportColumn(
        "currency", .link, options: "Currency", from: .of("Company", "default_currency"))

    /// An amount of money as a report shows it.
    static func money(_ amount: Exact) -> Value { Value(amount, scale: 4) }

    /// An amount as a value of a column.
    static func text(_ text: String) -> Value { text.isEmpty ? .null : .text(text) }

    /// The company a report is about.
    static func company(_ arguments: Arguments, in session: Session) throws -> Doc<Company> {
        try Companies.get(arguments.required("company"), in: session)
    }

    /// The days a report is about: given, or those of the fiscal year, or those of the year today is in.
    static func range(_ arguments: Arguments, in session: Session) throws -> (from: Day, to: Day, yearStart: Day) {
        var from = try arguments.day("from_date")
        var to = try arguments.day("to_date")
        if let name = arguments.text("fiscal_year") {
            let year = try FiscalYears.named(name, in: session)
            from = from ?? year.start
            to = to ?? year.end
        }
        let last = to ?? session.today
        let year = try FiscalYears.find(from ?? last, in: session)
        let first = from ?? year?.start ?? last.startOfYear
        guard first <= last else {
            throw Problem(.datesOutOfOrder, "from_date \(first) is after to_date \(last)", field: "from_date")
        }
        return (first, last, year?.start ?? first.startOfYear)
    }
}
