public import Documents
internal import Storage
public import Values

/// The answer to a request that changed something, kept under the key that its client gave it: the same request sent again
/// gets the same answer, and is not done again. See draft-ietf-httpapi-idempotency-key-header.
///
/// It is kept in the transaction of what was done, so that either both are there or neither; what was refused did nothing and
/// is tried anew. A key is its user's own and good for ``seconds``.
public struct KeptAnswer: Sendable {
    /// The body.
    public let body: [UInt8]
    /// What the answer tells of what it passed over, as a header says it; empty where it passed over nothing.
    public let ignored: String
    /// The state of the document that it shows; nil where it shows none.
    public let version: Timestamp?

    /// An answer of this body.
    public init(body: [UInt8], ignored: String, version: Timestamp?) {
        self.body = body
        self.ignored = ignored
        self.version = version
    }

    /// How long an answer is kept.
    public static let seconds = 86_400
    /// The longest key, in bytes.
    public static let keyBytes = 255
    /// The longest body that is kept; of a longer one it is known that it was sent.
    static let bodyBytes = 1_000_000

    static let table = TableSchema(
        "_answer",
        columns: [
            .init("user", .text, required: true), .init("key", .text, required: true),
            .init("request", .bytes, required: true), .init("body", .bytes), .init("ignored", .text),
            .init("version", .timestamp), .init("moment", .timestamp, required: true),
        ], primaryKey: ["user", "key"])
    private static let mine = "\"user\" = ? AND key = ?"

    /// The answer that is kept under a key of who acts; nil where there is none. `request` is the digest of the request.
    ///
    /// - Throws: ``Problem/Kind/keyInUse`` where the key was given to another request; ``Problem/Kind/answerGone`` for one
    ///   that was too long to be kept.
    public static func find(_ key: String, of request: [UInt8], in session: Session) throws -> KeptAnswer? {
        let row = try session.transaction.first(
            "SELECT request, body, ignored, moment, version FROM _answer WHERE \(mine)",
            [.text(session.actor.user), .text(key)],
            [.bytes, .bytes, .text, .timestamp, .timestamp])
        guard let row, let kept = row[0].bytes, let moment = row[3].timestamp else { return nil }
        guard moment.adding(seconds: seconds) > session.now else {
            try remove("\(mine)", [.text(session.actor.user), .text(key)], in: session)
            return nil
        }
        guard kept == request else {
            throw Problem(
                .keyInUse, "The idempotency key was given to another request", field: "Idempotency-Key",
                fix: "Give each request a key of its own.")
        }
        guard let body = row[1].bytes else {
            throw Problem(
                .answerGone, "The request was done; its answer was too long to be kept", field: "Idempotency-Key",
                fix: "Read what it changed.")
        }
        return KeptAnswer(body: body, ignored: row[2].text ?? "", version: row[4].timestamp)
    }

    /// Keeps the answer under a key of who acts.
    ///
    /// - Throws: ``Problem/Kind/keyInUse`` where another server answered such a request meanwhile; ``StorageError``.
    public func keep(under key: String, of request: [UInt8], in session: Session) throws {
        let row: [Value] = [
            .text(session.actor.user), .text(key), .bytes(request),
            body.count <= Self.bodyBytes ? .bytes(body) : .null, ignored.isEmpty ? .null : .text(ignored),
            version.map(Value.timestamp) ?? .null, .timestamp(session.now),
        ]
        do {
            try session.sealing(Self.table, where: Self.mine, Array(row.prefix(2))) {
                try session.transaction.insert(into: Self.table.name, Self.table.columns.map(\.name), [row])
            }
        } catch StorageError.duplicate {
            throw Problem(
                .keyInUse, "A request with this idempotency key was answered a moment ago", field: "Idempotency-Key",
                fix: "Send it again.")
        }
    }

    /// Removes those whose time has passed.
    static let purge = ScheduledTask("kept_answers") { session in
        try remove("moment <= ?", [.timestamp(session.now.adding(seconds: -seconds))], in: session)
    }

    private static func remove(_ condition: String, _ arguments: [Value], in session: Session) throws {
        try session.sealing(table, where: condition, arguments) {
            try session.transaction.execute("DELETE FROM _answer WHERE \(condition)", arguments)
        }
    }
}

extension Problem.Kind {
    /// An idempotency key that was given to another request.
    public static let keyInUse = Self("idempotency_key_in_use", status: 422)
    /// An answer that was too long to be kept for the same request.
    public static let answerGone = Self("answer_not_kept", status: 409)
}
