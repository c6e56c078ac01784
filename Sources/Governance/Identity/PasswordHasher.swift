internal import Dispatch
internal import Storage

/// Hashes and compares passwords on threads of its own, a few at a time.
///
/// One hash takes a tenth of a second and 32 MB on purpose, so that neither the cooperative pool nor a flood of sign-ins
/// may run many of them at once: what does not fit the queue is refused. Companies that share one take turns, and each has
/// a queue of its own.
public final class PasswordHasher: Sendable {
    /// What new hashes cost.
    public let cost: PasswordCost
    private let turns: FairTurns<String>
    private let owner: String
    private let threads = DispatchQueue(label: "cauldron.passwords", qos: .utility, attributes: .concurrent)
    /// A hash no password matches: comparing with it takes the time a user who exists would take.
    private let nobody: String

    /// A hasher; `atOnce` hashes are made at the same time, `queue` may wait.
    public convenience init(cost: PasswordCost = .standard, atOnce: Int = 2, queue: Int = 64) {
        precondition(cost.isSane, "a password hash of this cost is too cheap or too expensive")
        self.init(cost, FairTurns(atOnce: max(atOnce, 1), places: max(queue, 0)), owner: "")
    }

    private init(_ cost: PasswordCost, _ turns: FairTurns<String>, owner: String) {
        (self.cost, self.turns, self.owner) = (cost, turns, owner)
        let never = [UInt8](repeating: 0, count: 32)
        nobody =
            "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.parallelism)$\(Base64.text([UInt8](repeating: 7, count: 16)))$\(Base64.text(never))"
    }

    /// The same hasher in the hands of another: it takes turns with those who share it.
    public func shared(by owner: String) -> PasswordHasher { PasswordHasher(cost, turns, owner: owner) }

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
        do {
            return try await turns.pass(by: owner) {
                try await withCheckedThrowingContinuation { continuation in
                    threads.async { continuation.resume(with: Result { try body() }) }
                }
            }
        } catch is FairTurns<String>.Full {
            throw IdentityError.busy
        }
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
