internal import Collaboration
internal import Documents
internal import Lists
internal import Tenancy
internal import Values

/// A list of documents with filters, order and pages.
///
/// Arguments: `q` looks in the name and the search fields, a field's name filters by it, `is.<field>` exactly;
/// `sort` orders, `-` before the field the other way round; `page` counts from 1.
struct ListPage {
    let type: DocType
    let arguments: Arguments
    /// The fields the reader may not see.
    private var hidden: Set<String> = []
    /// Those it sees masked, and may not filter by.
    private var masked: Set<String> = []

    init(type: DocType, arguments: Arguments) {
        self.type = type
        self.arguments = arguments
    }

    private static let pageRows = 25
    private static let mostPages = 1_000_000
    private static let mostColumns = 8
    private static let mostFilters = 6

    /// The columns behind the name.
    private var columns: [FieldDefinition] {
        var columns = type.fields.filter {
            $0.flags.contains(.inListView) && $0.type.column != nil && $0.type != .password && !hidden.contains($0.name)
        }
        if let title = type.titleField, title != "name", let field = type.field(title),
            !hidden.contains(title), !columns.contains(where: { $0.name == title })
        {
            columns.insert(field, at: 0)
        }
        if columns.isEmpty, type.kind == .ledger {
            columns = type.fields.filter {
                $0.type.column != nil && !$0.flags.contains(.hidden) && !hidden.contains($0.name)
            }
        }
        // Where it stands is what people look for first.
        if let place = columns.firstIndex(where: { $0.name == "status" }) {
            columns.insert(columns.remove(at: place), at: min(1, columns.count - 1))
        }
        return Array(columns.prefix(Self.mostColumns))
    }

    private var filterFields: [FieldDefinition] {
        let standard = type.fields.filter { $0.flags.contains(.inStandardFilter) }
        let listed = columns.filter { $0.flags.contains(.inListView) && !$0.flags.contains(.inStandardFilter) }
        let open = (standard + listed).filter { field in
            !field.type.isTable && field.type != .password && !hidden.contains(field.name)
                && !masked.contains(field.name)
        }
        return Array(open.prefix(Self.mostFilters))
    }

    func content(_ session: Session) throws -> HTML {
        var page = self
        let access = session.fieldAccess(to: type)
        page.hidden = access.hidden
        page.masked = access.masked
        return try page.table(session)
    }

    private func table(_ session: Session) throws -> HTML {
        var query = try query()
        let columns = columns
        let shown = ["name"] + (showsState ? ["docstatus"] : []) + columns.map(\.name)
        // A dynamic link is a link where the DocType it is of is known.
        let types = columns.filter { $0.type == .dynamicLink }.compactMap(\.options)
        let added = types.filter { !shown.contains($0) && !hidden.contains($0) }
        query.fields = (shown + added).map(JSON.string)
        let page = try arguments.int("page", in: 1...Self.mostPages) ?? 1
        query.limit = Self.pageRows
        query.start = (page - 1) * Self.pageRows
        let total = try session.count(query)
        let result = try session.list(query)
        let rows = result.rows
        let places = Dictionary(
            result.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })

        let body = rows.map { row -> HTML in
            let name = row[0].text ?? ""
            var cells: HTML =
                "<th scope=\"row\"><a href=\"\(PageRoute.document(type.name, name).path)\">\(name)</a></th>"
            if showsState, let at = places["docstatus"] {
                cells += "<td>\(PageFormat.tag(PageFormat.word(row[at].int)))</td>"
            }
            for field in columns {
                let value = places[field.name].map { row[$0] } ?? .null
                var target = field.options
                if field.type == .dynamicLink, let options = field.options {
                    target = places[options].flatMap { row[$0].text }
                }
                cells += "<td\(PageFormat.alignment(field.type))>\(Self.cell(value, field, target))</td>"
            }
            return "<tr>\(cells)</tr>"
        }
        var heads: HTML = head("name", "Name", "")
        if showsState { heads += head("docstatus", "State", "") }
        for field in columns { heads += head(field.name, field.label, PageFormat.alignment(field.type)) }
        return """
            <p class="crumbs">\(type.module)</p>
            <h1>\(type.name)</h1>
            <p class="lead">\(type.summary)</p>
            \(filterForm)
            <div class="scroll" role="region" aria-label="\(type.name)" tabindex="0">
            <table><caption>\(caption(total, page, rows.count))</caption><thead><tr>\(heads)</tr></thead>
            <tbody>\(HTML(body))</tbody></table>
            </div>
            \(pager(total, page, download(session)))
            """
    }

    /// All rows as a file, for who may take them with them.
    private func download(_ session: Session) -> HTML {
        guard session.may(.export, type) else { return "" }
        return "<a href=\"\(link([PageDownload.argument: "csv"]))\" download>Download as CSV</a>"
    }

    /// What the arguments ask for, from its first row on.
    private func query() throws -> ListQuery {
        var query = ListQuery(type.name)
        let (filters, searches) = try conditions()
        query.filters = .array(filters)
        query.orFilters = searches
        query.orderBy = order
        return query
    }

    /// Hands on what the list shows, however long it is, as records: the labels of the columns first.
    func records(_ session: Session, _ each: ([String]) throws -> Void) throws {
        var page = self
        let access = session.fieldAccess(to: type)
        (page.hidden, page.masked) = (access.hidden, access.masked)
        let columns = page.columns
        var query = try page.query()
        // By key, so that later pages cost no more than the first.
        query.cursor = ""
        query.limit = Self.recordsAtOnce
        let shown = ["name"] + (page.showsState ? ["docstatus"] : []) + columns.map(\.name)
        query.fields = shown.map(JSON.string)
        try each(
            (["Name"] + (page.showsState ? ["State"] : []) + columns.map(\.label)).map { CSVWriter.text(.text($0)) })
        while true {
            let result = try session.list(query)
            let places = Dictionary(
                result.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
            for row in result.rows {
                try each(
                    shown.map { field in
                        let value = places[field].map { row[$0] } ?? .null
                        return CSVWriter.text(field == "docstatus" ? .text(PageFormat.word(value.int)) : value)
                    })
            }
            guard let next = result.nextCursor else { return }
            query.cursor = next
        }
    }

    private static let recordsAtOnce = 1_000

    /// Whether draft, submitted and cancelled have a column of their own; a status says it in better words.
    private var showsState: Bool {
        type.isSubmittable && !hidden.contains("docstatus") && !columns.contains { $0.name == "status" }
    }

    private static func cell(_ value: Value, _ field: FieldDefinition, _ target: String?) -> HTML {
        if field.name == "status", let status = value.text { return PageFormat.tag(status) }
        return PageFormat.cell(value, field.type, target: target)
    }

    // MARK: Conditions

    private func conditions() throws -> (all: [JSON], any: JSON?) {
        var filters: [JSON] = []
        for (key, value) in arguments.values.members {
            guard let text = value.string, !text.isEmpty else { continue }
            if key.hasPrefix("is.") {
                filters.append([.string(String(key.dropFirst(3))), "=", .string(text)])
            } else if let field = filterFields.first(where: { $0.name == key }) {
                let isText = field.type.column == .text && field.type != .select
                filters.append([.string(key), isText ? "like" : "=", .string(isText ? "%\(text)%" : text)])
            } else if key == "docstatus", type.isSubmittable {
                filters.append(["docstatus", "=", .string(text)])
            }
        }
        guard let search = arguments.text("q") else { return (filters, nil) }
        var fields = ["name"]
        for field in type.searchFields + [type.titleField].compactMap({ $0 })
        where !fields.contains(field) && type.field(field)?.type.column == .text && !hidden.contains(field)
            && !masked.contains(field)
        { fields.append(field) }
        return (filters, .array(fields.map { [.string($0), "like", .string("%\(search)%")] }))
    }

    private var sort: (field: String, descending: Bool)? {
        guard let text = arguments.text("sort") else { return nil }
        let field = text.hasPrefix("-") ? String(text.dropFirst()) : text
        return type.slot(of: field) == nil ? nil : (field, text.hasPrefix("-"))
    }

    private var order: String? { sort.map { "\($0.field) \($0.descending ? "desc" : "asc")" } }

    // MARK: Links to itself

    private func link(_ changes: [String: String?]) -> String {
        var pairs: [String] = []
        for (key, value) in arguments.values.members where changes[key] == nil {
            guard let text = value.string, !text.isEmpty, key != "page" || !changes.isEmpty && changes["sort"] == nil
            else {
                continue
            }
            pairs.append(PercentCoding.encode(key) + "=" + PercentCoding.encode(text))
        }
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
            if let value { pairs.append(PercentCoding.encode(key) + "=" + PercentCoding.encode(value)) }
        }
        let path = PageRoute.list(type.name).path
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    private func head(_ field: String, _ label: String, _ alignment: HTML) -> HTML {
        var mark: HTML = ""
        var next = field
        if let sort, sort.field == field {
            mark = sort.descending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\""
            if !sort.descending { next = "-" + field }
        }
        let arrow: HTML = mark.source.isEmpty ? "" : sort?.descending == true ? " ↓" : " ↑"
        return "<th scope=\"col\"\(alignment)\(mark)><a href=\"\(link(["sort": next]))\">\(label)\(arrow)</a></th>"
    }

    private func pager(_ total: Int, _ page: Int, _ download: HTML) -> HTML {
        let pages = max(1, (total + Self.pageRows - 1) / Self.pageRows)
        let back: HTML = page > 1 ? "<a rel=\"prev\" href=\"\(link(["page": String(page - 1)]))\">← Previous</a>" : ""
        let next: HTML = page < pages ? "<a rel=\"next\" href=\"\(link(["page": String(page + 1)]))\">Next →</a>" : ""
        let here: HTML = pages > 1 ? "<span>Page \(page) of \(pages)</span>" : ""
        return "<nav class=\"pages\" aria-label=\"Pages\">\(back)\(here)\(next)\(download)</nav>"
    }

    private func caption(_ total: Int, _ page: Int, _ count: Int) -> HTML {
        guard total > 0, count > 0 else { return total == 0 ? "Nothing found" : "Nothing on this page" }
        let first = (page - 1) * Self.pageRows + 1
        return "\(first) to \(first + count - 1) of \(PageFormat.grouped(Exact(total), decimals: 0))"
    }

    // MARK: The filters

    private var filterForm: HTML {
        var inputs: HTML = """
            <div><label for="q">Search</label><input id="q" name="q" type="search" value="\(arguments.text("q") ?? "")"></div>
            """
        if type.isSubmittable {
            inputs += FilterInput.select(
                "docstatus", "State", [("", "Any"), ("0", "Draft"), ("1", "Submitted"), ("2", "Cancelled")],
                arguments.text("docstatus") ?? "")
        }
        for field in filterFields {
            inputs += FilterInput.html(
                field.name, field.label, field.type, field.options, arguments.text(field.name) ?? "")
        }
        var kept: HTML = ""
        var chips: [HTML] = []
        for (key, value) in arguments.values.members where key.hasPrefix("is.") {
            guard let text = value.string, !text.isEmpty else { continue }
            kept += "<input type=\"hidden\" name=\"\(key)\" value=\"\(text)\">"
            let label = type.field(String(key.dropFirst(3)))?.label ?? Text.title(String(key.dropFirst(3)))
            chips.append(
                "<li><a href=\"\(link([key: nil]))\">\(label): \(text) <span aria-hidden=\"true\">×</span><span class=\"hidden\">remove this filter</span></a></li>"
            )
        }
        if let sort = arguments.text("sort") { kept += "<input type=\"hidden\" name=\"sort\" value=\"\(sort)\">" }
        let chosen: HTML = chips.isEmpty ? "" : "<ul class=\"links\" aria-label=\"Filters\">\(HTML(chips))</ul><br>"
        return """
            \(chosen)<form class="filters" method="get" action="\(PageRoute.list(type.name).path)" role="search">
            \(kept)\(inputs)<button>Filter</button> <a href="\(PageRoute.list(type.name).path)">Clear</a>
            </form>
            """
    }
}
