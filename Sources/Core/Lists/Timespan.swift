internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// The spans of days that filters know by words.
enum Timespan {
    /// The first and the last day of a span, seen from the session's day; nil for words it does not know.
    static func days(_ op: Operator, _ text: String, in session: Session) throws -> (first: Day, last: Day)? {
        try fiscal(text, in: session) ?? days(op, text, from: session.today)
    }

    /// A year of the company's, which `Fiscal Year` documents name; nil for other words, and where there is no such year.
    private static func fiscal(_ text: String, in session: Session) throws -> (first: Day, last: Day)? {
        let words = text.lowercased().split(separator: " ")
        guard words.count == 3, words[1] == "fiscal", words[2] == "year" || words[2] == "quarter",
            ["last", "this", "next"].contains(words[0]), let type = session.registry.find("Fiscal Year"),
            type.slot(of: "year_start_date") != nil, type.slot(of: "year_end_date") != nil
        else { return nil }
        let step = words[0] == "last" ? -1 : words[0] == "next" ? 1 : 0
        let isYear = words[2] == "year"
        func year(of day: Day) throws -> (first: Day, last: Day)? {
            let row = try session.transaction.first(
                """
                SELECT year_start_date, year_end_date FROM \(quoted(type.table)) WHERE year_start_date <= ? AND \
                year_end_date >= ? ORDER BY year_start_date DESC, name LIMIT 1
                """, [.day(day), .day(day)], [.day, .day])
            guard let first = row?[0].day, let last = row?[1].day else { return nil }
            return (first, last)
        }
        guard let now = try year(of: session.today) else { return nil }
        if isYear {
            switch step {
            case -1: return try year(of: now.first.adding(days: -1))
            case 1: return try year(of: now.last.adding(days: 1))
            default: return now
            }
        }
        // Quarters are counted in months from the first day of the year.
        let months = session.today.monthIndex - now.first.monthIndex - (session.today.day < now.first.day ? 1 : 0)
        let first = now.first.adding(months: (months / 3 + step) * 3)
        return (first, first.adding(months: 3).adding(days: -1))
    }

    /// The first and the last day of a span, seen from `today`; nil for words it does not know.
    static func days(_ op: Operator, _ text: String, from today: Day) -> (first: Day, last: Day)? {
        let words = text.lowercased().split(separator: " ").map(String.init)
        if op == .previous || op == .next {
            guard words.count == 2, let count = Int(words[0], in: 1...1000) else { return nil }
            return relative(op == .next ? "next" : "last", count, words[1], today)
        }
        switch words {
        case ["yesterday"]: return (today.adding(days: -1), today.adding(days: -1))
        case ["today"]: return (today, today)
        case ["tomorrow"]: return (today.adding(days: 1), today.adding(days: 1))
        default: break
        }
        guard let which = words.first, ["last", "this", "next"].contains(which) else { return nil }
        if words.count == 3, let count = Int(words[1], in: 1...1000) {
            return relative(which, count, words[2], today)
        }
        guard words.count == 2 else { return nil }
        let step = which == "last" ? -1 : which == "next" ? 1 : 0
        switch words[1] {
        case "week":
            let monday = today.adding(days: 1 - today.weekday + 7 * step)
            return (monday, monday.adding(days: 6))
        case "month":
            let day = today.startOfMonth.adding(months: step)
            return (day, day.endOfMonth)
        case "quarter":
            let day = today.startOfQuarter.adding(months: 3 * step)
            return (day, day.endOfQuarter)
        case "year":
            let day = today.startOfYear.adding(months: 12 * step)
            return (day, day.endOfYear)
        default: return nil
        }
    }

    private static func relative(
        _ which: String, _ count: Int, _ unit: String, _ today: Day
    ) -> (first: Day, last: Day)? {
        let sign = which == "next" ? 1 : -1
        let far: Day
        switch unit {
        case "day", "days": far = today.adding(days: sign * count)
        case "week", "weeks": far = today.adding(days: sign * count * 7)
        case "month", "months": far = today.adding(months: sign * count)
        case "quarter", "quarters": far = today.adding(months: sign * count * 3)
        case "year", "years": far = today.adding(months: sign * count * 12)
        default: return nil
        }
        return sign > 0 ? (today, far) : (far, today)
    }
}
