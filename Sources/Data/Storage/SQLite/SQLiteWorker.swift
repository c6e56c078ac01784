/// Runs bodies that read, or all that write, on one connection to a file.
// Unchecked, because it is used by who has the turn of its queue, or by the queue while nobody has.
final class SQLiteWorker: Worker, @unchecked Sendable {
    private let path: String
    private let limits: StorageLimits
    private let writes: Bool
    private var connection: SQLiteConnection?

    init(_ path: String, _ limits: StorageLimits, writes: Bool) {
        self.path = path
        self.limits = limits
        self.writes = writes
    }

    var isOpen: Bool { connection != nil }

    /// Opens the connection.
    ///
    /// - Throws: ``StorageError``.
    @discardableResult
    func open() throws -> SQLiteConnection {
        if let connection { return connection }
        let opened = try SQLiteConnection(path: path, limits: limits, writes: writes)
        connection = opened
        return opened
    }

    func serve(_ first: Work, _ queue: WorkQueue) {
        do {
            let connection = try open()
            if writes { connection.write(first, queue) } else { connection.read(first) }
        } catch {
            first.refuse(error)
        }
    }

    func rest() {
        connection?.close()
        connection = nil
    }
}
