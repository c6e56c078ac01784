internal import Values

/// Something that stands in the schema of a database: a table, a column, an index, a trigger, a view, a function.
public struct SchemaObject: Sendable, Hashable {
    /// What it is, in a word.
    public let kind: String
    /// What it is called.
    public let name: String
    /// The table that it belongs to; empty of what belongs to none.
    public let table: String
    /// How it was made, as far as that is compared; nil where only its name is.
    public let definition: String?

    /// Something in a schema.
    public init(kind: String, name: String, table: String = "", definition: String? = nil) {
        self.kind = kind
        self.name = name
        self.table = table
        self.definition = definition
    }
}

extension SchemaObject {
    /// What differs between the schema of a database and these tables, in words: what nobody declared, what is
    /// missing, and what is made in another way. An index that is named after a table is taken for one of an earlier version,
    /// and so is a column that is not declared any more.
    ///
    /// - Throws: ``StorageError``.
    public static func differences(from tables: [TableSchema], in transaction: any Transaction) throws -> [String] {
        let dialect = transaction.dialect
        let expected = dialect.objects(of: tables)
        var present: [SchemaObject] = []
        try transaction.forEach(dialect.presentObjects, [], [.text, .text, .text, .text]) { row in
            present.append(
                SchemaObject(
                    kind: row[0].text ?? "", name: row[1].text ?? "", table: row[2].text ?? "",
                    definition: row[3].text))
        }
        var known: [SchemaObject: SchemaObject] = [:]
        for object in expected { known[object.bare] = object }
        let names = Set(expected.filter { $0.kind == "table" }.map(\.name))
        var problems: [String] = []
        for object in present {
            if let declared = known.removeValue(forKey: object.bare) {
                if let definition = declared.definition, definition != dialect.definition(of: object) {
                    problems.append("\(object.words) is not made as it should be")
                }
            } else if !object.isOfEarlierVersion(names) {
                problems.append("\(object.words) is none of Cauldron's")
            }
        }
        for missing in known.values.sorted(by: { ($0.table, $0.name) < ($1.table, $1.name) }) {
            problems.append("\(missing.words) is missing")
        }
        return problems
    }

    private func isOfEarlierVersion(_ tables: Set<String>) -> Bool {
        switch kind {
        case "index": tables.contains { name.hasPrefix($0 + ":") }
        case "column": tables.contains(table)
        default: false
        }
    }

    private var bare: SchemaObject { SchemaObject(kind: kind, name: name, table: table) }

    private var words: String { "the \(kind) \(name)" + (table.isEmpty || table == name ? "" : " of \(table)") }
}
