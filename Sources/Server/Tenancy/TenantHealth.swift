public import Documents
public import Storage
internal import Synchronization
internal import Values

/// Whether a company can be read and written, as those find who do so.
///
/// Asking costs next to nothing. While all is well, what reads and writes tells of trouble, and a look is taken now and then;
/// once there is trouble, looks are taken until it is over.
public final class TenantHealth: Sendable {
    private struct State {
        /// What clients are told of it.
        var trouble: Problem?
        var lastLook = ContinuousClock.now
        var isLooking = false
        var onChange: @Sendable (Problem?) -> Void = { _ in }
    }

    private let address: TenantAddress
    private let isIll = Atomic(false)
    private let state = Mutex(State())

    /// How long after a look the next is taken.
    private static let (illSeconds, wellSeconds) = (1, 10)

    init(_ address: TenantAddress) { self.address = address }

    /// What is wrong, as clients may know it; nil when nothing is.
    public var trouble: Problem? { isIll.load(ordering: .relaxed) ? state.withLock(\.trouble) : nil }

    /// Hands `body` what is wrong when trouble begins, with the names of files and hosts, and nil when it is over.
    public func watch(_ body: @escaping @Sendable (Problem?) -> Void) { state.withLock { $0.onChange = body } }

    /// Notes a failure of the database, if it is one that others will meet, too.
    public func note(_ error: StorageError) {
        switch error {
        case .diskFull, .inaccessible, .unavailable, .corrupt: set(Problem(error), inside: address.problem(for: error))
        // What became of one change is for who made it; for all others the server is away.
        case .unknownOutcome(let words): note(StorageError.unavailable(words))
        default: return
        }
    }

    /// Notes a problem that others will meet, too.
    public func note(_ problem: Problem) { set(problem, inside: problem) }

    /// Whether it is time for a look; who is told so takes it and says so by ``looked(_:)``.
    func takeTurn() -> Bool {
        let pause = Duration.seconds(isIll.load(ordering: .relaxed) ? Self.illSeconds : Self.wellSeconds)
        return state.withLock { state in
            guard !state.isLooking, state.lastLook + pause < .now else { return false }
            state.isLooking = true
            return true
        }
    }

    /// Ends a look that found this.
    func looked(_ found: (any Error)?) {
        state.withLock { state in
            state.isLooking = false
            state.lastLook = .now
        }
        switch found {
        case nil: set(nil, inside: nil)
        case let error as StorageError: set(Problem(error), inside: address.problem(for: error))
        case let problem as Problem: set(problem, inside: problem)
        case let error?:
            let problem = Problem(.unavailable, "The company cannot be read or written: \(error)")
            set(problem, inside: problem)
        }
    }

    private func set(_ trouble: Problem?, inside detail: Problem?) {
        let report = state.withLock { state -> (@Sendable (Problem?) -> Void)? in
            let wasIll = state.trouble != nil
            state.trouble = trouble
            isIll.store(trouble != nil, ordering: .relaxed)
            return wasIll == (trouble != nil) ? nil : state.onChange
        }
        report?(detail)
    }
}

extension Tenant {
    /// What keeps the company from being read or written, as far as that is known now; nil when nothing does. Looks anew in
    /// the background when the last look was a while ago.
    public func trouble() -> Problem? {
        lookWhenDue()
        return health.trouble
    }

    /// Takes a look in the background, if it is time for one.
    func lookWhenDue() {
        guard health.takeTurn() else { return }
        Task { health.looked(await look()) }
    }

    /// Reads; and where there is trouble, writes as well, more than may just fit.
    private func look() async -> (any Error)? {
        do {
            if health.trouble == nil {
                _ = try await database.read { try $0.first("SELECT count(*) FROM _company", [], [.integer]) }
            } else {
                try await database.write { try CompanyFacts.tryWriting(in: $0) }
                try await database.write { try CompanyFacts.endTrial(in: $0) }
                try await lookBeside.withLock { $0 }()
            }
            return nil
        } catch StorageError.closed, StorageError.overloaded {
            // The server stops, or has much to do: neither says anything of the database.
            return health.trouble
        } catch {
            return error
        }
    }
}
