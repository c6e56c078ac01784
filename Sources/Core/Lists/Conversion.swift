internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// How the value of a condition becomes an argument of the statement.
enum Conversion: Sendable {
    /// The value in the type of the column.
    case scalar(ListColumn)
    /// The pattern of `like`.
    case pattern(ListColumn)
    /// An end of `between`.
    case bound(ListColumn, isLast: Bool)
    /// An end of a span of days that is named by words.
    case span(ListColumn, Operator, isLast: Bool)
    /// The name of a tree's node, a document of that DocType.
    case node(ListColumn, of: String)
    /// The pattern of `regex`, in the form engines take it.
    case expression(ListColumn)

    /// The argument for a value; nil when the value is of another kind than the statement was made for.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` and ``Problem/Kind/malformed`` for values that mean nothing to the column.
    func argument(_ json: JSON, _ session: Session) throws -> Value? {
        switch self {
        case .scalar(let column):
            let value = try column.value(of: json)
            return value.isEmpty ? nil : value
        case .pattern(let column): return .text(try column.pattern(json))
        case .bound(let column, let isLast):
            guard case .array(let bounds) = json, bounds.count == 2 else { return nil }
            return try column.bound(bounds[isLast ? 1 : 0], isLast: isLast)
        case .span(let column, let op, let isLast):
            guard let text = json.string else { throw column.problem("\(op.rawValue) takes text") }
            guard let span = try Timespan.days(op, text, in: session) else {
                throw column.problem("\(op.rawValue) does not know \(text)")
            }
            return try column.bound(.string((isLast ? span.last : span.first).description), isLast: isLast)
        case .node(let column, let doctype):
            guard let name = json.string else { throw column.problem("a node is given by its name") }
            return .text(try session.name(name, of: doctype))
        case .expression(let column): return .text(try column.expression(json))
        }
    }
}

extension ListColumn {
    /// The value in the type of the column; text is looked for as it is, without the checks of a save.
    func value(of json: JSON) throws -> Value {
        if type == .text {
            switch json {
            case .string(let text): return text.isEmpty ? .null : .text(text)
            case .bool(let flag): return .text(flag ? "1" : "0")
            case .array, .object: throw problem("a list or object is no value")
            default: break
            }
        }
        if json.isNull { return .null }
        if case .timestamp = type, let text = json.string, let day = Day(text) { return .timestamp(Timestamp(day)) }
        return try field.value(of: json)
    }

    fileprivate func pattern(_ json: JSON) throws -> String {
        guard let pattern = json.string ?? json.int.map(String.init) else { throw problem("like needs text") }
        guard pattern.utf8.count <= Limits.patternBytes else {
            throw Problem(.tooLong, "A pattern has at most \(Limits.patternBytes) bytes", field: field.name)
        }
        return LikePattern(pattern).portable
    }

    /// An end of a range. The last moment of a plain day is its end.
    fileprivate func bound(_ json: JSON, isLast: Bool) throws -> Value {
        let value = try value(of: json)
        guard !value.isNull else { throw problem("between takes two values") }
        if isLast, type == .timestamp, let text = json.string, let day = Day(text) {
            return .timestamp(Timestamp(day, .last))
        }
        return value
    }

    fileprivate func expression(_ json: JSON) throws -> String {
        guard let text = json.string, !text.isEmpty else { throw problem("regex needs a pattern") }
        guard text.utf8.count <= Limits.patternBytes else {
            throw Problem(.tooLong, "A pattern has at most \(Limits.patternBytes) bytes", field: field.name)
        }
        do {
            return try TextPattern(text).portable
        } catch {
            throw problem("\(error.reason)")
        }
    }

    func problem(_ text: ProblemText) -> Problem {
        Problem(.malformed, "Filter on \(field.name): \(text)", field: field.name)
    }
}
