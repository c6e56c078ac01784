internal import Values

extension SQLiteDialect {
    var tableNames: String {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
    }

    func objects(of tables: [TableSchema]) -> [SchemaObject] {
        var objects: [SchemaObject] = []
        for table in tables {
            objects.append(SchemaObject(kind: "table", name: table.name, table: table.name))
            for index in table.indexes {
                let name = indexName(index, of: table.name)
                objects.append(
                    SchemaObject(
                        kind: "index", name: name, table: table.name,
                        definition: SQLiteMigration.create(index, name, of: table.name)))
            }
            if table.appendOnly {
                objects += seals(table.name).map {
                    SchemaObject(kind: "trigger", name: $0.name, table: table.name, definition: $0.sql)
                }
            }
            if !table.textIndex.isEmpty { objects += SQLiteTextIndex(table).objects }
        }
        return objects
    }

    /// All but what the engine makes by itself.
    var presentObjects: String {
        """
        SELECT type, name, tbl_name, sql FROM sqlite_schema
        WHERE NOT (type = 'index' AND sql IS NULL) AND NOT (type = 'table' AND name IN ('sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4'))
        ORDER BY tbl_name, type, name
        """
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
