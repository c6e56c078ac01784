internal import Documents
internal import HTTPTypes
internal import Pictures
internal import Values

/// The paths of the API's description.
enum OpenAPIPaths {
    static let reportMethod = "frappe.desk.query_report.run"

    private static let failure: JSON = OpenAPISchemas.reference("responses", "Error")

    static func answer(_ description: String, _ schema: JSON) -> JSON {
        ["description": .string(description), "content": ["application/json": ["schema": schema]]]
    }

    static func wrapped(_ key: String, _ schema: JSON) -> JSON {
        ["type": "object", "properties": .object([key: schema])]
    }

    static func body(_ schema: JSON) -> JSON {
        ["required": true, "content": ["application/json": ["schema": schema]]]
    }

    /// What a write answers: the document, or with `rehearse` what it would do.
    private static func written(_ key: String, _ schema: JSON) -> JSONObject {
        [
            "200": tagged(
                answer(
                    "The document; with rehearse=1 what would happen.",
                    wrapped(key, ["anyOf": [schema, OpenAPISchemas.changeset]])))
        ]
    }

    /// An answer that shows a document in a state, which its ETag names.
    private static func tagged(_ answer: JSON) -> JSON {
        guard case .object(var object) = answer else { return answer }
        object["headers"] = [
            "ETag": ["schema": ["type": "string"], "description": "The state of the document that is shown."]
        ]
        return .object(object)
    }

    static let repeatKey = OpenAPISchemas.reference("parameters", "idempotency_key")
    static let match = OpenAPISchemas.reference("parameters", "if_match")

    static func operation(
        _ id: String, _ tag: String, _ summary: String, _ responses: JSONObject, parameters: [JSON] = [],
        body: JSON? = nil, isOpen: Bool = false, isOperators: Bool = false, failure: JSON = failure
    ) -> JSON {
        var object: JSONObject = [
            "operationId": .string(id), "tags": [.string(tag)], "summary": .string(summary),
        ]
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        object["requestBody"] = body
        if isOpen { object["security"] = [] }
        if isOperators { object["security"] = [["operator": []]] }
        var responses = responses
        responses["default"] = failure
        object["responses"] = .object(responses)
        return .object(object)
    }

    static let rehearse: JSON = [
        "name": "rehearse", "in": "query", "schema": ["type": "integer", "enum": [0, 1]],
        "description": "1 only says what would happen; nothing is kept.",
    ]

    static let strict: JSON = [
        "name": "strict", "in": "query", "schema": ["type": "integer", "enum": [0, 1]],
        "description": "1 refuses what nothing knows; else it is passed over and named in X-Cauldron-Ignored.",
    ]

    // MARK: Resources

    static func collection(_ type: DocType) -> JSON {
        let schema = OpenAPISchemas.reference("schemas", OpenAPISchemas.key(type.name))
        let key = OpenAPISchemas.letters(type.name)
        let names = ["fields", "filters", "or_filters", "order_by", "group_by", "limit_start", "limit_page_length"]
        let rows: JSON = [
            "type": "object",
            "properties": [
                "data": ["type": "array", "items": ["type": "object"]],
                "has_next_page": ["type": "boolean", "description": "There are more rows; left out otherwise."],
            ],
        ]
        var paths: JSONObject = [
            "get": operation(
                "list.\(key)", type.module, "List \(type.name)", ["200": answer("The rows.", rows)],
                parameters: names.map { OpenAPISchemas.reference("parameters", $0) } + [strict])
        ]
        if type.kind == .document {
            paths["post"] = operation(
                "create.\(key)", type.module, "Create a \(type.name)",
                written("data", schema), parameters: [rehearse, strict, repeatKey], body: body(schema))
        }
        return .object(paths)
    }

    static func item(_ type: DocType) -> JSON {
        let schema = OpenAPISchemas.reference("schemas", OpenAPISchemas.key(type.name))
        let key = OpenAPISchemas.letters(type.name)
        let document: JSONObject = [
            "200": tagged(answer("The document.", wrapped("data", schema))),
            "304": ["description": "It is in the state that If-None-Match names."],
        ]
        var paths: JSONObject = ["parameters": [OpenAPISchemas.reference("parameters", "name")]]
        paths["get"] = operation(
            "read.\(key)", type.module, "Read a \(type.name)", document,
            parameters: [strict, OpenAPISchemas.reference("parameters", "if_none_match")])
        guard type.kind == .document else { return .object(paths) }
        let changes: JSON = [
            "type": "object", "description": "The fields that change; modified guards against changes in between.",
        ]
        paths["put"] = operation(
            "update.\(key)", type.module, "Change a \(type.name)", written("data", schema),
            parameters: [rehearse, strict, repeatKey, match],
            body: body(changes)
        )
        paths["delete"] = operation(
            "delete.\(key)", type.module, "Delete a \(type.name)",
            [
                "200": answer("With rehearse=1 what would happen.", wrapped("data", OpenAPISchemas.changeset)),
                "202": OpenAPISchemas.reference("responses", "Deleted"),
            ], parameters: [rehearse, strict, repeatKey, match])
        if type.isSubmittable {
            let run: JSON = [
                "name": "run_method", "in": "query", "required": true,
                "schema": ["type": "string", "enum": ["submit", "cancel"]],
            ]
            paths["post"] = operation(
                "run.\(key)", type.module, "Submit or cancel a \(type.name)", written("data", schema),
                parameters: [run, rehearse, strict, repeatKey, match])
        }
        return .object(paths)
    }

    // MARK: Methods

    /// A method by all it is called by; `body` is the schema of its arguments where it is more than their names.
    static func method(_ method: MethodDescription, body schema: JSON? = nil) -> JSON {
        let name = method.name
        let result = name == reportMethod ? OpenAPISchemas.reference("schemas", "ReportResult") : [:]
        let returned = "What the method returns"
        var answers: JSONObject
        switch method.answer {
        case .message: answers = ["200": answer("\(returned).", wrapped("message", result))]
        case .parts: answers = ["200": answer("\(returned).", ["type": "object"])]
        case .file(let types):
            let content = types.map { ($0, JSON.object(["schema": ["type": "string"]])) }
            answers = ["200": ["description": "The file.", "content": .object(JSONObject(content))]]
        }
        if method.isRehearsable, method.verbs == .changing {
            let both: JSON = ["anyOf": [["description": .string(returned)], OpenAPISchemas.changeset]]
            answers["200"] = answer("\(returned); with rehearse=1 what would happen.", wrapped("message", both))
        }
        let tag = name.contains(".") ? "Methods" : "Server"
        let summary = method.summary.isEmpty ? name : method.summary
        var sent = method.parameters.isEmpty ? JSON?.none : body(schema ?? arguments(method.parameters))
        if method.streamed == [Incoming.multipart] {
            sent = form(method.parameters)
        } else if !method.streamed.isEmpty {
            let content = method.streamed.map { ($0, JSON.object(["schema": ["type": "string"]])) }
            sent = ["required": true, "content": .object(JSONObject(content))]
        }
        var paths: JSONObject = [:]
        for verb in method.verbs.all where verb != .head {
            let word = verb.rawValue.lowercased()
            paths[word] = operation(
                "\(word == "post" ? "call" : word).\(name)", tag, summary, answers,
                parameters: verb == .get || method.takesQuery
                    ? method.parameters.map(query) : method.keepsAnswers ? [repeatKey] : [],
                body: verb == .get ? nil : sent,
                isOpen: method.allowsGuests, isOperators: method.takesOperatorKey)
        }
        return .object(paths)
    }

    private static func arguments(_ parameters: [Method.Parameter]) -> JSON {
        var properties: JSONObject = [:]
        for parameter in parameters {
            properties[parameter.name] = parameter.summary.isEmpty ? [:] : ["description": .string(parameter.summary)]
        }
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        let required = parameters.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    /// Arguments that may come with a file.
    private static func form(_ parameters: [Method.Parameter]) -> JSON {
        let schema = arguments(parameters)
        var properties = schema["properties"]?.object ?? [:]
        properties["file"] = ["type": "string", "contentMediaType": "application/octet-stream"]
        return [
            "required": true,
            "content": [
                "multipart/form-data": ["schema": ["type": "object", "properties": .object(properties)]],
                "application/json": ["schema": schema],
            ],
        ]
    }

    static func query(_ parameter: Method.Parameter) -> JSON {
        [
            "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
            "schema": ["type": "string"], "description": .string(parameter.summary),
        ]
    }

    /// A file that was uploaded, `kind` being public or private.
    static func file(_ kind: String, isOpen: Bool) -> JSON {
        let bytes: JSON = ["*/*": [:]]
        let path: JSON = ["name": "name", "in": "path", "required": true, "schema": ["type": "string"]]
        let download: JSON = [
            "name": "download", "in": "query", "schema": ["type": "string"],
            "description": "Whatever it says, the file is not shown in place.",
        ]
        let thumbnail: JSON = [
            "name": "thumbnail", "in": "query",
            "schema": ["type": "integer", "enum": .array(Thumbnail.sizes.map { .int(Int64($0)) })],
            "description": """
            The picture made small instead, as JPEG or PNG, so that it fits into a square of so many pixels: for PNG, JPEG, \
            GIF and WebP. It is never made larger.
            """,
        ]
        return [
            "get": operation(
                "file.\(kind)", "Server", "A \(kind) file, whole or the part that Range says",
                [
                    "200": ["description": "The file.", "content": bytes],
                    "206": ["description": "A part of it.", "content": bytes],
                    "304": ["description": "It is the one that If-None-Match names."],
                    "416": ["description": "There is nothing of the range."],
                ], parameters: [path, download, thumbnail], isOpen: isOpen)
        ]
    }

    /// The stream of events. A request that does not name its type in `Accept` gets what there is and no more.
    static let events: JSON = {
        func asked(_ name: String, _ description: String, _ schema: JSON, in place: String = "query") -> JSON {
            [
                "name": .string(name), "in": .string(place), "schema": schema, "description": .string(description),
            ]
        }
        let number: JSON = ["type": "integer", "minimum": 0]
        // Version 3.1 has no word for what a stream consists of; this is one event, as programs take the schema.
        let event: JSON = [
            "type": "object",
            "properties": ["id": ["type": "string"], "event": ["type": "string"], "data": ["type": "string"]],
        ]
        return [
            "get": operation(
                "events", "Server",
                "What happens in the company, as server-sent events, as far as who asks may read it",
                [
                    "200": [
                        "description": """
                        Events, each with its number in the log as id, its CloudEvents type as event, and as data its JSON in \
                        the format of CloudEvents 1.0. With the header Accept: text/event-stream the stream stays open and \
                        tells what happens; it says cauldron.stream.reset where what the client holds has to be loaded \
                        anew, and cauldron.stream.ended before it ends.
                        """,
                        "content": ["text/event-stream": ["schema": event]],
                    ]
                ],
                parameters: [
                    asked("doctype", "Only documents of this DocType.", ["type": "string"]),
                    asked("name", "Only this document of the DocType.", ["type": "string"]),
                    asked(
                        "watch", "Several at once: a JSON list of DocTypes, and of documents as DocType/name.",
                        ["type": "string", "examples": [#"["Item", "Sales Order/SO-0001"]"#]]),
                    asked(
                        "after", "What comes after the event of this number; what comes from now on unless given.",
                        number),
                    asked(
                        "limit", "The stream ends after so many events.",
                        ["type": "integer", "minimum": 1, "maximum": 1_000_000]),
                    asked(
                        "follow", "0 ends the stream when it has told what there is.", ["type": "integer", "enum": [0]]),
                    asked(
                        "Last-Event-ID", "As after, which it goes before: browsers send it when they come again.",
                        number,
                        in: "header"),
                ])
        ]
    }()

    /// Where a large file is sent in parts, by tus 1.0.
    static let uploads: JSONObject = [
        "/api/uploads": [
            "post": operation(
                "upload.begin", "Server", "Begin a large file that comes in parts, by the protocol tus 1.0",
                ["201": uploadAnswer("It is begun; Location is where its parts go.")],
                parameters: [
                    header("Upload-Length", "The bytes of the whole file.", isRequired: true),
                    header("Upload-Metadata", "filename and its value in base 64."),
                ])
        ],
        "/api/uploads/{id}": [
            "parameters": [
                ["name": "id", "in": "path", "required": true, "schema": ["type": "string", "minLength": 1]]
            ],
            "head": operation(
                "upload.look", "Server", "Where the upload is", ["200": uploadAnswer("Upload-Offset says it.")]),
            "patch": operation(
                "upload.append", "Server", "Send the next part", ["204": uploadAnswer("The part is kept.")],
                parameters: [header("Upload-Offset", "Where the part begins.", isRequired: true)],
                body: [
                    "required": true,
                    "content": .object([ResumableUploads.partType: ["schema": ["type": "string", "format": "binary"]]]),
                ]),
            "delete": operation("upload.end", "Server", "Forget the upload", ["204": uploadAnswer("It is forgotten.")]),
        ],
    ]

    private static func uploadAnswer(_ description: String) -> JSON { ["description": .string(description)] }

    private static func header(_ name: String, _ description: String, isRequired: Bool = false) -> JSON {
        [
            "name": .string(name), "in": "header", "required": .bool(isRequired), "schema": ["type": "string"],
            "description": .string(description),
        ]
    }

    static let health: JSON = [
        "get": [
            "operationId": "health", "tags": ["Server"], "summary": "Whether the company can be read and written",
            "security": [],
            "responses": [
                "200": ["description": "It can.", "content": ["text/plain": ["schema": ["type": "string"]]]],
                "503": [
                    "description": "It cannot, for the reason that the text says.",
                    "content": ["text/plain": ["schema": ["type": "string"]]],
                ],
            ],
        ]
    ]
}
