package import Documents
package import Metadata
package import Values

/// Lets through what an actor may see of versions: fields and tables it may not read are left out, masked ones masked.
package struct VersionScreen {
    private let type: DocType
    private let hidden: Set<String>
    private let masked: Set<String>
    /// The same for the rows of each table.
    private let tables: [String: (hidden: Set<String>, masked: Set<String>)]

    /// What the actor of a session may see of versions of a DocType.
    ///
    /// - Throws: ``Problem/Kind/noSuchDocType`` where a table has rows of none.
    package init(_ session: Session, _ type: DocType) throws {
        self.type = type
        hidden = session.hiddenFields(of: type)
        masked = session.maskedFields(of: type)
        var tables: [String: (hidden: Set<String>, masked: Set<String>)] = [:]
        for (field, _) in type.tables {
            let child = try session.registry.doctype(field.options ?? "")
            tables[field.name] = (
                session.hiddenFields(of: child, through: type), session.maskedFields(of: child, through: type)
            )
        }
        self.tables = tables
    }

    /// The data of a version as Frappe's clients know it, as far as the actor may see it.
    package func shown(_ entry: JSON) -> JSON {
        var shown: JSONObject = [:]
        shown["changed"] = .array(changes(entry["changed"], hidden, masked))
        for key in ["added", "removed"] {
            shown[key] = .array(
                (entry[key]?.array ?? []).compactMap { item in
                    guard let parts = item.array, parts.count == 2, let table = parts[0].string,
                        !hidden.contains(table), let rule = tables[table]
                    else { return nil }
                    return [parts[0], row(parts[1], rule.hidden, rule.masked)]
                })
        }
        shown["row_changed"] = .array(
            (entry["row_changed"]?.array ?? []).compactMap { item in
                guard let parts = item.array, parts.count == 4, let table = parts[0].string,
                    !hidden.contains(table), let rule = tables[table]
                else { return nil }
                let changes = changes(parts[3], rule.hidden, rule.masked)
                return changes.isEmpty ? nil : [parts[0], parts[1], parts[2], .array(changes)]
            })
        if let renamed = entry["renamed"] { shown["renamed"] = renamed }
        if entry["restored"] != nil { shown["restored"] = true }
        if entry["deleted"] != nil { shown["deleted"] = true }
        return .object(shown)
    }

    private func changes(_ list: JSON?, _ hidden: Set<String>, _ masked: Set<String>) -> [JSON] {
        (list?.array ?? []).compactMap { change in
            guard let parts = change.array, parts.count == 3, let field = parts[0].string, !hidden.contains(field)
            else { return nil }
            return masked.contains(field) ? [parts[0], mask(parts[1]), mask(parts[2])] : change
        }
    }

    private func row(_ row: JSON, _ hidden: Set<String>, _ masked: Set<String>) -> JSON {
        guard case .object(let object) = row else { return row }
        return .object(
            JSONObject(
                object.members.compactMap { key, value in
                    hidden.contains(key) ? nil : (key, masked.contains(key) ? mask(value) : value)
                }))
    }

    private func mask(_ value: JSON) -> JSON { value.isNull ? .null : .string(Session.maskedText) }
}
