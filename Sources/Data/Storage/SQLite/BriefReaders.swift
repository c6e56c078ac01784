internal import Synchronization

/// Connections that callers borrow to read for a moment on their own thread: two changes of thread cost more than
/// reading a document.
final class BriefReaders: Sendable {
    /// Those that nobody uses now; nil once the database is closed.
    private let idle: Mutex<[SQLiteConnection]?>

    init(_ connections: [SQLiteConnection]) { idle = Mutex(connections) }

    /// Runs `body` on a snapshot of a connection that is free; nil when none is.
    ///
    /// - Throws: what `body` throws; ``StorageError/timedOut`` after ``StorageLimits/briefMilliseconds``.
    func run<T>(_ body: (any Transaction) throws -> T) throws -> T? {
        guard let connection = idle.withLock({ $0?.popLast() }) else { return nil }
        defer { giveBack(connection) }
        return try connection.readBriefly(body)
    }

    /// Closes the connections; those in use are closed when they come back.
    func close() {
        let connections = idle.withLock { idle in
            defer { idle = nil }
            return idle ?? []
        }
        for connection in connections { connection.close() }
    }

    private func giveBack(_ connection: SQLiteConnection) {
        let isClosed = idle.withLock { idle in
            idle?.append(connection)
            return idle == nil
        }
        if isClosed { connection.close() }
    }
}
