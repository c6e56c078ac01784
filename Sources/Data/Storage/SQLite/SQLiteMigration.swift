internal import Values

/// Brings tables to their shapes by adding what is missing.
struct SQLiteMigration {
    private let transaction: any Transaction

    init(_ transaction: any Transaction) { self.transaction = transaction }

    func run(_ tables: [TableSchema]) throws -> [SchemaChange] {
        var present: [String: [String: String]] = [:]
        let columns = """
            SELECT m.name, c.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'
            """
        try transaction.forEach(columns, [], [.text, .text, .text]) { row in
            guard let table = row[0].text, let column = row[1].text, let type = row[2].text else { return }
            present[table, default: [:]][column] = type
        }
        let named = try transaction.query(
            "SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger')", [], [.text])
        let names = Set(named.compactMap { $0[0].text })
        return try tables.flatMap { table in
            try changeColumns(of: table, from: present[table.name]) + addIndexes(of: table, besides: names)
        }
    }

    private func changeColumns(of table: TableSchema, from present: [String: String]?) throws -> [SchemaChange] {
        guard let present else {
            try transaction.execute(create(table))
            if !table.textIndex.isEmpty {
                for statement in SQLiteTextIndex(table).statements { try transaction.execute(statement) }
            }
            return [.createdTable(table.name)]
        }
        var changes: [SchemaChange] = []
        for column in table.columns {
            if let type = present[column.name] {
                guard type == Self.name(of: column.type) else {
                    throw StorageError.migration(
                        "\(table.name).\(column.name) holds \(type) and cannot become \(Self.name(of: column.type))")
                }
                continue
            }
            try transaction.execute("ALTER TABLE \(quoted(table.name)) ADD COLUMN \(Self.definition(of: column))")
            changes.append(.addedColumn(table: table.name, column: column.name))
        }
        return changes
    }

    private func addIndexes(of table: TableSchema, besides names: Set<String>) throws -> [SchemaChange] {
        var changes: [SchemaChange] = []
        for index in table.indexes {
            // An index that becomes unique is another one.
            let name = SQLiteDialect().indexName(index, of: table.name)
            guard !names.contains(name) else { continue }
            try transaction.execute(Self.create(index, name, of: table.name))
            changes.append(.createdIndex(name))
        }
        guard table.appendOnly else { return changes }
        for seal in SQLiteDialect().seals(table.name) where !names.contains(seal.name) {
            try transaction.execute(seal.sql)
        }
        return changes
    }

    /// The statement that makes an index.
    static func create(_ index: TableSchema.Index, _ name: String, of table: String) -> String {
        let columns = index.columns.map(quoted).joined(separator: ",")
        return "CREATE \(index.unique ? "UNIQUE " : "")INDEX \(quoted(name)) ON \(quoted(table)) (\(columns))"
    }

    private func create(_ table: TableSchema) -> String {
        let columns = table.columns.map(Self.definition).joined(separator: ",\n  ")
        let isRowNumber =
            table.primaryKey.count == 1
            && table.columns.contains { $0.name == table.primaryKey[0] && $0.type == .integer }
        // A key of one integer numbers the rows; a key of several columns is the table, which has no rows beside it.
        let rows = isRowNumber || table.primaryKey.count == 1 ? "STRICT" : "STRICT, WITHOUT ROWID"
        let key = table.primaryKey.map(quoted).joined(separator: ",")
        if !table.textIndex.isEmpty {
            let number = quoted(SQLiteTextIndex.rowNumber)
            return
                "CREATE TABLE \(quoted(table.name)) (\n  \(number) INTEGER PRIMARY KEY,\n  \(columns),\n  UNIQUE (\(key))\n) STRICT"
        }
        return "CREATE TABLE \(quoted(table.name)) (\n  \(columns),\n  PRIMARY KEY (\(key))\n) \(rows)"
    }

    /// What the engine's catalogue says of a column, which is required when it is part of the key.
    static func definition(of column: TableSchema.Column, in table: TableSchema) -> String {
        var column = column
        if table.primaryKey.contains(column.name) { column.required = true }
        return properties(of: column)
    }

    private static func definition(of column: TableSchema.Column) -> String {
        "\(quoted(column.name)) \(properties(of: column))"
    }

    private static func properties(of column: TableSchema.Column) -> String {
        var text = name(of: column.type)
        if column.required { text += " NOT NULL" }
        switch column.fallback {
        case .null: break
        case .text(let fallback):
            text +=
                " DEFAULT '\(fallback.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        case .int(let number), .decimal(let number, _): text += " DEFAULT \(number)"
        default: break
        }
        return text
    }

    private static func name(of type: ColumnType) -> String {
        switch type {
        case .text: "TEXT"
        case .bytes: "BLOB"
        default: "INTEGER"
        }
    }
}
