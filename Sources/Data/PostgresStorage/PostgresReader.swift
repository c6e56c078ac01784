internal import Storage

/// Runs bodies that read, each on its own snapshot, on one connection.
// Unchecked, because it is used by who has the turn of its queue, or by the queue while nobody has.
final class PostgresReader: Worker, @unchecked Sendable {
    private let server: PostgresServer
    private var connection: PostgresConnection?

    init(_ server: PostgresServer) { self.server = server }

    var isOpen: Bool { connection != nil }

    func rest() { connection = nil }

    func serve(_ work: Work, _ queue: WorkQueue) {
        var attempt = 1
        while true {
            let connection: PostgresConnection
            do {
                connection = try self.connection ?? server.connectPatiently(.reading)
            } catch {
                work.refuse(error)
                while let waiting = queue.takeIfWaiting() { waiting.refuse(error) }
                return
            }
            self.connection = connection
            connection.begin()
            connection.startClock(.seconds(server.limits.statementSeconds))
            let outcome = work.run(connection)
            connection.stopClock()
            connection.endReading()
            if connection.isGone { self.connection = nil }
            // What ended a body ends it also where the body did not let it through.
            let isUndone = connection.isGone || connection.wantsAgain || connection.hasEnded && outcome.error == nil
            if isUndone, !connection.hasEnded, attempt < server.limits.attempts {
                attempt += 1
                continue
            }
            // A body may have swallowed why it saw less than there is.
            outcome.finish(outcome.error == nil && isUndone ? connection.reason ?? StorageError.busy : nil)
            return
        }
    }
}
