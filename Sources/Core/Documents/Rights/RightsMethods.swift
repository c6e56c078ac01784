internal import Storage
internal import Values

/// Methods about rights: sharing, User Permissions, and why somebody may or may not do something.
enum RightsMethods {
    static func register(_ registry: inout Registry) {
        for method in [shareAdd, shareSet, shareRemove, shareUsers, userPermissions, explain] { registry.add(method) }
    }

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")
    private static let name = Method.Parameter.required("name", "The document.", of: .argument("doctype"))
    private static let user = Method.Parameter.optional(
        "user", "The user; left out to share with everyone.", of: .doctype("User"))

    // MARK: Sharing

    private static let shareAdd = Method(
        "frappe.share.add", writes: true,
        parameters: [doctype, name, user] + Sharing.rights.map { .optional($0.rawValue, "1 gives the right.") }
            + [.optional("everyone", "1 shares with everyone."), .optional("notify", "1 tells the user.")],
        summary: "Shares a document, with the right to read and others."
    ) { arguments, session in
        var changes: [Right: Bool] = [.read: true]
        for right in Sharing.rights { if arguments.flag(right.rawValue) == true { changes[right] = true } }
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
        guard let right = Right(rawValue: text), Sharing.rights.contains(right) else {
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

    // MARK: User Permissions

    private static let userPermissions = Method(
        "frappe.core.doctype.user_permission.user_permission.get_user_permissions",
        parameters: [.optional("user", "The user; oneself unless given.", of: .doctype("User"))],
        summary: "What a user is limited to."
    ) { arguments, session in
        let user = arguments.text("user") ?? session.actor.user
        try Explanation.requireAccess(to: user, in: session)
        var byType: JSONObject = [:]
        try session.transaction.forEach(
            """
            SELECT allow, for_value, applicable_for, is_default, hide_descendants FROM user_permission
            WHERE "user" = ? ORDER BY allow, for_value, name
            """, [.text(user)], [.text, .text, .text, .integer, .integer]
        ) { row in
            let entry: JSON = [
                "doc": JSON(row[1]), "applicable_for": JSON(row[2]), "is_default": JSON(row[3]),
                "hide_descendants": JSON(row[4]),
            ]
            byType[row[0].text ?? ""] = .array((byType[row[0].text ?? ""]?.array ?? []) + [entry])
        }
        return .object(byType)
    }

    // MARK: Why

    private static let explain = Method(
        "cauldron.permissions.explain",
        parameters: [
            doctype, .optional("name", "The document.", of: .argument("doctype")),
            .optional("user", "The user; oneself unless given.", of: .doctype("User")),
            .optional("right", "The right; read unless given."), .optional("field", "A field of the DocType."),
        ], summary: "Whether a user has a right, and each rule that was asked on the way."
    ) { arguments, session in
        let text = arguments.text("right") ?? "read"
        guard let right = Right(rawValue: text) else {
            throw Problem(.wrongType, "There is no right \(text)", field: "right")
        }
        return try session.explain(
            right, arguments.required("doctype"), arguments.text("name"), user: arguments.text("user"),
            field: arguments.text("field")
        ).json
    }
}
