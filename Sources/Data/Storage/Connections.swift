internal import Synchronization

/// Connections of one database, of which some may be idle.
package protocol ConnectionPool: AnyObject, Sendable {
    /// Since when one of its open connections has been idle; nil when none is.
    var idleSince: ContinuousClock.Instant? { get }
    /// Closes the one that has been idle longest, on another thread, and says whether there is one.
    func closeIdle() -> Bool
}

/// Keeps the open connections of all databases of an engine about below a number: for one that is opened beyond it, that one
/// is closed which has been idle longest. It is opened again by who next needs it.
///
/// Those in use are bounded by the threads that use them.
package final class Connections: Sendable {
    /// Those to SQLite's files: each holds the schema and its statements, some 1 MB.
    package static let sqlite = Connections(limit: 256)
    /// Those to PostgreSQL's servers, each of which is a process there.
    package static let postgres = Connections(limit: 64)

    private struct Member {
        weak var pool: (any ConnectionPool)?
    }

    private struct State {
        var limit: Int
        var open = 0
        /// Those that are about to be closed.
        var closing = 0
        var members: [ObjectIdentifier: Member] = [:]
    }

    private let state: Mutex<State>

    /// Connections of which about so many stay open.
    package init(limit: Int) { state = Mutex(State(limit: limit)) }

    /// How many are open.
    package var open: Int { state.withLock { $0.open } }

    /// Takes in a pool, as long as it is there.
    package func add(_ pool: any ConnectionPool) {
        state.withLock { state in
            if state.members.count > 2 * state.open + 64 {
                state.members = state.members.filter { $0.value.pool != nil }
            }
            state.members[ObjectIdentifier(pool)] = Member(pool: pool)
        }
    }

    /// Leaves out a pool that is closed.
    package func remove(_ pool: any ConnectionPool) {
        state.withLock { $0.members[ObjectIdentifier(pool)] = nil }
    }

    /// Notes that one was opened, and has another closed where they are too many.
    package func opened() {
        let pools = state.withLock { state -> [any ConnectionPool] in
            state.open += 1
            guard state.open - state.closing > state.limit else { return [] }
            return state.members.values.compactMap(\.pool)
        }
        guard !pools.isEmpty else { return }
        let idle = pools.compactMap { pool in pool.idleSince.map { (pool, $0) } }.min { $0.1 < $1.1 }
        guard let idle else { return }
        // Counted before: it may be closed at once.
        state.withLock { $0.closing += 1 }
        if !idle.0.closeIdle() { state.withLock { $0.closing = max(0, $0.closing - 1) } }
    }

    /// Notes that one was closed.
    package func closed() {
        state.withLock { state in
            state.open -= 1
            state.closing = max(0, state.closing - 1)
        }
    }
}
