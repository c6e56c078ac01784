public import Values

// What copying, checking and looking back need; written for PostgreSQL, and otherwise where an engine differs.
extension Dialect {
    public var tableNames: String {
        "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    }

    public var damage: String? { nil }

    public func definition(of object: SchemaObject) -> String? { object.definition }

    public func rows(_ types: [ColumnType]) -> String {
        let columns = types.enumerated().map { index, type in
            switch type {
            case .integer: "(r ->> \(index))::bigint"
            case .decimal(let scale): "(r ->> \(index))::numeric(38,\(scale))"
            case .text: "(r ->> \(index)) COLLATE \"C\""
            case .day: "(r ->> \(index))::date"
            case .timestamp: "(r ->> \(index))::timestamp"
            case .time: "(r ->> \(index))::time"
            case .bytes: "decode(r ->> \(index), 'base64')"
            }
        }
        return "SELECT \(columns.joined(separator: ",")) FROM jsonb_array_elements(CAST(? AS jsonb)) AS t(r)"
    }

    public func json(_ value: Value) -> JSON {
        switch value {
        case .null, .outOfRange: .null
        case .int(let number): .int(number)
        // As text, which every reader of JSON keeps exactly.
        default: .string(value.description)
        }
    }
}
