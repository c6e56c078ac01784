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
        /// The same, and only the count of the user from everywhere says so.
        case waitForStrangers(seconds: Int)
    }

    private enum Key: Hashable {
        case pair(user: Name, network: String)
        case user(Name)
        case network(String)
    }

    private struct Count {
        var failures: Int
        var last: Timestamp
        var blockedUntil: Timestamp
        var toldUntil: Timestamp?
    }

    /// When it slows down and how much.
    public var rules: Rules
    private var counts: [Key: Count] = [:]

    /// A throttle that has seen nothing.
    public init(rules: Rules = Rules()) { self.rules = rules }

    /// How many counts are kept now.
    var size: Int { counts.count }

    /// Whether all failures are forgotten.
    public func isForgotten(at now: Timestamp) -> Bool {
        counts.values.allSatisfy { $0.last.adding(seconds: rules.memory) < now }
    }

    /// Asks whether somebody may try a password, and notes the attempt if so. `isKnown` says that the user has signed in from
    /// there before.
    public mutating func attempt(
        user: String, address: String, isKnown: Bool = false, at now: Timestamp
    ) -> Decision {
        let keys = keys(user, address)
        let asked = keys.filter { if case .user = $0 { !isKnown } else { true } }
        func wait(_ keys: [Key]) -> Int? {
            let until = keys.compactMap { counts[$0]?.blockedUntil }.max() ?? now
            guard until > now else { return nil }
            let seconds = (until.microseconds - now.microseconds + 999_999) / 1_000_000
            return Int(min(seconds, Int64(max(rules.firstWait, rules.longestWait))))
        }
        if let seconds = wait(asked) {
            let own = asked.filter { if case .user = $0 { false } else { true } }
            return wait(own) == nil ? .waitForStrangers(seconds: seconds) : .wait(seconds: seconds)
        }
        for key in keys { note(key, now) }
        return .allowed
    }

    /// Whether it is news that somebody has to wait: true once for each wait.
    public mutating func isNews(user: String, address: String, at now: Timestamp) -> Bool {
        for key in keys(user, address) {
            guard var count = counts[key], count.blockedUntil > now else { continue }
            guard count.toldUntil != count.blockedUntil else { return false }
            count.toldUntil = count.blockedUntil
            counts[key] = count
            return true
        }
        return false
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
            count.blockedUntil = now.adding(
                seconds: min(rules.firstWait << doublings, max(rules.firstWait, rules.longestWait)))
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
        let network = NetworkAddress.network(of: address)
        return [.pair(user: user, network: network), .user(user), .network(network)]
    }
}
