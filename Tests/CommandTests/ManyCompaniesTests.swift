import Foundation
import Synchronization
import Testing
import Values

/// Many companies in one server, all asked at the same time, one of them by many.
///
/// Set `CAULDRON_LONG=1` for 200 of them; `make test` has fewer.
@Suite(.serialized) struct ManyCompaniesTests {
    private static let isLong = ProcessInfo.processInfo.environment["CAULDRON_LONG"] != nil
    private static let count = isLong ? 200 : 20
    /// How often each company is asked by each of its clients.
    private static let rounds = isLong ? 10 : 4

    /// What is known of a process from outside.
    private struct Use {
        let megabytes: Int
        let threads: Int
        let files: Int

        init(_ process: pid_t) throws {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
            megabytes = (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
            threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").count
            files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
        }
    }

    /// A company with a customer that bears its own name, made like another: with its key, too.
    private static func copy(_ other: String, as name: String, in folder: String) throws {
        try FileManager.default.copyItem(atPath: "\(folder)/\(other)", toPath: "\(folder)/\(name)")
        let record = try String(contentsOfFile: "\(folder)/\(other).json", encoding: .utf8)
        try record.replacing("\"\(other)\"", with: "\"\(name)\"")
            .write(toFile: "\(folder)/\(name).json", atomically: true, encoding: .utf8)
    }

    @Test func `all answer at once, each with its own, in bounded memory, threads and files`() async throws {
        let company = try await Company()
        let made = try await company.run("tenant", "create", "t0", "--json")
        #expect(made.status == 0, "\(made.errors)")
        let keys = try await company.run("user", "keys", "Administrator", "--tenant", "t0", "--json").json
        for number in 1..<Self.count { try Self.copy("t0", as: "t\(number)", in: company.path("tenants")) }
        let server = try await Served(company.directory)
        let port = try #require(UInt16(server.url.split(separator: ":").last ?? ""))
        let token = "token \(keys["api_key"]?.string ?? ""):\(keys["api_secret"]?.string ?? "")"
        let before = try Use(server.id)

        // Eight clients of the first company, one of each other; each writes and reads what it wrote.
        let failures = Failures()
        let clients = Array(repeating: 0, count: 8) + Array(1..<Self.count)
        await withTaskGroup(of: Void.self) { group in
            for (client, number) in clients.enumerated() {
                group.addTask {
                    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                        Thread.detachNewThread {
                            do {
                                try Self.work(as: client, at: number, port, token)
                            } catch {
                                failures.note("t\(number): \(error)")
                            }
                            continuation.resume()
                        }
                    }
                }
            }
        }
        #expect(failures.all == [])
        let after = try Use(server.id)
        // Neither threads nor files grow with the companies beyond what is shared by all.
        #expect(after.threads <= 16 + 24 + 24, "\(after), before \(before)")
        #expect(after.files <= 2 * 256 + 4 * Self.count + 200, "\(after), before \(before)")
        #expect(after.megabytes < (Self.isLong ? 400 : 250), "\(after), before \(before)")
        // Nobody's name is anybody else's.
        let connection = KeptConnection(port: port)
        for number in 1..<Self.count {
            let answer = try connection.ask(
                Self.request("GET", "/api/resource/Customer?fields=%5B%22name%22%5D&limit_page_length=0", number, token)
            )
            let names = try JSON.parse(answer.body)["data"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(names.count == Self.rounds && names.allSatisfy { $0.hasPrefix("of t\(number) ") }, "\(names)")
        }
        try await server.stop()
    }

    private static func request(
        _ method: String, _ path: String, _ number: Int, _ token: String, _ body: String = ""
    ) -> [UInt8] {
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nX-Frappe-Site-Name: t\(number)\r\nAuthorization: \(token)\r\n"
        let length = body.isEmpty ? "" : "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
        return Array("\(head)\(length)\r\n\(body)".utf8)
    }

    /// What went wrong for any client.
    private final class Failures: Sendable {
        private let words = Mutex<[String]>([])
        var all: [String] { words.withLock { $0 } }
        func note(_ word: String) { words.withLock { $0.append(word) } }
    }

    struct Unexpected: Error { let text: String }

    private static func work(as client: Int, at number: Int, _ port: UInt16, _ token: String) throws {
        let connection = KeptConnection(port: port)
        for round in 0..<rounds {
            let name = "of t\(number) \(client) \(round)"
            let written = try connection.ask(
                request("POST", "/api/resource/Customer", number, token, #"{"customer_name": "\#(name)"}"#))
            guard written.status == 200 else { throw Unexpected(text: written.text) }
            let path = "/api/resource/Customer/" + name.replacing(" ", with: "%20")
            let read = try connection.ask(request("GET", path, number, token))
            guard read.status == 200, read.text.contains(name) else { throw Unexpected(text: read.text) }
        }
    }

    @Test func `companies come and go while their server runs`() async throws {
        let company = try await Company()
        let server = try await Served(company.directory)
        let (host, other) = ("acme.example", "beta.example")
        func ping(_ host: String) async throws -> String {
            try await Binary.run(
                program: "/usr/bin/curl", ["-s", "-H", "X-Frappe-Site-Name: \(host)", server.url + "/api/method/ping"]
            ).output
        }
        for (name, host) in [("acme", host), ("beta", other)] {
            let made = try await company.run(
                "tenant", "create", name, "--host", host, "--password", "--json", input: "a long password\n")
            #expect(try made.json["hosts"] == [.string(host)] && made.status == 0)
        }
        #expect(try await ping(host) == #"{"message":"pong"}"#)
        let listed = try await company.run("tenant", "list", "--json").json
        #expect(listed.array?.compactMap { $0["name"]?.string } == ["acme", "beta"])
        let entered = try await Binary.run(
            program: "/usr/bin/curl",
            [
                "-s", "-H", "Host: acme.example", "-d", "usr=Administrator&pwd=a long password",
                server.url + "/api/method/login",
            ])
        #expect(entered.output.contains("Logged In"))
        #expect(try await company.run("tenant", "suspend", "acme").status == 0)
        #expect(
            try await wait(20) {
                try String(contentsOfFile: company.path("tenants/acme.json"), encoding: .utf8).contains("suspended")
            })
        var suspended = ""
        for _ in 0..<200 where !suspended.contains("tenant_suspended") {
            suspended = try await ping("acme")
            // The server looks each second; what is waited for is its answer.
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(suspended.contains("tenant_suspended"))
        #expect(try await ping("beta") == #"{"message":"pong"}"#)
        #expect(try await company.run("tenant", "resume", "acme").status == 0)

        // Nobody confirms it.
        let asked = try await company.run("tenant", "delete", "acme", "--json")
        #expect(try asked.status == 1 && asked.errorJSON["error"]?["code"] == "not_confirmed")
        let deleted = try await company.run("tenant", "delete", "acme", "--yes", "--json")
        let backup = try #require(try deleted.json["backup"]?.string, "\(deleted.errors)")
        #expect(!FileManager.default.fileExists(atPath: company.path("tenants/acme")))
        #expect(try await ping("acme").contains("tenant_not_found"))
        #expect(try await ping("beta") == #"{"message":"pong"}"#)
        // What was removed can be brought back as a company of its own.
        let back = try await company.run("tenant", "create", "again", "--backup", backup, "--host", host)
        #expect(back.status == 0, "\(back.errors)")
        let enteredAgain = try await Binary.run(
            program: "/usr/bin/curl",
            [
                "-s", "-H", "X-Frappe-Site-Name: again", "-d", "usr=Administrator&pwd=a long password",
                server.url + "/api/method/login",
            ])
        #expect(enteredAgain.output.contains("Logged In"), "\(enteredAgain.output)")
        let broken = try await company.run("tenant", "create", "broken", "--backup", company.path("tenant.db"))
        #expect(broken.status != 0 && !FileManager.default.fileExists(atPath: company.path("tenants/broken")))
        #expect(try await company.run("tenant", "delete", "again", "--yes", "--no-backup").status == 0)
        #expect(try await company.run("tenant", "delete", "beta", "--yes", "--no-backup").status == 0)
        #expect(try await company.run("tenant", "list", "--json").json == [])
        try await server.stop()
    }
}
