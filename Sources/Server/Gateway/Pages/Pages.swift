internal import Documents
internal import HTTPTypes
internal import Identity
internal import Lists
internal import Reports
internal import Tenancy
internal import Values

/// The pages for people: plain HTML that works without JavaScript.
struct Pages: Sendable {
    let tenant: Tenant
    let signIn: SignIn
    let accounts: AccountMethods
    let title: String
    private var signInPages: SignInPages { SignInPages(accounts: accounts, signIn: signIn, title: title) }

    /// Answers a request for a page.
    func answer(_ page: PageRoute, _ request: Incoming, by caller: Caller) async throws -> Reply {
        switch page {
        case .signIn where request.method == .post: return try await signInPages.enter(request)
        case .signIn: return caller.isGuest ? signInPages.ask(next: request.text("next")) : .redirect(to: "/")
        case .signOut:
            guard request.method == .post else { return .redirect(to: "/") }
            var reply = Reply.redirect(to: "/")
            reply.headers += try await signIn.leave(request, caller)
            return reply
        default: break
        }
        guard !caller.isGuest else {
            return page == .home && request.isSafe
                ? signInPages.ask(next: nil) : .redirect(to: "/login?next=" + PercentCoding.encode(page.path))
        }
        if request.method == .post, case .document(let doctype, let name) = page {
            return try await act(on: doctype, name, request, caller)
        }
        var arguments = request.arguments
        arguments.values.removeValue(forKey: "sid")
        if let download = PageDownload(page, arguments, tenant) {
            return try await download.answer(as: caller.actor)
        }
        let asked = arguments
        let html = try await tenant.read(as: caller.actor) { [self] session in
            try show(page, frame(for: caller, session), asked, session)
        }
        return Self.reply(html)
    }

    private func show(_ page: PageRoute, _ frame: PageFrame, _ arguments: Arguments, _ session: Session) throws -> HTML
    {
        switch page {
        case .list(let doctype):
            let list = ListPage(type: try session.registry.doctype(doctype), arguments: arguments)
            return frame.page(doctype, current: page.path, try list.content(session))
        case .document(let doctype, let name):
            return try documentPage(doctype, name, frame, session)
        case .report(let name):
            guard let report = tenant.reports[name] else { throw Problem(.notFound, "Report \(name) not found") }
            let content = try ReportPage(report: report, arguments: arguments).content(session)
            return frame.page(name, current: page.path, content)
        default: return frame.page("Home", try HomePage(tenant: tenant).content(session))
        }
    }

    private func documentPage(
        _ doctype: String, _ name: String, _ frame: PageFrame, _ session: Session,
        preview: DocumentPage.Preview? = nil
    ) throws -> HTML {
        let document = try session.get(doctype, name)
        var content = DocumentPage(document: session.screened(document), token: frame.user?.token ?? "")
        content.preview = preview
        return frame.page(name, current: PageRoute.list(doctype).path, try content.content(session))
    }

    /// What a page shows when it cannot be shown.
    func failure(_ problem: Problem, _ page: PageRoute) -> Reply {
        if page == .signIn { return signInPages.ask(next: nil, problem: problem) }
        return Self.failure(problem, siteTitle: title)
    }

    /// A page that says what went wrong, in a frame of that title.
    static func failure(_ problem: Problem, siteTitle: String) -> Reply {
        let frame = PageFrame(siteTitle: siteTitle, user: nil, navigation: [])
        let content: HTML = """
            <h1>This did not work</h1>
            <div class="note bad" role="alert">\(Bodies.text(problem))</div>
            <p><a href="/">Back to the first page</a></p>
            """
        return reply(frame.page("Error", content), status: problem.kind.status)
    }

    static func reply(_ html: HTML, status: Int = 200) -> Reply {
        Reply(status: status, content: .page, body: Array(html.source.utf8))
    }

    // MARK: The frame

    private func frame(for caller: Caller, _ session: Session) -> PageFrame {
        PageFrame(
            siteTitle: title, user: (caller.actor.user, caller.formToken ?? ""),
            navigation: navigation(session))
    }

    /// The modules with what the user may see of them.
    private func navigation(_ session: Session) -> [PageFrame.Group] {
        HomePage(tenant: tenant).modules(for: session).map { module in
            PageFrame.Group(
                title: module.name,
                links: (module.documents + module.ledgers).map {
                    .init(title: $0.name, path: PageRoute.list($0.name).path)
                }
                    + module.reports.map { .init(title: $0.name, path: PageRoute.report($0.name).path) })
        }
    }

    /// A path within this site, or the first page: nobody is sent elsewhere by what a link says.
    static func local(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), path.utf8.count < 2_000,
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
        else { return "/" }
        return path
    }

    // MARK: Submitting and cancelling

    /// Submits, or shows what submitting or cancelling would do. Cancelling is done only with the hash of the effect that was
    /// shown, and while it still is the effect.
    private func act(on doctype: String, _ name: String, _ request: Incoming, _ caller: Caller) async throws -> Reply {
        let action = try Command.action(request.text("action") ?? "", of: [.submit, .cancel])
        let command = Command(action, doctype, name)
        let confirmed = request.text("confirm")
        let asksFirst = action == .cancel ? confirmed == nil : request.text("preview") == "1"
        let html: HTML? = try await tenant.write(as: caller.actor) { [self] session in
            if action == .submit, !asksFirst {
                _ = try session.perform(command)
                return nil
            }
            let changeset = try session.rehearse(command)
            if let confirmed, confirmed == changeset.hash {
                _ = try session.perform(command)
                return nil
            }
            let preview = DocumentPage.Preview(action: action, changeset: changeset, isOther: confirmed != nil)
            return try documentPage(doctype, name, frame(for: caller, session), session, preview: preview)
        }
        return html.map { Self.reply($0) } ?? .redirect(to: PageRoute.document(doctype, name).path)
    }
}

extension Session {
    /// What a page shows of a list; nil where its DocType or field is not open to the actor, or no list is asked by the field.
    /// All else that fails fails the page.
    func ifOpen<T>(_ body: () throws -> T) throws -> T? {
        do {
            return try body()
        } catch let problem as Problem where [.forbidden, .unknownField].contains(problem.kind) {
            return nil
        }
    }
}
