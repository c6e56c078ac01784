internal import Storage

/// Runs bodies that read, each on its own snapshot, on one connection and one thread.
final class PostgresReader {
    private let server: PostgresServer
    private var connection: PostgresConnection?

    init(_ server: PostgresServer) { self.server = server }

    /// Runs what `queue` brings until it is closed.
    func serve(_ queue: WorkQueue) {
        while let work = queue.take() { run(work) }
        connection = nil
    }

    private func run(_ work: Work) {
        var attempt = 1
        while true {
            let connection: PostgresConnection
            do {
                connection = try self.connection ?? server.connectPatiently(.reading)
            } catch {
                work.refuse(error)
                return
            }
            self.connection = connection
            connection.begin()
            connection.startClock(.seconds(server.limits.statementSeconds))
            let outcome = work.run(connection)
            connection.stopClock()
            connection.endReading()
            if connection.isGone { self.connection = nil }
            let isUndone = connection.isGone || connection.wantsAgain
            if isUndone, attempt < server.limits.attempts {
                attempt += 1
                continue
            }
            // A body may have swallowed why it saw less than there is.
            outcome.finish(outcome.error == nil && isUndone ? connection.failure ?? StorageError.busy : nil)
            return
        }
    }
}
