internal import Storage
internal import Values

/// Brings tables to their shapes by adding what is missing.
struct PostgresMigration {
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) { self.connection = connection }

    func run(_ tables: [TableSchema]) throws -> [SchemaChange] {
        var present: [String: [String: String]] = [:]
        let columns = """
            SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = CAST(current_schema() AS REGNAMESPACE) AND c.relkind = 'r' AND a.attnum > 0
              AND NOT a.attisdropped
            """
        try connection.forEach(columns, [], [.text, .text, .text]) { row in
            guard let table = row[0].text, let column = row[1].text, let type = row[2].text else { return }
            present[table, default: [:]][column] = type
        }
        let named = try connection.query(
            """
            SELECT CAST(relname AS TEXT) FROM pg_catalog.pg_class
            WHERE relnamespace = CAST(current_schema() AS REGNAMESPACE) AND relkind = 'i'
            UNION ALL SELECT CAST(tgname AS TEXT) || ' ' || relname FROM pg_catalog.pg_trigger t
              JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
            WHERE relnamespace = CAST(current_schema() AS REGNAMESPACE) AND NOT tgisinternal
            UNION ALL SELECT CAST(proname AS TEXT) FROM pg_catalog.pg_proc
            WHERE pronamespace = CAST(current_schema() AS REGNAMESPACE)
            """, [], [.text])
        let names = Set(named.compactMap { $0[0].text })
        var steps = Steps()
        if !names.contains(PostgresFolding.name) { steps.statements.append(PostgresFolding.function) }
        for table in tables {
            try changeColumns(of: table, from: present[table.name], &steps)
            try addIndexes(of: table, besides: names, &steps)
        }
        try connection.executeAll(steps.statements)
        return steps.changes
    }

    private struct Steps {
        var statements: [String] = []
        var changes: [SchemaChange] = []
        var hasGuard = false
    }

    private func changeColumns(
        of table: TableSchema, from present: [String: String]?, _ steps: inout Steps
    ) throws {
        try checkLength(table.name)
        for column in table.columns { try checkLength(column.name) }
        guard let present else {
            steps.statements.append(create(table))
            if !table.textIndex.isEmpty { steps.statements += PostgresTextIndex(table).statements }
            steps.changes.append(.createdTable(table.name))
            return
        }
        for column in table.columns {
            let type = ServerType.declaration(column.type)
            if let current = present[column.name] {
                guard current == type else {
                    throw StorageError.migration(
                        "\(table.name).\(column.name) holds \(current) and cannot become \(type)")
                }
                continue
            }
            steps.statements.append("ALTER TABLE \(quoted(table.name)) ADD COLUMN \(definition(of: column))")
            steps.changes.append(.addedColumn(table: table.name, column: column.name))
        }
    }

    private func addIndexes(of table: TableSchema, besides names: Set<String>, _ steps: inout Steps) throws {
        for index in table.indexes {
            // An index that becomes unique is another one.
            let name = "\(table.name):\(index.columns.joined(separator: ","))\(index.unique ? " unique" : "")"
            let short = Self.shortened(name)
            guard !names.contains(short) else { continue }
            let columns = index.columns.map { column in
                // Null comes first in our order, as it does on SQLite; the server's own puts it last.
                let isRequired = table.columns.contains { $0.name == column && $0.required }
                return quoted(column) + (isRequired ? "" : " NULLS FIRST")
            }
            steps.statements.append(
                """
                CREATE \(index.unique ? "UNIQUE " : "")INDEX \(quoted(short)) ON \(quoted(table.name)) \
                (\(columns.joined(separator: ",")))
                """)
            steps.changes.append(.createdIndex(name))
        }
        guard table.appendOnly else { return }
        for (verb, each, _) in Self.seals {
            let name = Self.seal(verb, of: table.name)
            guard !names.contains("\(name) \(table.name)") else { continue }
            if !steps.hasGuard {
                steps.hasGuard = true
                steps.statements.append(Self.guardFunction)
            }
            steps.statements.append(
                """
                CREATE TRIGGER \(quoted(name)) BEFORE \(verb) ON \(quoted(table.name)) FOR EACH \(each) \
                EXECUTE FUNCTION \(quoted(Self.guardName))()
                """)
        }
    }

    /// What is refused of an append-only table, for what, and how the server notes that in `tgtype`.
    static let seals = [("UPDATE", "ROW", 19), ("DELETE", "ROW", 11), ("TRUNCATE", "STATEMENT", 34)]

    /// What the trigger is called.
    static func seal(_ verb: String, of table: String) -> String { shortened("\(table):no \(verb.lowercased())") }

    /// The function of the triggers, and what it does.
    static let guardName = "cauldron:append only"
    static let guardBody = " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END "

    private static let guardFunction = """
        CREATE OR REPLACE FUNCTION \(quoted(guardName))() RETURNS trigger LANGUAGE plpgsql AS $$\(guardBody)$$
        """

    private func create(_ table: TableSchema) -> String {
        let columns = table.columns.map(definition).joined(separator: ",\n  ")
        let key = table.primaryKey.map(quoted).joined(separator: ",")
        let name = quoted(Self.key(of: table.name))
        return "CREATE TABLE \(quoted(table.name)) (\n  \(columns),\n  CONSTRAINT \(name) PRIMARY KEY (\(key))\n)"
    }

    /// What the primary key of a table is called.
    static func key(of table: String) -> String { shortened("\(table):key") }

    private func definition(of column: TableSchema.Column) -> String {
        var text = "\(quoted(column.name)) \(ServerType.declaration(column.type))"
        // Ordered by its bytes, as SQLite does, whatever the database's own language is.
        if column.type == .text { text += " COLLATE \"C\"" }
        if column.required { text += " NOT NULL" }
        if case .decimal(let scale) = column.type {
            // What no value of ours can hold must not come about by a sum in SQL: nobody could read it.
            let (least, most) = (Value.decimal(units: .min, scale: scale), Value.decimal(units: .max, scale: scale))
            text += " CHECK (\(quoted(column.name)) BETWEEN \(least) AND \(most))"
        }
        switch column.fallback {
        case .null, .outOfRange: break
        case .text(let fallback):
            text +=
                " DEFAULT '\(fallback.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        case .int(let number): text += " DEFAULT \(number)"
        case .decimal: text += " DEFAULT \(column.fallback)"
        case .day, .timestamp, .time: text += " DEFAULT '\(column.fallback)'"
        case .bytes(let bytes):
            text += " DEFAULT '\\x\(bytes.hexText)'"
        }
        return text
    }

    private func checkLength(_ name: String) throws {
        guard name.utf8.count <= Self.longestName else {
            throw StorageError.migration(
                "\(name) is longer than the \(Self.longestName) bytes that PostgreSQL gives a name")
        }
    }

    /// PostgreSQL cuts names behind it.
    private static let longestName = 63

    /// A name that is too long for the server ends with a hash of itself instead.
    static func shortened(_ name: String) -> String {
        guard name.utf8.count > longestName else { return name }
        let digits = String(Hash.fnv1a(name), radix: 36)
        var start = Substring(name)
        while start.utf8.count > longestName - digits.utf8.count - 1 { start.removeLast() }
        return start + "~" + digits
    }
}

/// A hash that is the same in every process.
enum Hash {
    /// FNV-1a of 64 bits (Fowler, Noll, Vo).
    static func fnv1a(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
