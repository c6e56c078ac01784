internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Turns what a column holds into another type, some hundred rows at once: what one type holds another need not.
struct ColumnConversion {
    let table: String
    let from: FieldDefinition
    let to: FieldDefinition

    private static let atOnce = 500

    /// How many rows hold what would not come back if the column were turned back.
    func lost(in transaction: any Transaction) throws -> Int {
        var lost = 0
        try forEach(in: transaction) { rows in
            for (_, value) in rows where !isKept(value) { lost += 1 }
        }
        return lost
    }

    /// Makes a new column beside the old one, fills it and puts it in its place. What does not fit becomes empty.
    func run(in transaction: any Transaction) throws {
        guard let type = to.type.column else { return }
        if type == from.type.column { return try narrow(in: transaction) }
        let new = "_new_column"
        let isNumber = to.type.isNumeric
        try transaction.migrate(to: [
            TableSchema(
                table, columns: [.init(new, type, required: isNumber, fallback: isNumber ? .int(0) : .null)],
                primaryKey: ["name"])
        ])
        try forEach(in: transaction) { rows in
            let changed = rows.compactMap { row -> (name: String, value: Value)? in
                guard let converted = fitted(row.value), !converted.isNothing, converted != .outOfRange else {
                    return nil
                }
                return (row.name, converted)
            }
            try write(changed, to: new, type, in: transaction)
        }
        try transaction.execute("ALTER TABLE \(quoted(table)) DROP COLUMN \(quoted(from.name))")
        try transaction.execute("ALTER TABLE \(quoted(table)) RENAME COLUMN \(quoted(new)) TO \(quoted(to.name))")
    }

    /// Brings what a column of the same type holds to what the field may hold.
    private func narrow(in transaction: any Transaction) throws {
        guard let type = to.type.column else { return }
        try forEach(in: transaction) { rows in
            let changed = rows.compactMap { row -> (name: String, value: Value)? in
                guard let converted = fitted(row.value), converted != row.value else { return nil }
                return (row.name, converted)
            }
            try write(changed, to: to.name, type, in: transaction)
        }
    }

    /// Gives a column of these rows its values, in one statement.
    private func write(
        _ rows: [(name: String, value: Value)], to column: String, _ type: ColumnType, in transaction: any Transaction
    ) throws {
        guard !rows.isEmpty else { return }
        let dialect = transaction.dialect
        let values = JSON.array(rows.map { .array([.string($0.name), dialect.json($0.value)]) })
        try transaction.execute(
            """
            WITH changed (name, value) AS (\(dialect.rows([.text, type])))
            UPDATE \(quoted(table)) SET \(quoted(column)) = changed.value FROM changed
            WHERE changed.name = \(quoted(table)).name
            """, [.text(values.text)])
    }

    /// The value as the new field holds it; nil where it does not fit.
    private func fitted(_ value: Value) -> Value? { try? to.fitting(value) }

    private func isKept(_ value: Value) -> Bool {
        guard let converted = fitted(value), converted != .outOfRange, let back = try? from.fitting(converted)
        else { return false }
        return back == value || back.isNothing && value.isNothing
    }

    /// All rows by name, some at a time, so that they may be changed meanwhile.
    private func forEach(
        in transaction: any Transaction, _ body: ([(name: String, value: Value)]) throws -> Void
    ) throws {
        guard let type = from.type.column else { return }
        var after = ""
        while true {
            let rows = try transaction.query(
                """
                SELECT name, \(quoted(from.name)) FROM \(quoted(table)) WHERE name > ? ORDER BY name LIMIT \(Self.atOnce)
                """, [.text(after)], [.text, type])
            try body(rows.map { ($0[0].text ?? "", $0[1]) })
            guard rows.count == Self.atOnce, let last = rows.last?[0].text else { return }
            after = last
        }
    }
}
