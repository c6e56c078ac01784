internal import Storage
internal import Synchronization

/// Connections that callers borrow to read for a moment on their own thread: two changes of thread cost more than
/// reading a document.
///
/// They are opened when they are first missed, beside the caller, who then reads on a thread of the database.
final class BriefConnections: ConnectionPool {
    private let server: PostgresServer
    private let state = Mutex(State())

    private struct State {
        var idle: [PostgresConnection] = []
        var count = 0
        var isClosed = false
        var nextTry = ContinuousClock.now
        var lastUse = ContinuousClock.now
    }

    init(_ server: PostgresServer) { self.server = server }

    /// Runs `body` on a snapshot of a connection that is free; nil when none is, and when the body has to run again
    /// elsewhere because it took too long or its connection was lost.
    ///
    /// - Throws: what `body` throws.
    func run<T>(_ body: (any Transaction) throws -> T) throws -> T? {
        guard let connection = borrow() else { return nil }
        connection.begin()
        connection.startClock(.milliseconds(server.limits.briefMilliseconds), isBrief: true)
        let result = Result { try body(connection) }
        connection.stopClock()
        let isUndone = connection.hasEnded || connection.isGone || connection.wantsAgain
        if connection.isAbandoned {
            // To stop a statement may take longer than to read: not on the thread of the caller.
            Threads.readers.run { [self] in
                connection.takeUp()
                giveBack(connection)
            }
        } else {
            connection.endReading()
            giveBack(connection)
        }
        return isUndone ? nil : try result.get()
    }

    /// Closes the connections; those in use are closed when they come back.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        _ = consume idle
    }

    private func borrow() -> PostgresConnection? {
        let (connection, isMissed) = state.withLock { state -> (PostgresConnection?, Bool) in
            if let connection = state.idle.popLast() { return (connection, false) }
            guard !state.isClosed, state.count < server.limits.briefReaders, state.nextTry <= .now else {
                return (nil, false)
            }
            state.count += 1
            return (nil, true)
        }
        if isMissed { Threads.readers.run { self.open() } }
        return connection
    }

    private func open() {
        do {
            let connection = try server.connect(.readingBriefly)
            state.withLock { if !$0.isClosed { $0.idle.append(connection) } }
        } catch {
            // The threads of the database wait for the server and tell whoever asks.
            state.withLock { state in
                state.count -= 1
                state.nextTry = .now + .milliseconds(500)
            }
        }
    }

    private func giveBack(_ connection: PostgresConnection) {
        state.withLock { state in
            if connection.isGone {
                state.count -= 1
            } else if !state.isClosed {
                state.idle.append(connection)
                state.lastUse = .now
            }
        }
    }

    var idleSince: ContinuousClock.Instant? { state.withLock { $0.idle.isEmpty ? nil : $0.lastUse } }

    func closeIdle() -> Bool {
        let idle = state.withLock { state -> PostgresConnection? in
            guard !state.idle.isEmpty else { return nil }
            state.count -= 1
            return state.idle.removeFirst()
        }
        // To say good-bye takes no answer of the server.
        return idle != nil
    }
}
