internal import Storage
internal import Values

/// One connection and the transaction on it. Used by one thread at a time.
///
/// What begins, ends and divides the transaction is sent with the statement that follows, so a body costs one round trip for
/// each of its statements and no more.
// Unchecked, because it is handed once to the thread that serves it, or lent by `BriefConnections` to one caller at a time.
final class PostgresConnection: Transaction, @unchecked Sendable {
    let link: Link
    let limits: StorageLimits
    private let beginning: [String]
    private var statements: PreparedStatements
    private let arguments = Arguments()
    /// What goes out before the next statement.
    private var pending: [Pending] = []
    private var depth = 0
    private var deadline: ContinuousClock.Instant?
    private var isBrief = false
    /// The rows that somebody is reading one by one.
    var reading: Rows?
    var columnTypes: [String: [String: UInt32]] = [:]
    /// Whether the server keeps prepared statements that are of no use any more.
    private var mustForget = false
    /// The names of prepared statements that the server shall forget.
    private var forgotten: [String] = []

    /// Why the transaction as a whole is over; nothing of it will remain.
    private(set) var failure: (any Error)?
    /// Why the body is over, although it may not know: its time has passed.
    private var ended: (any Error)?
    /// The failure of a statement: the server refuses others until a savepoint before it is gone back to.
    private var poison: (any Error)?
    /// Whether the body may succeed when it runs again.
    private(set) var wantsAgain = false
    /// Has the body run again.
    func askAgain() { wantsAgain = true }
    /// What bodies keep for those that follow in the transaction; nil in one that reads.
    private var kept: [String: [Value]]?
    /// Whether statements whose result nobody asks for are not waited for.
    var issues = false
    /// Whether one of those failed: the body, which went on, shall run again and wait for each.
    private(set) var mustWait = false
    /// Whether anything but reading was done.
    var hasWritten = false

    let dialect: any Dialect = PostgresDialect()

    private struct Pending {
        enum Role: Equatable {
            case begin
            case savepoint(Int)
            case commit, other
        }
        let role: Role
        let sql: String
        var arguments: [Value] = []
        /// Parsed for this once.
        var isOnce = false
    }

    /// `beginning` are the statements that begin a transaction.
    init(_ link: Link, limits: StorageLimits, beginning: [String]) {
        self.link = link
        self.limits = limits
        self.beginning = beginning
        statements = PreparedStatements(limit: limits.statements)
    }

    var isGone: Bool { link.isGone }
    /// Whether the body was over before it knew.
    var hasEnded: Bool { ended != nil }
    /// Why the transaction or the body is over.
    var reason: (any Error)? { failure ?? ended }

    /// Whether the body may succeed when it runs again; asks only once.
    func takeWish() -> Bool {
        defer { wantsAgain = false }
        return wantsAgain
    }

    /// Whether the body shall run again and wait for each statement; asks only once.
    func takeCare() -> Bool {
        defer { mustWait = false }
        return mustWait
    }

    // MARK: - Beginning and ending

    /// Begins a transaction with the first statement that follows; `isAlone` leaves out the lock of the writers.
    func begin(isAlone: Bool = false) {
        pending.removeAll()
        for (index, sql) in beginning.prefix(isAlone ? 1 : 2).enumerated() {
            pending.append(Pending(role: index == 0 ? .begin : .other, sql: sql))
        }
        depth = 0
        failure = nil
        ended = nil
        poison = nil
        wantsAgain = false
        mustWait = false
        hasWritten = false
        // Only who holds the lock of the writers knows what others do not change.
        kept = beginning.count > 1 && !isAlone ? [:] : nil
    }

    /// From now on statements take the time of a body. With `isBrief` one that takes too long is left behind, see
    /// ``isAbandoned``, so that its caller goes on at once.
    func startClock(_ time: Duration, isBrief: Bool = false) {
        deadline = .now + time
        self.isBrief = isBrief
    }
    func stopClock() { deadline = nil }

    func takeTime(seconds: Int) {
        guard deadline != nil else { return }
        deadline = .now + .seconds(seconds)
        pending.append(Pending(role: .other, sql: "SET LOCAL statement_timeout = '\(seconds + 5)s'", isOnce: true))
    }

    /// Whether a statement was left behind; then ``takeUp()`` must follow, on a thread that may wait.
    var isAbandoned: Bool { link.isAbandoned }

    /// Stops what was left behind and ends the reading.
    func takeUp() {
        do {
            for statement in try link.cancelAndRecover() { statements.remove(statement) }
        } catch {
            failure = error
        }
        endReading()
    }

    /// Whether anything of the transaction has been sent.
    private var isOpen: Bool { pending.first?.role != .begin }

    /// Commits and waits for it; `note` is written by the same transaction, if that has written anything.
    ///
    /// - Throws: why nothing remains; with `isGone` nobody knows whether it does.
    func commit(note: (sql: String, arguments: [Value])?) throws {
        guard isOpen else {
            pending.removeAll()
            return
        }
        if let failure { throw failure }
        try reading?.takeRest()
        do {
            if let note, hasWritten { pending.append(Pending(role: .other, sql: note.sql, arguments: note.arguments)) }
            pending.append(Pending(role: .commit, sql: "COMMIT"))
            try sendPending()
            try link.sync()
            try link.settle(.general)
        } catch {
            throw fail(error)
        }
    }

    /// Ends a transaction that only read, without waiting for the server.
    func endReading() {
        defer { reading = nil }
        guard isOpen, !isGone else {
            pending.removeAll()
            return
        }
        do {
            try reading?.takeRest()
            pending = [Pending(role: .other, sql: "COMMIT")]
            try sendPending()
            try link.sync()
        } catch {
            failure = failure ?? error
        }
    }

    /// Undoes all of the transaction.
    func rollBack() {
        defer { reading = nil }
        guard isOpen, !isGone else {
            pending.removeAll()
            return
        }
        do {
            try reading?.takeRest()
            columnTypes = [:]
            pending = [Pending(role: .other, sql: "ROLLBACK")]
            try sendPending()
            try link.sync()
            try link.settle(.general)
        } catch {
            // A connection that cannot even go back is opened anew.
            _ = link.lost()
        }
    }

    // MARK: - Savepoints

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        try check()
        depth += 1
        defer { depth -= 1 }
        pending.append(Pending(role: .savepoint(depth), sql: "SAVEPOINT s\(depth)"))
        let before = kept
        do {
            let result = try body()
            try check()
            release()
            return result
        } catch {
            kept = before
            undo()
            throw failure ?? ended ?? error
        }
    }

    /// The place among what is pending where the innermost savepoint begins; nil when it has been sent.
    private var unsent: Int? { pending.lastIndex { $0.role == .savepoint(depth) } }

    private func release() {
        if let unsent, unsent == pending.count - 1 {
            pending.removeLast()
        } else {
            pending.append(Pending(role: .other, sql: "RELEASE SAVEPOINT s\(depth)"))
        }
    }

    private func undo() {
        guard failure == nil else { return }
        if let unsent {
            pending.removeSubrange(unsent...)
        } else {
            // Savepoints within it, sent or not, go with it; changes of tables, too.
            columnTypes = [:]
            pending.removeAll()
            pending.append(Pending(role: .other, sql: "ROLLBACK TO SAVEPOINT s\(depth)"))
            pending.append(Pending(role: .other, sql: "RELEASE SAVEPOINT s\(depth)"))
        }
        poison = nil
        if depth == 1 { ended = nil }
    }

    private func check() throws {
        if let error = failure ?? ended ?? poison { throw error }
    }

    // MARK: - Statements

    func forEach(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void
    ) throws {
        try read(sql, arguments, types, isStreaming: true, each)
    }

    func query(_ sql: String, _ arguments: [Value], _ types: [ColumnType]) throws -> [[Value]] {
        var rows: [[Value]] = []
        try read(sql, arguments, types, isStreaming: false) { rows.append($0) }
        return rows
    }

    func first(_ sql: String, _ arguments: [Value], _ types: [ColumnType]) throws -> [Value]? {
        let rows = try start(sql, arguments, isStreaming: false)
        defer { rows.discard() }
        var row: [Value]?
        while let reply = try rows.next() {
            if row == nil, reply.rowCount > 0 { row = try Columns(types, of: reply).row(0, of: reply) }
        }
        return row
    }

    private func read(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], isStreaming: Bool, _ each: ([Value]) throws -> Void
    ) throws {
        let rows = try start(sql, arguments, isStreaming: isStreaming)
        defer { rows.discard() }
        var columns: Columns?
        while let reply = try rows.next() {
            guard reply.rowCount > 0 else { continue }
            let reader = try columns ?? Columns(types, of: reply)
            columns = reader
            for row in 0..<reply.rowCount { try each(reader.row(row, of: reply)) }
        }
    }

    func execute(_ sql: String, _ arguments: [Value]) throws -> Int {
        forgetIfRemoving(sql)
        let rows = try start(sql, arguments, isStreaming: false)
        defer { rows.discard() }
        var changed = 0
        while let reply = try rows.next() { changed = reply.changed }
        return changed
    }

    func kept(_ key: String) -> [Value]? { kept?[key] }

    func keep(_ values: [Value]?, as key: String) { kept?[key] = values }

    private func forgetIfRemoving(_ sql: String) {
        if kept != nil, mayRemove(sql) { kept = [:] }
    }

    func issue(_ sql: String, _ arguments: [Value]) throws {
        forgetIfRemoving(sql)
        func fill(_ sent: Arguments) throws(StorageError) {
            for value in arguments { try sent.add(value) }
        }
        try send(sql, isNull: { arguments[$0].isNull }, fill)
    }

    func query(_ queries: [Query]) throws -> [[[Value]]] {
        // What begins the transaction goes with a query of its own.
        guard queries.count > 1, pending.first?.role != .begin else {
            return try queries.map { try query($0.sql, $0.arguments, $0.types) }
        }
        try prepareToSend()
        do {
            try sendPending()
            try sendForgotten()
            // All are parsed before the first runs: replies that their sender reads come behind all others.
            let statements = try queries.map { query in
                try fill(query.arguments)
                return try prepare(query.sql) { query.arguments[$0].isNull }
            }
            for (query, statement) in zip(queries, statements) {
                try fill(query.arguments)
                try link.execute(statement, arguments)
            }
            try link.flush()
            try link.settle(patience)
        } catch {
            throw fail(error)
        }
        return try queries.map { query in
            let replies = Rows(self)
            reading = replies
            defer { replies.discard() }
            return try rows(of: replies, query.types)
        }
    }

    private func rows(of replies: Rows, _ types: [ColumnType]) throws -> [[Value]] {
        var rows: [[Value]] = []
        while let reply = try replies.next() {
            guard reply.rowCount > 0 else { continue }
            let columns = try Columns(types, of: reply)
            for row in 0..<reply.rowCount { try rows.append(columns.row(row, of: reply)) }
        }
        return rows
    }

    private func fill(_ values: [Value]) throws(StorageError) {
        arguments.removeAll()
        for value in values { try arguments.add(value) }
    }

    func migrate(to tables: [TableSchema]) throws -> [SchemaChange] {
        columnTypes = [:]
        return try PostgresMigration(self).run(tables)
    }

    /// Runs statements without arguments, all of them in one round trip.
    func executeAll(_ statements: [String]) throws {
        for chunk in statements.chunks(of: 100) {
            try check()
            try reading?.takeRest()
            do {
                try sendPending()
                for sql in chunk { try link.once(sql) }
                hasWritten = true
                try link.flush()
                try link.settle(patience)
            } catch {
                throw fail(error)
            }
        }
    }

    // MARK: - Sending

    var patience: Link.Patience {
        guard let deadline else { return .general }
        return isBrief ? .no(longerThan: deadline) : .until(deadline)
    }

    private func start(_ sql: String, _ values: [Value], isStreaming: Bool) throws -> Rows {
        func fill(_ arguments: Arguments) throws(StorageError) {
            for value in values { try arguments.add(value) }
        }
        return try start(sql, isStreaming: isStreaming, isNull: { values[$0].isNull }, fill)
    }

    /// Sends a statement whose result nobody asks for, and waits for it unless the body goes on without.
    func send(
        _ sql: String, isNull: (Int) -> Bool = { _ in false }, _ fill: (Arguments) throws(StorageError) -> Void
    ) throws {
        // Within a savepoint of its own a body may catch what fails, and go on.
        guard issues, depth == 1, pending.first?.role != .begin, !Self.isDefinition(sql) else {
            let rows = try start(sql, isStreaming: false, isNull: isNull, fill)
            defer { rows.discard() }
            while try rows.next() != nil {}
            return
        }
        try prepareToSend()
        // Filled first and once more: what cannot be sent must leave nothing behind.
        arguments.removeAll()
        try fill(arguments)
        do {
            if !pending.isEmpty {
                try sendPending()
                arguments.removeAll()
                try fill(arguments)
            }
            try sendForgotten()
            try link.issue(prepare(sql, isNull), arguments)
            hasWritten = true
            if link.issued >= Self.mostIssued { try settle() }
        } catch {
            throw fail(error)
        }
    }

    /// Replies that are read at once at most.
    private static let mostIssued = 200

    /// Waits for all statements that were issued.
    func settle() throws {
        guard link.issued > 0 else { return }
        do {
            try link.flush()
            try link.settle(patience)
        } catch {
            throw fail(error)
        }
    }

    /// Sees that a statement can be sent now.
    private func prepareToSend() throws {
        try check()
        try reading?.takeRest()
        if let deadline, deadline < .now {
            ended = StorageError.timedOut
            throw StorageError.timedOut
        }
    }

    private func sendForgotten() throws(StorageError) {
        for name in forgotten { try link.once("DEALLOCATE \(name)") }
        forgotten.removeAll()
    }

    /// Sends what is pending and a statement, and gets ready to read what it gives.
    private func start(
        _ sql: String, isStreaming: Bool, isNull: (Int) -> Bool, _ fill: (Arguments) throws(StorageError) -> Void
    ) throws -> Rows {
        try prepareToSend()
        // Filled first and once more: what cannot be sent must leave nothing behind.
        arguments.removeAll()
        try fill(arguments)
        do {
            var begins = false
            if !pending.isEmpty {
                begins = pending[0].role == .begin && beginning.count > 1
                try sendPending()
                arguments.removeAll()
                try fill(arguments)
            }
            try sendForgotten()
            let statement = Self.isDefinition(sql) ? nil : try prepare(sql, isNull)
            // All but the statement itself is answered before that begins to run, and its time with it.
            if begins { try link.askForReplies() }
            if let statement {
                try link.execute(statement, arguments)
            } else {
                columnTypes = [:]
                try link.once(sql, isOwn: true)
            }
            try link.flush()
            if begins {
                // Waiting for other writers takes no time of the body.
                let now = ContinuousClock.now
                try link.settle(.general)
                if let deadline { self.deadline = deadline + (.now - now) }
            } else {
                try link.settle(patience)
            }
            if isStreaming { link.takeRowByRow() }
        } catch {
            throw fail(error)
        }
        let rows = Rows(self)
        reading = rows
        return rows
    }

    private func prepare(_ sql: String, _ isNull: (Int) -> Bool) throws -> Prepared {
        let (statement, forgotten) = try statements.find(sql, arguments.types, isNull: isNull)
        self.forgotten += forgotten
        if statement.state == .new { try link.parse(statement) }
        return statement
    }

    private func sendPending() throws {
        if mustForget, pending.first?.role == .begin {
            // Not within a transaction, which may have failed and accept nothing but its end.
            statements.removeAll()
            forgotten.removeAll()
            try link.once("DEALLOCATE ALL")
            // Else it would begin a transaction of its own.
            try link.sync()
            mustForget = false
        }
        for command in pending {
            arguments.removeAll()
            for value in command.arguments { try arguments.add(value) }
            let statement = try prepare(command.sql) { command.arguments[$0].isNull }
            try link.command(statement, arguments, isCommit: command.role == .commit)
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// Statements that change the shape of tables are not kept.
    private static func isDefinition(_ sql: String) -> Bool {
        sql.hasPrefix("CREATE") || sql.hasPrefix("ALTER") || sql.hasPrefix("DROP") || sql.hasPrefix("TRUNCATE")
    }

    // MARK: - Failures

    /// Brings the connection to where it accepts commands again, and says what the failure means to the body.
    func fail(_ failed: Link.Failure) -> any Error {
        let reply = failed.reply
        var error = StorageError(reply)
        switch reply.isError ? reply.remedy : .none {
        case .none: break
        case .again: wantsAgain = true
        case .prepareAgain:
            wantsAgain = true
            statements.removeAll()
            mustForget = true
            error = .busy
        case .reconnect:
            if case .unavailable = error {} else { error = .unavailable(reply.errorField("M") ?? "") }
            _ = link.lost()
            failure = error
            return error
        }
        do {
            for statement in try link.recover() { statements.remove(statement) }
        } catch {
            failure = error
            return error
        }
        if failed.isOfTransaction {
            failure = error
        } else if failed.isIssued {
            // The body went on behind it: what it met since then is not for it to judge.
            if !wantsAgain { mustWait = true }
            error = .busy
            ended = error
        } else {
            poison = error
            if error == .timedOut { ended = error }
        }
        return error
    }

    func fail(_ error: any Error) -> any Error {
        if let failed = error as? Link.Failure { return fail(failed) }
        if isGone { failure = error }
        if isAbandoned { ended = error }
        return error
    }
}
