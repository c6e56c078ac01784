import Foundation
import Testing
import Values

@Suite struct ServeTests {
    @Test func `a directory is served by one server at a time, and ends on a signal`() async throws {
        let company = try await Company()
        for signal in [SIGTERM, SIGINT] {
            let server = try await Served(company.directory)
            let second = try await company.run("serve", "--port", "0", "--json")
            #expect(second.status == 3)
            #expect(try second.errorJSON["error"]?["message"]?.string?.contains("is in use by process") == true)
            #expect(server.runs)
            let ran = try await server.stop(signal)
            #expect(ran.status == 0, "\(ran.errors)")
        }
    }

    @Test func `a server that was killed does not keep its directory`() async throws {
        let company = try await Company()
        try await Served(company.directory).stop(SIGKILL)
        let next = try await Served(company.directory)
        #expect(try await next.stop().status == 0)
    }

    @Test func `a port that is taken is told`() async throws {
        let (one, two) = (try await Company(), try await Company())
        let server = try await Served(one.directory)
        let port = server.url.split(separator: ":").last.map(String.init) ?? ""
        let ran = try await two.run("serve", "--port", port)
        #expect(ran.status == 3)
        #expect(ran.errors.contains("Cannot listen at 127.0.0.1 port \(port)"), "\(ran.errors)")
        try await server.stop()
    }

    private static let commands: [[String]] = [
        ["import", "Customer", "/dev/null"], ["export", "Customer"], ["user", "list"], ["doctor"],
        ["backup", "/tmp/never-written"],
    ]

    @Test(arguments: commands)
    func `where there is no company that is said, and none is made`(arguments: [String]) async throws {
        let directory = NSTemporaryDirectory() + "cauldron-none-\(UUID().uuidString)"
        let ran = try await Binary.run(arguments + ["--data", directory])
        #expect(ran.status == 3)
        #expect(ran.errors.contains("There is no company in \(directory)"), "\(ran.errors)")
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test(arguments: [
        [], ["demo"], ["serve"], ["import"], ["export"], ["user"], ["user", "add"], ["user", "password"],
        ["user", "roles"], ["user", "keys"], ["user", "disable"], ["user", "list"], ["backup"], ["restore"], ["doctor"],
        ["bench"], ["openapi"],
    ])
    func `each command has help with an example`(command: [String]) async throws {
        let ran = try await Binary.run(command + ["--help"])
        #expect(ran.status == 0)
        #expect(ran.output.contains("OVERVIEW: "))
        #expect(command.isEmpty || ran.output.contains("Example: cauldron"), "\(ran.output)")
    }

    @Test(arguments: [["fly"], ["serve", "--port", "99999"], ["import", "Customer"], ["doctor", "--colour"]])
    func `wrong usage has a code of its own`(arguments: [String]) async throws {
        let ran = try await Binary.run(arguments)
        #expect(ran.status == 64)
        #expect(ran.errors.contains("Usage: cauldron"), "\(ran.errors)")
    }

    @Test func `the API's description is OpenAPI 3.1 and needs no company`() async throws {
        let json = try await Binary.run(["openapi"]).json
        #expect(json["openapi"] == "3.1.0")
        #expect(json["paths"]?["/api/resource/Sales%20Invoice/{name}"] != nil)
    }
}
