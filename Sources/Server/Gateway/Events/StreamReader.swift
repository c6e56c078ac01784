internal import Documents
internal import EventLog
internal import Synchronization
internal import Values

/// Who reads streams: those of one user with the same scopes have one, so that rights are found once for all of them.
final class StreamReader: Sendable {
    /// What a reader is known by.
    struct Key: Hashable {
        let user: Name
        let scopes: [Scope]?
    }

    private struct State {
        var actor: Actor
        /// The newest event of the log as the actor was read.
        var readAt: Int64
        /// The newest event that may have changed its rights.
        var decidedAt: Int64 = 0
    }

    let key: Key
    private let state: Mutex<State>

    /// Who reads, as found where the log ended with an event.
    init(_ actor: Actor, readAt number: Int64) {
        key = Key(user: Name(actor.user), scopes: actor.scopes)
        state = Mutex(State(actor: actor, readAt: number))
    }

    /// Whether something has happened that may have changed the rights.
    var isStale: Bool { state.withLock { $0.decidedAt > $0.readAt } }

    /// Says that an event may have changed the rights.
    func expire(by number: Int64) { state.withLock { $0.decidedAt = max($0.decidedAt, number) } }

    /// What becomes of the streams of a reader.
    enum Standing {
        /// They go on.
        case same(Actor)
        /// They go on with other rights.
        case changed(Actor)
        /// They end: the user is gone or disabled.
        case gone
    }

    /// Who reads, as the session's database has it where that may have changed. What was read of an older state of the database
    /// than another has read takes the place of nothing.
    func standing(in session: Session) throws -> Standing {
        let known = state.withLock { $0.decidedAt > $0.readAt ? nil : $0.actor }
        if let known { return .same(known) }
        let head = try EventLog.head(in: session.transaction)
        guard let actor = try User.actor(key.user.text, in: session) else { return .gone }
        let limited = actor.limited(to: key.scopes)
        return state.withLock { state in
            guard head > state.readAt else { return .same(state.actor) }
            defer { (state.actor, state.readAt) = (limited, head) }
            return state.actor == limited ? .same(limited) : .changed(limited)
        }
    }
}
