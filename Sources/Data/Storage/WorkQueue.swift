internal import Foundation
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

/// A bounded queue of work that threads of a database take from.
package final class WorkQueue: Sendable {
    private struct State {
        var waiting: [Work?] = []
        var head = 0
        var isClosed = false
        var threads = 0
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
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    /// A queue in which so many may wait.
    package init(limit: Int) { self.limit = limit }

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
            let refusal = state.withLock { state -> StorageError? in
                if state.isClosed { return .closed }
                if state.count >= limit { return .overloaded }
                state.waiting.append(work)
                return nil
            }
            if let refusal { work.refuse(refusal) } else { available.signal() }
        }
    }

    /// Waits for work; nil once the queue is closed and empty.
    package func take() -> Work? {
        available.wait()
        return state.withLock { $0.next() }
    }

    /// Takes work only if some is waiting.
    package func takeIfWaiting() -> Work? {
        guard available.wait(timeout: .now()) == .success else { return nil }
        let work = state.withLock { $0.next() }
        if work == nil { available.signal() }
        return work
    }

    /// Says that one more thread takes from the queue.
    package func threadStarted() { state.withLock { $0.threads += 1 } }

    /// Says that a thread takes from the queue no more.
    package func threadEnded() {
        let closers = state.withLock { state in
            state.threads -= 1
            guard state.threads == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    /// Refuses new work, lets the waiting finish and returns when every thread has ended.
    package func close() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.threads > 0 { state.closers.append(continuation) }
                return state.threads == 0
            }
            if isOver { continuation.resume() }
            letThreadsEnd()
        }
    }

    /// Refuses new work; the threads finish what waits and end.
    package func letThreadsEnd() {
        let threads = state.withLock { state in
            state.isClosed = true
            return state.threads
        }
        for _ in 0..<threads { available.signal() }
    }
}

extension WorkQueue {
    /// Starts a thread that serves the queue and says when it has ended.
    package func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
        threadStarted()
        let thread = Thread {
            // A thread that has not begun is given no name that others see.
            Thread.current.name = name
            body()
            self.threadEnded()
        }
        thread.stackSize = 4 << 20
        thread.start()
    }
}
