/// The index over the words of a table's text: an FTS5 table beside it, which triggers keep.
///
/// The rows are numbered by a column of their own, because numbers that SQLite gives by itself change when a file is
/// rewritten.
struct SQLiteTextIndex {
    private let table: TableSchema

    init(_ table: TableSchema) { self.table = table }

    /// The column that numbers the rows.
    static let rowNumber = "_id"

    /// What the index of a table is called.
    static func name(of table: String) -> String { "\(table):text" }

    private var name: String { quoted(Self.name(of: table.name)) }
    private var columns: String { table.textIndex.map(quoted).joined(separator: ",") }

    /// What it is in the schema: a table that FTS5 keeps in three others, and the triggers.
    var objects: [SchemaObject] {
        let index = Self.name(of: table.name)
        let (first, triggers) = (statements[0], statements.dropFirst())
        var objects = [SchemaObject(kind: "table", name: index, table: index, definition: first)]
        for part in ["config", "data", "idx"] {
            objects.append(SchemaObject(kind: "table", name: "\(index)_\(part)", table: "\(index)_\(part)"))
        }
        for (verb, statement) in zip(["insert", "delete", "update"], triggers) {
            objects.append(
                SchemaObject(
                    kind: "trigger", name: "\(table.name):text \(verb)", table: table.name, definition: statement))
        }
        return objects
    }

    /// The statements that make it, for an empty table.
    var statements: [String] {
        let id = quoted(Self.rowNumber)
        func values(_ row: String) -> String {
            ([id] + table.textIndex.map(quoted)).map { "\(row).\($0)" }.joined(separator: ",")
        }
        let add = "INSERT INTO \(name)(rowid,\(columns)) VALUES (\(values("new")))"
        let remove = "INSERT INTO \(name)(\(name),rowid,\(columns)) VALUES ('delete',\(values("old")))"
        let content = quoted(table.name)
        func trigger(_ verb: String, _ body: String) -> String {
            """
            CREATE TRIGGER \(quoted("\(table.name):text \(verb.lowercased())")) AFTER \(verb) ON \(content) \
            BEGIN \(body); END
            """
        }
        return [
            """
            CREATE VIRTUAL TABLE \(name) USING fts5(\(columns), content='\(table.name)', content_rowid='\(Self.rowNumber)', \
            tokenize='ascii', prefix='3 4', columnsize=0)
            """,
            trigger("INSERT", add), trigger("DELETE", remove), trigger("UPDATE", "\(remove); \(add)"),
        ]
    }
}

extension SQLiteDialect {
    func textSearch(
        _ table: String, _ query: TextQuery, in column: String?, excludingInColumn: Bool, marks: [String]
    ) -> TextSearch {
        func phrase(_ term: TextQuery.Term) -> String {
            "\"\(term.words.joined(separator: " "))\"" + (term.isPrefix ? " *" : "")
        }
        func group(_ terms: [TextQuery.Term], _ joint: String) -> String {
            let all = "(" + terms.map(phrase).joined(separator: " \(joint) ") + ")"
            return column.map { "\($0) : \(all)" } ?? all
        }
        var expression = group(query.required, "AND")
        if !marks.isEmpty {
            expression = "(\(expression) AND (\(marks.map { "\"\($0)\"" }.joined(separator: " OR "))))"
        }
        if !query.excluded.isEmpty {
            let all = "(" + query.excluded.map(phrase).joined(separator: " OR ") + ")"
            let excluded = excludingInColumn ? group(query.excluded, "OR") : all
            expression = "(\(expression) NOT \(excluded))"
        }
        let index = quoted(SQLiteTextIndex.name(of: table))
        return TextSearch(
            source: "\(index) f JOIN \(quoted(table)) s ON s.\(quoted(SQLiteTextIndex.rowNumber)) = f.rowid",
            condition: "\(index) MATCH ?", argument: expression, order: "f.rowid DESC")
    }
}
