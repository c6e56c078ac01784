import Foundation
import Storage
import TestSupport
import Testing
import Values

private let people = TableSchema(
    "person",
    columns: [
        .init("name", .text, required: true), .init("age", .integer, required: true, fallback: .int(0)),
        .init("pay", .decimal(scale: 4)), .init("born", .day), .init("seen", .timestamp),
    ], indexes: [.init("age")])

private struct Refused: Error {}

/// What holds for a database on every engine.
@Suite(.bothEngines) struct DatabaseTests {
    @Test func `gives back each kind of value as it was written`() async throws {
        let store = try TemporaryDatabase()
        let row: [Value] = [
            .text("Ana \"x\" '; DROP TABLE person; --"), .int(-7), .decimal(units: 1_234_500, scale: 4),
            .day(try #require(Day("1996-07-04"))), .timestamp(try #require(Timestamp("1998-05-06 23:59:59.999999"))),
        ]
        let read = try await store.database.write { transaction in
            try transaction.migrate(to: [people])
            try transaction.insert(into: "person", ["name", "age", "pay", "born", "seen"], [row])
            return try transaction.query(
                "SELECT name, age, pay, born, seen FROM person", [],
                [.text, .integer, .decimal(scale: 4), .day, .timestamp])
        }
        #expect(read == [row])
    }

    @Test func `keeps nothing of a body that throws, and all of those beside it`() async throws {
        let store = try TemporaryDatabase()
        try await store.database.write { _ = try $0.migrate(to: [people]) }
        let kept = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let result: Void? = try? await store.database.write { transaction in
                        try transaction.insert(into: "person", ["name", "age"], [[.text("p\(number)"), .int(1)]])
                        if number.isMultiple(of: 3) { throw Refused() }
                    }
                    return result != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let count = try await store.database.read { try $0.first("SELECT count(*) FROM person", [], [.integer]) }
        #expect(kept == 133)
        #expect(count == [.int(133)])
    }

    @Test func `undoes a savepoint and goes on`() async throws {
        let store = try TemporaryDatabase()
        let names = try await store.database.write { transaction -> [[Value]] in
            try transaction.migrate(to: [people])
            try transaction.insert(into: "person", ["name"], [[.text("a")]])
            do {
                try transaction.savepoint {
                    try transaction.insert(into: "person", ["name"], [[.text("b")]])
                    throw Refused()
                }
            } catch is Refused {}
            try transaction.savepoint { try transaction.insert(into: "person", ["name"], [[.text("c")]]) }
            return try transaction.query("SELECT name FROM person ORDER BY name", [], [.text])
        }
        #expect(names == [[.text("a")], [.text("c")]])
    }

    @Test func `says which column is not unique`() async throws {
        let store = try TemporaryDatabase()
        try await store.database.write { _ = try $0.migrate(to: [people]) }
        await #expect(throws: StorageError.duplicate(columns: ["person.name"])) {
            try await store.database.write { transaction in
                try transaction.insert(into: "person", ["name"], [[.text("a")], [.text("a")]])
            }
        }
    }

    @Test func `adds columns and indexes to a table without losing a row`() async throws {
        let store = try TemporaryDatabase()
        var wider = people
        wider.columns.append(.init("town", .text, required: true, fallback: .text("Saint John's")))
        wider.indexes.append(.init("town", "age"))
        let after = wider
        let (changes, rows, again) = try await store.database.write { transaction in
            try transaction.migrate(to: [people])
            try transaction.insert(into: "person", ["name", "age"], [[.text("a"), .int(3)]])
            let changes = try transaction.migrate(to: [after])
            let rows = try transaction.query("SELECT name, age, town FROM person", [], [.text, .integer, .text])
            return (changes, rows, try transaction.migrate(to: [after]))
        }
        #expect(changes == [.addedColumn(table: "person", column: "town"), .createdIndex("person:town,age")])
        #expect(rows == [[.text("a"), .int(3), .text("Saint John's")]])
        #expect(again.isEmpty)
    }

    @Test func `refuses to change the type of a column`() async throws {
        let store = try TemporaryDatabase()
        try await store.database.write { _ = try $0.migrate(to: [people]) }
        var other = people
        other.columns[1].type = .text
        let changed = other
        await #expect(throws: StorageError.self) {
            try await store.database.write { _ = try $0.migrate(to: [changed]) }
        }
    }

    @Test(arguments: ["UPDATE entry SET amount = 2", "DELETE FROM entry"])
    func `refuses to change what is append-only`(sql: String) async throws {
        let store = try TemporaryDatabase()
        let ledger = TableSchema(
            "entry", columns: [.init("number", .integer, required: true), .init("amount", .integer)], appendOnly: true)
        try await store.database.write { transaction in
            try transaction.migrate(to: [ledger])
            try transaction.insert(into: "entry", ["number", "amount"], [[.int(1), .int(1)]])
        }
        await #expect(throws: StorageError.forbidden("entry is append-only")) {
            try await store.database.write { _ = try $0.execute(sql) }
        }
    }

    @Test func `reads on one snapshot while others write`() async throws {
        let store = try TemporaryDatabase()
        try await store.database.write { transaction in
            try transaction.migrate(to: [people])
            try transaction.insert(into: "person", ["name"], [[.text("a")]])
        }
        let started = DispatchSemaphore(value: 0)
        let written = DispatchSemaphore(value: 0)
        async let counts = store.database.read { transaction -> [Int64?] in
            let before = try transaction.first("SELECT count(*) FROM person", [], [.integer])?[0].int
            started.signal()
            written.wait()
            return [before, try transaction.first("SELECT count(*) FROM person", [], [.integer])?[0].int]
        }
        try await store.database.write { transaction in
            started.wait()
            try transaction.insert(into: "person", ["name"], [[.text("b")]])
        }
        written.signal()
        #expect(try await counts == [1, 1])
        #expect(
            try await store.database.read { try $0.first("SELECT count(*) FROM person", [], [.integer]) } == [.int(2)])
    }

    @Test func `cannot write on a snapshot`() async throws {
        let store = try TemporaryDatabase()
        try await store.database.write { _ = try $0.migrate(to: [people]) }
        await #expect(throws: StorageError.self) {
            try await store.database.read { try $0.insert(into: "person", ["name"], [[.text("a")]]) }
        }
    }

    @Test func `ends a statement that runs too long`() async throws {
        var limits = StorageLimits()
        limits.statementSeconds = 1
        let store = try TemporaryDatabase(limits: limits)
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        await #expect(throws: StorageError.timedOut) {
            try await store.database.read { _ = try $0.query(endless, [], [.integer]) }
        }
        #expect(try await store.database.read { try $0.first("SELECT 1", [], [.integer]) } == [.int(1)])
    }

    @Test func `refuses work when too much waits, and after it is closed`() async throws {
        var limits = StorageLimits()
        limits.waiting = 1
        let store = try TemporaryDatabase(limits: limits)
        let busy = DispatchSemaphore(value: 0)
        let running = DispatchSemaphore(value: 0)
        async let first: Void = store.database.write { _ in
            running.signal()
            busy.wait()
        }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                running.wait()
                continuation.resume()
            }
        }
        let results = await withTaskGroup(of: StorageError?.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    do {
                        try await store.database.write { _ in }
                        return nil
                    } catch { return error as? StorageError }
                }
            }
            var results: [StorageError?] = []
            for await result in group {
                results.append(result)
                if results.count == 2 { busy.signal() }
            }
            return results
        }
        try await first
        #expect(results.filter { $0 == .overloaded }.count == 2)
        await store.database.close()
        await #expect(throws: StorageError.closed) { try await store.database.write { _ in } }
    }

    @Test(arguments: [("plain", "\"plain\""), ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\"")])
    func `quotes identifiers`(name: String, sql: String) {
        #expect(quoted(name) == sql)
    }
}
