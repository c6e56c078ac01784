import Testing
import Values

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("2026-03-05", "2026-03-05 00:00:00.000000"), ("2026-03-05 10:11", "2026-03-05 10:11:00.000000"),
            ("2026-03-05T10:11:12", "2026-03-05 10:11:12.000000"),
            ("2026-03-05 10:11:12.5", "2026-03-05 10:11:12.500000"),
            ("2026-03-05 10:11:12.1234567", "2026-03-05 10:11:12.123456"),
            ("2026-03-05T10:11:12Z", "2026-03-05 10:11:12.000000"),
            ("2026-03-05T00:30:00+01:00", "2026-03-04 23:30:00.000000"),
            ("2026-03-05T23:30:00.25-0830", "2026-03-06 08:00:00.250000"),
            ("2026-03-05T23:30-01", "2026-03-06 00:30:00.000000"),
            ("1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999"),
            ("0001-01-01 01:00:00+01:00", "0001-01-01 00:00:00.000000"),
            ("9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"),
        ])
    func `reads the usual forms`(text: String, shown: String) throws {
        let moment = try #require(Timestamp(text))
        #expect(moment.description == shown)
        #expect(Timestamp(shown) == moment)
        #expect(Timestamp(moment.rfc3339) == moment)
        #expect(Timestamp(moment.day, moment.time) == moment)
    }

    @Test(
        arguments: [
            "", "2026-03-05 ", "2026-03-05Z", "2026-03-05 24:00", "2026-03-05 10", "2026-03-05 1:00",
            "2026-03-05 10:60",
            "2026-03-05 10:00:60", "2026-03-05 10:00:00.", "2026-03-05  10:00", "2026-02-30 10:00",
            "2026-03-05 10:00 Z",
            "2026-03-05 10:00+24:00", "2026-03-05 10:00+01:60", "2026-03-05 10:00+1", "2026-03-05 10:00ZZ",
        ])
    func `refuses other forms`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `moves and stays within the calendar`() throws {
        let moment = try #require(Timestamp("2026-03-05 10:00"))
        #expect(moment.adding(seconds: 3600).description == "2026-03-05 11:00:00.000000")
        #expect(moment.adding(microseconds: -1).description == "2026-03-05 09:59:59.999999")
        #expect(moment.rfc3339 == "2026-03-05T10:00:00.000000Z")
        #expect(moment.adding(seconds: .max) == .latest)
        #expect(moment.adding(seconds: .min) == .earliest)
        #expect(moment.adding(microseconds: .max) == .latest)
        #expect(Timestamp(microseconds: .min) == .earliest)
        #expect(Timestamp(.latest).day == .latest)
        #expect(Timestamp.latest.day == .latest)
        #expect(Timestamp.earliest.day == .earliest)
        #expect(moment < moment.adding(microseconds: 1))
    }

    @Test(
        arguments: [
            ("9:05", "9:05:00"), ("09:05:07", "9:05:07"), ("23:59:59.999999", "23:59:59.999999"), ("0:00", "0:00:00"),
            ("12:30:00.5", "12:30:00.500000"), ("12:30:00.0000009", "12:30:00"),
        ])
    func `reads and prints a time of the day`(text: String, shown: String) {
        #expect(TimeOfDay(text)?.description == shown)
    }

    @Test(arguments: ["", "9", "9:5", "24:00", "12:60", "12:00:60", "12:00:00.", "-1:00", "123:00", "12:00 "])
    func `refuses other times`(text: String) {
        #expect(TimeOfDay(text) == nil)
    }

    @Test func `a time has its parts and stays within the day`() throws {
        let time = try #require(TimeOfDay(hour: 13, minute: 14, second: 15, microsecond: 16))
        #expect((time.hour, time.minute, time.second, time.microsecond) == (13, 14, 15, 16))
        #expect(TimeOfDay(microseconds: -5) == .midnight)
        #expect(TimeOfDay(microseconds: .max).description == "23:59:59.999999")
        #expect(TimeOfDay(hour: 24, minute: 0) == nil)
        #expect(TimeOfDay.midnight < time)
    }
}
