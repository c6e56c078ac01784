internal import Values

/// What of a DocType's fields the actor may see in lists.
public struct FieldAccess: Sendable, Equatable {
    /// Left out, and nothing may be asked about them.
    public let hidden: Set<String>
    /// Shown masked, and nothing may be asked about them.
    public let masked: Set<String>

    /// Whether a field is shown at all.
    package func shows(_ name: String) -> Bool { !hidden.contains(name) }

    /// Whether what a field holds may be used to find, order, group or reach something.
    package func opens(_ name: String) -> Bool { !hidden.contains(name) && !masked.contains(name) }
}

extension Session {
    /// What the actor may see of a DocType's fields and tables in lists, through `parent` for the rows of one.
    public func fieldAccess(to type: DocType, through parent: DocType? = nil) -> FieldAccess {
        var hidden = hiddenFields(of: type, through: parent)
        // A list of all that may be selected shows no more of the few that are shared. One of shared documents alone shows
        // what each of them does.
        let isOfShares = grant(.select, type).isNone && isInScope(.read, type)
        if parent == nil, type.kind == .document, listRight(type) == .select, !isOfShares {
            let all = type.allColumns.map(\.name) + type.tables.map(\.field.name)
            hidden.formUnion(Set(all).subtracting(type.selected))
        }
        return FieldAccess(hidden: hidden, masked: maskedFields(of: type, through: parent))
    }
}
