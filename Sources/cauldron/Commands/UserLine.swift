import Documents
import Tenancy
import Values

/// A user as the command shows it.
struct UserLine: Sendable {
    let name: String
    let fullName: String
    let isEnabled: Bool
    let roles: [String]

    init(_ document: Document) {
        name = document.name
        fullName = document.text("full_name")
        isEnabled = document.isSet("enabled")
        roles = document.table("roles").map { $0.text("role") }
    }

    /// The user in one line.
    var text: String {
        let state = isEnabled ? "" : " (disabled)"
        return "\(name)\(state)" + (fullName == name ? "" : "  \(fullName)")
            + (roles.isEmpty ? "" : "  \(roles.joined(separator: ", "))")
    }

    /// The user for programs.
    var json: JSON {
        [
            "name": .string(name), "full_name": .string(fullName), "enabled": .bool(isEnabled),
            "roles": .array(roles.map(JSON.string)),
        ]
    }

    /// Refuses the name of a user there is not.
    static func require(_ user: String, in tenant: Tenant) async throws {
        guard try await tenant.read(as: .administrator, { try $0.exists("User", user) }) else {
            throw Problem(
                .notFound, "There is no user \(user)", field: "user", fix: "`cauldron user list` shows who there is.")
        }
    }

    /// Sets whether a user may sign in.
    static func set(_ user: String, enabled: Bool, in tenant: Tenant) async throws -> UserLine {
        try await tenant.write(as: .administrator) { session in
            let document = try session.get("User", user)
            document.set("enabled", enabled)
            try session.save(document)
            return UserLine(document)
        }
    }
}
