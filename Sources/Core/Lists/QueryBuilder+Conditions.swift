internal import Documents
internal import Metadata
internal import Storage
internal import Values

extension QueryBuilder {
    /// WHERE: the rights on the rows, and the filters, in the order of their conditions.
    mutating func conditions(
        _ filters: [Filter?], _ more: (sql: String, bindings: [ListPlan.Binding])? = nil
    ) throws -> (sql: String, bindings: [ListPlan.Binding]) {
        var parts: [String] = []
        var bindings: [ListPlan.Binding] = []
        if type.kind == .child, let tables = openTables() { parts.append(isIn(tables, &bindings)) }
        if type.kind == .child, let parent = query.parent {
            parts.append("\(quoted(type.table)).parenttype = ?")
            bindings.append(.constant(.text(parent)))
        }
        if let condition = sources[0].condition {
            parts.append(condition)
            bindings.append(.rights(0))
        }
        for (index, filter) in filters.enumerated() {
            guard let filter else { continue }
            isTrusted = index == Self.fixedFilter
            defer { isTrusted = false }
            parts.append(try sql(of: filter, &bindings))
        }
        if let more {
            parts.append(more.sql)
            bindings += more.bindings
        }
        return (parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND "), bindings)
    }

    /// The fields of the parents whose rows are open to the actor; nil when those of all are.
    private mutating func openTables() -> [(parent: String, fields: [String])]? {
        let parents = session.registry.parents(of: type.name).filter { $0.name == query.parent ?? $0.name }
        var isLimited = false
        let open = parents.map { parent in
            let access = use(parent, as: nil).source.access
            let fields = parent.tables.filter { $0.field.options == type.name }.map(\.field.name)
            let seen = fields.filter(access.opens)
            isLimited = isLimited || seen.count < fields.count
            return (parent.name, seen)
        }
        return isLimited ? open : nil
    }

    /// That a row stands in a table that is open to the actor.
    private func isIn(
        _ tables: [(parent: String, fields: [String])], _ bindings: inout [ListPlan.Binding]
    ) -> String {
        let table = quoted(type.table)
        let parts = tables.filter { !$0.fields.isEmpty }.map { parent, fields in
            bindings.append(.constant(.text(parent)))
            bindings += fields.map { .constant(.text($0)) }
            return "\(table).parenttype = ? AND \(dialect.isOneOf("\(table).parentfield", count: fields.count))"
        }
        return parts.isEmpty ? "1 = 0" : "(" + parts.joined(separator: " OR ") + ")"
    }

    /// The condition as SQL. Conditions on rows that are not listed themselves ask whether such a row exists; those that
    /// hold together are about the same row.
    private mutating func sql(of filter: Filter, _ bindings: inout [ListPlan.Binding]) throws -> String {
        switch filter {
        case .all(let filters):
            var parts: [String] = []
            var index = 0
            while index < filters.count {
                // Neighbours about the same table are about the same row.
                if case .condition(let first) = filters[index], let table = try unjoined(first) {
                    var same = [first]
                    while index + same.count < filters.count, case .condition(let next) = filters[index + same.count],
                        try unjoined(next)?.name == table.name
                    {
                        same.append(next)
                    }
                    parts.append(try exists(same, in: table, &bindings))
                    index += same.count
                } else {
                    parts.append(try sql(of: filters[index], &bindings))
                    index += 1
                }
            }
            return parts.isEmpty ? "1 = 1" : "(" + parts.joined(separator: " AND ") + ")"
        case .any(let filters):
            var parts: [String] = []
            for filter in filters { parts.append(try sql(of: filter, &bindings)) }
            return parts.isEmpty ? "1 = 1" : "(" + parts.joined(separator: " OR ") + ")"
        case .condition(let condition):
            if let table = try unjoined(condition) { return try exists([condition], in: table, &bindings) }
            let column = try isTrusted ? column(condition.qualified) : column(condition.qualified).opened()
            return try Comparison(column, type, session, place: nextCondition(), isPast: query.asOf != nil)
                .sql(condition, &bindings)
        }
    }

    /// The place of the conditions that the server adds among those of a query.
    private static let fixedFilter = 2

    private mutating func nextCondition() -> Int {
        defer { conditionCount += 1 }
        return conditionCount
    }

    /// That a row of a table meets all of the conditions. A document without rows counts as one row of nothing, as if the
    /// table were joined.
    private mutating func exists(
        _ conditions: [Filter.Condition], in table: FieldDefinition, _ bindings: inout [ListPlan.Binding]
    ) throws -> String {
        let child = try session.registry.doctype(table.options ?? "")
        let access = sources[0].access
        guard access.opens(table.name) else {
            throw Problem(.forbidden, "\(table.label) is not open to you", field: table.name)
        }
        let (place, _) = use(child, as: nil, through: type)
        let own: [ListPlan.Binding] = [.constant(.text(type.name)), .constant(.text(table.name))]
        bindings += own
        var parts: [String] = []
        for condition in conditions {
            let field = plain(condition.field).split(separator: ".").last.map(String.init) ?? condition.field
            guard child.slot(of: field) != nil else { throw unknown(condition.field) }
            let column = try self.own(field, of: place, child.table).opened()
            parts.append(
                try Comparison(column, child, session, place: nextCondition(), isPast: query.asOf != nil)
                    .sql(condition, &bindings))
        }
        let source = try self.table(of: child, in: type, as: child.table)
        let rows = """
            SELECT 1 FROM \(source) WHERE \(quoted(child.table)).parent = \(ownName) AND parenttype = ? AND \
            parentfield = ?
            """
        let exists = "EXISTS (\(rows) AND \(parts.joined(separator: " AND ")))"
        guard conditions.allSatisfy(Comparison.acceptsNothing) else { return exists }
        bindings += own
        return "(\(exists) OR NOT EXISTS (\(rows)))"
    }

    /// The child table a condition is about, if it is about rows that are not joined.
    private func unjoined(_ condition: Filter.Condition) throws -> FieldDefinition? {
        guard let table = try table(of: condition), join(at: table.name) == nil else { return nil }
        return table
    }

    private func table(of condition: Filter.Condition) throws -> FieldDefinition? {
        if let doctype = condition.doctype, doctype != type.name {
            guard let table = type.tables.first(where: { $0.field.options == doctype }) else {
                throw Problem(.unknownField, "\(type.name) has no rows of \(doctype)", field: doctype)
            }
            return table.field
        }
        let name = plain(condition.field)
        if type.slot(of: name) != nil || name.hasPrefix("_") { return nil }
        let steps = name.split(separator: ".")
        if steps.count == 2 {
            return type.tables.first { $0.field.name == steps[0] || $0.field.options.map { $0 == steps[0] } ?? false }?
                .field
        }
        guard steps.count == 1 else { return nil }
        return type.tables.first { session.registry.find($0.field.options ?? "")?.slot(of: name) != nil }?.field
    }
}
