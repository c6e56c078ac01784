internal import Synchronization

/// Lets so many do something at once. Who waits longest goes first, but nobody's second goes before another's first: one company
/// that wants much does not keep the others waiting.
public final class FairTurns<Owner: Hashable & Sendable>: Sendable {
    private struct State {
        var free: Int
        var running: [Owner: Int] = [:]
        var waiting: [(owner: Owner, turn: CheckedContinuation<Bool, Never>)] = []

        mutating func begin(_ owner: Owner) {
            free -= 1
            running[owner, default: 0] += 1
        }

        mutating func end(_ owner: Owner) -> CheckedContinuation<Bool, Never>? {
            free += 1
            let left = (running[owner] ?? 1) - 1
            running[owner] = left > 0 ? left : nil
            guard !waiting.isEmpty else { return nil }
            let idle = waiting.indices.filter { running[waiting[$0].owner] == nil }
            let next = waiting.remove(at: idle.first { waiting[$0].owner != owner } ?? idle.first ?? 0)
            begin(next.owner)
            return next.turn
        }
    }

    private let state: Mutex<State>
    private let places: Int

    /// Somebody has as many that wait as may wait.
    public struct Full: Error {}

    /// So many at once, and for each owner so many places to wait.
    public init(atOnce: Int, places: Int) {
        self.places = places
        state = Mutex(State(free: atOnce))
    }

    /// How many do it, and how many wait.
    public var counts: (running: Int, waiting: Int) {
        state.withLock { ($0.running.values.reduce(0, +), $0.waiting.count) }
    }

    /// Runs `body` when its turn comes.
    ///
    /// - Throws: ``Full`` when the owner has too many that wait, and what `body` throws.
    public func pass<T: Sendable>(by owner: Owner, _ body: () async throws -> T) async throws -> T {
        let hasTurn = await withCheckedContinuation { (turn: CheckedContinuation<Bool, Never>) in
            let known: Bool? = state.withLock { state in
                guard state.free == 0 else {
                    state.begin(owner)
                    return true
                }
                guard state.waiting.count(where: { $0.owner == owner }) < places else { return false }
                state.waiting.append((owner, turn))
                return nil
            }
            if let known { turn.resume(returning: known) }
        }
        guard hasTurn else { throw Full() }
        defer { state.withLock { $0.end(owner) }?.resume(returning: true) }
        return try await body()
    }
}
