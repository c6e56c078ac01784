internal import Foundation
public import Storage

/// A database in one schema of a PostgreSQL server: a connection that writes, a few that read on snapshots, and a few that
/// callers borrow for brief reads.
///
/// Connections are opened when they are needed; the idle ones of all databases of a process stay open as long as they are not
/// too many, see ``Connections``. Bodies run on threads that all of them share, see ``Threads``.
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
        let writer = PostgresWriter(server, try server.connect(.writing))
        writes = WorkQueue(limit: limits.waiting, on: .writers, [writer])
        reads = WorkQueue(limit: limits.waiting, on: .readers, (0..<limits.readers).map { _ in PostgresReader(server) })
        briefReads = BriefConnections(server)
        for pool in pools { Connections.postgres.add(pool) }
    }

    private var pools: [any ConnectionPool] { [writes, reads, briefReads] }

    /// A database that nobody closed is closed when nobody uses it any more.
    deinit {
        for pool in pools { Connections.postgres.remove(pool) }
        server.close()
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
        if let result = try briefReads.run(body) { return result }
        return try await read(body)
    }

    public func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await writes.perform(body)
    }

    public func close() async {
        for pool in pools { Connections.postgres.remove(pool) }
        server.close()
        briefReads.close()
        await reads.close()
        await writes.close()
    }
}
