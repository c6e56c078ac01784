internal import Documents
internal import Values

/// `cauldron.rehearse`: says what an action would do, by doing it and taking it back.
enum RehearseMethod {
    static let method = Method(
        "cauldron.rehearse", writes: true,
        parameters: [
            .required("action", "insert, save, submit, cancel or delete."),
            .optional("doc", "The document, or the changes to it."),
            .optional("doctype", "The DocType, where doc does not say."),
            .optional("name", "The document, where doc does not say."),
        ], summary: "What an action would change, post and cause. Nothing is kept."
    ) { arguments, session in
        let action = try arguments.required("action")
        var object = arguments["doc"] == nil ? [:] : try arguments.document("doc")
        if object["doctype"] == nil { object["doctype"] = .string(try arguments.required("doctype")) }
        if object["name"] == nil, let name = arguments.text("name") { object["name"] = .string(name) }
        let document = object
        return try session.rehearse { try perform(action, document, $0) }.shown
    }

    private static func perform(_ action: String, _ object: JSONObject, _ session: Session) throws {
        let doctype = object["doctype"]?.string ?? ""
        switch action {
        case "insert": _ = try session.create(doctype, object)
        case "save": _ = try session.put(object)
        case "submit":
            var object = object
            object["docstatus"] = 1
            _ = try session.put(object)
        case "cancel": try session.cancel(session.get(doctype, name(of: object)))
        case "delete": try session.delete(doctype, name(of: object))
        default:
            throw Problem(
                .wrongType, "There is no action \(action)", field: "action",
                fix: "Use insert, save, submit, cancel or delete.")
        }
    }

    private static func name(of object: JSONObject) throws -> String {
        guard let name = object["name"]?.string else {
            throw Problem(.mandatory, "The argument name is missing", field: "name", fix: "Send name.")
        }
        return name
    }
}
