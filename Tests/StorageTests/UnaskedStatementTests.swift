import Storage
import Synchronization
import TestSupport
import Testing
import Values

/// Statements whose results nobody asks for, queries that are read together, and what bodies keep for those that follow.
@Suite(.bothEngines) struct UnaskedStatementTests {
    private static let entry = TableSchema(
        "entry", columns: [.init("name", .text, required: true), .init("count", .integer)])

    private func store() async throws -> TemporaryDatabase {
        let store = try await TemporaryDatabase.make([Self.entry])
        try await store.database.write { try Self.add("taken", $0) }
        return store
    }

    private static func add(_ name: String, _ transaction: any Transaction) throws {
        try transaction.insert(into: "entry", ["name", "count"], [[.text(name), .int(0)]])
    }

    private static func issue(_ name: String, _ transaction: any Transaction) throws {
        try transaction.issue("INSERT INTO entry (name, count) VALUES (?, ?)", [.text(name), .int(0)])
    }

    private func names(_ store: TemporaryDatabase) async throws -> Set<String> {
        let rows = try await store.database.read { try $0.query("SELECT name FROM entry", [], [.text]) }
        return Set(rows.compactMap { $0[0].text })
    }

    /// How a body breaks what holds: it adds a name that is taken, and goes on.
    enum Break: CaseIterable { case adds, issues, readsAfterwards, failsAfterwards, issuesMany }

    private struct Refused: Error {}

    @Test(arguments: Break.allCases)
    func `a statement that nobody waits for fails its body alone, with its own error`(how: Break) async throws {
        let store = try await store()
        let failed = await withTaskGroup(of: (Int, (any Error)?).self) { group in
            for number in 0..<30 {
                group.addTask {
                    do {
                        try await store.database.write { transaction in
                            try Self.add("before \(number)", transaction)
                            if number.isMultiple(of: 3) { try Self.fail(how, transaction) }
                            try Self.add("after \(number)", transaction)
                        }
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            return await group.reduce(into: [Int: any Error]()) { $0[$1.0] = $1.1 }
        }
        #expect(Set(failed.keys) == Set((0..<30).filter { $0.isMultiple(of: 3) }))
        for error in failed.values {
            let isDuplicate = if case StorageError.duplicate(columns: ["entry.name"]) = error { true } else { false }
            #expect(isDuplicate, "\(error)")
        }
        let kept = (0..<30).filter { !$0.isMultiple(of: 3) }
        #expect(try await names(store) == Set(kept.flatMap { ["before \($0)", "after \($0)"] } + ["taken"]))
    }

    private static func fail(_ how: Break, _ transaction: any Transaction) throws {
        switch how {
        case .adds: try add("taken", transaction)
        case .issues: try issue("taken", transaction)
        case .readsAfterwards:
            try issue("taken", transaction)
            _ = try transaction.query("SELECT name FROM entry", [], [.text])
        case .failsAfterwards:
            try issue("taken", transaction)
            throw Refused()
        case .issuesMany:
            for number in 0..<300 { try issue("many \(number)", transaction) }
            try issue("taken", transaction)
            for number in 300..<600 { try issue("many \(number)", transaction) }
        }
    }

    @Test func `a body that catches what fails in a savepoint goes on`() async throws {
        let store = try await store()
        let caught = try await store.database.write { transaction -> Bool in
            try Self.issue("first", transaction)
            var caught = false
            do {
                try transaction.savepoint {
                    try Self.issue("second", transaction)
                    try Self.issue("taken", transaction)
                }
            } catch StorageError.duplicate {
                caught = true
            }
            try Self.issue("third", transaction)
            return caught
        }
        #expect(caught)
        #expect(try await names(store) == ["taken", "first", "third"])
    }

    @Test func `queries that are read together see what was written before them`() async throws {
        let store = try await store()
        let rows = try await store.database.write { transaction in
            try Self.issue("new", transaction)
            return try transaction.query([
                Query("SELECT name FROM entry ORDER BY name", [], [.text]),
                Query("SELECT count FROM entry WHERE name = ?", [.text("nobody")], [.integer]),
                Query("SELECT name, count FROM entry WHERE name = ?", [.text("new")], [.text, .integer]),
            ])
        }
        #expect(rows == [[[.text("new")], [.text("taken")]], [], [[.text("new"), .int(0)]]])
    }

    @Test func `one of several queries that fails is told, and its body undone`() async throws {
        let store = try await store()
        await #expect(throws: StorageError.self) {
            try await store.database.write { transaction in
                try Self.issue("new", transaction)
                _ = try transaction.query([
                    Query("SELECT name FROM entry", [], [.text]),
                    Query("SELECT nothing FROM nowhere", [], [.text]),
                    Query("SELECT name FROM entry", [], [.text]),
                ])
            }
        }
        #expect(try await names(store) == ["taken"])
        try await store.database.write { try Self.issue("later", $0) }
        #expect(try await names(store) == ["taken", "later"])
    }

    @Test func `what a body keeps for those that follow goes with it when it fails`() async throws {
        let store = try await store()
        let highest = (
            key: "entry", query: Query("SELECT max(count) FROM entry", [], [.integer])
        )
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    try? await store.database.write { transaction in
                        let last = try transaction.recall([highest])[0].first?.int ?? 0
                        try transaction.insert(
                            into: "entry", ["name", "count"], [[.text("\(number)"), .int(last + 1)]])
                        transaction.keep([.int(last + 1)], as: highest.key)
                        if number.isMultiple(of: 4) { throw Refused() }
                    }
                }
            }
        }
        let counts = try await store.database.read {
            try $0.query("SELECT count FROM entry ORDER BY count", [], [.integer])
        }
        #expect(counts.compactMap { $0[0].int } == Array(0...45))
    }
}
