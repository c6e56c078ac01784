internal import Storage
internal import Values

extension User {
    /// The user of that name as the one who acts, if it is enabled, with all that decides its rights.
    ///
    /// Roles are those of its rows that are not disabled, and `Desk User` for a system user; `Administrator` needs none.
    public static func actor(_ name: String, in session: Session) throws -> Actor? {
        guard name != Actor.administrator.user else { return .administrator }
        guard name != Actor.guest.user else { return nil }
        return try session.privileged {
            guard let document = try session.find("User", name) else { return nil }
            let user = Doc<User>(document)
            guard user.enabled else { return nil }
            let disabled = try session.values(of: "Role", user.roles.map(\.role), ["disabled"]).filter {
                $1[0].int == 1
            }
            var roles: Set<Name> = Set(user.roles.map(\.role)).subtracting(disabled.keys)
            if user.userType == "System User" { roles.insert("Desk User") }
            return Actor(
                user: name, roles: roles, restrictions: try restrictions(of: name, session),
                sharedTypes: try sharedTypes(of: name, session),
                defaults: Dictionary(user.defaults.map { ($0.defkey, $0.defvalue) }, uniquingKeysWith: { $1 }))
        }
    }

    /// The DocTypes that decide what actors may: when one is written to, actors are to be read again.
    public static let decidingTypes: Set<String> = [
        "User", "Role", "Role Profile", "User Permission", "DocShare", "System Settings", "Custom DocPerm",
    ]

    private static func restrictions(of user: String, _ session: Session) throws -> Restrictions {
        var restrictions = Restrictions()
        try session.transaction.forEach(
            """
            SELECT DISTINCT allow, apply_to_all_doctypes, COALESCE(applicable_for, '') FROM user_permission
            WHERE "user" = ?
            """, [.text(user)], [.text, .integer, .text]
        ) { row in
            guard let target = row[0].text else { return }
            restrictions.add(target, within: row[1].int == 1 ? nil : row[2].text)
        }
        guard !restrictions.isEmpty else { return restrictions }
        let settings = try session.values(of: "System Settings", ["System Settings"], ["apply_strict_user_permissions"])
        restrictions.isStrict = settings["System Settings"]?[0].int == 1
        return restrictions
    }

    private static func sharedTypes(of user: String, _ session: Session) throws -> Set<String> {
        var types: Set<String> = []
        try session.transaction.forEach(
            "SELECT DISTINCT share_doctype FROM docshare WHERE \"user\" = ? OR everyone = 1", [.text(user)], [.text]
        ) { if let type = $0[0].text { types.insert(type) } }
        return types
    }
}
