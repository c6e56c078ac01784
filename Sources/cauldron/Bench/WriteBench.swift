import Documents
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

    func measure(_ work: WriteWork) async throws -> Measurement {
        let ours = try await place.withCopy(of: BenchCompany.base) { tenant in
            try await rate(for: seconds) { number in
                var previous = ""
                for step in work.steps {
                    let last = previous
                    previous = try await tenant.write(as: .administrator) { try step($0, number, last) }
                }
            }
        }
        let yardstick =
            if let peer { try peer.changes() } else { try await raw(work, max(20, min(500, Int(ours * seconds)))) }
        return Measurement(name: work.name, rate: ours, unit: work.unit, yardstick: yardstick)
    }

    /// How often a second the statements of the work are run.
    private func raw(_ work: WriteWork, _ count: Int) async throws -> (name: String, rate: Double) {
        let recorded = try await place.withCopy(of: BenchCompany.base) { try await record(work, count, $0) }
        return try await place.withCopy(of: BenchCompany.base) { tenant in
            let time = try await cauldron.seconds {
                for statements in recorded {
                    try await tenant.database.write { transaction in
                        for statement in statements { try statement.run(in: transaction) }
                    }
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
