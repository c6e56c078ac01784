internal import Values

/// Somebody who can sign in. The password and the API secret are kept by the server's identity store, as hashes.
public struct User: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "User", module: "Core", naming: .field("email"), title: "full_name", search: ["full_name"],
        permissions: [.manage("System Manager"), Permission("All", [.read, .select], ifOwner: true)],
        summary: "Somebody who can sign in.")

    public let email = Data(.required, .setOnlyOnce)
    public let firstName = Data(.required)
    public let lastName = Data()
    public let fullName = Data(.readOnly, .inListView)
    public let enabled = Check(.fallback(1), .inListView)
    public let userType = Select(["System User", "Website User"], .fallback("System User"), .inListView)
    public let roles = Table(HasRole.self)
    public init() {}

    public static func validate(_ user: Doc<Self>, in session: Session) throws {
        user.fullName = user.lastName.isEmpty ? user.firstName : "\(user.firstName) \(user.lastName)"
        var seen: Set<String> = []
        user.roles = user.roles.filter { seen.insert($0.role).inserted }
    }

    /// The user of that name as the one who acts, if it is enabled.
    ///
    /// Roles are those of its rows; `Administrator` has them all.
    public static func actor(_ name: String, in session: Session) throws -> Actor? {
        guard name != Actor.administrator.user else { return .administrator }
        return try session.privileged {
            guard let document = try session.find("User", name) else { return nil }
            let user = Doc<User>(document)
            return user.enabled ? Actor(user: name, roles: Set(user.roles.map(\.role))) : nil
        }
    }
}

/// A role of a user.
public struct HasRole: DocTypeSchema {
    public static let doctype = DocTypeInfo("Has Role", module: "Core", kind: .child)
    public let role = Link(Role.self, .required, .inListView)
    public init() {}
}

/// A name that DocTypes give rights to.
public struct Role: DocTypeSchema {
    public static let doctype = DocTypeInfo(
        "Role", module: "Core", naming: .field("role_name"),
        permissions: [.manage("System Manager"), .read("All")], summary: "A name that DocTypes give rights to.")
    public let roleName = Data(.required, .setOnlyOnce, .inListView)
    public let disabled = Check()
    public init() {}
}

extension Registry {
    /// A registry with what every company has: users, roles and versions.
    public static func core() -> Registry {
        var registry = Registry()
        registry.add(User.self, HasRole.self, Role.self, Version.self)
        return registry
    }
}
