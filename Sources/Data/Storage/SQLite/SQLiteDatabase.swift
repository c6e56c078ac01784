internal import Foundation
internal import GRDB
internal import Synchronization

/// A database in one SQLite file: a thread that writes, a few that read on snapshots of the write-ahead log, and a few
/// connections that callers borrow for brief reads.
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
        writes = WorkQueue(limit: limits.waiting)
        reads = WorkQueue(limit: limits.waiting)
        let writer = try SQLiteConnection(path: path, limits: limits, writes: true)
        let readers = try (0..<limits.readers).map { _ in
            try SQLiteConnection(path: path, limits: limits, writes: false)
        }
        briefReads = BriefReaders(
            try (0..<limits.briefReaders).map { _ in try SQLiteConnection(path: path, limits: limits, writes: false) })
        let writes = writes
        let reads = reads
        writes.startThread("cauldron.writer") { writer.serveWrites(writes, groupSize: limits.groupSize) }
        for reader in readers {
            reads.startThread("cauldron.reader") { reader.serveReads(reads) }
        }
    }

    /// A database that nobody closed is closed when nobody uses it any more.
    deinit {
        briefReads.close()
        reads.letThreadsEnd()
        writes.letThreadsEnd()
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
        briefReads.close()
        await reads.close()
        await writes.close()
    }
}
