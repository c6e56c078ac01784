public import Values

/// A moment to the nanosecond, in the years 1 to 9999 (CEL's `google.protobuf.Timestamp`).
///
/// The site's own times, which have no zone, are taken as they are and count as UTC here. A day is the moment at which it
/// begins, and keeps in ``isDay`` that it prints as a day.
public struct ExpressionMoment: Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// The part of the second, 0..<1,000,000,000.
    public let nanoseconds: Int32
    /// Whether it came from a day, without a time.
    public let isDay: Bool

    static var earliest: Int64 { Timestamp.earliest.microseconds / 1_000_000 }
    static var latest: Int64 { 253_402_300_799 }

    /// `nil` outside the years 1 to 9999.
    init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard Self.earliest...Self.latest ~= seconds else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        isDay = false
    }

    /// A moment of the site.
    public init(_ moment: Timestamp) {
        var (seconds, rest) = moment.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        if rest < 0 {
            seconds -= 1
            rest += 1_000_000
        }
        self.seconds = seconds
        nanoseconds = Int32(rest) * 1000
        isDay = false
    }

    /// The beginning of a day.
    public init(_ day: Day) {
        seconds = Int64(day.number) * 86_400
        nanoseconds = 0
        isDay = true
    }

    /// The moment cut off to the microsecond.
    public var timestamp: Timestamp {
        Timestamp(microseconds: seconds * 1_000_000 + Int64(nanoseconds) / 1000)
    }

    /// Reads RFC 3339, with up to nine digits of the fraction. `nil` when the text is not that or out of range.
    init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        // Timestamp reads the same form, more leniently and to the microsecond: the shape and the nanoseconds are ours.
        guard bytes.count >= 20, bytes[10] | 0x20 == 0x74, bytes[13] == 0x3A, bytes[16] == 0x3A else { return nil }
        var at = 19
        var fraction: Int64 = 0
        if bytes[at] == 0x2E {
            var digits = 0
            at += 1
            while at < bytes.count, bytes[at] &- 0x30 < 10 {
                if digits < 9 { fraction = fraction * 10 + Int64(bytes[at] &- 0x30) }
                digits += 1
                at += 1
            }
            guard 1...9 ~= digits else { return nil }
            for _ in digits..<9 { fraction *= 10 }
        }
        guard at < bytes.count else { return nil }
        var offset: Int64 = 0
        if bytes[at] | 0x20 == 0x7A {
            guard at + 1 == bytes.count else { return nil }
        } else {
            let zone = String(decoding: bytes[at...], as: UTF8.self)
            guard zone.utf8.count == 6, bytes[at] == 0x2B || bytes[at] == 0x2D, let minutes = Self.offsetMinutes(zone)
            else { return nil }
            offset = Int64(minutes) * 60
        }
        guard
            let local = Timestamp(
                String(decoding: bytes[0..<10], as: UTF8.self) + "T"
                    + String(decoding: bytes[11..<19], as: UTF8.self))
        else { return nil }
        self.init(seconds: ExpressionMoment(local).seconds - offset, nanoseconds: Int32(fraction))
    }

    /// The minutes of `+HH:MM`, `-HH:MM`, `HH:MM` or `UTC`; `nil` for anything else.
    static func offsetMinutes(_ zone: String) -> Int? {
        if zone == "UTC" || zone == "Z" || zone == "GMT" || zone == "Etc/UTC" { return 0 }
        var bytes = Array(zone.utf8)
        var sign = 1
        if let first = bytes.first, first == 0x2B || first == 0x2D {
            sign = first == 0x2D ? -1 : 1
            bytes.removeFirst()
        }
        guard bytes.count == 5, bytes[2] == 0x3A else { return nil }
        let digits = [bytes[0], bytes[1], bytes[3], bytes[4]].map { Int($0 &- 0x30) }
        guard digits.allSatisfy({ $0 < 10 }) else { return nil }
        let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        return hours < 24 && minutes < 60 ? sign * (hours * 60 + minutes) : nil
    }

    /// Moves by nanoseconds; `nil` outside the years 1 to 9999.
    func adding(nanoseconds more: Int64) -> ExpressionMoment? {
        let (whole, rest) = more.quotientAndRemainder(dividingBy: 1_000_000_000)
        var seconds = seconds + whole
        var nanos = Int64(nanoseconds) + rest
        if nanos < 0 {
            nanos += 1_000_000_000
            seconds -= 1
        } else if nanos >= 1_000_000_000 {
            nanos -= 1_000_000_000
            seconds += 1
        }
        return ExpressionMoment(seconds: seconds, nanoseconds: Int32(nanos))
    }

    /// The span from `r` to `l`; `nil` beyond 292 years.
    static func - (l: ExpressionMoment, r: ExpressionMoment) -> ExpressionDuration? {
        let (span, overflow) = (l.seconds - r.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return nil }
        let (sum, tooFar) = span.addingReportingOverflow(Int64(l.nanoseconds) - Int64(r.nanoseconds))
        return tooFar ? nil : ExpressionDuration(nanoseconds: sum)
    }
}

extension ExpressionMoment: Hashable, Comparable {
    /// Whether both are the same moment.
    public static func == (l: ExpressionMoment, r: ExpressionMoment) -> Bool {
        l.seconds == r.seconds && l.nanoseconds == r.nanoseconds
    }

    /// Whether `l` is earlier than `r`.
    public static func < (l: ExpressionMoment, r: ExpressionMoment) -> Bool {
        (l.seconds, l.nanoseconds) < (r.seconds, r.nanoseconds)
    }

    /// Feeds the moment.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(seconds)
        hasher.combine(nanoseconds)
    }
}

extension ExpressionMoment: CustomStringConvertible {
    /// RFC 3339 in UTC with as many digits of the fraction as are needed in steps of one; a day as `YYYY-MM-DD`.
    public var description: String {
        let timestamp = timestamp
        if isDay { return timestamp.day.description }
        let whole = String(Timestamp(microseconds: seconds * 1_000_000).rfc3339.prefix(19))
        return whole + PlainNumber.fraction(nanoseconds) + "Z"
    }
}

/// A span of time in nanoseconds, up to about 292 years either way (CEL's `google.protobuf.Duration`).
public struct ExpressionDuration: Sendable, Hashable, Comparable {
    /// The length; negative goes back in time.
    public let nanoseconds: Int64

    /// A span.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Whether `l` is shorter, or goes further back.
    public static func < (l: ExpressionDuration, r: ExpressionDuration) -> Bool { l.nanoseconds < r.nanoseconds }

    enum Fault: Error {
        case shape, range
    }

    /// Reads a sequence of numbers with units, as in `1h30m`, `1.5s` or `-10ms`; units are h, m, s, ms, us, ns.
    init(_ text: String) throws(Fault) {
        var bytes = Array(text.utf8)[...]
        var sign: Int64 = 1
        if let first = bytes.first, first == 0x2B || first == 0x2D {
            sign = first == 0x2D ? -1 : 1
            bytes.removeFirst()
        }
        if Array(bytes) == [0x30] {
            nanoseconds = 0
            return
        }
        guard !bytes.isEmpty else { throw .shape }
        var total = Exact.zero
        while !bytes.isEmpty {
            let number = bytes.prefix { $0 &- 0x30 < 10 || $0 == 0x2E }
            guard number.count <= 30, let amount = Exact(String(decoding: number, as: UTF8.self)) else { throw .shape }
            bytes = bytes.dropFirst(number.count)
            let unit = bytes.prefix { !($0 &- 0x30 < 10 || $0 == 0x2E) }
            bytes = bytes.dropFirst(unit.count)
            let length: Int64
            switch String(decoding: unit, as: UTF8.self) {
            case "h": length = 3_600_000_000_000
            case "m": length = 60_000_000_000
            case "s": length = 1_000_000_000
            case "ms": length = 1_000_000
            case "us", "\u{B5}s": length = 1000
            case "ns": length = 1
            default: throw .shape
            }
            total += amount * Exact(length)
        }
        guard let whole = total.rounded(0, .down).wholeNumber else { throw .range }
        nanoseconds = sign * whole
    }
}

extension ExpressionDuration: CustomStringConvertible {
    /// Seconds with as many digits of the fraction as are needed: `90s`, `-0.5s`.
    public var description: String {
        let (seconds, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        return (nanoseconds < 0 ? "-" : "") + String(seconds) + PlainNumber.fraction(Int32(rest)) + "s"
    }

    /// `H:MM:SS` when it is a time of the day, as forms write it.
    var clock: String? {
        guard 0..<86_400_000_000_000 ~= nanoseconds else { return nil }
        return TimeOfDay(microseconds: nanoseconds / 1000).description
    }
}

/// Numbers as plain text, without exponent.
enum PlainNumber {
    /// The shortest decimal text that reads back as the double, without exponent: `-0.0045`, `1`, `+Inf`.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        var digits = value.magnitude.description
        var exponent = 0
        if let mark = digits.firstIndex(of: "e") {
            exponent = Int(digits[digits.index(after: mark)...]) ?? 0
            digits = String(digits[..<mark])
        }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        var whole = Array(parts[0].utf8)
        var fraction = parts.count > 1 ? Array(parts[1].utf8) : []
        if exponent > 0 {
            let moved = fraction.prefix(exponent)
            whole += moved + Array(repeating: 0x30, count: exponent - moved.count)
            fraction.removeFirst(moved.count)
        } else if exponent < 0 {
            let moved = whole.suffix(-exponent)
            fraction = Array(repeating: 0x30, count: -exponent - moved.count) + moved + fraction
            whole.removeLast(moved.count)
        }
        while fraction.last == 0x30 { fraction.removeLast() }
        var start = whole.drop { $0 == 0x30 }
        if start.isEmpty { start = [0x30] }
        let sign = value.sign == .minus ? "-" : ""
        let point = fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self)
        return sign + String(decoding: start, as: UTF8.self) + point
    }

    /// `.5` for half a second in nanoseconds, nothing for 0.
    static func fraction(_ nanoseconds: Int32) -> String {
        if nanoseconds == 0 { return "" }
        var digits = String(nanoseconds)
        digits = "." + String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
        while digits.utf8.last == 0x30 { digits.removeLast() }
        return digits
    }
}
