internal import Storage

/// The index over the words of a table's text: a column that the server makes of them, and a GIN index on it.
struct PostgresTextIndex {
    private let table: TableSchema

    init(_ table: TableSchema) { self.table = table }

    /// The column of the words.
    static let column = "_words"

    /// What the index of a table is called.
    static func name(of table: String) -> String { PostgresMigration.shortened("\(table):text") }

    /// The statements that make it.
    var statements: [String] {
        // Each column has its own weight, by which a search may ask for it alone. A word that is never searched for stands
        // behind each, so that no phrase goes from one column into the next.
        let parts = zip(table.textIndex, ["A", "B", "C", "D"]).map { column, weight in
            "setweight(to_tsvector('pg_catalog.simple', coalesce(\(quoted(column)), '') || ' x'), '\(weight)')"
        }
        return [
            """
            ALTER TABLE \(quoted(table.name)) ADD COLUMN \(quoted(Self.column)) tsvector \
            GENERATED ALWAYS AS (\(parts.joined(separator: " || "))) STORED
            """,
            "CREATE INDEX \(quoted(Self.name(of: table.name))) ON \(quoted(table.name)) USING gin (\(quoted(Self.column)))",
        ]
    }
}

extension PostgresDialect {
    func textSearch(
        _ table: String, _ query: TextQuery, in column: String?, excludingInColumn: Bool, marks: [String]
    ) -> TextSearch {
        // The first column of the index has the weight A; a search in one column is one in the first.
        let weight = column == nil ? "" : "A"
        func phrase(_ term: TextQuery.Term, _ weight: String) -> String {
            let words = term.words.enumerated().map { index, word in
                let label = (term.isPrefix && index == term.words.count - 1 ? "*" : "") + weight
                return label.isEmpty ? word : "\(word):\(label)"
            }
            return words.count == 1 ? words[0] : "(\(words.joined(separator: " <-> ")))"
        }
        var parts = query.required.map { phrase($0, weight) }
        if !marks.isEmpty { parts.append("(\(marks.joined(separator: " | ")))") }
        parts += query.excluded.map { "!\(phrase($0, excludingInColumn ? weight : ""))" }
        return TextSearch(
            source: "\(quoted(table)) s",
            condition: "s.\(quoted(PostgresTextIndex.column)) @@ CAST(CAST(? AS text) AS tsquery)",
            argument: parts.joined(separator: " & "), order: nil)
    }
}
