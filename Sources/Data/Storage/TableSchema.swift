public import Values

/// The shape of a table.
public struct TableSchema: Sendable, Equatable {
    /// The table's name, as SQL sees it.
    public var name: String
    /// Its columns in order.
    public var columns: [Column]
    /// The columns of the primary key.
    public var primaryKey: [String]
    /// Its indexes.
    public var indexes: [Index]
    /// Rows are never changed or removed; the database refuses both.
    public var appendOnly: Bool
    /// The columns of text whose words are in an index, at most three; the first can be searched by itself. Their text
    /// is words of ASCII letters and digits with spaces between them.
    public var textIndex: [String] = []

    /// A column of a table.
    public struct Column: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// What it holds.
        public var type: ColumnType
        /// Null is refused; rows that are there when the column is added get `fallback`.
        public var required: Bool
        /// What a row holds that gives no value.
        public var fallback: Value

        /// A column; one that is `required` needs a `fallback` to be added to a table with rows.
        public init(_ name: String, _ type: ColumnType, required: Bool = false, fallback: Value = .null) {
            self.name = name
            self.type = type
            self.required = required
            self.fallback = fallback
        }
    }

    /// An index of a table, named after it and its columns.
    public struct Index: Sendable, Equatable {
        /// The columns in order.
        public var columns: [String]
        /// No two rows may hold the same values; rows with a null among them are not compared.
        public var unique: Bool

        /// An index over `columns`.
        public init(_ columns: String..., unique: Bool = false) {
            self.columns = columns
            self.unique = unique
        }

        /// An index over `columns`.
        public init(columns: [String], unique: Bool = false) {
            self.columns = columns
            self.unique = unique
        }
    }

    /// A table; without a primary key its first column is the key.
    public init(
        _ name: String, columns: [Column], primaryKey: [String]? = nil, indexes: [Index] = [], appendOnly: Bool = false,
        textIndex: [String] = []
    ) {
        self.name = name
        self.textIndex = textIndex
        self.columns = columns
        self.primaryKey = primaryKey ?? [columns[0].name]
        self.indexes = indexes
        self.appendOnly = appendOnly
    }
}

/// One step of a migration.
public enum SchemaChange: Sendable, Equatable {
    /// A table was created.
    case createdTable(String)
    /// A column was added.
    case addedColumn(table: String, column: String)
    /// An index was created.
    case createdIndex(String)
}
