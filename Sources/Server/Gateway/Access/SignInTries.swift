internal import Identity
internal import Synchronization
internal import Values

/// The tries of passwords and of codes of a company, counted apart, each by user and address. The counts live as long as the
/// server: whoever can restart it needs no guesses.
final class SignInTries: Sendable {
    /// The tries of one kind.
    final class Kind: Sendable {
        let throttle: Mutex<LoginThrottle>
        init(_ throttle: LoginThrottle) { self.throttle = Mutex(throttle) }
    }

    let passwords = Kind(LoginThrottle())
    let codes: Kind

    init() {
        // A code is one of a million: fewer may be wrong.
        var rules = LoginThrottle.Rules()
        rules.wideFreeFailures = 20
        codes = Kind(LoginThrottle(rules: rules))
    }

    /// Whether nothing is known of anybody any more.
    func isForgotten(at now: Timestamp) -> Bool {
        [passwords, codes].allSatisfy { $0.throttle.withLock { $0.isForgotten(at: now) } }
    }
}
