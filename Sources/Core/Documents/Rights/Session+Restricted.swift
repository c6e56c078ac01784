internal import Storage
public import Values

extension Session {
    /// The documents that the actor's User Permissions refuse, by their place in the list, each with the value that is
    /// refused first: the document itself, its links, its dynamic links, and those of its rows.
    ///
    /// Links that ignore User Permissions do not count, nor does the parent of a node in its own tree. A link without a
    /// value is refused only in strict mode, and never in a single. `asWritten` looks at the values in memory instead of
    /// those the database holds, and not at the documents themselves, which may not be there yet. Costs one statement for
    /// each limited DocType that is linked to, two for a tree.
    func restricted(
        _ type: DocType, _ documents: [Document], asWritten: Bool = false
    ) throws -> [Int: Decision.Restricted] {
        guard !actor.restrictions.isEmpty else { return [:] }
        let links = try documents.map { try limitedLinks(of: $0, type, asWritten: asWritten) }
        var wanted: [String: Set<Reference>] = [:]
        for link in links.joined() where !link.value.isEmpty {
            wanted[link.allow, default: []].insert(Reference(link.allow, link.value))
        }
        var allowed: Set<Reference> = []
        for (target, names) in wanted.sorted(by: { $0.key < $1.key }) {
            allowed.formUnion(try self.allowed(target, names.map(\.name), in: type.name))
        }
        var refused: [Int: Decision.Restricted] = [:]
        for (index, links) in links.enumerated() {
            refused[index] = links.first { !allowed.contains(Reference($0.allow, $0.value)) }
        }
        return refused
    }

    /// The values of a document that User Permissions are asked for.
    private func limitedLinks(
        of document: Document, _ type: DocType, asWritten: Bool
    ) throws -> [Decision.Restricted] {
        var links: [Decision.Restricted] = []
        if !asWritten, actor.restrictions.hold(type.name, in: type.name) {
            links.append(Decision.Restricted(allow: type.name, field: "name", row: nil, value: document.storedName))
        }
        let isStrict = actor.restrictions.isStrict && !type.isSingle
        func add(_ one: Document, row: Int?) {
            let values = asWritten ? one.values : one.stored ?? one.values
            for link in limits(of: one.doctype, in: type) {
                var targets = [link.target].compactMap { $0 }
                if let selector = link.selector {
                    let chosen = values[selector].text ?? ""
                    targets = actor.restrictions.hold(chosen, in: type.name) ? [chosen] : []
                }
                let value = values[link.slot].text ?? ""
                if value.isEmpty, !isStrict { continue }
                let field = one.doctype.columns[link.slot].name
                links += targets.map { Decision.Restricted(allow: $0, field: field, row: row, value: value) }
            }
        }
        add(document, row: nil)
        for (_, slot) in type.tables {
            let rows = asWritten || document.stored == nil ? document.rows[slot] : document.storedRows[slot]
            for row in rows { add(row, row: row.idx) }
        }
        return links
    }

    /// A link that User Permissions limit: to documents of `target`, or of the DocType that the column `selector` holds.
    struct LimitedLink {
        let slot: Int
        let target: String?
        let selector: Int?
    }

    /// The links of a DocType, or of the rows of one, that are limited in documents of `place`.
    func limits(of type: DocType, in place: DocType) -> [LimitedLink] {
        type.linkSlots.compactMap { slot in
            let field = type.columns[slot]
            guard !field.flags.contains(.ignoreUserPermissions), field.expression == nil,
                !field.flags.contains(.virtual),
                !(type === place && field.name == type.treeField), let options = field.options
            else { return nil }
            guard field.type == .dynamicLink else {
                return actor.restrictions.hold(options, in: place.name)
                    ? LimitedLink(slot: slot, target: options, selector: nil) : nil
            }
            return type.slot(of: options).map { LimitedLink(slot: slot, target: nil, selector: $0) }
        }
    }

    /// The names among `names` that the actor's User Permissions allow of a DocType in documents of `place`.
    func allowed(_ target: String, _ names: [String], in place: String) throws -> Set<Reference> {
        var found: Set<Reference> = []
        let arguments: [Value] = [.text(actor.user), .text(target), .text(place)]
        for chunk in names.sorted().chunks(of: Limits.filterValues) {
            let isNamed = transaction.dialect.isOneOf("for_value", count: chunk.count)
            try transaction.forEach(
                "SELECT for_value FROM user_permission p WHERE \(Self.permissionHolds) AND \(isNamed)",
                arguments + chunk.map(Value.text), [.text]
            ) { found.insert(Reference(target, $0[0].text ?? "")) }
            guard let tree = registry.find(target), let up = tree.treeField, tree.slot(of: up) != nil else { continue }
            let isLeaf = transaction.dialect.isOneOf("name", count: chunk.count)
            // Every node with all nodes above it; a loop ends because no pair comes twice.
            let sql = """
                WITH RECURSIVE above(leaf, node) AS (SELECT name, \(quoted(up)) FROM \(quoted(tree.table)) WHERE \(isLeaf) \
                UNION SELECT a.leaf, t.\(quoted(up)) FROM above a JOIN \(quoted(tree.table)) t ON t.name = a.node) \
                SELECT DISTINCT a.leaf FROM above a JOIN user_permission p ON p.for_value = a.node \
                WHERE \(Self.permissionHolds) AND p.hide_descendants = 0
                """
            try transaction.forEach(sql, chunk.map(Value.text) + arguments, [.text]) {
                found.insert(Reference(target, $0[0].text ?? ""))
            }
        }
        return found
    }

    /// The names among `names` that the actor's User Permissions allow of a DocType in what is about documents of
    /// `doctype`; all of them where it is not limited. For reports, which read past the rights on documents.
    ///
    /// - Throws: ``StorageError``.
    public func permitted(_ target: String, _ names: Set<Name>, for doctype: String) throws -> Set<Name> {
        guard actor.restrictions.hold(target, in: doctype), !asksNoRoles else { return names }
        return Set(try allowed(target, names.sorted(), in: doctype).map(\.name))
    }

    /// That a User Permission `p` is one of a user, for a DocType, in documents of another: three arguments.
    static let permissionHolds =
        "p.\"user\" = ? AND p.allow = ? AND (p.apply_to_all_doctypes = 1 OR p.applicable_for = ?)"
}
