internal import Synchronization

/// Connections that callers borrow to read for a moment on their own thread: two changes of thread cost more than
/// reading a document. They are opened when they are first missed.
final class BriefReaders: ConnectionPool {
    private struct State {
        var idle: [SQLiteConnection] = []
        var count = 0
        var isClosed = false
        var lastUse = ContinuousClock.now
    }

    private let path: String
    private let limits: StorageLimits
    private let state = Mutex(State())

    init(_ path: String, _ limits: StorageLimits) {
        self.path = path
        self.limits = limits
    }

    /// Runs `body` on a snapshot of a connection that is free; nil when none is.
    ///
    /// - Throws: what `body` throws; ``StorageError/timedOut`` after ``StorageLimits/briefMilliseconds``.
    func run<T>(_ body: (any Transaction) throws -> T) throws -> T? {
        guard let connection = borrow() else { return nil }
        defer { giveBack(connection) }
        return try connection.readBriefly(body)
    }

    /// Closes the connections; those in use are closed when they come back.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for connection in idle { connection.close() }
    }

    private func borrow() -> SQLiteConnection? {
        let (idle, isMissed) = state.withLock { state -> (SQLiteConnection?, Bool) in
            if let idle = state.idle.popLast() { return (idle, false) }
            guard !state.isClosed, state.count < limits.briefReaders else { return (nil, false) }
            state.count += 1
            return (nil, true)
        }
        guard isMissed else { return idle }
        do {
            return try SQLiteConnection(path: path, limits: limits, writes: false)
        } catch {
            // Whoever reads on a thread of the database meets the same, and tells it.
            state.withLock { $0.count -= 1 }
            return nil
        }
    }

    private func giveBack(_ connection: SQLiteConnection) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.idle.append(connection) }
            state.lastUse = .now
            return state.isClosed
        }
        if isClosed { connection.close() }
    }

    var idleSince: ContinuousClock.Instant? { state.withLock { $0.idle.isEmpty ? nil : $0.lastUse } }

    func closeIdle() -> Bool {
        let idle = state.withLock { state -> SQLiteConnection? in
            guard !state.idle.isEmpty else { return nil }
            state.count -= 1
            return state.idle.removeFirst()
        }
        guard let idle else { return false }
        // It may take the log into the file, which waits for the disk.
        Threads.readers.run { idle.close() }
        return true
    }
}
