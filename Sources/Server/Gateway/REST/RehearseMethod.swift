internal import Documents
internal import Forms
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
            .optional(
                "name", "The document, where doc does not say; the Deleted Document, for restore.",
                of: .argument("doctype")),
            .optional("new_name", "The name it gets, for rename."),
            .optional("merge", "1 merges it into the document of the new name, for rename."),
            .optional("assign_to", "A user or a list of users, for assign.", of: .doctype("User")),
        ], summary: "What an action would change, post and cause. Nothing is kept."
    ) { arguments, session in
        try session.rehearse(command(arguments)).shown
    }

    /// What is to be done, as clients describe it: the document and what is changed in it stand in `doc`, or each by itself.
    private static func command(_ arguments: Arguments) throws -> Command {
        let action = try Command.action(
            arguments.required("action"),
            of: [.insert, .save, .submit, .cancel, .discard, .delete, .amend, .rename, .assign, .restore])
        if action == .restore { return try Command(.restore, "Deleted Document", arguments.required("name")) }
        var object = arguments["doc"] == nil ? [:] : try arguments.document("doc")
        if object["doctype"] == nil { object["doctype"] = .string(try arguments.required("doctype")) }
        if object["name"] == nil, let name = arguments.text("name") { object["name"] = .string(name) }
        let doctype = object["doctype"]?.string ?? ""
        switch action {
        case .insert: return Command(.insert, doctype, nil, object)
        case .save: return Command(.put, doctype, nil, object)
        case .submit: return Command(.submit, doctype, nil, object)
        default: return Command(action, doctype, object["name"]?.string, arguments.values)
        }
    }
}
