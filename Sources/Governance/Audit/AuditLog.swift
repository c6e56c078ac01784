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
}

/// The audit log. Each entry carries the SHA-256 of itself and of the hash before it, so that no entry can be changed,
/// removed or put in between without breaking every later hash.
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
            ], indexes: [.init("doctype", "name")], appendOnly: true)
    ]

    /// Adds entries to the chain, in order.
    public static func append(_ entries: [AuditEntry], in transaction: any Transaction) throws {
        guard !entries.isEmpty else { return }
        let last = try transaction.first(
            "SELECT number, hash FROM _audit ORDER BY number DESC LIMIT 1", [], [.integer, .bytes])
        var number = last?[0].int ?? 0
        var hash = last.map { bytes($0[1]) } ?? []
        let rows = entries.map { entry -> [Value] in
            number += 1
            hash = chained(entry, number: number, after: hash)
            return [
                .int(number), .timestamp(entry.time), .text(entry.actor), .text(entry.action), .text(entry.doctype),
                .text(entry.name), .bytes(entry.digest), .bytes(hash),
            ]
        }
        try transaction.insert(into: "_audit", columns, rows)
    }

    /// Recomputes the chain and says, in words, where it does not hold; empty when all is well.
    ///
    /// Reads every entry; stops after the first break, since nothing behind it can be trusted.
    public static func verify(in transaction: any Transaction) throws -> [String] {
        var expected: Int64 = 0
        var hash: [UInt8] = []
        var problems: [String] = []
        let sql = "SELECT number, time, actor, action, doctype, name, digest, hash FROM _audit ORDER BY number"
        let types: [ColumnType] = [.integer, .timestamp, .text, .text, .text, .text, .bytes, .bytes]
        try transaction.forEach(sql, [], types) { row in
            guard problems.isEmpty else { return }
            expected += 1
            let number = row[0].int ?? 0
            if number != expected {
                problems.append("audit entry \(expected) is missing")
                return
            }
            let entry = AuditEntry(
                time: row[1].timestamp ?? Timestamp(microseconds: 0), actor: row[2].text ?? "",
                action: row[3].text ?? "", doctype: row[4].text ?? "", name: row[5].text ?? "", digest: bytes(row[6]))
            hash = chained(entry, number: number, after: hash)
            if hash != bytes(row[7]) { problems.append("audit entry \(number) has been changed") }
        }
        return problems
    }

    /// SHA-256 over the hash before and the entry, each part with its length in front.
    private static func chained(_ entry: AuditEntry, number: Int64, after hash: [UInt8]) -> [UInt8] {
        var sha = SHA256()
        func add(_ part: some Collection<UInt8>) {
            var text = Array("\(part.count):".utf8)
            text.append(contentsOf: part)
            sha.update(data: text)
        }
        add(hash)
        add("\(number) \(entry.time.microseconds)".utf8)
        add(entry.actor.utf8)
        add(entry.action.utf8)
        add(entry.doctype.utf8)
        add(entry.name.utf8)
        add(entry.digest)
        return Array(sha.finalize())
    }

    private static func bytes(_ value: Value) -> [UInt8] {
        if case .bytes(let bytes) = value { bytes } else { [] }
    }

    private static let columns = ["number", "time", "actor", "action", "doctype", "name", "digest", "hash"]
}
