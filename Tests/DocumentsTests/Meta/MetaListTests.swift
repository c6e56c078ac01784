import Documents
import Lists
import TestSupport
import Testing
import Values

/// DocTypes and their rows in lists.
@Suite(.bothEngines) struct MetaListTests {
    @Test func `lists of DocTypes hold real values`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        let rows = try await laboratory.read { session in
            try session.list(
                ListQuery(
                    "DocType", fields: ["name", "istable", "issingle", "is_submittable", "custom"],
                    filters: [["name", "in", ["Part", "Job Part", "Job", "Laboratory Settings", "Instrument Part"]]],
                    orderBy: "name asc", limit: 0)
            ).rows.map { row in row.map(\.description).joined(separator: " ") }
        }
        #expect(
            rows == [
                "Instrument Part 1 0 0 1", "Job 0 0 1 0", "Job Part 1 0 0 0", "Laboratory Settings 0 1 0 1",
                "Part 0 0 0 0",
            ])
        let tables = try await laboratory.read { session in
            try session.list(ListQuery("DocType", filters: ["istable": 1, "custom": 0], limit: 0)).rows.count
        }
        #expect(tables > 5)
    }

    @Test func `rows of shipped and own DocTypes are listed by their parent`() async throws {
        let laboratory = try await MetaLaboratory.filled()
        func fields(_ parent: String, _ fields: [JSON], _ filters: [JSON] = []) async throws -> [[String]] {
            var query = ListQuery(
                "DocField", fields: fields, filters: .array([["parent", "=", .string(parent)]] + filters),
                orderBy: "idx asc", limit: 0)
            query.parent = "DocType"
            return try await laboratory.read { [query] in try $0.list(query).rows.map { $0.map(\.description) } }
        }
        let shipped = try await fields("Part", ["fieldname", "fieldtype", "reqd", "parenttype", "parentfield", "idx"])
        #expect(shipped.first == ["code", "Data", "1", "DocType", "fields", "1"])
        let own = try await fields("Instrument", ["fieldname"])
        let declared = try await laboratory.read { try $0.get("DocType", "Instrument").table("fields").count }
        #expect(own.count == declared && declared > 3)
        let required = try await fields("Part", ["fieldname"], [["reqd", "=", 1]])
        #expect(!required.isEmpty && required.count < shipped.count)
        var roles = ListQuery(
            "DocPerm", fields: ["role", "read", "permlevel"], filters: ["parent": "Part"], orderBy: "idx asc", limit: 0)
        roles.parent = "DocType"
        let permissions = try await laboratory.read { [roles] in try $0.list(roles).rows.map { $0.map(\.description) } }
        #expect(permissions.first?.dropFirst() == ["1", "0"])
    }
}
