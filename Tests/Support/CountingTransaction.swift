public import Storage
public import Values

/// Lets another transaction do what it is asked, and notes the statements.
public final class CountingTransaction: Transaction {
    private let inner: any Transaction
    /// The queries, in order.
    public private(set) var queries: [String] = []
    /// The statements that give no rows, in order; adding rows is `INSERT INTO` and the table.
    public private(set) var changes: [String] = []

    /// How often an answer is waited for where a server gives it.
    public private(set) var waits = 0

    /// Notes what passes through to `inner`.
    public init(_ inner: any Transaction) { self.inner = inner }

    /// How many statements there were.
    public var count: Int { queries.count + changes.count }
    public var dialect: any Dialect { inner.dialect }

    public func forEach(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void
    ) throws {
        queries.append(sql)
        waits += 1
        try inner.forEach(sql, arguments, types, each)
    }

    public func execute(_ sql: String, _ arguments: [Value]) throws -> Int {
        changes.append(sql)
        waits += 1
        return try inner.execute(sql, arguments)
    }

    public func issue(_ sql: String, _ arguments: [Value]) throws {
        changes.append(sql)
        try inner.issue(sql, arguments)
    }

    public func query(_ queries: [Query]) throws -> [[[Value]]] {
        self.queries += queries.map(\.sql)
        waits += 1
        return try inner.query(queries)
    }

    public func kept(_ key: String) -> [Value]? { inner.kept(key) }

    public func keep(_ values: [Value]?, as key: String) { inner.keep(values, as: key) }

    public func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        changes.append("INSERT INTO \(table)")
        try inner.insert(into: table, columns, rows)
    }

    public func takeTime(seconds: Int) { inner.takeTime(seconds: seconds) }

    public func savepoint<T>(_ body: () throws -> T) throws -> T { try inner.savepoint(body) }

    public func migrate(to tables: [TableSchema]) throws -> [SchemaChange] { try inner.migrate(to: tables) }
}
