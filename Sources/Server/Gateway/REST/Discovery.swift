internal import Documents
internal import Forms
internal import HTTPTypes
internal import Values

/// `/api/v2/discovery`: which methods there are, for programs that look for what they need. Guests see those that are open
/// to guests.
struct Discovery {
    let methods: MethodTable
    let registry: Registry

    /// The most methods that a search gives.
    private static let hits = 50

    /// Answers what stands behind `discovery/`.
    ///
    /// - Throws: ``Problem/Kind/noSuchPage``, ``Problem/Kind/noSuchMethod``.
    func answer(_ parts: [String], _ request: Incoming, isGuest: Bool) throws -> Reply {
        let visible = methods.descriptions.filter { !isGuest || $0.allowsGuests }
        switch parts {
        case []: return .message(root(visible.count))
        case ["search"]: return .message(search(request.text("q") ?? "", visible))
        case ["method"]:
            return .message(["type": "method_index", "methods": .array(visible.map { .object(Self.summary($0)) })])
        case _ where parts.count == 2 && parts[0] == "method":
            let method = try methods.find(parts[1]).description
            guard !isGuest || method.allowsGuests else {
                throw Problem(.noSuchMethod, "There is no method \(parts[1].prefix(140))", fix: "Sign in first.")
            }
            return .message(Self.detail(method))
        case _ where parts.first == "doctype" && isGuest:
            throw Problem(.forbidden, "Nobody is signed in", fix: "Sign in first.")
        case _ where parts.count == 2 && parts[0] == "doctype":
            let items = try DocumentMethod.all(of: registry.doctype(parts[1])).map {
                JSON.object(Self.summary($0, of: parts[1]))
            }
            return .message(["type": "method_index", "methods": .array(items)])
        case _ where parts.count == 4 && parts[0] == "doctype" && parts[2] == "method":
            guard
                let method = try DocumentMethod.all(of: registry.doctype(parts[1])).first(where: { $0.name == parts[3] }
                )
            else {
                throw Problem(.noSuchMethod, "There is no method \(parts[3].prefix(140)) of \(parts[1])")
            }
            return .message(Self.detail(method, of: parts[1]))
        default: throw Problem(.noSuchPage, "There is nothing at \(request.path.prefix(200))")
        }
    }

    private func root(_ count: Int) -> JSON {
        [
            "type": "discovery",
            "resources": [
                "methods": .int(Int64(count)), "doctype_methods": .int(Int64(DocumentMethod.all.count)),
            ],
            "links": [
                "self": "/api/v2/discovery", "search": "/api/v2/discovery/search?q={query}",
                "methods": "/api/v2/discovery/method", "method": "/api/v2/discovery/method/{method}",
                "doctype": "/api/v2/discovery/doctype/{doctype}",
                "doctype_method": "/api/v2/discovery/doctype/{doctype}/method/{method}", "openapi": "/openapi.json",
            ],
        ]
    }

    /// The methods whose names and sentences hold all words.
    private func search(_ text: String, _ visible: [MethodDescription]) -> JSON {
        let words = text.lowercased().split(separator: " ")
        let found = visible.filter { method in
            let looked = "\(method.name) \(method.summary)".lowercased()
            return words.allSatisfy { looked.contains($0) }
        }
        return ["query": .string(text), "results": .array(found.prefix(Self.hits).map { .object(Self.summary($0)) })]
    }

    private static func summary(_ method: MethodDescription) -> JSONObject {
        [
            "kind": "rpc", "path": .string(method.name), "allow_guest": .bool(method.allowsGuests),
            "description": .string(method.summary),
        ]
    }

    private static func detail(_ method: MethodDescription) -> JSON {
        var detail = summary(method)
        detail["type"] = "method"
        detail["name"] = .string(method.name.split(separator: ".").last.map(String.init) ?? method.name)
        detail["http_methods"] = .array(method.verbs.all.map { .string($0.rawValue) })
        detail["endpoint"] = .string("/api/v2/method/\(PercentCoding.encode(method.name))")
        detail["docstring"] = .string(method.summary)
        detail["params"] = .array(method.parameters.map(parameter))
        return .object(detail)
    }

    private static func summary(_ method: DocumentMethod, of doctype: String) -> JSONObject {
        [
            "kind": "doctype", "doctype": .string(doctype), "method": .string(method.name),
            "description": .string(method.summary),
        ]
    }

    private static func detail(_ method: DocumentMethod, of doctype: String) -> JSON {
        var detail = summary(method, of: doctype)
        detail["type"] = "method"
        detail["http_methods"] = method.onlyAsks ? ["GET", "POST"] : ["POST"]
        detail["allow_guest"] = false
        detail["endpoint"] = .string(
            "/api/v2/document/\(PercentCoding.encode(doctype))/{name}/method/\(PercentCoding.encode(method.name))")
        detail["docstring"] = .string(method.summary)
        detail["params"] = .array(method.parameters.map(parameter))
        return .object(detail)
    }

    private static func parameter(_ parameter: Method.Parameter) -> JSON {
        var json: JSONObject = ["name": .string(parameter.name), "required": .bool(parameter.isRequired)]
        if !parameter.summary.isEmpty { json["description"] = .string(parameter.summary) }
        return .object(json)
    }
}
