/// A time of the day to the microsecond, from midnight to just before the next.
public struct TimeOfDay: Sendable, Hashable {
    /// Microseconds since midnight, 0..<86,400,000,000.
    public let microseconds: Int64

    static var microsecondsPerDay: Int64 { 86_400_000_000 }

    /// The time that many microseconds after midnight; outside the day the nearest that there is.
    public init(microseconds: Int64) {
        self.microseconds = min(max(microseconds, 0), Self.microsecondsPerDay - 1)
    }

    /// A time by the clock; `nil` when there is none such. There is no 24:00 and no leap second.
    public init?(hour: Int, minute: Int, second: Int = 0, microsecond: Int = 0) {
        guard 0..<24 ~= hour, 0..<60 ~= minute, 0..<60 ~= second, 0..<1_000_000 ~= microsecond else { return nil }
        self.init(microseconds: Int64((hour * 60 + minute) * 60 + second) * 1_000_000 + Int64(microsecond))
    }

    /// 0:00:00
    public static var midnight: TimeOfDay { TimeOfDay(microseconds: 0) }
    /// 23:59:59.999999
    public static var last: TimeOfDay { TimeOfDay(microseconds: .max) }

    /// 0...23
    public var hour: Int { Int(microseconds / 3_600_000_000) }
    /// 0...59
    public var minute: Int { Int(microseconds / 60_000_000 % 60) }
    /// 0...59
    public var second: Int { Int(microseconds / 1_000_000 % 60) }
    /// The part of the second, 0...999,999.
    public var microsecond: Int { Int(microseconds % 1_000_000) }
}

extension TimeOfDay: Comparable {
    /// Whether `l` is earlier than `r`.
    public static func < (l: TimeOfDay, r: TimeOfDay) -> Bool { l.microseconds < r.microseconds }
}

extension TimeOfDay: LosslessStringConvertible {
    /// Reads `H:MM`, `H:MM:SS` or `H:MM:SS.f`, the hour with one or two digits; digits beyond the microsecond are cut off.
    public init?(_ text: String) {
        let utf8 = text.utf8.span
        var at = 0
        guard let time = TimeOfDay(scanning: utf8, &at, hourDigits: 1), at == utf8.count else { return nil }
        self = time
    }

    init?(scanning text: Span<UInt8>, _ at: inout Int, hourDigits: Int) {
        guard let hour = Scan.digits(text, &at, hourDigits, 2), Scan.byte(0x3A, text, &at),
            let minute = Scan.digits(text, &at, 2, 2)
        else { return nil }
        var second = 0
        var microsecond = 0
        if Scan.byte(0x3A, text, &at) {
            guard let seconds = Scan.digits(text, &at, 2, 2) else { return nil }
            second = seconds
            if Scan.byte(0x2E, text, &at) {
                let start = at
                guard let fraction = Scan.digits(text, &at, 1, 6) else { return nil }
                microsecond = fraction * Int(PowersOfTen.small(UInt8(truncatingIfNeeded: 6 - (at - start))))
                while at < text.count, text[at] &- 0x30 < 10 { at += 1 }
            }
        }
        self.init(hour: hour, minute: minute, second: second, microsecond: microsecond)
    }

    /// `H:MM:SS`, and `.ffffff` only if there is a fraction.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(16)
        text.append(time: self)
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends `H:MM:SS`, and six digits of the fraction if there is one.
    mutating func append(time: TimeOfDay) {
        append(clock: time, hourWidth: 1)
        if time.microsecond != 0 { append(fraction: time) }
    }

    mutating func append(clock time: TimeOfDay, hourWidth: Int) {
        if hourWidth < 2, time.hour < 10 {
            append(0x30 &+ UInt8(truncatingIfNeeded: time.hour))
        } else {
            append(twoDigits: time.hour)
        }
        append(0x3A)
        append(twoDigits: time.minute)
        append(0x3A)
        append(twoDigits: time.second)
    }

    mutating func append(fraction time: TimeOfDay) {
        let microsecond = time.microsecond
        append(0x2E)
        append(twoDigits: microsecond / 10_000)
        append(twoDigits: microsecond / 100 % 100)
        append(twoDigits: microsecond % 100)
    }
}
