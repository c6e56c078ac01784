internal import Documents
internal import Tenancy
internal import Values

/// `/api/resource`: documents as resources.
///
/// Everything of a request happens in one visit to the database's thread, from which the bytes of the answer come back.
struct Resources: Sendable {
    let tenant: Tenant

    /// A list of at most so many rows counts as brief.
    private static let briefRows = 101

    /// `GET /api/resource/<DocType>`
    func list(_ doctype: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let arguments = try request.list ?? ListArguments(doctype, request.arguments, looksAhead: true)
        let isPage = (1...Self.briefRows).contains(arguments.query.limit)
        let (body, more) = try await tenant.read(as: actor, briefly: isPage) { session in
            var writer = JSONWriter(capacity: 2048)
            writer.beginObject()
            writer.key(Bodies.data)
            let list = try session.writeList(
                arguments.query, to: &writer, dictionaries: arguments.isDictionary, limit: arguments.pageLength)
            if list.rows > arguments.pageLength || list.next != nil || session.more != nil {
                writer.key("has_next_page")
                writer.bool(true)
            }
            for (key, cursor) in [("next_cursor", list.next), ("previous_cursor", list.previous)] {
                guard let cursor else { continue }
                writer.key(key)
                writer.string(cursor)
            }
            writer.endObject()
            return (writer.bytes, session.more)
        }
        return Reply(body: body).telling(more: more)
    }

    /// `GET /api/resource/<DocType>/<name>`; with `as_of` as it was at that moment.
    func read(_ doctype: String, _ name: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let moment = try request.arguments.moment("as_of")
        let body = try await tenant.read(as: actor, briefly: moment == nil) { session in
            let document =
                try moment.map { try session.get(doctype, name, asOf: $0) } ?? session.get(doctype, name)
            return Bodies.data { session.write(document, to: &$0, nulls: false) }
        }
        return Reply(body: body)
    }

    /// `POST /api/resource/<DocType>`
    func create(_ doctype: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let object = try request.arguments.sentDocument(for: tenant.registry.doctype(doctype))
        return try await write(Command(.insert, doctype, nil, object), request, as: actor)
    }

    /// `PUT /api/resource/<DocType>/<name>`
    func update(_ doctype: String, _ name: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        let object = try request.arguments.sentDocument(for: tenant.registry.doctype(doctype))
        return try await write(Command(.save, doctype, name, object), request, as: actor)
    }

    /// `DELETE /api/resource/<DocType>/<name>`
    func delete(_ doctype: String, _ name: String, _ request: Incoming, as actor: Actor) async throws -> Reply {
        try await write(Command(.delete, doctype, name), request, as: actor)
    }

    /// `POST /api/resource/<DocType>/<name>?run_method=submit`
    func run(
        _ method: String, _ doctype: String, _ name: String, _ request: Incoming, as actor: Actor
    ) async throws -> Reply {
        guard let action = Command.Action(rawValue: method), [.submit, .cancel, .discard].contains(action) else {
            throw Problem(
                .forbidden, "The method \(method.prefix(140)) of \(doctype) is not open to clients",
                field: "run_method", fix: "Use submit, cancel or discard.")
        }
        return try await write(Command(action, doctype, name), request, as: actor)
    }

    /// Whether a change is only to be shown: the argument `rehearse`, unless the DocType has a field of that name.
    private func isRehearsal(_ request: Incoming, of doctype: String) throws -> Bool {
        // Another process may have made the DocType a moment ago: that is seen by the write.
        guard tenant.registry.find(doctype)?.field("rehearse") == nil else { return false }
        return try request.arguments.isRehearsal
    }

    private func write(_ command: Command, _ request: Incoming, as actor: Actor) async throws -> Reply {
        if try isRehearsal(request, of: command.target) {
            return .json(["data": try await tenant.write(as: actor) { try $0.rehearse(command).shown }])
        }
        let bytes = try await tenant.write(as: actor) { session -> [UInt8]? in
            let document = try session.perform(command).document
            return document.map { document in Bodies.data { session.write(document, to: &$0, nulls: false) } }
        }
        return bytes.map { Reply(body: $0) } ?? .json(["data": "ok"], status: 202)
    }
}
