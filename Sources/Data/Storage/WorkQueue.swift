internal import Synchronization

/// One body that waits for a connection.
///
/// `run` executes it and keeps its result; `finish` hands the result, or the error that voids it, to whoever waits. One that
/// was undone before `finish` may run again.
package struct Work: Sendable {
    /// Executes the body.
    package let run: @Sendable (any Transaction) -> Outcome
    /// Ends the waiting of a body that is not executed.
    package let refuse: @Sendable (any Error) -> Void

    /// What came of a body that ran.
    package struct Outcome {
        /// The body's own error.
        package let error: (any Error)?
        /// Ends the waiting; with an error when the transaction as a whole failed.
        package let finish: ((any Error)?) -> Void

        /// An outcome with an error of the body or none.
        package init(error: (any Error)?, finish: @escaping ((any Error)?) -> Void) {
            self.error = error
            self.finish = finish
        }
    }
}

/// What runs the bodies of a queue: a connection that is opened when it is needed. It has one turn at a time.
package protocol Worker: AnyObject, Sendable {
    /// Whether its connection is open.
    var isOpen: Bool { get }
    /// Runs `first`, and what it can take along of what else waits.
    func serve(_ first: Work, _ queue: WorkQueue)
    /// Closes its connection until it is needed again.
    func rest()
}

/// A bounded queue of work, done by a few workers on threads that all queues share.
package final class WorkQueue: TurnTaker, ConnectionPool {
    private struct State {
        var waiting: [Work?] = []
        var head = 0
        var isClosed = false
        /// The workers that have nothing to do, the one that was last at work at the end.
        var free: [any Worker]
        /// Those that are to close their connections.
        var tired: [any Worker] = []
        /// Turns that were given and have not ended; there is a worker for each.
        var turns = 0
        var lastTurn = ContinuousClock.now
        var closers: [CheckedContinuation<Void, Never>] = []
        var count: Int { waiting.count - head }

        mutating func next() -> Work? {
            guard head < waiting.count else { return nil }
            let work = waiting[head]
            // Nothing of a body outlives it.
            waiting[head] = nil
            head += 1
            if head > 64, head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            }
            return work
        }
    }

    private let limit: Int
    private let threads: Threads
    private let workers: Int
    private let state: Mutex<State>

    /// A queue in which so many may wait for these workers.
    package init(limit: Int, on threads: Threads, _ workers: [any Worker]) {
        self.limit = limit
        self.threads = threads
        self.workers = workers.count
        state = Mutex(State(free: workers))
    }

    /// Queues `body` and waits for its result.
    package func perform<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        unsafe try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<T, any Error>) in
            let work = Work(
                run: { transaction in
                    let result = Result { try body(transaction) }
                    var error: (any Error)?
                    if case .failure(let failure) = result { error = failure }
                    return Work.Outcome(error: error) { voided in
                        if let voided {
                            unsafe continuation.resume(throwing: voided)
                        } else {
                            unsafe continuation.resume(with: result)
                        }
                    }
                },
                refuse: { unsafe continuation.resume(throwing: $0) })
            let (refusal, isMissed) = state.withLock { state -> (StorageError?, Bool) in
                if state.isClosed { return (.closed, false) }
                if state.count >= limit { return (.overloaded, false) }
                state.waiting.append(work)
                guard state.turns < workers else { return (nil, false) }
                state.turns += 1
                return (nil, true)
            }
            if let refusal { work.refuse(refusal) }
            if isMissed { threads.give(to: self) }
        }
    }

    /// How many bodies wait.
    var waiting: Int { state.withLock { $0.count } }

    /// Takes work if some is waiting.
    package func takeIfWaiting() -> Work? { state.withLock { $0.next() } }

    package func turn() -> Bool {
        let (tired, worker, work) = state.withLock { state -> ((any Worker)?, (any Worker)?, Work?) in
            if let tired = state.tired.popLast() { return (tired, nil, nil) }
            return (nil, state.free.popLast(), state.next())
        }
        if let tired {
            tired.rest()
            return end(tired, isTired: true)
        }
        guard let worker else {
            // Closed meanwhile by the turn before.
            state.withLock { $0.turns -= 1 }
            finish()
            return false
        }
        if let work { worker.serve(work, self) }
        return end(worker)
    }

    /// Ends a turn; says whether there is another.
    private func end(_ worker: any Worker, isTired: Bool = false) -> Bool {
        let (isMore, isLast) = state.withLock { state -> (Bool, Bool) in
            if isTired { state.free.insert(worker, at: 0) } else { state.free.append(worker) }
            // What was said to rest meanwhile has a turn of its own.
            if state.count > 0 || !state.tired.isEmpty { return (true, false) }
            state.turns -= 1
            state.lastTurn = .now
            return (false, state.isClosed && state.turns == 0)
        }
        if isLast { finish() }
        return isMore
    }

    /// Closes all connections of a queue that is closed and empty, and says so to who waits for it.
    private func finish() {
        let (workers, closers) = state.withLock { state in
            defer { (state.free, state.closers) = ([], []) }
            return (state.free, state.closers)
        }
        for worker in workers { worker.rest() }
        for closer in closers { closer.resume() }
    }

    /// Refuses new work, lets the waiting finish and returns when every connection is closed.
    package func close() async {
        await withCheckedContinuation { continuation in
            letEnd(continuation)
        }
    }

    /// Refuses new work; what waits is done, and then the connections are closed.
    package func letEnd() { letEnd(nil) }

    private func letEnd(_ closer: CheckedContinuation<Void, Never>?) {
        let (isMissed, isOver) = state.withLock { state -> (Bool, Bool) in
            let wasClosed = state.isClosed
            state.isClosed = true
            // Where all is over nobody will say so any more.
            if wasClosed, state.turns == 0, state.free.isEmpty { return (false, true) }
            if let closer { state.closers.append(closer) }
            guard state.turns == 0 else { return (false, false) }
            state.turns += 1
            return (true, false)
        }
        if isOver { closer?.resume() }
        if isMissed { threads.give(to: self) }
    }

    // MARK: Idle connections

    package var idleSince: ContinuousClock.Instant? {
        state.withLock { state in
            state.turns < workers && state.free.contains(where: { $0.isOpen }) ? state.lastTurn : nil
        }
    }

    package func closeIdle() -> Bool {
        let isMissed = state.withLock { state in
            guard state.turns < workers, let place = state.free.firstIndex(where: { $0.isOpen }) else { return false }
            state.tired.append(state.free.remove(at: place))
            state.turns += 1
            return true
        }
        if isMissed { threads.give(to: self) }
        return isMissed
    }
}
