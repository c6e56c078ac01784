internal import Documents
internal import Metadata
internal import Storage
internal import Values

extension QueryBuilder {
    /// `{"SUM": "grand_total", "as": "total"}`, with functions inside functions: `{"SUM": {"ABS": "amount"}}`.
    mutating func function(_ object: JSONObject) throws -> Selected {
        var found: (function: String, of: JSON)?
        var name: String?
        for (key, value) in object.members {
            if key.lowercased() == "as" {
                guard case .string(let text) = value else { throw unknown(JSON.object(object).text) }
                name = text
            } else if found == nil {
                found = (key, value)
            } else {
                throw unknown(JSON.object(object).text)
            }
        }
        guard let found else { throw unknown(JSON.object(object).text) }
        let fallback = found.of.string.map { "\(found.function)(\($0))".lowercased() } ?? found.function.lowercased()
        return try aggregate(found.function, found.of, name ?? fallback)
    }

    /// A function by its name and what it is of, shown as `name`.
    mutating func aggregate(_ function: String, _ of: JSON, _ name: String) throws -> Selected {
        let name = try alias(name)
        let term = try term(function, of, depth: 0)
        return Selected(
            sql: term.sql, name: name, field: term.field, type: term.type, isAggregate: term.isAggregate,
            bindings: term.bindings)
    }

    /// A value that is computed in the statement.
    private struct Term {
        var sql: String
        var field: FieldType
        var type: ColumnType
        var isAggregate = false
        var bindings: [ListPlan.Binding] = []
    }

    private mutating func term(_ function: String, _ of: JSON, depth: Int) throws -> Term {
        guard depth < Limits.functionDepth else {
            throw Problem(.tooMany, "More than \(Limits.functionDepth) functions inside one another", field: "fields")
        }
        let function = function.uppercased()
        if function == "COUNT" { return try counted(of, depth) }
        if function == "NOW" {
            return Term(sql: "?", field: .datetime, type: .timestamp, bindings: [.constant(.timestamp(session.now))])
        }
        let operands = of.array ?? [of]
        guard let first = operands.first else { throw refused(function, of) }
        var term = try operand(first, depth)
        let isNumber = term.field.isNumeric
        switch (function, operands.count) {
        case ("MIN", 1), ("MAX", 1):
            term.sql = "\(function.lowercased())(\(term.sql))"
            return try aggregated(term, function, of)
        case ("SUM", 1) where isNumber:
            term.sql = "sum(\(term.sql))"
            return try aggregated(term, function, of)
        case ("AVG", 1) where isNumber:
            // The dialect says the column twice in some engines, so there must be no argument in it.
            guard term.bindings.isEmpty else { throw refused(function, of) }
            term.sql = dialect.average(term.sql, term.type)
            return try aggregated(term, function, of)
        case ("ABS", 1) where isNumber: term.sql = "abs(\(term.sql))"
        case ("IFNULL", 2), ("NULLIF", 2):
            let other = try literal(operands[1], like: term, depth)
            term.sql = "\(function == "IFNULL" ? "coalesce" : "nullif")(\(term.sql),\(other.sql))"
            term.bindings += other.bindings
            term.isAggregate = term.isAggregate || other.isAggregate
        case ("CONCAT", 1...):
            guard term.type == .text else { throw refused(function, of) }
            term.sql = "coalesce(\(term.sql),'')"
            for operand in operands.dropFirst() {
                let other = try literal(operand, like: term, depth)
                guard other.type == .text else { throw refused(function, of) }
                term.sql += " || coalesce(\(other.sql),'')"
                term.bindings += other.bindings
            }
            term.sql = "(\(term.sql))"
            term.field = .data
        case ("ADD", 2), ("SUB", 2):
            let other = try literal(operands[1], like: term, depth)
            guard isNumber, other.type == term.type else { throw refused(function, of) }
            term.sql = "(\(term.sql) \(function == "ADD" ? "+" : "-") \(other.sql))"
            term.bindings += other.bindings
        default: throw refused(function, of)
        }
        return term
    }

    private func aggregated(_ term: Term, _ function: String, _ of: JSON) throws -> Term {
        guard !term.isAggregate else { throw refused(function, of) }
        var term = term
        term.isAggregate = true
        return term
    }

    private mutating func counted(_ of: JSON, _ depth: Int) throws -> Term {
        guard case .string(var text) = of else { throw refused("COUNT", of) }
        if text == "*" { return Term(sql: "count(*)", field: .int, type: .integer, isAggregate: true) }
        var distinct = ""
        if text.lowercased().hasPrefix("distinct ") {
            distinct = "DISTINCT "
            text = String(text.dropFirst(9))
        }
        let column = try column(text).opened()
        return Term(sql: "count(\(distinct)\(column.sql))", field: .int, type: .integer, isAggregate: true)
    }

    /// A field, or another function.
    private mutating func operand(_ json: JSON, _ depth: Int) throws -> Term {
        switch json {
        case .string(let text):
            let column = try column(text).opened()
            return Term(sql: column.sql, field: column.field.type, type: column.type)
        case .object(let object):
            guard object.count == 1, let (function, of) = object.members.first else {
                throw unknown(JSON.object(object).text)
            }
            return try term(function, of, depth: depth + 1)
        default: throw Problem(.malformed, "A function is of a field, not of \(json.text)", field: "fields")
        }
    }

    /// A field, a function, or a value of the type of `term`: a number, or text in quotes.
    private mutating func literal(_ json: JSON, like term: Term, _ depth: Int) throws -> Term {
        var value = json
        if case .string(let text) = json {
            guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote else {
                return try operand(json, depth)
            }
            value = .string(String(text.dropFirst().dropLast()))
        } else if case .object = json {
            return try operand(json, depth)
        }
        let constant = try FieldDefinition("value", term.field).value(of: value)
        return Term(sql: "?", field: term.field, type: term.type, bindings: [.constant(constant)])
    }

    private func refused(_ function: String, _ of: JSON) -> Problem {
        Problem(
            .unknownField, "\(function) of \(of.string ?? of.text) is not to be had", field: "fields",
            fix: """
                Use COUNT, SUM, AVG, MIN or MAX, ABS, ADD, SUB, IFNULL, NULLIF, CONCAT or NOW; sums and averages of numbers.
                """)
    }
}
