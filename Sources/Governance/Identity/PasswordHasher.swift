internal import Dispatch
internal import Synchronization

/// Hashes and compares passwords on threads of its own, a few at a time.
///
/// One hash takes a tenth of a second and 32 MB on purpose, so that neither the cooperative pool nor a flood of sign-ins
/// may run many of them at once: what does not fit the queue is refused.
public final class PasswordHasher: Sendable {
    /// What new hashes cost.
    public let cost: PasswordCost
    private let atOnce: Int
    private let longestQueue: Int
    private let threads = DispatchQueue(label: "cauldron.passwords", qos: .utility, attributes: .concurrent)
    private let state = Mutex(State())
    /// A hash no password matches: comparing with it takes the time a user who exists would take.
    private let nobody: String

    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    /// A hasher; `atOnce` hashes are made at the same time, `queue` may wait.
    public init(cost: PasswordCost = .standard, atOnce: Int = 2, queue: Int = 64) {
        precondition(cost.isSane, "a password hash of this cost is too cheap or too expensive")
        self.cost = cost
        self.atOnce = max(atOnce, 1)
        longestQueue = max(queue, 0)
        let never = [UInt8](repeating: 0, count: 32)
        nobody =
            "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallelism)$\(Base64.text([UInt8](repeating: 7, count: 16)))$\(Base64.text(never))"
    }

    /// The hash of a password with a new salt, as text.
    ///
    /// - Throws: ``IdentityError/busy`` when too many wait; ``IdentityError/password(_:)`` when it is empty or too long.
    public func hash(_ password: String) async throws -> String {
        guard !password.isEmpty else { throw IdentityError.password("A password cannot be empty") }
        guard password.utf8.count <= Self.longestPassword else {
            throw IdentityError.password("A password has at most \(Self.longestPassword) bytes")
        }
        let cost = cost
        let salt = SecureRandom.bytes(16)
        return try await perform { try PasswordHash(password, salt: salt, cost: cost).text }
    }

    /// Whether `password` has that hash. Without a hash it is false, after the same time.
    ///
    /// - Throws: ``IdentityError/busy`` when too many wait.
    public func verify(_ password: String, _ hash: String?) async throws -> Bool {
        let fits = password.utf8.count <= Self.longestPassword
        let text = hash ?? nobody
        let matches = try await perform { PasswordHash(text: text)?.matches(fits ? password : "") ?? false }
        return matches && fits && hash != nil && !password.isEmpty
    }

    /// Whether a hash was made at another cost than new ones are.
    func isOutdated(_ hash: String) -> Bool { PasswordHash(text: hash).map { $0.cost != cost } ?? true }

    /// The most bytes of a password.
    public static let longestPassword = 1024

    private func perform<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            let work: @Sendable () -> Void = {
                let result = Result { try body() }
                self.finished()
                continuation.resume(with: result)
            }
            let start = state.withLock { state -> Bool? in
                if state.running < atOnce {
                    state.running += 1
                    return true
                }
                guard state.waiting.count < longestQueue else { return nil }
                state.waiting.append(work)
                return false
            }
            switch start {
            case true?: threads.async(execute: work)
            case false?: break
            case nil: continuation.resume(throwing: IdentityError.busy)
            }
        }
    }

    private func finished() {
        let next = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        if let next { threads.async(execute: next) }
    }
}

/// Why the identity store did not do what was asked.
public enum IdentityError: Error, Sendable, Equatable {
    /// A password that cannot be; the sentence says why.
    case password(String)
    /// Too many sign-ins at once.
    case busy
    /// There is no such user, or it may not sign in.
    case notAdmitted(String)
    /// A user has as many keys as one may have.
    case tooManyKeys(Int)
    /// The user has a second factor, and no code of it came.
    case codeNeeded
    /// A code that is not right, or was used before.
    case wrongCode
    /// The user has a second factor already.
    case secondFactorExists
    /// The user has no second factor, or none that is being set up.
    case noSecondFactor
}
