internal import CPostgres
internal import Foundation
internal import Storage
internal import Synchronization

/// A connection of libpq in pipeline mode: commands go out together, replies come back in their order.
///
/// Used by one thread at a time.
@safe final class Link {
    private let pointer: OpaquePointer
    /// What was sent and not yet answered, in order. The statement that its sender waits for is not among it.
    private var expected: [Expected] = []
    /// Whether the connection has ended; nothing more comes from it.
    private(set) var isGone = false
    /// Whether a statement still runs that nobody waits for; ``cancelAndRecover()`` must follow.
    private(set) var isAbandoned = false
    private var sentAt = ContinuousClock.now
    /// How often this process has waited for a server.
    static let roundTrips = Atomic<Int>(0)
    private var cancelledAt: ContinuousClock.Instant?

    private enum Expected {
        case parse(Prepared)
        case command(isCommit: Bool)
        case statement
        /// A statement of a body that went on without its reply.
        case issued
        case sync
    }

    /// A reply that tells of a failure, and what failed.
    struct Failure: Error {
        let reply: Reply
        /// It was no statement of the body, but one that begins or ends something.
        var isOfTransaction = false
        /// It was a statement of the body that was not waited for.
        var isIssued = false
    }

    /// Connects, and waits for it.
    ///
    /// - Throws: ``StorageError/unavailable(_:)``.
    init(address: String, application: String) throws(StorageError) {
        // What stands before the address is a default, what stands behind it holds always.
        let options = [
            ("connect_timeout", "10"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"), ("dbname", address), ("client_encoding", "UTF8"),
            ("application_name", application),
        ]
        let opened = unsafe Self.withPointers(options.map(\.0)) { keys in
            unsafe Self.withPointers(options.map(\.1)) { values in unsafe PQconnectdbParams(keys, values, 1) }
        }
        guard let opened = unsafe opened else { throw .unavailable("there is no memory for a connection") }
        unsafe pointer = opened
        Connections.postgres.opened()
        guard unsafe PQstatus(opened) == CONNECTION_OK else {
            // What was opened so far goes with this object.
            let words = unsafe String(cString: PQerrorMessage(opened))
            throw .unavailable(words.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        unsafe PQsetNoticeProcessor(opened, { _, _ in }, nil)
    }

    deinit {
        unsafe PQfinish(pointer)
        Connections.postgres.closed()
    }

    /// The version of the server, such as 150004.
    var serverVersion: Int { unsafe Int(PQserverVersion(pointer)) }

    /// Runs statements before the pipeline begins, and gives the rows of the last.
    func runFirst(_ sql: String) throws(StorageError) -> [[String?]] {
        guard let result = unsafe PQexec(pointer, sql) else { throw .unavailable(message) }
        let reply = unsafe Reply(result)
        if reply.isError { throw StorageError(reply) }
        return (0..<reply.rowCount).map { row in
            (0..<reply.columnCount).map { column in
                unsafe reply.bytes(row, column).map { unsafe String(decoding: $0, as: UTF8.self) }
            }
        }
    }

    /// From now on commands are queued.
    func beginPipeline() throws(StorageError) {
        guard unsafe PQenterPipelineMode(pointer) == 1 else { throw .unavailable(message) }
    }

    // MARK: - Sending

    /// Queues the parsing of a statement.
    func parse(_ statement: Prepared) throws(StorageError) {
        let sent = unsafe statement.types.withUnsafeBufferPointer { types in
            unsafe PQsendPrepare(pointer, statement.name, statement.sql, Int32(types.count), types.baseAddress)
        }
        try check(sent)
        statement.state = .sent
        expected.append(.parse(statement))
    }

    /// Queues a command that nobody waits for now.
    func command(_ statement: Prepared, _ arguments: Arguments, isCommit: Bool = false) throws(StorageError) {
        try execute(statement, arguments)
        expected.append(.command(isCommit: isCommit))
    }

    /// Sends a statement whose reply is read by ``settle(_:)``.
    func issue(_ statement: Prepared, _ arguments: Arguments) throws(StorageError) {
        try execute(statement, arguments)
        expected.append(.issued)
        issued += 1
        guard unsafe PQflush(pointer) == 0 else { throw lost() }
    }

    /// How many statements were issued whose replies are not read yet.
    private(set) var issued = 0

    /// Queues a statement that is parsed for this once; with `isOwn` its replies are read by its sender.
    func once(_ sql: String, isOwn: Bool = false) throws(StorageError) {
        try check(unsafe PQsendQueryParams(pointer, sql, 0, nil, nil, nil, nil, 1))
        if !isOwn { expected.append(.statement) }
    }

    /// Queues a statement whose replies its sender reads.
    func execute(_ statement: Prepared, _ arguments: Arguments) throws(StorageError) {
        let sent = unsafe arguments.withPointers { values, lengths, formats in
            unsafe PQsendQueryPrepared(
                pointer, statement.name, Int32(arguments.count), values, lengths, formats, 1)
        }
        try check(sent)
    }

    /// Lets the server answer what is queued so far before it goes on.
    func askForReplies() throws(StorageError) { try check(unsafe PQsendFlushRequest(pointer)) }

    /// Sends what is queued and asks for the replies.
    func flush() throws(StorageError) {
        try check(unsafe PQsendFlushRequest(pointer))
        guard unsafe PQflush(pointer) == 0 else { throw lost() }
        Self.roundTrips.add(1, ordering: .relaxed)
        sentAt = .now
        cancelledAt = nil
    }

    /// Sends what is queued and ends a round, behind which the server accepts commands again.
    func sync() throws(StorageError) {
        try check(unsafe PQpipelineSync(pointer))
        expected.append(.sync)
        guard unsafe PQflush(pointer) == 0 else { throw lost() }
        Self.roundTrips.add(1, ordering: .relaxed)
        sentAt = .now
        cancelledAt = nil
    }

    /// Has the next replies brought row by row.
    func takeRowByRow() { _ = unsafe PQsetSingleRowMode(pointer) }

    // MARK: - Receiving

    /// Reads the replies of all that nobody waited for.
    ///
    /// - Throws: ``Failure``, and then ``recover()`` must follow; ``StorageError/unavailable(_:)``.
    func settle(_ patience: Patience) throws {
        var index = 0
        defer {
            expected.removeFirst(min(index, expected.count))
            issued = 0
        }
        while index < expected.count {
            let next = expected[index]
            var last: Reply?
            while let reply = try receive(patience) {
                last = reply
                if case .sync = next { break }
            }
            guard let last else { throw lost() }
            if last.isError || last.isSkipped {
                var failure = Failure(reply: last)
                if case .command = next { failure.isOfTransaction = true }
                // The parsing of a statement that was not waited for counts as it does.
                let statement = if case .parse = next { expected.dropFirst(index + 1).first ?? next } else { next }
                if case .issued = statement { failure.isIssued = true }
                throw failure
            }
            index += 1
            switch next {
            case .parse(let statement): statement.state = .known
            // A transaction that failed before is rolled back by COMMIT, without an error.
            case .command(isCommit: true) where last.tag != "COMMIT":
                throw Failure(reply: last, isOfTransaction: true)
            default: break
            }
        }
    }

    /// After a failure: reads what the server left out, up to where it accepts commands again. Gives the statements whose
    /// parsing it left out.
    func recover() throws(StorageError) -> [Prepared] {
        try sync()
        var syncs = 0
        var unparsed: [Prepared] = []
        for next in expected {
            switch next {
            case .sync: syncs += 1
            case .parse(let statement) where statement.state == .sent: unparsed.append(statement)
            default: break
            }
        }
        expected.removeAll()
        issued = 0
        var silence = 0
        while syncs > 0 {
            guard let reply = try receive(.general) else {
                silence += 1
                // Between the replies of two commands there is one nil.
                if silence > 8 { throw lost() }
                continue
            }
            silence = 0
            if reply.status == PGRES_PIPELINE_SYNC { syncs -= 1 }
        }
        return unparsed
    }

    /// The next reply; nil behind the last one of a command.
    ///
    /// - Throws: ``StorageError/unavailable(_:)`` when the connection is gone.
    func receive(_ patience: Patience) throws(StorageError) -> Reply? {
        while unsafe PQisBusy(pointer) != 0 {
            try wait(patience)
            guard unsafe PQconsumeInput(pointer) == 1 else { throw lost() }
        }
        if let result = unsafe PQgetResult(pointer) { return unsafe Reply(result) }
        if unsafe PQstatus(pointer) == CONNECTION_BAD { throw lost() }
        return nil
    }

    /// How long to wait for replies.
    enum Patience {
        /// Until a body has to end: then the statement is cancelled. A statement always has a few milliseconds.
        case until(ContinuousClock.Instant)
        /// As ``until(_:)``, but for a caller who must not be held up: nothing is cancelled, ``isAbandoned`` is set.
        case no(longerThan: ContinuousClock.Instant)
        /// So long that only a dead server does not answer.
        case general
    }

    private static let leastTime = Duration.milliseconds(10)
    private static let mostTime = Duration.seconds(120)
    /// How long a server may take to answer that it has cancelled a statement.
    private static let cancelTime = Duration.seconds(10)

    private func wait(_ patience: Patience) throws(StorageError) {
        while true {
            let end: ContinuousClock.Instant
            if let cancelledAt {
                end = cancelledAt + Self.cancelTime
            } else {
                switch patience {
                case .until(let deadline), .no(longerThan: let deadline): end = max(deadline, sentAt + Self.leastTime)
                case .general: end = sentAt + Self.mostTime
                }
            }
            let left = end - .now
            if left > .zero {
                let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
                var descriptor = unsafe pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
                let ready = unsafe poll(&descriptor, 1, Int32(min(milliseconds + 1, 60_000)))
                if ready > 0 { return }
                if ready < 0, errno != EINTR { throw lost() }
            } else if cancelledAt != nil {
                throw lost()
            } else {
                switch patience {
                case .until: cancel()
                case .no:
                    isAbandoned = true
                    throw .timedOut
                case .general: throw lost()
                }
            }
        }
    }

    /// Stops the statement that was abandoned, and reads what comes of it. Gives the statements that were not parsed.
    func cancelAndRecover() throws(StorageError) -> [Prepared] {
        isAbandoned = false
        cancel()
        return try recover()
    }

    /// Asks the server, on a connection of its own, to stop the statement that runs. This may take its time.
    private func cancel() {
        defer { cancelledAt = .now }
        guard let request = unsafe PQgetCancel(pointer) else { return }
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            // Should it fail, the time for its answer ends the connection.
            _ = unsafe PQcancel(request, buffer.baseAddress, 256)
        }
        unsafe PQfreeCancel(request)
    }

    /// Notes that the connection is of no use any more.
    func lost() -> StorageError {
        isGone = true
        return .unavailable("the connection to the database server was lost: \(message)")
    }

    private var message: String {
        unsafe String(cString: PQerrorMessage(pointer)).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func check(_ code: Int32) throws(StorageError) {
        if code == 1 { return }
        if unsafe PQstatus(pointer) == CONNECTION_BAD { throw lost() }
        isGone = true
        throw .failed(code: 0, message: message)
    }

    /// Calls `body` with a list of C strings that ends with null.
    private static func withPointers<T>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> T
    ) -> T {
        var copies: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) }
        unsafe copies.append(nil)
        defer { for index in 0...texts.count { unsafe free(copies[index]) } }
        let pointers = unsafe copies.map { unsafe UnsafePointer($0) }
        return unsafe pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("the list has its end") }
            return unsafe body(base)
        }
    }
}
