internal import Storage
internal import Values

/// What a company cannot do without: the user who may do everything, a System Manager besides, and the roles that everybody
/// has or the system itself asks for. They are not deleted, renamed, merged away or disabled. A role that permissions of
/// shipped DocTypes name may be disabled, so that nobody has it, and stays there.
enum Indispensable {
    private static let manager = "System Manager"
    private static let automaticRoles: Set<String> = ["Administrator", "System Manager", "Guest", "All", "Desk User"]

    // MARK: Roles

    /// Refuses to disable a role that everybody has or the system asks for.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    static func keepEnabled(role: String) throws {
        if automaticRoles.contains(where: { $0 == role }) { throw needed(role, "disabled", "disabled") }
    }

    /// Refuses to take a role away that is needed; `verb` says what is done to it.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    static func keep(role: String, _ verb: String, in session: Session) throws {
        let roles = automaticRoles.union(session.registry.shippedRoles)
        if roles.contains(where: { $0 == role }) { throw needed(role, verb, "name") }
    }

    private static func needed(_ role: String, _ verb: String, _ field: String) -> Problem {
        Problem(
            .forbidden, "The role \(role) is needed and cannot be \(verb)", field: field,
            fix: "Take it from its users, or from the permissions of DocTypes, instead.")
    }

    // MARK: Users

    /// Refuses to take away the user who may do everything.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    static func keep(user: String, _ verb: String, field: String = "name") throws {
        guard [Actor.administrator, .guest].contains(where: { $0.user == user }) else { return }
        throw Problem(
            .forbidden, "\(user) cannot be \(verb)", field: field, fix: "Change its password instead.")
    }

    /// Whether the database holds a user as one who manages the system.
    static func wasManager(_ user: Doc<User>) -> Bool {
        let document = user.document
        guard !document.isNew, document.storedValue("enabled") == .int(1),
            let slot = document.doctype.tableSlot(of: "roles")
        else { return false }
        return document.storedRows[slot].contains { row in
            let role = row.doctype.slot(of: "role").flatMap { (row.stored ?? row.values)[$0].text }
            return role.map { $0 == manager } ?? false
        }
    }

    /// Whether a user manages the system as it is about to be saved.
    static func isManager(_ user: Doc<User>) -> Bool {
        user.enabled && user.roles.contains { $0.role == manager }
    }

    /// Refuses that nobody but Administrator manages the system any more, once `user` does not.
    ///
    /// - Throws: ``Problem/Kind/forbidden``.
    static func requireManager(besides user: String, field: String, in session: Session) throws {
        let other = try session.transaction.first(
            """
            SELECT 1 FROM "user" u WHERE u.enabled = 1 AND u.name <> ? AND u.name <> ? AND EXISTS (SELECT 1 FROM has_role r
            WHERE r.parent = u.name AND r.parenttype = 'User' AND r.role = ?) LIMIT 1
            """, [.text(user), .text(Actor.administrator.user), .text(manager)], [.integer])
        guard other == nil else { return }
        throw Problem(
            .forbidden, "\(user) is the last \(manager)", field: field,
            fix: "Make somebody else a \(manager) first.")
    }
}
