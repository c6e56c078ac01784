internal import Documents
internal import HTTPTypes
internal import Identity
internal import Tenancy
internal import Values

/// A request that its client may send again: the key it gave it, and the digest of what it asks for.
struct RepeatableRequest: Sendable {
    let key: String
    let digest: [UInt8]

    /// The header that holds the key.
    static let header = "Idempotency-Key"
    private static let name = HTTPField.Name("Idempotency-Key")

    /// The key of a request; nil where it has none, or only shows what it would do.
    ///
    /// `arguments` are those it is done with; `file` tells the file that came with them.
    ///
    /// - Throws: ``Problem/Kind/malformed`` for a key that is none; ``Problem/Kind/forbidden`` for who has not signed in, whose
    ///   keys would be everybody's.
    init?(
        _ request: Incoming, _ arguments: Arguments, file: String = "", isRehearsal: Bool, by actor: Actor
    ) throws {
        guard let key = try Self.key(of: request), !isRehearsal else { return nil }
        guard actor.user != Actor.guest.user else {
            throw Problem(
                .forbidden, "Who has not signed in has no idempotency keys", field: Self.header, fix: "Sign in first.")
        }
        self.key = key
        var asked = arguments.values
        // How the client is known may change between two tries.
        for name in ["sid", "csrf_token"] { asked[name] = nil }
        digest = Secret.digest(
            [request.verb.rawValue, String(request.path), String(request.query), JSON.object(asked).text, file]
                .joined(separator: "\n"))
    }

    /// The key that a request has, without the quotes in which the header's format has it.
    private static func key(of request: Incoming) throws -> String? {
        guard let sent = name.flatMap({ request.headers[$0] }) else { return nil }
        var key = sent
        if key.utf8.count > 1, key.hasPrefix("\""), key.hasSuffix("\"") { key = String(key.dropFirst().dropLast()) }
        guard (1...KeptAnswer.keyBytes).contains(key.utf8.count), key.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw Problem(
                .malformed, "An idempotency key is a word of 1 to \(KeptAnswer.keyBytes) visible ASCII characters",
                field: header, fix: "Send a UUID.")
        }
        return key
    }

    /// Refuses a key where an answer is not kept, so that nothing is done twice that should be done once.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    static func refuse(_ request: Incoming) throws {
        guard try key(of: request) != nil else { return }
        throw Problem(
            .forbidden, "This request cannot be repeated by a key", field: header, fix: "Leave \(header) out.")
    }
}
