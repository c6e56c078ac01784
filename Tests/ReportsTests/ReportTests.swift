import Documents
import Reports
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct ReportTests {
    private static let report = Report(
        "Users", module: "Core", doctype: "User",
        filters: [.required("since", .date), .optional("limit", .int), .optional("name", .data)],
        summary: "Who can sign in."
    ) { arguments, session in
        let day = try arguments.day("since") ?? session.today
        return ReportResult(columns: [ReportColumn("since", .date, from: .none)], rows: [ReportRow([.day(day)])])
    }

    /// Runs the report as `actor` in a database of its own.
    private func run(_ arguments: JSONObject, as actor: Actor = .administrator) async throws -> ReportResult {
        let company = try await TemporaryCompany(noon: Timestamp(microseconds: 0)) { _ in }
        return try await company.read(as: actor) { try Self.report.result(Arguments(arguments), in: $0) }
    }

    @Test func `runs with what it asks for`() async throws {
        let result = try await run(["since": "1996-07-04", "limit": "5", "name": nil])
        #expect(result.rows == [ReportRow([.day(try #require(Day("1996-07-04")))])])
        #expect(result.columns.map(\.label) == ["Since"])
    }

    private static let refused: [(arguments: String, code: String, field: String)] = [
        (#"{}"#, "mandatory_missing", "since"), (#"{"since": ""}"#, "mandatory_missing", "since"),
        (#"{"since": "yesterday"}"#, "wrong_type", "since"),
        (#"{"since": "1996-07-04", "limit": "few"}"#, "wrong_type", "limit"),
        (#"{"since": "1996-07-04", "name": ["a"]}"#, "wrong_type", "name"),
        (#"{"since": "1996-07-04", "user": "somebody@example.com"}"#, "unknown_field", "user"),
    ]

    @Test(arguments: refused)
    func `refuses what it cannot use and names the filter`(arguments: String, code: String, field: String) async throws
    {
        let object = try #require(JSON.parse(arguments).object)
        let error = await #expect(throws: Problem.self) { _ = try await run(object) }
        #expect(error?.kind.code == code)
        #expect(error?.field == field)
    }

    @Test func `needs the right to report on its DocType`() async throws {
        let error = await #expect(throws: Problem.self) {
            _ = try await run(["since": "1996-07-04"], as: Actor(user: "ana@example.com", roles: ["Sales User"]))
        }
        #expect(error?.kind == .forbidden)
    }
}
