internal import Documents
internal import Metadata
internal import Values

/// How often something comes back.
struct Recurrence: Equatable, Sendable {
    /// The words of Frappe's Auto Repeat.
    enum Frequency: String, CaseIterable, Sendable {
        case daily = "Daily"
        case weekly = "Weekly"
        case fortnightly = "Fortnightly"
        case monthly = "Monthly"
        case quarterly = "Quarterly"
        case halfYearly = "Half-yearly"
        case yearly = "Yearly"

        /// How many months lie between two; nil for what goes by days.
        var months: Int? {
            switch self {
            case .monthly: 1
            case .quarterly: 3
            case .halfYearly: 6
            case .yearly: 12
            default: nil
            }
        }
    }

    var frequency: Frequency
    /// The first day it may come on.
    var start: Day
    /// The day of the month it comes on, 1 to 31; 0 is that of `start`. A shorter month has it on its last day.
    var dayOfMonth = 0
    /// It comes on the last day of the month.
    var onLastDay = false
    /// The days of the week it comes on, 1 is Monday; none is that of `start`. Only for weekly ones.
    var weekdays: Set<Int> = []

    /// The first day it comes on after `day`.
    func next(after day: Day) -> Day {
        switch frequency {
        case .daily: return max(start, day.adding(days: 1))
        case .weekly where !weekdays.isEmpty:
            var next = max(start, day.adding(days: 1))
            // At most a week ahead.
            for _ in 0..<7 where !weekdays.contains(next.weekday) { next = next.adding(days: 1) }
            return next
        case .weekly, .fortnightly:
            let step = frequency == .weekly ? 7 : 14
            guard day >= start else { return start }
            return start.adding(days: ((day - start) / step + 1) * step)
        case .monthly, .quarterly, .halfYearly, .yearly:
            let step = frequency.months ?? 1
            var month = 0
            if day >= start { month = (day.monthIndex - start.monthIndex) / step * step }
            var next = place(month)
            // The month of the day itself may lie before or behind it.
            for _ in 0..<2 where next <= day || next < start {
                month += step
                next = place(month)
            }
            return next
        }
    }

    /// The day in the month that lies so many months after that of `start`.
    private func place(_ months: Int) -> Day {
        let first = start.startOfMonth.adding(months: months)
        let last = first.endOfMonth
        if onLastDay { return last }
        let wanted = dayOfMonth > 0 ? dayOfMonth : start.day
        return min(last, first.adding(days: min(wanted, 31) - 1))
    }
}
