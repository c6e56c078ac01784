import Testing
import Values

@Suite struct DayTests {
    @Test(
        arguments: [
            ("1970-01-01", 0, 4), ("1969-12-31", -1, 3), ("2000-02-29", 11016, 2), ("2026-03-05", 20517, 4),
            ("0001-01-01", -719_162, 1), ("9999-12-31", 2_932_896, 5), ("1582-10-15", -141_427, 5),
        ])
    func `a day is its number, its text and its weekday`(text: String, number: Int, weekday: Int) throws {
        let day = try #require(Day(text))
        #expect(Int(day.number) == number)
        #expect(day.description == text)
        #expect(day.weekday == weekday)
        #expect(Day(year: day.year, month: day.month, day: day.day) == day)
    }

    @Test(
        arguments: [
            "", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31", "0000-01-01",
            "2026-1-01",
            "2026-01-1", "26-01-01", "2026/01/01", "2026-01-01 ", " 2026-01-01", "+2026-01-01", "10000-01-01",
            "2026-01-01T",
        ])
    func `refuses what is no day`(text: String) {
        #expect(Day(text) == nil)
    }

    @Test func `every day follows the one before`() throws {
        var (year, month, day, weekday) = (1, 1, 1, 1)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for number in Day.earliest.number...Day.latest.number {
            let today = Day(number: number)
            if today.year != year || today.month != month || today.day != day || today.weekday != weekday {
                Issue.record("\(number) is \(today), expected \(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length = month == 2 && isLeap ? 29 : lengths[month - 1]
            weekday = weekday % 7 + 1
            day += 1
            if day > length { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
    }

    @Test(
        arguments: [
            ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-03-31", -1, "2026-02-28"),
            ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -13, "2024-12-15"), ("2026-05-05", 0, "2026-05-05"),
            ("9999-12-01", 1, "9999-12-31"), ("0001-01-20", -1, "0001-01-01"), ("2026-05-05", Int.max, "9999-12-31"),
            ("2026-05-05", Int.min, "0001-01-01"),
        ])
    func `moves by months and stays in the month`(from: String, months: Int, to: String) {
        #expect(Day(from)?.adding(months: months).description == to)
    }

    @Test func `moves by days and years`() throws {
        let day = try #require(Day("2024-02-29"))
        #expect(day.adding(days: 1).description == "2024-03-01")
        #expect(day.adding(days: -366).description == "2023-02-28")
        #expect(day.adding(years: 1).description == "2025-02-28")
        #expect(day.adding(years: 4).description == "2028-02-29")
        #expect(day.adding(years: .max) == .latest)
        #expect(day.adding(years: .min) == .earliest)
        #expect(day.adding(days: .max) == .latest)
        #expect(day.adding(days: .min) == .earliest)
        #expect(day.adding(days: 40) - day == 40)
        #expect(Day(number: .max) == .latest)
        #expect(Day(number: .min) == .earliest)
        #expect(Day.latest.adding(days: 1) == .latest)
        #expect(Day.earliest < Day.latest)
    }

    @Test func `knows the month, quarter and year around it`() throws {
        let day = try #require(Day("2024-05-17"))
        #expect("\(day.startOfMonth) \(day.endOfMonth)" == "2024-05-01 2024-05-31")
        #expect("\(day.startOfQuarter) \(day.endOfQuarter)" == "2024-04-01 2024-06-30")
        #expect("\(day.startOfYear) \(day.endOfYear)" == "2024-01-01 2024-12-31")
        #expect(day.dayOfYear == 138)
        #expect(day.monthIndex == 2024 * 12 + 4)
        #expect(Day("2024-02-03")?.endOfMonth.description == "2024-02-29")
        #expect(Day.latest.endOfQuarter == .latest)
        #expect(Day.earliest.startOfMonth == .earliest)
    }

    @Test(
        arguments: [
            ("2005-01-01", 2004, 53), ("2005-01-02", 2004, 53), ("2005-12-31", 2005, 52), ("2006-01-01", 2005, 52),
            ("2007-01-01", 2007, 1), ("2008-12-29", 2009, 1), ("2010-01-03", 2009, 53), ("2026-03-05", 2026, 10),
            ("0001-01-01", 1, 1),
            ("9999-12-31", 9999, 52),
        ])
    func `counts weeks by ISO 8601`(text: String, year: Int, week: Int) throws {
        let day = try #require(Day(text))
        #expect(day.isoWeek == (year, week))
    }
}
