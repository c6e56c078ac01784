import Documents
import Metadata
import Testing
import Values

@testable import Jobs

@Suite struct CronTests {
    private func moments(_ text: String, after: String, in zone: String = "UTC", _ count: Int = 3) throws -> [String] {
        let cron = try #require(Cron(text))
        let zone = try #require(CompanyZone(zone))
        var moment = try #require(Timestamp(after))
        return try (0..<count).map { _ in
            moment = try #require(cron.next(after: moment, in: zone))
            // What comes next is also what was last when it comes, and until the one after it.
            #expect(cron.last(until: moment, in: zone) == moment)
            #expect(
                try cron.last(until: #require(cron.next(after: moment, in: zone)).adding(microseconds: -1), in: zone)
                    == moment)
            return String(moment.description.prefix(16))
        }
    }

    @Test(arguments: [
        ("0 0 * * *", ["2026-03-01 00:00", "2026-03-02 00:00", "2026-03-03 00:00"]),
        ("*/20 9 * * *", ["2026-03-01 09:00", "2026-03-01 09:20", "2026-03-01 09:40"]),
        ("5,50 8-9 * * *", ["2026-03-01 08:05", "2026-03-01 08:50", "2026-03-01 09:05"]),
        ("30 6 * * mon-fri", ["2026-03-02 06:30", "2026-03-03 06:30", "2026-03-04 06:30"]),
        ("0 12 31 * *", ["2026-03-31 12:00", "2026-05-31 12:00", "2026-07-31 12:00"]),
        ("0 0 29 feb *", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("0 0 1 * 0", ["2026-03-01 00:00", "2026-03-08 00:00", "2026-03-15 00:00"]),
        ("0 0 13 * fri", ["2026-03-06 00:00", "2026-03-13 00:00", "2026-03-20 00:00"]),
        ("0 0 */10 * 7", ["2026-03-01 00:00", "2026-05-31 00:00", "2026-06-21 00:00"]),
        ("59 23 31 12 *", ["2026-12-31 23:59", "2027-12-31 23:59", "2028-12-31 23:59"]),
        ("@hourly", ["2026-02-28 23:00", "2026-03-01 00:00", "2026-03-01 01:00"]),
        ("@monthly", ["2026-03-01 00:00", "2026-04-01 00:00", "2026-05-01 00:00"]),
    ])
    func `comes at the moments that cron means`(text: String, expected: [String]) throws {
        #expect(try moments(text, after: "2026-02-28 22:30:00") == expected)
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-3 * * * *",
        "*/0 * * * *", "1- * * * *", "1,,2 * * * *", "-1 * * * *", "+1 * * * *", "a * * * *", "* * * foo *",
        "1/2/3 * * * *",
        "999999999999999999999 * * * *", "*/999999999999999999999 * * * *", "@often", "٣ * * * *",
    ])
    func `refuses what means nothing`(text: String) { #expect(Cron(text) == nil) }

    @Test func `a day that never comes is no moment`() throws {
        let cron = try #require(Cron("0 0 30 2 *"))
        let now = try #require(Timestamp("2026-01-01 00:00:00"))
        #expect(cron.next(after: now, in: .utc) == nil && cron.last(until: now, in: .utc) == nil)
    }

    @Test func `midnight is that of the company, also where its clocks change`() throws {
        #expect(
            try moments("0 0 * * *", after: "2026-03-28 12:00:00", in: "Europe/Berlin") == [
                "2026-03-28 23:00", "2026-03-29 22:00", "2026-03-30 22:00",
            ])
        // Half past two is skipped on the 29th; it comes as long after the change.
        #expect(
            try moments("30 2 * * *", after: "2026-03-28 12:00:00", in: "Europe/Berlin") == [
                "2026-03-29 01:30", "2026-03-30 00:30", "2026-03-31 00:30",
            ])
        // In autumn it comes twice, and counts once.
        #expect(
            try moments("30 2 * * *", after: "2026-10-24 12:00:00", in: "Europe/Berlin") == [
                "2026-10-25 00:30", "2026-10-26 01:30", "2026-10-27 01:30",
            ])
        #expect(
            try moments("0 0 1 1 *", after: "2026-06-01 00:00:00", in: "Pacific/Auckland", 2) == [
                "2026-12-31 11:00", "2027-12-31 11:00",
            ])
    }

    @Test func `a zone is named as the database of zones names it`() {
        for name in ["Europe/Berlin", "Asia/Kolkata", "America/Argentina/Buenos_Aires", "UTC"] {
            #expect(CompanyZone(name)?.name == name)
        }
        for name in ["", "Europe/Nowhere", "europe/berlin", "GMT+3", "../../etc/passwd", "CET"] {
            #expect(CompanyZone(name) == nil, "\(name)")
        }
    }
}
