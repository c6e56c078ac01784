internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// Writes one condition of a list as SQL, and says what its arguments are.
struct Comparison {
    private let column: ListColumn
    private let type: DocType
    private let session: Session
    /// The place of the condition among all of the query.
    private let place: Int
    /// Whether documents are listed as they were once.
    private let isPast: Bool

    init(_ column: ListColumn, _ type: DocType, _ session: Session, place: Int, isPast: Bool) {
        self.column = column
        self.type = type
        self.session = session
        self.place = place
        self.isPast = isPast
    }

    func sql(_ condition: Filter.Condition, _ bindings: inout [ListPlan.Binding]) throws -> String {
        guard let op = Operator(condition.op) else { throw column.problem("there is no operator \(condition.op)") }
        let sql = column.sql
        switch op {
        case .equal, .notEqual: return try equality(condition.value, op == .notEqual, &bindings)
        case .greater, .less, .greaterOrEqual, .lessOrEqual:
            guard try !column.value(of: condition.value).isEmpty else {
                throw column.problem("a comparison needs a value")
            }
            bindings.append(.condition(place, .scalar(column)))
            return "\(sql) \(op.rawValue) ?"
        case .like, .notLike:
            let text = try textual("like")
            bindings.append(.condition(place, .pattern(column)))
            let like = session.transaction.dialect.like(text)
            return op == .like ? like : "(\(sql) IS NULL OR NOT (\(like)))"
        case .regex:
            let text = try textual("regex")
            bindings.append(.condition(place, .expression(column)))
            return session.transaction.dialect.matches(text)
        case .isIn, .notIn: return try membership(condition.value, op == .notIn, &bindings)
        case .isSet:
            let isText = column.type == .text
            switch condition.value.string?.lowercased() {
            case "set": return isText ? "(\(sql) IS NOT NULL AND \(sql) <> '')" : "\(sql) IS NOT NULL"
            case "not set": return isText ? "(\(sql) IS NULL OR \(sql) = '')" : "\(sql) IS NULL"
            default: throw column.problem("is takes \"set\" or \"not set\"")
            }
        case .between:
            let bounds = try Filter.elements(condition.value, of: column.field.name)
            guard bounds.count == 2 else { throw column.problem("between takes two values") }
            if case .array = condition.value {
                bindings.append(.condition(place, .bound(column, isLast: false)))
                bindings.append(.condition(place, .bound(column, isLast: true)))
            } else {
                for (index, bound) in bounds.enumerated() {
                    let conversion = Conversion.bound(column, isLast: index == 1)
                    let both = JSON.array([bound, bound])
                    bindings.append(.constant(try conversion.argument(both, session) ?? .null))
                }
            }
            return "\(sql) BETWEEN ? AND ?"
        case .timespan, .previous, .next:
            guard column.type == .day || column.type == .timestamp else {
                throw column.problem("\(op.rawValue) works on dates")
            }
            bindings.append(.condition(place, .span(column, op, isLast: false)))
            bindings.append(.condition(place, .span(column, op, isLast: true)))
            return "\(sql) BETWEEN ? AND ?"
        case .ancestors, .notAncestors, .descendants, .notDescendants, .descendantsInclusive:
            return try tree(op, condition.value, &bindings)
        }
    }

    /// Whether a row of nulls meets the condition.
    static func acceptsNothing(_ condition: Filter.Condition) -> Bool {
        guard let op = Operator(condition.op) else { return false }
        switch op {
        case .isSet: return condition.value.string?.lowercased() == "not set"
        case .equal: return condition.value.isNull || condition.value.string == ""
        case .notEqual: return !(condition.value.isNull || condition.value.string == "")
        default: return op.acceptsNothing
        }
    }

    /// The column as text, to look for patterns in.
    private func textual(_ word: String) throws -> String {
        switch column.type {
        case .text: return column.sql
        case .integer, .day, .timestamp:
            return session.transaction.dialect.text(of: column.sql, column.type)
        default: throw column.problem("\(word) works on text, not on \(column.field.type.rawValue)")
        }
    }

    private func equality(
        _ json: JSON, _ isNegated: Bool, _ bindings: inout [ListPlan.Binding]
    ) throws -> String {
        let sql = column.sql
        let value = try column.value(of: json)
        if value.isEmpty {
            if column.type == .text {
                return isNegated ? "(\(sql) IS NOT NULL AND \(sql) <> '')" : "(\(sql) IS NULL OR \(sql) = '')"
            }
            return isNegated ? "\(sql) IS NOT NULL" : "\(sql) IS NULL"
        }
        // A name may be kept as it was typed, or in the form that names have.
        if try session.forms(of: [value], in: column, of: type, isPast: isPast) != [value] {
            return try membership([json], isNegated, &bindings)
        }
        // An empty number is zero; the statement of an empty value is another than that of a value.
        if json.isNull || json.string == "" {
            bindings.append(.constant(value))
        } else {
            bindings.append(.condition(place, .scalar(column)))
        }
        return isNegated ? "(\(sql) IS NULL OR \(sql) <> ?)" : "\(sql) = ?"
    }

    private func membership(
        _ json: JSON, _ isNegated: Bool, _ bindings: inout [ListPlan.Binding]
    ) throws -> String {
        let elements = try Filter.elements(json, of: column.field.name)
        guard elements.count <= Limits.filterValues else {
            throw Problem(.tooMany, "More than \(Limits.filterValues) values", field: column.field.name)
        }
        let values = try elements.map(column.value)
        let given = values.filter { !$0.isEmpty }
        let hasEmpty = given.count < values.count || values.isEmpty
        var parts: [String] = []
        if !given.isEmpty {
            let given = try session.forms(of: given, in: column, of: type, isPast: isPast)
            bindings += given.map { .constant($0) }
            let isOne = session.transaction.dialect.isOneOf(column.sql, count: given.count)
            parts.append(isOne)
        }
        // An empty value, and an empty list, stand for no value.
        if hasEmpty {
            parts.append(column.type == .text ? "\(column.sql) IS NULL OR \(column.sql) = ''" : "\(column.sql) IS NULL")
        }
        let condition = "(" + parts.joined(separator: " OR ") + ")"
        if !isNegated { return condition }
        return hasEmpty ? "NOT \(condition)" : "(\(column.sql) IS NULL OR NOT \(condition))"
    }

    private func tree(_ op: Operator, _ json: JSON, _ bindings: inout [ListPlan.Binding]) throws -> String {
        let target = column.field.type == .link ? session.registry.find(column.field.options ?? "") : type
        guard let target, let parent = target.treeField, json.string != nil,
            column.field.type == .link || column.field.name == "name"
        else {
            throw column.problem("\(column.field.label) is no tree")
        }
        let table = quoted(target.table)
        let field = quoted(parent)
        let up = op == .ancestors || op == .notAncestors
        let start =
            up ? "SELECT \(field), 1 FROM \(table) WHERE name = ?" : "SELECT name, 1 FROM \(table) WHERE \(field) = ?"
        let step =
            up
            ? "SELECT \(table).\(field), depth + 1 FROM \(table) JOIN nodes ON \(table).name = nodes.name"
            : "SELECT \(table).name, depth + 1 FROM \(table) JOIN nodes ON \(table).\(field) = nodes.name"
        bindings.append(.condition(place, .node(column, of: target.name)))
        let nodes = """
            WITH RECURSIVE nodes(name, depth) AS (\(start) UNION ALL \(step) WHERE depth < \(Limits.treeDepth)) \
            SELECT name FROM nodes WHERE name IS NOT NULL
            """
        switch op {
        case .descendantsInclusive:
            bindings.append(.condition(place, .node(column, of: target.name)))
            return "(\(column.sql) IN (\(nodes)) OR \(column.sql) = ?)"
        case .notAncestors, .notDescendants: return "(\(column.sql) IS NULL OR \(column.sql) NOT IN (\(nodes)))"
        default: return "\(column.sql) IN (\(nodes))"
        }
    }
}
