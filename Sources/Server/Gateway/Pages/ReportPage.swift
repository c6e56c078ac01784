internal import Documents
internal import Lists
internal import Reports
internal import Values

/// A report with what it asks. Where nothing is asked yet, it is run with what suits the data.
struct ReportPage {
    let report: Report
    let arguments: Arguments

    private static let pageRows = 200
    private static let mostPages = 1_000_000

    func content(_ session: Session) throws -> HTML {
        try session.require(.report, session.registry.doctype(report.doctype))
        let values = try filled(session)
        var inputs: HTML = ""
        for filter in report.openFilters(in: session) {
            inputs += FilterInput.html(
                filter.name, Text.title(filter.name), filter.type, filter.options, values[filter.name]?.string ?? "",
                required: filter.isRequired)
        }
        return """
            <p class="crumbs">\(report.module) › Reports</p>
            <h1>\(report.name)</h1>
            <p class="lead">\(report.summary)</p>
            <form class="filters" method="get" action="\(PageRoute.report(report.name).path)">\(inputs)<button>Run</button></form>
            \(try result(values, session))
            """
    }

    /// The filters that were sent; for required ones that were not, what fits what there is.
    func filled(_ session: Session) throws -> JSONObject {
        var values: JSONObject = [:]
        var span: (first: Value, last: Value)?
        for filter in report.openFilters(in: session) {
            if let text = arguments.text(filter.name) {
                values[filter.name] = .string(text)
                continue
            }
            // An input that was left empty on purpose stays empty.
            let isAsked = arguments.values.members.contains { $0.key != "page" && $0.key != PageDownload.argument }
            guard arguments.values[filter.name] == nil, !isAsked || filter.isRequired else { continue }
            let isCompany = filter.type == .link && filter.options == "Company"
            guard filter.isRequired || isCompany || filter.type == .date else { continue }
            switch filter.type {
            case .link:
                guard let target = filter.options, let row = try first(ListQuery(target, limit: 1), session) else {
                    continue
                }
                values[filter.name] = JSON(row[0])
            case .date:
                if span == nil { span = try dates(session) }
                let isFirst = filter.name.contains("from") || filter.name.contains("start")
                let day = isFirst ? span?.first : span?.last
                values[filter.name] = .string(
                    day.flatMap { $0.isNull ? nil : $0.description } ?? session.today.description)
            case .select:
                if let first = filter.options.flatMap({ Text.lines($0).first { !$0.isEmpty } }) {
                    values[filter.name] = .string(String(first))
                }
            default: continue
            }
        }
        return values
    }

    /// The first and the last day of what the report is about.
    private func dates(_ session: Session) throws -> (first: Value, last: Value) {
        guard session.registry.find(report.doctype)?.field("posting_date") != nil else { return (.null, .null) }
        var query = ListQuery(report.doctype, limit: 1)
        query.fields = [["MIN": "posting_date", "as": "first"], ["MAX": "posting_date", "as": "last"]]
        guard let row = try first(query, session) else { return (.null, .null) }
        return (row[0], row[1])
    }

    /// The first row of a list; nil when there is none for who asks.
    private func first(_ query: ListQuery, _ session: Session) throws -> [Value]? {
        try session.ifOpen { try session.list(query).rows.first } ?? nil
    }

    private func result(_ values: JSONObject, _ session: Session) throws -> HTML {
        let missing = report.filters.filter { $0.isRequired && values[$0.name] == nil }
        guard missing.isEmpty else { return "<div class=\"note\">Fill in the filters to run the report.</div>" }
        var result = ReportResult(columns: [], rows: [])
        let page = try arguments.int("page", in: 1...Self.mostPages) ?? 1
        let end: ReportRun.End?
        do {
            let run = try report.run(Arguments(values), in: session)
            var rows: [ReportRow] = []
            end = try run.page(from: (page - 1) * Self.pageRows, limit: Self.pageRows) { rows.append($0) }
            result = ReportResult(columns: run.columns, rows: rows, message: end?.message, summary: end?.summary ?? [])
        } catch let problem as Problem where problem.kind.status < 500 {
            return "<div class=\"note bad\" role=\"alert\">\(Bodies.text(problem))</div>"
        }
        let message: HTML = result.message.map { "<div class=\"note\">\($0.text)</div>" } ?? ""
        let figures = result.summary.map { figure -> HTML in
            "<div class=\"card\">\(figure.label)<b>\(PageFormat.text(figure.value, .currency))</b></div>"
        }
        let summary: HTML = figures.isEmpty ? "" : "<div class=\"figures\">\(HTML(figures))</div>"
        return message + summary + table(result, page) + links(values, page, isLast: end != nil, session)
    }

    /// The pages before and behind this one, and all rows as a file.
    private func links(_ values: JSONObject, _ page: Int, isLast: Bool, _ session: Session) -> HTML {
        func path(_ name: String, _ value: String) -> String {
            let pairs = values.members.map { ($0.key, $0.value.string ?? $0.value.text) } + [(name, value)]
            return PageRoute.report(report.name).path + "?"
                + pairs.map { "\(PercentCoding.encode($0))=\(PercentCoding.encode($1))" }.joined(separator: "&")
        }
        let back: HTML = page > 1 ? "<a rel=\"prev\" href=\"\(path("page", String(page - 1)))\">← Previous</a>" : ""
        let next: HTML = isLast ? "" : "<a rel=\"next\" href=\"\(path("page", String(page + 1)))\">Next →</a>"
        let here: HTML = page > 1 || !isLast ? "<span>Page \(page)</span>" : ""
        let mayExport = session.registry.find(report.doctype).map { session.may(.export, $0) } ?? false
        let file: HTML =
            mayExport ? "<a href=\"\(path(PageDownload.argument, "csv"))\" download>Download as CSV</a>" : ""
        return "<nav class=\"pages\" aria-label=\"Pages\">\(back)\(here)\(next)\(file)</nav>"
    }

    private func table(_ result: ReportResult, _ page: Int) -> HTML {
        let indent = result.columns.firstIndex { $0.name == "indent" }
        // In a tree the indent says what the parent's name would, and the first column what the name beside it would.
        let leading = result.columns.first?.name ?? ""
        let columns = result.columns.indices.filter { at in
            let name = result.columns[at].name
            return at != indent && (indent == nil || !name.hasPrefix("parent_") && name != leading + "_name")
        }
        let heads = columns.map { index -> HTML in
            "<th scope=\"col\"\(PageFormat.alignment(result.columns[index].type))>\(result.columns[index].label)</th>"
        }
        let names = result.columns.map(\.name)
        let rows = result.rows.map { row -> HTML in
            let depth = indent.flatMap { row.values[$0].int } ?? 0
            let cells = columns.map { index -> HTML in
                let column = result.columns[index]
                var target = column.options
                if column.type == .dynamicLink, let options = column.options, let at = names.firstIndex(of: options) {
                    target = row.values[at].text
                }
                // What sums up holds labels where entries name documents.
                let content = PageFormat.cell(
                    row.values[index], column.type, target: row.kind == .total ? nil : target)
                guard indent != nil, index == columns.first else {
                    return "<td\(PageFormat.alignment(column.type))>\(content)</td>"
                }
                return "<td class=\"first i\(Int(min(max(depth, 0), 5)))\">\(content)</td>"
            }
            return "<tr>\(HTML(cells))</tr>"
        }
        let first = (page - 1) * Self.pageRows + 1
        let caption: HTML =
            rows.isEmpty
            ? (page == 1 ? "Nothing found" : "Nothing on this page") : "Rows \(first) to \(first + rows.count - 1)"
        return """
            <div class="scroll" role="region" aria-label="\(report.name)" tabindex="0">
            <table><caption>\(caption)</caption><thead><tr>\(HTML(heads))</tr></thead><tbody>\(HTML(rows))</tbody></table></div>
            """
    }
}
