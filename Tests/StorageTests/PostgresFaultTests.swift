import Foundation
import PostgresStorage
import Storage
import Synchronization
import TestSupport
import Testing
import Values

/// What becomes of bodies when the server or the connection to it goes away.
@Suite(.serialized) struct PostgresFaultTests {
    /// What each body wrote, without an index that would hide one that was written twice.
    private static let work = TableSchema(
        "work", columns: [.init("name", .text, required: true), .init("task", .text, required: true)])
    private static let counter = TableSchema(
        "counter", columns: [.init("name", .text, required: true), .init("count", .integer, required: true)])

    /// What clients know of their writes.
    private final class Notes: Sendable {
        let isOver = Mutex(false)
        let kept = Mutex<Set<String>>([])
        let failed = Mutex<[String: StorageError]>([:])

        /// Waits until the clients have kept so many more tasks, however slow the machine is.
        func moreAreKept(_ count: Int) async throws {
            let goal = kept.withLock(\.count) + count
            let deadline = ContinuousClock.now + .seconds(120)
            while kept.withLock(\.count) < goal {
                try #require(ContinuousClock.now < deadline, "the clients write no more")
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// A server whose commits survive its end.
    private static func server() throws -> PostgresCluster { try PostgresCluster(isDurable: true) }

    private static func prepare(_ database: any Database) async throws {
        try await database.write { transaction in
            try transaction.migrate(to: [work, counter])
            try transaction.insert(into: "counter", ["name", "count"], [[.text("all"), .int(0)]])
        }
    }

    /// Notes a task and counts it: what is read and what is written must be of one state.
    private static func note(_ task: String, in transaction: any Transaction) throws {
        let count = try transaction.first("SELECT count FROM counter WHERE name = 'all'", [], [.integer])?[0].int ?? 0
        // A name of its own for each run of the body, so that no key hides a second one.
        try transaction.insert(into: "work", ["name", "task"], [[.text(UUID().uuidString), .text(task)]])
        try transaction.execute("UPDATE counter SET count = ? WHERE name = 'all'", [.int(count + 1)])
    }

    /// Writes with many clients until `trouble` is over, and checks that what was acknowledged is there once and nothing
    /// that failed is there at all.
    private func write(
        _ databases: [any Database], clients: Int, during trouble: @escaping @Sendable (Notes) async throws -> Void
    ) async throws -> (kept: Int, failed: Int) {
        let notes = Notes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { notes.isOver.withLock { $0 = true } }
                try await trouble(notes)
            }
            for client in 0..<clients {
                group.addTask { [databases] in
                    var number = 0
                    while !notes.isOver.withLock({ $0 }) {
                        number += 1
                        let task = "\(client) \(number)"
                        do {
                            try await databases[client % databases.count].write { try Self.note(task, in: $0) }
                            notes.kept.withLock { _ = $0.insert(task) }
                        } catch let error as StorageError {
                            notes.failed.withLock { $0[task] = error }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let (tasks, count) = try await databases[0].read { transaction in
            (
                try transaction.query("SELECT task FROM work", [], [.text]).compactMap { $0[0].text },
                try transaction.first("SELECT count FROM counter WHERE name = 'all'", [], [.integer])?[0].int
            )
        }
        #expect(Set(tasks).count == tasks.count, "nothing is there twice")
        #expect(notes.kept.withLock { $0.subtracting(tasks) }.isEmpty, "what was acknowledged is there")
        #expect(Set(tasks).subtracting(notes.kept.withLock { $0 }).isEmpty, "what was not acknowledged is not")
        #expect(count == Int64(tasks.count), "each body saw what those before it did")
        for (_, error) in notes.failed.withLock({ $0 }) {
            let isClear = if case .unavailable = error { true } else { error == .busy }
            #expect(isClear, "\(error)")
        }
        return (tasks.count, notes.failed.withLock(\.count))
    }

    @Test func `connections that are cut under load lose nothing and do nothing twice`() async throws {
        let server = try Self.server()
        let database = try PostgresDatabase(address: server.newSchema())
        try await Self.prepare(database)
        let (kept, _) = try await write([database], clients: 8) { notes in
            for _ in 0..<25 {
                // The clients write meanwhile.
                try await notes.moreAreKept(3)
                try server.administer(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name LIKE 'cauldron writer%' OR application_name = 'cauldron reader'
                    """)
            }
        }
        #expect(kept >= 75)
        await database.close()
    }

    @Test(arguments: [true, false])
    func `a server that is restarted under load serves on`(crashes: Bool) async throws {
        let server = try Self.server()
        let database = try PostgresDatabase(address: server.newSchema())
        try await Self.prepare(database)
        let (kept, _) = try await write([database], clients: 8) { notes in
            for _ in 0..<3 {
                // The clients write between the restarts.
                try await notes.moreAreKept(20)
                try server.restart(immediate: crashes)
            }
            // They write again after the last one.
            try await notes.moreAreKept(20)
        }
        #expect(kept >= 80)
        #expect(try await database.readBriefly { try $0.first("SELECT 1", [], [.integer]) } == [.int(1)])
        await database.close()
    }

    @Test func `a server that stays away is said to be, and found again`() async throws {
        var limits = StorageLimits()
        limits.reconnectMilliseconds = 300
        let server = try Self.server()
        let database = try PostgresDatabase(address: server.newSchema(), limits: limits)
        try await Self.prepare(database)
        try server.stop()
        func isUnavailable(_ body: () async throws -> Void) async -> Bool {
            do {
                try await body()
                return false
            } catch StorageError.unavailable {
                return true
            } catch {
                return false
            }
        }
        for _ in 0..<2 {
            #expect(await isUnavailable { try await database.write { try Self.note("lost", in: $0) } })
            #expect(await isUnavailable { _ = try await database.read { try $0.query("SELECT 1", [], [.integer]) } })
        }
        try server.start()
        try await database.write { try Self.note("kept", in: $0) }
        #expect(
            try await database.read { try $0.query("SELECT task FROM work", [], [.text]) } == [[.text("kept")]])
        await database.close()
    }

    @Test func `writers of several processes are alone one after the other`() async throws {
        let address = try PostgresCluster.shared.get().newSchema()
        let databases = try (0..<3).map { _ in try PostgresDatabase(address: address) }
        try await Self.prepare(databases[0])
        let (kept, failed) = try await write(databases, clients: 12) { try await $0.moreAreKept(60) }
        #expect(kept >= 60 && failed == 0)
        for database in databases { await database.close() }
    }

    /// Where the connection breaks, and how often the body has to run.
    @Test(arguments: [(Interceptor.Break.after, 1), (.before, 2), (.silently, 2)])
    func `a commit whose answer is lost is looked up`(how: Interceptor.Break, runs: Int) async throws {
        let server = try PostgresCluster(isDurable: false)
        let between = try Interceptor(before: server.directory)
        defer { between.close() }
        let folder = between.directory.split(separator: "/").map { "%2F\($0)" }.joined()
        let database = try PostgresDatabase(address: "postgres:///postgres?host=\(folder)&user=postgres")
        try await Self.prepare(database)
        let count = Mutex(0)
        // Each commit that wrote carries the name of its writer.
        between.breakAt("cauldron writer", how)
        try await database.write { transaction in
            count.withLock { $0 += 1 }
            try Self.note("once", in: transaction)
        }
        #expect(between.broken == 1)
        #expect(count.withLock { $0 } == runs)
        #expect(
            try await database.read { try $0.query("SELECT task FROM work", [], [.text]) } == [[.text("once")]])
        await database.close()
    }

    @Test func `a table that was changed elsewhere is read again by prepared statements`() async throws {
        let cluster = try PostgresCluster.shared.get()
        let address = cluster.newSchema()
        let database = try PostgresDatabase(address: address)
        try await Self.prepare(database)
        try await database.write { try Self.note("a", in: $0) }
        func tasks() async throws -> [[[Value]]] {
            let sql = "SELECT task FROM work"
            return [
                try await database.read { try $0.query(sql, [], [.text]) },
                try await database.write { try $0.query(sql, [], [.text]) },
            ]
        }
        for _ in 0..<3 { #expect(try await tasks() == [[[.text("a")]], [[.text("a")]]]) }
        try PostgresAdministration.run("ALTER TABLE work ALTER COLUMN task TYPE varchar(100)", at: address)
        for _ in 0..<3 { #expect(try await tasks() == [[[.text("a")]], [[.text("a")]]]) }
        await database.close()
    }

    @Test func `commits reach the disk`() async throws {
        let database = try PostgresDatabase(address: try PostgresCluster.shared.get().newSchema())
        #expect(
            try await database.write { try $0.first("SHOW synchronous_commit", [], [.text]) } == [.text("on")])
        await database.close()
    }

    @Test func `whoever waits for another process longer than a statement may runs again`() async throws {
        var limits = StorageLimits()
        limits.busyMilliseconds = 300
        let address = try PostgresCluster.shared.get().newSchema()
        let first = try PostgresDatabase(address: address)
        try await Self.prepare(first)
        let second = try PostgresDatabase(address: address, limits: limits)
        let holds = Mutex(false)
        async let long: Void = first.write { transaction in
            try Self.note("long", in: transaction)
            holds.withLock { $0 = true }
            _ = try transaction.first("SELECT pg_sleep(0.8)::text", [], [.text])
        }
        while !holds.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        try await second.write { try Self.note("waited", in: $0) }
        try await long
        #expect(
            try await first.read { try $0.query("SELECT task FROM work ORDER BY task", [], [.text]) }
                == [[.text("long")], [.text("waited")]])
        await first.close()
        await second.close()
    }

    @Test func `a deadlock with another program is nobody's error`() async throws {
        let address = try PostgresCluster.shared.get().newSchema()
        let database = try PostgresDatabase(address: address)
        try await Self.prepare(database)
        try await database.write { transaction in
            try transaction.insert(into: "counter", ["name", "count"], [[.text("other"), .int(0)]])
        }
        let runs = Mutex(0)
        // The other program holds one row and wants the one that the body holds; the server ends one of the two.
        let other = Task.detached {
            try? PostgresAdministration.run(
                """
                BEGIN; SET LOCAL deadlock_timeout = '10s'; UPDATE counter SET count = 7 WHERE name = 'other'; \
                SELECT pg_sleep(0.4); UPDATE counter SET count = count + 10 WHERE name = 'all'; COMMIT
                """, at: address)
        }
        while try PostgresAdministration.run(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.4)%' AND application_name = 'cauldron administration' AND wait_event = 'PgSleep'",
            at: address) != [["1"]]
        { try await Task.sleep(for: .milliseconds(5)) }
        try await database.write { transaction in
            runs.withLock { $0 += 1 }
            for name in ["all", "other"] {
                try transaction.execute("UPDATE counter SET count = count + 1 WHERE name = ?", [.text(name)])
            }
        }
        _ = await other.value
        // More than twice where the body that was ended takes its row again before the other program does.
        #expect(runs.withLock { $0 } >= 2)
        let counts = try await database.read {
            try $0.query("SELECT name, count FROM counter ORDER BY name", [], [.text, .integer])
        }
        #expect(counts == [[.text("all"), .int(11)], [.text("other"), .int(8)]])
        await database.close()
    }

    @Test func `a commit of which nobody knows is not called a failure`() async throws {
        var limits = StorageLimits()
        limits.reconnectMilliseconds = 200
        let server = try PostgresCluster(isDurable: false)
        let between = try Interceptor(before: server.directory)
        defer { between.close() }
        let folder = between.directory.split(separator: "/").map { "%2F\($0)" }.joined()
        let database = try PostgresDatabase(
            address: "postgres:///postgres?host=\(folder)&user=postgres", limits: limits)
        try await Self.prepare(database)
        between.breakAt("cauldron writer", .after)
        between.refuseOthers()
        do {
            try await database.write { try Self.note("once", in: $0) }
            Issue.record("the outcome cannot be known")
        } catch StorageError.unknownOutcome {
        }
        await database.close()
    }

    @Test func `looking for a company creates nothing`() async throws {
        let cluster = try PostgresCluster.shared.get()
        let address = cluster.newSchema()
        #expect(throws: StorageError.missing("there is no schema \(address.split(separator: "%3D").last ?? "")")) {
            try PostgresDatabase(address: address, creates: false)
        }
        #expect(
            try cluster.administer(
                "SELECT count(*) FROM pg_namespace WHERE nspname = '\(address.split(separator: "%3D").last ?? "")'")
                == [["0"]])
    }
}
