internal import Foundation
internal import Synchronization
internal import Values

/// A time zone of an expression: an offset from UTC, or a place of the IANA database such as `Asia/Kathmandu`.
enum Zone {
    /// Always so many minutes ahead of UTC.
    case offset(minutes: Int)
    /// What the database of time zones says of the place.
    case place(TimeZone)

    private static let names = Set(TimeZone.knownTimeZoneIdentifiers)

    /// Whether a byte can be part of the name of a place.
    private static func isPart(_ byte: UInt8) -> Bool {
        Lexer.isLetter(byte) || Lexer.isDigit(byte) || [0x2B, 0x2D, 0x2F].contains(byte)
    }

    /// Those that were asked for; there are no more than the database has.
    private static let known = Mutex<[String: TimeZone]>([:])

    /// Reads `+HH:MM`, `-HH:MM`, `HH:MM`, `UTC` or the name of a place; nil for anything else.
    init?(_ text: String) {
        if let minutes = ExpressionMoment.offsetMinutes(text) {
            self = .offset(minutes: minutes)
            return
        }
        // Foundation also takes `GMT+3` and other forms that the database does not have.
        guard text.utf8.count <= 64, text.utf8.allSatisfy(Self.isPart),
            !["GMT+", "GMT-", "UTC+", "UTC-"].contains(where: text.hasPrefix)
        else { return nil }
        if let zone = Self.known.withLock({ $0[text] }) {
            self = .place(zone)
            return
        }
        guard let zone = TimeZone(identifier: text),
            zone.identifier == text || Self.names.contains(zone.identifier)
        else { return nil }
        Self.known.withLock { $0[text] = zone }
        self = .place(zone)
    }

    /// Seconds ahead of UTC at a moment, in the years 1 to 9999.
    func secondsAhead(at moment: ExpressionMoment) -> Int {
        switch self {
        case .offset(let minutes): minutes * 60
        case .place(let zone): zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(moment.seconds)))
        }
    }
}
