internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Values

/// One connection of GRDB and its prepared statements. Used by one thread at a time.
// Unchecked, because it is handed once to the thread that serves it, or lent by `BriefReaders` to one caller at a time.
@safe final class SQLiteConnection: Transaction, @unchecked Sendable {
    private let queue: DatabaseQueue
    private let limits: StorageLimits
    private var database: OpaquePointer
    private var statements: [String: Statement] = [:]
    private var depth = 0
    private var clock: StatementClock

    let dialect: any Dialect = SQLiteDialect()

    init(path: String, limits: StorageLimits, writes: Bool) throws {
        self.limits = limits
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(TimeInterval(limits.busyMilliseconds) / 1000)
        configuration.label = writes ? "cauldron.writer" : "cauldron.reader"
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            // GRDB opens the connection on its queue; the pointer stays valid as long as `queue` does.
            let pointer = unsafe try queue.inDatabase { database in
                // Set here and not while GRDB prepares the connection: durable commits must not depend on its defaults.
                if writes { try database.execute(sql: "PRAGMA journal_mode = WAL") }
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA cache_size = -16000")
                try database.execute(sql: "PRAGMA temp_store = MEMORY")
                if !writes { try database.execute(sql: "PRAGMA query_only = ON") }
                return unsafe database.sqliteConnection
            }
            guard let pointer = unsafe pointer else { throw StorageError.closed }
            unsafe database = pointer
        } catch let error as DatabaseError {
            throw StorageError(error)
        }
        // GRDB watches transactions to tell its observers; statements that it does not run itself would confuse it.
        unsafe sqlite3_commit_hook(database, nil, nil)
        unsafe sqlite3_rollback_hook(database, nil, nil)
        unsafe sqlite3_update_hook(database, nil, nil)
        unsafe sqlite3_set_authorizer(database, nil, nil)
        clock = StatementClock(seconds: limits.statementSeconds)
        let context = unsafe Unmanaged.passUnretained(clock).toOpaque()
        unsafe sqlite3_progress_handler(
            database, 20_000,
            { context in
                guard let context = unsafe context else { return 0 }
                return unsafe Unmanaged<StatementClock>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
            }, context)
    }

    /// Runs what `work` brings until it is closed: everything that waits shares one commit.
    func serveWrites(_ work: WorkQueue, groupSize: Int) {
        while let first = work.take() {
            var group: [(any Error) -> Void] = []
            var outcomes: [Work.Outcome] = []
            do {
                try execute("BEGIN IMMEDIATE")
            } catch {
                first.refuse(error)
                continue
            }
            var next: Work? = first
            var lost: (any Error)?
            while let current = next {
                let outcome = runInSavepoint(current)
                outcomes.append(outcome)
                if unsafe sqlite3_get_autocommit(database) != 0 {
                    // The engine gave up the whole transaction, as it does when the disk is full.
                    lost = outcome.error ?? StorageError.failed(code: 0, message: "the transaction was lost")
                    break
                }
                group.append(current.refuse)
                next = outcomes.count < groupSize ? work.takeIfWaiting() : nil
            }
            if lost == nil {
                do {
                    try execute("COMMIT")
                } catch {
                    lost = error
                    _ = try? execute("ROLLBACK")  // when the commit failed there may be nothing left to roll back
                }
            }
            for outcome in outcomes { outcome.finish(lost) }
        }
        close()
    }

    /// Runs each piece of work on its own snapshot until the queue is closed.
    func serveReads(_ work: WorkQueue) {
        while let next = work.take() {
            do {
                try execute("BEGIN")
            } catch {
                next.refuse(error)
                continue
            }
            clock.start()
            let outcome = next.run(self)
            do {
                try execute("COMMIT")
                outcome.finish(nil)
            } catch {
                // Reading a damaged file fails here, too; the next body must find no transaction open.
                _ = try? execute("ROLLBACK")
                outcome.finish(error)
            }
        }
        close()
    }

    /// Runs `body` on a snapshot, on the thread of the caller, and stops it when it takes longer than a moment.
    func readBriefly<T>(_ body: (any Transaction) throws -> T) throws -> T {
        try execute("BEGIN")
        clock.start(.milliseconds(limits.briefMilliseconds))
        let result = Result { try body(self) }
        clock.pause()
        try execute("COMMIT")
        return try result.get()
    }

    private func runInSavepoint(_ work: Work) -> Work.Outcome {
        clock.start()
        var outcome: Work.Outcome?
        do {
            try savepoint {
                let result = work.run(self)
                outcome = result
                if let error = result.error { throw error }
            }
        } catch {
            return outcome ?? Work.Outcome(error: error) { voided in work.refuse(voided ?? error) }
        }
        return outcome ?? Work.Outcome(error: StorageError.closed) { _ in work.refuse(StorageError.closed) }
    }

    // MARK: - Transaction

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        depth += 1
        defer { depth -= 1 }
        let name = "s\(depth)"
        try execute("SAVEPOINT \(name)")
        do {
            let result = try body()
            try execute("RELEASE \(name)")
            return result
        } catch {
            if unsafe sqlite3_get_autocommit(database) == 0 {
                clock.pause()
                try execute("ROLLBACK TO \(name)")
                try execute("RELEASE \(name)")
            }
            throw error
        }
    }

    func forEach(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void
    ) throws {
        let statement = try checkOut(sql)
        defer { checkIn(statement) }
        try statement.bind(arguments)
        while try statement.step() {
            try each(statement.row(types))
        }
    }

    func execute(_ sql: String, _ arguments: [Value]) throws -> Int {
        let statement = try checkOut(sql)
        defer { checkIn(statement) }
        try statement.bind(arguments)
        while try statement.step() {}
        return unsafe Int(sqlite3_changes(database))
    }

    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        guard !rows.isEmpty else { return }
        let names = columns.map(quoted).joined(separator: ",")
        let statement = try checkOut("INSERT INTO \(quoted(table)) (\(names)) VALUES (\(placeholders(columns.count)))")
        defer { checkIn(statement) }
        for row in rows {
            try statement.bind(row)
            while try statement.step() {}
            statement.reset()
        }
    }

    func migrate(to tables: [TableSchema]) throws -> [SchemaChange] {
        try SQLiteMigration(self).run(tables)
    }

    // MARK: - Statements

    private func checkOut(_ sql: String) throws -> Statement {
        if let statement = statements[sql], !statement.isInUse {
            statement.isInUse = true
            return statement
        }
        let statement = unsafe try Statement(sql, database)
        if statements[sql] == nil {
            if statements.count >= limits.statements { statements = statements.filter { $0.value.isInUse } }
            statements[sql] = statement
        }
        statement.isInUse = true
        return statement
    }

    private func checkIn(_ statement: Statement) {
        statement.reset()
        statement.isInUse = false
    }

    func close() {
        statements = [:]
        unsafe sqlite3_progress_handler(database, 0, nil, nil)
        // A failure to close leaves a file that the next start recovers from its log; there is nobody to tell.
        try? queue.close()
    }

    /// Copies a database file while others use it.
    static func copy(_ source: String, to target: String) throws {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let from = try DatabaseQueue(path: source, configuration: configuration)
            let to = try DatabaseQueue(path: target)
            try from.backup(to: to)
            try to.close()
            try from.close()
        } catch let error as DatabaseError {
            throw StorageError(error)
        }
    }
}

/// When the statements of a body have to end.
private final class StatementClock {
    private let seconds: Int
    private var deadline: ContinuousClock.Instant?

    init(seconds: Int) { self.seconds = seconds }

    func start() { start(.seconds(seconds)) }
    func start(_ time: Duration) { deadline = .now + time }
    func pause() { deadline = nil }
    var hasPassed: Bool { deadline.map { .now > $0 } ?? false }
}

/// SQLite's own words.
struct SQLiteDialect: Dialect {
    func like(_ column: String) -> String { "\(column) LIKE ?" }
    func isOneOf(_ column: String, count: Int) -> String { "\(column) IN (\(placeholders(count)))" }
}
