internal import HTTPTypes

/// The HTTP methods that an address takes. Every other is refused with 405 and these in `Allow`.
struct Verbs: Sendable, Equatable {
    /// Them, in the order of `Allow`; `OPTIONS` is taken everywhere and not among them.
    let all: [HTTPRequest.Method]

    init(_ all: HTTPRequest.Method...) { self.all = all }

    /// What is only looked at.
    static let reading = Verbs(.get, .head)
    /// A method that only asks.
    static let asking = Verbs(.get, .head, .post)
    /// A method that changes something.
    static let changing = Verbs(.post, .put)
    /// A page with a form.
    static let form = Verbs(.get, .head, .post)

    func contains(_ verb: HTTPRequest.Method) -> Bool { all.contains(verb) }

    /// The value of `Allow`.
    var allow: String { (all + [.options]).map(\.rawValue).joined(separator: ", ") }
}

extension HTTPRequest.Method {
    /// Asks as GET does, with what is asked in the body (draft-ietf-httpbis-safe-method-w-body).
    static let query = Self("QUERY") ?? .get
}
