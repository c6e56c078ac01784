internal import Documents
internal import Values

/// When something is done again and again, as cron writes it: minute, hour, day of the month, month and day of the week, by the
/// clocks of the company. See crontab(5): lists, ranges, steps and the names of months and days; where both days are limited,
/// either is enough.
struct Cron: Sendable, Equatable {
    private var minutes: Set<Int>
    private var hours: Set<Int>
    private var days: Set<Int>
    private var months: Set<Int>
    /// 0 is Sunday.
    private var weekdays: Set<Int>
    private var limitsDays: Bool
    private var limitsWeekdays: Bool

    private static let words = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// What a text says; nil when it says nothing.
    init?(_ text: String) {
        let fields = (Self.words[text] ?? text).split(separator: " ").map(String.init)
        guard fields.count == 5,
            let minutes = Self.numbers(fields[0], 0...59), let hours = Self.numbers(fields[1], 0...23),
            let days = Self.numbers(fields[2], 1...31),
            let months = Self.numbers(fields[3], 1...12, Self.monthNames, 1),
            let weekdays = Self.numbers(fields[4], 0...7, Self.dayNames, 0)
        else { return nil }
        (self.minutes, self.hours, self.days, self.months) = (minutes, hours, days, months)
        self.weekdays = Set(weekdays.map { $0 % 7 })
        limitsDays = !fields[2].hasPrefix("*")
        limitsWeekdays = !fields[4].hasPrefix("*")
    }

    /// The numbers that a field means.
    private static func numbers(
        _ field: String, _ range: ClosedRange<Int>, _ names: [String] = [], _ first: Int = 0
    ) -> Set<Int>? {
        func number(_ text: Substring) -> Int? {
            if let place = names.firstIndex(of: text.lowercased()) { return place + first }
            guard (1...2).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(text), range.contains(number)
            else { return nil }
            return number
        }
        var found: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(halves.count) else { return nil }
            var bounds = range
            if halves[0] != "*" {
                let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
                guard (1...2).contains(ends.count), let lower = number(ends[0]),
                    let upper = ends.count == 2 ? number(ends[1]) : halves.count == 2 ? range.upperBound : lower,
                    lower <= upper
                else { return nil }
                bounds = lower...upper
            }
            var step = 1
            if halves.count == 2 {
                guard let given = Int(halves[1]), given > 0, given <= range.upperBound else { return nil }
                step = given
            }
            found.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
        }
        return found
    }

    private func isOn(_ day: Day) -> Bool {
        guard months.contains(day.month) else { return false }
        let (fits, fitsWeek) = (days.contains(day.day), weekdays.contains(day.weekday % 7))
        return limitsDays && limitsWeekdays ? fits || fitsWeek : fits && fitsWeek
    }

    /// How many days ahead or back is looked: a 29 February comes again after eight years at the latest.
    private static let mostDays = 366 * 9

    /// The first moment after another; nil where there is none, as on a 30 February.
    func next(after moment: Timestamp, in zone: CompanyZone) -> Timestamp? {
        // What the clocks show twice is past when it was shown once.
        let start = zone.wallClock(at: moment)
        for offset in 0...Self.mostDays {
            let day = start.day.adding(days: offset)
            guard isOn(day) else { continue }
            for time in times {
                let found = zone.moment(of: Timestamp(day, time))
                if found > moment { return found }
            }
        }
        return nil
    }

    /// The last moment that is not after another; nil where there is none.
    func last(until moment: Timestamp, in zone: CompanyZone) -> Timestamp? {
        let start = zone.wallClock(at: moment)
        for offset in 0...Self.mostDays {
            let day = start.day.adding(days: -offset)
            guard isOn(day) else { continue }
            for time in times.reversed() {
                let found = zone.moment(of: Timestamp(day, time))
                if found <= moment { return found }
            }
        }
        return nil
    }

    /// The times of a day, in order.
    private var times: [TimeOfDay] {
        hours.sorted().flatMap { hour in
            minutes.sorted().map { TimeOfDay(microseconds: Int64(hour * 60 + $0) * 60_000_000) }
        }
    }
}
