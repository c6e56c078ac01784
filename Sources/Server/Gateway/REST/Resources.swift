internal import Documents
internal import Forms
internal import HTTPTypes
internal import History
internal import Lists
internal import Tenancy
internal import Values

/// `/api/resource`: documents as resources.
///
/// Everything of a request happens in one visit to the database's thread, from which the bytes of the answer come back.
struct Resources: Sendable {
    let tenant: Tenant

    /// The arguments that reading a document takes.
    static func readNames(in version: APIVersion) -> Set<String> { version == .v2 ? readNames2 : readNames1 }
    private static let readNames1: Set<String> = ["as_of", "expand_links"]
    private static let readNames2 = readNames1.union(["include"])

    /// The arguments that a list takes.
    static func listNames(in version: APIVersion) -> Set<String> { version == .v2 ? listNames2 : ListArguments.names }
    private static let listNames2 = ListArguments.names.union(["include"])
    /// A list of at most so many rows counts as brief.
    private static let briefRows = 101

    /// What a list of documents takes, by their DocType: rows of ledgers and what is kept are only read.
    static func verbs(ofDocuments type: DocType?) -> Verbs {
        switch type?.kind {
        case .ledger?, .kept?: .reading
        default: ofDocuments
        }
    }

    /// What a document takes, by its DocType; it is posted to only where it is submitted.
    static func verbs(ofDocument type: DocType?, in version: APIVersion) -> Verbs {
        switch type?.kind {
        case .ledger?, .kept?: .reading
        case _ where version == .v2: ofDocumentInVersion2
        case _ where type?.isSubmittable == false: ofDocument
        default: ofSubmittable
        }
    }

    private static let ofDocuments = Verbs(.get, .head, .post)
    private static let ofDocument = Verbs(.get, .head, .put, .delete)
    private static let ofDocumentInVersion2 = Verbs(.get, .head, .put, .patch, .delete)
    private static let ofSubmittable = Verbs(.get, .head, .put, .delete, .post)

    /// `GET /api/resource/<DocType>`
    func list(_ doctype: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let arguments = try request.list ?? ListArguments(doctype, request.arguments, looksAhead: true)
        let isPage = (1...Self.briefRows).contains(arguments.query.limit)
        let stray =
            request.stray ?? request.arguments.stray(besides: Self.listNames(in: request.version))
            + request.displaced
        let version = request.version
        let counts = try version == .v2 && Self.included(request, of: ["count"]).contains("count")
        return try await tenant.answer(request, as: actor, briefly: isPage) { session, writer in
            try session.passOver(arguments: stray, of: "a list")
            writer.beginObject()
            writer.key(Bodies.data)
            let list = try session.writeList(
                arguments.query, to: &writer, dictionaries: arguments.isDictionary, limit: arguments.pageLength)
            let hasMore = list.rows > arguments.pageLength || list.next != nil || session.more != nil
            if hasMore || version == .v2 {
                writer.key("has_next_page")
                writer.bool(hasMore)
            }
            if counts {
                writer.key("count")
                writer.int(Int64(try session.count(arguments.query)))
                // Frappe stops counting at some number; here all are counted.
                writer.key("count_capped")
                writer.bool(false)
            }
            for (key, cursor) in [("next_cursor", list.next), ("previous_cursor", list.previous)] {
                guard let cursor else { continue }
                writer.key(key)
                writer.string(cursor)
            }
            writer.endObject()
        }
    }

    /// What the argument `include` asks for beside the answer.
    ///
    /// - Throws: ``Problem/Kind/notAnOption`` for what is none of `parts`, ``Problem/Kind/malformed``.
    private static func included(_ request: Incoming, of parts: [String]) throws -> [String] {
        if let sent = request.arguments["include"], sent.string == nil {
            throw Problem(.malformed, "include must be words with commas between them", field: "include")
        }
        let names = (request.text("include") ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
        if let unknown = names.first(where: { !parts.contains($0) }) {
            throw Problem(
                .notAnOption, "There is nothing to include as \(unknown.prefix(40))", field: "include",
                fix: "Use one of: \(parts.joined(separator: ", ")).")
        }
        return names
    }

    /// `GET /api/resource/<DocType>/<name>`; with `as_of` as it was at that moment.
    func read(_ doctype: String, _ name: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let moment = try request.arguments.moment("as_of")
        let expands = request.arguments.flag("expand_links") ?? false
        let stray =
            request.stray ?? request.arguments.stray(besides: Self.readNames(in: request.version))
            + request.displaced
        let parts = try request.version == .v2 ? Self.included(request, of: Session.documentParts) : []
        guard moment == nil || parts.isEmpty else {
            throw Problem(
                .malformed, "What stands around a document is known as it is now alone", field: "include",
                fix: "Leave include or as_of out.")
        }
        let reply = try await tenant.answer(request, as: actor, briefly: moment == nil) { session, writer in
            try session.passOver(arguments: stray, of: "reading a document")
            let document =
                try moment.map { try session.get(doctype, name, asOf: $0) } ?? session.get(doctype, name)
            if !expands { session.remarks.version = document.version }
            guard !expands && parts.isEmpty else {
                writer.beginObject()
                writer.key(Bodies.data)
                if expands {
                    let expanded = try session.expandingLinks(of: document)
                    writer.json(.object(request.version.hasNulls ? expanded : expanded.withoutNulls))
                } else {
                    session.write(document, to: &writer, nulls: request.version.hasNulls)
                }
                for (part, content) in try session.parts(parts, of: document).members {
                    writer.key(part)
                    writer.json(content)
                }
                return writer.endObject()
            }
            // What the client has is not sent again.
            if !request.hasVersion(of: document) {
                Bodies.data(to: &writer) { session.write(document, to: &$0, nulls: request.version.hasNulls) }
            }
        }
        return reply.body.isEmpty ? reply.notModified : reply
    }

    /// `POST /api/resource/<DocType>`
    func create(_ doctype: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let (object, stray) = try request.arguments.sentDocument(for: tenant.registry.doctype(doctype))
        return try await write(Command(.insert, doctype, nil, object), request, stray, as: actor)
    }

    /// `PUT /api/resource/<DocType>/<name>`
    func update(_ doctype: String, _ name: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let (object, stray) = try request.arguments.sentDocument(for: tenant.registry.doctype(doctype))
        return try await write(Command(.save, doctype, name, object), request, stray, as: actor)
    }

    /// `DELETE /api/resource/<DocType>/<name>`
    func delete(_ doctype: String, _ name: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        try await write(Command(.delete, doctype, name), request, request.arguments.stray(besides: []), as: actor)
    }

    /// `GET /api/resource/<DocType>/<name>?run_method=get_tags`
    func ask(
        _ method: String, _ doctype: String, _ name: String, _ request: Incoming, as actor: Actor
    ) async throws -> Reply {
        let called = try DocumentMethod.find(method, of: doctype)
        guard called.onlyAsks else {
            throw Problem(.wrongVerb, "\(called.name) changes something", field: "run_method", fix: "Send POST.")
        }
        let arguments = request.arguments
        let known = Set(called.parameters.map(\.name)).union(["run_method"])
        let stray = arguments.stray(besides: known) + request.displaced
        return try await tenant.answer(request, as: actor) { session, writer in
            try session.passOver(arguments: stray, of: called.name)
            let (document, answer) = try called.call(doctype, name, arguments, in: session)
            writer.json(["data": answer, "docs": [document]])
        }
    }

    /// `POST /api/resource/<DocType>/<name>?run_method=submit`
    func run(
        _ method: String, _ doctype: String, _ name: String, _ request: Incoming, as actor: Actor
    ) async throws -> Reply {
        let stray = request.arguments.stray(besides: ["run_method"])
        if let action = Command.Action(rawValue: method), [.submit, .cancel, .discard].contains(action) {
            return try await write(Command(action, doctype, name), request, stray, as: actor)
        }
        let called = try DocumentMethod.find(method, of: doctype)
        let arguments = request.arguments
        let isRehearsal = try arguments.isRehearsal
        let known = Set(called.parameters.map(\.name))
        return try await tenant.writingAnswer(
            to: RepeatableRequest(request, arguments, isRehearsal: isRehearsal, by: actor), in: request.version,
            as: actor, strict: request.isStrict
        ) { session in
            try session.passOver(arguments: stray.filter { !known.contains($0) }, of: method)
            if isRehearsal {
                let shown = try session.rehearse { _ = try called.call(doctype, name, arguments, in: $0) }.shown
                return JSON.object(["data": shown]).encoded
            }
            let (document, answer) = try called.call(doctype, name, arguments, in: session)
            return JSON.object(["data": answer, "docs": [document]]).encoded
        }
    }

    /// Whether a change is only to be shown: the argument `rehearse`, unless the DocType has a field of that name.
    private func isRehearsal(_ request: Incoming, of doctype: String) throws -> Bool {
        // Another process may have made the DocType a moment ago: that is seen by the write.
        guard tenant.registry.find(doctype)?.field("rehearse") == nil else { return false }
        return try request.arguments.isRehearsal
    }

    /// Whether what nothing knows is refused: the argument `strict`, unless the DocType has a field of that name.
    private func isStrict(_ request: Incoming, of doctype: String) throws -> Bool {
        guard tenant.registry.find(doctype)?.field("strict") == nil else { return false }
        return try request.isStrict
    }

    /// `stray` are arguments that are no part of the command.
    private func write(
        _ command: Command, _ request: Incoming, _ stray: [String], as actor: Actor
    ) async throws -> Reply {
        let stray = stray + request.displaced
        let isRehearsal = try self.isRehearsal(request, of: command.target)
        let isDeleted = command.action == .delete && !isRehearsal
        let repeatable = try RepeatableRequest(request, request.arguments, isRehearsal: isRehearsal, by: actor)
        var reply = try await tenant.writingAnswer(
            to: repeatable, in: request.version, as: actor, strict: isStrict(request, of: command.target)
        ) { session in
            try session.passOver(arguments: stray, of: command.target)
            if request.headers[.ifMatch] != nil {
                try request.requireMatch(command.name.flatMap { try session.find(command.target, $0) })
            }
            if isRehearsal { return JSON.object(["data": try session.rehearse(command).shown]).encoded }
            guard let document = try session.perform(command).document else {
                return JSON.object(["data": "ok"]).encoded
            }
            session.remarks.version = document.version
            return Bodies.data { session.write(document, to: &$0, nulls: request.version.hasNulls) }
        }
        if isDeleted { reply.status = 202 }
        return reply
    }
}
