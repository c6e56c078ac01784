internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Methods about rights: User Permissions, and why somebody may or may not do something.
enum RightsMethods {
    static let all = [userPermissions, explain]

    private static let doctype = Method.Parameter.required("doctype", "The DocType.")

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
