/// One step that brings tables from one shape to another.
public enum SchemaStep: Sendable, Equatable {
    /// Makes a table.
    case createTable(TableSchema)
    /// Removes a table with all its rows.
    case dropTable(String)
    /// Adds a column; rows that are there get its fallback.
    case addColumn(table: String, TableSchema.Column)
    /// Removes a column with all it holds.
    case dropColumn(table: String, String)
    /// Gives a column another name, with all it holds.
    case renameColumn(table: String, from: String, to: String)
    /// Turns what a column holds into another type.
    case convertColumn(table: String, from: TableSchema.Column, to: TableSchema.Column)
    /// Makes an index.
    case createIndex(table: String, TableSchema.Index)
    /// Removes an index.
    case dropIndex(table: String, TableSchema.Index)

    /// What it does, in words that stay the same: somebody who agrees to a step repeats them.
    public var words: String {
        switch self {
        case .createTable(let table): "create table \(table.name)"
        case .dropTable(let table): "drop table \(table)"
        case .addColumn(let table, let column): "add column \(table).\(column.name)"
        case .dropColumn(let table, let column): "drop column \(table).\(column)"
        case .renameColumn(let table, let from, let to): "rename column \(table).\(from) to \(to)"
        case .convertColumn(let table, _, let column): "convert column \(table).\(column.name)"
        case .createIndex(let table, let index):
            "create \(index.unique ? "unique " : "")index on \(table)(\(index.columns.joined(separator: ",")))"
        case .dropIndex(let table, let index):
            "drop \(index.unique ? "unique " : "")index on \(table)(\(index.columns.joined(separator: ",")))"
        }
    }

    /// The table it concerns.
    public var table: String {
        switch self {
        case .createTable(let table): table.name
        case .dropTable(let table), .addColumn(let table, _), .dropColumn(let table, _),
            .renameColumn(let table, _, _), .convertColumn(let table, _, _),
            .createIndex(let table, _), .dropIndex(let table, _):
            table
        }
    }
}

/// Compares shapes of tables. Pure: it reads no database.
public enum SchemaPlan {
    /// The steps from the tables of `before` to those of `after`, in an order in which they can be carried out.
    ///
    /// What is only in `before` is dropped, but for columns that `renaming` gives another name, by table. A table of the
    /// same shape costs nothing.
    public static func steps(
        from before: [TableSchema], to after: [TableSchema], renaming: [String: [String: String]] = [:]
    ) -> [SchemaStep] {
        let old = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(after.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var steps: [SchemaStep] = []
        for table in before where new[table.name] == nil { steps.append(.dropTable(table.name)) }
        for table in after {
            if let present = old[table.name] {
                let (renames, renamed) = renaming[table.name].map { self.renames(present, $0) } ?? ([], present)
                steps += renames
                if renamed != table { steps += self.steps(from: renamed, to: table) }
            } else {
                steps.append(.createTable(table))
            }
        }
        return steps
    }

    /// The steps that give columns other names, and the table after them. Their indexes go, as they are called by them.
    private static func renames(
        _ table: TableSchema, _ names: [String: String]
    ) -> (steps: [SchemaStep], table: TableSchema) {
        var renamed = table
        var steps: [SchemaStep] = []
        for index in table.indexes where index.columns.contains(where: { names[$0] != nil }) {
            steps.append(.dropIndex(table: table.name, index))
            renamed.indexes.removeAll { $0 == index }
        }
        for (place, column) in table.columns.enumerated() {
            guard let name = names[column.name] else { continue }
            steps.append(.renameColumn(table: table.name, from: column.name, to: name))
            renamed.columns[place].name = name
        }
        return (steps, renamed)
    }

    private static func steps(from before: TableSchema, to after: TableSchema) -> [SchemaStep] {
        let table = after.name
        let old = Dictionary(before.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let new = Set(after.columns.map(\.name))
        var steps: [SchemaStep] = []
        var touched: Set<String> = []
        var columns: [SchemaStep] = []
        for column in before.columns where !new.contains(column.name) {
            columns.append(.dropColumn(table: table, column.name))
            touched.insert(column.name)
        }
        for column in after.columns {
            guard let present = old[column.name] else {
                columns.append(.addColumn(table: table, column))
                continue
            }
            if present.type != column.type {
                columns.append(.convertColumn(table: table, from: present, to: column))
                touched.insert(column.name)
            }
        }
        // An index goes before its columns change, and comes back after.
        for index in before.indexes
        where !after.indexes.contains(index) || !touched.isDisjoint(with: index.columns) {
            steps.append(.dropIndex(table: table, index))
        }
        steps += columns
        for index in after.indexes
        where !before.indexes.contains(index) || !touched.isDisjoint(with: index.columns) {
            steps.append(.createIndex(table: table, index))
        }
        return steps
    }
}
