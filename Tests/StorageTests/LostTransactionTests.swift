import Foundation
import Storage
import TestSupport
import Testing
import Values

/// What becomes of bodies when the engine gives up a transaction, which SQLite does when it stops a change for its
/// time.
@Suite struct LostTransactionTests {
    private static let people = TableSchema(
        "person", columns: [.init("name", .text, required: true), .init("age", .integer)], indexes: [.init("age")])
    private static let endless = """
        INSERT INTO person (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT 'p' || i FROM n WHERE i < 0
        """
    private struct Refused: Error {}

    private static func store(seconds: Int) async throws -> TemporaryDatabase {
        var limits = StorageLimits()
        limits.statementSeconds = seconds
        let store = try TemporaryDatabase(limits: limits)
        try await store.database.write { _ = try $0.migrate(to: [people]) }
        return store
    }

    private static func add(_ name: String, to transaction: any Transaction) throws {
        try transaction.insert(into: "person", ["name"], [[.text(name)]])
    }

    private static func names(_ store: TemporaryDatabase) async throws -> [String] {
        // Not through the store, whose statements may have no time.
        let database = try store.openAgain()
        let names = try await database.read { transaction in
            try transaction.query("SELECT name FROM person ORDER BY name", [], [.text]).compactMap { $0[0].text }
        }
        await database.close()
        return names
    }

    @Test func `a change that is stopped fails alone`() async throws {
        let store = try await Self.store(seconds: 1)
        let isQueued = DispatchSemaphore(value: 0)
        func write(_ body: @escaping @Sendable (any Transaction) throws -> Void) async throws -> Task<Void, any Error> {
            let task = Task { try await store.database.write(body) }
            // Time to be queued before the next one, which nothing outside the database can see.
            try await Task.sleep(for: .milliseconds(50))
            return task
        }
        let first = try await write { transaction in
            isQueued.wait()
            isQueued.signal()
            try Self.add("first", to: transaction)
        }
        let refused = try await write { transaction in
            try Self.add("refused", to: transaction)
            throw Refused()
        }
        let stopped = try await write { _ = try $0.execute(Self.endless) }
        let last = try await write { try Self.add("last", to: $0) }
        isQueued.signal()
        try await first.value
        try await last.value
        await #expect(throws: Refused.self) { try await refused.value }
        await #expect(throws: StorageError.timedOut) { try await stopped.value }
        #expect(try await Self.names(store) == ["first", "last"])
    }

    @Test func `a body that goes on after its transaction was given up writes nothing`() async throws {
        let store = try await Self.store(seconds: 1)
        await #expect(throws: StorageError.self) {
            try await store.database.write { transaction in
                try Self.add("before", to: transaction)
                try? transaction.savepoint { _ = try transaction.execute(Self.endless) }
                try? Self.add("after", to: transaction)
                try? transaction.savepoint { try Self.add("after, in a savepoint", to: transaction) }
            }
        }
        #expect(try await Self.names(store).isEmpty)
    }

    @Test func `what is acknowledged is there, whenever the time is over`() async throws {
        let store = try await Self.store(seconds: 0)
        let kept = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<50 {
                group.addTask {
                    var kept = 0
                    for number in 0..<400 {
                        do {
                            try await store.database.write { try Self.add("\(task) \(number)", to: $0) }
                            kept += 1
                        } catch StorageError.timedOut {}
                    }
                    return kept
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(try await Self.names(store).count == kept)
    }

    @Test func `begin and commit take no time of the body`() async throws {
        let store = try await Self.store(seconds: 0)
        for _ in 0..<15_000 {
            try await store.database.read { _ in }
            try await store.database.write { _ in }
        }
    }

    @Test func `an index becomes unique when its shape does`() async throws {
        let store = try await Self.store(seconds: 60)
        var shape = Self.people
        shape.indexes = [.init("age", unique: true)]
        let unique = shape
        await #expect(throws: StorageError.duplicate(columns: ["person.age"])) {
            try await store.database.write { transaction in
                try transaction.migrate(to: [unique])
                try transaction.insert(
                    into: "person", ["name", "age"], [[.text("a"), .int(1)], [.text("b"), .int(1)]])
            }
        }
    }
}
