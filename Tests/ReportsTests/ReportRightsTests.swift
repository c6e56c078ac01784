import Documents
import Reports
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct ReportRightsTests {
    private static let report = Report(
        "Sales", module: "Core", doctype: "Role", filters: [.optional("role", .link, "Role")],
        summary: "A report whose rows name roles and users.", roles: ["Teller"]
    ) { _, _ in
        let columns = [
            ReportColumn("role", .link, options: "Role"), ReportColumn("kind", .data),
            ReportColumn("party", .dynamicLink, options: "kind"), ReportColumn("amount", .currency),
        ]
        let rows: [[Value]] = [
            [.text("North"), .text("User"), .text("ana"), .int(1)],
            [.text("South"), .text("User"), .text("ana"), .int(2)],
            [.text("North"), .text("User"), .text("bo"), .int(4)],
            [.text("North"), .text("Role"), .text("bo"), .int(8)],
            [.null, .null, .null, .int(15)],
        ]
        return ReportResult(columns: columns, rows: rows, message: "15 in all", summary: [("Total", .int(15))])
    }

    private func run(
        _ arguments: JSONObject = [:], _ permissions: [(String, String)] = [],
        roles: Set<String> = ["Teller", "System Manager"]
    ) async throws -> ReportResult {
        let company = try await TemporaryCompany(noon: Timestamp(microseconds: 0)) { _ in }
        try await company.write { session in
            for role in ["North", "South"] { try session.make("Role", ["role_name": .string(role)]) }
            for user in ["lim", "ana"] {
                try session.make("User", ["email": .string(user), "first_name": .string(user)])
            }
            for (allow, value) in permissions {
                try session.make(
                    "User Permission", ["user": "lim", "allow": .string(allow), "for_value": .string(value)])
            }
        }
        let known = try await company.read { try User.actor("lim", in: $0) }
        let actor = Actor(user: "lim", roles: roles, restrictions: known?.restrictions ?? Restrictions())
        return try await company.read(as: actor) { try Self.report.result(Arguments(arguments), in: $0) }
    }

    @Test func `who is limited to nothing sees every row and figure`() async throws {
        let result = try await run()
        #expect(result.rows.count == 5 && result.message != nil && result.summary.count == 1)
    }

    @Test func `rows that name what is not allowed go, and with them what sums them up`() async throws {
        let result = try await run([:], [("Role", "North")])
        // The row whose party is a Role named bo goes, too, and the row of totals.
        #expect(result.rows.map { $0[3] } == [.int(1), .int(4)])
        #expect(result.message == nil && result.summary.isEmpty)
    }

    @Test func `a dynamic link is limited by the DocType its row names`() async throws {
        let result = try await run([:], [("User", "ana")])
        #expect(result.rows.map { $0[3] } == [.int(1), .int(2), .int(8)])
    }

    @Test func `a filter takes no value that is not allowed`() async throws {
        let error = await problem { _ = try await run(["role": "South"], [("Role", "North")]) }
        #expect(error?.kind == .forbidden && error?.field == "role")
        #expect(await problem { _ = try await run(["role": "North"], [("Role", "North")]) } == nil)
    }

    @Test func `a report of roles is for them alone`() async throws {
        let error = await problem { _ = try await run(roles: ["System Manager"]) }
        #expect(error?.kind == .forbidden)
    }
}
