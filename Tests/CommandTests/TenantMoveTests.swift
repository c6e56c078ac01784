import Documents
import Foundation
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import cauldron

/// A company in PostgreSQL, moved there and back by the command.
@Suite struct TenantMoveTests {
    private func newSchema() throws -> String { try PostgresCluster.shared.get().newSchema() }

    @Test func `a company moved to PostgreSQL and back is equal, and its exports are`() async throws {
        let company = try await Company()
        let (schema, back) = (try newSchema(), company.path("back"))
        let there = try await Binary.run(
            ["tenant", "move", "--from", company.directory, "--to", schema, "--data", company.path("files"), "--json"])
        #expect(there.status == 0, "\(there.errors)")
        let again = try await Binary.run(
            ["tenant", "move", "--from", schema, "--to", back, "--data", company.path("files"), "--json"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(try there.json["digest"] == again.json["digest"] && there.json["tables"] == again.json["tables"])
        #expect(try (there.json["rows"]?.int ?? 0) > 100 && there.json["equal"] == true)
        for doctype in ["Customer", "Item", "Stock Entry", "Account"] {
            let places = [
                ["--data", company.directory], ["--data", company.path("files"), "--database", schema],
                ["--data", back],
            ]
            var exports: [String] = []
            for place in places { exports.append(try await Binary.run(["export", doctype] + place).output) }
            #expect(exports[0].count > 100 && exports[0] == exports[1] && exports[0] == exports[2], "\(doctype)")
        }
    }

    @Test func `commands work on a company in PostgreSQL as on one in a directory`() async throws {
        let company = try await Company()
        let place = ["--data", company.path("files"), "--database", try newSchema()]
        #expect(try await Binary.run(["user", "list"] + place).status == 3)
        let move = ["tenant", "move", "--from", company.directory, "--to", place[3], "--data", place[1]]
        #expect(try await Binary.run(move).status == 0)
        #expect(try await Binary.run(move).status == 1)
        let doctor = try await Binary.run(["doctor", "--json"] + place)
        #expect(doctor.status == 0, "\(doctor.output)")
        let file = company.path("monday.cauldron")
        #expect(try await Binary.run(["backup", file] + place).status == 0)
        let other = ["--data", company.path("other"), "--database", try newSchema()]
        let restored = try await Binary.run(["restore", file] + other)
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try await Binary.run(["restore", file] + other).status == 1)
        let lists = try await [place, other].asyncMap { try await Binary.run(["user", "list", "--json"] + $0).json }
        #expect(lists[0] == lists[1] && lists[0].array?.isEmpty == false)
    }

    @Test func `an address of another kind is refused`() async throws {
        let company = try await Company()
        #expect(try await company.run("user", "list", "--database", "mysql://host/db").status == 64)
        let move = try await Binary.run(["tenant", "move", "--from", company.directory, "--to", "mysql://host/db"])
        #expect(move.status == 1)
    }

    @Test func `the demo made on PostgreSQL is the demo made in a directory`() async throws {
        let data = NSTemporaryDirectory() + "cauldron-demo-\(UUID().uuidString)"
        defer { removeDirectory(data) }
        let schema = try newSchema()
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try await DemoMaker(directory: data, database: schema).make()
        let (one, two) = (try await SharedDemo.contents(), try await contents(.postgres(schema)))
        #expect(one.count == two.count && one.count > 50)
        // Each demo has its own random way to sign in, of which the end of its logs tells, and its own secret.
        let own = ["_credential", "_api_key", "_session", "_activity", "_secret", "_event", "_audit"]
        for (one, two) in zip(one, two) where !own.contains(one.table) { #expect(one == two) }
        let logs = try await SharedDemo.logs()
        let database = try await TenantAddress.postgres(schema).openDatabase(limits: TenantFile.patient)
        let isSame = try await SharedDemo.logs(of: database) == logs
        await database.close()
        #expect(isSame && logs.count > 20_000)
        // Moved to a directory and to a server again it is the same, and so are its exports.
        let (directory, schemaAgain) = (data + "/moved", try newSchema())
        let places: [TenantAddress] = [.postgres(schema), .directory(directory), .postgres(schemaAgain)]
        for (from, to) in zip(places, places.dropFirst()) {
            let moved = try await TenantMove(from: from, to: to, data: data).run(modules: allModules)
            #expect(moved.tables == two)
        }
        let shared = TenantAddress.directory(try await SharedDemo.directory())
        for doctype in [
            "Customer", "Supplier", "Item", "Address", "Contact", "Account", "Sales Order", "Payment Entry",
        ] {
            var exports: [String] = []
            for place in [shared] + places { exports.append(try await export(doctype, from: place, data)) }
            #expect(exports[0].count > 1_000 && exports.allSatisfy { $0 == exports[0] }, "\(doctype)")
        }
    }

    /// All documents of a DocType as CSV.
    private func export(_ doctype: String, from place: TenantAddress, _ data: String) async throws -> String {
        let tenant = try await Tenant.open(at: place, data: data, modules: allModules, name: DemoCompany.name)
        let text = try await tenant.read(as: .administrator) { session in
            var bytes: [UInt8] = []
            _ = try Export(doctype).run(in: session) { bytes += $0 }
            return String(decoding: bytes, as: UTF8.self)
        }
        await tenant.close()
        return text
    }

    private func contents(_ address: TenantAddress) async throws -> [TableProof] {
        let database = try await address.openDatabase(limits: TenantFile.patient)
        let tables = try await TenantCopy.tables(of: database, modules: allModules)
        let proofs = try await TenantCopy.prove(database, tables: tables)
        await database.close()
        return proofs
    }
}

extension Sequence {
    /// The results of `body` for each element, one after the other.
    fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
