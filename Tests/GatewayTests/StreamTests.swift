import Documents
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Reports
import Storage
import Tenancy
import TestSupport
import Testing
import Values

@testable import Gateway

/// Answers that are longer than what is kept in memory.
@Suite(.bothEngines) struct StreamTests {
    private static let total = Limits.listRows + 3

    private static func site() async throws -> Site {
        let site = try await Site.make(modules: [Flood.module])
        try await site.tenant.database.write { transaction in
            let columns = ["name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "title"]
            for start in stride(from: 0, to: total, by: 20_000) {
                let rows = (start..<min(start + 20_000, total)).map { number -> [Value] in
                    let moment = Value.timestamp(Timestamp(microseconds: Int64(number)))
                    let user = Value.text("lib@example.com")
                    return [
                        .text(String(1_000_000 + number)), user, moment, moment, user, .int(0), .int(0), .text("t"),
                    ]
                }
                try transaction.insert(into: "flood_book", columns, rows)
            }
        }
        return site
    }

    private static func run(_ report: String, _ more: String = "") -> String {
        "/api/method/frappe.desk.query_report.run?report_name=\(coded(report))\(more)"
    }

    @Test func `a list asked for without a limit is given whole, however long it is`() async throws {
        let site = try await Self.site()
        let more = try #require(HTTPField.Name("X-Cauldron-More"))
        for limit in [0, Self.total] {
            let list = "limit_page_length=\(limit)&order_by=creation%20asc&as_dict=0"
            for path in ["/api/resource/Flood%20Book?", "/api/method/frappe.client.get_list?doctype=Flood%20Book&"] {
                let answer = try await site.send(.get, path + list)
                let rows = answer.data.array ?? answer.message.array ?? []
                #expect(answer.status == 200 && rows.count == Self.total && answer.headers[more] == nil)
                #expect(rows.first == ["1000000"] && rows.last == .array([.string("1100002")]))
                #expect(answer.headers[.contentLength] == nil && answer.json["has_next_page"] == nil)
            }
        }
        let page = try await site.send(.get, "/api/resource/Flood%20Book?limit_page_length=2")
        #expect(page.data.array?.count == 2 && page.json["has_next_page"] == true)
    }

    @Test func `a report is given whole, and in pages`() async throws {
        let site = try await Self.site()
        let whole = try await site.send(.get, Self.run("Flood"))
        let rows = try #require(whole.message["result"]?.array)
        #expect(whole.status == 200 && rows.count == Self.total && whole.message["has_next_page"] == nil)
        #expect(whole.message["report_summary"]?.array?.first?["value"] == .int(Int64(Self.total)))
        #expect(whole.message["columns"]?.array?.count == 2)
        for (start, count, isLast) in [
            (0, 5, false), (Self.total - 3, 3, true), (Self.total - 2, 2, true), (Self.total, 0, true),
        ] {
            let limit = max(count, 1)
            let page = try await site.send(.get, Self.run("Flood", "&limit_start=\(start)&limit_page_length=\(limit)"))
            #expect(page.message["result"]?.array == Array(rows.dropFirst(start).prefix(count)))
            #expect((page.message["has_next_page"] == true) != isLast)
            #expect(page.message["report_summary"]?.isNull == !isLast)
        }
        let wrong = try await site.send(.get, Self.run("Flood", "&limit_start=-1"))
        #expect(wrong.status == 417 && wrong.json["field"] == "limit_start")
    }

    @Test func `what is passed over is told before the rows, and refused with strict`() async throws {
        let site = try await Self.site()
        let ignored = try #require(HTTPField.Name("X-Cauldron-Ignored"))
        for path in ["/api/resource/Flood%20Book?limit=0&colour=red", Self.run("Flood", "&colour=red")] {
            let answer = try await site.send(.get, path)
            #expect(
                answer.status == 200 && answer.headers[ignored] == "colour" && answer.headers[.contentLength] == nil)
            #expect(try await site.send(.get, path + "&strict=1").status == 417)
        }
    }

    @Test func `clients that do not read hold no connection of the database, and get all when they do`() async throws {
        let site = try await Self.site()
        var waiting: [Response] = []
        for _ in 0..<StorageLimits.standard.readers + 2 {
            let response = try await self.respond(site, Self.run("Flood"))
            #expect(response.status == .ok)
            waiting.append(response)
        }
        // Needs a connection for long reads, and would wait for one for ever.
        #expect(try await site.send(.get, Self.run("Flood", "&limit_page_length=1")).status == 200)
        for response in waiting {
            let answer = try await Answer(response)
            #expect(answer.body.count > 8 << 20 && answer.message["result"]?.array?.count == Self.total)
        }
    }

    @Test func `the reading ends when nobody wants the answer any more`() async throws {
        let site = try await Self.site()
        for _ in 0..<StorageLimits.standard.readers + 2 {
            #expect(try await respond(site, Self.run("Endless")).status == .ok)
            #expect(try await respond(site, Self.run("Endless"), .head).status == .ok)
        }
        #expect(try await site.send(.get, Self.run("Flood", "&limit_page_length=1")).status == 200)
    }

    @Test func `what fails before the first piece has its status, and breaks the answer off behind it`() async throws {
        let site = try await Self.site()
        let early = try await site.send(.get, Self.run("Broken", "&filters=" + coded(#"{"rows": 0}"#)))
        #expect(early.status == 417 && early.json["code"] == "refused")
        let late = try await respond(site, Self.run("Broken", "&filters=" + coded(#"{"rows": 50000}"#)))
        #expect(late.status == .ok)
        await #expect(throws: Problem.self) { _ = try await Answer(late) }
    }

    @Test func `a page says when a report or list failed, instead of taking that for nothing`() async throws {
        let site = try await Self.site()
        let cookie = try await site.signIn("lib@example.com")
        let page = try await site.send(.get, "/report/Hidden%20Flood", headers: ["Cookie": cookie])
        #expect(page.status == 503, "\(page.text)")
        let shown = try await site.send(.get, "/report/Flood", headers: ["Cookie": cookie])
        #expect(shown.status == 200 && shown.text.contains("Rows 1 to 200"), "a report comes page by page")
    }

    private func respond(_ site: Site, _ path: String, _ method: HTTPRequest.Method = .get) async throws -> Response {
        var fields = HTTPFields()
        fields[.authorization] = "token \(site.librarian.key):\(site.librarian.secret)"
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "library.example", path: path, headerFields: fields)
        return try await site.gateway.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), from: "192.0.2.1")
    }
}

/// Many documents, and reports of many rows.
private enum Flood {
    static let module = Module("Flood", reports: [flood, endless, broken, hidden]) { registry in
        registry.add(FloodBook.self, FloodSource.self)
        registry.add(
            source: VirtualSource(
                list: { _, _ in throw Problem(.unavailable, "The source is away") }, load: { _, _ in [] }),
            for: "Flood Source")
    }

    private static let columns = [ReportColumn("name", .data), ReportColumn("title", .data)]

    private static func report(
        _ name: String, filters: [Report.Filter] = [],
        _ run: @escaping @Sendable (Arguments, Session) throws -> ReportRun
    ) -> Report {
        Report(name, module: "Flood", doctype: "Flood Book", filters: filters, summary: "Many.", run: run)
    }

    /// All documents, with long titles.
    private static let flood = report("Flood") { _, session in
        ReportRun(columns: columns) { _, each in
            var count: Int64 = 0
            try session.transaction.forEach("SELECT name FROM flood_book ORDER BY name", [], [.text]) { row in
                count += 1
                try each(ReportRow([row[0], .text(String(repeating: "long ", count: 20))]))
            }
            return ReportRun.End(summary: [ReportFigure("Rows", .int(count), from: .none)])
        }
    }

    private static let endless = report("Endless") { _, session in
        ReportRun(columns: columns) { _, each in
            while true {
                _ = try session.transaction.first("SELECT 1", [], [.integer])
                try each(ReportRow([.text("more"), .text(String(repeating: "long ", count: 2_000))]))
            }
        }
    }

    private static let broken = report("Broken", filters: [.optional("rows", .int, from: .none)]) { arguments, _ in
        let rows = try arguments.int("rows", in: 0...1_000_000) ?? 0
        return ReportRun(columns: columns) { _, each in
            for number in 0..<rows { try each(ReportRow([.text("\(number)"), .text("t")])) }
            throw Problem(.refused, "It broke")
        }
    }

    private static let hidden = report(
        "Hidden Flood", filters: [.required("source", .link, "Flood Source", from: .none)]
    ) { _, _ in
        ReportRun(columns: columns) { _, _ in ReportRun.End() }
    }
}

private struct FloodBook: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Flood Book", module: "Flood", naming: .prompt,
        permissions: [.manage("Librarian")], summary: "One of many.")
    let title = Data(.inListView)
    init() {}
}

private struct FloodSource: DocTypeSchema {
    static let doctype = DocTypeInfo(
        "Flood Source", module: "Flood", .virtual, permissions: [.manage("Librarian")], summary: "Elsewhere.")
    let title = Data(.inListView)
    init() {}
}
