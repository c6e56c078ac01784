internal import Documents
internal import HTTPTypes
internal import NIOCore
internal import Tenancy
internal import Values

/// `GET /api/events`: what happens in the company, as server-sent events.
struct EventAnswers: Sendable {
    private let hub: EventHub

    init(_ hub: EventHub) { self.hub = hub }

    /// What it is called in answers, and what may be asked of it.
    private static let name = "/api/events"
    static let names: Set<String> = ["doctype", "name", "watch", "after", "limit", "follow"]
    private static let lastID = HTTPField.Name("Last-Event-ID")

    /// Answers with the stream that a request asks for.
    ///
    /// - Throws: ``Problem`` for what cannot be watched or may not be read; ``Problem/Kind/tooManyStreams``,
    ///   ``Problem/Kind/tooManyStreamsOfUser``.
    func answer(_ request: Incoming, by caller: Caller) async throws -> Reply {
        let arguments = request.arguments
        var remarks = Remarks()
        let stray = arguments.stray(besides: Self.names) + request.displaced
        try remarks.passOver(arguments: stray, of: Self.name, strict: request.isStrict)
        let number = try Self.number(request)
        let limit = try arguments.int("limit", in: 1...1_000_000)
        let follows = try arguments.int("follow", in: 0...1).map { $0 == 1 } ?? Self.listens(request)
        let subjects = try Self.subjects(arguments)
        let (watch, actor, beginning) = try await hub.tenant.read(as: caller.actor) { session in
            guard let actor = try User.actor(caller.actor.user, in: session) else {
                throw Problem(.sessionExpired, "The session has ended", fix: "Sign in again.")
            }
            let watch = try Self.watch(subjects, in: session)
            return (
                watch, actor.limited(to: caller.actor.scopes), try EventHub.Beginning(after: number, in: session)
            )
        }
        var reply = Reply(content: .none, headers: Self.headers).telling(remarks, in: request.version)
        // Nothing is opened for who only looks.
        guard request.verb == .get else { return reply }
        let channel = request.channel
        let open = try hub.open(
            watch, as: actor, caller, from: beginning, limit: limit, follows: follows
        ) { channel?.triggerUserOutboundEvent(StreamCut(), promise: nil) }
        reply.stream = channel.map { open.body(over: $0) } ?? open.body
        return reply
    }

    private static let headers: [(HTTPField.Name, String)] = {
        var headers: [(HTTPField.Name, String)] = [
            (.contentType, "text/event-stream; charset=utf-8"), (.cacheControl, "no-store"),
            (.xContentTypeOptions, "nosniff"), (.connection, "close"),
        ]
        // Proxies that gather an answer before they hand it on leave this one alone.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers.append((name, "no")) }
        return headers
    }()

    // MARK: What is asked for

    /// Whether the client waits for what is still to come, unless it says so: one that knows streams names their type.
    private static func listens(_ request: Incoming) -> Bool {
        request.headers[.accept]?.lowercased().contains("text/event-stream") ?? false
    }

    /// The event after which the stream begins: that which a browser names when it comes again, or the one of the address.
    private static func number(_ request: Incoming) throws -> Int64? {
        var arguments = request.arguments
        if let sent = lastID.flatMap({ request.headers[$0] }), !sent.isEmpty {
            arguments.values["after"] = .string(sent)
        }
        return try arguments.int("after", in: 0...Int(Int64.max - 1)).map(Int64.init)
    }

    private static func subjects(_ arguments: Arguments) throws -> [(doctype: String, name: String?)] {
        var subjects: [(doctype: String, name: String?)] = []
        if let doctype = arguments.text("doctype") { subjects.append((doctype, arguments.text("name"))) }
        if subjects.isEmpty, arguments.text("name") != nil {
            throw Problem(
                .mandatory, "A name alone names no document", field: "doctype", fix: "Send doctype with name.")
        }
        let form = Problem(
            .malformed, "watch must be a list of DocTypes and documents", field: "watch",
            fix: #"Send ["Item", "Sales Order/SO-0001"]."#)
        switch try arguments.json("watch") {
        case nil: break
        case .array(let elements)?:
            guard elements.count <= Limits.watchedSubjects else {
                throw Problem(
                    .tooMany, "\(elements.count) are more than \(Limits.watchedSubjects)", field: "watch",
                    fix: "Watch the DocTypes instead of their documents.")
            }
            for element in elements {
                guard let text = element.string, !text.isEmpty else { throw form }
                let (doctype, name) = Route.cut(text[...])
                if doctype.isEmpty || name?.isEmpty == true { throw form }
                subjects.append((String(doctype), name.map(String.init)))
            }
        default: throw form
        }
        if subjects.isEmpty, arguments["watch"] != nil { throw form }
        return subjects
    }

    /// What is watched, of which the actor may read something.
    private static func watch(_ subjects: [(doctype: String, name: String?)], in session: Session) throws -> Watch {
        if subjects.isEmpty { return .all }
        return Watch(
            try subjects.map { subject in
                let type = try session.registry.doctype(subject.doctype)
                try session.require(.read, type)
                return (type, subject.name.map(\.normalized))
            })
    }
}

extension Limits {
    /// The most DocTypes and documents that one stream watches.
    static let watchedSubjects = 200
}
