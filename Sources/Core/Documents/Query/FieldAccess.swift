internal import Values

/// What of a DocType's fields the actor may see in lists.
struct FieldAccess: Sendable, Equatable {
    /// Left out, and nothing may be asked about them.
    let hidden: Set<String>
    /// Shown masked, and nothing may be asked about them.
    let masked: Set<String>

    /// Whether a field is shown at all.
    func shows(_ name: String) -> Bool { !hidden.contains(name) }

    /// Whether what a field holds may be used to find, order, group or reach something.
    func opens(_ name: String) -> Bool { !hidden.contains(name) && !masked.contains(name) }
}

extension Session {
    /// What the actor may see of a DocType's fields in lists, through `parent` for the rows of one.
    func fieldAccess(to type: DocType, through parent: DocType? = nil) -> FieldAccess {
        var hidden = hiddenFields(of: type, through: parent)
        if parent == nil, type.kind == .document, listRight(type) == .select {
            // A share opens the fields of one document, and such a list has all that may be selected.
            hidden.formUnion(Set(type.allColumns.map(\.name)).subtracting(type.selected))
        }
        return FieldAccess(hidden: hidden, masked: maskedFields(of: type, through: parent))
    }
}
