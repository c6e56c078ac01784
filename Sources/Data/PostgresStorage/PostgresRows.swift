internal import CPostgres
internal import Storage

extension PostgresConnection {
    /// The replies of a statement, read while its sender wants them.
    final class Rows {
        private unowned let connection: PostgresConnection
        private var kept: [Reply] = []
        private var head = 0
        private var error: (any Error)?
        private var isComplete = false

        init(_ connection: PostgresConnection) { self.connection = connection }

        /// The next reply; nil behind the last.
        func next() throws -> Reply? {
            if head < kept.count {
                head += 1
                return kept[head - 1]
            }
            if let error { throw error }
            return isComplete ? nil : try receive()
        }

        /// Reads the rest from the server, so that another statement can be sent.
        func takeRest() throws {
            while !isComplete {
                do {
                    if let reply = try receive() { kept.append(reply) }
                } catch {
                    // Its reader shall meet it, and the connection does not accept another statement either.
                    self.error = error
                    throw error
                }
            }
        }

        /// Reads the rest and forgets it.
        func discard() {
            kept = []
            head = 0
            while !isComplete {
                // The connection keeps what it fails with.
                do { _ = try receive() } catch { return }
            }
        }

        private func receive() throws -> Reply? {
            do {
                guard let reply = try connection.link.receive(connection.patience) else {
                    end()
                    return nil
                }
                if reply.isError || reply.isSkipped {
                    end()
                    throw connection.fail(Link.Failure(reply: reply))
                }
                if !reply.isReading, reply.status != PGRES_SINGLE_TUPLE { connection.hasWritten = true }
                return reply
            } catch {
                end()
                throw connection.fail(error)
            }
        }

        private func end() {
            isComplete = true
            if connection.reading === self { connection.reading = nil }
        }
    }
}
