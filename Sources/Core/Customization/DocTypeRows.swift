internal import Documents
internal import Lists
internal import Metadata
internal import Values

/// The rows of all DocTypes, such as `DocField`, as documents: those of DocTypes made in the company as they are kept, the
/// others as modules declare them.
enum DocTypeRows {
    /// The DocTypes of rows that a DocType has.
    static let kinds = [
        DocFieldRow.doctype.name, DocPermRow.doctype.name, DocTypeLinkRow.doctype.name, DocTypeActionRow.doctype.name,
        DocTypeStateRow.doctype.name,
    ]

    /// Where the rows of one of ``kinds`` come from.
    static func source(of kind: String) -> VirtualSource {
        VirtualSource(
            list: { query, session in
                let asked = try query.values(askedOf: "parent", in: session)
                let parents = try asked?.compactMap(\.string).map { try session.name($0, of: DocType.metaName) }
                return try rows(kind, of: parents ?? session.registry.doctypes.map(\.name), session)
            },
            load: { names, session in
                // A row of a shipped DocType is called after it.
                let wanted = Set(names)
                let parents = session.registry.doctypes.map(\.name).filter { parent in
                    names.contains { $0.hasPrefix("\(parent)-") }
                }
                return try rows(kind, of: parents, session).filter { wanted.contains($0.name) }
            })
    }

    private static func rows(_ kind: String, of names: [String], _ session: Session) throws -> [Document] {
        let type = try session.registry.doctype(DocTypeDocument.doctype.name)
        guard let slot = type.tables.first(where: { $0.field.options == kind })?.slot else { return [] }
        return try session.load(type, names).flatMap { $0.rows[slot] }
    }
}
