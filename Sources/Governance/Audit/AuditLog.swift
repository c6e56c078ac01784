internal import Crypto
public import Storage
public import Values

/// One entry of the audit log: who did what to which document, and what the document was afterwards.
public struct AuditEntry: Sendable, Equatable {
    /// When, in the tenant's time.
    public var time: Timestamp
    /// Who did it.
    public var actor: String
    /// What was done: `insert`, `save`, `submit`, `cancel`, `delete`, …
    public var action: String
    /// The DocType it was done to.
    public var doctype: String
    /// The name of the document.
    public var name: String
    /// SHA-256 of the document as it stood afterwards; empty when it is gone.
    public var digest: [UInt8]

    /// An entry to be appended.
    public init(time: Timestamp, actor: String, action: String, doctype: String, name: String, digest: [UInt8]) {
        self.time = time
        self.actor = actor
        self.action = action
        self.doctype = doctype
        self.name = name
        self.digest = digest
    }

    /// An entry that only carries what became of rows of tables under the log.
    public init(ofRowsBy actor: String, at time: Timestamp) {
        self.init(time: time, actor: actor, action: "write", doctype: AuditLog.own, name: "rows", digest: [])
    }
}

/// The audit log. Each entry carries a code of itself and of the hash before it under a key that is not in the database, so
/// that no entry can be changed, removed or put in between without breaking every later hash, and nobody without the key can
/// mend them. The last entry of a transaction says, too, what it added to tables under the log; see ``SealedRows``.
///
/// Whether the newest entries are missing, only a head that was kept apart tells; see ``AuditHead``. Entries of versions
/// before 0019 have a SHA-256 without a key; the first entry under the key holds them.
public enum AuditLog {
    /// The table of the log.
    public static let tables = [
        TableSchema(
            "_audit",
            columns: [
                .init("number", .integer, required: true), .init("time", .timestamp, required: true),
                .init("actor", .text, required: true), .init("action", .text, required: true),
                .init("doctype", .text, required: true), .init("name", .text, required: true),
                .init("digest", .bytes, required: true), .init("hash", .bytes, required: true),
                .init("sealed", .bytes),
            ], indexes: [.init("doctype", "name")], appendOnly: true)
    ]

    /// What entries about the log itself are about; no DocType has such a name.
    static let own = "_audit"
    /// The action of an entry that puts tables under the log, or the log under a key.
    static let sealing = "seal"

    /// Adds entries to the chain, in order; the last one carries `rows`.
    ///
    /// - Throws: ``StorageError``.
    public static func append(
        _ entries: [AuditEntry], _ rows: SealedRows = SealedRows(), under key: AuditKey, in transaction: any Transaction
    ) throws {
        guard !entries.isEmpty else { return }
        let last = try transaction.recall([newest])[0]
        var number = last.first?.int ?? 0
        var hash = last.last?.bytes ?? []
        let written = entries.enumerated().map { place, entry -> [Value] in
            number += 1
            let sealed = place == entries.count - 1 ? rows.encoded : []
            hash = code(entry, number, sealed, after: hash, under: key)
            return [
                .int(number), .timestamp(entry.time), .text(entry.actor), .text(entry.action), .text(entry.doctype),
                .text(entry.name), .bytes(entry.digest), .bytes(hash), .bytes(sealed),
            ]
        }
        try transaction.insert(into: "_audit", columns, written)
        transaction.keep([.int(number), .bytes(hash)], as: newest.key)
    }

    /// What is read, or kept by those who wrote before in the transaction, to append: number and hash of the newest entry.
    public static let newest = (
        key: "_audit",
        query: Query("SELECT number, hash FROM _audit ORDER BY number DESC LIMIT 1", [], [.integer, .bytes])
    )

    /// Puts tables under the log, as they stand, and the log under the key: whatever it was under before. Those that
    /// are already stay as they are, unless `anew`.
    ///
    /// - Returns: the tables that were put under it.
    /// - Throws: ``StorageError``.
    @discardableResult
    public static func seal(
        _ tables: [TableSchema], under key: AuditKey, by actor: String, at now: Timestamp, anew: Bool = false,
        in transaction: any Transaction
    ) throws -> [String] {
        let known = anew ? [] : try sealedTables(in: transaction)
        let new = tables.filter { !known.contains($0.name) }
        guard !new.isEmpty else { return [] }
        var rows = SealedRows()
        for table in new { try rows.addAll(of: table, under: key, in: transaction) }
        let entry = AuditEntry(
            time: now, actor: actor, action: sealing, doctype: own, name: "", digest: key.identity)
        try append([entry], rows, under: key, in: transaction)
        return new.map(\.name)
    }

    /// The tables that are under the log.
    private static func sealedTables(in transaction: any Transaction) throws -> Set<String> {
        var tables: Set<String> = []
        try transaction.forEach(
            "SELECT sealed FROM _audit WHERE doctype = ? AND name = '' AND action = ?", [.text(own), .text(sealing)],
            [.bytes]
        ) { tables.formUnion(SealedRows($0[0].bytes ?? [])?.tables ?? []) }
        return tables
    }

    /// The number and hash of the newest entry; nil in an empty log.
    public static func end(in transaction: any Transaction) throws -> (number: Int64, hash: [UInt8])? {
        try transaction.first(newest.query.sql, [], newest.query.types).map { ($0[0].int ?? 0, $0[1].bytes ?? []) }
    }

    /// The head of the log, signed; nil of an empty one.
    ///
    /// - Throws: ``StorageError``.
    public static func head(
        under key: AuditKey, at now: Timestamp, in transaction: any Transaction
    ) throws -> AuditHead? {
        guard let end = try end(in: transaction) else { return nil }
        return try AuditHead(number: end.number, hash: end.hash, time: now, under: key)
    }

    /// The identity of the key that the log is under; nil when it is under none.
    ///
    /// - Throws: ``StorageError``.
    public static func identity(in transaction: any Transaction) throws -> [UInt8]? {
        try transaction.first(
            """
            SELECT digest FROM _audit WHERE doctype = ? AND name = '' AND action = ? ORDER BY number DESC LIMIT 1
            """, [.text(own), .text(sealing)], [.bytes])?[0].bytes
    }

    /// What a head says against the log, in words; nil when the log holds its entry.
    ///
    /// - Throws: ``StorageError``.
    public static func contradiction(of head: AuditHead, in transaction: any Transaction) throws -> String? {
        guard
            let row = try transaction.first(
                "SELECT hash FROM _audit WHERE number = ?", [.int(head.number)], [.bytes])
        else { return cutOff(at: try end(in: transaction)?.number ?? 0, head) }
        return row[0].bytes == head.hash ? nil : replaced(head)
    }

    static func cutOff(at number: Int64, _ head: AuditHead) -> String {
        """
        the audit log ends at entry \(number), but at \(head.time) it held \(head.number): \
        its end was cut off, or an older copy was put in its place
        """
    }

    static func replaced(_ head: AuditHead) -> String {
        "audit entry \(head.number) is not the one that it held at \(head.time)"
    }

    // MARK: - Codes

    /// HMAC-SHA-256 under the key over the hash before and the entry, each part with its length in front.
    static func code(
        _ entry: AuditEntry, _ number: Int64, _ sealed: [UInt8], after hash: [UInt8], under key: AuditKey
    ) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(for: framed(entry, number, after: hash) + frame(sealed), using: key.entries)
        )
    }

    /// The hash of an entry of a log that is under no key.
    static func unkeyed(_ entry: AuditEntry, _ number: Int64, after hash: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: framed(entry, number, after: hash)))
    }

    private static func framed(_ entry: AuditEntry, _ number: Int64, after hash: [UInt8]) -> [UInt8] {
        var bytes = frame(hash)
        bytes.reserveCapacity(256)
        bytes += frame("\(number) \(entry.time.microseconds)".utf8)
        for text in [entry.actor, entry.action, entry.doctype, entry.name] { bytes += frame(text.utf8) }
        bytes += frame(entry.digest)
        return bytes
    }

    private static func frame(_ part: some Collection<UInt8>) -> [UInt8] { Array("\(part.count):".utf8) + part }

    // MARK: - Reading

    /// One entry as it stands in the log.
    struct Row {
        let number: Int64
        let entry: AuditEntry
        let hash: [UInt8]
        /// What it carries; nil in an entry that is under no key.
        let sealed: [UInt8]?
    }

    /// Reads entries; of a log of an earlier version, which has no column for what they carry, too.
    static func forEach(
        _ order: String, in transaction: any Transaction, _ body: (Row) throws -> Void
    ) throws {
        var hasSealed = true
        do {
            try transaction.savepoint { _ = try transaction.query("SELECT sealed FROM _audit LIMIT 0", [], [.bytes]) }
        } catch StorageError.failed {
            hasSealed = false
        }
        let sealed = hasSealed ? "sealed" : "NULL"
        let sql = "SELECT number, time, actor, action, doctype, name, digest, hash, \(sealed) FROM _audit \(order)"
        let types: [ColumnType] = [.integer, .timestamp, .text, .text, .text, .text, .bytes, .bytes, .bytes]
        try transaction.forEach(sql, [], types) { row in
            let entry = AuditEntry(
                time: row[1].timestamp ?? Timestamp(microseconds: 0), actor: row[2].text ?? "",
                action: row[3].text ?? "", doctype: row[4].text ?? "", name: row[5].text ?? "",
                digest: row[6].bytes ?? [])
            try body(Row(number: row[0].int ?? 0, entry: entry, hash: row[7].bytes ?? [], sealed: row[8].bytes))
        }
    }

    private static let columns = ["number", "time", "actor", "action", "doctype", "name", "digest", "hash", "sealed"]
}
