public import Documents
public import Reports
public import Values

/// The description of the API in OpenAPI 3.1, made from what the modules declare.
public enum GatewayOpenAPI {
    /// The document: a schema for each DocType and report, paths for resources, methods and reports. Nothing is told of
    /// the DocTypes `without`.
    public static func document(
        registry: Registry, reports: [String: Report], without hidden: Set<String> = []
    ) -> JSON {
        let sorted = reports.values.sorted { $0.name < $1.name }
        let types = registry.doctypes.filter { !hidden.contains($0.name) }
        var schemas = OpenAPISchemas.common
        for type in types { schemas[OpenAPISchemas.key(type.name)] = OpenAPISchemas.schema(of: type) }
        for report in sorted { schemas[OpenAPISchemas.key(report)] = OpenAPISchemas.schema(of: report) }

        var paths: JSONObject = [:]
        for type in types where type.kind != .child {
            let path = "/api/resource/" + PercentCoding.encode(type.name)
            paths[path] = OpenAPIPaths.collection(type)
            paths[path + "/{name}"] = OpenAPIPaths.item(type)
        }
        for method in MethodTable.described(registry, reports) {
            paths["/api/method/\(method.name)"] = OpenAPIPaths.method(
                method, body: method.name == OpenAPIPaths.reportMethod ? OpenAPISchemas.reportCalls(sorted) : nil)
        }
        for (path, operations) in OpenAPIPaths.uploads.members { paths[path] = operations }
        for (path, operations) in OpenAPIVersion2.paths.members { paths[path] = operations }
        paths["/files/{name}"] = OpenAPIPaths.file("public", isOpen: true)
        paths["/private/files/{name}"] = OpenAPIPaths.file("private", isOpen: false)
        paths["/api/events"] = OpenAPIPaths.events
        paths["/healthz"] = OpenAPIPaths.health

        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Cauldron", "version": "1",
                "description": """
                Documents as resources, the methods of frappe.client and those of the modules. Arguments may be sent as \
                a JSON object, as a form, or for GET in the query; every value may also be sent as text.
                """,
                "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "security": [["token": []], ["basic": []], ["session": []]],
            "tags": .array(tags(types).map { ["name": .string($0)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas), "responses": OpenAPISchemas.responses,
                "parameters": OpenAPISchemas.parameters, "securitySchemes": securitySchemes,
            ],
        ]
    }

    private static func tags(_ types: [DocType]) -> [String] {
        var tags: [String] = []
        for type in types where type.kind != .child && !tags.contains(type.module) {
            tags.append(type.module)
        }
        for own in ["Methods", "Version 2", "Server"] where !tags.contains(own) { tags.append(own) }
        return tags
    }

    private static let securitySchemes: JSON = [
        "token": [
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "The word token, a space, and api_key:api_secret.",
        ],
        "basic": ["type": "http", "scheme": "basic", "description": "The API key as user, its secret as password."],
        "operator": [
            "type": "apiKey", "in": "header", "name": "X-Cauldron-Operator-Key",
            "description": "The key of who runs the server, which `cauldron tenant operator-key` makes.",
        ],
        "session": ["type": "apiKey", "in": "cookie", "name": "sid", "description": "The session that login begins."],
    ]
}
