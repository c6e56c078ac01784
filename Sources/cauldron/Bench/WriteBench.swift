import Documents
import Glibc
import PostgresStorage
import Storage
import Synchronization
import Tenancy
import Values

/// Work that writes, as a sequence of transactions; each gets the name of the document the one before it made.
struct WriteWork: Sendable {
    let name: String
    let unit: String
    let steps: [@Sendable (Session, _ number: Int, _ previous: String) throws -> String]
}

/// Compares work with putting the same rows straight into SQLite: each repetition's statements are recorded on a copy of
/// the company, and then run by prepared statements, in the same transactions, on another copy. On PostgreSQL it is
/// compared with the transactions of pgbench.
struct WriteBench {
    let place: BenchPlace
    let seconds: Double
    let peer: Pgbench?

    func measure(_ work: WriteWork) async throws -> [Measurement] {
        let clock = ThreadClock()
        let (ours, trips) = try await place.withCopy(of: BenchCompany.base) { tenant in
            let before = PostgresAdministration.roundTrips
            let ours = try await rate(for: seconds) { number in
                var previous = ""
                for (place, step) in work.steps.enumerated() {
                    let last = previous
                    previous = try await tenant.write(as: .administrator) {
                        if place == 0 { clock.note() }
                        return try step($0, number, last)
                    }
                }
            }
            return (ours, Double(PostgresAdministration.roundTrips - before) / (ours * seconds))
        }
        var beside = [
            Measurement(name: "the writer's thread for one of these", rate: clock.milliseconds, unit: "ms")
        ]
        if peer != nil {
            beside.append(Measurement(name: "round trips for one of these", rate: trips, unit: ""))
        }
        let yardstick =
            if let peer { try peer.changes() } else { try await raw(work, max(20, min(500, Int(ours * seconds)))) }
        return [Measurement(name: work.name, rate: ours, unit: work.unit, yardstick: yardstick)] + beside
    }

    /// How often a second the statements of the work are run, by so many who each wait for the commit.
    func raw(_ work: WriteWork, _ count: Int, clients: Int = 1) async throws -> (name: String, rate: Double) {
        let recorded = try await place.withCopy(of: BenchCompany.base) { try await record(work, count, $0) }
        return try await place.withCopy(of: BenchCompany.base) { tenant in
            let time = try await cauldron.seconds {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for client in 0..<clients {
                        group.addTask {
                            for place in stride(from: client, to: recorded.count, by: clients) {
                                let statements = recorded[place]
                                try await tenant.database.write { transaction in
                                    for statement in statements { try statement.run(in: transaction) }
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            return ("the same rows by SQL", Double(count) / time)
        }
    }

    /// The writing statements of each transaction of `count` repetitions.
    private func record(
        _ work: WriteWork, _ count: Int, _ tenant: Tenant
    ) async throws -> [[RecordedStatement]] {
        var recorded: [[RecordedStatement]] = []
        let identifiers = Mutex(IdentifierSource(seed: 1))
        let now = tenant.now()
        for number in 0..<count {
            var previous = ""
            for step in work.steps {
                let last = previous
                let (registry, audit) = (tenant.registry, tenant.audit)
                let (statements, name) = try await tenant.database.write { transaction in
                    let recorder = RecordingTransaction(transaction)
                    let session = Session(
                        actor: .administrator, now: now, registry: registry, transaction: recorder, audit: audit
                    ) {
                        identifiers.withLock { $0.next(at: now) }
                    }
                    let name = try step(session, number, last)
                    try session.finish()
                    return (recorder.statements, name)
                }
                recorded.append(statements)
                previous = name
            }
        }
        return recorded
    }
}

/// The time that one thread computes from one piece of work to the next.
private final class ThreadClock: Sendable {
    private let times = Mutex<(first: Double, last: Double, count: Int)?>(nil)

    /// Notes the thread's time where a piece of work begins.
    func note() {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        let now = Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
        times.withLock { times in times = (times?.first ?? now, now, (times?.count ?? 0) + 1) }
    }

    /// How long one piece took.
    var milliseconds: Double {
        times.withLock { times in times.map { ($0.last - $0.first) / Double(max(1, $0.count - 1)) } ?? 0 }
    }
}

/// A statement that wrote something.
enum RecordedStatement: Sendable {
    case insert(table: String, columns: [String], rows: [[Value]])
    case execute(sql: String, arguments: [Value])

    func run(in transaction: any Transaction) throws {
        switch self {
        case .insert(let table, let columns, let rows): try transaction.insert(into: table, columns, rows)
        case .execute(let sql, let arguments): try transaction.execute(sql, arguments)
        }
    }
}

/// Passes everything on and notes what writes.
private final class RecordingTransaction: Transaction {
    private let inner: any Transaction
    private(set) var statements: [RecordedStatement] = []

    init(_ inner: any Transaction) { self.inner = inner }

    var dialect: any Dialect { inner.dialect }

    func forEach(_ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void) throws {
        // A statement that writes and gives rows, as a counter does.
        if !sql.hasPrefix("SELECT"), !sql.hasPrefix("WITH") {
            statements.append(.execute(sql: sql, arguments: arguments))
        }
        try inner.forEach(sql, arguments, types, each)
    }

    func execute(_ sql: String, _ arguments: [Value]) throws -> Int {
        statements.append(.execute(sql: sql, arguments: arguments))
        return try inner.execute(sql, arguments)
    }

    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        statements.append(.insert(table: table, columns: columns, rows: rows))
        try inner.insert(into: table, columns, rows)
    }

    func takeTime(seconds: Int) { inner.takeTime(seconds: seconds) }

    func savepoint<T>(_ body: () throws -> T) throws -> T { try inner.savepoint(body) }

    func migrate(to tables: [TableSchema]) throws -> [SchemaChange] { try inner.migrate(to: tables) }
}
