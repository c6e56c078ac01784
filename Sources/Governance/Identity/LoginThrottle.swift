public import Values

/// Slows down whoever guesses passwords, by user and by address. A pure state machine: the moment is handed in.
///
/// An attempt counts as failed from its beginning, so that many at once do not slip through, and success takes it back.
/// After the free failures each further one doubles the wait. Three counts are kept: of the user from one address, of the
/// user from everywhere and of the address for everybody; the latter two are wider, so that a stranger who guesses does
/// not lock out the user, nor one forgetful user an office.
public struct LoginThrottle: Sendable {
    /// When it slows down and how much.
    public struct Rules: Sendable {
        /// Failures of a user from one address before the first wait.
        public var freeFailures = 5
        /// Failures of a user from everywhere, or of an address for everybody, before the first wait.
        public var wideFreeFailures = 50
        /// The first wait in seconds; each further failure doubles it.
        public var firstWait = 5
        /// The longest wait in seconds.
        public var longestWait = 900
        /// After how many seconds without a failure they are forgotten.
        public var memory = 3600
        /// How many counts are kept; the oldest are dropped.
        public var counts = 20_000

        /// The standard rules.
        public init() {}
    }

    /// What becomes of an attempt.
    public enum Decision: Sendable, Equatable {
        /// The password may be looked at.
        case allowed
        /// Not before that many seconds have passed.
        case wait(seconds: Int)
    }

    private enum Key: Hashable {
        case pair(user: Name, address: String)
        case user(Name)
        case address(String)
    }

    private struct Count {
        var failures: Int
        var last: Timestamp
        var blockedUntil: Timestamp
    }

    private let rules: Rules
    private var counts: [Key: Count] = [:]

    /// A throttle that has seen nothing.
    public init(rules: Rules = Rules()) { self.rules = rules }

    /// How many counts are kept now.
    var size: Int { counts.count }

    /// Asks whether somebody may try a password, and notes the attempt if so.
    public mutating func attempt(user: String, address: String, at now: Timestamp) -> Decision {
        let keys = keys(user, address)
        let until = keys.compactMap { counts[$0]?.blockedUntil }.max() ?? now
        if until > now {
            let seconds = (until.microseconds - now.microseconds + 999_999) / 1_000_000
            return .wait(seconds: Int(min(seconds, Int64(rules.longestWait))))
        }
        for key in keys { note(key, now) }
        return .allowed
    }

    /// Notes that the attempt was right: the user starts anew, the address has it taken back.
    public mutating func succeeded(user: String, address: String) {
        let keys = keys(user, address)
        counts[keys[0]] = nil
        for key in keys.dropFirst() {
            guard var count = counts[key] else { continue }
            count.failures -= 1
            count.blockedUntil = .earliest
            counts[key] = count.failures > 0 ? count : nil
        }
    }

    private mutating func note(_ key: Key, _ now: Timestamp) {
        var count = counts[key] ?? Count(failures: 0, last: now, blockedUntil: .earliest)
        if count.last.adding(seconds: rules.memory) < now { count.failures = 0 }
        count.failures += 1
        count.last = now
        let free = if case .pair = key { rules.freeFailures } else { rules.wideFreeFailures }
        if count.failures >= free {
            let doublings = min(count.failures - free, 20)
            count.blockedUntil = now.adding(seconds: min(rules.firstWait << doublings, rules.longestWait))
        }
        if counts[key] == nil, counts.count >= rules.counts { makeRoom(now) }
        counts[key] = count
    }

    private mutating func makeRoom(_ now: Timestamp) {
        counts = counts.filter { $0.value.last.adding(seconds: rules.memory) >= now }
        guard counts.count >= rules.counts else { return }
        let byAge = counts.sorted { $0.value.last < $1.value.last }
        for (key, _) in byAge.prefix(max(1, counts.count / 2)) { counts[key] = nil }
    }

    private func keys(_ user: String, _ address: String) -> [Key] {
        let user = Name(String(user.prefix(140)))
        return [.pair(user: user, address: address), .user(user), .address(address)]
    }
}
