import Foundation
import Testing
import Values

/// Clients from PyPI that know nothing of Cauldron, against a served company.
@Suite struct ClientTests {
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [("frappe-client", "frappe_client.py"), ("frappeclient2", "frappeclient2.py")])
    func `an unmodified client does all its work`(client: String, script: String) async throws {
        let python = Repository.path(".build-venv/\(client)/bin/python")
        try #require(FileManager.default.isExecutableFile(atPath: python), "run scripts/setup test first")
        let company = try await Company()
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let server = try await Served(company.directory)
        let ran = try await Binary.run(
            program: python,
            [
                Repository.path("Tests/Clients/\(script)"), server.url, "Administrator", Company.password,
                keys["api_key"]?.string ?? "", keys["api_secret"]?.string ?? "",
            ])
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        #expect(ran.output.hasSuffix("all steps done\n"))
        #expect(try await server.stop().status == 0)
        #expect(try await company.run("doctor").status == 0)
    }

    @Test(.timeLimit(.minutes(2))) func `an unmodified client of tus sends a large file in parts`() async throws {
        let python = Repository.path(".build-venv/tuspy/bin/python")
        try #require(FileManager.default.isExecutableFile(atPath: python), "run scripts/setup test first")
        let company = try await Company()
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let server = try await Served(company.directory)
        let ran = try await Binary.run(
            program: python,
            [
                Repository.path("Tests/Clients/tus_client.py"), server.url, keys["api_key"]?.string ?? "",
                keys["api_secret"]?.string ?? "",
            ])
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        #expect(ran.output.hasSuffix("all steps done\n"))
        #expect(try await server.stop().status == 0)
        #expect(try await company.run("doctor").status == 0)
    }
}
