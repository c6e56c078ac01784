internal import Documents
internal import Metadata
internal import Storage
internal import Values

extension QueryBuilder {
    private static func parts(_ text: String) -> [(field: String, descending: Bool)] {
        text.utf8.split(separator: UInt8(ascii: ",")).compactMap { part in
            let words = part.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            guard let last = words.last?.lowercased() else { return nil }
            let isDirected = last == "asc" || last == "desc"
            return ((isDirected ? words.dropLast() : words[...]).joined(separator: " "), last == "desc")
        }
    }

    // MARK: Groups

    /// GROUP BY. What is selected and no part of it becomes the least value of the group, so that an answer is the same on
    /// every engine.
    mutating func group(_ selection: inout Selection) throws -> String {
        let columns = try Self.parts(query.groupBy ?? "").map { try column($0.field).opened() }
        isGrouped = isGrouped || !columns.isEmpty
        guard isGrouped else { return "" }
        guard selection.tables.isEmpty, query.cursor == nil else {
            throw Problem(
                .malformed, "Groups have neither child rows nor a cursor", field: "group_by", fix: "Ask without groups."
            )
        }
        for index in selection.columns.indices where !selection.columns[index].isAggregate {
            let one = selection.columns[index]
            if !columns.contains(where: { $0.sql == one.sql }) {
                selection.columns[index] = Selected(
                    sql: "min(\(one.sql))", name: one.name, field: one.field, type: one.type, isMasked: one.isMasked,
                    bindings: one.bindings)
            } else if one.isMasked {
                throw Problem(.forbidden, "\(one.name) is not open to you", field: "group_by")
            }
        }
        groups = columns.map(\.sql)
        return columns.isEmpty ? "" : " GROUP BY " + groups.joined(separator: ",")
    }

    // MARK: Order

    /// ORDER BY, always to the last row: what the query says or the DocType's own order, then the names.
    mutating func order(
        _ selection: inout Selection, backwards: Bool = false
    ) throws -> (sql: String, terms: [OrderTerm]) {
        var parts = Self.parts(query.orderBy ?? "")
        if parts.isEmpty, !isGrouped, !query.distinct {
            let field = type.slot(of: type.sort.field) == nil ? "name" : type.sort.field
            // An order that nobody asked for must not need a right.
            parts = [(sources[0].access.opens(field) ? field : "name", type.sort.descending)]
        }
        if backwards { parts = parts.map { ($0.field, !$0.descending) } }
        var terms: [OrderTerm] = []
        var sql: [String] = []
        for part in parts {
            let name = plain(part.field)
            let place = selection.columns[..<selection.shown].firstIndex { $0.name == name }
            if let place, isGrouped || query.distinct || type.slot(of: name) == nil && query.cursor == nil {
                guard !selection.columns[place].isMasked else {
                    throw Problem(.forbidden, "\(name) is not open to you", field: "order_by")
                }
                sql.append(dialect.ordered("\(place + 1)", descending: part.descending, isNullable: true))
                continue
            }
            let column = try column(part.field).opened()
            guard !query.distinct else {
                throw Problem(
                    .malformed, "Distinct rows are ordered by what they show", field: "order_by",
                    fix: "Add \(name) to fields.")
            }
            let value = isGrouped && !groups.contains(column.sql) ? "min(\(column.sql))" : column.sql
            sql.append(dialect.ordered(value, descending: part.descending, isNullable: column.isNullable))
            terms.append(
                OrderTerm(
                    sql: value, field: column.field.type, type: column.type, descending: part.descending,
                    isNullable: column.isNullable))
        }
        if isGrouped {
            sql += groups.map { dialect.ordered($0, descending: false, isNullable: true) }
        } else if query.distinct {
            let rest = selection.columns.indices.map { "\($0 + 1)" }
            sql += rest.map { dialect.ordered($0, descending: false, isNullable: true) }
        } else {
            let descending = parts.last?.descending ?? false
            if !terms.contains(where: { $0.sql == ownName }) {
                sql.append(dialect.ordered(ownName, descending: descending, isNullable: false))
                terms.append(
                    OrderTerm(sql: ownName, field: .data, type: .text, descending: descending, isNullable: false))
            }
            for join in joins where join.isTable {
                sql.append(dialect.ordered("\(join.alias).idx", descending: false, isNullable: true))
            }
        }
        return (sql.isEmpty ? "" : " ORDER BY " + sql.joined(separator: ","), terms)
    }
}
