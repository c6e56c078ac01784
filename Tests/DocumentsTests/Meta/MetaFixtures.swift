import Customization
import Documents
import Foundation
import Storage
import TestSupport
import Values

/// The DocType files of the fixtures: `Fixtures/*.json`, one DocType each as Frappe writes it.
enum MetaFixtures {
    /// The files in an order in which each names only DocTypes before it or itself.
    static let files = [
        "instrument_part", "instrument_skill", "instrument", "calibration_reading", "calibration",
        "laboratory_settings", "laboratory_location", "laboratory_feed", "laboratory_log", "laboratory_note",
        "laboratory_visit", "laboratory_visitor", "laboratory_sample", "laboratory_badge", "laboratory_paper",
    ]
    /// Where they are.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// All of them.
    static func all() throws -> [JSON] {
        try files.map { try JSON.parse(String(contentsOf: folder.appending(path: "\($0).json"), encoding: .utf8)) }
    }

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

    /// Every column of every table, as the database has them, how many rows each table holds, and the DocTypes there are.
    func shape() async throws -> [String] {
        let columns =
            TestEngine.current == .postgres
            ? """
            SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
            WHERE table_schema = current_schema()
            """
            : """
            SELECT t.name || '.' || c.name || ' ' || c.type FROM sqlite_schema t, pragma_table_info(t.name) c
            WHERE t.type = 'table'
            """
        let doctypes = registry.doctypes.map(\.name)
        return try await database.read { transaction in
            let kept = try transaction.query(columns, [], [.text]).compactMap { $0[0].text }
            let tables = try transaction.query(transaction.dialect.tableNames, [], [.text]).compactMap { $0[0].text }
            let counts = try tables.map { table in
                let row = try transaction.first("SELECT count(*) FROM \"\(table)\"", [], [.integer])
                return "\(table): \(row?[0].int ?? 0)"
            }
            return kept.sorted() + counts.sorted() + doctypes
        }
    }
}
