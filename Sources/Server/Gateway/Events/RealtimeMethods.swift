internal import Documents
internal import Values

/// What Frappe's realtime server asks about who listens, for others like it.
enum RealtimeMethods {
    static let all = [userInfo, canSubscribe, hasPermission]

    private static let userInfo = Method(
        "frappe.realtime.get_user_info", allowsGuests: true, summary: "Who asks, and what kind of user that is."
    ) { _, session in
        let user = session.actor.user
        let type = try session.value(of: "User", user, "user_type").text
        return ["user": .string(user), "user_type": .string(type ?? "Website User")]
    }

    private static let canSubscribe = Method(
        "frappe.realtime.can_subscribe_doc", allowsGuests: true,
        parameters: [
            .required("doctype", "The DocType."), .required("docname", "The document.", of: .argument("doctype")),
        ], summary: "True where who asks may read a document, and hear of it; else refused."
    ) { arguments, session in try mayRead(arguments.required("doctype"), arguments.required("docname"), session) }

    private static let hasPermission = Method(
        "frappe.realtime.has_permission", allowsGuests: true,
        parameters: [
            .required("doctype", "The DocType."), .required("name", "The document.", of: .argument("doctype")),
        ], summary: "True where who asks may read a document, and hear of it; else refused."
    ) { arguments, session in try mayRead(arguments.required("doctype"), arguments.required("name"), session) }

    private static func mayRead(_ doctype: String, _ name: String, _ session: Session) throws -> JSON {
        _ = try session.get(doctype, name)
        return true
    }
}
