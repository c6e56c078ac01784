internal import Documents
internal import Reports
internal import Values

/// The periods that a financial statement shows side by side.
struct StatementPeriods {
    struct Period {
        let key: String
        let label: String
        let from: Day
        let to: Day
    }

    let periods: [Period]

    static let filters: [Report.Filter] = [
        .required("company", .link, "Company"),
        .optional("filter_based_on", .select, "Fiscal Year\nDate Range", from: .none),
        .optional("from_fiscal_year", .link, "Fiscal Year", from: ReportHelp.fiscalYear),
        .optional("to_fiscal_year", .link, "Fiscal Year", from: ReportHelp.fiscalYear),
        .optional("fiscal_year", .link, "Fiscal Year", from: ReportHelp.fiscalYear),
        .optional("period_start_date", .date, from: ReportHelp.postingDate),
        .optional("period_end_date", .date, from: ReportHelp.postingDate),
        .optional("from_date", .date, from: ReportHelp.postingDate),
        .optional("to_date", .date, from: ReportHelp.postingDate),
        .optional("report_date", .date, from: ReportHelp.postingDate),
        .optional("periodicity", .select, "Monthly\nQuarterly\nHalf-Yearly\nYearly", from: .none),
        .optional("accumulated_values", .check, from: .none), .optional("show_zero_values", .check, from: .none),
    ]

    /// The most periods of one statement.
    private static let most = 120

    /// Reads the filters: a range of days or of fiscal years, cut into months, quarters, half years or years.
    init(_ arguments: Arguments, in session: Session) throws {
        let (start, end) = try Self.range(arguments, in: session)
        guard start <= end else {
            throw Problem(
                .datesOutOfOrder, "The period ends on \(end), before it begins on \(start)", field: "period_end_date")
        }
        let months = ["Monthly": 1, "Quarterly": 3, "Half-Yearly": 6][arguments.text("periodicity") ?? ""] ?? 12
        var periods: [Period] = []
        var from = start
        while from <= end {
            let to = min(from.startOfMonth.adding(months: months).adding(days: -1), end)
            periods.append(Period(key: Self.key(to), label: Self.label(from, to, months), from: from, to: to))
            guard periods.count <= Self.most else {
                throw Problem(
                    .tooMany, "More than \(Self.most) periods", field: "periodicity", fix: "Ask for longer ones.")
            }
            guard to < .latest else { break }
            from = to.adding(days: 1)
        }
        self.periods = periods
    }

    private static func range(_ arguments: Arguments, in session: Session) throws -> (Day, Day) {
        let end = try arguments.day("period_end_date") ?? arguments.day("to_date") ?? arguments.day("report_date")
        let start = try arguments.day("period_start_date") ?? arguments.day("from_date")
        let isByDate = arguments.text("filter_based_on") == "Date Range"
        let firstName = arguments.text("from_fiscal_year") ?? arguments.text("fiscal_year")
        if let firstName, !isByDate {
            let first = try FiscalYears.named(firstName, in: session)
            let last = try FiscalYears.named(arguments.text("to_fiscal_year") ?? firstName, in: session)
            return (start ?? first.start, end ?? last.end)
        }
        let last = end ?? session.today
        if let start { return (start, last) }
        let year = try FiscalYears.find(last, in: session)
        return (year?.start ?? last.startOfYear, last)
    }

    private static let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// `mar_2026`: the month a period ends in.
    private static func key(_ day: Day) -> String { "\(names[day.month - 1])_\(day.year)" }

    private static func label(_ from: Day, _ to: Day, _ months: Int) -> String {
        let end = "\(names[to.month - 1].capitalizedFirst) \(to.year)"
        if months == 12 { return from.year == to.year ? "\(to.year)" : "\(from.year)-\(to.year)" }
        return months == 1 ? end : "\(names[from.month - 1].capitalizedFirst) \(from.year)-\(end)"
    }
}

extension String {
    /// The text with its first letter large.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
