import Foundation
import Tenancy
import TestSupport
import Testing
import Values

/// Several servers of one company, which need one store of files.
@Suite struct SharedFilesTests {
    /// Puts the audit key of a company into another folder, too.
    private static func give(the folder: String, to other: String) throws {
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: folder + "/audit.key", toPath: other + "/audit.key")
    }

    @Test func `two servers of a company share its files, or the second says that it cannot`() async throws {
        let company = try await Company()
        let (first, second) = (company.path("first"), company.path("second"))
        let schema = try PostgresCluster.shared.get().newSchema()
        let move = ["tenant", "move", "--from", company.directory, "--to", schema, "--data", first]
        #expect(try await Binary.run(move).status == 0)
        let keys = try await Binary.run(
            ["user", "keys", "Administrator", "--json", "--data", first, "--database", schema]
        ).json
        let server = try await Served(first, database: schema)
        let sent = try company.file("plan.txt", "the plan")
        let upload = { (server: Served, name: String) in
            try await server.curl(keys, "/api/method/upload_file", "-F", "file=@\(sent);filename=\(name)")
        }
        #expect(try await upload(server, "one.txt").status == 200)

        // A folder of its own would lack what the other has; the key of the audit log belongs to the company.
        try Self.give(the: first, to: second)
        let refused = try await Binary.run(
            ["serve", "--data", second, "--database", schema, "--port", "0"], seconds: 60)
        #expect(refused.status == 3)
        #expect(refused.errors.contains("are kept in another folder than \(second)/files"), "\(refused.errors)")
        #expect(refused.errors.contains("mount that folder"))

        try FileManager.default.removeItem(atPath: second + "/files")
        try FileManager.default.createSymbolicLink(atPath: second + "/files", withDestinationPath: first + "/files")
        let other = try await Served(second, database: schema)
        #expect(try await upload(other, "two.txt").status == 200)
        for (server, name) in [(server, "two.txt"), (other, "one.txt")] {
            let read = try await server.curl(keys, "/private/files/\(name)")
            #expect(read.status == 200 && read.body == "the plan")
        }
        try await other.stop()
        try await server.stop()
    }

    @Test func `a store that lacks files of the company is not taken for its own, unless told`() async throws {
        let company = try await Company()
        let keys = try await company.run("user", "keys", "Administrator", "--json").json
        let server = try await Served(company.directory)
        let sent = try company.file("plan.txt", "the plan")
        #expect(try await server.curl(keys, "/api/method/upload_file", "-F", "file=@\(sent)").status == 200)
        try await server.stop()
        let (data, empty) = (company.path("data"), company.path("empty"))
        let schema = try PostgresCluster.shared.get().newSchema()
        let move = ["tenant", "move", "--from", company.directory, "--to", schema, "--data", data]
        #expect(try await Binary.run(move).status == 0)
        let serve = ["serve", "--database", schema, "--port", "0", "--data"]
        try Self.give(the: data, to: empty)
        let refused = try await Binary.run(serve + [empty], seconds: 60)
        #expect(refused.status == 3 && refused.errors.contains("1 of the 1 files of this company are not in"))
        let right = try await Served(data, database: schema)
        #expect(try await right.curl(keys, "/private/files/plan.txt").status == 200)
        try await right.stop()
        let adopted = try await Served(empty, database: schema, options: ["--adopt-files"])
        try await adopted.stop()
        #expect(try await Binary.run(serve + [data], seconds: 60).status == 3)
    }
}
