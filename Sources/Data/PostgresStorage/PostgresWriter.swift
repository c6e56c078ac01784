internal import Storage
internal import Values

/// Runs bodies that write: all that wait share one commit, each in a savepoint of its own.
///
/// Every commit that wrote also notes its number in the table `_writer`, so that after a lost connection the tenant itself
/// tells whether the commit came through. (`pg_xact_status` cannot: a server that crashed before the commit was on disk may
/// give the same transaction number to somebody else.)
// Unchecked, because it is used by who has the turn of its queue, or by the queue while nobody has.
final class PostgresWriter: Worker, @unchecked Sendable {
    private let server: PostgresServer
    private var connection: PostgresConnection?
    /// The number of the commit that is being prepared, counted from 1.
    private var number: Int64 = 0

    /// A body and how often it has begun to run.
    private struct Attempt {
        let work: Work
        var count = 0
        /// Waits for the result of each of its statements: one that was not waited for has failed before.
        var isPatient = false
    }

    private typealias Done = (attempt: Attempt, outcome: Work.Outcome)

    init(_ server: PostgresServer, _ connection: PostgresConnection) {
        self.server = server
        self.connection = connection
    }

    var isOpen: Bool { connection != nil }

    func rest() { connection = nil }

    func serve(_ first: Work, _ queue: WorkQueue) {
        var waiting = [Attempt(work: first)]
        while !waiting.isEmpty { waiting = run(waiting, queue) }
    }

    /// Runs those and what else waits in one transaction. Returns those that were undone for no fault of theirs.
    private func run(_ attempts: [Attempt], _ queue: WorkQueue) -> [Attempt] {
        let connection: PostgresConnection
        do {
            connection = try connected()
        } catch {
            for attempt in attempts { attempt.work.refuse(error) }
            // Each connection that is tried in vain may take seconds: those that wait have waited for this one.
            while let work = queue.takeIfWaiting() { work.refuse(error) }
            return []
        }
        number += 1
        connection.begin()
        let start = ContinuousClock.now
        var done: [Done] = []
        var todo = attempts[...]
        while connection.failure == nil, done.count < max(server.limits.groupSize, attempts.count),
            var attempt = todo.popFirst()
                ?? (.now - start < Self.groupTime ? queue.takeIfWaiting().map { Attempt(work: $0) } : nil)
        {
            guard let outcome = run(&attempt, connection, mayWait: done.isEmpty) else {
                todo.insert(attempt, at: todo.startIndex)
                break
            }
            done.append((attempt, outcome))
        }
        if let failure = connection.failure { return undo(done, Array(todo), failure, connection) }
        do {
            try connection.commit(note: note)
            finish(done, nil)
            return Array(todo)
        } catch {
            return settle(done, error, connection) + todo
        }
    }

    /// How long a group takes others in: who waits for the lock in another process shall have it soon.
    private static let groupTime = Duration.milliseconds(200)

    /// Runs a body in a savepoint, and again while others stand in its way. With others before it in the transaction, whose
    /// locks may be what stands in the way, gives nil instead: it shall run again when those are committed.
    private func run(
        _ attempt: inout Attempt, _ connection: PostgresConnection, mayWait: Bool
    ) -> Work.Outcome? {
        let work = attempt.work
        while true {
            attempt.count += 1
            var outcome: Work.Outcome?
            var failure: (any Error)?
            do {
                connection.issues = !attempt.isPatient
                try connection.savepoint {
                    connection.startClock(.seconds(server.limits.statementSeconds))
                    let result = work.run(connection)
                    // What was not waited for may be why the body failed.
                    defer { connection.stopClock() }
                    outcome = result
                    try connection.settle()
                    if let error = result.error { throw error }
                    // What the body did before it runs again is undone first.
                    if connection.wantsAgain { throw StorageError.busy }
                }
            } catch {
                failure = error
            }
            connection.stopClock()
            connection.issues = false
            if connection.failure == nil, connection.takeCare() {
                attempt.isPatient = true
                attempt.count -= 1
                continue
            }
            if connection.failure == nil, connection.takeWish(), attempt.count < server.limits.attempts {
                guard mayWait else { return nil }
                continue
            }
            if let outcome, outcome.error != nil || failure == nil { return outcome }
            // The body was well, but what it did could not be kept.
            let error = failure ?? StorageError.closed
            return Work.Outcome(error: error) { voided in work.refuse(voided ?? error) }
        }
    }

    /// The transaction ended under its last body.
    private func undo(
        _ done: [Done], _ todo: [Attempt], _ failure: any Error, _ connection: PostgresConnection
    ) -> [Attempt] {
        var again: [Attempt] = []
        let wantsAgain = connection.takeWish()
        if connection.isGone {
            self.connection = nil
        } else {
            connection.rollBack()
        }
        for (index, one) in done.enumerated() {
            let isLast = index == done.count - 1
            if !isLast, one.outcome.error != nil {
                one.outcome.finish(nil)
            } else if isLast, !connection.isGone, !wantsAgain {
                // It was this one that the server gave up the transaction for.
                one.outcome.finish(one.outcome.error == nil ? failure : nil)
            } else {
                again.append(one.attempt)
            }
        }
        return keep(again, failure) + todo
    }

    /// The commit failed, or its answer was lost.
    private func settle(_ done: [Done], _ failure: any Error, _ connection: PostgresConnection) -> [Attempt] {
        if connection.isGone {
            self.connection = nil
            do {
                if try isCommitted() {
                    finish(done, nil)
                    return []
                }
            } catch {
                finish(done, StorageError.unknownOutcome("\(error)"))
                return []
            }
        } else {
            connection.rollBack()
            // Failing alone, a body fails for its own fault.
            if done.count == 1, !connection.takeWish() {
                finish(done, failure)
                return []
            }
        }
        for one in done where one.outcome.error != nil { one.outcome.finish(nil) }
        return keep(done.filter { $0.outcome.error == nil }.map(\.attempt), failure)
    }

    private func finish(_ done: [Done], _ error: (any Error)?) {
        for (_, outcome) in done { outcome.finish(outcome.error == nil ? error : nil) }
    }

    /// Those that may run once more; the others are told why not.
    private func keep(_ attempts: [Attempt], _ failure: any Error) -> [Attempt] {
        for attempt in attempts where attempt.count >= server.limits.attempts { attempt.work.refuse(failure) }
        return attempts.filter { $0.count < server.limits.attempts }
    }

    // MARK: - Lost connections

    private func connected() throws -> PostgresConnection {
        if let connection { return connection }
        let fresh = try server.connectPatiently(.writing)
        connection = fresh
        // The server may not have noticed yet that the connection before is gone, and hold its locks.
        fresh.begin(isAlone: true)
        try fresh.savepoint {
            _ = try fresh.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = ? AND usename = current_user AND pid <> pg_backend_pid()
                """, [.text(server.writer)], [.integer])
        }
        try fresh.commit(note: nil)
        return fresh
    }

    /// Whether the commit whose answer was lost came through. The lock is free only when the server has done with it.
    private func isCommitted() throws -> Bool {
        var attempt = 1
        while true {
            do {
                let connection = try connected()
                connection.begin()
                let row = try connection.first(
                    "SELECT number FROM _writer WHERE id = ?", [.text(server.writer)], [.integer])
                try connection.commit(note: nil)
                return row?[0].int == number
            } catch {
                connection = nil
                attempt += 1
                if attempt > server.limits.attempts { throw error }
            }
        }
    }

    private var note: (sql: String, arguments: [Value]) {
        (
            """
            INSERT INTO _writer (id, number, seen) VALUES (?, ?, localtimestamp)
            ON CONFLICT (id) DO UPDATE SET number = excluded.number, seen = excluded.seen
            """, [.text(server.writer), .int(number)]
        )
    }
}
