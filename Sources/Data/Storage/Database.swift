public import Values

/// A tenant's database: one writer at a time, any number of readers on snapshots.
///
/// A body runs on a thread of the database, not on the cooperative pool, except for ``readBriefly(_:)``; it must not wait
/// for anything else.
/// It may run while others run theirs, but each sees the database as if it were alone.
public protocol Database: Sendable {
    /// Runs `body` on a snapshot: it sees one state of the database from its first statement to its last. It runs again
    /// from its beginning when the connection is lost.
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

    /// Lets what is queued finish, then closes every connection. Later calls throw ``StorageError/closed``.
    func close() async
}

/// What a body sees of the database. Valid only inside the body, on its thread.
///
/// SQL is what SQLite and PostgreSQL share, with `?` for each argument; what they do not share is asked of ``dialect``.
public protocol Transaction: AnyObject {
    /// How this engine writes what is not common SQL.
    var dialect: any Dialect { get }

    /// Calls `each` with the columns of every row, read as `types`, in order, and never holds all of them.
    ///
    /// - Throws: ``StorageError``, and what `each` throws, which ends the reading.
    func forEach(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], _ each: ([Value]) throws -> Void) throws

    /// All rows of a query, each with its columns read as `types`.
    func query(_ sql: String, _ arguments: [Value], _ types: [ColumnType]) throws -> [[Value]]

    /// The first row of a query, or nil.
    func first(_ sql: String, _ arguments: [Value], _ types: [ColumnType]) throws -> [Value]?

    /// Writes the rows of a query as JSON, up to `limit` of them: objects with these keys, or lists where there are none. Passes
    /// on what it wrote between rows.
    ///
    /// - Returns: how many rows the query gave.
    func write(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], keys: [JSONKey]?, limit: Int,
        to writer: inout JSONWriter
    ) throws -> Int

    /// Runs a statement that gives no rows and returns how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [Value]) throws -> Int

    /// Runs a statement that gives no rows and whose result nobody asks for: an engine that waits for a server does not wait.
    /// Should it fail, the body runs again from its beginning and meets the error here.
    func issue(_ sql: String, _ arguments: [Value]) throws

    /// The rows of several queries that read and do not depend on one another: an engine that waits for a server waits once.
    func query(_ queries: [Query]) throws -> [[[Value]]]

    /// What the bodies of one transaction know of rows that they alone write, such as where a log ends; nil where nothing is
    /// known, or the engine keeps nothing.
    func kept(_ key: String) -> [Value]?

    /// Keeps something, or with nil nothing, for the bodies that follow in the transaction. What a body that fails has kept
    /// goes with it, and all of it with a statement that removes rows or changes tables.
    func keep(_ values: [Value]?, as key: String)

    /// Adds rows to a table; each row has a value for each column, in their order.
    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws

    /// Lets the body compute in statements for so many seconds from now on, instead of what the limits of the database
    /// give: for what takes the longer the more a company has, such as changing its tables.
    func takeTime(seconds: Int)

    /// Runs `body`; when it throws, what it changed is undone and the error goes on.
    func savepoint<T>(_ body: () throws -> T) throws -> T

    /// Brings the tables to these shapes without losing a row and says what was changed.
    ///
    /// Missing tables, columns and indexes are added; what the shapes do not name stays. ``StorageError/migration(_:)``
    /// when a column's type would have to change.
    @discardableResult
    func migrate(to tables: [TableSchema]) throws -> [SchemaChange]
}

/// A statement that reads, as a value.
public struct Query: Sendable {
    /// The statement, with `?` for each argument.
    public let sql: String
    /// Its arguments.
    public let arguments: [Value]
    /// As what its columns are read.
    public let types: [ColumnType]

    /// A query.
    public init(_ sql: String, _ arguments: [Value], _ types: [ColumnType]) {
        self.sql = sql
        self.arguments = arguments
        self.types = types
    }
}

extension Transaction {
    /// Nothing.
    public func kept(_ key: String) -> [Value]? { nil }

    /// Keeps nothing.
    public func keep(_ values: [Value]?, as key: String) {}

    /// The first rows of queries, empty where there is none, from what is kept under their keys or read together.
    public func recall(_ wanted: [(key: String, query: Query)]) throws -> [[Value]] {
        let known = wanted.map { kept($0.key) }
        let missing = known.indices.filter { known[$0] == nil }
        if missing.isEmpty { return known.compactMap { $0 } }
        let read = try query(missing.map { wanted[$0].query })
        var rows = known.map { $0 ?? [] }
        for (place, found) in zip(missing, read) {
            rows[place] = found.first ?? []
            keep(rows[place], as: wanted[place].key)
        }
        return rows
    }

    /// Runs a statement and does not tell what it did.
    public func issue(_ sql: String, _ arguments: [Value]) throws { try execute(sql, arguments) }

    /// The rows of several queries, one after the other.
    public func query(_ queries: [Query]) throws -> [[[Value]]] {
        try queries.map { try query($0.sql, $0.arguments, $0.types) }
    }

    /// Writes the rows of a query as JSON; engines that can do it without making values of them have their own.
    public func write(
        _ sql: String, _ arguments: [Value], _ types: [ColumnType], keys: [JSONKey]?, limit: Int,
        to writer: inout JSONWriter
    ) throws -> Int {
        var count = 0
        writer.beginArray()
        try forEach(sql, arguments, types) { row in
            count += 1
            guard count <= limit else { return }
            writer.row(row, keys)
            try writer.passOn()
        }
        writer.endArray()
        return count
    }

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
    /// A condition that holds when text fits a pattern of ``LikePattern/portable``, the one argument; null where the column
    /// is.
    func like(_ column: String) -> String

    /// A condition that holds when text fits a pattern of ``TextPattern/portable``, the one argument.
    func matches(_ column: String) -> String

    /// A whole number, a day or a moment as the text in which it stands in answers; other columns as they are.
    func text(of column: String, _ type: ColumnType) -> String

    /// Makes a condition that holds when `column` is one of `count` arguments.
    func isOneOf(_ column: String, count: Int) -> String

    /// A term of ORDER BY in which null comes before every value, and last when `descending`.
    ///
    /// `isNullable` says that the column may hold null; a column declared `required` does not.
    func ordered(_ sql: String, descending: Bool, isNullable: Bool) -> String

    /// The average of a column over the rows that have a value, null over none. Digits beyond the column's last are cut off.
    func average(_ sql: String, _ type: ColumnType) -> String

    /// How the text index of a table is searched: for all words, or for words in the index's first column when `column` is
    /// that one; for rows that hold one of `marks` besides, when there are any. What is excluded is looked for
    /// in all columns, or with `excludingInColumn` in that one.
    func textSearch(
        _ table: String, _ query: TextQuery, in column: String?, excludingInColumn: Bool, marks: [String]
    ) -> TextSearch

    /// What the engine calls an index of a table.
    func indexName(_ index: TableSchema.Index, of table: String) -> String

    /// Statements that let the rows of an append-only table be changed, for the one engine path that renames what they
    /// name. They hold until ``sealing(_:)``, which must follow in the same transaction.
    func unsealing(_ table: String) -> [String]

    /// Statements that make an unsealed table append-only again.
    func sealing(_ table: String) -> [String]

    /// A query for the names of all tables that are there.
    var tableNames: String { get }

    /// What the schema of a database with these tables, and no others, holds.
    func objects(of tables: [TableSchema]) -> [SchemaObject]

    /// A query for all that the schema holds: kind, name, table and definition of each.
    var presentObjects: String { get }

    /// What is compared of how an object that is there was made, in the words of ``objects(of:)``.
    func definition(of object: SchemaObject) -> String?

    /// A query that checks the engine's own files and tells of damage in rows of text, `ok` where there is none; nil
    /// where the engine has no such check.
    var damage: String? { get }

    /// A SELECT of the rows that its one argument holds as JSON: a list of lists, each value as ``json(_:)`` gives it. Columns
    /// of bytes are not for all engines.
    func rows(_ types: [ColumnType]) -> String

    /// A value for ``rows(_:)``.
    func json(_ value: Value) -> JSON
}

extension Dialect {
    public func indexName(_ index: TableSchema.Index, of table: String) -> String {
        "\(table):\(index.columns.joined(separator: ","))\(index.unique ? " unique" : "")"
    }
    public func unsealing(_ table: String) -> [String] { ["ALTER TABLE \(quoted(table)) DISABLE TRIGGER USER"] }
    public func sealing(_ table: String) -> [String] { ["ALTER TABLE \(quoted(table)) ENABLE TRIGGER USER"] }
}

/// Whether a statement may remove rows or change tables, by its first letter: DELETE, DROP, ALTER.
package func mayRemove(_ sql: String) -> Bool {
    sql.utf8.first == UInt8(ascii: "D") || sql.utf8.first == UInt8(ascii: "A")
}

/// Writes `name` as an SQL identifier.
public func quoted(_ name: String) -> String {
    name.holds(0x22)
        ? "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        : "\"" + name + "\""
}

/// `count` question marks for a list of arguments.
public func placeholders(_ count: Int) -> String {
    String(repeating: "?,", count: max(0, count - 1)) + (count > 0 ? "?" : "")
}
