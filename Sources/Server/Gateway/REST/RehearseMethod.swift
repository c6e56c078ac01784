internal import Documents
internal import Values

/// `cauldron.rehearse`: says what an action would do, by doing it and taking it back.
enum RehearseMethod {
    static let method = Method(
        "cauldron.rehearse", writes: true,
        parameters: [
            .required(
                "action", "insert, save, submit, cancel, discard, delete, amend, rename, assign or restore."),
            .optional("doc", "The document, or the changes to it."),
            .optional("doctype", "The DocType, where doc does not say."),
            .optional("name", "The document, where doc does not say; the Deleted Document, for restore."),
            .optional("new_name", "The name it gets, for rename."),
            .optional("merge", "1 merges it into the document of the new name, for rename."),
            .optional("assign_to", "A user or a list of users, for assign."),
        ], summary: "What an action would change, post and cause. Nothing is kept."
    ) { arguments, session in
        let action = try arguments.required("action")
        if action == "restore" {
            let name = try arguments.required("name")
            return try session.rehearse { _ = try $0.restore(name) }.shown
        }
        var object = arguments["doc"] == nil ? [:] : try arguments.document("doc")
        if object["doctype"] == nil { object["doctype"] = .string(try arguments.required("doctype")) }
        if object["name"] == nil, let name = arguments.text("name") { object["name"] = .string(name) }
        let document = object
        return try session.rehearse { try perform(action, document, arguments, $0) }.shown
    }

    private static func perform(
        _ action: String, _ object: JSONObject, _ arguments: Arguments, _ session: Session
    ) throws {
        let doctype = object["doctype"]?.string ?? ""
        switch action {
        case "insert": _ = try session.create(doctype, object)
        case "save": _ = try session.put(object)
        case "submit":
            var object = object
            object["docstatus"] = 1
            _ = try session.put(object)
        case "cancel": try session.cancel(session.get(doctype, name(of: object)))
        case "discard": try session.discard(session.get(doctype, name(of: object)))
        case "delete": try session.delete(doctype, name(of: object))
        case "amend": try session.insert(session.amend(session.get(doctype, name(of: object))))
        case "rename":
            try session.rename(
                doctype, name(of: object), to: arguments.required("new_name"), merge: arguments.flag("merge") ?? false)
        case "assign": try session.assign(doctype, name(of: object), to: users(arguments))
        default:
            throw Problem(
                .wrongType, "There is no action \(action)", field: "action",
                fix: "Use insert, save, submit, cancel, discard, delete, amend, rename, assign or restore.")
        }
    }

    private static func users(_ arguments: Arguments) throws -> [String] {
        switch try arguments.json("assign_to") {
        case .array(let users)?: return users.compactMap(\.string)
        case .string(let user)?: return [user]
        default:
            throw Problem(.mandatory, "The argument assign_to is missing", field: "assign_to", fix: "Send assign_to.")
        }
    }

    private static func name(of object: JSONObject) throws -> String {
        guard let name = object["name"]?.string else {
            throw Problem(.mandatory, "The argument name is missing", field: "name", fix: "Send name.")
        }
        return name
    }
}
