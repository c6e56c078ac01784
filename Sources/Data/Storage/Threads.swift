internal import Foundation
internal import Synchronization

/// Somebody who takes turns on a thread.
package protocol TurnTaker: AnyObject, Sendable {
    /// Does a part of what there is to do, and says whether there is more.
    func turn() -> Bool
}

/// Threads that all databases of a process share.
///
/// They are started when they are first missed, up to a limit. Whoever has more to do comes behind all others that wait, so
/// that one who is busy keeps nobody else from a thread for longer than a turn.
package final class Threads: Sendable {
    /// The threads of those who write: each waits for the disk, or for a server, most of its time.
    package static let writers = Threads("cauldron.writer", limit: 16)
    /// The threads of those who read, each for as long as its body takes.
    package static let readers = Threads("cauldron.reader", limit: 24)

    private struct State {
        var ready: [any TurnTaker] = []
        var head = 0
        /// Threads that wait for a turn.
        var idle = 0
        var count = 0
        var waiting: Int { ready.count - head }

        mutating func next() -> (any TurnTaker)? {
            guard head < ready.count else { return nil }
            let taker = ready[head]
            head += 1
            if head == ready.count || head > 64 {
                ready.removeFirst(head)
                head = 0
            }
            return taker
        }
    }

    private let name: String
    private let limit: Int
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    init(_ name: String, limit: Int) {
        self.name = name
        self.limit = limit
    }

    /// Gives somebody a turn as soon as a thread is free.
    package func give(to taker: any TurnTaker) {
        let isMissed = state.withLock { state in
            state.ready.append(taker)
            guard state.waiting > state.idle, state.count < limit else { return false }
            state.count += 1
            state.idle += 1
            return true
        }
        if isMissed { start() }
        available.signal()
    }

    /// Runs `body` as soon as a thread is free.
    package func run(_ body: @escaping @Sendable () -> Void) { give(to: Errand(body: body)) }

    /// How many threads there are.
    package var count: Int { state.withLock { $0.count } }

    private func start() {
        let thread = Thread { [self] in
            // A thread that has not begun is given no name that others see.
            Thread.current.name = name
            serve()
        }
        thread.stackSize = 4 << 20
        thread.start()
    }

    private func serve() -> Never {
        while true {
            available.wait()
            let first = state.withLock { state -> (any TurnTaker)? in
                state.idle -= 1
                return state.next()
            }
            if var taker = first {
                while taker.turn() {
                    taker = state.withLock { state in
                        state.ready.append(taker)
                        return state.next() ?? taker
                    }
                }
            }
            state.withLock { $0.idle += 1 }
        }
    }
}

/// Something that is done once.
private final class Errand: TurnTaker {
    private let body: @Sendable () -> Void

    init(body: @escaping @Sendable () -> Void) { self.body = body }

    func turn() -> Bool {
        body()
        return false
    }
}
