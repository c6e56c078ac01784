import Documents
import Reports
import Synchronization
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

    /// A report of this many rows, one after the other, which notes how many were made.
    private static func counting(_ count: Int, _ made: Made) -> Report {
        Report("Numbers", module: "Core", doctype: "User", filters: [], summary: "Numbers.") { _, _ in
            ReportRun(columns: [ReportColumn("number", .int, from: .none)]) { _, each in
                for number in 0..<count {
                    made.count.withLock { $0 += 1 }
                    try each(ReportRow([.int(Int64(number))]))
                }
                return ReportRun.End(summary: [ReportFigure("Rows", .int(Int64(count)), from: .none)])
            }
        }
    }

    @Test func `rows are made one after the other, and none behind a page`() async throws {
        let company = try await TemporaryCompany(noon: Timestamp(microseconds: 0)) { _ in }
        let made = Made()
        let report = Self.counting(1_000, made)
        try await company.read(as: .administrator) { session in
            var page: [Int64?] = []
            let end = try report.run(Arguments([:]), in: session).page(from: 10, limit: 5) {
                page.append($0.values[0].int)
            }
            #expect(end == nil && page == [10, 11, 12, 13, 14] && made.count.withLock { $0 } == 16)
            page = []
            let last = try report.run(Arguments([:]), in: session).page(from: 995, limit: 5) {
                page.append($0.values[0].int)
            }
            #expect(last?.summary.count == 1 && page.count == 5)
            let (first, count) = try report.run(Arguments([:]), in: session).first(2)
            #expect(first.rows.count == 2 && first.summary.count == 1 && count == 1_000)
        }
    }

    @Test func `a report of more rows than are kept is refused where all are kept, and counted where not`() async throws
    {
        let company = try await TemporaryCompany(noon: Timestamp(microseconds: 0)) { _ in }
        let total = Limits.listRows + 1
        let report = Self.counting(total, Made())
        try await company.read(as: .administrator) { session throws in
            let error = #expect(throws: Problem.self) { try report.result(Arguments([:]), in: session) }
            #expect(error?.kind == .tooMany)
            #expect(try report.run(Arguments([:]), in: session).first(0).count == total)
        }
    }

    private final class Made: Sendable { let count = Mutex(0) }
}
