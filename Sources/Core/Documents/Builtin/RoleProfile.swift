internal import Storage
internal import Values

/// A set of roles under one name. Users of it have these roles and no others; they follow when it changes.
public struct RoleProfile: DocTypeSchema, Controller {
    public static let doctype = DocTypeInfo(
        "Role Profile", module: "Core", naming: .field("role_profile"), title: "role_profile",
        permissions: [.manage("System Manager")], summary: "A set of roles under one name.")

    public let roleProfile = Data(.required, .setOnlyOnce, .inListView)
    public let roles = Table(HasRole.self)
    public init() {}

    public static func validate(_ profile: Doc<Self>, in session: Session) throws {
        var seen: Set<Name> = []
        profile.roles = profile.roles.filter { seen.insert($0.role).inserted }
    }

    public static func onUpdate(_ profile: Doc<Self>, in session: Session) throws {
        let names = try session.transaction.query(
            "SELECT name FROM \"user\" WHERE role_profile_name = ? ORDER BY name", [.text(profile.name)], [.text])
        try session.privileged {
            let users = try session.getMany("User", names.compactMap { $0[0].text })
            for document in users { try session.save(document) }
        }
    }

    /// The roles of a profile, in order.
    static func roles(of profile: String, in session: Session) throws -> [String] {
        try session.privileged { try session.get(RoleProfile.self, profile).roles.map(\.role) }
    }
}
