internal import Documents
internal import HTTPTypes
internal import Reports
internal import Tenancy
internal import Values

/// A list or a report as a file of comma-separated values: all of its rows, sent while they are read.
struct PageDownload: Sendable {
    /// The argument of a page that asks for it.
    static let argument = "download"
    private let page: PageRoute
    private let arguments: Arguments
    private let tenant: Tenant
    private let title: String

    /// The download that a page is asked for; nil where it is asked for as a page.
    init?(_ page: PageRoute, _ arguments: Arguments, _ tenant: Tenant) {
        guard arguments.text(Self.argument) == "csv" else { return nil }
        switch page {
        case .list(let doctype): title = doctype
        case .report(let name): title = name
        default: return nil
        }
        self.page = page
        var arguments = arguments
        for name in [Self.argument, "page"] { arguments.values[name] = nil }
        self.arguments = arguments
        self.tenant = tenant
    }

    /// Answers with the file.
    ///
    /// - Throws: ``Problem`` before the first piece is sent.
    func answer(as actor: Actor) async throws -> Reply {
        var reply = try await AnswerStream(tenant, .v1).file(as: actor, strict: false) { [self] session, put in
            var records = CSVWriter()
            func add(_ record: [String]) throws {
                records.append(record)
                try put(records.take())
            }
            switch page {
            case .list(let doctype):
                let type = try session.registry.doctype(doctype)
                try session.require(.export, type)
                try ListPage(type: type, arguments: arguments).records(session, add)
            case .report(let name):
                guard let report = tenant.reports[name] else { throw Problem(.notFound, "Report \(name) not found") }
                try session.require(.export, session.registry.doctype(report.doctype))
                let values = try ReportPage(report: report, arguments: arguments).filled(session)
                let run = try report.run(Arguments(values), in: session)
                try add(run.columns.map { CSVWriter.text(.text($0.label)) })
                _ = try run.page(from: 0, limit: .max) { row in try add(row.values.map { CSVWriter.text($0) }) }
            default: break
            }
        }
        reply.content = .none
        reply.headers = [
            (.contentType, "text/csv; charset=utf-8"), (.cacheControl, "no-store"), (.xContentTypeOptions, "nosniff"),
            (.contentDisposition, FileDownload.disposition("\(title).csv", isShown: false)),
        ]
        return reply
    }
}
