internal import Foundation
public import Values

/// The time zone of a company: which day and hour it is where it is. All moments that are kept are in UTC.
public struct CompanyZone: Sendable, Equatable {
    private let zone: TimeZone
    /// Its name in the IANA database, such as `Europe/Berlin`.
    public let name: String

    /// The zone of a name of the IANA database; nil when there is none.
    public init?(_ name: String) {
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        self.name = name
        self.zone = zone
    }

    /// UTC, where a company has not said where it is.
    public static let utc = CompanyZone()

    private init() { (name, zone) = ("UTC", .gmt) }

    /// What the clocks of the company show at a moment.
    public func wallClock(at moment: Timestamp) -> Timestamp { moment.adding(seconds: offset(at: moment)) }

    /// The moment at which the clocks of the company show this. What they show twice in autumn is the first of both; what
    /// they skip in spring is as long after the change as it would have been.
    public func moment(of wallClock: Timestamp) -> Timestamp {
        let before = offset(at: wallClock.adding(seconds: -86_400))
        let after = offset(at: wallClock.adding(seconds: 86_400))
        let candidates = [before, after].map { wallClock.adding(seconds: -$0) }.sorted()
        return candidates.first { self.wallClock(at: $0) == wallClock } ?? wallClock.adding(seconds: -before)
    }

    /// How many seconds its clocks are ahead of UTC.
    private func offset(at moment: Timestamp) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.microseconds / 1_000_000)))
    }
}
