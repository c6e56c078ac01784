internal import Crypto
internal import Storage
public import Values

/// How many rows a table holds, and SHA-256 over all of them in the order of their key: equal on two databases when the
/// tables are.
public struct TableProof: Sendable, Equatable {
    /// The table.
    public let table: String
    /// How many rows it has.
    public let rows: Int
    /// SHA-256 of the rows, in hexadecimal.
    public let digest: String

    /// The proof for programs.
    public var json: JSON {
        ["table": .string(table), "rows": .int(Int64(rows)), "digest": .string(digest)]
    }

    /// Reads a table in the order of its key, and hands each row on.
    ///
    /// - Throws: ``StorageError``; what `each` throws.
    static func read(
        _ table: TableSchema, in transaction: any Transaction, each: ([Value]) throws -> Void = { _ in }
    ) throws -> TableProof {
        var hash = RowHash()
        let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
        let order = table.primaryKey.map(quoted).joined(separator: ",")
        try transaction.forEach(
            "SELECT \(columns) FROM \(quoted(table.name)) ORDER BY \(order)", [], table.columns.map(\.type)
        ) { row in
            hash.add(row)
            try each(row)
        }
        return hash.proof(of: table.name)
    }
}

/// The hash of rows: of each value its kind, its length and what it is, so that no two rows look alike.
private struct RowHash {
    private var sha = SHA256()
    private var buffer: [UInt8] = []
    private var rows = 0

    mutating func add(_ row: [Value]) {
        rows += 1
        for value in row { buffer.append(canonical: value) }
        buffer.append(0x0A)
        if buffer.count > 1 << 16 {
            sha.update(data: buffer)
            buffer.removeAll(keepingCapacity: true)
        }
    }

    func proof(of table: String) -> TableProof {
        var sha = sha
        sha.update(data: buffer)
        return TableProof(table: table, rows: rows, digest: sha.finalize().hexText)
    }
}
