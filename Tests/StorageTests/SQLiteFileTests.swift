import Foundation
import Storage
import TestSupport
import Testing
import Values

/// What only a database in a file can do.
@Suite struct SQLiteFileTests {
    @Test func `commits to stable storage`() async throws {
        let store = try TemporaryDatabase()
        let modes = try await store.database.write { transaction in
            [
                try transaction.first("PRAGMA synchronous", [], [.integer]),
                try transaction.first("PRAGMA journal_mode", [], [.text]),
            ]
        }
        #expect(modes == [[.int(2)], [.text("wal")]])
    }

    @Test func `copies itself while in use`() async throws {
        let store = try TemporaryDatabase()
        try await store.database.write { transaction in
            try transaction.migrate(to: [TableSchema("person", columns: [.init("name", .text, required: true)])])
            try transaction.insert(into: "person", ["name"], (0..<1000).map { [.text("p\($0)")] })
        }
        let copy = store.place + ".backup"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let file = try #require(store.database as? SQLiteDatabase)
        try await file.backup(to: copy)
        let restored = try SQLiteDatabase(path: copy)
        #expect(try await restored.read { try $0.first("SELECT count(*) FROM person", [], [.integer]) } == [.int(1000)])
        await restored.close()
    }

    @Test func `says that a file is no database`() throws {
        let path = NSTemporaryDirectory() + "cauldron-\(UUID().uuidString).db"
        try Data(String(repeating: "no database at all ", count: 300).utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: StorageError.self) { try SQLiteDatabase(path: path) }
    }
}
