internal import Documents
internal import Lists
internal import Reports
internal import Tenancy
internal import Values

/// The first page: the modules with their documents and reports.
struct HomePage: Sendable {
    let tenant: Tenant

    /// What a user may see of a module.
    struct ModuleView {
        let name: String
        var documents: [DocType] = []
        var ledgers: [DocType] = []
        var reports: [Report] = []
        var size: Int { documents.count + ledgers.count + reports.count }
    }

    /// The modules in the order their DocTypes were added; small ones stand together, the server's own last.
    func modules(for session: Session) -> [ModuleView] {
        var views: [ModuleView] = []
        func index(_ name: String) -> Int {
            if let index = views.firstIndex(where: { $0.name == name }) { return index }
            views.append(ModuleView(name: name))
            return views.count - 1
        }
        for type in tenant.registry.doctypes where type.kind != .child && session.may(.read, type) {
            if type.kind == .ledger {
                views[index(type.module)].ledgers.append(type)
            } else {
                views[index(type.module)].documents.append(type)
            }
        }
        for report in tenant.reports.values.sorted(by: { $0.name < $1.name }) {
            guard let type = tenant.registry.find(report.doctype), session.may(.report, type) else { continue }
            views[index(type.module)].reports.append(report)
        }
        let core = views.filter { $0.name == Self.core }
        let large = views.filter { $0.name != Self.core && $0.size >= Self.fewest }
        let small = views.filter { $0.name != Self.core && $0.size < Self.fewest }
        guard small.count > 1 else { return large + small + core }
        var setup = ModuleView(name: "Setup")
        for view in small {
            setup.documents += view.documents
            setup.ledgers += view.ledgers
            setup.reports += view.reports
        }
        return large + [setup] + core
    }

    private static let core = "Core"
    /// A module with less to show stands with the others that have little.
    private static let fewest = 3

    /// Everything at a glance, with how many documents there are of each kind.
    func content(_ session: Session) throws -> HTML {
        let cards = try modules(for: session).map { module -> HTML in
            let documents = try module.documents.map { type -> HTML in
                let count = try session.count(ListQuery(type.name))
                return """
                    <li><a href="\(PageRoute.list(type.name).path)">\(type.name)</a>\
                    <span class="count">\(PageFormat.grouped(Exact(count), decimals: 0))</span></li>
                    """
            }
            let ledgers = module.ledgers.map { type -> HTML in
                "<li><a href=\"\(PageRoute.list(type.name).path)\">\(type.name)</a></li>"
            }
            let reports = module.reports.map { report -> HTML in
                "<li><a href=\"\(PageRoute.report(report.name).path)\">\(report.name)</a></li>"
            }
            return """
                <section class="card"><h2>\(module.name)</h2><ul>\(HTML(documents))</ul>\
                \(Self.part("Ledgers", ledgers))\(Self.part("Reports", reports))</section>
                """
        }
        return """
            <h1>\(tenant.name)</h1>
            <p class="lead">Everything of the company, as of \(session.today.description). \
            The same is at <a href="/openapi.json">the API</a>.</p>
            <div class="cards">\(HTML(cards))</div>
            """
    }

    private static func part(_ title: String, _ links: [HTML]) -> HTML {
        links.isEmpty ? "" : "<h3>\(title)</h3><ul>\(HTML(links))</ul>"
    }
}
