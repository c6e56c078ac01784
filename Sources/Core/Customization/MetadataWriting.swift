internal import Documents
internal import Metadata
internal import Values

/// What is brought into order when documents that describe DocTypes are saved.
enum MetadataWriting {
    /// Puts the rows of a DocType in the order it says, and names fields that have none after their labels.
    static func arrange(_ document: Document) throws {
        var rows = document.table("fields")
        guard rows.count <= Limits.fields else {
            throw Problem(
                .tooMany, "\(document.name) has \(rows.count) fields, more than \(Limits.fields)", field: "fields")
        }
        var names = Set(rows.map { $0.text("fieldname") }).union(FieldCheck.reserved(in: .child))
        for row in rows where row.text("fieldname").isEmpty {
            let source = row.text("label").isEmpty ? row.text("fieldtype") : row.text("label")
            let base = fieldName(from: source)
            var name = base
            var number = 1
            while !names.insert(name).inserted {
                number += 1
                name = "\(base)_\(number)"
            }
            row.set("fieldname", name)
        }
        var kept = document.keptProperties
        if let order = kept["field_order"]?.array {
            let places = Dictionary(
                order.compactMap(\.string).enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            rows = rows.enumerated().sorted {
                let one = places[$0.element.text("fieldname")] ?? .max
                let two = places[$1.element.text("fieldname")] ?? .max
                return one == two ? $0.offset < $1.offset : one < two
            }.map(\.element)
            document.setTable("fields", rows)
            kept["field_order"] = nil
            document.set("properties", kept.isEmpty ? "" : JSON.object(kept).text)
        }
    }

    /// Makes the roles that permissions name and nobody made yet.
    static func makeRoles(_ names: Set<Name>, in session: Session) throws {
        let wanted = names.sorted().filter { !$0.isEmpty }
        let present = try session.values(of: "Role", wanted, ["name"])
        let missing = wanted.filter { present[$0] == nil }
        guard !missing.isEmpty else { return }
        try session.privileged {
            try session.insert(
                missing.map { name in
                    let role = try session.new(Role.self)
                    role.roleName = name
                    return role.document
                })
        }
    }

    /// A field's name made of its label: small letters, digits and `_`.
    static func fieldName(from label: String) -> String {
        var name = ""
        for scalar in label.lowercased().unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9", "_": name.unicodeScalars.append(scalar)
            case " ", "-": name.append("_")
            default: break
            }
        }
        name = String(name.drop { $0 == "_" })
        if name.first?.isLetter != true { name = name.isEmpty ? "field" : "field_\(name)" }
        return String(name.prefix(55))
    }

    /// Ledgers are written by the posting functions of modules, and no other DocType is one.
    static func refuseLedger(_ definition: DocTypeDefinition) throws {
        guard definition.info.kind == .document || definition.info.kind == .child else {
            throw Problem(
                .badMetadata, "\(definition.name): cauldron_kind: only modules declare ledgers", field: "cauldron_kind")
        }
    }
}
