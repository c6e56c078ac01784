import Foundation
import PostgresStorage
import Tenancy
import TestSupport
import Testing
import Values

/// A served company whose PostgreSQL server goes away under it.
@Suite struct DatabaseAwayTests {
    @Test(.timeLimit(.minutes(3)))
    func `healthz says when PostgreSQL cannot be reached, and ok when it is back`() async throws {
        let company = try await Company()
        let cluster = try PostgresCluster(isDurable: true)
        let schema = cluster.newSchema()
        _ = try await TenantMove(
            from: .directory(company.directory), to: .postgres(schema), data: company.path("data")
        ).run(modules: Company.modules)
        let server = try await Served(company.path("data"), database: schema)
        func health() async throws -> (status: Int, body: String) { try await server.curl(.null, "/healthz") }
        #expect(try await health().status == 200)
        try cluster.stop()
        // Nobody asks for anything else: a look is taken now and then.
        var found = try await health()
        let deadline = ContinuousClock.now + .seconds(60)
        while found.status == 200, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(500))
            found = try await health()
        }
        #expect(found.status == 503 && found.body.contains("cannot be reached"), "\(found)")
        try cluster.start()
        while found.status != 200, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(500))
            found = try await health()
        }
        #expect(found.status == 200, "\(found)")
        let lines = server.log.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("not well") && lines[1].contains("well again"), "\(lines)")
        try await server.stop()
    }

    @Test(.timeLimit(.minutes(3)))
    func `clients of a server whose PostgreSQL is restarted and cut off lose nothing`() async throws {
        let company = try await Company()
        let cluster = try PostgresCluster(isDurable: true)
        let schema = cluster.newSchema()
        _ = try await TenantMove(
            from: .directory(company.directory), to: .postgres(schema), data: company.path("data")
        ).run(modules: Company.modules)
        let place = ["--data", company.path("data"), "--database", schema]
        let keys = try await Binary.run(["user", "keys", "Administrator", "--json"] + place).json
        let server = try await Served(company.path("data"), database: schema)
        let load = try Load(
            server.url, keys, company.path("acks"), seconds: 120, seed: 1, clients: 8, isPatient: true)
        try await wait(20) { load.acknowledged.count > 10 }
        for round in 0..<3 {
            try cluster.restart(immediate: round != 1)
            // The clients go on between the troubles.
            try await Task.sleep(for: .milliseconds(700))
            try cluster.administer(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'cauldron writer%'")
            try await Task.sleep(for: .milliseconds(300))
        }
        let before = load.acknowledged.count
        let goesOn = try await wait(30) { load.acknowledged.count > before + 10 }
        #expect(goesOn, "the service resumes by itself")
        try await load.stop()
        let acknowledged = load.acknowledged
        #expect(server.runs)
        try await server.stop()
        try await Load.expect(acknowledged, at: .postgres(schema))
        let doctor = try await Binary.run(["doctor", "--json"] + place)
        #expect(doctor.status == 0, "\(doctor.output)")
    }
}
