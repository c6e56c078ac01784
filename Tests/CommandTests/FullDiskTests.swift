import Foundation
import Testing
import Values

/// A company whose disk fills up while it is served.
@Suite(.enabled(if: Mounted.isPossible)) struct FullDiskTests {
    @Test(.timeLimit(.minutes(3)))
    func `a full disk is told to clients, once to the log, and by healthz, and all goes on when there is space`()
        async throws
    {
        let company = try await Company()
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let script = """
            mount -t tmpfs -o size=24m none /mnt && cp -a "$1"/. /mnt && shift && exec "$@"
            """
        let server = try await Served(
            "/mnt", through: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh", company.directory])
        let disk = "/proc/\(server.id)/root/mnt"
        let insert = { (first: Int, last: Int) -> [Int] in
            // Every request is sent, whatever came of the one before.
            let ran = try await server.curl(
                keys, "/api/resource/ToDo?n=[\(first)-\(last)]", "-o", "/dev/null", "-H",
                "Content-Type: application/json", "-d", #"{"description": "\#(String(repeating: "x", count: 9_000))"}"#)
            return (ran.body.split(separator: "\n").compactMap { Int($0) } + [ran.status])
        }
        let made = try await insert(1, 5)
        #expect(made.count == 5 && made.allSatisfy { $0 == 200 })
        #expect(try await server.curl(keys, "/healthz").status == 200)
        let before = server.log

        let filler = disk + "/filler"
        #expect(FileManager.default.createFile(atPath: filler, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: filler))
        for size in [1 << 20, 4_096] {
            while (try? handle.write(contentsOf: Data(count: size))) != nil {}
        }
        let refused = try await insert(6, 605)
        #expect(refused.count == 600 && refused.suffix(500).allSatisfy { [503, 507].contains($0) }, "\(Set(refused))")
        let kept = refused.count { $0 == 200 }
        let health = try await server.curl(keys, "/healthz")
        #expect(health.status == 503 && health.body.contains("is full"), "\(health)")
        // A file is refused likewise, and nothing of it stays.
        let sent = try company.file("plan.bin", String(repeating: "a plan ", count: 400_000))
        let upload = try await server.curl(keys, "/api/method/upload_file", "-F", "file=@\(sent)")
        #expect(upload.status == 507, "\(upload.body)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk + "/files/incoming").isEmpty)
        // What is there can be read.
        #expect(try await server.curl(keys, "/api/resource/Customer/Alfreds").status == 200)
        let said = server.log.dropFirst(before.count).split(separator: "\n")
        #expect((1...3).contains(said.count) && said.allSatisfy { $0.contains("full") }, "\(said.prefix(5))")

        try handle.close()
        try FileManager.default.removeItem(atPath: filler)
        var isWell = false
        for _ in 0..<100 where !isWell {
            isWell = try await server.curl(keys, "/healthz").status == 200
            if !isWell { try await Task.sleep(for: .milliseconds(200)) }
        }
        #expect(isWell, "it recovers by itself")
        let after = try await insert(606, 610)
        #expect(after.count == 5 && after.allSatisfy { $0 == 200 })
        #expect(try await server.curl(keys, "/api/method/upload_file", "-F", "file=@\(sent)").status == 200)
        let list = try await server.curl(
            keys, "/api/method/frappe.client.get_count?doctype=ToDo")
        #expect(list.body.contains("\"message\":\(5 + kept + 5)"), "\(list.body)")
        let doctor = try await Binary.run(
            program: "/usr/bin/nsenter", ["-t", "\(server.id)", "-m", Binary.path, "doctor", "--data", "/mnt"])
        #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")
        try await server.stop()
    }
}
