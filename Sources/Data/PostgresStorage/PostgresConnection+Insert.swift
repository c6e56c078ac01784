internal import Storage
internal import Values

extension PostgresConnection {
    func insert(into table: String, _ columns: [String], _ rows: [[Value]]) throws {
        guard !rows.isEmpty else { return }
        let wasKnown = columnTypes[table] != nil
        do {
            try write(rows, columns, to: table)
        } catch let error as StorageError {
            // Another process may have changed the types of the columns; what they are now is asked at the next attempt.
            if case .failed = error, wasKnown {
                columnTypes[table] = nil
                askAgain()
            }
            throw error
        }
    }

    private func write(_ rows: [[Value]], _ columns: [String], to table: String) throws {
        let types = try types(of: columns, in: table)
        let names = columns.map(quoted).joined(separator: ",")
        if rows.count == 1 {
            let sql = "INSERT INTO \(quoted(table)) (\(names)) VALUES (\(placeholders(columns.count)))"
            try send(sql) { arguments throws(StorageError) in
                for (index, type) in types.enumerated() { try arguments.add(rows[0][index], as: type) }
            }
            return
        }
        let arrays = try types.map { type -> (number: UInt32, name: String) in
            guard let array = ServerType.array(of: type) else {
                throw StorageError.failed(code: 0, message: "\(table) has a column of type \(type)")
            }
            return array
        }
        // One statement for any number of rows: a column of values each.
        let sql = """
            INSERT INTO \(quoted(table)) (\(names)) SELECT * FROM unnest(\
            \(arrays.map { "CAST(? AS \($0.name))" }.joined(separator: ",")))
            """
        var start = 0
        while start < rows.count {
            let slice = rows[start..<Self.end(of: rows, from: start)]
            start = slice.endIndex
            try send(sql) { arguments throws(StorageError) in
                for (index, type) in types.enumerated() {
                    try arguments.add(column: index, of: slice, as: type, array: arrays[index].number)
                }
            }
        }
    }

    /// Rows that go out in one statement at most.
    private static let rowsAtOnce = 5_000
    /// Bytes of text that go out in one statement, about; one row goes however long it is.
    private static let bytesAtOnce = 16 << 20

    /// Where the rows end that go out together with the one at `start`.
    private static func end(of rows: [[Value]], from start: Int) -> Int {
        var bytes = 0
        var end = start
        while end < rows.count, end - start < rowsAtOnce, bytes < bytesAtOnce {
            for value in rows[end] {
                switch value {
                case .text(let text): bytes += text.utf8.count
                case .bytes(let content): bytes += content.count
                default: break
                }
            }
            end += 1
        }
        return end
    }

    private func types(of columns: [String], in table: String) throws -> [UInt32] {
        if columnTypes[table] == nil {
            let sql = """
                SELECT attname, atttypid FROM pg_catalog.pg_attribute
                WHERE attrelid = CAST(CAST(? AS TEXT) AS REGCLASS) AND attnum > 0 AND NOT attisdropped
                """
            var types: [String: UInt32] = [:]
            for row in try query(sql, [.text(quoted(table))], [.text, .integer]) {
                if let name = row[0].text, let type = row[1].int { types[name] = UInt32(truncatingIfNeeded: type) }
            }
            columnTypes[table] = types
        }
        let known = columnTypes[table] ?? [:]
        return try columns.map { column in
            guard let type = known[column] else {
                // Another process may add it.
                columnTypes[table] = nil
                throw StorageError.failed(code: 0, message: "\(table) has no column \(column)")
            }
            return type
        }
    }
}
