public import Documents
internal import Metadata
public import Values

extension Session {
    /// A document as an answer, in which the documents that its links and those of its rows point to stand in place of their
    /// names; see ``present(_:)``. A name of what the actor may not read stays a name. It costs one statement for each DocType
    /// that is linked to.
    ///
    /// - Throws: ``StorageError``.
    public func expandingLinks(of document: Document) throws -> JSONObject {
        guard case .object(var object) = present(document) else { return [:] }
        var wanted: [Name: Set<Name>] = [:]
        each(linkIn: document.doctype, &object) { target, name in
            wanted[Name(target), default: []].insert(Name(name))
            return nil
        }
        var found: [Name: [Name: JSON]] = [:]
        for (target, names) in wanted.sorted(by: { $0.key < $1.key }).prefix(Limits.listJoins) {
            found[target] = try readable(target.text, names)
        }
        each(linkIn: document.doctype, &object) { found[Name($0)]?[Name($1)] }
        return object
    }

    /// The documents of these names that the actor may read.
    private func readable(_ target: String, _ names: Set<Name>) throws -> [Name: JSON] {
        guard registry.find(target) != nil else { return [:] }
        var found: [Name: JSON] = [:]
        for chunk in names.sorted().map(\.text).chunks(of: Limits.filterValues) {
            let query = ListQuery(
                target, fields: ["*", "name as __name"], filters: [["name", "in", .array(chunk.map(JSON.string))]],
                limit: 0)
            do {
                for row in try list(query).json(dictionaries: true).array ?? [] {
                    guard var object = row.object, let name = object.removeValue(forKey: "__name")?.string else {
                        continue
                    }
                    found[Name(name)] = .object(object)
                }
            } catch let problem as Problem where problem.kind == .forbidden {
                return [:]
            }
        }
        return found
    }

    /// Hands each link of a document that is written as JSON, and of its rows, to `body`, and puts what it gives in its place.
    private func each(linkIn type: DocType, _ object: inout JSONObject, _ body: (String, String) -> JSON?) {
        for field in type.fields {
            if field.type.isTable, let child = registry.find(field.options ?? ""),
                case .array(let rows)? = object[field.name]
            {
                object[field.name] = .array(
                    rows.map { row in
                        guard case .object(var row) = row else { return row }
                        each(linkIn: child, &row, body)
                        return .object(row)
                    })
                continue
            }
            guard let name = object[field.name]?.string, !name.isEmpty else { continue }
            let target =
                field.type == .link
                ? field.options : field.type == .dynamicLink ? object[field.options ?? ""]?.string : nil
            if let target, let document = body(target, name) { object[field.name] = document }
        }
    }
}
