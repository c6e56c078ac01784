internal import Storage
internal import Values

/// Writes one condition of a list as SQL: the value is brought to the type of the column and becomes an argument.
struct Comparison {
    private let column: QueryBuilder.Column
    private let type: DocType
    private let session: Session

    init(_ column: QueryBuilder.Column, _ type: DocType, _ session: Session) {
        self.column = column
        self.type = type
        self.session = session
    }

    func sql(_ condition: Filter.Condition, _ arguments: inout [Value]) throws -> String {
        guard let op = Operator(condition.op) else { throw problem("there is no operator \(condition.op)") }
        let sql = column.sql
        switch op {
        case .equal, .notEqual: return try equality(condition.value, op == .notEqual, &arguments)
        case .greater, .less, .greaterOrEqual, .lessOrEqual:
            let value = try value(condition.value)
            guard !value.isNull else { throw problem("a comparison needs a value") }
            arguments.append(value)
            return "\(sql) \(condition.op) ?"
        case .like, .notLike:
            guard column.type == .text || column.type == .integer else {
                throw problem("like works on text, not on \(column.field.type.rawValue)")
            }
            guard let pattern = condition.value.string ?? condition.value.int.map(String.init) else {
                throw problem("like needs text")
            }
            guard pattern.utf8.count <= Limits.patternBytes else {
                throw Problem(
                    .tooLong, "A pattern has at most \(Limits.patternBytes) bytes", field: column.field.name)
            }
            arguments.append(.text(pattern))
            let text = column.type == .text ? sql : "CAST(\(sql) AS TEXT)"
            let like = session.transaction.dialect.like(text)
            return op == .like ? like : "(\(sql) IS NULL OR NOT (\(like)))"
        case .isIn, .notIn: return try membership(condition.value, op == .notIn, &arguments)
        case .isSet:
            let isText = column.type == .text
            switch condition.value.string?.lowercased() {
            case "set": return isText ? "(\(sql) IS NOT NULL AND \(sql) <> '')" : "\(sql) IS NOT NULL"
            case "not set": return isText ? "(\(sql) IS NULL OR \(sql) = '')" : "\(sql) IS NULL"
            default: throw problem("is takes \"set\" or \"not set\"")
            }
        case .between:
            guard let bounds = list(condition.value), bounds.count == 2 else {
                throw problem("between takes two values")
            }
            return try range(bounds[0], bounds[1], &arguments)
        case .timespan, .previous, .next:
            guard let text = condition.value.string else { throw problem("\(condition.op) takes text") }
            guard let span = Timespan.days(op, text, from: session.today) else {
                throw problem("\(condition.op) does not know \(text)")
            }
            return try range(.string(span.first.description), .string(span.last.description), &arguments)
        case .ancestors, .notAncestors, .descendants, .notDescendants, .descendantsInclusive:
            return try tree(op, condition.value, &arguments)
        }
    }

    private func equality(_ json: JSON, _ isNegated: Bool, _ arguments: inout [Value]) throws -> String {
        let sql = column.sql
        let value = try value(json)
        if value.isEmpty {
            if column.type == .text {
                return isNegated ? "(\(sql) IS NOT NULL AND \(sql) <> '')" : "(\(sql) IS NULL OR \(sql) = '')"
            }
            return isNegated ? "\(sql) IS NOT NULL" : "\(sql) IS NULL"
        }
        arguments.append(value)
        return isNegated ? "(\(sql) IS NULL OR \(sql) <> ?)" : "\(sql) = ?"
    }

    private func membership(_ json: JSON, _ isNegated: Bool, _ arguments: inout [Value]) throws -> String {
        guard let elements = list(json) else { throw problem("in takes a list") }
        guard elements.count <= Limits.filterValues else {
            throw Problem(.tooMany, "More than \(Limits.filterValues) values", field: column.field.name)
        }
        let values = try elements.map(value)
        let given = values.filter { !$0.isEmpty }
        let hasEmpty = given.count < values.count || values.isEmpty
        var parts: [String] = []
        if !given.isEmpty {
            arguments += given
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

    private func range(_ from: JSON, _ to: JSON, _ arguments: inout [Value]) throws -> String {
        let first = try value(from)
        var last = try value(to)
        guard !first.isNull, !last.isNull else { throw problem("between takes two values") }
        if column.type == .timestamp, let text = to.string, let day = Day(text) {
            // A plain day includes all of it.
            last = .timestamp(Timestamp(day.adding(days: 1)).adding(microseconds: -1))
        }
        arguments += [first, last]
        return "\(column.sql) BETWEEN ? AND ?"
    }

    private func tree(_ op: Operator, _ json: JSON, _ arguments: inout [Value]) throws -> String {
        let target = column.field.type == .link ? session.registry.find(column.field.options ?? "") : type
        guard let target, let parent = target.treeField, let node = json.string else {
            throw problem("\(column.field.label) is no tree")
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
        arguments.append(.text(node))
        let nodes = """
            WITH RECURSIVE nodes(name, depth) AS (\(start) UNION ALL \(step) WHERE depth < \(Limits.treeDepth)) \
            SELECT name FROM nodes WHERE name IS NOT NULL
            """
        switch op {
        case .descendantsInclusive:
            arguments.append(.text(node))
            return "(\(column.sql) IN (\(nodes)) OR \(column.sql) = ?)"
        case .notAncestors, .notDescendants: return "(\(column.sql) IS NULL OR \(column.sql) NOT IN (\(nodes)))"
        default: return "\(column.sql) IN (\(nodes))"
        }
    }

    /// A list, or text with commas.
    private func list(_ json: JSON) -> [JSON]? {
        switch json {
        case .array(let elements): elements
        case .string(let text): text.split(separator: ",").map { .string(String($0.drop { $0 == " " })) }
        case .null: []
        default: [json]
        }
    }

    /// The value in the type of the column; text is looked for as it is, without the checks of a save.
    private func value(_ json: JSON) throws -> Value {
        if column.type == .text {
            switch json {
            case .string(let text): return text.isEmpty ? .null : .text(text)
            case .bool(let flag): return .text(flag ? "1" : "0")
            case .array, .object: throw problem("a list or object is no value")
            default: break
            }
        }
        if json.isNull { return .null }
        if case .timestamp = column.type, let text = json.string, let day = Day(text) {
            return .timestamp(Timestamp(day))
        }
        return try column.field.value(of: json)
    }

    private func problem(_ text: String) -> Problem {
        Problem(.malformed, "Filter on \(column.field.name): \(text)", field: column.field.name)
    }
}

/// The spans of days that filters know by words.
enum Timespan {
    /// The first and the last day of a span, seen from `today`; nil for words it does not know.
    static func days(_ op: Operator, _ text: String, from today: Day) -> (first: Day, last: Day)? {
        let words = text.lowercased().split(separator: " ").map(String.init)
        if op == .previous || op == .next {
            guard words.count == 2, let count = Int(words[0]), (1...1000).contains(count) else { return nil }
            return relative(op == .next ? "next" : "last", count, words[1], today)
        }
        switch words {
        case ["yesterday"]: return (today.adding(days: -1), today.adding(days: -1))
        case ["today"]: return (today, today)
        case ["tomorrow"]: return (today.adding(days: 1), today.adding(days: 1))
        default: break
        }
        guard let which = words.first, ["last", "this", "next"].contains(which) else { return nil }
        if words.count == 3, let count = Int(words[1]), (1...1000).contains(count) {
            return relative(which, count, words[2], today)
        }
        guard words.count == 2 else { return nil }
        let step = which == "last" ? -1 : which == "next" ? 1 : 0
        switch words[1] {
        case "week":
            let monday = today.adding(days: 1 - today.weekday + 7 * step)
            return (monday, monday.adding(days: 6))
        case "month":
            let day = today.startOfMonth.adding(months: step)
            return (day, day.endOfMonth)
        case "quarter":
            let day = today.startOfQuarter.adding(months: 3 * step)
            return (day, day.endOfQuarter)
        case "year":
            let day = today.startOfYear.adding(months: 12 * step)
            return (day, day.endOfYear)
        default: return nil
        }
    }

    private static func relative(
        _ which: String, _ count: Int, _ unit: String, _ today: Day
    ) -> (first: Day, last: Day)? {
        let sign = which == "next" ? 1 : -1
        let far: Day
        switch unit {
        case "day", "days": far = today.adding(days: sign * count)
        case "week", "weeks": far = today.adding(days: sign * count * 7)
        case "month", "months": far = today.adding(months: sign * count)
        case "quarter", "quarters": far = today.adding(months: sign * count * 3)
        case "year", "years": far = today.adding(months: sign * count * 12)
        default: return nil
        }
        return sign > 0 ? (today, far) : (far, today)
    }
}
