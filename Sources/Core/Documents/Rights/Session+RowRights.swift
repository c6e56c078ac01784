internal import Storage
internal import Values

extension Session {
    /// The condition under which the actor may read a row of the DocType's table, which the statement calls `alias`; nil
    /// when it may read them all. Lists, counts, joins, searches and reports restrict rows by this and nothing else.
    ///
    /// It allows exactly the documents that ``decision(_:_:_:)`` allows. The right is `read`, or `select` for who may only
    /// select; who has neither gets what is shared with it, or no row. Of a child DocType it is the condition on a row that
    /// the document it belongs to may be read, of `parent` alone where that is given.
    public func readCondition(
        for type: DocType, table alias: String, right: Right? = nil, parent: DocType? = nil
    ) -> RowCondition? {
        if isPrivileged || actor.isAdministrator && actor.scopes == nil { return nil }
        if type.kind == .child { return conditionOnRows(type, alias, right, parent) }
        let right = right ?? listRight(type)
        guard isInScope(right, type) else { return RowCondition.none }
        if actor.isAdministrator { return nil }

        let grant = grant(right, type)
        var parts: [RowCondition] = []
        if grant.all != nil {
            let conditions = [unrestricted(type, alias), isKnown(type, alias)].compactMap { $0 }
            guard !conditions.isEmpty else { return nil }
            parts.append(RowCondition(conditions, joinedBy: " AND "))
        }
        if grant.own != nil {
            parts.append(RowCondition("\(quoted(alias)).owner = ?", [.text(actor.user)]))
        }
        if let column = right.shareColumn, actor.sharedTypes.contains(type.name) {
            parts.append(
                RowCondition(
                    """
                    EXISTS (SELECT 1 FROM docshare s WHERE s.share_doctype = ? AND s.share_name = \(quoted(alias)).name \
                    AND s.\(quoted(column)) = 1 AND (s."user" = ? OR s.everyone = 1))
                    """, [.text(type.name), .text(actor.user)]))
        }
        return parts.isEmpty ? RowCondition.none : RowCondition(parts, joinedBy: " OR ")
    }

    /// The right that a list asks for: to read, or only to select where that is all the actor may.
    package func listRight(_ type: DocType) -> Right {
        isInScope(.read, type) && (!grant(.read, type).isNone || asksNoRoles) ? .read : .select
    }

    private func conditionOnRows(
        _ type: DocType, _ alias: String, _ right: Right?, _ parent: DocType?
    ) -> RowCondition? {
        let parents = parent.map { [$0] } ?? registry.parents(of: type.name)
        let inner = "_of"
        let parts = parents.compactMap { parent -> RowCondition? in
            var isOf = RowCondition("\(quoted(alias)).parenttype = ?", [.text(parent.name)])
            for table in hiddenTables(parent, of: type) {
                let isNoneOf = RowCondition("\(quoted(alias)).parentfield <> ?", [.text(table)])
                isOf = RowCondition([isOf, isNoneOf], joinedBy: " AND ")
            }
            guard let condition = readCondition(for: parent, table: inner, right: right ?? .read) else { return isOf }
            if condition.isNone { return nil }
            let isReadable = RowCondition(
                """
                EXISTS (SELECT 1 FROM \(quoted(parent.table)) \(inner) WHERE \(inner).name = \(quoted(alias)).parent \
                AND \(condition.sql))
                """, condition.arguments)
            return RowCondition([isOf, isReadable], joinedBy: " AND ")
        }
        return parts.isEmpty ? RowCondition.none : RowCondition(parts, joinedBy: " OR ")
    }

    /// The tables of `type` rows in documents of `parent` that are hidden from the actor.
    private func hiddenTables(_ parent: DocType, of type: DocType) -> [String] {
        let hidden = hiddenFields(of: parent)
        return parent.tables.map(\.field).filter { $0.options == type.name && hidden.contains($0.name) }.map(\.name)
    }

    /// That a row of the table of DocTypes is of one that the actor may know; nil for all other tables, and where it may
    /// know them all.
    private func isKnown(_ type: DocType, _ alias: String) -> RowCondition? {
        guard type.name == DocType.metaName, !mayKnowAllDocTypes else { return nil }
        let names = registry.doctypes.filter { $0.isCustom && mayKnow($0) }.map(\.name)
        guard !names.isEmpty else { return RowCondition.none }
        return RowCondition(
            transaction.dialect.isOneOf("\(quoted(alias)).name", count: names.count), names.map(Value.text))
    }

    // MARK: User Permissions

    /// That no User Permission of the actor refuses a document; nil when none can.
    private func unrestricted(_ type: DocType, _ alias: String) -> RowCondition? {
        guard !actor.restrictions.isEmpty else { return nil }
        var parts: [RowCondition] = []
        if actor.restrictions.hold(type.name, in: type.name) {
            parts.append(isAllowed("\(quoted(alias)).name", type.name, in: type))
        }
        parts += linksAllowed(type, alias, in: type)
        for (field, _) in type.tables {
            guard let child = registry.find(field.options ?? "") else { continue }
            let inner = linksAllowed(child, "_row", in: type)
            guard !inner.isEmpty else { continue }
            let all = RowCondition(inner, joinedBy: " AND ")
            parts.append(
                RowCondition(
                    """
                    NOT EXISTS (SELECT 1 FROM \(quoted(child.table)) _row WHERE _row.parent = \(quoted(alias)).name \
                    AND _row.parenttype = ? AND _row.parentfield = ? AND NOT \(all.sql))
                    """, [.text(type.name), .text(field.name)] + all.arguments))
        }
        return parts.isEmpty ? nil : RowCondition(parts, joinedBy: " AND ")
    }

    /// That the links of a table hold what User Permissions allow in documents of `place`. Never null.
    private func linksAllowed(_ type: DocType, _ alias: String, in place: DocType) -> [RowCondition] {
        let isStrict = actor.restrictions.isStrict && !place.isSingle
        return limits(of: type, in: place).flatMap { link -> [RowCondition] in
            let column = "\(quoted(alias)).\(quoted(type.columns[link.slot].name))"
            func allowed(_ target: String) -> RowCondition {
                let isAllowed = isAllowed(column, target, in: place)
                if isStrict { return isAllowed }
                return RowCondition([RowCondition("\(column) IS NULL OR \(column) = ''"), isAllowed], joinedBy: " OR ")
            }
            guard let selector = link.selector else { return [allowed(link.target ?? "")] }
            let chosen = "\(quoted(alias)).\(quoted(type.columns[selector].name))"
            return actor.restrictions.targets(in: place.name).map { target in
                RowCondition(
                    [RowCondition("\(chosen) IS NULL OR \(chosen) <> ?", [.text(target)]), allowed(target)],
                    joinedBy: " OR ")
            }
        }
    }

    /// That a column holds a name that User Permissions allow of a DocType. False where it is null.
    private func isAllowed(_ column: String, _ target: String, in place: DocType) -> RowCondition {
        let arguments: [Value] = [.text(actor.user), .text(target), .text(place.name)]
        // The offset has PostgreSQL look up each row that a page needs. Without it, it joins all rows and sorts them.
        let itself = """
            EXISTS (SELECT 1 FROM user_permission p WHERE \(Self.permissionHolds) AND p.for_value = \(column) \
            LIMIT 1 OFFSET 0)
            """
        guard let tree = registry.find(target), let up = tree.treeField, tree.slot(of: up) != nil else {
            return RowCondition(itself, arguments)
        }
        // The nodes below those that are allowed with all below them, made once for the statement.
        let below = """
            \(column) IS NOT NULL AND \(column) IN (WITH RECURSIVE below(node) AS (SELECT p.for_value FROM user_permission p \
            WHERE \(Self.permissionHolds) AND p.hide_descendants = 0 UNION SELECT t.name FROM \(quoted(tree.table)) t \
            JOIN below b ON t.\(quoted(up)) = b.node) SELECT node FROM below)
            """
        return RowCondition(
            [RowCondition(itself, arguments), RowCondition(below, arguments)], joinedBy: " OR ")
    }
}
