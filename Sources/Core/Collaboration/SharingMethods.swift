internal import Documents
internal import Metadata
internal import Values

/// The methods by which people share documents.
enum SharingMethods {
    static let all = [shareAdd, shareSet, shareRemove, shareUsers]

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let name = Method.Parameter.required("name", "The document.", of: .argument("doctype"))
    private static let user = Method.Parameter.optional(
        "user", "The user; left out to share with everyone.", of: .doctype("User"))

    private static let shareAdd = Method(
        "frappe.share.add", writes: true,
        parameters: [doctype, name, user] + DocShare.rights.map { .optional($0.rawValue, "1 gives the right.") }
            + [.optional("everyone", "1 shares with everyone."), .optional("notify", "1 tells the user.")],
        summary: "Shares a document, with the right to read and others."
    ) { arguments, session in
        var changes: [Right: Bool] = [.read: true]
        for right in DocShare.rights { if arguments.flag(right.rawValue) == true { changes[right] = true } }
        let share = try Sharing.set(
            arguments.required("doctype"), arguments.required("name"), sharee(arguments), changes,
            notify: arguments.flag("notify") == true, in: session)
        return share.map { $0.document.json } ?? .null
    }

    private static let shareSet = Method(
        "frappe.share.set_permission", writes: true,
        parameters: [
            doctype, name, user, .required("permission_to", "read, write, submit or share."),
            .optional("value", "1 gives it, 0 takes it away."), .optional("everyone", "1 for the share with everyone."),
        ], summary: "Changes one right of a share."
    ) { arguments, session in
        let text = try arguments.required("permission_to")
        guard let right = Right(rawValue: text), DocShare.rights.contains(right) else {
            throw Problem(
                .wrongType, "\(text) is not shared", field: "permission_to", fix: "Use read, write, submit or share.")
        }
        let share = try Sharing.set(
            arguments.required("doctype"), arguments.required("name"), sharee(arguments),
            [right: arguments.flag("value") ?? true], in: session)
        return share.map { $0.document.json } ?? .null
    }

    private static let shareRemove = Method(
        "frappe.share.remove", writes: true, parameters: [doctype, name, user], summary: "Ends a share."
    ) { arguments, session in
        _ = try Sharing.set(
            arguments.required("doctype"), arguments.required("name"), sharee(arguments), [.read: false], in: session)
        return .null
    }

    private static let shareUsers = Method(
        "frappe.share.get_users", parameters: [doctype, name], summary: "With whom a document is shared."
    ) { arguments, session in
        let doctype = try arguments.required("doctype")
        let name = try session.get(doctype, arguments.required("name")).name
        return .array(try Sharing.list(doctype, name, in: session))
    }

    /// The user of a share; nil for everyone.
    private static func sharee(_ arguments: Arguments) throws -> String? {
        if arguments.flag("everyone") == true { return nil }
        return try arguments.required("user")
    }
}
