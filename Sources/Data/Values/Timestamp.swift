/// A moment to the microsecond, in the site's own time zone and without an offset, in the years 1 to 9999.
///
/// Arithmetic saturates at ``earliest`` and ``latest``.
public struct Timestamp: Sendable, Hashable {
    /// Microseconds since 1970-01-01 00:00:00.
    public let microseconds: Int64

    /// The moment that many microseconds after 1970-01-01; outside the years 1 to 9999 the nearest that there is.
    public init(microseconds: Int64) {
        self.microseconds = min(max(microseconds, Self.earliestMicroseconds), Self.latestMicroseconds)
    }

    /// A time of a day.
    public init(_ day: Day, _ time: TimeOfDay = .midnight) {
        self.init(microseconds: Int64(day.number) * TimeOfDay.microsecondsPerDay + time.microseconds)
    }

    /// 0001-01-01 00:00:00
    public static var earliest: Timestamp { Timestamp(microseconds: .min) }
    /// 9999-12-31 23:59:59.999999
    public static var latest: Timestamp { Timestamp(microseconds: .max) }

    private static var earliestMicroseconds: Int64 { -719_162 * TimeOfDay.microsecondsPerDay }
    private static var latestMicroseconds: Int64 { 2_932_897 * TimeOfDay.microsecondsPerDay - 1 }

    /// The day it is on.
    public var day: Day { Day(number: Int32(truncatingIfNeeded: split.day)) }
    /// The time of that day.
    public var time: TimeOfDay { TimeOfDay(microseconds: split.time) }

    private var split: (day: Int64, time: Int64) {
        let (day, time) = microseconds.quotientAndRemainder(dividingBy: TimeOfDay.microsecondsPerDay)
        return time < 0 ? (day - 1, time + TimeOfDay.microsecondsPerDay) : (day, time)
    }

    /// Moves by microseconds.
    public func adding(microseconds more: Int64) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(more)
        return overflow ? (more < 0 ? .earliest : .latest) : Timestamp(microseconds: sum)
    }

    /// Moves by seconds.
    public func adding(seconds: Int) -> Timestamp {
        let (more, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000)
        return overflow ? (seconds < 0 ? .earliest : .latest) : adding(microseconds: more)
    }
}

extension Timestamp: Comparable {
    /// Whether `l` is earlier than `r`.
    public static func < (l: Timestamp, r: Timestamp) -> Bool { l.microseconds < r.microseconds }
}

extension Timestamp: LosslessStringConvertible {
    /// Reads `YYYY-MM-DD`, alone or followed by a space or `T` and `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f`.
    ///
    /// Digits beyond the microsecond are cut off. After a time may follow `Z` or an offset (`+05:30`, `-0800`, `+01`),
    /// by which the moment is converted to UTC.
    public init?(_ text: String) {
        let utf8 = text.utf8.span
        var at = 0
        guard let day = Day(scanning: utf8, &at) else { return nil }
        if at == utf8.count {
            self.init(day)
            return
        }
        guard Scan.byte(0x20, utf8, &at) || Scan.byte(0x54, utf8, &at),
            let time = TimeOfDay(scanning: utf8, &at, hourDigits: 2)
        else { return nil }
        let moment = Timestamp(day, time)
        if at == utf8.count {
            self = moment
            return
        }
        guard let offset = Self.offsetMinutes(utf8, &at), at == utf8.count else { return nil }
        // A moment that UTC would put into another millennium is none.
        let utc = moment.microseconds - Int64(60 * offset) * 1_000_000
        guard Self.earliestMicroseconds...Self.latestMicroseconds ~= utc else { return nil }
        self.init(microseconds: utc)
    }

    private static func offsetMinutes(_ text: Span<UInt8>, _ at: inout Int) -> Int? {
        if Scan.byte(0x5A, text, &at) { return 0 }
        let negative = Scan.byte(0x2D, text, &at)
        guard negative || Scan.byte(0x2B, text, &at), let hours = Scan.digits(text, &at, 2, 2), hours < 24 else {
            return nil
        }
        var minutes = 0
        if at < text.count {
            _ = Scan.byte(0x3A, text, &at)
            guard let read = Scan.digits(text, &at, 2, 2), read < 60 else { return nil }
            minutes = read
        }
        let offset = hours * 60 + minutes
        return negative ? -offset : offset
    }

    /// `YYYY-MM-DD HH:MM:SS.ffffff`, always with six digits of the fraction.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(32)
        text.append(timestamp: self)
        return String(decoding: text, as: UTF8.self)
    }

    /// `YYYY-MM-DDTHH:MM:SS.ffffffZ` (RFC 3339), for moments that are kept in UTC.
    public var rfc3339: String {
        var text: [UInt8] = []
        text.reserveCapacity(32)
        text.append(timestamp: self, separator: 0x54)
        text.append(0x5A)
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    mutating func append(timestamp: Timestamp, separator: UInt8 = 0x20) {
        append(day: timestamp.day)
        append(separator)
        let time = timestamp.time
        append(clock: time, hourWidth: 2)
        append(fraction: time)
    }
}
