import Foundation
import Storage
import Tenancy
import Testing
import Values

@Suite struct BackupTests {
    @Test func `a backup while others write is whole, and restores to a company of one moment`() async throws {
        let company = try await Company()
        let server = try await Served(company.directory)
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let load = try Load(server.url, keys, company.path("acks"), seconds: 120, seed: 1, clients: 2)
        try await wait(20) { load.acknowledged.count > 20 }
        var changes: Int64 = 0
        for number in 1...3 {
            let before = load.acknowledged
            let file = company.path("backup-\(number)")
            let ran = try await company.run("backup", file, "--json")
            #expect(ran.status == 0, "\(ran.errors)")
            #expect(try ran.json["changes"]?.int ?? 0 > changes, "the company went on meanwhile")
            changes = try ran.json["changes"]?.int ?? 0
            let target = company.path("restored-\(number)")
            let restored = try await Binary.run(["restore", file, "--data", target, "--json"])
            #expect(restored.status == 0, "\(restored.errors)")
            let doctor = try await Binary.run(["doctor", "--data", target, "--json"])
            #expect(doctor.status == 0, "\(doctor.output)")
            // All that was acknowledged before the backup began is in it.
            try await Load.expect(before, in: target)
        }
        try await load.stop()
        try await server.stop()
        #expect(!FileManager.default.fileExists(atPath: company.path("backup-1.partial")))
        #expect(!FileManager.default.fileExists(atPath: company.path("backup-1-wal")))
    }

    @Test func `a backup is not written over another unless told`() async throws {
        let company = try await Company()
        let file = try company.file("b", "precious")
        let ran = try await company.run("backup", file)
        #expect(ran.status == 1)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
        #expect(try await company.run("backup", file, "--force").status == 0)
        #expect(try await company.run("backup", "/nowhere/b").status == 3)
    }

    @Test func `a company that is there is kept unless moved aside, and none is replaced while it is served`()
        async throws
    {
        let (source, target) = (try await Company(), try await Company())
        try await source.insert("Customer", ["customer_name": "Only Here"])
        #expect(try await source.run("backup", source.path("b")).status == 0)
        let refused = try await target.run("restore", source.path("b"))
        #expect(refused.status == 1)
        #expect(refused.errors.contains("holds a company already"))
        let server = try await Served(target.directory)
        #expect(try await target.run("restore", source.path("b"), "--force").status == 3)
        try await server.stop()
        let moved = try await target.run("restore", source.path("b"), "--force", "--json")
        #expect(moved.status == 0, "\(moved.errors)")
        #expect(try await target.count("customer") == 3)
        let aside = try moved.json["moved_aside"]?.string ?? ""
        let database = try SQLiteDatabase(path: aside)
        #expect(try await database.read { try $0.first("SELECT count(*) FROM customer", [], [.integer]) } == [.int(2)])
        await database.close()
        #expect(try await target.run("doctor").status == 0)
    }

    @Test func `what is no whole company is not restored`() async throws {
        let company = try await Company()
        let target = company.path("new")
        let text = try company.file("text", String(repeating: "not a database ", count: 1000))
        let foreign = company.path("foreign")
        let database = try SQLiteDatabase(path: foreign)
        try await database.write { _ = try $0.execute("CREATE TABLE customer (name TEXT)") }
        await database.close()
        #expect(try await company.run("backup", company.path("whole")).status == 0)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: company.path("whole")))
        bytes.removeLast(bytes.count / 3)
        try bytes.write(to: URL(fileURLWithPath: company.path("cut")))
        for (file, words) in [
            (text, "is not a database"), (foreign, "not one of Cauldron"), (company.path("cut"), "damaged"),
            (company.path("absent"), "There is no file"),
        ] {
            let ran = try await Binary.run(["restore", file, "--data", target])
            #expect(ran.status == 1 || ran.status == 3)
            #expect(ran.errors.contains(words), "\(file): \(ran.errors)")
            #expect(!FileManager.default.fileExists(atPath: target + "/tenant.db"))
        }
    }

    @Test func `a backup holds the attached files, and says which are missing`() async throws {
        let company = try await Company()
        let server = try await Served(company.directory)
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let content = String(repeating: "0123456789abcdef", count: 100_000)
        let sent = company.path("plan.txt")
        try Data(content.utf8).write(to: URL(fileURLWithPath: sent))
        let token = "token \(keys["api_key"]?.string ?? ""):\(keys["api_secret"]?.string ?? "")"
        for (name, form) in [("plan.txt", "@\(sent)"), ("empty.txt", "@/dev/null")] {
            let upload = try await Binary.run(
                program: "/usr/bin/curl",
                [
                    "-sf", "-H", "Authorization: \(token)", "-F", "is_private=1", "-F", "doctype=Customer",
                    "-F", "docname=Alfreds", "-F", "file=\(form);filename=\(name)",
                    server.url + "/api/method/upload_file",
                ])
            #expect(upload.status == 0, "\(upload.output)")
        }
        try await server.stop()
        let file = company.path("with-files")
        let ran = try await company.run("backup", file, "--json")
        #expect(ran.status == 0, "\(ran.errors)")
        let count = try ran.json["files"]?.int ?? 0
        #expect(try count >= 1 && ran.json["missing"] == [])
        let target = company.path("restored")
        let restored = try await Binary.run(["restore", file, "--data", target, "--json"])
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try restored.json["files"]?.int == count)
        let again = try await Served(target)
        let read = try await Binary.run(
            program: "/usr/bin/curl",
            ["-sf", "-H", "Authorization: \(token)", again.url + "/private/files/plan.txt"])
        #expect(read.output == content)
        try await again.stop()
        #expect(try await Binary.run(["doctor", "--data", target]).status == 0)
        try FileManager.default.removeItem(atPath: target + "/files")
        let doctor = try await Binary.run(["doctor", "--data", target])
        #expect(doctor.status == 1 && doctor.output.contains("attached files"))
        let poor = try await Binary.run(["backup", company.path("poor"), "--data", target, "--json"])
        #expect(try poor.json["missing"]?.array?.count == Int(count))
    }
}
