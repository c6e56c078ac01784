import Audit
import Foundation
import Storage
import Testing
import Values

@Suite struct AuditLogTests {
    /// Writes three entries, does `tampering` around the triggers, and says what verification finds.
    private func problems(after tampering: String?) async throws -> [String] {
        let path = NSTemporaryDirectory() + "cauldron-\(UUID().uuidString).db"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let database = try SQLiteDatabase(path: path)
        let problems = try await database.write { transaction in
            try transaction.migrate(to: AuditLog.tables)
            for name in ["a", "b", "c"] {
                try AuditLog.append(
                    [
                        AuditEntry(
                            time: Timestamp(microseconds: 1), actor: "ana", action: "insert", doctype: "Thing",
                            name: name,
                            digest: Array(name.utf8))
                    ], in: transaction)
            }
            if let tampering {
                try transaction.execute("DROP TRIGGER \"_audit:no update\"")
                try transaction.execute("DROP TRIGGER \"_audit:no delete\"")
                try transaction.execute(tampering)
            }
            return try AuditLog.verify(in: transaction)
        }
        await database.close()
        return problems
    }

    @Test func `finds nothing wrong with what it wrote`() async throws {
        #expect(try await problems(after: nil).isEmpty)
    }

    @Test(arguments: [
        ("UPDATE _audit SET actor = 'bo' WHERE number = 2", "audit entry 2 has been changed"),
        ("UPDATE _audit SET digest = x'00' WHERE number = 1", "audit entry 1 has been changed"),
        ("UPDATE _audit SET time = 2 WHERE number = 3", "audit entry 3 has been changed"),
        ("UPDATE _audit SET hash = x'00' WHERE number = 1", "audit entry 1 has been changed"),
        ("DELETE FROM _audit WHERE number = 2", "audit entry 2 is missing"),
        ("DELETE FROM _audit WHERE number = 1", "audit entry 1 is missing"),
    ])
    func `finds what was changed behind its back`(tampering: String, problem: String) async throws {
        #expect(try await problems(after: tampering) == [problem])
    }
}
