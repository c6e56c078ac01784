internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Where a page of a list ends: the values that the order goes by of its last row, and the order itself.
///
/// It is not secret and not signed: it says no more than a row of the page does, and what is read with it is what the
/// actor may read anyway. What is not of this form, or of another order, is refused.
struct Cursor {
    /// The fields of the order with their directions.
    let order: String
    /// One value for each term of the order.
    let values: [JSON]
    /// The page before the row is meant, not the one after it.
    let isBackwards: Bool

    init(order: String, values: [JSON], isBackwards: Bool) {
        self.order = order
        self.values = values
        self.isBackwards = isBackwards
    }

    /// - Throws: ``Problem/Kind/malformed``.
    init(_ text: String) throws {
        guard text.utf8.count <= Limits.cursorBytes, let bytes = Self.decode(text),
            let json = try? JSON.parse(bytes, limits: .outside), let order = json["o"]?.string,
            let values = json["v"]?.array
        else { throw Self.unreadable }
        self.init(order: order, values: values, isBackwards: json["b"]?.int == 1)
    }

    static let unreadable = Problem(
        .malformed, "This cursor is none of this list", field: "cursor", fix: "Begin with an empty cursor.")

    /// The cursor as text that stands in a URL as it is.
    var text: String {
        var object: JSONObject = ["o": .string(order), "v": .array(values)]
        if isBackwards { object["b"] = 1 }
        return Self.encode(JSON.object(object).encoded)
    }

    // MARK: Base 64 for URLs (RFC 4648 section 5), without padding.

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                result.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { result.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        return String(decoding: result, as: UTF8.self)
    }

    private static func decode(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }
}

extension Limits {
    /// The longest cursor, in bytes.
    static let cursorBytes = 8_192
}

extension Session {
    /// A page that begins behind, or ends before, the row where its cursor stands. However far it is into the list, it costs
    /// the same, and rows that others add or remove meanwhile move no other row into or out of a page.
    func page(_ query: ListQuery) throws -> ListResult {
        let type = try registry.doctype(query.doctype)
        guard query.start == 0 else {
            throw Problem(.malformed, "A cursor takes the place of limit_start", field: "limit_start")
        }
        let filters = [
            try query.filters.flatMap { try Filter.parse($0, "and", type) },
            try query.orFilters.flatMap { try Filter.parse($0, "or", type) },
            try query.fixed.flatMap { try Filter.parse($0, "and", type) },
        ]
        let given = query.cursor ?? ""
        let cursor = given.isEmpty ? nil : try Cursor(given)
        let isBackwards = cursor?.isBackwards ?? false
        var asked = query
        asked.limit = min(query.mostRows, Limits.listRows - 1)
        let pageLength = asked.limit
        asked.limit += 1
        var builder = try QueryBuilder(asked, self)
        let plan = try builder.listPlan(filters, backwards: isBackwards) { terms, hasRows in
            guard !terms.isEmpty, !hasRows else {
                throw Problem(
                    .malformed, "A cursor goes through documents ordered by their fields", field: "cursor",
                    fix: "Order by fields of the DocType or its links.")
            }
            return try cursor.map { try $0.condition(terms, isBackwards) }
        }
        guard let rights = holds(plan), let arguments = try arguments(plan, filters, rights, asked) else {
            throw Cursor.unreadable
        }
        var rows = try self.rows(plan, arguments)
        let isMore = rows.count > pageLength
        if isMore { rows.removeLast() }
        if isBackwards { rows.reverse() }
        let first = rows.first
        let last = rows.last
        var result = try result(plan, rows, query)
        func text(_ row: [Value]?, isBackwards: Bool) -> String? {
            row.map { row in
                let values = plan.order.map { JSON(row[$0.column]) }
                return Cursor(
                    order: OrderTerm.text(plan.order, reversed: cursor?.isBackwards ?? false), values: values,
                    isBackwards: isBackwards
                ).text
            }
        }
        if isMore || isBackwards { result.nextCursor = text(last, isBackwards: false) }
        if isBackwards ? isMore : cursor != nil { result.previousCursor = text(first, isBackwards: true) }
        return result
    }
}

extension OrderTerm {
    /// The order of a list in words, from its terms as they stand in the statement or the other way round.
    static func text(_ terms: [OrderTerm], reversed: Bool) -> String {
        terms.map { "\($0.sql) \($0.descending != reversed ? "desc" : "asc")" }.joined(separator: ",")
    }
}

extension Cursor {
    /// That a row comes behind the cursor in the order of the statement.
    fileprivate func condition(
        _ terms: [OrderTerm], _ isBackwards: Bool
    ) throws -> (sql: String, bindings: [ListPlan.Binding]) {
        guard OrderTerm.text(terms, reversed: isBackwards) == order, values.count == terms.count else {
            throw Self.unreadable
        }
        let values = try zip(terms, values).map { term, json -> Value in
            if json.isNull { return .null }
            if term.type == .text, case .string(let text) = json { return .text(text) }
            do {
                return try FieldDefinition("cursor", term.field).value(of: json)
            } catch {
                throw Self.unreadable
            }
        }
        // Behind the first value, or at it and behind the second, …
        var sql = ""
        var bindings: [ListPlan.Binding] = []
        for index in terms.indices.reversed() {
            let (behind, isArgument) = terms[index].isBehind(values[index])
            let before = bindings
            bindings = isArgument ? [.constant(values[index])] : []
            if sql.isEmpty {
                sql = behind
            } else {
                sql = "(\(behind) OR \(terms[index].sql) \(values[index].isNull ? "IS NULL" : "= ?") AND \(sql))"
                if !values[index].isNull { bindings.append(.constant(values[index])) }
                bindings += before
            }
        }
        // Says again what the first term must be, so that an index leads to it.
        if let first = terms.first, !values[0].isNull, !first.descending || !first.isNullable {
            sql = "(\(first.sql) \(first.descending ? "<=" : ">=") ? AND \(sql))"
            bindings.insert(.constant(values[0]), at: 0)
        }
        return (sql, bindings)
    }
}

extension OrderTerm {
    /// That the term comes behind a value; null comes before every value. Whether the value is an argument of it.
    fileprivate func isBehind(_ value: Value) -> (sql: String, isArgument: Bool) {
        if value.isNull { return descending ? ("1 = 0", false) : ("\(sql) IS NOT NULL", false) }
        if descending { return isNullable ? ("(\(sql) < ? OR \(sql) IS NULL)", true) : ("\(sql) < ?", true) }
        return ("\(sql) > ?", true)
    }
}
