import Audit
import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct AuditLogTests {
    /// Writes three entries, does `tampering` around the triggers, and says what verification finds.
    private func problems(after tampering: String?) async throws -> [String] {
        let store = try TemporaryDatabase()
        // Known to the test's task, and not to the thread of the database.
        let table = TestEngine.current == .postgres ? " ON _audit" : ""
        let problems = try await store.database.write { transaction in
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
                for verb in ["update", "delete"] {
                    try transaction.execute("DROP TRIGGER \"_audit:no \(verb)\"\(table)")
                }
                let wrong: Value = tampering.contains("time") ? .timestamp(Timestamp(microseconds: 2)) : .bytes([0])
                try transaction.execute(tampering, tampering.contains("?") ? [wrong] : [])
            }
            return try AuditLog.verify(in: transaction)
        }
        await store.database.close()
        return problems
    }

    @Test func `finds nothing wrong with what it wrote`() async throws {
        #expect(try await problems(after: nil).isEmpty)
    }

    @Test(arguments: [
        ("UPDATE _audit SET actor = 'bo' WHERE number = 2", "audit entry 2 has been changed"),
        ("UPDATE _audit SET digest = ? WHERE number = 1", "audit entry 1 has been changed"),
        ("UPDATE _audit SET time = ? WHERE number = 3", "audit entry 3 has been changed"),
        ("UPDATE _audit SET hash = ? WHERE number = 1", "audit entry 1 has been changed"),
        ("DELETE FROM _audit WHERE number = 2", "audit entry 2 is missing"),
        ("DELETE FROM _audit WHERE number = 1", "audit entry 1 is missing"),
    ])
    func `finds what was changed behind its back`(tampering: String, problem: String) async throws {
        #expect(try await problems(after: tampering) == [problem])
    }
}
