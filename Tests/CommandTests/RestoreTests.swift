import Collaboration
import Documents
import Foundation
import Storage
import TestSupport
import Testing
import Values

@testable import Tenancy

/// Backups that are not what they say, and restores that are stopped.
@Suite struct RestoreTests {
    /// A company with an attached file, and its backup beside it.
    private func backup() async throws -> (company: Company, file: String) {
        let company = try await Company()
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let server = try await Served(company.directory)
        let sent = try company.file("plan.txt", String(repeating: "a plan ", count: 1_000))
        let answer = try await server.curl(keys, "/api/method/upload_file", "-F", "file=@\(sent)")
        #expect(answer.status == 200, "\(answer.body)")
        try await server.stop()
        let ran = try await company.run("backup", company.path("b"))
        #expect(ran.status == 0, "\(ran.errors)")
        return (company, company.path("b"))
    }

    /// What the restore of a file is refused with. Nothing may be left of it.
    private func refusal(_ file: String, beside folder: String) async throws -> Problem? {
        let target = folder + "/target"
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        var found: Problem?
        do {
            _ = try await TenantBackup.restore(file, into: target, at: Tenant.systemClock())
            try FileManager.default.removeItem(atPath: target)
        } catch let problem as Problem {
            found = problem
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == before)
        return found
    }

    @Test(.timeLimit(.minutes(5)))
    func `a backup of which any bit is another is refused and leaves nothing`() async throws {
        let (company, file) = try await backup()
        #expect(try await refusal(file, beside: company.directory) == nil)
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        let size = Int(try handle.seekToEnd())
        var random = Seeded(state: 20_261_130)
        // Each byte of the header and of the seal, and one in each kilobyte between.
        var places = Array(0..<100) + Array(size - 100..<size)
        for start in stride(from: 100, to: size - 100, by: 1_024) {
            places.append(min(start + Int(random.next() % 1_024), size - 101))
        }
        #expect(places.count > 1_000)
        let home = company.path("flips")
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        var accepted: [Int] = []
        for place in places {
            try handle.seek(toOffset: UInt64(place))
            let byte = try #require(try handle.read(upToCount: 1)?.first)
            try handle.seek(toOffset: UInt64(place))
            try handle.write(contentsOf: [byte ^ (1 << UInt8(random.next() % 8))])
            if try await refusal(file, beside: home)?.kind != .badBackup { accepted.append(place) }
            try handle.seek(toOffset: UInt64(place))
            try handle.write(contentsOf: [byte])
        }
        #expect(accepted == [])
        // Cut anywhere it is refused as well, also just before its seal.
        for length in [0, 50, 512, 4_096, size / 2, size - 90, size - 1] {
            let cut = home + "/cut"
            try (try Data(contentsOf: URL(fileURLWithPath: file))).prefix(length).write(to: URL(fileURLWithPath: cut))
            #expect(try await refusal(cut, beside: home)?.kind == .badBackup, "\(length)")
        }
        #expect(try await refusal(file, beside: home) == nil)
    }

    private static let hash = String(repeating: "0a", count: 32)

    /// Names that a file in a backup could be given to be written elsewhere, or to be two.
    private static let names: [String] = [
        "../../../../../../tmp/cauldron-evil/000000000", "/tmp/cauldron-evil/000000000", hash + "/../000000000", "..",
        ".", "", "/", "aux/000000000", "CON/000000000", "owner", "identity", hash, hash + "/", hash + "/0",
        hash + "/00000000a", hash + "/-00000001", hash.uppercased() + "/000000000", hash + "/000000000/x",
        hash.dropLast(2) + "../000000000", hash.dropLast(1) + "é/000000000", String(repeating: "a", count: 70_000),
    ]

    /// What else somebody could write into a backup and seal it, with the words it is refused with.
    private static let changes: [(statement: String, words: String)] = [
        (
            "INSERT INTO _backup_file VALUES (CAST(x'\(String(repeating: "30", count: 64))2F303030303030303030002F' AS TEXT), x'41')",
            "it holds a file of the name"
        ),
        ("INSERT INTO _backup_file VALUES ('\(hash)/000000000', x'41')", "is not \(hash)"),
        ("INSERT INTO _backup_file VALUES ('\(hash)/000000001', x'41')", "piece 0"),
        ("UPDATE _backup_file SET content = x'00' WHERE name LIKE '%/000000000'", "an attached file is not"),
        (
            """
            CREATE TABLE t AS SELECT * FROM _backup_file; DROP TABLE _backup_file;
            ALTER TABLE t RENAME TO _backup_file; INSERT INTO _backup_file SELECT * FROM _backup_file
            """, "piece 1"
        ),
        ("UPDATE _audit SET actor = 'ana@example.com' WHERE number = 3", "audit entry 3"),
        ("DELETE FROM _audit WHERE number = 3", "audit entry 3"),
        ("INSERT INTO _company VALUES ('format', '99') ON CONFLICT DO UPDATE SET value = '99'", "newer version"),
        ("DROP TABLE _event", "not one of Cauldron"),
    ]

    private static var hostile: [(statement: String, words: String)] {
        names.map { ("INSERT INTO _backup_file VALUES ('\($0)', x'41')", "it holds a file of the name") } + changes
    }

    @Test func `what is written into a backup and sealed is refused before it is put anywhere`() async throws {
        let (company, file) = try await backup()
        let home = company.path("hostile")
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let forged = home + "/forged"
        for (statement, words) in Self.hostile {
            try? FileManager.default.removeItem(atPath: forged)
            try FileManager.default.copyItem(atPath: file, toPath: forged)
            _ = unsafe truncate(forged, off_t(try BackupSeal.check(forged)))
            let database = try SQLiteDatabase(path: forged)
            try await database.write { transaction in
                for trigger in try transaction.query(
                    "SELECT name FROM sqlite_schema WHERE type = 'trigger'", [], [.text])
                {
                    try transaction.execute("DROP TRIGGER \(quoted(trigger[0].description))")
                }
                for part in statement.split(separator: ";") { try transaction.execute(String(part)) }
            }
            await database.close()
            try BackupSeal.close(forged)
            let problem = try await refusal(forged, beside: home)
            #expect(
                problem?.message.contains(words) == true, "\(statement.prefix(120)): \(problem?.message ?? "taken")")
        }
        #expect(!FileManager.default.fileExists(atPath: "/tmp/cauldron-evil"))
        #expect(try await refusal(file, beside: home) == nil)
    }

    @Test func `a backup that is refused leaves no directory, and no company on a server`() async throws {
        let (company, file) = try await backup()
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        try handle.seek(toOffset: 20_000)
        try handle.write(contentsOf: Array("changed".utf8))
        let schema = try PostgresCluster.shared.get().newSchema()
        for options in [[], ["--database", schema]] as [[String]] {
            let ran = try await Binary.run(["restore", file, "--data", company.path("a/b/c")] + options)
            #expect(ran.status == 1 && ran.errors.contains("is damaged"), "\(ran.errors)")
            #expect(!FileManager.default.fileExists(atPath: company.path("a")))
        }
        #expect(try await !TenantAddress.postgres(schema).holdsCompany())
    }

    @Test(.timeLimit(.minutes(5)), arguments: TestEngine.allCases)
    func `a restore that is killed leaves the whole company or nothing`(engine: TestEngine) async throws {
        let (company, file) = try await backup()
        var random = Seeded(state: 7)
        let target = company.path("target")
        func options() throws -> [String] {
            ["--data", target]
                + (engine == .postgres ? ["--database", try PostgresCluster.shared.get().newSchema()] : [])
        }
        let start = ContinuousClock.now
        #expect(try await Binary.run(["restore", file] + options()).status == 0)
        let milliseconds = UInt64((ContinuousClock.now - start) / .milliseconds(1))
        var wholes = 0
        for _ in 0..<12 {
            try FileManager.default.removeItem(atPath: target)
            let options = try options()
            let run = try Running(Binary.path, ["restore", file] + options)
            try await Task.sleep(for: .milliseconds(Int(random.next() % (milliseconds + 20))))
            run.signal(SIGKILL)
            _ = try await run.finish(within: 30)
            // The next finds the whole company, or room for it.
            let again = try await Binary.run(["restore", file] + options)
            let isWhole = again.errors.contains("holds a company already")
            #expect(isWhole ? again.status == 1 : again.status == 0, "\(again.errors)")
            if isWhole { wholes += 1 }
            let doctor = try await Binary.run(["doctor"] + options)
            #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")
            for folder in [target, target + "/files"] {
                #expect(try !FileManager.default.contentsOfDirectory(atPath: folder).contains(".restoring"))
            }
        }
        #expect(wholes < 12, "all of them were done before they were killed")
    }

    @Test(.timeLimit(.minutes(5)))
    func `a company that is moved aside comes back when the restore is killed`() async throws {
        let (source, file) = try await backup()
        try await source.insert("Customer", ["customer_name": "Of the backup"])
        #expect(try await source.run("backup", file, "--force").status == 0)
        var random = Seeded(state: 11)
        var counts: Set<Int> = []
        for _ in 0..<8 {
            let company = try await Company()
            let run = try Running(Binary.path, ["restore", file, "--force", "--data", company.directory])
            try await Task.sleep(for: .milliseconds(Int(random.next() % 500)))
            run.signal(SIGKILL)
            _ = try await run.finish(within: 30)
            try await Served(company.directory).stop()
            let doctor = try await company.run("doctor")
            #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")
            counts.insert(try await company.count("customer"))
            #expect(!FileManager.default.fileExists(atPath: company.path(".restoring")))
        }
        #expect(counts.isSubset(of: [2, 3]) && counts.contains(2), "\(counts)")
    }
}
