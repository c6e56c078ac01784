internal import Synchronization
public import Testing

/// The database engines that tests run on.
public enum TestEngine: String, CaseIterable, Sendable, CustomStringConvertible {
    case sqlite
    case postgres

    /// The engine that the running test makes its databases on. Known to the test's own task, and not in the body of a
    /// transaction, which runs on another thread.
    public static var current: TestEngine { running ?? .sqlite }

    @TaskLocal static var running: TestEngine?

    public var description: String {
        switch self {
        case .sqlite: "SQLite"
        case .postgres: "PostgreSQL"
        }
    }
}

/// Runs each test of a suite once on SQLite and once on PostgreSQL. Every issue says on which.
public struct BothEngines: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let engines = test.traits.contains { $0 is SQLiteOnly } ? [.sqlite] : TestEngine.allCases
        for engine in engines {
            let naming = IssueHandlingTrait.compactMapIssues { Self.named($0, engine) }
            try await naming.provideScope(for: test, testCase: testCase) {
                await TestEngine.$running.withValue(engine) {
                    do {
                        try await function()
                    } catch is ExpectationFailedError {
                        // It has been recorded; the other engine has its turn.
                    } catch {
                        Issue.record(error, sourceLocation: test.sourceLocation)
                    }
                }
            }
        }
    }

    private static func named(_ issue: Issue, _ engine: TestEngine) -> Issue? {
        var issue = issue
        if TestEngine.running == nil {
            // Recorded on a thread of a database, an issue comes to every test that is running: one of them passes it on.
            guard Elsewhere.isNew(issue) else { return nil }
            issue.comments.append("in the body of a transaction, on an engine that is not known there")
        } else {
            issue.comments.append("on \(engine)")
        }
        return issue
    }
}

/// Issues that were recorded outside of the tasks of tests.
private enum Elsewhere {
    private static let last = Mutex<[String: ContinuousClock.Instant]>([:])

    /// Whether no test has passed on the same issue a moment ago.
    static func isNew(_ issue: Issue) -> Bool {
        let place = "\(issue.sourceLocation.map(String.init(describing:)) ?? "") \(issue.kind)"
        return last.withLock { last in
            let now = ContinuousClock.now
            defer { last[place] = now }
            return last[place].map { now - $0 > .seconds(1) } ?? true
        }
    }
}

/// A test of what only SQLite has.
public struct SQLiteOnly: TestTrait, SuiteTrait {}

extension Trait where Self == BothEngines {
    /// Runs each test of a suite once on SQLite and once on PostgreSQL.
    public static var bothEngines: Self { Self() }
}

extension Trait where Self == SQLiteOnly {
    /// Leaves a test of a suite with ``Testing/Trait/bothEngines`` to SQLite, whose own subject it is.
    public static var onlyOnSQLite: Self { Self() }
}
