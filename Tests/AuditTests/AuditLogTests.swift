import Storage
import TestSupport
import Testing
import Values

@testable import Audit

private let key = AuditKey(secret: Array(repeating: 7, count: AuditKey.secretBytes))
private let other = AuditKey(secret: Array(repeating: 8, count: AuditKey.secretBytes))
private let noon = Timestamp(microseconds: 1)
private let things = TableSchema(
    "thing",
    columns: [.init("name", .text, required: true), .init("qty", .decimal(scale: 2)), .init("note", .text)])

private func entry(_ name: String) -> AuditEntry {
    AuditEntry(
        time: noon, actor: "ana", action: "insert", doctype: "Thing", name: name, digest: Array(name.utf8))
}

@Suite(.bothEngines) struct AuditLogTests {
    /// Runs `body` in a database with the log and a table under it, with three entries.
    private func withLog<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        let store = try TemporaryDatabase()
        let result = try await store.database.write { transaction in
            try transaction.migrate(to: AuditLog.tables + [things])
            try AuditLog.seal([things], under: key, by: "ana", at: noon, in: transaction)
            for name in ["a", "b"] {
                var rows = SealedRows()
                let row: [Value] = [.text(name), .decimal(units: 150, scale: 2), .null]
                try transaction.insert(into: "thing", ["name", "qty", "note"], [row])
                rows.add([row], to: SealedTable(things), under: key)
                try AuditLog.append([entry(name)], rows, under: key, in: transaction)
            }
            return try body(transaction)
        }
        await store.database.close()
        return result
    }

    /// What verification finds after `tampering` around the rules of the database.
    private func problems(
        after tampering: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws
        -> [String]
    {
        try await withLog { transaction in
            for sql in transaction.dialect.unsealing("_audit") { try transaction.execute(sql) }
            try tampering(transaction)
            for sql in transaction.dialect.sealing("_audit") { try transaction.execute(sql) }
            return try AuditLog.verify(under: key, in: transaction)
                + AuditLog.verifyRows(of: [things], under: key, in: transaction)
        }
    }

    @Test func `finds nothing wrong with what it wrote`() async throws {
        #expect(try await problems { _ in } == [])
    }

    @Test(arguments: [
        ("UPDATE _audit SET actor = 'bo' WHERE number = 2", "audit entry 2 has been changed"),
        ("UPDATE _audit SET digest = ? WHERE number = 2", "audit entry 2 has been changed"),
        ("UPDATE _audit SET time = ? WHERE number = 3", "audit entry 3 has been changed"),
        ("UPDATE _audit SET hash = ? WHERE number = 1", "audit entry 1 has been changed"),
        ("UPDATE _audit SET sealed = ? WHERE number = 3", "audit entry 3 has been changed"),
        ("UPDATE _audit SET sealed = NULL WHERE number = 3", "audit entry 3 is under no key"),
        ("DELETE FROM _audit WHERE number = 2", "audit entry 2 is missing"),
        ("DELETE FROM _audit WHERE number = 1", "audit entry 1 is missing"),
    ])
    func `finds what was changed behind its back`(tampering: String, problem: String) async throws {
        let found = try await problems { transaction in
            let wrong: Value = tampering.contains("time") ? .timestamp(Timestamp(microseconds: 2)) : .bytes([0])
            try transaction.execute(tampering, tampering.contains("?") ? [wrong] : [])
        }
        #expect(found.first == problem)
    }

    @Test(arguments: [
        ("UPDATE thing SET note = 'x' WHERE name = 'a'", "thing: rows were changed without the audit log; among a, b"),
        ("UPDATE thing SET name = 'c' WHERE name = 'a'", "thing: rows were changed without the audit log; among b, c"),
        ("DELETE FROM thing WHERE name = 'b'", "thing: 1 rows fewer than the audit log says"),
        ("INSERT INTO thing (name, note) VALUES ('c', 'x')", "thing: 1 rows more than the audit log says; it is c"),
    ])
    func `finds rows that are not those it says`(tampering: String, problem: String) async throws {
        #expect(try await problems { try $0.execute(tampering) } == [problem])
    }

    @Test func `rows may come in any order and lose what is empty`() async throws {
        let found = try await problems { transaction in
            try transaction.execute("DELETE FROM thing")
            for name in ["b", "a"] {
                try transaction.insert(
                    into: "thing", ["name", "qty"], [[.text(name), .decimal(units: 150, scale: 2)]])
            }
        }
        #expect(found == [])
    }

    /// Computes the whole chain anew, as somebody does who can write to the database.
    private static func rewrite(
        _ transaction: any Transaction, _ code: (AuditLog.Row, _ before: [UInt8]) -> [UInt8]
    ) throws {
        var rows: [AuditLog.Row] = []
        try AuditLog.forEach("ORDER BY number", in: transaction) { rows.append($0) }
        var hash: [UInt8] = []
        for row in rows {
            hash = code(row, hash)
            try transaction.execute("UPDATE _audit SET hash = ? WHERE number = ?", [.bytes(hash), .int(row.number)])
        }
    }

    @Test func `a chain computed anew without the key is found`() async throws {
        let plain = try await problems { transaction in
            try transaction.execute("UPDATE _audit SET actor = 'bo', sealed = NULL")
            try Self.rewrite(transaction) { AuditLog.unkeyed($0.entry, $0.number, after: $1) }
        }
        #expect(plain.first == "the audit log is under no key, though the company has one")
        let guessed = try await problems { transaction in
            try transaction.execute("UPDATE _audit SET actor = 'bo'")
            try Self.rewrite(transaction) {
                AuditLog.code($0.entry, $0.number, $0.sealed ?? [], after: $1, under: other)
            }
        }
        #expect(guessed == ["audit entry 1 has been changed"])
        let renamed = try await problems { transaction in
            try transaction.execute(
                "UPDATE _audit SET actor = 'bo', digest = ? WHERE number = 1", [.bytes(other.identity)])
            try Self.rewrite(transaction) {
                AuditLog.code($0.entry, $0.number, $0.sealed ?? [], after: $1, under: other)
            }
        }
        #expect(renamed.first == "the audit log ends under another key than the company's")
    }

    @Test func `a head that was kept tells of an end that was cut off and of a chain that was replaced`() async throws {
        let found = try await withLog { transaction -> [[String]] in
            guard let head = try AuditLog.head(under: key, at: noon, in: transaction) else { return [] }
            func verify() throws -> [String] { try AuditLog.verify(under: key, heads: [head], in: transaction) }
            let fine = try verify()
            for sql in transaction.dialect.unsealing("_audit") { try transaction.execute(sql) }
            try transaction.execute("DELETE FROM _audit WHERE number = 3")
            let (unseen, cut) = (try AuditLog.verify(under: key, in: transaction), try verify())
            // Who has the key can go on from there, but not come to the same head.
            try AuditLog.append([entry("z")], under: key, in: transaction)
            return try [fine, unseen, cut, verify(), [AuditLog.contradiction(of: head, in: transaction) ?? ""]]
        }
        try #require(found.count == 5)
        #expect(found[0] == [] && found[1] == [])
        #expect(found[2].count == 1 && found[2][0].hasPrefix("the audit log ends at entry 2, but at "))
        #expect(found[3].count == 1 && found[3][0].hasPrefix("audit entry 3 is not the one that it held at "))
        #expect(found[4] == found[3])
    }

    private static let made: [(tampering: String, words: String)] = [
        ("UPDATE made SET note = 'x' WHERE name = 'row 3'", "rows were changed without the audit log; it is row 3"),
        (
            "UPDATE made SET note = 'x' WHERE name = 'row 1'",
            "rows were changed without the audit log; among row 1, row 2"
        ),
        (
            "DELETE FROM made WHERE name = 'row 4'",
            "1 rows fewer than the audit log says; it is what was made at \(at(4))"
        ),
        (
            "INSERT INTO made (name, creation, note) SELECT 'row 9', creation, 'x' FROM made WHERE name = 'row 2'",
            "1 rows more than the audit log says; it is row 9"
        ),
        (
            "UPDATE made SET note = 'x' WHERE name IN ('row 3', 'row 4')",
            "rows were changed without the audit log; among row 3, row 4"
        ),
    ]

    private static func at(_ number: Int) -> Timestamp { noon.adding(seconds: max(2, number)) }

    @Test(arguments: made)
    func `of rows that say when they were made, those that differ are named`(
        tampering: String, words: String
    ) async throws {
        let table = TableSchema(
            "made",
            columns: [.init("name", .text, required: true), .init("creation", .timestamp), .init("note", .text)])
        let found = try await withLog { transaction in
            try transaction.migrate(to: [table])
            try AuditLog.seal([table], under: key, by: "ana", at: noon, in: transaction)
            // The first two are of one transaction.
            for number in 1...5 {
                var rows = SealedRows()
                let row: [Value] = [.text("row \(number)"), .timestamp(Self.at(number)), .text("as it was")]
                try transaction.insert(into: "made", ["name", "creation", "note"], [row])
                rows.add([row], to: SealedTable(table), under: key)
                var entry = entry("row \(number)")
                entry.time = Self.at(number)
                try AuditLog.append([entry], rows, under: key, in: transaction)
            }
            let before = try AuditLog.verifyRows(of: [table], under: key, in: transaction)
            try transaction.execute(tampering)
            return try before + AuditLog.verifyRows(of: [table], under: key, in: transaction)
        }
        #expect(found == ["made: " + words])
    }

    @Test func `a log of an earlier version is verified as it was, and goes on under the key`() async throws {
        let store = try TemporaryDatabase()
        let found = try await store.database.write { transaction -> [[String]] in
            var old = AuditLog.tables[0]
            old.columns.removeAll { $0.name == "sealed" }
            try transaction.migrate(to: [old, things])
            var hash: [UInt8] = []
            for number in 1...3 {
                let entry = entry("old \(number)")
                hash = AuditLog.unkeyed(entry, Int64(number), after: hash)
                try transaction.insert(
                    into: "_audit", old.columns.map(\.name),
                    [
                        [
                            .int(Int64(number)), .timestamp(entry.time), .text(entry.actor), .text(entry.action),
                            .text(entry.doctype), .text(entry.name), .bytes(entry.digest), .bytes(hash),
                        ]
                    ])
            }
            try transaction.insert(into: "thing", ["name", "note"], [[.text("a"), .text("kept")]])
            let before = try AuditLog.verify(under: nil, in: transaction)
            try transaction.migrate(to: AuditLog.tables)
            try AuditLog.seal([things], under: key, by: "ana", at: noon, in: transaction)
            try AuditLog.append([entry("new")], under: key, in: transaction)
            func verify() throws -> [String] {
                try AuditLog.verify(under: key, in: transaction)
                    + AuditLog.verifyRows(of: [things], under: key, in: transaction)
            }
            let after = try verify()
            for sql in transaction.dialect.unsealing("_audit") { try transaction.execute(sql) }
            // The old part is computed anew: the first entry under the key tells.
            try transaction.execute("UPDATE _audit SET actor = 'bo' WHERE number = 1")
            try transaction.execute("UPDATE thing SET note = 'x'")
            var rows: [AuditLog.Row] = []
            try AuditLog.forEach("WHERE number <= 3 ORDER BY number", in: transaction) { rows.append($0) }
            hash = []
            for row in rows {
                hash = AuditLog.unkeyed(row.entry, row.number, after: hash)
                try transaction.execute(
                    "UPDATE _audit SET hash = ? WHERE number = ?", [.bytes(hash), .int(row.number)])
            }
            return [before, after, try verify()]
        }
        await store.database.close()
        #expect(found[0] == [] && found[1] == [])
        #expect(
            found[2] == ["audit entry 4 has been changed", "thing: rows were changed without the audit log; it is a"])
    }

    @Test func `under a new key what is before stays as it was, and what comes after is verified`() async throws {
        let found = try await withLog { transaction -> [[String]] in
            try AuditLog.seal([things], under: other, by: "ana", at: noon, anew: true, in: transaction)
            try AuditLog.append([entry("c")], under: other, in: transaction)
            func verify(_ key: AuditKey) throws -> [String] {
                try AuditLog.verify(under: key, in: transaction)
                    + AuditLog.verifyRows(of: [things], under: key, in: transaction)
            }
            let (new, old) = (try verify(other), try AuditLog.verify(under: key, in: transaction))
            for sql in transaction.dialect.unsealing("_audit") { try transaction.execute(sql) }
            try transaction.execute("UPDATE _audit SET hash = ? WHERE number = 3", [.bytes([1])])
            return [new, old, try verify(other)]
        }
        #expect(found[0] == [])
        #expect(found[1] == ["the audit log ends under another key than the company's"])
        #expect(found[2] == ["audit entry 4 has been changed"])
    }
}

@Suite struct AuditHeadTests {
    @Test func `a head is what was signed, by whoever holds the key`() throws {
        let head = try AuditHead(number: 9, hash: [1, 2], time: noon, under: key)
        #expect(head.isSigned && head.key == key.identity && key.identity != other.identity)
        #expect(AuditHead(head.json) == head)
        guard case .object(let object) = head.json else { return }
        let lies: [(String, JSON)] = [
            ("number", 8), ("hash", "0103"), ("time", "2026-01-01 00:00:00"),
            ("key", .string(other.identity.hexText)),
            ("signature", .string(String(repeating: "0", count: 128))),
        ]
        for (field, value) in lies {
            var changed = object
            changed[field] = value
            let read = try #require(AuditHead(.object(changed)))
            #expect(!read.isSigned, "\(field)")
        }
        #expect(AuditHead(["number": 1]) == nil)
    }

    @Test func `sums of rows add up, take away and know their form`() throws {
        let table = SealedTable(things)
        func sum(_ names: [String]) -> SealedRows {
            var rows = SealedRows()
            rows.add(names.map { [.text($0), .null, .text("note")] }, to: table, under: key)
            return rows
        }
        #expect(sum(["a", "b", "c"]) == sum(["c", "a", "b"]))
        #expect(sum(["a", "a"]) != sum(["a"]) && sum(["a"]) != sum(["b"]))
        var rows = sum(["a", "b"])
        rows.remove([[.text("b"), .null, .text("note")]], from: table, under: key)
        #expect(rows == sum(["a"]))
        rows.remove([[.text("z"), .null, .text("note")]], from: table, under: key)
        rows.add([[.text("z"), .null, .text("note")]], to: table, under: key)
        #expect(rows == sum(["a"]))
        #expect(SealedRows(rows.encoded) == rows && SealedRows(Array(rows.encoded.dropLast())) == nil)
        // Nothing but the key is as good as none.
        rows.add([[.text("empty"), .null, .null]], to: table, under: key)
        #expect(rows == sum(["a"]))
        var elsewhere = SealedRows()
        elsewhere.add([[.text("a"), .null, .text("note")]], to: table, under: other)
        #expect(elsewhere != sum(["a"]))
    }
}
