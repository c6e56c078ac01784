internal import Synchronization

/// Tells who listens that something was committed by this process, right after it was. Costs next to nothing while nobody
/// listens.
///
/// It is a sign to look, no more: what others commit, and what credentials are given, is found by looking now and then.
public final class CommitBell: Sendable {
    private struct State {
        var listeners: [Int: @Sendable () -> Void] = [:]
        var next = 0
    }

    private let isHeard = Atomic(false)
    private let over = Atomic(false)
    private let state = Mutex(State())

    init() {}

    /// Calls `body` after each commit, until ``leave(_:)`` is called with what this returns. It must not wait.
    public func listen(_ body: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.next += 1
            state.listeners[state.next] = body
            isHeard.store(true, ordering: .releasing)
            return state.next
        }
    }

    /// Ends what ``listen(_:)`` began.
    public func leave(_ listener: Int) {
        state.withLock { state in
            state.listeners[listener] = nil
            isHeard.store(!state.listeners.isEmpty, ordering: .releasing)
        }
    }

    /// Whether nothing will be committed any more, because the company is being closed. It rings when that begins.
    public var isOver: Bool { over.load(ordering: .acquiring) }

    func end() {
        over.store(true, ordering: .releasing)
        ring()
    }

    func ring() {
        guard isHeard.load(ordering: .acquiring) else { return }
        for body in state.withLock({ Array($0.listeners.values) }) { body() }
    }
}
