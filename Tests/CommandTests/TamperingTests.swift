import Documents
import Foundation
import Identity
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// A company with a bit of everything, of which every table is changed behind its back: by raw SQL, around every rule.
@Suite(.serialized) struct TamperingTests {
    /// What no log can hold, because it is written beside the transactions: each ends by itself and changes no data.
    private static let exempt = [
        "_cursor": "says only how far a consumer is, which may do its work twice",
        "_writer": "a note of each process of its last commit",
    ]
    /// Figures and words that are recomputed from what is under the log.
    private static let recomputed: Set<String> = [
        "_account_balance", "_stock_balance", "bin", "_search", "_search_shape", "_skeleton", "_company",
    ]

    @Test(arguments: TestEngine.allCases)
    func `a change of any column of any table, a row more and a row less are noticed`(engine: TestEngine) async throws {
        let living = try await LivingCompany(engine)
        #expect(try await living.problems() == [])
        var tampering = Tampering(try await living.tables(), Company.modules, recomputed: Self.recomputed)
        var seen: Set<String> = []
        for name in try await living.tableNames() where Self.exempt[name] == nil && !name.hasPrefix("_search:text") {
            let table = try #require(tampering.tables[name], "\(name) is a table of nobody")
            seen.insert(name)
            guard let row = try await living.firstRow(of: table) else {
                // Documents are all under the log in one way.
                #expect(tampering.isDocument(name), "\(name) is empty")
                continue
            }
            tampering.plan(table, row)
        }
        #expect(Set(tampering.tables.keys).subtracting(Self.exempt.keys) == seen)
        #expect(tampering.steps.count > 1_000)
        while case let round = tampering.nextRound(), !round.isEmpty {
            try await living.apply(round)
            let problems = try await living.problems()
            for step in round {
                let isNoticed = problems.contains { step.words.isEmpty || $0.contains(step.words) }
                #expect(isNoticed, "\(step.description): \(problems.prefix(5))")
            }
            try await living.undo(round)
        }
        #expect(try await living.problems() == [])
        await living.close()
    }

    @Test(arguments: TestEngine.allCases)
    func `what nobody declared in the schema, what is missing and what is made otherwise is named`(
        engine: TestEngine
    ) async throws {
        let living = try await LivingCompany(engine)
        let body = engine == .postgres ? "EXECUTE FUNCTION \"cauldron:append only\"()" : "BEGIN SELECT 1; END"
        let event = engine == .postgres ? "AFTER INSERT ON customer FOR EACH ROW" : "AFTER INSERT ON customer"
        let table = engine == .postgres ? " ON gl_entry" : ""
        var damages: [(does: [String], undoes: [String], words: String)] = [
            (["CREATE TABLE shadow (x int)"], ["DROP TABLE shadow"], "the table shadow is none of Cauldron's"),
            (
                ["CREATE VIEW ghost AS SELECT name FROM customer"], ["DROP VIEW ghost"],
                "the view ghost is none of Cauldron's"
            ),
            (
                ["CREATE TRIGGER spy \(event) \(body)"],
                [engine == .postgres ? "DROP TRIGGER spy ON customer" : "DROP TRIGGER spy"],
                "the trigger spy of customer is none of Cauldron's"
            ),
            (
                ["CREATE INDEX odd ON customer (website)"], ["DROP INDEX odd"],
                "the index odd of customer is none of Cauldron's"
            ),
            (
                ["DROP TRIGGER \"gl_entry:no update\"\(table)"], [],
                "the trigger gl_entry:no update of gl_entry is missing"
            ),
        ]
        let odd = "CHECK (website <> 'x')"
        if engine == .postgres {
            damages += [
                (
                    ["ALTER TABLE customer ALTER COLUMN website SET DEFAULT 'x'"],
                    ["ALTER TABLE customer ALTER COLUMN website DROP DEFAULT"],
                    "the column website of customer is not made as it should be"
                ),
                (
                    ["ALTER TABLE customer ADD CONSTRAINT odd \(odd)"], ["ALTER TABLE customer DROP CONSTRAINT odd"],
                    "the check website of customer is none of Cauldron's"
                ),
                (
                    ["ALTER TABLE bin DROP CONSTRAINT bin_stock_value_check"], [],
                    "the check stock_value of bin is missing"
                ),
                (
                    ["DROP INDEX \"bin:item_code\"", "CREATE INDEX \"bin:item_code\" ON bin (warehouse)"], [],
                    "the index bin:item_code of bin is not made as it should be"
                ),
                (
                    ["ALTER TABLE gl_entry DISABLE TRIGGER USER"], ["ALTER TABLE gl_entry ENABLE TRIGGER USER"],
                    "the trigger gl_entry:no delete of gl_entry is not made as it should be"
                ),
                (
                    ["CREATE RULE mute AS ON DELETE TO customer DO INSTEAD NOTHING"], ["DROP RULE mute ON customer"],
                    "the rule mute of customer is none of Cauldron's"
                ),
                (
                    [
                        "CREATE FUNCTION sly() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                        "CREATE SEQUENCE sly_numbers",
                    ], ["DROP FUNCTION sly()", "DROP SEQUENCE sly_numbers"], "the function sly is none of Cauldron's"
                ),
                (
                    [
                        """
                        CREATE OR REPLACE FUNCTION "cauldron:append only"() RETURNS trigger LANGUAGE plpgsql
                        AS 'BEGIN RETURN NEW; END'
                        """
                    ], [], "the function cauldron:append only is not made as it should be"
                ),
            ]
        } else {
            damages += [
                (
                    [
                        "DROP TRIGGER \"_audit:no delete\"",
                        "CREATE TRIGGER \"_audit:no delete\" BEFORE DELETE ON _audit BEGIN SELECT 1; END",
                    ], [], "the trigger _audit:no delete of _audit is not made as it should be"
                ),
                (
                    [
                        "ALTER TABLE customer DROP COLUMN website",
                        "ALTER TABLE customer ADD COLUMN website TEXT DEFAULT 'x'",
                    ], [], "the column website of customer is not made as it should be"
                ),
                (
                    ["ALTER TABLE supplier ADD COLUMN odd TEXT CHECK (odd <> 'x')"],
                    ["ALTER TABLE supplier DROP COLUMN odd"], "the table supplier is not made as it should be"
                ),
            ]
        }
        for damage in damages {
            try await living.execute(damage.does)
            let problems = try await living.problems()
            #expect(problems.contains(damage.words), "\(damage.does): \(problems)")
            try await living.execute(damage.undoes)
        }
        await living.close()
    }

    @Test func `an older copy that was put in the place of the database is noticed`() async throws {
        let company = try await Company()
        _ = try await company.run("user", "add", "ana@example.com", "--first-name", "Ana")
        let file = company.directory + "/tenant.db"
        try FileManager.default.copyItem(atPath: file, toPath: company.path("older"))
        let apart = company.path("apart.heads")
        _ = try await company.run("user", "add", "bo@example.com", "--first-name", "Bo")
        let head = try await company.run("audit", "head")
        #expect(head.status == 0, "\(head.errors)")
        try Data(head.output.utf8).write(to: URL(fileURLWithPath: apart))
        #expect(try await company.run("doctor", "--heads", apart).status == 0)
        try FileManager.default.removeItem(atPath: file)
        for name in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + name) }
        try FileManager.default.moveItem(atPath: company.path("older"), toPath: file)
        let told = try await company.run("doctor")
        #expect(told.status == 1 && told.output.contains("its end was cut off, or an older copy"), "\(told.output)")
        // Who can write beside the database, too, can cut that file; the one that was kept elsewhere tells.
        try FileManager.default.removeItem(atPath: company.directory + "/audit.heads")
        #expect(try await company.run("doctor").status == 0)
        let apartTold = try await company.run("doctor", "--heads", apart)
        #expect(apartTold.status == 1 && apartTold.output.contains("its end was cut off"), "\(apartTold.output)")
        // A file of heads that was changed is no witness.
        let changed = head.output.replacing("\"number\":", with: "\"number\":1")
        try Data(changed.utf8).write(to: URL(fileURLWithPath: apart))
        let refused = try await company.run("doctor", "--heads", apart)
        #expect(refused.status == 1 && refused.output.contains("is not what was signed"), "\(refused.output)")
    }

    @Test func `a company whose audit key is gone says so, and goes on under a new one only when told to`() async throws
    {
        let company = try await Company()
        let path = company.directory + "/audit.key"
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        try FileManager.default.moveItem(atPath: path, toPath: company.path("kept"))
        let refused = try await company.run("user", "list")
        #expect(refused.status == 3 && refused.errors.contains("audit.key"), "\(refused.errors)")
        let told = try await company.run("doctor")
        #expect(told.status == 1 && told.output.contains("cannot be verified"), "\(told.output)")
        #expect(try await company.run("audit", "rekey").status == 0)
        #expect(try await company.run("user", "add", "ana@example.com", "--first-name", "Ana").status == 0)
        let doctor = try await company.run("doctor")
        #expect(doctor.status == 0, "\(doctor.output)")
        // The old one is of another company now.
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: company.path("kept"), toPath: path)
        #expect(try await company.run("user", "list").errors.contains("is not the audit key of this company"))
    }

    @Test func `a file that holds something else is noticed`() async throws {
        let living = try await LivingCompany(.sqlite)
        let folder = living.data + "/files"
        let paths = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        let path = try #require(paths.first { $0.split(separator: "/").count == 2 && $0.utf8.count > 60 })
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/" + path)
        try Data("something else".utf8).write(to: URL(fileURLWithPath: folder + "/" + path))
        let problems = try await living.problems()
        #expect(problems == ["the file \(path.replacing("/", with: "")) holds something else"])
        await living.close()
    }

    @Test func `a backup brings the key along, and one that was changed is refused`() async throws {
        let company = try await Company()
        let (file, there) = (company.path("monday.cauldron"), company.path("there"))
        #expect(try await company.run("backup", file).status == 0)
        #expect(try await Binary.run(["restore", file, "--data", there]).status == 0)
        let key = try Data(contentsOf: URL(fileURLWithPath: company.directory + "/audit.key"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: there + "/audit.key")) == key)
        let doctor = try await Binary.run(["doctor", "--data", there])
        #expect(doctor.status == 0, "\(doctor.output)")
        try await company.damage("UPDATE _audit SET actor = 'bo' WHERE number = 7")
        #expect(try await company.run("backup", file, "--force").status == 0)
        let refused = try await Binary.run(["restore", file, "--data", company.path("nowhere")])
        #expect(refused.status == 1 && refused.errors.contains("audit entry 7 has been changed"), "\(refused.errors)")
    }
}
