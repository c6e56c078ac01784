public import Storage
public import Values

/// Lets another transaction do what it is asked, and notes the statements.
public final class CountingTransaction: Transaction {
    private let inner: any Transaction
    /// The queries, in order.
    public private(set) var queries: [String] = []
    /// The statements that give no rows, in order; adding rows is `INSERT INTO` and the table.
    public private(set) var changes: [String] = []

    /// Notes what passes through to `inner`.
    public init(_ inner: any Transaction) { self.inner = inner }

    /// How many statements there were.
    public var count: Int { queries.count + changes.count }
    public var dialect: any Dialect { inner.dialect }

    public func forEach(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void
    ) throws {
        queries.append(sql)
        try inner.forEach(sql, arguments, types, each)
    }

    public func execute(_ sql: String, _ arguments: [Value]) throws -> Int {
        changes.append(sql)
        return try inner.execute(sql, arguments)
    }

    public func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        changes.append("INSERT INTO \(table)")
        try inner.insert(into: table, columns, rows)
    }

    public func takeTime(seconds: Int) { inner.takeTime(seconds: seconds) }

    public func savepoint<T>(_ body: () throws -> T) throws -> T { try inner.savepoint(body) }

    public func migrate(to tables: [TableSchema]) throws -> [SchemaChange] { try inner.migrate(to: tables) }
}
