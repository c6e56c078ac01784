internal import Values

/// How much an actor sees of the values of a field; what shows less is greater.
public enum FieldVisibility: Int, Sendable, Comparable {
    /// As they are.
    case open
    /// As ``Session/maskedText``.
    case masked
    /// Not at all.
    case hidden

    /// Whether the first shows more than the second.
    public static func < (l: FieldVisibility, r: FieldVisibility) -> Bool { l.rawValue < r.rawValue }
}

/// A field of a DocType, or of the rows of one.
public struct FieldPlace: Sendable, Hashable {
    /// The DocType that has the field.
    public let doctype: String
    /// The field's name.
    public let field: String

    /// The field of a DocType.
    public init(doctype: String, field: String) {
        self.doctype = doctype
        self.field = field
    }
}

extension Session {
    /// How much of a field the actor sees in lists and in what is computed from many documents, through `parent` for the
    /// rows of one.
    ///
    /// A field of a DocType that the actor may neither read nor select is hidden, and so is one that is not there, a
    /// password, and one of rows whose table is hidden. Levels that are open on own documents alone do not count.
    public func visibility(of field: String, in type: DocType, through parent: DocType? = nil) -> FieldVisibility {
        if asksNoFields { return .open }
        let isTable = type.tables.contains { $0.field.name == field }
        guard isTable || type.slot(of: field).map({ type.columns[$0].type != .password }) == true,
            may(.read, parent ?? type) || parent == nil && type.kind != .child && may(.select, type)
        else { return .hidden }
        if let parent {
            let access = fieldAccess(to: parent)
            let tables = parent.tables.filter { $0.field.options == type.name }
            guard tables.allSatisfy({ access.shows($0.field.name) }) else { return .hidden }
        }
        let access = fieldAccess(to: type, through: parent)
        guard access.shows(field) else { return .hidden }
        return access.opens(field) ? .open : .masked
    }

    /// Whether the actor has User Permissions that hold in documents of the DocType.
    public func isLimited(in type: DocType) -> Bool {
        !asksNoRoles && !actor.restrictions.targets(in: type.name).isEmpty
    }

    /// The fields by which User Permissions may refuse a document of the DocType: its links, those of its rows, and its
    /// name where documents of the DocType itself are limited.
    public func limitedFields(of type: DocType) -> [FieldPlace] {
        guard isLimited(in: type) else { return [] }
        var found: [FieldPlace] = []
        if actor.restrictions.hold(type.name, in: type.name) {
            found.append(FieldPlace(doctype: type.name, field: "name"))
        }
        for one in [type] + type.tables.compactMap({ registry.find($0.field.options ?? "") }) {
            found += limits(of: one, in: type).map { FieldPlace(doctype: one.name, field: one.columns[$0.slot].name) }
        }
        return found
    }
}
