internal import Documents
internal import Forms
internal import Values

/// The paths of version 2 of the API, the same for every DocType: the schemas of the documents stand with version 1.
enum OpenAPIVersion2 {
    private static let tag = "Version 2"

    static let paths = JSONObject(fixed.members + asking)

    /// Methods of a document that only ask may be called by GET as well.
    private static let asking = DocumentMethod.all.filter(\.onlyAsks).map { method -> (String, JSON) in
        let answer = data([:], ["docs": documents])
        return (
            "/api/v2/document/{doctype}/{name}/method/\(method.name)",
            [
                "parameters": [doctype, name],
                "get": operation("ask.\(method.name)", method.summary, answer),
                "post": operation("run.\(method.name)", method.summary, answer, parameters: writing),
            ]
        )
    }

    private static let fixed: JSONObject = [
        "/api/v2/document/{doctype}": [
            "parameters": [doctype], "get": list,
            "post": operation(
                "create", "Create a document", data(document), parameters: writing, body: OpenAPIPaths.body(document)),
        ],
        "/api/v2/document/{doctype}/{name}": [
            "parameters": [doctype, name],
            "get": operation(
                "read", "Read a document", data(document, parts),
                parameters: [
                    OpenAPISchemas.reference("parameters", "if_none_match"),
                    OpenAPIPaths.query(
                        .optional(
                            "include",
                            "What to tell beside it: \(Session.documentParts.joined(separator: ", ")); with commas.")),
                ],
                also: ["304": ["description": "It is in the state that If-None-Match names."]]),
            "patch": operation(
                "patch", "Change a document", data(document), parameters: writing + [OpenAPIPaths.match],
                body: OpenAPIPaths.body(changes)),
            "put": operation(
                "update", "Change a document", data(document), parameters: writing + [OpenAPIPaths.match],
                body: OpenAPIPaths.body(changes)),
            "delete": operation(
                "delete", "Delete a document", data(OpenAPISchemas.changeset),
                parameters: writing + [OpenAPIPaths.match],
                also: ["202": OpenAPISchemas.reference("responses", "Deleted")]),
        ],
        "/api/v2/document/{doctype}/{name}/copy": [
            "parameters": [doctype, name],
            "get": operation("copy", "A draft like a document, not yet inserted", data(document)),
        ],
        "/api/v2/document/{doctype}/{name}/method/{method}": [
            "parameters": [doctype, name, path("method", "Such as submit, cancel or add_comment.")],
            "post": operation(
                "run", "Call a method of a document", data([:], ["docs": documents]), parameters: writing,
                body: OpenAPIPaths.body(["type": "object", "description": "The arguments of the method."])),
        ],
        "/api/v2/document/{doctype}/bulk_delete": [
            "parameters": [doctype],
            "post": operation(
                "bulk_delete", "Delete documents, each by itself", data(results("deleted")), parameters: writing,
                body: OpenAPIPaths.body([
                    "type": "object", "required": ["names"],
                    "properties": ["names": ["type": "array", "items": ["type": ["string", "integer"]]]],
                ])),
        ],
        "/api/v2/document/{doctype}/bulk_update": [
            "parameters": [doctype],
            "post": operation(
                "bulk_update", "Change documents, each by itself", data(results("updated"), ["docs": documents]),
                parameters: writing,
                body: OpenAPIPaths.body([
                    "type": "object", "required": ["docs"],
                    "properties": ["docs": ["type": "array", "items": ["type": "object"]]],
                ])),
        ],
        "/api/v2/doctype/{doctype}/meta": [
            "parameters": [doctype],
            "get": operation(
                "meta", "The fields, permissions and switches of a DocType",
                data(["type": "object"], ["children": documents]),
                parameters: [OpenAPIPaths.query(.optional("include", "children, for the DocTypes of its tables, too."))]
            ),
        ],
        "/api/v2/doctype/{doctype}/count": [
            "parameters": [doctype],
            "get": operation(
                "count", "How many documents meet conditions", data(["type": "integer"]),
                parameters: [OpenAPISchemas.reference("parameters", "filters")]),
        ],
        "/api/v2/doctype/{doctype}/search": [
            "parameters": [doctype],
            "get": operation(
                "search", "What a link to the DocType offers", data(documents),
                parameters: [
                    OpenAPIPaths.query(.optional("txt", "What is typed so far.")),
                    OpenAPISchemas.reference("parameters", "filters"),
                    OpenAPIPaths.query(.optional("limit", "The most answers; 10 unless given.")),
                    OpenAPIPaths.query(.optional("start", "Answers to leave out.")),
                ]),
        ],
        "/api/v2/method/{method}": method([path("method", "The name of a method of version 1.")], "call"),
        "/api/v2/method/{doctype}/{method}": method(
            [doctype, path("method", "The last part of the name of a method that stands with the DocType.")],
            "call_short"),
        "/api/v2/discovery": ["get": operation("discovery", "What there is", data(["type": "object"]), isOpen: true)],
        "/api/v2/discovery/search": [
            "get": operation(
                "discovery.search", "The methods whose names and sentences hold words", data(["type": "object"]),
                parameters: [OpenAPIPaths.query(.optional("q", "The words."))], isOpen: true)
        ],
        "/api/v2/discovery/method": [
            "get": operation("discovery.methods", "The methods", data(["type": "object"]), isOpen: true)
        ],
        "/api/v2/discovery/method/{method}": [
            "parameters": [path("method", "The method.")],
            "get": operation(
                "discovery.method", "A method with its parameters", data(["type": "object"]), isOpen: true),
        ],
        "/api/v2/discovery/doctype/{doctype}": [
            "parameters": [doctype],
            "get": operation("discovery.doctype", "The methods of a document", data(["type": "object"])),
        ],
        "/api/v2/discovery/doctype/{doctype}/method/{method}": [
            "parameters": [doctype, path("method", "The method.")],
            "get": operation("discovery.doctype_method", "A method of a document", data(["type": "object"])),
        ],
    ]

    private static let doctype = path("doctype", "The DocType, percent-encoded.")
    private static let name = path("name", "The document's name, percent-encoded; it may hold slashes.")
    private static let document: JSON = ["type": "object", "description": "A document; its empty fields are null."]
    private static let documents: JSON = ["type": "array", "items": ["type": "object"]]
    /// What `include` adds to a document.
    private static let parts = JSONObject(
        Session.documentParts.map { part in
            switch part {
            case "permissions", "users": (part, ["type": "object"])
            case "tags": (part, ["type": "array", "items": ["type": "string"]])
            case "follows": (part, ["type": "boolean"])
            default: (part, documents)
            }
        })
    private static let changes: JSON = [
        "type": "object", "description": "The fields that change; modified guards against changes in between.",
    ]
    private static let writing = [OpenAPIPaths.rehearse, OpenAPIPaths.strict, OpenAPIPaths.repeatKey]

    private static let list: JSON = operation(
        "list", "List documents",
        data(
            ["type": "array", "items": ["type": ["object", "array"]]],
            ["has_next_page": ["type": "boolean"], "count": ["type": "integer"], "count_capped": ["type": "boolean"]]),
        parameters: ["fields", "filters", "or_filters", "order_by", "group_by"].map {
            OpenAPISchemas.reference("parameters", $0)
        } + [
            OpenAPIPaths.query(.optional("start", "Rows to leave out.")),
            OpenAPIPaths.query(.optional("limit", "The most rows; 20 unless given, 0 for all.")),
            OpenAPIPaths.query(.optional("as_dict", "Rows as objects; else as lists.")),
            OpenAPIPaths.query(.optional("include", "count, for the number of all rows.")),
        ])

    private static func method(_ parameters: [JSON], _ id: String) -> JSON {
        let answer = data([:], ["docs": documents])
        return [
            "parameters": .array(parameters),
            "get": operation("get_\(id)", "Call a method that only asks", answer, isOpen: true),
            "post": operation(
                id, "Call a method", answer, parameters: writing,
                body: OpenAPIPaths.body(["type": "object", "description": "The arguments of the method."]), isOpen: true
            ),
        ]
    }

    private static func results(_ word: String) -> JSON {
        [
            "type": "object",
            "properties": .object([
                word: ["type": "array"], "failed": documents, "total": ["type": "integer"],
                "success_count": ["type": "integer"], "failure_count": ["type": "integer"],
            ]),
        ]
    }

    private static func path(_ name: String, _ description: String) -> JSON {
        [
            "name": .string(name), "in": "path", "required": true, "schema": ["type": "string", "minLength": 1],
            "description": .string(description),
        ]
    }

    private static func data(_ schema: JSON, _ more: JSONObject = [:]) -> JSON {
        var properties: JSONObject = ["data": schema]
        for (key, value) in more.members { properties[key] = value }
        return ["type": "object", "properties": .object(properties)]
    }

    private static func operation(
        _ id: String, _ summary: String, _ schema: JSON, parameters: [JSON] = [], body: JSON? = nil,
        also answers: JSONObject = [:], isOpen: Bool = false
    ) -> JSON {
        var responses: JSONObject = [
            "200": OpenAPIPaths.answer("The answer; with rehearse=1 what would happen.", schema)
        ]
        for (status, answer) in answers.members { responses[status] = answer }
        return OpenAPIPaths.operation(
            "v2.\(id)", tag, summary, responses, parameters: parameters, body: body, isOpen: isOpen,
            failure: OpenAPISchemas.reference("responses", "Errors"))
    }
}
