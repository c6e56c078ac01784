internal import Values

/// What an actor's roles give of one right on the documents of a DocType.
struct Grant {
    /// The row that gives it on all documents.
    var all: Permission?
    /// The row that gives it on the documents the user made.
    var own: Permission?

    /// Whether no row gives it.
    var isNone: Bool { all == nil && own == nil }
}

extension Session {
    /// What the actor's roles give of a right; on child DocTypes nothing, which have no rows of their own.
    ///
    /// Only rows of permission level 0 count. Who may read may also select.
    func grant(_ right: Right, _ type: DocType) -> Grant {
        var grant = Grant()
        guard type.takes(right) else { return grant }
        for row in type.permissions where row.permlevel == 0 && row.gives(right) && actor.roles.contains(row.role) {
            if row.ifOwner {
                if grant.own == nil { grant.own = row }
            } else if grant.all == nil {
                grant.all = row
            }
        }
        return grant
    }

    /// Whether the actor's key, if it came with one, is good for the right.
    package func isInScope(_ right: Right, _ type: DocType) -> Bool {
        actor.scopes.map { $0.contains { $0.allows(right, type.name) } } ?? true
    }

    /// Whether all rights are the actor's as far as its key reaches.
    package var asksNoRoles: Bool { isPrivileged || actor.isAdministrator }
}

extension DocType {
    /// Whether the right means anything for documents of this kind.
    func takes(_ right: Right) -> Bool {
        switch right {
        case .submit, .cancel, .amend: isSubmittable
        case .report, .export, .import: !isSingle
        default: true
        }
    }
}

extension Permission {
    /// Whether the row gives the right; to read is to select as well.
    func gives(_ right: Right) -> Bool { rights.contains(right) || right == .select && rights.contains(.read) }
}

extension Right {
    /// The column of a share that gives it, if a share can.
    var shareColumn: String? {
        switch self {
        case .read, .select: "read"
        case .write, .submit, .share: rawValue
        default: nil
        }
    }
}
