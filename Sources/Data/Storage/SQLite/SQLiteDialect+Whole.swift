internal import Values

extension SQLiteDialect {
    var tableNames: String {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
    }

    func objects(of tables: [TableSchema]) -> [SchemaObject] {
        var objects: [SchemaObject] = []
        for table in tables {
            // The columns are compared each for itself: one that was added later stands behind the others.
            objects.append(SchemaObject(kind: "table", name: table.name, table: table.name, definition: ""))
            for column in table.columns {
                objects.append(
                    SchemaObject(
                        kind: "column", name: column.name, table: table.name,
                        definition: SQLiteMigration.definition(of: column, in: table)))
            }
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
        UNION ALL SELECT 'column', c.name, m.name,
          c.type || CASE c."notnull" WHEN 1 THEN ' NOT NULL' ELSE '' END || COALESCE(' DEFAULT ' || c.dflt_value, '')
        FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'
          AND m.sql LIKE 'CREATE TABLE %' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        ORDER BY 3, 1, 2
        """
    }

    /// Of a table those words of its statement that none of Cauldron's has, such as CHECK, COLLATE or REFERENCES.
    func definition(of object: SchemaObject) -> String? {
        guard object.kind == "table", let sql = object.definition, sql.hasPrefix("CREATE TABLE ") else {
            return object.definition
        }
        var words: [String] = []
        var word = ""
        var quote: Character?
        for sign in sql + " " {
            if quote != nil {
                // A doubled mark within a name ends it and begins it again.
                if sign == quote { quote = nil }
                continue
            }
            if sign.isASCII, sign.isLetter || sign.isNumber || sign == "_" {
                word.append(sign)
                continue
            }
            if !word.isEmpty { words.append(word.uppercased()) }
            word = ""
            if sign == "\"" || sign == "'" || sign == "`" { quote = sign }
        }
        return words.filter { !Self.ownWords.contains($0) && Int($0) == nil }.joined(separator: " ")
    }

    private static let ownWords: Set = [
        "CREATE", "TABLE", "TEXT", "INTEGER", "BLOB", "NOT", "NULL", "DEFAULT", "PRIMARY", "KEY", "UNIQUE", "STRICT",
        "WITHOUT", "ROWID",
    ]

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
