internal import Documents
internal import HTTPTypes
internal import Hummingbird
internal import Identity
internal import NIOCore
internal import Values

/// A request as the gateway sees it: where it goes and with which arguments, whatever form they came in.
struct Incoming: Sendable {
    let method: HTTPRequest.Method
    /// What it is known by in its answer, the log and the events of what it does: the client's, where it sends one that can
    /// be kept, or else one of the gateway's own.
    let id: String
    /// The HTTP method as it was sent: `method` is GET for HEAD and QUERY, too.
    let verb: HTTPRequest.Method
    let headers: HTTPFields
    /// The header `Authorization`.
    let authorization: String?
    /// Whether a body follows the head.
    let hasBody: Bool
    /// Whether a host stands among the headers, beside the one that the request means.
    private let namesHostAgain: Bool
    /// The address of the client: the last one on the way here that is none of a trusted proxy.
    var address: String { Forwarding.client(peer: peer(), headers, trusting: proxies) }
    /// Where the client is, for who signs in.
    var origin: Origin { Origin(address: address, agent: headers[.userAgent] ?? "") }
    private let proxies: [AddressRange]
    /// The address at the other end of the connection.
    private let peer: @Sendable () -> String
    /// The connection it came over; nil where it came over none.
    let channel: (any Channel)?
    /// The host and port the client means.
    let host: String
    /// The path as it was sent, without the query and not decoded.
    let path: Substring
    /// The version of the API that the path belongs to.
    let version: APIVersion
    /// Whether the path is one of the API.
    var isAPI: Bool { path.hasPrefix("/api/") }
    /// What stands behind the `?`, as it was sent.
    let query: Substring
    /// The arguments: the JSON object of the body, or else the query and the fields of a form. `_` is left out. `rehearse`
    /// counts wherever it stands: nothing is done in earnest because of where it was said.
    private(set) var arguments = Arguments([:])
    /// Whether the arguments are a JSON object from the body.
    private(set) var isJSON = false
    /// The list that the address asks for, where that is known already.
    private(set) var list: ListArguments?
    /// The arguments of the address that a list or document does not take, where they are known already.
    private(set) var stray: [String]?
    /// The arguments of the query that are not taken: `sid`, and all beside a JSON body, which takes their place.
    private(set) var displaced: [String] = []
    /// The request itself where its body was left to be read as it arrives.
    private(set) var arriving: Request?

    init(
        _ request: Request, from peer: @escaping @Sendable () -> String, over channel: (any Channel)? = nil,
        proxies: [AddressRange], newID: () -> String
    ) {
        // What every request is asked for is found in one pass; each look by name would make an index of all names.
        var (sentID, authorization): (String?, String?)
        var (hasBody, namesHostAgain) = (false, false)
        for field in request.head.headerFields {
            switch field.name {
            // Said twice it is none that is known.
            case .authorization: authorization = authorization.map { "\($0), \(field.value)" } ?? field.value
            case .contentLength where Int(field.value) ?? 0 > 0, .transferEncoding: hasBody = true
            case Reply.requestIDName where sentID == nil: sentID = field.value
            case Self.hostName: namesHostAgain = true
            default: continue
            }
        }
        self.authorization = authorization
        self.hasBody = hasBody
        self.namesHostAgain = namesHostAgain
        id = sentID.flatMap { Self.isIdentifier($0) ? $0 : nil } ?? newID()
        verb = request.head.method
        method = verb == .head || verb == .query ? .get : verb
        headers = request.head.headerFields
        self.proxies = proxies
        self.peer = peer
        self.channel = channel
        let told = proxies.isEmpty ? nil : Forwarding.host(peer: peer(), request.head.headerFields, trusting: proxies)
        host = told ?? request.head.authority ?? ""
        var target = (request.head.path ?? "/")[...]
        if target.utf8.first != 0x2F { target = Self.withoutOrigin(target) }
        if let fragment = target.utf8.firstIndex(of: 0x23) { target = target[..<fragment] }
        if let mark = target.utf8.firstIndex(of: 0x3F) {
            path = target[..<mark]
            query = target[target.index(after: mark)...]
        } else {
            path = target
            query = ""
        }
        version = APIVersion(path)
    }

    /// Whether it only asks.
    var isSafe: Bool { method == .get || method == .options }

    /// An argument of the query or the body, as text; the query counts here also beside a JSON body.
    func text(_ name: String) -> String? { arguments.text(name) ?? (isJSON ? queryValue(name) : nil) }

    /// Whether what nothing knows is to be refused instead of passed over; the query counts here also beside a JSON body.
    ///
    /// - Throws: ``Problem/Kind/wrongType``.
    var isStrict: Bool {
        get throws {
            if isJSON, let text = queryValue("strict") { return try Arguments(["strict": .string(text)]).isStrict }
            return try arguments.isStrict
        }
    }

    /// A value of the query.
    func queryValue(_ name: String) -> String? {
        FormBody.urlEncoded(query).last { $0.name == name }?.value
    }

    /// The target of a request to a proxy, `http://host/path`, without what stands before the path.
    private static func withoutOrigin(_ target: Substring) -> Substring {
        let parts = target.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasSuffix(":"), parts[1].isEmpty else { return target }
        return parts[2].firstIndex(of: "/").map { parts[2][$0...] } ?? "/"
    }

    // MARK: Arguments

    /// The request as the call of a method that its address names, with the arguments that stand there: they count before
    /// those that were sent. What a method of a document is called with stands in `kwargs`.
    func calling(_ route: Route) -> Incoming {
        guard case .method(let name, let said) = route, !said.isEmpty else { return self }
        var request = self
        var values = arguments.values
        if name == "run_doc_method" {
            func only(_ isWanted: (String) -> Bool) -> JSONObject {
                JSONObject(arguments.values.members.filter { isWanted($0.key) }.map { ($0.key, $0.value) })
            }
            values = only { Arguments.carried.contains($0) }
            values["kwargs"] = .object(only { !Arguments.carried.contains($0) })
        }
        for (key, value) in said.members { values[key] = value }
        request.arguments = Arguments(values, notesAsked: true)
        return request
    }

    /// Takes over what is known of the address; only of a request without a body that nothing is wrong with.
    mutating func take(_ target: ReadTargets.Target) -> Bool {
        guard !hasBody, !namesHostAgain else { return false }
        arguments = target.arguments
        list = target.list
        stray = target.stray
        return true
    }

    /// Whether a client's id of a request can be kept: a short word of letters, digits and a few signs.
    static func isIdentifier(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: signs.contains(byte)
                }
            }
    }

    private static let signs = Array("-_.:/+=@".utf8)

    /// What is done with the body of a request before it is known who sends it.
    enum BodyUse {
        /// It holds arguments, unless it is of one of these types: then it is left to be read as it arrives.
        case arguments(except: [String])
        /// There is nothing to be said in it: it is not read.
        case none
    }

    /// Reads the query, and the body as far as it is of use.
    ///
    /// - Throws: ``Problem/Kind/tooLarge``, ``Problem/Kind/slowRequest``, ``Problem/Kind/mediaType``,
    ///   ``Problem/Kind/malformed``.
    mutating func readArguments(
        _ request: Request, _ configuration: GatewayConfiguration, _ use: BodyUse
    ) async throws {
        var isRead = false
        if case .arguments(let streamed) = use {
            let type = headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased() ?? ""
            if streamed.contains(type) { arriving = request }
            isRead = arriving == nil
        }
        try setArguments(isRead && hasBody ? await Self.body(of: request, configuration) : [], configuration)
    }

    private static func body(of request: Request, _ configuration: GatewayConfiguration) async throws -> [UInt8] {
        let fields = request.head.headerFields
        let length = fields[.contentLength].flatMap { Int($0) }
        let limit = configuration.bodyBytes
        let tooLarge = Problem(
            .tooLarge, "The body is larger than \(limit) bytes", fix: "Send less at once, in several requests.")
        if let length, length > limit { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(length ?? 0, 1 << 20))
        try await forEachPiece(of: request) { buffer in
            guard buffer.readableBytes <= limit - bytes.count else { throw tooLarge }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    /// Hands on the pieces of a body as they arrive.
    ///
    /// - Throws: ``Problem/Kind/slowRequest`` when they do not arrive in time, and what `each` throws.
    static func forEachPiece(of request: Request, _ each: (ByteBuffer) async throws -> Void) async throws {
        do {
            for try await buffer in request.body { try await each(buffer) }
        } catch is LateBody {
            throw Problem(.slowRequest, "The body did not arrive in time", fix: "Send it again, or less at once.")
        }
    }

    /// What the request holds that no request may.
    ///
    /// - Throws: ``Problem/Kind/badHost``; ``Problem`` for the character NUL in the address or in a cookie.
    static func check(_ request: Request) throws {
        let head = request.head
        guard namesOneHost(request) else {
            throw Problem(
                .badHost, "The request names \(head.authority == nil ? "no host" : "more than one host")",
                fix: "Send one Host header.")
        }
        if head.path.map({ holdsNUL($0) }) == true { throw Problem.nul() }
        if head.headerFields[.cookie].map({ holdsNUL($0) }) == true { throw Problem.nul(in: "Cookie") }
    }

    private static let hostName = HTTPField.Name("Host")

    /// Whether the request says once which host it means (RFC 9112 section 3.2). What comes twice stands among the headers.
    static func namesOneHost(_ request: Request) -> Bool {
        request.head.authority != nil && hostName.flatMap { request.head.headerFields[$0] } == nil
    }

    /// Whether text has NUL in it once it is decoded.
    private static func holdsNUL(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var at = 0
            while at < bytes.count {
                let byte = unsafe bytes[at]
                if byte == 0 { return true }
                if byte == 0x25, at + 2 < bytes.count, unsafe bytes[at + 1] == 0x30, unsafe bytes[at + 2] == 0x30 {
                    return true
                }
                at += 1
            }
            return false
        }
    }

    private mutating func setArguments(_ body: [UInt8], _ configuration: GatewayConfiguration) throws {
        var values: JSONObject = [:]
        let first = body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        var fields: [(name: String, value: String)] = []
        if let first {
            let header = headers[.contentType] ?? (first == 0x7B || first == 0x5B ? "application/json" : Self.form)
            let type = header.prefix { $0 != ";" && $0 != " " }.lowercased()
            if type == "application/json" || type.hasSuffix("+json") {
                values = try Self.object(body, configuration)
                isJSON = true
            } else if type == Self.form {
                fields = FormBody.urlEncoded(String(decoding: body, as: UTF8.self))
            } else if type == Self.multipart {
                fields = try FormBody.multipart(body, boundary: FormBody.parameter("boundary", of: header) ?? "")
            } else {
                throw Problem(
                    .mediaType, "A body of type \(type.prefix(80)) is not read here",
                    fix: "Send application/json or \(Self.form).")
            }
        }
        let asked = FormBody.urlEncoded(query)
        if !isJSON {
            // Who somebody is does not stand in a link, which others can make.
            for (name, value) in asked where name != "sid" { values[name] = .string(value) }
            for (name, value) in fields {
                if name.utf8.contains(0) || value.utf8.contains(0) { throw Problem.nul(in: name) }
                values[name] = .string(value)
            }
        } else {
            if values["rehearse"] == nil, let text = queryValue("rehearse") { values["rehearse"] = .string(text) }
            displaced = asked.map(\.name).filter {
                !Arguments.carried.contains($0) && !$0.hasPrefix("_") && $0 != "run_method"
            }
        }
        if asked.contains(where: { $0.name == "sid" }) { displaced.append("sid") }
        values.removeValue(forKey: "_")
        arguments = Arguments(values, notesAsked: true)
    }

    private static func object(_ body: [UInt8], _ configuration: GatewayConfiguration) throws -> JSONObject {
        let limits = JSONLimits(depth: configuration.jsonDepth, values: configuration.jsonValues, allowsNUL: false)
        let json: JSON
        do {
            json = try JSON.parse(body, limits: limits)
        } catch {
            if error.reason == JSONError.nul { throw Problem.nul(in: error.key) }
            throw Problem(
                .malformed, "The body is not JSON: \(error)", field: error.key, fix: "Correct the JSON of the body.")
        }
        switch json {
        case .object(let object): return object
        case .array: return ["data": json]
        default: throw Problem(.malformed, "The body is neither an object nor a list", fix: "Send a JSON object.")
        }
    }

    private static let form = "application/x-www-form-urlencoded"
    static let multipart = "multipart/form-data"
}
