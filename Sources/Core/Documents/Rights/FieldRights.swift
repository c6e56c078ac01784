internal import Values

/// What an actor may see and write of the fields of a DocType, besides its rights on the document.
package final class FieldRights {
    /// The DocType, kept so that it lives as long as this does.
    let type: DocType
    /// Whether every field is seen as it is.
    let isOpen: Bool
    /// By slot: whether the value is left out.
    package let hides: [Bool]
    /// By slot: whether the value is masked.
    let masks: [Bool]
    /// By slot: whether a client's value is taken; a masked one also depends on what it is.
    package let writes: [Bool]
    /// By table: whether its rows are left out.
    package let hidesTable: [Bool]
    /// By table: whether a client's rows are taken.
    package let writesTable: [Bool]
    /// The names of the fields and tables that are left out.
    package let hidden: Set<String>
    /// The names of the fields that are masked.
    package let masked: Set<String>
    /// Whether every value a client sends is taken; tables aside.
    let isWritable: Bool

    /// The rights where `reads`, `writes` and `unmasks` are the permission levels at which the actor has them; `only`
    /// are the fields that are seen at all, where that is limited.
    init(_ type: DocType, reads: Levels, writes: Levels, unmasks: Levels, only: Set<String>?) {
        self.type = type
        func isHidden(_ field: FieldDefinition) -> Bool {
            !reads.contains(field.permlevel) || only?.contains(field.name) == false
        }
        let hides = type.columns.map(isHidden)
        let masks = type.columns.indices.map { slot in
            !hides[slot] && type.columns[slot].flags.contains(.masked)
                && !unmasks.contains(type.columns[slot].permlevel)
        }
        hidesTable = type.tables.map { isHidden($0.field) }
        self.writes = type.columns.map { writes.contains($0.permlevel) }
        writesTable = type.tables.map { writes.contains($0.field.permlevel) }
        hidden = Set(
            zip(type.columns, hides).filter(\.1).map(\.0.name)
                + zip(type.tables, hidesTable).filter(\.1).map(\.0.field.name))
        masked = Set(zip(type.columns, masks).filter(\.1).map(\.0.name))
        isOpen = hidden.isEmpty && masked.isEmpty
        isWritable = masked.isEmpty && self.writes.allSatisfy { $0 }
        self.hides = hides
        self.masks = masks
    }

    /// Permission levels.
    enum Levels {
        case all
        case some(Set<Int>)

        func contains(_ level: Int) -> Bool {
            switch self {
            case .all: true
            case .some(let levels): levels.contains(level)
            }
        }
    }

    /// What the rights depend on besides the actor.
    struct Key: Hashable {
        let type: ObjectIdentifier
        let parent: ObjectIdentifier?
        let isOwn: Bool
    }
}

extension Session {
    /// The actor's rights on the fields of a DocType: of a child one through `parent`, on documents it made where `isOwn`.
    package func fieldRights(of type: DocType, through parent: DocType? = nil, isOwn: Bool = false) -> FieldRights {
        let key = FieldRights.Key(type: ObjectIdentifier(type), parent: parent.map(ObjectIdentifier.init), isOwn: isOwn)
        if let known = knownFieldRights[key] { return known }
        let rights = makeFieldRights(of: type, through: parent, isOwn: isOwn)
        knownFieldRights[key] = rights
        return rights
    }

    private func makeFieldRights(of type: DocType, through parent: DocType?, isOwn: Bool) -> FieldRights {
        guard !actor.isAdministrator else {
            return FieldRights(type, reads: .all, writes: .all, unmasks: .all, only: nil)
        }
        let source = parent ?? type
        func levels(_ right: Right, with zero: Bool) -> FieldRights.Levels {
            let rows = source.permissions.filter {
                $0.rights.contains(right) && actor.roles.contains($0.role) && (isOwn || !$0.ifOwner)
            }
            return .some(Set(rows.map(\.permlevel) + (zero ? [0] : [])))
        }
        return FieldRights(
            type, reads: levels(.read, with: true), writes: levels(.write, with: true),
            unmasks: levels(.mask, with: false),
            only: isOnlySelected(source) ? source.selected : nil)
    }

    /// Whether the actor may select documents of a DocType and not read any.
    private func isOnlySelected(_ type: DocType) -> Bool {
        guard grant(.read, type).isNone || !isInScope(.read, type) else { return false }
        return !grant(.select, type).isNone && !actor.sharedTypes.contains(type.name)
    }
}

extension DocType {
    /// What is seen of a document by who may only select it.
    var selected: Set<String> { Set(["name"] + searchFields + [titleField].compactMap { $0 }) }
}
