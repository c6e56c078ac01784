/// Something a role may be allowed to do with the documents of a DocType.
public enum Right: String, Sendable, CaseIterable {
    case read, write, create, delete, submit, cancel, amend, report, export, `import`, print, email, share, select, mask
}

/// What one role may do with the documents of a DocType.
public struct Permission: Sendable {
    /// The role.
    public let role: String
    /// What it may do.
    public let rights: Set<Right>
    /// Only with documents the user made.
    public let ifOwner: Bool
    /// The level of the fields it is about; 0 is the document and its ordinary fields.
    public let permlevel: Int

    /// A row of the DocType's permissions.
    public init(_ role: String, _ rights: Set<Right>, ifOwner: Bool = false, permlevel: Int = 0) {
        self.role = role
        self.rights = rights
        self.ifOwner = ifOwner
        self.permlevel = permlevel
    }

    /// May look, list, print and report.
    public static func read(_ role: String) -> Permission {
        Permission(role, [.read, .select, .report, .print, .email, .export])
    }

    /// May only choose: finds its documents in links, and is told their names and titles.
    public static func select(_ role: String) -> Permission { Permission(role, [.select]) }

    /// May do everyday work: read, make, change, submit and amend, but not cancel or delete.
    public static func work(_ role: String) -> Permission {
        Permission(role, [.read, .select, .report, .print, .email, .export, .write, .create, .submit, .amend, .share])
    }

    /// May do all there is.
    public static func manage(_ role: String) -> Permission { Permission(role, Set(Right.allCases)) }
}
