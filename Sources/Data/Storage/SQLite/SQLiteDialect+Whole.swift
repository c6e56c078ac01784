internal import Values

extension SQLiteDialect {
    var tableNames: String {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
    }

    var damage: String? { "PRAGMA integrity_check(100)" }

    func rows(_ types: [ColumnType]) -> String {
        let columns = types.indices.map { "json_extract(value, '$[\($0)]')" }
        return "SELECT \(columns.joined(separator: ",")) FROM json_each(?)"
    }

    /// Values as the file holds them.
    func json(_ value: Value) -> JSON {
        switch value {
        case .null, .outOfRange: .null
        case .int(let number), .decimal(let number, _): .int(number)
        case .text(let text): .string(text)
        case .day(let day): .int(Int64(day.number))
        case .timestamp(let moment): .int(moment.microseconds)
        case .time(let time): .int(time.microseconds)
        case .bytes: .string(value.description)
        }
    }
}
