public import Values

/// A tenant's database: one writer at a time, any number of readers on snapshots.
///
/// A body runs on a thread of the database, not on the cooperative pool, except for ``readBriefly(_:)``; it must not wait
/// for anything else.
/// It may run while others run theirs, but each sees the database as if it were alone.
public protocol Database: Sendable {
    /// Runs `body` on a snapshot: it sees one state of the database from its first statement to its last.
    ///
    /// - Throws: what `body` throws; ``StorageError/overloaded`` when too many wait; ``StorageError/closed``.
    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T

    /// Reads what takes less than a moment, such as one document or one page of a list: at once on the thread of the
    /// caller where a connection is free. A body that takes longer is stopped and run again as ``read(_:)`` runs it, so it
    /// may run twice.
    ///
    /// - Throws: as ``read(_:)``.
    func readBriefly<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T

    /// Runs `body` in a transaction and returns once its changes are on stable storage.
    ///
    /// When `body` throws, nothing of what it did remains. Bodies that wait at the same time may share one commit; each
    /// is still alone in what it sees and in whether it fails: a body runs again from its beginning when another made the
    /// engine give up what both had done.
    ///
    /// - Throws: what `body` throws; ``StorageError`` when the commit fails, and then nothing of `body` remains.
    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T

    /// Copies the database as it is now to `path`, which must not exist, while readers and writers go on.
    func backup(to path: String) async throws

    /// Lets what is queued finish, then closes every connection. Later calls throw ``StorageError/closed``.
    func close() async
}

/// What a body sees of the database. Valid only inside the body, on its thread.
///
/// SQL is what SQLite and PostgreSQL share, with `?` for each argument; what they do not share is asked of ``dialect``.
public protocol Transaction: AnyObject {
    /// How this engine writes what is not common SQL.
    var dialect: any Dialect { get }

    /// Calls `each` with the columns of every row, read as `types`, in order.
    ///
    /// - Throws: ``StorageError``, and what `each` throws, which ends the reading.
    func forEach(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void) throws

    /// Runs a statement that gives no rows and returns how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [Value]) throws -> Int

    /// Adds rows to a table; each row has a value for each column, in their order.
    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws

    /// Runs `body`; when it throws, what it changed is undone and the error goes on.
    func savepoint<T>(_ body: () throws -> T) throws -> T

    /// Brings the tables to these shapes without losing a row and says what was changed.
    ///
    /// Missing tables, columns and indexes are added; what the shapes do not name stays. ``StorageError/migration(_:)``
    /// when a column's type would have to change.
    @discardableResult
    func migrate(to tables: [TableSchema]) throws -> [SchemaChange]
}

extension Transaction {
    /// All rows of a query, each with its columns read as `types`.
    public func query(_ sql: String, _ arguments: [Value] = [], _ types: [ColumnType]) throws -> [[Value]] {
        var rows: [[Value]] = []
        try forEach(sql, arguments, types) { rows.append($0) }
        return rows
    }

    /// The first row of a query, or nil.
    public func first(_ sql: String, _ arguments: [Value] = [], _ types: [ColumnType]) throws -> [Value]? {
        var row: [Value]?
        try forEach(sql, arguments, types) { if row == nil { row = $0 } }
        return row
    }

    /// Runs a statement without arguments.
    @discardableResult
    public func execute(_ sql: String) throws -> Int { try execute(sql, []) }
}

/// What the engines write differently.
public protocol Dialect: Sendable {
    /// A condition that compares text with a `%` pattern without regard to case; the pattern is the one argument.
    func like(_ column: String) -> String

    /// Makes a condition that holds when `column` is one of `count` arguments.
    func isOneOf(_ column: String, count: Int) -> String
}

/// Writes `name` as an SQL identifier.
public func quoted(_ name: String) -> String {
    name.contains("\"")
        ? "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        : "\"\(name)\""
}

/// `count` question marks for a list of arguments.
public func placeholders(_ count: Int) -> String {
    String(repeating: "?,", count: max(0, count - 1)) + (count > 0 ? "?" : "")
}
