internal import Documents
internal import HTTPTypes
internal import Tenancy
internal import Values

/// How an answer of version 1 tells what it passed over and what has no effect.
///
/// Clients of Frappe send what other versions and apps know, and expect it to be passed over: a header names it. With
/// `strict=1` it is refused instead.
extension Tenant {
    /// The answer of a method or resource that only reads. One that is long is sent while it is made, unless it is read
    /// `briefly`; see ``AnswerStream``.
    func answer(
        as actor: Actor, strict: Bool, briefly: Bool = false,
        _ body: @escaping @Sendable (Session, inout JSONWriter) throws -> Void
    ) async throws -> Reply {
        guard briefly else { return try await AnswerStream().answer(self, as: actor, strict: strict, body) }
        let (bytes, remarks, more) = try await read(as: actor, briefly: true) { session in
            session.passesOverUnknown = !strict
            var writer = JSONWriter(capacity: 2048)
            try body(session, &writer)
            return (writer.bytes, session.remarks, session.more)
        }
        return Reply(body: bytes).telling(remarks).telling(more: more)
    }

    /// The answer of a method or resource that changes something.
    func writingAnswer(
        as actor: Actor, strict: Bool, _ body: @escaping @Sendable (Session) throws -> [UInt8]
    ) async throws -> Reply {
        let (bytes, remarks, more) = try await write(as: actor) { session in
            session.passesOverUnknown = !strict
            return (try body(session), session.remarks, session.more)
        }
        return Reply(body: bytes).telling(remarks).telling(more: more)
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
    /// `warnings`, for clients of Frappe as `_server_messages`.
    func telling(_ remarks: Remarks) -> Reply {
        guard !remarks.isEmpty else { return self }
        var reply = self
        if !remarks.ignored.isEmpty { reply.headers.append((Self.ignoredName, Self.line(remarks))) }
        if content == .json { reply.body = Bodies.adding(remarks.warnings, to: body) }
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

    private static let ignoredBytes = 1_000
    private static let ignoredName = HTTPField.Name("X-Cauldron-Ignored") ?? .eTag
}
