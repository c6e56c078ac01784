public import Documents
internal import Storage
public import Values

/// A year of business. Nothing is posted on a day that is in none, or in a closed one.
public struct FiscalYear: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Fiscal Year", module: "Accounts", naming: .field("year"), sort: ("year_start_date", true),
        permissions: [
            .manage("System Manager"), .manage("Accounts Manager"), .read("Accounts User"), .read("Auditor"),
            .read("Sales User"), .read("Purchase User"), .read("Stock User"),
        ], summary: "A year of business.")

    public let year = Data(.required, .setOnlyOnce, .inListView)
    public let yearStartDate = DateField(.required, .inListView, .indexed)
    public let yearEndDate = DateField(.required, .inListView)
    public let isShortYear = Check()
    public let closed = Check(.inListView, .about("Nothing is posted in a closed year any more."))
    public let disabled = Check()
    public init() {}

    public static func validate(_ year: Doc<Self>, in session: Session) throws {
        guard let start = year.yearStartDate, let end = year.yearEndDate else { return }
        guard start < end else {
            throw Problem(.invalid, "The year ends before it begins", field: "year_end_date")
        }
        // Reports look at the day before what they are about, and at the day after it.
        guard start > .earliest, end < .latest else {
            throw Problem(
                .outOfRange, "A fiscal year lies between \(Day.earliest) and \(Day.latest)", field: "year_start_date")
        }
        guard end < start.adding(months: 18) else {
            throw Problem(.invalid, "A fiscal year has at most 18 months", field: "year_end_date")
        }
        let overlapping = try session.transaction.first(
            """
            SELECT name FROM fiscal_year WHERE year_start_date <= ? AND year_end_date >= ? AND name <> ?
            AND disabled = 0 LIMIT 1
            """, [.day(end), .day(start), .text(year.name)], [.text])
        if let overlapping, !year.disabled {
            throw Problem(
                .invalid, "\(year.name) overlaps with the fiscal year \(overlapping[0].description)",
                field: "year_start_date")
        }
    }
}

/// Finding the fiscal year of a day.
public enum FiscalYears {
    /// A year of business.
    public struct Year: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its first day.
        public let start: Day
        /// Its last day.
        public let end: Day
        /// Nothing is posted in it any more.
        public let isClosed: Bool
    }

    /// The fiscal year that the day is in.
    ///
    /// - Throws: ``Problem/Kind/noFiscalYear``.
    public static func year(of day: Day, in session: Session) throws -> Year {
        let found = try query("year_start_date <= ? AND year_end_date >= ?", [.day(day), .day(day)], in: session)
        guard let year = found else {
            throw Problem(
                .noFiscalYear, "\(day) is in no fiscal year", field: "posting_date",
                fix: "Create a Fiscal Year that contains it.")
        }
        return year
    }

    /// The fiscal year of that name.
    ///
    /// - Throws: ``Problem/Kind/noFiscalYear``.
    public static func named(_ name: String, in session: Session) throws -> Year {
        guard let year = try query("name = ?", [.text(name)], in: session) else {
            throw Problem(.noFiscalYear, "There is no fiscal year \(name)", field: "fiscal_year")
        }
        return year
    }

    /// The fiscal years that these days touch, in order.
    static func years(from first: Day, to last: Day, in session: Session) throws -> [Year] {
        try rows("year_start_date <= ? AND year_end_date >= ?", [.day(last), .day(first)], "", in: session)
    }

    private static func query(_ condition: String, _ arguments: [Value], in session: Session) throws -> Year? {
        try rows(condition, arguments, "LIMIT 1", in: session).first
    }

    private static func rows(
        _ condition: String, _ arguments: [Value], _ limit: String, in session: Session
    ) throws -> [Year] {
        try session.transaction.query(
            """
            SELECT name, year_start_date, year_end_date, closed FROM fiscal_year WHERE \(condition)
            AND disabled = 0 ORDER BY year_start_date \(limit)
            """, arguments, [.text, .day, .day, .integer]
        ).compactMap { row in
            guard let start = row[1].day, let end = row[2].day else { return nil }
            return Year(name: row[0].text ?? "", start: start, end: end, isClosed: row[3].int == 1)
        }
    }
}
