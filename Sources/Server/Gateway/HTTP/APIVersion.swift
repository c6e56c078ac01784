internal import Documents
internal import Values

/// The version of the API that an address belongs to: what answers and errors look like.
enum APIVersion: Sendable {
    /// `/api/…`, `/api/v1/…` and all that is no API.
    case v1
    /// `/api/v2/…`
    case v2

    /// The version that a path as it was sent is of.
    init(_ path: Substring) { self = path.hasPrefix("/api/v2/") ? .v2 : .v1 }

    /// What the header `X-Cauldron-API` says.
    var name: String { self == .v1 ? "v1" : "v2" }

    /// What a method gives stands under this.
    var result: JSONKey { self == .v1 ? Bodies.message : Bodies.data }

    /// Whether a document that is answered has its empty fields, too.
    var hasNulls: Bool { self == .v2 }

    /// What a method gives, as the body of its answer; a null is left out.
    func answer(_ json: JSON) -> [UInt8] {
        var writer = JSONWriter()
        answer(json, to: &writer)
        return writer.bytes
    }

    /// The same, written to a writer.
    func answer(_ json: JSON, to writer: inout JSONWriter) {
        writer.beginObject()
        if !json.isNull {
            writer.key(result)
            writer.json(json)
        }
        writer.endObject()
    }

    /// An answer of several parts, of which that named `message` is what the method gives.
    func answer(parts: JSON, to writer: inout JSONWriter) {
        writer.beginObject()
        for (key, value) in parts.object?.members ?? [] where key != "message" || !value.isNull {
            if key == "message" { writer.key(result) } else { writer.key(key) }
            writer.json(value)
        }
        writer.endObject()
    }

    /// The body of an error.
    func problem(_ problem: Problem) -> [UInt8] {
        self == .v1 ? Bodies.problem(problem) : Bodies.errors(problem)
    }

    /// What has no effect, as parts of an answer.
    func warnings(_ warnings: [Problem]) -> JSONObject {
        guard self == .v2 else { return Bodies.warnings(warnings) }
        return ["messages": .array(warnings.map(Bodies.message)), "warnings": .array(warnings.map(\.json))]
    }

    /// A body, or the end of one, that is an object, with what has no effect told in it.
    func adding(_ warnings: [Problem], to body: [UInt8]) -> [UInt8] {
        guard !warnings.isEmpty, body.last == UInt8(ascii: "}") else { return body }
        var body = Array(body.dropLast())
        if body.last != UInt8(ascii: "{") { body.append(UInt8(ascii: ",")) }
        return body + JSON.object(self.warnings(warnings)).encoded.dropFirst()
    }
}
