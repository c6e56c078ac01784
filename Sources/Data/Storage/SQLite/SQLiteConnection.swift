internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Values

/// One connection of GRDB and its prepared statements. Used by one thread at a time.
// Unchecked, because it is lent to one at a time: by `SQLiteWorker` to who has its turn, by `BriefReaders` to a caller.
@safe final class SQLiteConnection: Transaction, @unchecked Sendable {
    private let queue: DatabaseQueue
    private let limits: StorageLimits
    private var database: OpaquePointer
    private var statements: [String: Statement] = [:]
    /// The statements that add rows, by table, with the columns they are of.
    private var insertions: [String: (columns: [String], statement: Statement)] = [:]
    /// What bodies keep for those that follow in the transaction; nil outside of one that writes.
    private var kept: [String: [Value]]?
    private var depth = 0
    private var clock: StatementClock
    /// Why the engine gave up the transaction under a body; its later statements would stand outside of any.
    private var lost: (any Error)?
    /// Whether a statement of the body was stopped because the body took too long.
    private var wasStopped = false

    let dialect: any Dialect = SQLiteDialect()

    init(path: String, limits: StorageLimits, writes: Bool) throws {
        self.limits = limits
        // A connection that is opened later finds the database that was there: the engine would make an empty one.
        guard unsafe access(path, F_OK) == 0 else { throw StorageError.inaccessible("the file is gone") }
        _ = Self.limitMemory
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
        unsafe SQLitePattern.register(database)
        clock = StatementClock(seconds: limits.statementSeconds)
        let context = unsafe Unmanaged.passUnretained(clock).toOpaque()
        unsafe sqlite3_progress_handler(
            database, 20_000,
            { context in
                guard let context = unsafe context else { return 0 }
                return unsafe Unmanaged<StatementClock>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
            }, context)
        Connections.sqlite.opened()
    }

    /// Has the engine keep pages in memory only as long as all its connections together hold less than this; beyond it each
    /// gives up a page for one that it reads.
    private static let limitMemory: Void = { _ = sqlite3_soft_heap_limit64(memoryBytes) }()
    private static let memoryBytes: Int64 = 160 << 20

    /// Runs `first` and all that waits, in one commit.
    func write(_ first: Work, _ queue: WorkQueue) {
        let undone = commit(first) { count in count < limits.groupSize ? queue.takeIfWaiting() : nil }
        // What was undone because of somebody else runs again, alone.
        for work in undone { _ = commit(work) { _ in nil } }
    }

    /// Runs `first` and those that follow in one transaction. Returns those that were well until one of the others made
    /// the engine give up the transaction, as it does when the disk is full or a change is stopped.
    private func commit(_ first: Work, _ next: (_ count: Int) -> Work?) -> [Work] {
        do {
            try execute("BEGIN IMMEDIATE")
        } catch {
            first.refuse(error)
            return []
        }
        kept = [:]
        defer { kept = nil }
        var done: [(work: Work, outcome: Work.Outcome)] = []
        var following: Work? = first
        while let work = following {
            done.append((work, runInSavepoint(work)))
            if lost == nil, unsafe sqlite3_get_autocommit(database) != 0 {
                lost = StorageError.failed(code: 0, message: "the transaction was lost")
            }
            following = lost == nil ? next(done.count) : nil
        }
        if lost != nil {
            lost = nil
            if unsafe sqlite3_get_autocommit(database) == 0 { _ = try? execute("ROLLBACK") }
            for (_, outcome) in done where outcome.error != nil { outcome.finish(nil) }
            return done.filter { $0.outcome.error == nil }.map(\.work)
        }
        var failure: (any Error)?
        do {
            try execute("COMMIT")
        } catch {
            failure = error
            _ = try? execute("ROLLBACK")  // when the commit failed there may be nothing left to roll back
        }
        for (_, outcome) in done { outcome.finish(outcome.error == nil ? failure : nil) }
        return []
    }

    /// Runs a piece of work on its own snapshot.
    func read(_ work: Work) {
        do {
            try execute("BEGIN")
        } catch {
            work.refuse(error)
            return
        }
        wasStopped = false
        clock.start()
        let outcome = work.run(self)
        clock.pause()
        do {
            try endSnapshot()
            // A body may have swallowed why it saw less than there is.
            outcome.finish(outcome.error == nil && wasStopped ? StorageError.timedOut : nil)
        } catch {
            outcome.finish(error)
        }
    }

    /// Runs `body` on a snapshot, on the thread of the caller, and stops it when it takes longer than a moment.
    func readBriefly<T>(_ body: (any Transaction) throws -> T) throws -> T {
        try execute("BEGIN")
        wasStopped = false
        clock.start(.milliseconds(limits.briefMilliseconds))
        let result = Result { try body(self) }
        clock.pause()
        try endSnapshot()
        if wasStopped { throw StorageError.timedOut }
        return try result.get()
    }

    private func endSnapshot() throws {
        lost = nil
        do {
            try execute("COMMIT")
        } catch {
            // Reading a damaged file fails here, too; the next body must find no transaction open.
            _ = try? execute("ROLLBACK")
            throw error
        }
    }

    private func runInSavepoint(_ work: Work) -> Work.Outcome {
        var outcome: Work.Outcome?
        do {
            try savepoint {
                clock.start()
                let result = work.run(self)
                clock.pause()
                outcome = result
                if let error = result.error { throw error }
            }
        } catch {
            if let outcome, outcome.error != nil { return outcome }
            // The body was well, but what it did could not be kept.
            return Work.Outcome(error: error) { _ in work.refuse(error) }
        }
        return outcome ?? Work.Outcome(error: StorageError.closed) { _ in work.refuse(StorageError.closed) }
    }

    // MARK: - Transaction

    func takeTime(seconds: Int) { clock.start(.seconds(seconds)) }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        depth += 1
        defer { depth -= 1 }
        let name = "s\(depth)"
        let before = kept
        try execute("SAVEPOINT \(name)")
        do {
            let result = try body()
            try execute("RELEASE \(name)")
            return result
        } catch {
            kept = before
            if lost == nil, unsafe sqlite3_get_autocommit(database) == 0 {
                let deadline = clock.pause()
                defer { clock.resume(deadline) }
                do {
                    try execute("ROLLBACK TO \(name)")
                    try execute("RELEASE \(name)")
                } catch let failure {
                    lost = failure
                    throw failure
                }
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
        while try step(statement) {
            try each(statement.row(types))
        }
    }

    func first(_ sql: String, _ arguments: [Value], _ types: [ColumnType]) throws -> [Value]? {
        let statement = try checkOut(sql)
        defer { checkIn(statement) }
        try statement.bind(arguments)
        guard try step(statement) else { return nil }
        let row = try statement.row(types)
        // What writes and gives rows is done only at its end.
        while !statement.isReadOnly, try step(statement) {}
        return row
    }

    func write(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], keys: [JSONKey]?, limit: Int,
        to writer: inout JSONWriter
    ) throws -> Int {
        let statement = try checkOut(sql)
        defer { checkIn(statement) }
        try statement.bind(arguments)
        var count = 0
        writer.beginArray()
        while try step(statement) {
            count += 1
            guard count <= limit else { continue }
            try statement.write(types, keys, to: &writer)
            try writer.passOn()
        }
        writer.endArray()
        return count
    }

    func execute(_ sql: String, _ arguments: [Value]) throws -> Int {
        if kept != nil, mayRemove(sql) { kept = [:] }
        let statement = try checkOut(sql)
        defer { checkIn(statement) }
        try statement.bind(arguments)
        while try step(statement) {}
        return unsafe Int(sqlite3_changes(database))
    }

    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        if rows.count > 1 {
            try savepoint { try add(rows, columns, to: table) }
        } else {
            try add(rows, columns, to: table)
        }
    }

    private func add(_ rows: [[Value]], _ columns: [String], to table: String) throws {
        guard !rows.isEmpty else { return }
        if let lost { throw lost }
        let statement = try insertion(into: table, columns)
        defer { statement.reset() }
        for row in rows {
            try statement.bind(row)
            while try step(statement) {}
            statement.reset()
        }
    }

    private func insertion(into table: String, _ columns: [String]) throws -> Statement {
        if let (known, statement) = insertions[table], known == columns { return statement }
        let names = columns.map(quoted).joined(separator: ",")
        let sql = "INSERT INTO \(quoted(table)) (\(names)) VALUES (\(placeholders(columns.count)))"
        let statement = unsafe try Statement(sql, database)
        if insertions.count >= limits.statements { insertions = [:] }
        insertions[table] = (columns, statement)
        return statement
    }

    func kept(_ key: String) -> [Value]? { kept?[key] }

    func keep(_ values: [Value]?, as key: String) { kept?[key] = values }

    func migrate(to tables: [TableSchema]) throws -> [SchemaChange] {
        try SQLiteMigration(self).run(tables)
    }

    // MARK: - Statements

    /// Moves to the next row, and notes when the engine gave up the whole transaction instead.
    private func step(_ statement: Statement) throws -> Bool {
        do {
            return try statement.step()
        } catch {
            if depth > 0, unsafe sqlite3_get_autocommit(database) != 0 { lost = error }
            if error as? StorageError == .timedOut { wasStopped = true }
            throw error
        }
    }

    private func checkOut(_ sql: String) throws -> Statement {
        if let lost { throw lost }
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
        insertions = [:]
        unsafe sqlite3_progress_handler(database, 0, nil, nil)
        // A failure to close leaves a file that the next start recovers from its log; there is nobody to tell.
        try? queue.close()
        Connections.sqlite.closed()
    }

    /// Copies a database file while others use it.
    static func copy(_ source: String, to target: String) throws {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let from = try DatabaseQueue(path: source, configuration: configuration)
            SQLiteDatabase.makePrivate(target)
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
    @discardableResult
    func pause() -> ContinuousClock.Instant? {
        defer { deadline = nil }
        return deadline
    }
    func resume(_ deadline: ContinuousClock.Instant?) { self.deadline = deadline }
    var hasPassed: Bool { deadline.map { .now > $0 } ?? false }
}

/// SQLite's own words.
struct SQLiteDialect: Dialect {
    func like(_ column: String) -> String { "fits(?, \(column))" }
    func matches(_ column: String) -> String { "\(column) REGEXP ?" }
    func text(of column: String, _ type: ColumnType) -> String {
        switch type {
        case .integer: return "CAST(\(column) AS TEXT)"
        case .day: return "strftime('%Y-%m-%d', \(column) * 86400, 'unixepoch')"
        case .timestamp:
            // The rest of a moment before 1970 counts forwards, too.
            let rest = "((\(column) % 1000000 + 1000000) % 1000000)"
            return
                "(strftime('%Y-%m-%d %H:%M:%S', (\(column) - \(rest)) / 1000000, 'unixepoch') || printf('.%06d', \(rest)))"
        default: return column
        }
    }
    func isOneOf(_ column: String, count: Int) -> String {
        count == 0 ? "1 = 0" : "\(column) IN (\(placeholders(count)))"
    }
    func ordered(_ sql: String, descending: Bool, isNullable: Bool) -> String { sql + (descending ? " DESC" : " ASC") }
    func average(_ sql: String, _ type: ColumnType) -> String { "sum(\(sql)) / nullif(count(\(sql)), 0)" }
    func unsealing(_ table: String) -> [String] { seals(table).map { "DROP TRIGGER \(quoted($0.name))" } }
    func sealing(_ table: String) -> [String] { seals(table).map(\.sql) }

    /// The triggers that refuse changes to an append-only table.
    func seals(_ table: String) -> [(name: String, sql: String)] {
        ["UPDATE", "DELETE"].map { verb in
            let name = "\(table):no \(verb.lowercased())"
            let sql = """
                CREATE TRIGGER \(quoted(name)) BEFORE \(verb) ON \(quoted(table))
                BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END
                """
            return (name, sql)
        }
    }
}
