internal import Foundation
public import Storage

/// A database in one schema of a PostgreSQL server: a thread that writes, a few that read on snapshots, and a few
/// connections that callers borrow for brief reads.
///
/// Writers of several processes queue for one lock of the schema, so that each body is alone in what it sees. A connection
/// that is lost is opened anew: bodies run again, and a commit whose answer was lost is looked up, so that each body is
/// answered once and rightly.
public final class PostgresDatabase: Database {
    private let server: PostgresServer
    private let writes: WorkQueue
    private let reads: WorkQueue
    private let briefReads: BriefConnections

    /// Opens the database at `address`, `postgres://…` or any other form that libpq knows.
    ///
    /// Tables are in the schema that comes first in the connection's `search_path`, which is created if it is missing:
    /// `?options=-csearch_path%3Dname` names another one. Without `creates` nothing is created, and then only reading is
    /// for certain possible.
    ///
    /// - Throws: ``StorageError/unavailable(_:)`` when the server cannot be reached or does not let us in;
    ///   ``StorageError/missing(_:)`` when there is no such schema and it is not to be created;
    ///   ``StorageError/failed(code:message:)`` when the server is too old or its database is not in UTF-8.
    public init(address: String, limits: StorageLimits = .standard, creates: Bool = true) throws {
        let server = PostgresServer(address: address, limits: limits, creates: creates)
        self.server = server
        writes = WorkQueue(limit: limits.waiting)
        reads = WorkQueue(limit: limits.waiting)
        let (writes, reads) = (writes, reads)
        let writer = PostgresWriter(server, try server.connect(.writing))
        briefReads = BriefConnections(server)
        writes.startThread("cauldron.writer") { writer.serve(writes) }
        for _ in 0..<limits.readers {
            reads.startThread("cauldron.reader") { PostgresReader(server).serve(reads) }
        }
    }

    /// A database that nobody closed is closed when nobody uses it any more.
    deinit {
        server.close()
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
        if let result = try briefReads.run(body) { return result }
        return try await read(body)
    }

    public func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await writes.perform(body)
    }

    public func close() async {
        server.close()
        briefReads.close()
        await reads.close()
        await writes.close()
    }
}
