internal import Storage
internal import Values

/// PostgreSQL's own words.
struct PostgresDialect: Dialect {
    func like(_ column: String) -> String { "\(PostgresFolding.sql(column)) LIKE CAST(? AS TEXT) ESCAPE '\\'" }

    func indexName(_ index: TableSchema.Index, of table: String) -> String {
        PostgresMigration.shortened(
            "\(table):\(index.columns.joined(separator: ","))\(index.unique ? " unique" : "")")
    }

    /// Only letters of ASCII match their capitals, as everywhere here.
    func matches(_ column: String) -> String { "\(column) COLLATE \"C\" ~* CAST(? AS TEXT)" }

    func text(of column: String, _ type: ColumnType) -> String {
        switch type {
        case .integer: "CAST(\(column) AS TEXT)"
        case .day: "to_char(\(column), 'YYYY-MM-DD')"
        case .timestamp: "to_char(\(column), 'YYYY-MM-DD HH24:MI:SS.US')"
        default: column
        }
    }

    func isOneOf(_ column: String, count: Int) -> String {
        count == 0 ? "1 = 0" : "\(column) IN (\(placeholders(count)))"
    }

    func ordered(_ sql: String, descending: Bool, isNullable: Bool) -> String {
        if !isNullable { return sql + (descending ? " DESC" : " ASC") }
        return sql + (descending ? " DESC NULLS LAST" : " ASC NULLS FIRST")
    }

    func average(_ sql: String, _ type: ColumnType) -> String {
        let scale = if case .decimal(let scale) = type { Int(scale) } else { 0 }
        let unit = "CAST(\(Value.decimal(units: 1, scale: UInt8(scale))) AS NUMERIC)"
        // avg() rounds: the units are divided instead.
        return "div(sum(\(sql)) / \(unit), nullif(count(\(sql)), 0)) * \(unit)"
    }
}
