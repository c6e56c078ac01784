import Documents
import Storage
import TestSupport
import Values

/// The DocType files of the fixtures, in an order in which each names only those before it or itself.
enum MetaFixtures {
    static let texts = [
        InstrumentFixture.text, CalibrationFixture.text, SettingsFixture.text, LocationFixture.text, FeedFixture.text,
        NamesFixture.text,
    ]

    /// All of them.
    static func all() throws -> [JSON] { try texts.flatMap { try JSON.parse($0).array ?? [] } }

    /// One of them.
    static func named(_ name: String) throws -> JSONObject {
        guard let object = try all().first(where: { $0["name"]?.string == name })?.object else {
            throw Problem(.notFound, "no fixture \(name)")
        }
        return object
    }
}

/// A company that makes its own DocTypes.
struct MetaLaboratory: TestCompany {
    let company: TemporaryCompany
    static let noon = Timestamp("2026-03-02 12:00:00") ?? Timestamp(microseconds: 0)

    init(_ register: (inout Registry) -> Void = { _ in }) async throws {
        company = try await TemporaryCompany(noon: Self.noon) { registry in
            registry.add(Part.self, JobPart.self, Job.self, Work.self, Shelf.self)
            register(&registry)
        }
        try await company.write { session in
            _ = try session.make("User", ["email": "Administrator", "first_name": "Administrator"])
        }
    }

    /// With the DocTypes of all fixtures.
    static func filled() async throws -> MetaLaboratory {
        let laboratory = try await MetaLaboratory()
        try await laboratory.load()
        return laboratory
    }

    /// Makes the DocTypes of all fixtures.
    func load() async throws {
        let files = try MetaFixtures.all()
        try await write { session in
            try session.changeMetadata {
                for file in files { try session.saveMetadata("DocType", file.object ?? [:]) }
            }
        }
    }

    /// Every table with its columns, as the database has them, and every row of the ones that describe DocTypes.
    func shape() async throws -> [String] {
        try await database.read { transaction in
            let names = try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text }
            let sources = [
                "doctype", "docfield", "custom_field", "property_setter", "_series", "_meta", "version", "_audit",
            ]
            let counts = try sources.map { table in
                let row = try transaction.first("SELECT count(*) FROM \"\(table)\"", [], [.integer])
                return "\(table): \(row?[0].int ?? 0)"
            }
            return names.sorted() + counts
        }
    }
}
