internal import Documents
package import Metadata
package import Values

/// The conditions of a list, as they are read from the forms Frappe's clients send:
/// `{f: v}`, `{f: [op, v]}`, `[[f, op, v], …]`, `[[DocType, f, op, v], …]`, `[f, op, v]`, `[[f, v]]`, `["n1", "n2"]` and
/// `[[cond], "and" | "or", [cond]]`.
package indirect enum Filter {
    case all([Filter])
    case any([Filter])
    case condition(Condition)

    /// One comparison.
    package struct Condition {
        var doctype: String?
        /// The field.
        package var field: String
        var op: String
        var value: JSON

        /// The field with the DocType it was said to be of.
        var qualified: String { doctype.map { "\($0).\(field)" } ?? field }
    }

    /// Reads filters; those of one level are joined by `joint` ("and" or "or"). Nil when there are none.
    package static func parse(_ json: JSON, _ joint: String, _ type: DocType) throws -> Filter? {
        var left = Limits.filters
        return try parse(json, joint, type, &left, depth: 0)
    }

    private static func parse(
        _ json: JSON, _ joint: String, _ type: DocType, _ left: inout Int, depth: Int
    ) throws -> Filter? {
        guard depth < 8 else { throw malformed(json) }
        switch json {
        case .null: return nil
        case .string(let text):
            if text.isEmpty { return nil }
            guard let first = text.first(where: { $0 != " " }), "[{".contains(first) else {
                return .condition(Condition(field: "name", op: "=", value: json))
            }
            guard let parsed = try? JSON.parse(text, limits: .outside) else { throw malformed(json) }
            return try parse(parsed, joint, type, &left, depth: depth + 1)
        case .object(let object):
            var filters: [Filter] = []
            for (field, value) in object.members { filters.append(try pair(field, value, &left)) }
            return filters.isEmpty ? nil : join(filters, joint)
        case .array(let elements):
            if elements.isEmpty { return nil }
            if let condition = try condition(elements, type, &left) { return condition }
            if elements.allSatisfy({ $0.string != nil }) {
                return .condition(Condition(field: "name", op: "in", value: json))
            }
            return try list(elements, joint, type, &left, depth)
        default: throw malformed(json)
        }
    }

    /// Conditions one after the other, or with "and" and "or" between them.
    private static func list(
        _ elements: [JSON], _ joint: String, _ type: DocType, _ left: inout Int, _ depth: Int
    ) throws -> Filter? {
        var filters: [Filter] = []
        var joint = joint
        var seen: String?
        for element in elements {
            if case .string(let word) = element, ["and", "or"].contains(word.lowercased()) {
                if let seen, seen != word.lowercased() { throw malformed(.array(elements)) }
                seen = word.lowercased()
                joint = word.lowercased()
                continue
            }
            if case .array(let inner) = element, inner.count == 2, case .string(let field) = inner[0],
                Operator(field) == nil
            {
                filters.append(try pair(field, inner[1], &left))
            } else if let filter = try parse(element, "and", type, &left, depth: depth + 1) {
                filters.append(filter)
            }
        }
        return filters.isEmpty ? nil : join(filters, joint)
    }

    /// The values of a condition that takes several: a list, a list as the text of JSON, or text with commas.
    ///
    /// - Throws: ``Problem/Kind/malformed`` for text that begins as a list in JSON does and is none.
    static func elements(_ json: JSON, of field: String) throws -> [JSON] {
        switch json {
        case .array(let elements): return elements
        case .null: return []
        case .string(let text):
            guard text.first(where: { !$0.isWhitespace }) == "[" else {
                return text.split(separator: ",").map { .string($0.trimmed) }
            }
            do {
                guard case .array(let elements) = try JSON.parse(text, limits: .outside) else { return [json] }
                return elements
            } catch {
                if error.reason == JSONError.nul { throw Problem.nul(in: field) }
                throw Problem(
                    .malformed,
                    "Filter on \(field): the list is not JSON: \(error.reason) at character \(error.offset)",
                    field: field, fix: "Send a list in JSON, or words separated by commas.")
            }
        default: return [json]
        }
    }

    /// `[f, op, v]`, `[DocType, f, op, v]` and the same with an ignored fifth element.
    private static func condition(_ elements: [JSON], _ type: DocType, _ left: inout Int) throws -> Filter? {
        let offset = elements.count >= 4 ? 1 : 0
        guard elements.count >= 3, elements.count <= 5, case .string(let field) = elements[offset],
            case .string(let op) = elements[offset + 1]
        else { return nil }
        guard Operator(op) != nil else {
            // Three names, or a field of the DocType with an operator that does not exist?
            guard type.slot(of: field) != nil else { return nil }
            throw Problem(.malformed, "Filter on \(field): there is no operator \(op)", field: field)
        }
        var condition = Condition(field: field, op: op, value: elements[offset + 2])
        if offset == 1 {
            guard case .string(let doctype) = elements[0] else { return nil }
            condition.doctype = doctype == type.name ? nil : doctype
        }
        return try counted(.condition(condition), &left)
    }

    private static func pair(_ field: String, _ value: JSON, _ left: inout Int) throws -> Filter {
        if case .array(let inner) = value, inner.count == 2, case .string(let op) = inner[0], Operator(op) != nil {
            return try counted(.condition(Condition(field: field, op: op, value: inner[1])), &left)
        }
        if case .array = value {
            return try counted(.condition(Condition(field: field, op: "in", value: value)), &left)
        }
        return try counted(.condition(Condition(field: field, op: "=", value: value)), &left)
    }

    private static func counted(_ filter: Filter, _ left: inout Int) throws -> Filter {
        left -= 1
        guard left >= 0 else { throw Problem(.tooMany, "More than \(Limits.filters) filters", field: "filters") }
        return filter
    }

    private static func join(_ filters: [Filter], _ joint: String) -> Filter {
        filters.count == 1 ? filters[0] : joint == "or" ? .any(filters) : .all(filters)
    }

    private static func malformed(_ json: JSON) -> Problem {
        let text = json.text
        return Problem(
            .malformed, "These filters cannot be read: \(text.count > 80 ? String(text.prefix(80)) + "…" : text)",
            field: "filters", fix: "Send a list of [field, operator, value].")
    }
}
