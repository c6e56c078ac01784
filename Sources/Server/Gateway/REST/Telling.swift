internal import Documents
internal import HTTPTypes
internal import Tenancy
internal import Values

/// How an answer tells what it passed over and what has no effect.
///
/// Clients of Frappe send what other versions and apps know, and expect it to be passed over: a header names it. With
/// `strict=1` it is refused instead.
extension Tenant {
    /// The answer of a method or resource that only reads. One that is long is sent while it is made, unless it is read
    /// `briefly`; see ``AnswerStream``.
    func answer(
        _ request: Incoming, as actor: Actor, briefly: Bool = false,
        _ body: @escaping @Sendable (Session, inout JSONWriter) throws -> Void
    ) async throws -> Reply {
        let (version, strict) = (request.version, try request.isStrict)
        guard briefly else {
            return try await AnswerStream(self, version).answer(as: actor, strict: strict, body)
        }
        let (bytes, remarks, more) = try await read(as: actor, briefly: true) { session in
            session.passesOverUnknown = !strict
            var writer = JSONWriter(capacity: 2048)
            try body(session, &writer)
            return (writer.bytes, session.remarks, session.more)
        }
        return Reply(body: bytes).telling(remarks, in: version).telling(more: more)
    }

    /// The answer of a method or resource that changes something; that which is kept, where the request was answered before.
    func writingAnswer(
        to request: RepeatableRequest?, in version: APIVersion, as actor: Actor, strict: Bool,
        _ body: @escaping @Sendable (Session) throws -> [UInt8]
    ) async throws -> Reply {
        try await write(as: actor) { session in
            if let request, let kept = try KeptAnswer.find(request.key, of: request.digest, in: session) {
                return Reply(kept)
            }
            session.passesOverUnknown = !strict
            let bytes = try body(session)
            let reply = Reply(body: bytes).telling(session.remarks, in: version).telling(more: session.more)
            if let request {
                let kept = KeptAnswer(
                    body: reply.body, ignored: reply.ignored, version: session.remarks.version)
                try kept.keep(under: request.key, of: request.digest, in: session)
            }
            return reply
        }
    }
}

extension Remarks {
    /// Notes arguments that nothing asked for, or refuses them; `what` is what they were sent to.
    ///
    /// - Throws: ``Problem/Kind/unknownField``.
    mutating func passOver(arguments names: [String], of what: String, strict: Bool) throws {
        for name in names {
            guard !strict else {
                let shown = String(name.prefix(140))
                throw Problem(
                    .unknownField, "\(what.prefix(140)) takes no \(shown)", field: shown,
                    fix: "Leave it out, or correct its name.")
            }
            ignore(name)
        }
    }
}

extension Session {
    /// Passes over arguments that nothing asked for, or refuses them; `what` is what they were sent to.
    ///
    /// - Throws: ``Problem/Kind/unknownField``.
    func passOver(arguments names: [String], of what: String) throws {
        try remarks.passOver(arguments: names, of: what, strict: !passesOverUnknown)
    }
}

extension Arguments {
    /// What says how a request comes and is answered; it is sent to every method and resource.
    static let carried: Set<String> = ["cmd", "sid", "csrf_token", "rehearse", "strict"]

    /// The arguments that nothing asked for; what begins with `_` is the client's own.
    var stray: [String] { unasked.filter { !Self.carried.contains($0) && !$0.hasPrefix("_") } }

    /// The arguments besides those of these names; what begins with `_` is the client's own.
    func stray(besides known: Set<String>) -> [String] {
        values.members.map(\.key).filter { !known.contains($0) && !Self.carried.contains($0) && !$0.hasPrefix("_") }
    }
}

extension Reply {
    /// The same answer, which tells what was passed over in a header, and what has no effect in its body: for programs as
    /// `warnings`, for clients of Frappe as `_server_messages`, in version 2 as `messages`.
    func telling(_ remarks: Remarks, in version: APIVersion) -> Reply {
        guard !remarks.isEmpty else { return self }
        var reply = made(for: version)
        if !remarks.ignored.isEmpty { reply.headers.append((Self.ignoredName, Self.line(remarks))) }
        if let version = remarks.version { reply.headers.append((.eTag, EntityTag.of(version))) }
        if content == .json { reply.body = version.adding(remarks.warnings, to: reply.body) }
        return reply
    }

    /// The names, separated by commas; what is no letter, digit, `_`, `-` or `.` is percent-encoded. Where there are more
    /// than a header holds, it ends with how many, such as `+12`.
    private static func line(_ remarks: Remarks) -> String {
        var line = ""
        for (index, name) in remarks.ignored.enumerated() {
            let word = PercentCoding.encode(String(name.prefix(140)))
            guard line.utf8.count + word.utf8.count + 2 <= ignoredBytes else {
                let left = remarks.ignored.count - index + remarks.more
                return line.isEmpty ? "+\(left)" : "\(line), +\(left)"
            }
            line += line.isEmpty ? word : ", \(word)"
        }
        return remarks.more == 0 ? line : "\(line), +\(remarks.more)"
    }

    /// An answer that was kept; a header says that nothing was done again.
    init(_ kept: KeptAnswer) {
        self.init(body: kept.body)
        if !kept.ignored.isEmpty { headers.append((Self.ignoredName, kept.ignored)) }
        if let version = kept.version { headers.append((.eTag, EntityTag.of(version))) }
        headers.append((Self.replayedName, "true"))
    }

    /// The same without a body, for a client that has it.
    var notModified: Reply {
        var reply = self
        (reply.status, reply.content, reply.body) = (304, .none, [])
        return reply
    }

    /// What the header says of what was passed over.
    var ignored: String { headers.first { $0.0 == Self.ignoredName }?.1 ?? "" }

    private static let replayedName = HTTPField.Name("Idempotency-Replayed") ?? .eTag
    private static let ignoredBytes = 1_000
    private static let ignoredName = HTTPField.Name("X-Cauldron-Ignored") ?? .eTag
}
