internal import Documents
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Values

/// What the gateway answers, before it becomes a response of the HTTP library.
struct Reply: Sendable {
    var status = 200
    var content = Content.json
    var body: [UInt8] = []
    /// What a method gives, where the body is still to be made of it in the form that the request's version has.
    private var result: JSON?
    /// The body where it is written as it goes; `body` is then empty.
    var stream: ResponseBody?
    /// Headers besides those that every reply of its content has.
    var headers: [(HTTPField.Name, String)] = []

    enum Content: Sendable {
        case json
        case page
        case text
        /// What its headers say.
        case none
    }

    init(status: Int = 200, content: Content = .json, body: [UInt8] = [], headers: [(HTTPField.Name, String)] = []) {
        (self.status, self.content, self.body, self.headers) = (status, content, body, headers)
    }

    /// What a method gives: JSON under the name that the version has for it; a null is left out.
    static func message(_ json: JSON) -> Reply {
        var reply = Reply()
        reply.result = json
        return reply
    }

    /// The answer with its body made in the form of a version.
    func made(for version: APIVersion) -> Reply {
        guard let result else { return self }
        var reply = self
        (reply.result, reply.body) = (nil, version.answer(result))
        return reply
    }

    /// JSON as it is.
    static func json(_ json: JSON, status: Int = 200) -> Reply { Reply(status: status, body: json.encoded) }

    /// Sends the browser elsewhere within this site.
    static func redirect(to path: String) -> Reply {
        Reply(status: 303, content: .text, headers: [(.location, path)])
    }

    /// The same with how to go on behind what a limit of the server cut off; see ``Session/more``.
    func telling(more: String?) -> Reply {
        guard let more, let name = HTTPField.Name("X-Cauldron-More") else { return self }
        var reply = self
        reply.headers.append((name, more))
        return reply
    }

    /// What went wrong.
    static func problem(_ problem: Problem, in version: APIVersion) -> Reply {
        var reply = Reply(status: problem.kind.status, body: version.problem(problem))
        // What is left of the request is not waited for.
        if problem.kind == .slowRequest { reply.headers.append((.connection, "close")) }
        if problem.kind == .tooManyStreams || problem.kind == .tooManyStreamsOfUser {
            reply.headers.append((.retryAfter, "5"))
        }
        if problem.kind.status == 401 { reply.headers.append((.wwwAuthenticate, "token realm=\"cauldron\"")) }
        return reply
    }

    /// The response to a request, which names the request's id.
    func response(to request: Incoming) -> Response {
        let body = made(for: request.version).body
        var fields =
            switch content {
            case .json: Self.jsonFields
            case .page: Self.pageFields
            case .text: Self.textFields
            case .none: HTTPFields()
            }
        for (name, value) in headers { fields.append(HTTPField(name: name, value: value)) }
        if request.isAPI, let name = Self.versionName {
            fields.append(HTTPField(name: name, value: request.version.name))
        }
        for name in Self.requestIDNames { fields.append(HTTPField(name: name, value: request.id)) }
        let plain = body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        return Response(status: HTTPResponse.Status(code: status), headers: fields, body: stream ?? plain)
    }

    private static let jsonFields: HTTPFields = [
        .contentType: "application/json; charset=utf-8", .cacheControl: noStore, .xContentTypeOptions: "nosniff",
    ]
    private static let textFields: HTTPFields = [
        .contentType: "text/plain; charset=utf-8", .cacheControl: noStore, .xContentTypeOptions: "nosniff",
    ]
    private static let pageFields: HTTPFields = [
        .contentType: "text/html; charset=utf-8", .cacheControl: noStore, .xContentTypeOptions: "nosniff",
        .contentSecurityPolicy: PageFrame.securityPolicy,
        HTTPField.Name("Referrer-Policy") ?? .referer: "same-origin",
    ]
    private static let noStore = "no-store, no-cache, must-revalidate, max-age=0"
    private static let versionName = HTTPField.Name("X-Cauldron-API")
    /// What a request and its answer carry the request's id in.
    static let requestIDName = HTTPField.Name("X-Request-Id")
    /// The same, and the name that clients of Frappe know.
    private static let requestIDNames = [requestIDName, HTTPField.Name("X-Frappe-Request-Id")].compactMap { $0 }
}

/// The bodies of Frappe's API.
enum Bodies {
    static let data = JSONKey("data")
    static let message = JSONKey("message")
    /// What stands in an answer beside the error of a session that has ended.
    private static let sessionExpired = "session_expired"

    /// `{"data": …}` with what `content` writes.
    static func data(_ content: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        try data(to: &writer, content)
        return writer.bytes
    }

    /// The same, written to a writer.
    static func data(to writer: inout JSONWriter, _ content: (inout JSONWriter) throws -> Void) rethrows {
        writer.beginObject()
        writer.key(data)
        try content(&writer)
        writer.endObject()
    }

    /// Frappe's error body, and beside it what programs can use: `code`, `doctype`, `name`, `field`, `table`, `row`,
    /// `fix`, and as `wording` the sentences as data, for who says them in another language.
    ///
    /// `exc` is what clients of Frappe know an error by; as there it is left out for documents and pages that are not
    /// found. It never holds a stack trace.
    static func problem(_ problem: Problem) -> [UInt8] {
        let exception = "frappe.exceptions.\(problem.kind.exception): \(problem.message)"
        let shown: JSONObject = [
            "message": .string(text(problem)), "indicator": "red", "raise_exception": 1, "title": "Message",
        ]
        var body: JSONObject = ["exc_type": .string(problem.kind.exception), "exception": .string(exception)]
        if problem.kind.status != 404 || problem.kind == .noSuchMethod {
            body["exc"] = .string(JSON.array([.string(exception)]).text)
        }
        body["_server_messages"] = .string(JSON.array([.string(JSON.object(shown).text)]).text)
        body["_error_message"] = .string(problem.message)
        if case .object(let described) = problem.json {
            for (key, value) in described.members where key != "message" { body[key] = value }
        }
        if !problem.parts.isEmpty {
            let refused = problem.parts.filter { $0.kind != .noEffect }
            body["problems"] = .array(refused.map(\.json))
            if refused.count < problem.parts.count {
                body["warnings"] = .array(problem.parts.filter { $0.kind == .noEffect }.map(\.json))
            }
        }
        if problem.kind == .notSignedIn { body["message"] = .string(problem.message) }
        if problem.kind == .sessionExpired { body[sessionExpired] = 1 }
        return JSON.object(body).encoded
    }

    /// What has no effect, for programs and for clients of Frappe, which show such messages beside an answer.
    static func warnings(_ warnings: [Problem]) -> JSONObject {
        let shown = warnings.map { JSON.string(message($0).text) }
        return ["warnings": .array(warnings.map(\.json)), "_server_messages": .string(JSON.array(shown).text)]
    }

    /// A sentence that clients show beside an answer.
    static func message(_ warning: Problem) -> JSON {
        ["message": .string(text(warning)), "indicator": "orange", "title": "Message"]
    }

    /// The errors of version 2: one for each problem, with what programs can use. As there, `exception` is left out for
    /// documents and pages that are not found.
    static func errors(_ problem: Problem) -> [UInt8] {
        let parts = problem.parts.isEmpty ? [problem] : problem.parts
        var body: JSONObject = ["errors": .array(parts.filter { $0.kind != .noEffect }.map(error))]
        let warnings = parts.filter { $0.kind == .noEffect }
        if !warnings.isEmpty { body["messages"] = .array(warnings.map(message)) }
        if problem.kind == .sessionExpired { body[sessionExpired] = 1 }
        return JSON.object(body).encoded
    }

    private static func error(_ problem: Problem) -> JSON {
        var error: JSONObject = [
            "type": .string(problem.kind.exception), "message": .string(problem.message), "title": "Message",
            "indicator": "red",
        ]
        if problem.kind.status != 404 || problem.kind == .noSuchMethod {
            error["exception"] = .string("frappe.exceptions.\(problem.kind.exception): \(problem.message)")
        }
        for (key, value) in problem.json.object?.members ?? [] where key != "message" { error[key] = value }
        return .object(error)
    }

    /// The sentence and what would fix it.
    static func text(_ problem: Problem) -> String {
        let end = problem.message.hasSuffix(".") ? "" : "."
        return problem.fix.map { "\(problem.message)\(end) \($0)" } ?? problem.message
    }
}
