/// A calendar day, without a time and without a time zone, in the years 1 to 9999 of the proleptic Gregorian calendar.
///
/// Arithmetic saturates at ``earliest`` and ``latest``. The conversions are Howard Hinnant's `days_from_civil` and
/// `civil_from_days` ("chrono-Compatible Low-Level Date Algorithms", howardhinnant.github.io/date_algorithms.html).
public struct Day: Sendable, Hashable {
    /// Days since 1970-01-01.
    public let number: Int32

    /// The day with that number of days since 1970-01-01; outside the years 1 to 9999 the nearest that there is.
    public init(number: Int32) {
        self.number = min(max(number, Self.earliestNumber), Self.latestNumber)
    }

    /// A day of the calendar; `nil` when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard 1...9999 ~= year, 1...12 ~= month, day >= 1, day <= Self.daysInMonth(year, month) else { return nil }
        self.init(civil: year, month, day)
    }

    /// 0001-01-01
    public static var earliest: Day { Day(number: earliestNumber) }
    /// 9999-12-31
    public static var latest: Day { Day(number: latestNumber) }

    private static var earliestNumber: Int32 { -719_162 }
    private static var latestNumber: Int32 { 2_932_896 }

    private init(clamping number: Int) {
        self.init(number: Int32(clamping: number))
    }
}

// MARK: - Parts

extension Day {
    /// 1...9999
    public var year: Int { civil.year }
    /// 1...12
    public var month: Int { civil.month }
    /// The day of the month, 1...31.
    public var day: Int { civil.day }
    /// 1 for Monday to 7 for Sunday (ISO 8601).
    public var weekday: Int { (Int(number) + 719_162) % 7 + 1 }
    /// 1 for the first of January, up to 366.
    public var dayOfYear: Int { self - startOfYear + 1 }
    /// `year * 12 + month - 1`: consecutive months have consecutive numbers.
    public var monthIndex: Int {
        let civil = civil
        return civil.year * 12 + civil.month - 1
    }

    /// The week by ISO 8601, 1...53, and the year it belongs to, which near New Year may be another than the day's.
    public var isoWeek: (year: Int, week: Int) {
        // The week belongs to the year of its Thursday, which outside 1...9999 is not a Day.
        let thursday = Int(number) - weekday + 4
        let year = Self.civil(thursday).year
        return (year, (thursday - Self.number(year, 1, 1)) / 7 + 1)
    }
}

// MARK: - Arithmetic

extension Day {
    /// Moves by days.
    public func adding(days: Int) -> Day {
        let (sum, overflow) = Int(number).addingReportingOverflow(days)
        return overflow ? (days < 0 ? .earliest : .latest) : Day(clamping: sum)
    }

    /// Moves by months; a day that the month does not have becomes its last: 31 January and one month is 28 February.
    public func adding(months: Int) -> Day {
        let civil = civil
        let (index, overflow) = (civil.year * 12 + civil.month - 1).addingReportingOverflow(months)
        if overflow || index < 12 || index > 9999 * 12 + 11 { return months < 0 ? .earliest : .latest }
        let (year, month) = (index / 12, index % 12 + 1)
        return Day(civil: year, month, min(civil.day, Self.daysInMonth(year, month)))
    }

    /// Moves by years; 29 February becomes the 28th where needed.
    public func adding(years: Int) -> Day {
        let (months, overflow) = years.multipliedReportingOverflow(by: 12)
        return overflow ? (years < 0 ? .earliest : .latest) : adding(months: months)
    }

    /// The days from `r` to `l`.
    public static func - (l: Day, r: Day) -> Int { Int(l.number) - Int(r.number) }

    /// The first day of the month.
    public var startOfMonth: Day { adding(days: 1 - day) }

    /// The last day of the month.
    public var endOfMonth: Day {
        let civil = civil
        return Day(civil: civil.year, civil.month, Self.daysInMonth(civil.year, civil.month))
    }

    /// The first day of the calendar quarter.
    public var startOfQuarter: Day {
        let civil = civil
        return Day(civil: civil.year, (civil.month - 1) / 3 * 3 + 1, 1)
    }

    /// The last day of the calendar quarter.
    public var endOfQuarter: Day {
        let civil = civil
        let month = (civil.month - 1) / 3 * 3 + 3
        return Day(civil: civil.year, month, Self.daysInMonth(civil.year, month))
    }

    /// The first of January.
    public var startOfYear: Day { Day(civil: year, 1, 1) }
    /// The last of December.
    public var endOfYear: Day { Day(civil: year, 12, 31) }
}

extension Day: Comparable {
    /// Whether `l` is before `r`.
    public static func < (l: Day, r: Day) -> Bool { l.number < r.number }
}

// MARK: - Text

extension Day: LosslessStringConvertible {
    /// Reads `YYYY-MM-DD`, and nothing else; `nil` when it is not that or there is no such day.
    public init?(_ text: String) {
        let utf8 = text.utf8.span
        var at = 0
        guard let day = Day(scanning: utf8, &at), at == utf8.count else { return nil }
        self = day
    }

    /// Reads a day, or the day that is written in a moment as ``Timestamp`` reads it: an offset moves the moment, not
    /// the day that somebody wrote.
    public static func written(_ text: String) -> Day? {
        var at = 0
        guard let day = Day(scanning: text.utf8.span, &at), at == text.utf8.count || Timestamp(text) != nil else {
            return nil
        }
        return day
    }

    init?(scanning text: Span<UInt8>, _ at: inout Int) {
        guard let year = Scan.digits(text, &at, 4, 4), Scan.byte(0x2D, text, &at),
            let month = Scan.digits(text, &at, 2, 2), Scan.byte(0x2D, text, &at),
            let day = Scan.digits(text, &at, 2, 2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD`
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(10)
        text.append(day: self)
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    mutating func append(day: Day) {
        let civil = day.civil
        append(twoDigits: civil.year / 100)
        append(twoDigits: civil.year % 100)
        append(0x2D)
        append(twoDigits: civil.month)
        append(0x2D)
        append(twoDigits: civil.day)
    }
}

// MARK: - Calendar

extension Day {
    fileprivate var civil: (year: Int, month: Int, day: Int) { Self.civil(Int(number)) }

    private init(civil year: Int, _ month: Int, _ day: Int) {
        self.init(clamping: Self.number(year, month, day))
    }

    private static func daysInMonth(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `days_from_civil`: an era has 400 years, a year begins in March so that the leap day is its last.
    private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// `civil_from_days`
    private static func civil(_ number: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
