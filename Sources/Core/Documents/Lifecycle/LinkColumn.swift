package import Storage
package import Values

/// A column that may name a document of a certain DocType.
package struct LinkColumn {
    /// The DocType whose table has it.
    package let type: DocType
    /// The column.
    package let field: FieldDefinition
    /// The column that says of which DocType the named document is, for a dynamic link.
    let selector: FieldDefinition?
    /// Whether what names a document there holds it: it cannot be deleted while it is named.
    package let holds: Bool

    /// Every column of every table that may name a document of `target`: of documents, rows, ledgers and kept figures.
    package static func all(to target: DocType, in registry: Registry) -> [LinkColumn] {
        let companions = Dictionary(
            registry.companions.map { ($0.doctype, $0.nameField) }, uniquingKeysWith: { first, _ in first })
        var columns: [LinkColumn] = []
        for type in registry.doctypes where !type.isVirtual {
            let isDocument = type.kind == .document || type.kind == .child
            for field in type.storedColumns {
                let holds = isDocument && companions[type.name] != field.name
                if field.type == .link, field.options == target.name {
                    columns.append(LinkColumn(type: type, field: field, selector: nil, holds: holds))
                } else if field.type == .dynamicLink, let selector = type.field(field.options ?? ""),
                    selector.type.column == .text
                {
                    if selector.type == .select, !selector.choices.contains(where: { $0 == target.name }) { continue }
                    columns.append(LinkColumn(type: type, field: field, selector: selector, holds: holds))
                }
            }
        }
        return columns
    }

    /// The condition that a row names one of these documents of `target`.
    package func condition(
        _ names: some Collection<String>, _ target: DocType, _ dialect: any Dialect
    ) -> (sql: String, arguments: [Value]) {
        var sql = dialect.isOneOf(quoted(field.name), count: names.count)
        var arguments = names.map(Value.text)
        if let selector {
            sql += " AND \(quoted(selector.name)) = ?"
            arguments.append(.text(target.name))
        }
        return (sql, arguments)
    }

    /// Whether this row names it in this column.
    func names(_ target: DocType, _ name: String, in row: Document) -> Bool {
        guard case .text(let value) = row[field.name], value == name else { return false }
        return selector.map { row.text($0.name) == target.name } ?? true
    }
}
