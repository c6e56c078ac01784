import Documents
import Storage
import TestSupport
import Values

/// A company of these DocTypes.
struct Workshop: TestCompany {
    let company: TemporaryCompany
    static let manager = Actor(user: "mia@example.com", roles: ["Manager"])
    static let noon = Timestamp("1996-07-04 12:00:00") ?? Timestamp(microseconds: 0)

    init() async throws {
        company = try await TemporaryCompany(actor: Self.manager, noon: Self.noon) { registry in
            registry.add(Part.self, JobPart.self, Job.self, Work.self, Shelf.self)
        }
    }

    /// Everything in every table, to see whether anything changed.
    func everything() async throws -> String {
        try await database.read { transaction in
            try allTables.map { table in
                let columns = table.columns.map { quoted($0.name) }.joined(separator: ",")
                let rows = try transaction.query(
                    "SELECT \(columns) FROM \(quoted(table.name)) ORDER BY 1", [], table.columns.map(\.type))
                return "\(table.name): \(rows)"
            }.joined(separator: "\n")
        }
    }

    /// Adds parts by code, each with a price.
    func stock(_ parts: [String: String] = ["bolt": "0.25", "nut": "0.1", "gear": "12"]) async throws {
        try await write { session in
            try session.insert(
                parts.sorted { $0.key < $1.key }.map { code, price in
                    try session.document(
                        "Part", from: ["code": .string(code), "title": .string("The \(code)"), "price": .string(price)])
                })
        }
    }
}
