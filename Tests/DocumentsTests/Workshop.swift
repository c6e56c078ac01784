import Audit
import Documents
import EventLog
import Foundation
import Storage
import Synchronization
import Testing
import Values

/// A tenant of these DocTypes in a file of its own.
final class Workshop: Sendable {
    let registry: Registry
    let database: SQLiteDatabase
    private let path = NSTemporaryDirectory() + "cauldron-\(UUID().uuidString).db"
    private let identifiers = Mutex(IdentifierSource(seed: 1))
    static let manager = Actor(user: "mia@example.com", roles: ["Manager"])
    static let noon = Timestamp("1996-07-04 12:00:00") ?? Timestamp(microseconds: 0)

    init() async throws {
        var registry = Registry.core()
        registry.add(Part.self, JobPart.self, Job.self, Work.self, Shelf.self)
        self.registry = registry
        database = try SQLiteDatabase(path: path)
        let tables = registry.allTables + EventLog.tables + AuditLog.tables
        try await database.write { _ = try $0.migrate(to: tables) }
    }

    deinit { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }

    @discardableResult
    func write<T: Sendable>(
        as actor: Actor = manager, at now: Timestamp = noon, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await database.write { [self] transaction in
            let session = session(actor, now, transaction)
            let result = try body(session)
            try session.finish()
            return result
        }
    }

    func read<T: Sendable>(
        as actor: Actor = manager, at now: Timestamp = noon, _ body: @escaping @Sendable (Session) throws -> T
    ) async throws -> T {
        try await database.read { [self] in try body(session(actor, now, $0)) }
    }

    func session(_ actor: Actor, _ now: Timestamp, _ transaction: any Transaction) -> Session {
        Session(actor: actor, now: now, registry: registry, transaction: transaction) { [self] in
            identifiers.withLock { $0.next(at: now) }
        }
    }

    /// Everything in every table, to see whether anything changed.
    func everything() async throws -> String {
        let tables = registry.allTables + EventLog.tables + AuditLog.tables
        return try await database.read { transaction in
            try tables.map { table in
                let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
                let rows = try transaction.query(
                    "SELECT \(columns) FROM \(quoted(table.name)) ORDER BY 1", [], table.columns.map(\.type))
                return "\(table.name): \(rows)"
            }.joined(separator: "\n")
        }
    }

    /// Adds parts by code, each with a price.
    func stock(_ parts: [String: String] = ["bolt": "0.25", "nut": "0.1", "gear": "12"]) async throws {
        try await write { session in
            try session.insert(
                parts.sorted { $0.key < $1.key }.map { code, price in
                    try session.document(
                        "Part", from: ["code": .string(code), "title": .string("The \(code)"), "price": .string(price)])
                })
        }
    }
}

/// The problem that `body` throws.
func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem
    }
}
