internal import Storage
internal import Values

/// Limits a user to one document of a DocType, or to several by several of these: the documents themselves and all that
/// link to them.
public struct UserPermission: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "User Permission", module: "Core", title: "user", search: ["allow", "for_value"],
        permissions: [.manage("System Manager")],
        indexes: [["user", "allow", "for_value"]],
        summary: "Limits a user to some documents of a DocType, and to what links to them.")

    public let user = Link(User.self, .required, .inListView)
    public let allow = Data(.required, .inListView)
    public let forValue = DynamicLink("allow", .required, .linksToHidden, .inListView)
    public let isDefault = Check()
    public let applyToAllDoctypes = Check(.fallback(1))
    public let applicableFor = Data(.inListView)
    public let hideDescendants = Check()
    public init() {}

    public static func validate(_ permission: Doc<Self>, in session: Session) throws {
        if permission.applyToAllDoctypes { permission.applicableFor = "" }
        for (field, doctype) in [("allow", permission.allow), ("applicable_for", permission.applicableFor)] {
            if !doctype.isEmpty { try requireDocType(doctype, field, session) }
        }
        if permission.applicableFor.isEmpty, !permission.applyToAllDoctypes {
            throw Problem(
                .mandatory, "It must be said for which DocType the permission holds", field: "applicable_for",
                fix: "Set applicable_for, or apply_to_all_doctypes.")
        }
        let others = try session.transaction.query(
            """
            SELECT for_value, is_default FROM user_permission WHERE "user" = ? AND allow = ?
            AND COALESCE(applicable_for, '') = ? AND name <> ? AND (for_value = ? OR is_default = 1) ORDER BY for_value
            """,
            [
                .text(permission.user), .text(permission.allow), .text(permission.applicableFor),
                .text(permission.name), .text(permission.forValue),
            ], [.text, .integer])
        if others.contains(where: { $0[0] == .text(permission.forValue) }) {
            throw Problem(
                .duplicate, "\(permission.user) has this permission for \(permission.allow) already", field: "for_value"
            )
        }
        if permission.isDefault, let other = others.first(where: { $0[1] == .int(1) }) {
            throw Problem(
                .givenTwice, "\(other[0].description) is the default for \(permission.allow) already",
                field: "is_default")
        }
    }

    private static func requireDocType(_ name: String, _ field: String, _ session: Session) throws {
        guard let type = session.registry.find(name), type.kind != .child else {
            throw Problem(.brokenLink, "\(name) is no DocType with documents of its own", field: field)
        }
    }
}
