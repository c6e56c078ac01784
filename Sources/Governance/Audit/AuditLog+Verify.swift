public import Storage
internal import Values

extension AuditLog {
    /// Recomputes the chain and says, in words, where it does not hold; empty when all is well.
    ///
    /// Reads every entry; stops after the first break, since nothing behind it can be trusted. What stands under a key that
    /// was replaced by this one is taken as it stood then: the entry that replaced it holds it. Without a key only the numbers
    /// and the entries under none are looked at. `heads` were kept apart: the log must hold the entry of each.
    ///
    /// - Throws: ``StorageError``.
    public static func verify(
        under key: AuditKey?, heads: [AuditHead] = [], in transaction: any Transaction
    ) throws -> [String] {
        var chain = Chain(key: key, heads: heads)
        try forEach("ORDER BY number", in: transaction) { row in
            if chain.problems.isEmpty { chain.add(row) }
        }
        return chain.end()
    }

    /// Says, in words, which tables under the log do not hold the rows that the log says, and which of their rows may be the
    /// ones; empty when all is well.
    ///
    /// Reads every entry and every row of the tables, and both once more for a table that differs.
    ///
    /// - Throws: ``StorageError``.
    public static func verifyRows(
        of tables: [TableSchema], under key: AuditKey, in transaction: any Transaction
    ) throws -> [String] {
        var expected = SealedRows()
        try forEach("WHERE sealed IS NOT NULL ORDER BY number", in: transaction) { row in
            guard let sealed = row.sealed, !sealed.isEmpty, let rows = SealedRows(sealed) else { return }
            if row.isSealing { expected.replace(by: rows) } else { expected += rows }
        }
        var problems: [String] = []
        for table in tables {
            var present = SealedRows()
            try present.addAll(of: table, under: key, in: transaction)
            let (one, other) = (expected.sum(table.name), present.sum(table.name))
            if one == other { continue }
            let difference = other.rows &- one.rows
            let words =
                switch difference {
                case 0: "rows were changed without the audit log"
                case 1...: "\(difference) rows more than the audit log says"
                default: "\(difference.magnitude) rows fewer than the audit log says"
                }
            let suspects = try Suspects(of: table, under: key, in: transaction).words(in: transaction)
            problems.append("\(table.name): \(words)\(suspects)")
        }
        return problems
    }

    /// The walk along the entries.
    private struct Chain {
        let key: AuditKey?
        private(set) var problems: [String] = []
        private var expected: Int64 = 0
        private var hash: [UInt8] = []
        /// The identity of the key that entries are under; nil while they are under none.
        private var identity: [UInt8]?
        private var heads: [Int64: [AuditHead]]

        init(key: AuditKey?, heads: [AuditHead]) {
            self.key = key
            self.heads = Dictionary(grouping: heads, by: \.number)
        }

        mutating func add(_ row: Row) {
            expected += 1
            guard row.number == expected else {
                problems.append("audit entry \(expected) is missing")
                return
            }
            if let sealed = row.sealed {
                // A log that no entry puts under a key is under the company's.
                if row.isSealing { identity = row.entry.digest } else if identity == nil { identity = key?.identity }
                if let key, identity == key.identity {
                    guard row.hash == AuditLog.code(row.entry, row.number, sealed, after: hash, under: key) else {
                        problems.append("audit entry \(row.number) has been changed")
                        return
                    }
                }
            } else {
                guard identity == nil else {
                    problems.append("audit entry \(row.number) is under no key")
                    return
                }
                guard row.hash == AuditLog.unkeyed(row.entry, row.number, after: hash) else {
                    problems.append("audit entry \(row.number) has been changed")
                    return
                }
            }
            hash = row.hash
            for head in heads.removeValue(forKey: row.number) ?? [] where head.hash != hash {
                problems.append(AuditLog.replaced(head))
            }
        }

        mutating func end() -> [String] {
            guard problems.isEmpty else { return problems }
            if let key, expected > 0, identity != key.identity {
                problems.append(
                    identity == nil
                        ? "the audit log is under no key, though the company has one"
                        : "the audit log ends under another key than the company's")
            }
            if let last = heads.values.joined().max(by: { $0.number < $1.number }) {
                problems.append(AuditLog.cutOff(at: expected, last))
            }
            return problems
        }
    }
}

extension AuditLog.Row {
    /// Whether it puts tables under the log.
    var isSealing: Bool { entry.doctype == AuditLog.own && entry.action == AuditLog.sealing }
}
