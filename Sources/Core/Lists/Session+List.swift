public import Documents
internal import Metadata
internal import Storage
public import Values

extension Session {
    /// The rows of a list.
    ///
    /// Fields that the actor may not see are left out of them. It costs one statement, and one more for each child table and
    /// each link that is asked for with the documents.
    ///
    /// - Throws: ``Problem/Kind/forbidden``; ``Problem/Kind/unknownField`` or ``Problem/Kind/malformed`` for what the query
    ///   names or says wrongly.
    public func list(_ query: ListQuery) throws -> ListResult {
        if let list = try virtualList(query) { return try list.rows() }
        if query.cursor != nil { return try page(query) }
        let (plan, arguments) = try planned(query, .rows)
        return try result(plan, cutToLimit(rows(plan, arguments), query), query)
    }

    /// Writes the rows of a list as JSON, up to `limit` of them: the shortest way from the database to the answer.
    ///
    /// A writer that passes on what it is given gets all rows of a query that asks for all: the session holds few of them at
    /// a time. Only where each row is made in memory, as of virtual DocTypes, it gets no more than ``list(_:)`` gives.
    ///
    /// - Returns: how many rows the query had, and the cursors when the query asks for them.
    /// - Throws: as ``list(_:)``.
    public func writeList(
        _ query: ListQuery, to writer: inout JSONWriter, dictionaries: Bool, limit: Int = .max
    ) throws -> (rows: Int, next: String?, previous: String?) {
        guard query.cursor == nil, try virtualList(query) == nil else {
            let result = try list(query)
            try result.write(to: &writer, dictionaries: dictionaries, limit: limit)
            return (result.rows.count, result.nextCursor, result.previousCursor)
        }
        var query = query
        query.isStreamed = writer.isStream && query.isUnbounded
        let (plan, arguments) = try planned(query, .rows)
        if plan.isPlain, query.expand.isEmpty {
            let rows = try transaction.write(
                plan.sql, arguments, plan.types, keys: dictionaries ? plan.keys : nil,
                limit: min(limit, query.mostRows), to: &writer)
            if rows > query.mostRows { noteMore(behind: query) }
            return (rows, nil, nil)
        }
        guard query.isStreamed else {
            let result = try result(plan, cutToLimit(rows(plan, arguments), query), query)
            try result.write(to: &writer, dictionaries: dictionaries, limit: limit)
            return (result.rows.count, nil, nil)
        }
        return (try writeParts(of: query, to: &writer, dictionaries: dictionaries), nil, nil)
    }

    /// Writes the rows of a list to which something is added, such as child rows, some thousands at a time. They all come from
    /// one snapshot, and the order of a list is one to the last row.
    private func writeParts(
        of query: ListQuery, to writer: inout JSONWriter, dictionaries: Bool
    ) throws -> Int {
        var part = query
        var count = 0
        writer.beginArray()
        while count < query.mostRows {
            part.start = max(0, query.start) + count
            part.limit = min(Limits.rowsOfPart, query.mostRows - count)
            let (plan, arguments) = try planned(part, .rows)
            let rows = try rows(plan, arguments)
            for some in rows.chunks(of: Limits.documentsOfPart) {
                try result(plan, Array(some), part).writeRows(to: &writer, dictionaries: dictionaries)
            }
            count += rows.count
            guard rows.count == part.limit else { break }
        }
        writer.endArray()
        return count
    }

    /// Hands on the rows of a list in parts, however many there are: few of them are in memory at a time, and each part costs
    /// the same. They all come from one snapshot. A list whose rows are made in memory, or are sums of others, is one part.
    ///
    /// - Throws: as ``list(_:)``, and what `each` throws.
    public func listParts(_ query: ListQuery, _ each: (ListResult) throws -> Void) throws {
        guard query.start == 0, query.groupBy == nil, !query.distinct, query.asOf == nil,
            query.fields.allSatisfy({ $0.string?.contains("(") == false }), try virtualList(query) == nil
        else { return try each(list(query)) }
        var part = query
        part.cursor = query.cursor ?? ""
        var left = query.limit > 0 ? query.limit : Int.max
        while left > 0 {
            part.limit = min(Limits.rowsOfPart, left)
            let result = try list(part)
            try each(result)
            left -= result.rows.count
            guard let next = result.nextCursor else { return }
            part.cursor = next
        }
    }

    /// How many documents a list has, or how many groups, however long its page is; each counts once.
    ///
    /// - Throws: as ``list(_:)``.
    public func count(_ query: ListQuery) throws -> Int {
        if let list = try virtualList(query) { return try list.count() }
        let (plan, arguments) = try planned(query, .count)
        return Int(try transaction.first(plan.sql, arguments, plan.types)?[0].int ?? 0)
    }

    // MARK: Plans

    /// The statement of a query with its arguments; made when no such query was asked before.
    private func planned(_ query: ListQuery, _ purpose: ListQuery.Purpose) throws -> (ListPlan, [Value]) {
        let type = try registry.doctype(query.doctype)
        let filters = [
            try query.filters.flatMap { try Filter.parse($0, "and", type) },
            try query.orFilters.flatMap { try Filter.parse($0, "or", type) },
            try query.fixed.flatMap { try Filter.parse($0, "and", type) },
        ]
        let key = query.key(filters, purpose)
        if key.isComplete, let plan = ListPlans.of(type)[key], let rights = holds(plan),
            let arguments = try arguments(plan, filters, rights, query)
        {
            return (plan, arguments)
        }
        var builder = try QueryBuilder(query, self)
        let plan = try purpose == .count ? builder.countPlan(filters) : builder.listPlan(filters)
        guard let rights = holds(plan), let arguments = try arguments(plan, filters, rights, query) else {
            throw Problem(.malformed, "The filters of \(type.name) cannot be read", field: "filters")
        }
        if key.isComplete { ListPlans.of(type).keep(plan, for: key) }
        return (plan, arguments)
    }

    /// The arguments of the row rights of a plan's sources; nil when the plan was made under other rights or metadata.
    func holds(_ plan: ListPlan) -> [[Value]]? {
        guard plan.engine == ListPlan.engine(of: self) else { return nil }
        var rights: [[Value]] = []
        rights.reserveCapacity(plan.sources.count)
        for (index, source) in plan.sources.enumerated() {
            guard index == 0 || registry.find(source.type.name) === source.type,
                fieldAccess(to: source.type, through: source.parent) == source.access
            else { return nil }
            guard let alias = source.alias else {
                rights.append([])
                continue
            }
            let condition = readCondition(for: source.type, table: alias, parent: source.parent)
            guard condition?.sql == source.condition else { return nil }
            rights.append(condition?.arguments ?? [])
        }
        return rights
    }

    /// The arguments of a plan for a query; nil when a value is of another kind than the plan was made for.
    func arguments(
        _ plan: ListPlan, _ filters: [Filter?], _ rights: [[Value]], _ query: ListQuery
    ) throws -> [Value]? {
        for field in plan.unknownFields {
            try passOver(field, or: QueryBuilder.unknown(field, of: plan.sources[0].type))
        }
        var conditions: [Filter.Condition] = []
        for filter in filters { filter?.collect(&conditions) }
        var arguments: [Value] = []
        arguments.reserveCapacity(plan.bindings.count + 4)
        for binding in plan.bindings {
            switch binding {
            case .constant(let value): arguments.append(value)
            case .condition(let place, let conversion):
                guard let value = try conversion.argument(conditions[place].value, self) else { return nil }
                arguments.append(value)
            case .rights(let place): arguments += rights[place]
            case .limit: arguments.append(.int(Int64(query.rowLimit)))
            case .start: arguments.append(.int(Int64(max(0, query.start))))
            }
        }
        return arguments
    }

    // MARK: Rows

    /// The rows up to the limit of the server; that there are more is noted.
    private func cutToLimit(_ rows: [[Value]], _ query: ListQuery) -> [[Value]] {
        guard rows.count > query.mostRows else { return rows }
        noteMore(behind: query)
        return Array(rows.prefix(query.mostRows))
    }

    /// Notes that a list has rows behind those that the server gives at once.
    package func noteMore(behind query: ListQuery) {
        noteMore("limit_start=\(max(0, query.start) + query.mostRows)")
    }

    func rows(_ plan: ListPlan, _ arguments: [Value]) throws -> [[Value]] {
        var rows = try transaction.query(plan.sql, arguments, plan.types)
        for column in plan.masked {
            for row in rows.indices where !rows[row][column].isNull {
                rows[row][column] = .text(Self.maskedText)
            }
        }
        return rows
    }

    /// The rows as an answer, with what is asked for besides.
    func result(_ plan: ListPlan, _ rows: [[Value]], _ query: ListQuery) throws -> ListResult {
        var result = ListResult(columns: plan.columns, rows: rows, keys: plan.keys)
        if !plan.tables.isEmpty {
            let names = rows.map { $0[plan.nameColumn].text ?? "" }
            result.tables = try plan.tables.map { try $0.rows(of: names, in: self, asOf: query.asOf) }
        }
        if plan.types.count > plan.columns.count {
            result.rows = rows.map { Array($0.prefix(plan.columns.count)) }
        }
        if !query.expand.isEmpty { try expand(&result, query, plan) }
        return result
    }

    /// Puts the documents in the place of the links that point to them, one statement for each link.
    private func expand(_ result: inout ListResult, _ query: ListQuery, _ plan: ListPlan) throws {
        let type = plan.sources[0].type
        guard query.expand.count <= Limits.listJoins else {
            throw Problem(.tooMany, "More than \(Limits.listJoins) links", field: "expand")
        }
        for name in query.expand {
            guard let field = type.field(name), field.type == .link, let target = registry.find(field.options ?? "")
            else {
                throw Problem(.unknownField, "\(type.name) has no link \(name)", field: "expand")
            }
            guard let column = result.columns.firstIndex(where: { $0.name == name && $0.type == .link }),
                !plan.masked.contains(column)
            else { continue }
            let names = Set<Name>(result.rows.compactMap { $0[column].text }).sorted()
            var found: [Name: JSON] = [:]
            for chunk in names.chunks(of: Limits.filterValues) {
                var wanted = ListQuery(
                    target.name, fields: ["*", "name as __name"],
                    filters: [["name", "in", .array(chunk.map(JSON.string))]],
                    limit: 0)
                wanted.asOf = query.asOf
                for document in try list(wanted).json(dictionaries: true).array ?? [] {
                    guard var object = document.object, let name = object.removeValue(forKey: "__name")?.string else {
                        continue
                    }
                    found[name] = .object(object)
                }
            }
            result.expanded[column] = found
        }
    }
}

extension QueryBuilder {
    /// The statement of a list.
    ///
    /// `more` is a condition that stands besides the filters, made once the order is known.
    mutating func listPlan(
        _ filters: [Filter?], backwards: Bool = false,
        _ more: ((_ order: [OrderTerm], _ hasRows: Bool) throws -> (sql: String, bindings: [ListPlan.Binding])?)? = nil
    ) throws -> ListPlan {
        var selection = try select()
        let grouping = try group(&selection)
        var (order, terms) = try order(&selection, backwards: backwards)
        let wantsCursor = query.cursor != nil
        if wantsCursor { try addTerms(&terms, to: &selection) }
        if !selection.tables.isEmpty || wantsCursor { addName(to: &selection) }
        if query.distinct, let masked = selection.columns.prefix(selection.shown).first(where: { $0.isMasked }) {
            // Which rows are equal, and how they are ordered, would tell.
            throw Problem(
                .forbidden, "\(masked.name) is not open to you", field: "distinct", fix: "Leave \(masked.name) out.")
        }
        if query.distinct, selection.columns.count > selection.shown {
            throw Problem(.malformed, "Distinct rows have neither child rows nor a cursor", field: "distinct")
        }
        let condition = try conditions(filters, more?(terms, hasRowsOfTables))
        let from = try from()
        let columns = selection.columns.map(\.sql).joined(separator: ",")
        let sql =
            before.sql
            + "SELECT \(query.distinct ? "DISTINCT " : "")\(columns)\(from.sql)\(condition.sql)\(grouping)\(order)"
            + " LIMIT ? OFFSET ?"
        let bindings =
            before.bindings + selection.columns.flatMap(\.bindings) + from.bindings + condition.bindings + [
                .limit, .start,
            ]
        return ListPlan(self, sql: sql, bindings: bindings, selection, order: terms)
    }

    /// The statement that counts the documents of a list.
    mutating func countPlan(_ filters: [Filter?]) throws -> ListPlan {
        let condition = try conditions(filters)
        var selection = Selection()
        let grouping = try query.groupBy == nil ? "" : group(&selection)
        let from = try from()
        let counted = hasRowsOfTables && grouping.isEmpty ? "DISTINCT \(ownName)" : "*"
        // What is counted of groups is how many there are.
        let rows = "\(from.sql)\(condition.sql)"
        let counts = grouping.isEmpty ? rows : " FROM (SELECT 1\(rows)\(grouping)) AS counted"
        selection.columns = [Selected(sql: "count(\(counted))", name: "count", field: .int, type: .integer)]
        selection.shown = 1
        return ListPlan(
            self, sql: "\(before.sql)SELECT count(\(counted))\(counts)",
            bindings: before.bindings + from.bindings + condition.bindings, selection, order: [])
    }

    private func addName(to selection: inout Selection) {
        let known = selection.columns.firstIndex { $0.sql == ownName && !$0.isMasked }
        selection.nameColumn = known ?? selection.columns.count
        if known == nil {
            selection.columns.append(Selected(sql: ownName, name: "name", field: .data, type: .text))
        }
    }

    /// Selects what the order goes by, for the cursors.
    private func addTerms(_ terms: inout [OrderTerm], to selection: inout Selection) throws {
        for index in terms.indices {
            terms[index].column = selection.columns.count
            selection.columns.append(
                Selected(sql: terms[index].sql, name: "", field: terms[index].field, type: terms[index].type))
        }
    }
}
