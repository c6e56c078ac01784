import Foundation
import TestSupport
import Testing
import Values

/// Clients from PyPI that know nothing of Cauldron, against a served company.
@Suite(.bothEngines) struct ClientTests {
    private static let clients = [
        ("frappe-client", "drive_frappe_client.py"), ("frappeclient2", "drive_frappeclient2.py"),
        ("py-frappe-client", "drive_py_frappe_client.py"), ("frappe-connector", "drive_frappe_connector.py"),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: clients)
    func `an unmodified client does all its work`(client: String, script: String) async throws {
        try await run(client, script) { keys in ["Administrator", Company.password] + keys }
    }

    @Test(.timeLimit(.minutes(5))) func `an unmodified client of tus sends a large file in parts`() async throws {
        try await run("tuspy", "tus_client.py") { $0 }
    }

    /// Runs a script with the Python of a client, the address of a served company and what else it is to know: the
    /// company is whole afterwards.
    private func run(_ client: String, _ script: String, _ arguments: ([String]) -> [String]) async throws {
        let python = Repository.path(".build-venv/\(client)/bin/python")
        try #require(FileManager.default.isExecutableFile(atPath: python), "run scripts/setup test first")
        let company = try await Company()
        let place = try await Place(of: company)
        let keys = try await Binary.run(["user", "keys", "Administrator", "--json"] + place.options).json
        let server = try await Served(place.data, database: place.database)
        let pair = [keys["api_key"]?.string ?? "", keys["api_secret"]?.string ?? ""]
        let ran = try await Binary.run(
            program: python, [Repository.path("Tests/Clients/\(script)"), server.url] + arguments(pair), seconds: 240)
        #expect(ran.status == 0, "\(ran.output)\(ran.errors)")
        #expect(ran.output.hasSuffix("all steps done\n"))
        #expect(try await server.stop().status == 0)
        let doctor = try await Binary.run(["doctor"] + place.options)
        #expect(doctor.status == 0, "\(doctor.output)")
    }

    /// Where a company is: in its directory, or moved to a server of databases.
    private struct Place {
        let data: String
        let database: String?
        var options: [String] { ["--data", data] + (database.map { ["--database", $0] } ?? []) }

        init(of company: Company) async throws {
            guard TestEngine.current == .postgres else {
                (data, database) = (company.directory, nil)
                return
            }
            let schema = try PostgresCluster.shared.get().newSchema()
            (data, database) = (company.path("files"), schema)
            let moved = try await Binary.run(
                ["tenant", "move", "--from", company.directory, "--to", schema, "--data", data])
            try #require(moved.status == 0, "\(moved.errors)")
        }
    }
}
