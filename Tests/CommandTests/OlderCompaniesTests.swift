import Documents
import Foundation
import Storage
import Tenancy
import TestSupport
import Testing
import Values

/// Companies that earlier versions made, as `scripts/make-old-company` backed them up.
@Suite struct OlderCompaniesTests {
    private static let folder = Repository.path("Tests/Fixtures/companies")
    private static let companies = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []

    @Test func `some are kept`() { #expect(!Self.companies.isEmpty) }

    @Test(arguments: companies, TestEngine.allCases)
    func `a company of an earlier version opens and loses nothing`(name: String, engine: TestEngine) async throws {
        let place = NSTemporaryDirectory() + "cauldron-older-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let (backup, data) = (place + "/backup", place + "/company")
        let unpacked = try await Binary.run(
            program: "/bin/sh", ["-c", "gzip -dc '\(Self.folder)/\(name)' > '\(backup)'"])
        #expect(unpacked.status == 0)
        var options = ["--data", data]
        var address = TenantAddress.directory(data)
        if engine == .postgres {
            let schema = try PostgresCluster.shared.get().newSchema()
            options += ["--database", schema]
            address = .postgres(schema)
        }
        let restored = try await Binary.run(["restore", backup] + options)
        #expect(restored.status == 0, "\(restored.errors)")

        let tenant = try await Tenant.open(at: address, data: data, modules: Company.modules, name: "Kessel")
        try await tenant.write(as: .administrator) { session in
            try session.insert(session.document("Customer", from: ["customer_name": "Of today"]))
        }
        await tenant.close()
        let original = try SQLiteDatabase(path: backup)
        let tables = try await Self.tables(of: original)
        #expect(tables.count > 50)
        let before = try await Self.documents(of: original, tables)
        await original.close()
        let database = try await address.openDatabase(limits: TenantFile.patient)
        let after = try await Self.documents(of: database, tables)
        await database.close()
        #expect(before.values.reduce(0) { $0 + $1.count } > 150)
        for (table, documents) in before {
            #expect(after[table]?.isSuperset(of: documents) == true, "\(table)")
            // A new version may bring roles of its own; the first had no user Guest.
            guard table != "role" else { continue }
            let isAdded = table == "customer" || table == "user" && !documents.contains { $0.contains("Guest") }
            #expect(after[table]?.count == documents.count + (isAdded ? 1 : 0), "\(table)")
        }
        let doctor = try await Binary.run(["doctor"] + options)
        #expect(doctor.status == 0, "\(doctor.output)")
        #expect(doctor.output.contains("attached files (3)"))
    }

    /// The tables that hold documents or their rows.
    private static func tables(of database: SQLiteDatabase) async throws -> [String] {
        try await database.read { transaction in
            try transaction.query(
                """
                SELECT t.name FROM sqlite_schema t WHERE t.type = 'table'
                AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'docstatus') ORDER BY t.name
                """, [], [.text]
            ).compactMap { $0[0].text }
        }
    }

    /// The names of all documents with their status, by table.
    private static func documents(
        of database: any Database, _ tables: [String]
    ) async throws -> [String: Set<String>] {
        try await database.read { transaction in
            try Dictionary(
                uniqueKeysWithValues: tables.map { table in
                    let rows = try transaction.query(
                        "SELECT name, docstatus FROM \(quoted(table))", [], [.text, .integer])
                    return (table, Set(rows.map { "\($0[0]) \($0[1])" }))
                })
        }
    }
}
