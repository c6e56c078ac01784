import Expressions
import Testing
import Values

/// An expression and what it must give: a value as ``text(of:)`` writes it, or `!` and the code of the problem.
struct Case: Sendable, CustomTestStringConvertible {
    var source: String
    var expected: String

    var testDescription: String { source }

    /// Cases from lines of `source ==> expected`; lines without the arrow are headings.
    static func table(_ text: String) -> [Case] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ==> ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let trimmed = parts.map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
            return Case(source: trimmed[0], expected: trimmed[1])
        }
    }
}

/// A value with its type, so that `1`, `1u`, `1.0` and `1d` (the decimal) are told apart.
func text(of value: ExpressionValue) -> String {
    switch value {
    case .null: return "null"
    case .bool(let value): return "\(value)"
    case .int(let value): return "\(value)"
    case .uint(let value): return "\(value)u"
    case .double(let value): return value.isNaN ? "nan" : "\(value)"
    case .literal(let value): return "\(value.double)"
    case .decimal(let value): return "\(value)d"
    case .string(let value): return "'\(value)'"
    case .bytes(let value): return "b" + value.map { String($0, radix: 16) }.joined(separator: ".")
    case .timestamp(let value): return "timestamp \(value)"
    case .duration(let value): return "duration \(value)"
    case .list(let list): return "[" + (0..<list.count).map { text(of: list[$0]) }.joined(separator: ", ") + "]"
    case .map: return "map " + (value.json?.text ?? "?")
    case .type(let type): return "type \(type.rawValue)"
    case .optional(let optional): return optional.value.map { "some \(text(of: $0))" } ?? "none"
    }
}

/// What an expression gives, or its problem.
func outcome(_ body: () throws -> ExpressionValue) -> String {
    do {
        return text(of: try body())
    } catch let problem as ExpressionProblem {
        return "!" + problem.code.rawValue
    } catch {
        return "!!\(error)"
    }
}

/// What CEL gives in a world of some variables.
func cel(_ source: String, _ scope: ExpressionBindings = world) -> String {
    outcome { try Expression.compile(cel: source, worldNames).value(in: scope) }
}

/// Compiles in each of the three languages.
let dialects: [@Sendable (String) throws -> Expression] = [
    { try Expression.compile(cel: $0, worldNames) }, { try Expression.compile(javascript: $0, worldNames) },
    { try Expression.compile(python: $0, worldNames) },
]

/// The problem that a body meets.
func problem(_ body: () throws -> Void) -> ExpressionProblem? {
    do {
        try body()
        return nil
    } catch {
        return error as? ExpressionProblem
    }
}

/// A document as the engine hands it over: fields by name, nothing else.
final class Record: ExpressionObject {
    private let fields: JSONObject
    let isTold: Bool

    init(_ fields: JSONObject, isTold: Bool = true) {
        self.fields = fields
        self.isTold = isTold
    }

    func value(of field: String) -> ExpressionValue? {
        switch fields[field] {
        case .string(let text)?:
            if let day = Day(text) { return ExpressionValue(Values.Value.day(day)) }
            if text.utf8.count > 10, let moment = Timestamp(text) {
                return ExpressionValue(Values.Value.timestamp(moment))
            }
            return .string(text)
        case let value?: return ExpressionValue(value)
        case nil: return nil
        }
    }

    var fieldNames: [String]? { isTold ? fields.members.map(\.key) : nil }
}

let worldNames = ExpressionEnvironment(
    variables: ["doc", "old", "x", "a", "a.b", "a.b.c", "actor", "now", "missing"], functions: ["has_role": 1...1])

let order = Record([
    "name": "SO-1", "customer": "A", "status": "Open", "grand_total": .decimal(Exact("12500.50") ?? .zero),
    "rate": .decimal(Exact("0.1") ?? .zero), "qty": 3, "note": nil, "empty": "", "is_return": 0, "is_paid": 1,
    "posting_date": "2026-03-01", "due_date": "2026-03-31", "creation": "2026-03-01 08:30:15.250000",
    "tags": ["red", "blue"], "none": [],
    "items": [
        ["item": "X", "qty": 2, "rate": .decimal(Exact("9.99") ?? .zero)],
        ["item": "Y", "qty": 0, "rate": .decimal(Exact("100") ?? .zero)],
    ],
    "address": ["city": "Bern"],
])

let world = ExpressionBindings(
    [
        "doc": ExpressionValue(order), "old": ExpressionValue(Record(["status": "Draft"], isTold: false)),
        "x": ExpressionValue(JSON.object(["name": 1024, "n": nil])), "a": ExpressionValue(JSON.array([0])),
        "a.b": ExpressionValue(JSON.object(["c": "oops", "d": "yes"])), "a.b.c": .string("yeah"),
        "actor": ExpressionValue(JSON.object(["name": "ana", "level": 2])),
        "now": ExpressionValue(Values.Value.timestamp(Timestamp("2026-03-15 12:00:00") ?? .earliest)),
    ], roles: ["Sales User"])
