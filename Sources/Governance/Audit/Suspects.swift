internal import Crypto
internal import Storage
internal import Values

/// Which rows of a table may be those in which it differs from the audit log.
///
/// The log has one sum for all rows that a transaction wrote to a table, and knows the moment of the transaction; a row says
/// when it was made. So what differs is known but for the other rows of the same moment, and often exactly. Rows that were
/// renamed since count to both moments. Of a table whose rows say no moment all of them may be the ones.
struct Suspects {
    /// The most rows that are named.
    static let most = 20

    private let table: TableSchema
    private let sealed: SealedTable
    private let key: AuditKey
    private let moment: Int?
    /// When the table was put under the log: all rows of before are held by one sum.
    private var since: Timestamp?
    /// What is there of each moment that differs, less what the log says. Nil stands for all before the table was put under
    /// the log, and for all of a table whose rows say no moment.
    private var surplus: [Timestamp?: RowSum] = [:]

    init(of table: TableSchema, under key: AuditKey, in transaction: any Transaction) throws {
        self.table = table
        self.key = key
        sealed = SealedTable(table)
        moment = table.columns.firstIndex { ["creation", "time"].contains($0.name) && $0.type == .timestamp }
        var surplus: [Timestamp?: RowSum] = [:]
        var since: Timestamp?
        let hasMoments = moment != nil
        try AuditLog.forEach("WHERE sealed IS NOT NULL ORDER BY number", in: transaction) { row in
            guard let bytes = row.sealed, let rows = SealedRows(bytes), rows.tables.contains(table.name) else { return }
            if row.isSealing { (surplus, since) = ([:], row.entry.time) }
            let isBefore = !hasMoments || since.map { row.entry.time <= $0 } ?? false
            surplus[isBefore ? nil : row.entry.time, default: RowSum()] -= rows.sum(table.name)
        }
        self.since = since
        try forEachRow(in: transaction) { group, _, code in surplus[group, default: RowSum()] += code }
        self.surplus = surplus.filter { $0.value != RowSum() }
    }

    /// The rows in words, to stand behind what differs; nothing where none is there.
    func words(in transaction: any Transaction) throws -> String {
        // One row more than there should be is known by its code.
        var known: Set<Timestamp?> = []
        try forEachRow(in: transaction) { group, _, code in if surplus[group] == code { known.insert(group) } }
        var named: [String] = []
        var count = 0
        func name(_ row: String) {
            count += 1
            if named.count < Self.most { named.append(row) }
        }
        try forEachRow(in: transaction) { group, row, code in
            guard let difference = surplus[group], difference.rows >= 0 else { return }
            if !known.contains(group) || difference == code { name(row) }
        }
        // What is gone is known by its moment alone.
        for group in surplus.filter({ $0.value.rows < 0 }).keys.compactMap({ $0 }).sorted(by: <) {
            name("what was made at \(group)")
        }
        guard count > 0 else { return "" }
        let more = count > named.count ? " and \(count - named.count) more" : ""
        return "; \(count == 1 ? "it is" : "among") \(named.joined(separator: ", "))\(more)"
    }

    private func forEachRow(
        in transaction: any Transaction, _ body: (Timestamp?, String, RowSum) throws -> Void
    ) throws {
        let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
        let order = table.primaryKey.map(quoted).joined(separator: ",")
        let keys = table.primaryKey.compactMap { key in table.columns.firstIndex { $0.name == key } }
        var buffer: [UInt8] = []
        try transaction.forEach(
            "SELECT \(columns) FROM \(quoted(table.name)) ORDER BY \(order)", [], table.columns.map(\.type)
        ) { row in
            var group = moment.flatMap { row[$0].timestamp }
            if let since, let made = group, made <= since { group = nil }
            let name = keys.map { row[$0].description }.joined(separator: " ")
            try body(group, name, sealed.code(of: Array(row), key.rows, &buffer))
        }
    }
}
