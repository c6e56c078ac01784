internal import Collaboration
internal import Documents
internal import EventLog
internal import Forms
internal import HTTPTypes
public import Hummingbird
internal import Identity
internal import Lists
internal import Logging
internal import NIOCore
internal import ObjectStorage
internal import Reports
internal import Storage
internal import Synchronization
public import Tenancy
internal import Values

/// A tenant over HTTP: Frappe's REST API, its description, and pages for people.
///
/// It decides by the path alone where a request goes, so that names of documents may hold what they like.
public final class Gateway: HTTPResponder {
    private let tenant: Tenant
    private let configuration: GatewayConfiguration
    private let authenticator: Authenticator
    private let resources: Resources
    private let methods: MethodTable
    private let pages: Pages
    private let downloads: FileDownload
    private let events: EventAnswers
    /// The open streams of events.
    let hub: EventHub
    private let resumable: ResumableUploads
    private let logger: Logger
    private var targets: ReadTargets { configuration.share.targets }
    private let requests = Atomic<UInt64>(0)
    private let start = SecureRandom.token(bytes: 4)

    /// A gateway to a tenant.
    public init(tenant: Tenant, configuration: GatewayConfiguration = GatewayConfiguration()) {
        self.tenant = tenant
        self.configuration = configuration
        logger = Logger(label: "cauldron.gateway")
        authenticator = Authenticator(tenant: tenant)
        resources = Resources(tenant: tenant)
        let signIn = SignIn(
            tenant: tenant, secureCookies: configuration.secureCookies,
            tries: configuration.share.tries(of: Name(configuration.company), at: tenant.now()))
        resumable = ResumableUploads(tenant: tenant, store: configuration.objects, configuration: configuration)
        let uploads = FileUpload(
            tenant: tenant, store: configuration.objects, configuration: configuration, resumable: resumable)
        let accounts = AccountMethods(tenant: tenant, signIn: signIn, authenticator: authenticator)
        methods = MethodTable(tenant, accounts, uploads, configuration.operations, timeZone: configuration.timeZone)
        downloads = FileDownload(tenant, configuration)
        hub = EventHub(tenant, configuration)
        events = EventAnswers(hub)
        pages = Pages(
            tenant: tenant, signIn: signIn, accounts: accounts, title: configuration.title ?? tenant.name)
        watchHealth()
    }

    /// Answers a request that came over a connection.
    public func respond(to request: Request, context: GatewayContext) async throws -> Response {
        try await answer(request, over: context.channel) { context.address }
    }

    /// Answers a request from a client at `address`; needs no connection.
    ///
    /// - Throws: only when the connection breaks while the body arrives.
    public func respond(to request: Request, from address: String) async throws -> Response {
        try await answer(request) { address }
    }

    /// The company's name.
    var name: String { tenant.name }

    /// Answers a request with a problem, in the name of no company.
    func refusal(_ problem: Problem, of request: Request, from peer: @escaping @Sendable () -> String) -> Response {
        let asked = incoming(request, over: nil, from: peer)
        var reply = Reply.problem(problem, in: asked.version)
        if case .page = Route(asked.path), asked.text("cmd") == nil {
            reply = Pages.failure(problem, siteTitle: "Cauldron")
        }
        let response = reply.response(to: asked)
        return request.head.method == .head ? response.createHeadResponse() : response
    }

    private func incoming(
        _ request: Request, over channel: (any Channel)?, from peer: @escaping @Sendable () -> String
    ) -> Incoming {
        Incoming(
            request, from: peer, over: channel, proxies: configuration.trustedProxies,
            newID: { "\(start)-\(requests.wrappingAdd(1, ordering: .relaxed).newValue)" })
    }

    /// Answers a request.
    func answer(
        _ request: Request, over channel: (any Channel)? = nil, from peer: @escaping @Sendable () -> String
    ) async throws -> Response {
        if request.head.path == "/healthz", request.head.method == .get, Incoming.namesOneHost(request) {
            return health()
        }
        var incoming = incoming(request, over: channel, from: peer)
        if request.head.method == .get, let target = request.head.path, let known = targets.find(target),
            incoming.take(known)
        {
            return await answer(incoming, known.route).response(to: incoming)
        }
        let route = Route(incoming.path)
        var reply: Reply
        do {
            try await read(request, route, &incoming)
            let asked = incoming
            reply = await Undertaking.$current.withValue(asked.id) { await answer(asked, route) }
        } catch let problem as Problem {
            reply = failure(problem, incoming, route)
        }
        let response = reply.response(to: incoming)
        return request.head.method == .head ? response.createHeadResponse() : response
    }

    private static let healthHeaders: HTTPFields = [
        .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store",
    ]
    private static let healthy = Response(
        status: .ok, headers: healthHeaders,
        body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))

    /// Whether the company can be read and written, in one word or in the sentence that says why not.
    private func health() -> Response {
        guard let trouble = tenant.trouble() else { return Self.healthy }
        return Response(
            status: .serviceUnavailable, headers: Self.healthHeaders,
            body: ResponseBody(byteBuffer: ByteBuffer(string: trouble.message + "\n")))
    }

    /// Says once in the log that the company cannot be read or written, and once that it can again.
    private func watchHealth() {
        tenant.health.watch { [logger] trouble in
            if let trouble {
                logger.error(
                    "the company is not well", metadata: ["problem": "\(trouble.message). \(trouble.fix ?? "")"])
            } else {
                logger.notice("the company is well again")
            }
        }
        // Neither the gateway nor the tenant in it: the tenant keeps this.
        let (store, limit) = (configuration.objects, configuration.fileBytes)
        tenant.lookAlso { if let store { try await FileUpload.look(store, limit: limit) } }
    }

    // MARK: Errors

    /// The answer to a request, whatever becomes of it.
    private func answer(_ request: Incoming, _ route: Route) async -> Reply {
        do {
            return try await dispatch(request, route)
        } catch let problem as Problem {
            return failure(problem, request, route)
        } catch let tries as TooManyTries {
            guard case .page = route, request.text("cmd") == nil else { return tries.reply(in: request.version) }
            return failure(tries.problem, request, route)
        } catch let error as StorageError {
            tenant.health.note(error)
            return failure(Problem(error), request, route)
        } catch let error as ObjectStorageError {
            return failure(Problem(error, limit: configuration.fileBytes), request, route)
        } catch {
            // What it is stays in the log: it may tell of the inside.
            logger.error(
                "a request failed",
                metadata: ["path": "\(request.path)", "request": "\(request.id)", "error": "\(error)"])
            return failure(Problem(.internalError, "The server failed to answer"), request, route)
        }
    }

    private func failure(_ problem: Problem, _ request: Incoming, _ route: Route) -> Reply {
        if problem.kind == .diskFull { tenant.health.note(problem) }
        // What ails the company as a whole was said once, and not for each request that meets it.
        let isKnown = tenant.health.trouble != nil && [.diskFull, .unavailable].contains(problem.kind)
        if problem.kind.status >= 500, !isKnown {
            logger.warning(
                "a request was not served",
                metadata: ["path": "\(request.path)", "request": "\(request.id)", "problem": "\(problem)"])
        }
        var reply = Reply.problem(problem, in: request.version)
        if case .page(let page) = route, request.text("cmd") == nil { reply = pages.failure(problem, page) }
        if problem.kind == .wrongVerb, let verbs = try? verbs(of: route, request) {
            reply.headers.append((.allow, verbs.allow))
        }
        return reply
    }

    // MARK: Steps of a request

    /// What a request is held to before anything is done for it, and its arguments. The form of a file stays where it is:
    /// the method that takes it asks first who sends it.
    private func read(_ raw: Request, _ route: Route, _ request: inout Incoming) async throws {
        try Incoming.check(raw)
        if (raw.head.path ?? "").utf8.count > configuration.targetBytes {
            throw Problem(
                .targetTooLong, "The address is longer than \(configuration.targetBytes) bytes",
                fix: "Send the arguments in the body.")
        }
        let method = name(ofMethodAt: route, request).flatMap { try? methods.find($0) }
        var use = Incoming.BodyUse.arguments(except: method?.description.streamed ?? [])
        switch route {
        case .file: use = .none
        case .uploads, .upload: use = .arguments(except: [ResumableUploads.partType])
        default: break
        }
        try await request.readArguments(raw, configuration, use)
        if raw.head.method == .get, !request.hasBody, let target = raw.head.path {
            targets.keep(target, route, request.arguments, request.version)
        }
    }

    /// The method that a request calls: that of its path, or on any page the argument `cmd`, the older way.
    private func name(ofMethodAt route: Route, _ request: Incoming) -> String? {
        switch route {
        case .method(let name, _): name
        case .doctypeMethod(let doctype, let name): methods.name(of: name, ofDocType: doctype)
        case .page: request.text("cmd") ?? request.queryValue("cmd")
        default: nil
        }
    }

    /// The HTTP methods that an address takes.
    ///
    /// - Throws: ``Problem/Kind/noSuchMethod``, ``Problem/Kind/noSuchPage``.
    private func verbs(of route: Route, _ request: Incoming) throws -> Verbs {
        if let name = name(ofMethodAt: route, request) {
            let verbs = try methods.find(name).description.verbs
            // An address of its own asks or does, and not both; a method of a document may be called either way.
            guard case .method(_, let said) = route, !said.isEmpty else { return verbs }
            if DocumentMethod.onlyAsks(said["method"]?.string) { return .asking }
            return verbs.contains(.get) ? .reading : Verbs(.post)
        }
        switch route {
        case .page(let page): return page.verbs
        case .resources(let doctype): return Resources.verbs(ofDocuments: tenant.registry.find(doctype))
        case .resource(let doctype, _):
            return Resources.verbs(ofDocument: tenant.registry.find(doctype), in: request.version)
        case .uploads: return ResumableUploads.verbs
        case .upload: return ResumableUploads.verbsOfOne
        case .openAPI, .docs, .file, .health, .discovery, .events: return .reading
        case .method, .doctypeMethod, .unknown:
            throw Problem(.noSuchPage, "There is nothing at \(request.path.prefix(200))")
        }
    }

    /// Whether version 2 takes what is asked in a body there: of lists, and of methods of documents.
    private func takesQuery(_ route: Route) -> Bool {
        switch route {
        case .resources: true
        case .method(_, let said): said["method"] != nil
        default: false
        }
    }

    private func dispatch(_ request: Incoming, _ route: Route) async throws -> Reply {
        let verbs = try verbs(of: route, request)
        if request.verb == .options {
            var reply = Reply(content: .text, headers: [(.allow, verbs.allow)])
            if case .uploads = route { reply.headers += resumable.abilities }
            return reply
        }
        // What is asked for in a body is asked for; the description has no word for it.
        let isQuery = request.verb == .query && request.version == .v2 && takesQuery(route) && verbs.contains(.get)
        guard verbs.contains(request.verb) || isQuery else {
            throw Problem(
                .wrongVerb, "This address does not take \(request.verb.rawValue.prefix(20))",
                fix: "Send \(verbs.all.map(\.rawValue).joined(separator: " or ")).")
        }
        if request.method == .get, case .method("run_doc_method", let said) = route,
            let method = said["method"]?.string, let doctype = said["dt"]?.string, let name = said["dn"]?.string
        {
            return try await resources.ask(method, doctype, name, request, as: actor(of: request))
        }
        if let name = name(ofMethodAt: route, request) { return try await call(name, request.calling(route)) }
        switch route {
        case .page(let page): return try await pages.answer(page, request, by: callerOrGuest(of: request))
        case .resources(let doctype):
            let actor = try await actor(of: request)
            return try await request.method == .post
                ? resources.create(doctype, request, as: actor) : resources.list(doctype, request, as: actor)
        case .resource(let doctype, let name):
            return try await resource(doctype, name, request, as: actor(of: request))
        case .file(let url): return try await downloads.answer(url, request, as: callerOrGuest(of: request).actor)
        case .events: return try await events.answer(request, by: knownCaller(of: request))
        case .openAPI: return Reply(body: try await openAPI(for: callerOrGuest(of: request).actor))
        case .uploads: return try await resumable.begin(request, as: actor(of: request))
        case .upload(let id): return try await resumable.answer(id, request, as: actor(of: request))
        case .docs: return APIPage.reply(siteTitle: configuration.title ?? tenant.name)
        case .health:
            let trouble = tenant.trouble()
            return Reply(
                status: trouble == nil ? 200 : 503, content: .text, body: Array("\(trouble?.message ?? "ok")\n".utf8))
        case .discovery(let parts):
            let isGuest = try await callerOrGuest(of: request).isGuest
            return try Discovery(methods: methods, registry: tenant.registry).answer(parts, request, isGuest: isGuest)
        case .method, .doctypeMethod, .unknown:
            throw Problem(.noSuchPage, "There is nothing at \(request.path.prefix(200))")
        }
    }

    private func resource(
        _ doctype: String, _ name: String, _ request: Incoming, as actor: Actor
    ) async throws -> Reply {
        switch request.method {
        case .put, .patch: return try await resources.update(doctype, name, request, as: actor)
        case .delete: return try await resources.delete(doctype, name, request, as: actor)
        case .post:
            guard let method = request.text("run_method") else {
                throw Problem(
                    .mandatory, "A document is posted to only with run_method", field: "run_method",
                    fix: "Change it by PUT, or send run_method.")
            }
            return try await resources.run(method, doctype, name, request, as: actor)
        default:
            guard let method = request.text("run_method") else {
                return try await resources.read(doctype, name, request, as: actor)
            }
            return try await resources.ask(method, doctype, name, request, as: actor)
        }
    }

    /// Calls a method once whoever asks may.
    private func call(_ name: String, _ request: Incoming) async throws -> Reply {
        let entry = try methods.find(name)
        try entry.description.requireEarnest(request.arguments)
        return try await entry.run(request, caller(of: name, entry.description, request))
    }

    /// Who calls a method: somebody who has signed in, unless guests may, with a key that is good for the method.
    private func caller(
        of name: String, _ method: MethodDescription, _ request: Incoming
    ) async throws -> Caller {
        let caller =
            try await method.allowsGuests ? callerOrGuest(of: request) : knownCaller(of: request, calling: name)
        guard caller.actor.mayCall(name) else {
            throw Problem(
                .forbidden, "The key is not good for the method \(name.prefix(140))",
                fix: "Use a key whose scopes name the method.")
        }
        return caller
    }

    // MARK: Who asks

    private func actor(of request: Incoming) async throws -> Actor {
        let caller = try await authenticator.caller(of: request)
        try SiteGuard.check(request, of: caller)
        return caller.actor
    }

    private func knownCaller(of request: Incoming, calling method: String? = nil) async throws -> Caller {
        let caller = try await authenticator.caller(of: request, calling: method)
        guard !caller.isGuest else {
            throw Problem(
                .forbidden, "Nobody is signed in", fix: "Sign in, or send Authorization: token <api_key>:<api_secret>.")
        }
        try SiteGuard.check(request, of: caller)
        return caller
    }

    /// Who asks; a session that has ended, or is good for nothing yet, is as good as none where nobody has to be signed in.
    private func callerOrGuest(of request: Incoming) async throws -> Caller {
        do {
            let caller = try await authenticator.caller(of: request)
            try SiteGuard.check(request, of: caller)
            return caller
        } catch let problem as Problem where [.sessionExpired, .stepMissing].contains(problem.kind) {
            return .guest
        }
    }

    /// The description of the API: to everybody what the modules ship, and of what the company made itself, or added to
    /// that, what the actor may read or select.
    private func openAPI(for actor: Actor) async throws -> [UInt8] {
        let shipped = configuration.share.description(of: tenant)
        guard actor.user != Actor.guest.user, tenant.metadataVersion > 0 else { return shipped }
        let reports = tenant.reports
        return try await tenant.read(as: actor) { session in
            let hidden = session.registry.doctypes.filter { type in
                session.registry.isChanged(type.name) && !session.mayKnow(type)
            }
            return GatewayOpenAPI.document(
                registry: session.registry, reports: reports, without: Set(hidden.map(\.name))
            ).encoded
        }
    }
}
