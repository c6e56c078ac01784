internal import Foundation
internal import GRDB
internal import Synchronization

/// A database in one SQLite file: a connection that writes, a few that read on snapshots of the write-ahead log, and a few
/// that callers borrow for brief reads.
///
/// Connections are opened when they are needed; the idle ones of all databases of a process stay open as long as they are not
/// too many, see ``Connections``. Bodies run on threads that all of them share, see ``Threads``.
///
/// Every connection is opened and kept by GRDB; statements run on it directly, prepared once and kept.
public final class SQLiteDatabase: Database {
    private let path: String
    private let writes: WorkQueue
    private let reads: WorkQueue
    private let briefReads: BriefReaders

    /// Opens the file at `path`, and creates it if there is none.
    ///
    /// - Throws: ``StorageError/corrupt(_:)`` when the file is no database; ``StorageError/failed(code:message:)`` when
    ///   it cannot be opened.
    public init(path: String, limits: StorageLimits = .standard) throws {
        self.path = path
        Self.makePrivate(path)
        let writer = SQLiteWorker(path, limits, writes: true)
        try writer.open()
        let readers = (0..<limits.readers).map { _ in SQLiteWorker(path, limits, writes: false) }
        writes = WorkQueue(limit: limits.waiting, on: .writers, [writer])
        reads = WorkQueue(limit: limits.waiting, on: .readers, readers)
        briefReads = BriefReaders(path, limits)
        for pool in pools { Connections.sqlite.add(pool) }
    }

    var pools: [any ConnectionPool] { [writes, reads, briefReads] }

    /// A database that nobody closed is closed when nobody uses it any more.
    deinit {
        for pool in pools { Connections.sqlite.remove(pool) }
        briefReads.close()
        reads.letEnd()
        writes.letEnd()
    }

    public func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await reads.perform(body)
    }

    public func readBriefly<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        do {
            if let result = try briefReads.run(body) { return result }
        } catch StorageError.timedOut {}
        return try await read(body)
    }

    public func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await writes.perform(body)
    }

    /// Copies the database as it is now to `path`, which must not exist, while readers and writers go on.
    public func backup(to path: String) async throws {
        let source = self.path
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let thread = Thread {
                continuation.resume(with: Result { try SQLiteConnection.copy(source, to: path) })
            }
            thread.start()
        }
    }

    /// Makes an empty file that only its owner may read and write, unless there is one: the engine gives what it keeps
    /// beside a file the rights of that file.
    static func makePrivate(_ path: String) {
        // What stands in the way is told by the engine when it opens the file.
        let descriptor = unsafe Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Foundation.close(descriptor) }
    }

    public func close() async {
        // The writer goes last and alone, so that it can take the log into the file: two connections that close at once
        // each leave that to the other.
        for pool in pools { Connections.sqlite.remove(pool) }
        briefReads.close()
        await reads.close()
        await writes.close()
    }
}
