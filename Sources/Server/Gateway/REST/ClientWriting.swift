internal import Documents
internal import Forms
internal import Storage
internal import Values

/// `frappe.client`: what changes something.
enum ClientWriting {
    static let methods = [insert, insertMany, save, setValue, submit, cancel, delete, bulkUpdate]

    private static let doc = Method.Parameter.required("doc", "The document.")
    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let name = Method.Parameter.required("name", "The document.", of: .argument("doctype"))

    private static let insert = Method(
        "frappe.client.insert", writes: true, parameters: [doc],
        summary: "Adds a document; for a row of one, that document is the answer."
    ) { arguments, session in
        let object = try arguments.document("doc")
        return try presentWhole(Command(.insert, object.sentDocType, nil, object), session)
    }

    private static let insertMany = Method(
        "frappe.client.insert_many", writes: true, parameters: [.required("docs", "Up to 200 documents.")],
        summary: "Adds documents, all or none, and returns their names; for a row that of its document."
    ) { arguments, session in
        let objects = try arguments.documents("docs")
        let doctypes = try Set(objects.map { try $0.sentDocType })
        guard let only = doctypes.first, doctypes.count == 1, try session.registry.doctype(only).kind != .child else {
            return .array(
                try objects.map {
                    .string(try whole(Command(.insert, $0.sentDocType, nil, $0), session)?.name ?? "")
                })
        }
        let added = try objects.map { try session.document(only, from: $0) }
        try session.insert(added)
        return .array(added.map { .string($0.name) })
    }

    private static let save = Method(
        "frappe.client.save", writes: true, parameters: [doc], summary: "Changes a document, or adds it."
    ) { arguments, session in
        let object = try arguments.document("doc")
        return try present(Command(.put, object.sentDocType, nil, object), session)
    }

    private static let setValue = Method(
        "frappe.client.set_value", writes: true,
        parameters: [
            doctype, name, .required("fieldname", "A field, or an object of fields and values."),
            .optional("value", "The value of the one field."),
        ], summary: "Changes fields of a document; for a row of one, that document is the answer."
    ) { arguments, session in
        var changes: JSONObject = [:]
        if case .object(let object)? = try arguments.json("fieldname") {
            changes = object
        } else {
            // Text that holds JSON is the value of a table, or of a field that takes such text.
            changes[try arguments.required("fieldname")] = try value(arguments, session)
        }
        return try presentWhole(
            Command(.save, arguments.required("doctype"), arguments.required("name"), changes), session)
    }

    private static func value(_ arguments: Arguments, _ session: Session) throws -> JSON {
        let type = try session.registry.doctype(arguments.required("doctype"))
        let isTable = type.tableSlot(of: try arguments.required("fieldname")) != nil
        return (isTable ? try arguments.json("value") : arguments["value"]) ?? .null
    }

    private static let submit = Method(
        "frappe.client.submit", writes: true, parameters: [.optional("doc", "The document.")],
        summary: "Submits a document, with what is changed in it."
    ) { arguments, session in
        let object = try arguments.document("doc", "doclist")
        return try present(Command(.submit, object.sentDocType, nil, object), session)
    }

    private static let cancel = Method(
        "frappe.client.cancel", writes: true, parameters: [doctype, name], summary: "Cancels a submitted document."
    ) { arguments, session in
        try present(Command(.cancel, arguments.required("doctype"), arguments.required("name")), session)
    }

    private static let delete = Method(
        "frappe.client.delete", writes: true, parameters: [doctype, name],
        summary: "Removes a draft or a cancelled document."
    ) { arguments, session in
        try present(Command(.delete, arguments.required("doctype"), arguments.required("name")), session)
    }

    private static let bulkUpdate = Method(
        "frappe.client.bulk_update", writes: true,
        parameters: [.required("docs", "Objects of doctype, docname and the fields that change.")],
        summary: "Changes documents, each by itself, and returns those that could not be changed."
    ) { arguments, session in
        var failed: [JSON] = []
        for object in try arguments.documents("docs") {
            do {
                try session.savepoint {
                    var changes = object
                    guard let name = (object["docname"] ?? object["name"])?.string else {
                        throw Problem(.mandatory, "The document has no docname", field: "docname")
                    }
                    if try session.registry.doctype(object.sentDocType).field("docname") == nil {
                        changes.removeValue(forKey: "docname")
                    }
                    try session.perform(Command(.save, object.sentDocType, name, changes))
                }
            } catch let problem as Problem {
                failed.append(failure(object, problem))
            } catch let error as StorageError where error.isAboutData {
                failed.append(failure(object, Problem(error)))
            }
        }
        return ["failed_docs": .array(failed)]
    }

    /// Does what a command says, and gives the document as who acts may see it.
    private static func present(_ command: Command, _ session: Session) throws -> JSON {
        try session.perform(command).document.map { session.present($0) } ?? .null
    }

    /// Does what a command says, and gives the document that is then as it says: for a row the one that it belongs to.
    private static func whole(_ command: Command, _ session: Session) throws -> Document? {
        guard let document = try session.perform(command).document else { return nil }
        guard document.doctype.kind == .child else { return document }
        return try session.get(document.text("parenttype"), document.text("parent"))
    }

    private static func presentWhole(_ command: Command, _ session: Session) throws -> JSON {
        try whole(command, session).map { session.present($0) } ?? .null
    }

    private static func failure(_ object: JSONObject, _ problem: Problem) -> JSON {
        ["doc": .object(object), "exc": .string(Bodies.text(problem)), "code": .string(problem.kind.code)]
    }
}
