public import Documents
internal import Metadata
public import Values

extension ListResult {
    /// Writes up to `limit` rows as objects by column, or as lists. Nulls are kept.
    public func write(to writer: inout JSONWriter, dictionaries: Bool, limit: Int = .max) throws {
        writer.beginArray()
        try writeRows(to: &writer, dictionaries: dictionaries, limit: limit)
        writer.endArray()
    }

    /// Writes the rows, passing on what was written between them.
    func writeRows(to writer: inout JSONWriter, dictionaries: Bool, limit: Int = .max) throws {
        for (index, row) in rows.prefix(limit).enumerated() {
            if dictionaries { writer.beginObject() } else { writer.beginArray() }
            for column in keys.indices {
                if dictionaries { writer.key(keys[column]) }
                if !expanded.isEmpty, let document = expanded[column]?[row[column].text ?? ""] {
                    writer.json(document)
                } else {
                    writer.value(row[column])
                }
            }
            for table in tables {
                if dictionaries { writer.key(table.name) }
                table.write(index, to: &writer)
            }
            if dictionaries { writer.endObject() } else { writer.endArray() }
            try writer.passOn()
        }
    }

    /// The rows as JSON.
    public func json(dictionaries: Bool) -> JSON {
        .array(
            rows.enumerated().map { index, row in
                var values = row.enumerated().map { column, value in
                    expanded[column]?[value.text ?? ""] ?? JSON(value)
                }
                values += tables.map { $0.json(index) }
                guard dictionaries else { return .array(values) }
                return .object(JSONObject(zip(columns.map(\.name) + tables.map(\.name), values)))
            })
    }
}

extension ListResult.RowsOfTable {
    fileprivate func write(_ document: Int, to writer: inout JSONWriter) {
        writer.beginArray()
        for row in rows[document] {
            writer.beginObject()
            for column in keys.indices {
                writer.key(keys[column])
                writer.value(row[column])
            }
            writer.endObject()
        }
        writer.endArray()
    }

    fileprivate func json(_ document: Int) -> JSON {
        .array(rows[document].map { .object(JSONObject(zip(columns.map(\.name), $0.map { JSON($0) }))) })
    }
}
