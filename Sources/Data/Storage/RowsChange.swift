public import Values

/// What became of some rows of a table: what they were, and what they are.
public struct RowsChange: Sendable, Equatable {
    /// The table.
    public let table: TableSchema
    /// The rows as they were, each with a value for each column of the table.
    public let before: [[Value]]
    /// The rows as they are.
    public let after: [[Value]]

    /// Whether nothing became of them.
    public var isEmpty: Bool { before == after }
}

extension Transaction {
    /// Runs `body` and says what became of the rows of a table that fit a condition before or after. The condition holds for
    /// every row that `body` changes, before and after.
    ///
    /// - Throws: ``StorageError``, and what `body` throws.
    public func changes(
        of table: TableSchema, where condition: String, _ arguments: [Value], _ body: () throws -> Void
    ) throws -> RowsChange {
        let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
        let order = table.primaryKey.map(quoted).joined(separator: ",")
        let sql = "SELECT \(columns) FROM \(quoted(table.name)) WHERE \(condition) ORDER BY \(order)"
        let types = table.columns.map(\.type)
        let before = try query(sql, arguments, types)
        try body()
        return RowsChange(table: table, before: before, after: try query(sql, arguments, types))
    }
}

extension [UInt8] {
    /// Adds a value in one form on every engine: its kind, its length and what it is, so that no two values look alike.
    public mutating func append(canonical value: Value) {
        switch value {
        case .null, .outOfRange: append(0)
        case .int(let number): append(1, number)
        case .decimal(let units, let scale):
            append(2, units)
            append(scale)
        case .text(let text):
            append(3, Int64(text.utf8.count))
            append(contentsOf: text.utf8)
        case .day(let day): append(4, Int64(day.number))
        case .timestamp(let moment): append(5, moment.microseconds)
        case .time(let time): append(6, time.microseconds)
        case .bytes(let bytes):
            append(7, Int64(bytes.count))
            append(contentsOf: bytes)
        }
    }

    private mutating func append(_ kind: UInt8, _ number: Int64) {
        append(kind)
        for shift in stride(from: 0, to: 64, by: 8) { append(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
    }
}
