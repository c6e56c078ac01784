/// Something a role may be allowed to do with the documents of a DocType.
public enum Right: String, Sendable, CaseIterable {
    case read, write, create, delete, submit, cancel, amend, report, export, `import`, print, email, share, select
}

/// What one role may do with the documents of a DocType.
public struct Permission: Sendable {
    /// The role.
    public let role: String
    /// What it may do.
    public let rights: Set<Right>
    /// Only with documents the user made.
    public let ifOwner: Bool

    /// A row of the DocType's permissions.
    public init(_ role: String, _ rights: Set<Right>, ifOwner: Bool = false) {
        self.role = role
        self.rights = rights
        self.ifOwner = ifOwner
    }

    /// May look, list, print and report.
    public static func read(_ role: String) -> Permission {
        Permission(role, [.read, .select, .report, .print, .email, .export])
    }

    /// May do everyday work: read, make, change, submit and amend, but not cancel or delete.
    public static func work(_ role: String) -> Permission {
        Permission(role, [.read, .select, .report, .print, .email, .export, .write, .create, .submit, .amend, .share])
    }

    /// May do all there is.
    public static func manage(_ role: String) -> Permission { Permission(role, Set(Right.allCases)) }
}

/// Who acts: a person, an agent or the system itself.
public struct Actor: Sendable, Hashable {
    /// The user's name, an e-mail address or `Administrator`.
    public let user: String
    /// The roles it has.
    public let roles: Set<String>

    /// A user with these roles; everybody also has the role `All`.
    public init(user: String, roles: Set<String>) {
        self.user = user
        self.roles = roles.union(["All"])
    }

    /// The user who may do everything.
    public static let administrator = Actor(user: "Administrator", roles: ["System Manager"])
    /// Who has not signed in.
    public static let guest = Actor(user: "Guest", roles: ["Guest"])

    /// Whether it is the user who may do everything.
    public var isAdministrator: Bool { user == "Administrator" }
}
