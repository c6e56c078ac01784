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
    public let closed = Check(.inListView, .description("Nothing is posted in a closed year any more."))
    public let disabled = Check()
    public init() {}

    public static func validate(_ year: Doc<Self>, in session: Session) throws {
        guard let start = year.yearStartDate, let end = year.yearEndDate else { return }
        guard start < end else {
            throw Problem(.datesOutOfOrder, "The year ends before it begins", field: "year_end_date")
        }
        // Reports look at the day before what they are about, and at the day after it.
        guard start > .earliest, end < .latest else {
            throw Problem(
                .outOfRange, "A fiscal year lies between \(Day.earliest) and \(Day.latest)", field: "year_start_date")
        }
        guard end < start.adding(months: 18) else {
            throw Problem(.outOfBounds, "A fiscal year has at most 18 months", field: "year_end_date")
        }
        let overlapping = try session.transaction.first(
            """
            SELECT name FROM fiscal_year WHERE year_start_date <= ? AND year_end_date >= ? AND name <> ?
            AND disabled = 0 LIMIT 1
            """, [.day(end), .day(start), .text(year.name)], [.text])
        if let overlapping, !year.disabled {
            throw Problem(
                .overlaps,
                "\(year.name) overlaps with \(try session.named("Fiscal Year", overlapping[0].description))",
                field: "year_start_date")
        }
        for days in lost(year) { try refuseIfPosted(year, days, in: session) }
    }

    public static func onTrash(_ year: Doc<Self>, in session: Session) throws {
        guard let start = year.yearStartDate, let end = year.yearEndDate, start <= end else { return }
        try refuseIfPosted(year, start...end, in: session)
    }

    /// Two years of business do not become one: days of the one would be in none.
    public static func beforeRename(_ year: Doc<Self>, _ rename: Rename, in session: Session) throws -> String {
        guard rename.merges else { return rename.new }
        throw Problem(.notMergeable, "Fiscal years are not merged")
    }

    /// The days that would be in no year any more.
    private static func lost(_ year: Doc<Self>) -> [ClosedRange<Day>] {
        let document = year.document
        guard !document.isNew, document.storedValue("disabled").int != 1,
            let first = document.storedValue("year_start_date").day,
            let last = document.storedValue("year_end_date").day, first <= last,
            let start = year.yearStartDate, let end = year.yearEndDate
        else { return [] }
        if year.disabled || start > last || end < first { return [first...last] }
        return (start > first ? [first...start.adding(days: -1)] : [])
            + (end < last ? [end.adding(days: 1)...last] : [])
    }

    /// Refuses to let go of days on which any ledger has entries. Those of a disabled year may be another's.
    private static func refuseIfPosted(
        _ year: Doc<Self>, _ days: ClosedRange<Day>, in session: Session
    ) throws {
        let isDisabled = year.document.storedValue("disabled").int == 1
        for ledger in session.registry.doctypes where ledger.kind == .ledger && ledger.field("posting_date") != nil {
            if isDisabled, ledger.field("fiscal_year") == nil { continue }
            let row = try session.transaction.first(
                """
                SELECT posting_date FROM \(quoted(ledger.table)) WHERE posting_date >= ? AND posting_date <= ?
                \(isDisabled ? "AND fiscal_year = ?" : "") LIMIT 1
                """, [.day(days.lowerBound), .day(days.upperBound)] + (isDisabled ? [.text(year.name)] : []), [.day])
            guard let row else { continue }
            throw Problem(
                .yearInUse, "\(ledger.name) has rows of \(row[0].description), which would be in no fiscal year",
                field: "year_start_date", fix: "Keep the days of the year; close it to let nothing more be posted.")
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
        guard let year = try find(day, in: session) else { throw none(of: day) }
        return year
    }

    /// The fiscal year that the day is in; nil when there is none.
    static func find(_ day: Day, in session: Session) throws -> Year? {
        let query = query(of: day)
        return try session.transaction.first(query.sql, query.arguments, query.types).flatMap(Year.init)
    }

    /// What is said of a day that is in no fiscal year.
    static func none(of day: Day) -> Problem {
        Problem(
            .noFiscalYear, "\(day) is in no fiscal year", field: "posting_date",
            fix: "Create a Fiscal Year that contains it.")
    }

    /// The fiscal year of that name.
    ///
    /// - Throws: ``Problem/Kind/noFiscalYear``.
    public static func named(_ name: String, in session: Session) throws -> Year {
        guard let year = try rows("name = ?", [.text(name)], in: session).first else {
            throw Problem(.noFiscalYear, "There is no fiscal year \(name)", field: "fiscal_year")
        }
        return year
    }

    /// The fiscal years that these days touch, in order.
    static func years(from first: Day, to last: Day, in session: Session) throws -> [Year] {
        try rows("year_start_date <= ? AND year_end_date >= ?", [.day(last), .day(first)], in: session)
    }

    /// The fiscal years that share days with these, in order.
    package static func overlapping(_ days: ClosedRange<Day>, in session: Session) throws -> [Year] {
        try years(from: days.lowerBound, to: days.upperBound, in: session)
    }

    /// A query for the fiscal year of a day, for ``Year/init(_:)``.
    static func query(of day: Day) -> Query {
        Query(select("year_start_date <= ? AND year_end_date >= ?") + " LIMIT 1", [.day(day), .day(day)], types)
    }

    private static let types: [ColumnType] = [.text, .day, .day, .integer]

    private static func select(_ condition: String) -> String {
        """
        SELECT name, year_start_date, year_end_date, closed FROM fiscal_year WHERE \(condition)
        AND disabled = 0 ORDER BY year_start_date
        """
    }

    private static func rows(_ condition: String, _ arguments: [Value], in session: Session) throws -> [Year] {
        try session.transaction.query(select(condition), arguments, types).compactMap(Year.init)
    }
}

extension FiscalYears.Year {
    /// The year of a row of a query for years.
    init?(_ row: [Value]) {
        guard let start = row[1].day, let end = row[2].day else { return nil }
        self.init(name: row[0].text ?? "", start: start, end: end, isClosed: row[3].int == 1)
    }
}
