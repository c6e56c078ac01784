import Foundation
import Synchronization
import Testing
import Values

@testable import Storage

/// What the databases of a process share: threads, and a number of connections.
@Suite struct SharedThreadsTests {
    /// Does nothing but note whose work it did.
    private final class Scribe: Worker {
        private let done: Done
        private let name: String
        private let open = Mutex(false)

        init(_ name: String, _ done: Done) {
            self.name = name
            self.done = done
        }

        var isOpen: Bool { open.withLock { $0 } }
        func rest() { open.withLock { $0 = false } }

        func serve(_ first: Work, _ queue: WorkQueue) {
            open.withLock { $0 = true }
            done.note(name)
            first.refuse(StorageError.busy)
        }
    }

    private final class Done: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func note(_ name: String) { names.withLock { $0.append(name) } }
    }

    private func wait(until holds: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !holds() {
            try #require(ContinuousClock.now < deadline)
            // A condition is waited for, not a time.
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Queues a body, whose result nobody looks at.
    private static func add(to queue: WorkQueue) -> Task<Void, Never> {
        Task { try? await queue.perform { _ in } }
    }

    @Test func `who has much to do keeps nobody waiting for more than a turn`() async throws {
        let done = Done()
        let threads = Threads("test", limit: 1)
        let noisy = WorkQueue(limit: 1_000, on: threads, [Scribe("noisy", done)])
        let quiet = WorkQueue(limit: 1_000, on: threads, [Scribe("quiet", done)])
        // The one thread is busy until all of it is queued.
        let isQueued = DispatchSemaphore(value: 0)
        threads.run { isQueued.wait() }
        let works = (0..<100).map { _ in noisy } + (0..<3).map { _ in quiet }
        let tasks = works.map { Self.add(to: $0) }
        try await wait { noisy.waiting + quiet.waiting == works.count }
        isQueued.signal()
        for task in tasks { await task.value }
        #expect(done.all.count == works.count && threads.count == 1)
        #expect(done.all.prefix(7).filter { $0 == "quiet" }.count == 3, "\(done.all.prefix(10))")
    }

    @Test func `a queue that is closed does what waits, and then nothing more`() async throws {
        let done = Done()
        let threads = Threads("test", limit: 2)
        let scribe = Scribe("one", done)
        let queue = WorkQueue(limit: 10, on: threads, [scribe])
        let isQueued = DispatchSemaphore(value: 0)
        for _ in 0..<2 { threads.run { isQueued.wait() } }
        let tasks = (0..<3).map { _ in Self.add(to: queue) }
        try await wait { queue.waiting == 3 }
        let closing = (0..<2).map { _ in Task { await queue.close() } }
        for _ in 0..<2 { isQueued.signal() }
        for task in tasks { await task.value }
        for task in closing { await task.value }
        await queue.close()
        #expect(done.all.count == 3 && !scribe.isOpen)
        await #expect(throws: StorageError.closed) { try await queue.perform { _ in } }
    }

    /// Connections of which one may be idle.
    private final class Pool: ConnectionPool {
        private let since: Mutex<ContinuousClock.Instant?>
        private let connections: Connections

        init(_ connections: Connections, idleSince since: ContinuousClock.Instant?) {
            self.connections = connections
            self.since = Mutex(since)
            connections.add(self)
            if since != nil { connections.opened() }
        }

        var idleSince: ContinuousClock.Instant? { since.withLock { $0 } }

        func closeIdle() -> Bool {
            guard
                since.withLock({ since in
                    defer { since = nil }
                    return since != nil
                })
            else { return false }
            connections.closed()
            return true
        }
    }

    @Test func `for a connection beyond the number that one is closed which was idle longest`() {
        let connections = Connections(limit: 3)
        let now = ContinuousClock.now
        let pools = [now - .seconds(10), now - .seconds(30), nil, now - .seconds(20)].map {
            Pool(connections, idleSince: $0)
        }
        #expect(connections.open == 3)
        connections.opened()
        #expect(pools.map { $0.idleSince == nil } == [false, true, true, false] && connections.open == 3)
        connections.opened()
        #expect(pools.map { $0.idleSince == nil } == [false, true, true, true])
        connections.opened()
        #expect(pools.allSatisfy { $0.idleSince == nil })
        // All of them are in use: who needs one more has it.
        connections.opened()
        #expect(connections.open == 4)
        for _ in 0..<4 { connections.closed() }
        #expect(connections.open == 0)
    }

    /// Whether this process has a file open.
    private func isOpen(_ path: String) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.contains { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)) == path
        }
    }

    /// Has what is idle closed, and says whether all is: a connection is idle a moment after its answer is there.
    private func closeIdle(of database: SQLiteDatabase, _ path: String) -> Bool {
        for pool in database.pools { _ = pool.closeIdle() }
        return !isOpen(path)
    }

    private let people = TableSchema("person", columns: [.init("name", .text, required: true)])

    @Test func `a connection that was closed is opened again, and the file must still be there`() async throws {
        let path = NSTemporaryDirectory() + "cauldron-\(UUID().uuidString).db"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let database = try SQLiteDatabase(path: path)
        try await database.write { [people] in _ = try $0.migrate(to: [people]) }
        try await database.write { try $0.insert(into: "person", ["name"], [[.text("a")]]) }
        #expect(
            try await database.readBriefly { try $0.query("SELECT name FROM person", [], [.text]) } == [[.text("a")]])
        #expect(try await database.read { try $0.query("SELECT name FROM person", [], [.text]) } == [[.text("a")]])
        #expect(isOpen(path))
        #expect(database.pools.count == 3)
        try await wait { closeIdle(of: database, path) }
        try await database.write { try $0.insert(into: "person", ["name"], [[.text("b")]]) }
        #expect(try await database.read { try $0.query("SELECT count(*) FROM person", [], [.integer]) } == [[.int(2)]])
        try await wait { closeIdle(of: database, path) }
        try FileManager.default.removeItem(atPath: path)
        for _ in 0..<2 {
            await #expect(throws: StorageError.self) { try await database.write { _ in } }
            await #expect(throws: StorageError.self) { try await database.read { _ in } }
            await #expect(throws: StorageError.self) { try await database.readBriefly { _ in } }
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        await database.close()
    }
}
