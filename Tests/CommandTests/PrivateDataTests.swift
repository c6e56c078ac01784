import Foundation
import Testing
import Values

/// Who else may read what a company is made of.
@Suite struct PrivateDataTests {
    /// Runs a program that takes nothing from what it makes.
    private static let loose = ["/bin/sh", "-c", "umask 0; exec \"$0\" \"$@\""]

    /// The files and folders below a path, and itself, that others than the owner may reach.
    private func open(_ path: String) throws -> [String] {
        let below = FileManager.default.enumerator(atPath: path)?.compactMap { "\(path)/\($0)" } ?? []
        return try ([path] + below).filter { path in
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            return (mode ?? 0) & 0o077 != 0
        }
    }

    private func change(_ path: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func run(_ arguments: [String]) async throws -> Ran {
        try await Binary.run(program: Self.loose[0], Array(Self.loose.dropFirst()) + [Binary.path] + arguments)
    }

    @Test func `all that the command makes is its owner's alone, whatever the umask and the directory that was there`()
        async throws
    {
        let company = try await Company()
        let home = company.directory + "-private"
        defer { try? FileManager.default.removeItem(atPath: home) }
        let data = home + "/data"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: company.directory, toPath: data)
        try FileManager.default.createDirectory(atPath: data + "/files/ab", withIntermediateDirectories: true)
        for (path, mode) in [("", 0o777), ("/tenant.db", 0o666), ("/files", 0o755), ("/files/ab", 0o755)] {
            try change(data + path, mode)
        }
        let doctor = try await run(["doctor", "--data", data])
        #expect(doctor.status == 1 && doctor.output.contains("rights of files") && doctor.output.contains("tenant.db"))

        let server = try await Served(data, through: Self.loose)
        let keys = try await run(["user", "keys", "Administrator", "--json", "--data", data]).json
        let sent = try company.file("plan.txt", "a plan")
        let answer = try await server.curl(keys, "/api/method/upload_file", "-F", "file=@\(sent)")
        #expect(answer.status == 200, "\(answer.body)")
        #expect(try open(data) == [], "while it is served")
        try await server.stop()
        let made = home + "/made"
        try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: true)
        try change(made, 0o700)
        for arguments in [
            ["backup", made + "/backup", "--data", data],
            ["export", "User", "--output", made + "/users.csv", "--data", data],
            ["restore", made + "/backup", "--data", made + "/deep/restored"],
            ["tenant", "move", "--from", data, "--to", made + "/moved"],
            ["import", "Customer", try company.file("c.csv", "customer_name\nNew\n"), "--data", made + "/moved"],
        ] {
            let ran = try await run(arguments)
            #expect(ran.status == 0, "\(arguments): \(ran.errors)")
        }
        #expect(try open(made) == [])
        #expect(try open(data) == [])
        #expect(try await run(["doctor", "--data", data]).status == 0)
    }

    @Test func `a directory that holds other things stays open, and what is the company's in it does not`() async throws
    {
        let company = try await Company()
        _ = try company.file("readme", "of somebody else")
        try change(company.directory, 0o755)
        try change(company.path("readme"), 0o644)
        try change(company.path("tenant.db"), 0o644)
        let server = try await Served(company.directory)
        try await server.stop()
        #expect(try open(company.directory) == [company.directory, company.path("readme")])
        #expect(try await company.run("doctor").status == 0)
    }
}
