internal import Collaboration
internal import Documents
internal import Metadata
internal import Values

/// How forms of Frappe's clients save: they get the document back with what stands around it.
enum SaveMethods {
    static let all = [save, cancel]

    private static let save = Method(
        "frappe.desk.form.save.savedocs", writes: true,
        parameters: [
            .required("doc", "The document as it stands in the form."),
            .required("action", "Save, Submit, Update (of what is submitted) or Cancel."),
        ],
        summary: "Saves, submits or cancels what stands in a form, and gives it back with what a form shows around it.",
        form: .whole
    ) { arguments, session in
        let object = try arguments.document("doc")
        let doctype = try object.sentDocType
        let command: Command
        switch try arguments.required("action") {
        case "Save", "Update": command = Command(.put, doctype, nil, object)
        case "Submit": command = Command(.submit, doctype, nil, object)
        case "Cancel": command = Command(.cancel, doctype, object["name"]?.string)
        case let other:
            throw Problem(
                .notAnOption, "A form has no action \(other.prefix(40))", field: "action",
                fix: "Use Save, Submit, Update or Cancel.")
        }
        return try shown(command, named: object["name"], session)
    }

    private static let cancel = Method(
        "frappe.desk.form.save.cancel", writes: true,
        parameters: [
            .required("doctype", "The DocType."), .required("name", "The document.", of: .argument("doctype")),
        ], summary: "Cancels a submitted document, and gives it back with what a form shows around it.", form: .whole
    ) { arguments, session in
        let name = try arguments.required("name")
        return try shown(Command(.cancel, arguments.required("doctype"), name), named: nil, session)
    }

    /// Does what a command says, and gives the document as forms load it. `sent` is the name that the form had for it.
    private static func shown(_ command: Command, named sent: JSON?, _ session: Session) throws -> JSON {
        guard let document = try session.perform(command).document else { return [:] }
        guard case .object(var object) = session.present(document) else { return [:] }
        // A new document gets its name now; by this the form finds which of its own it is.
        if let sent, sent != object["name"] { object["localname"] = sent }
        return [
            "docs": [.object(object)], "docinfo": try session.info(document.doctype.name, document.name),
        ]
    }
}
