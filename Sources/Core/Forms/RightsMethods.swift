internal import Documents
internal import Lists
internal import Metadata
internal import Storage
internal import Values

/// Methods about rights: User Permissions, and why somebody may or may not do something.
enum RightsMethods {
    static let all = [userPermissions, explain, allRoles, linkTitle]

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

    // MARK: Roles

    private static let allRoles = Method(
        "frappe.core.doctype.user.user.get_all_roles", summary: "The roles that users can be given."
    ) { _, session in
        var query = ListQuery("Role", filters: [["disabled", "=", 0]], orderBy: "name asc", limit: 0)
        query.fixed = [["name", "not in", ["Administrator", "All", "Desk User", "Guest"]]]
        return .array(try session.privileged { try session.list(query).rows.map { JSON($0[0]) } })
    }

    private static let linkTitle = Method(
        "frappe.desk.search.get_link_title",
        parameters: [doctype, .required("docname", "The document.", of: .argument("doctype"))],
        summary: "What people call a document: its title, or its name where it has none."
    ) { arguments, session in
        let type = try session.registry.doctype(arguments.required("doctype"))
        let name = try arguments.required("docname")
        let field = type.titleField.flatMap { type.slot(of: $0) == nil ? nil : $0 } ?? "name"
        let query = ListQuery(type.name, fields: [.string(field)], filters: [["name", "=", .string(name)]], limit: 1)
        guard let title = try session.list(query).rows.first?[0] else {
            throw Problem(.notFound, "\(type.name) \(name.prefix(140)) not found", field: "docname")
        }
        return title.isNothing ? .string(name) : JSON(title)
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
