import Documents
import Reports
import TestSupport
import Testing
import Values

/// What User Permissions leave of a report.
@Suite(.bothEngines) struct ReportRightsTests {
    private static let columns = [
        ReportColumn("role", .link, options: "Role", from: .of("Role", "name")),
        ReportColumn("kind", .data, from: .none), ReportColumn("party", .dynamicLink, options: "kind", from: .none),
        ReportColumn("amount", .currency, from: .none),
    ]
    private static let rows = [
        ReportRow([.text("North"), .text("User"), .text("ana@example.com"), .int(1)]),
        ReportRow([.text("South"), .text("User"), .text("ana@example.com"), .int(2)]),
        ReportRow([.text("North"), .text("User"), .text("bo"), .int(4)]),
        ReportRow([.text("North"), .text("Role"), .text("bo"), .int(8)]),
        ReportRow([.null, .text("User"), .text("Total"), .int(15)], .total),
    ]

    private static func report(
        _ columns: [ReportColumn] = columns, _ rows: [ReportRow] = rows, reading: Report.Reading = .everything
    ) -> Report {
        Report(
            "Sales", module: "Core", doctype: "Role", reading: reading,
            filters: [
                .optional("role", .link, "Role", from: .none), .optional("kind", .data, from: .none),
                .optional("party", .dynamicLink, "kind", from: .none),
            ], summary: "A report whose rows name roles and users.", roles: ["Teller"]
        ) { _, _ in
            ReportResult(
                columns: columns, rows: rows, message: ReportMessage("15 in all", from: .none),
                summary: [ReportFigure("Total", .int(15), from: .none)])
        }
    }

    private func run(
        _ report: Report = report(), _ arguments: JSONObject = [:], limits permissions: [(String, String)] = [],
        isStrict: Bool = false, roles: Set<Name> = ["Teller", "System Manager"]
    ) async throws -> ReportResult {
        let company = try await TemporaryCompany(noon: Timestamp(microseconds: 0)) { _ in }
        try await company.write { session in
            for role in ["North", "South"] { try session.make("Role", ["role_name": .string(role)]) }
            for user in ["lim@example.com", "ana@example.com"] {
                try session.make("User", ["email": .string(user), "first_name": .string(user)])
            }
            for (allow, value) in permissions {
                try session.make(
                    "User Permission",
                    ["user": "lim@example.com", "allow": .string(allow), "for_value": .string(value)])
            }
        }
        var restrictions =
            try await company.read { try User.actor("lim@example.com", in: $0) }?.restrictions ?? Restrictions()
        restrictions.isStrict = isStrict
        let actor = Actor(user: "lim@example.com", roles: roles, restrictions: restrictions)
        return try await company.read(as: actor) { try report.result(Arguments(arguments), in: $0) }
    }

    private func amounts(_ result: ReportResult) -> [Int64?] { result.rows.map { $0.values[3].int } }

    @Test func `who is limited to nothing sees every row and figure`() async throws {
        let result = try await run()
        #expect(result.rows.count == 5 && result.message != nil && result.summary.count == 1)
    }

    @Test func `rows that name what is not allowed go, and what may sum them up`() async throws {
        let result = try await run(limits: [("Role", "North")])
        // The row whose party is a Role named bo goes, too, and the row of totals.
        #expect(amounts(result) == [1, 4])
        #expect(result.message == nil && result.summary.isEmpty)
    }

    @Test func `a dynamic link is limited by the DocType its row names`() async throws {
        #expect(try await amounts(run(limits: [("User", "ana@example.com")])) == [1, 2, 8])
    }

    @Test func `a total goes even where no entry had to, for it may tell of rows that were not asked for`() async throws
    {
        let report = Self.report(Self.columns, [Self.rows[0], Self.rows[4]])
        let result = try await run(report, limits: [("Role", "North")])
        #expect(amounts(result) == [1])
        #expect(result.message == nil && result.summary.isEmpty)
        let alone = try await run(Self.report(Self.columns, [Self.rows[4]]), limits: [("Role", "North")])
        #expect(alone.rows.isEmpty && alone.summary.isEmpty)
    }

    @Test func `a report that reads what is permitted keeps what sums up its reader's share`() async throws {
        let report = Self.report(Self.columns, [Self.rows[0], Self.rows[4]], reading: .permitted)
        let result = try await run(report, limits: [("Role", "North")])
        #expect(amounts(result) == [1, 15] && result.summary.count == 1)
        // It would have to be wrong about it for a row to go; then its sums are wrong, too.
        let wrong = try await run(Self.report(reading: .permitted), limits: [("Role", "North")])
        #expect(amounts(wrong) == [1, 4] && wrong.summary.isEmpty)
    }

    @Test func `a report that does not say whose a row is, is not for who is limited`() async throws {
        let report = Self.report(
            Array(Self.columns[1...]), [ReportRow([.text("User"), .text("ana@example.com"), .int(1)])])
        let error = await problem { _ = try await run(report, limits: [("Role", "North")]) }
        #expect(error?.kind == .forbidden && error?.doctype == "Role" && error?.field == "name")
        #expect(try await run(report).rows.count == 1)
    }

    @Test func `in strict mode a row that names nothing is nobody's`() async throws {
        let report = Self.report(Self.columns, [ReportRow([.null, .null, .null, .int(3)])])
        #expect(try await amounts(run(report, limits: [("Role", "North")])) == [3])
        #expect(try await amounts(run(report, limits: [("Role", "North")], isStrict: true)) == [])
    }

    private static let filters: [(JSONObject, isRefused: Bool)] = [
        (["role": "South"], true), (["role": "North"], false), (["kind": "Role", "party": "South"], true),
        (["kind": "Role", "party": "North"], false), (["kind": "User", "party": "South"], false),
    ]

    @Test(arguments: filters)
    func `a filter takes no value that is not allowed`(filters: JSONObject, isRefused: Bool) async throws {
        let error = await problem { _ = try await run(Self.report(), filters, limits: [("Role", "North")]) }
        #expect((error?.kind == .forbidden) == isRefused)
        if isRefused { #expect(error?.field == (filters["role"] == nil ? "party" : "role")) }
    }

    @Test func `a report of roles is for them alone`() async throws {
        let error = await problem { _ = try await run(roles: ["System Manager"]) }
        #expect(error?.kind == .forbidden)
    }
}
