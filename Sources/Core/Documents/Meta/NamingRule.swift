package import Values

/// A Document Naming Rule: documents that fit its conditions are called by its prefix and counted by a counter of its own.
package struct NamingRule: Sendable {
    let name: String
    let doctype: String
    let priority: Int
    let prefix: String
    let digits: Int
    /// The number before the first.
    let start: Int64
    let conditions: [(field: String, op: String, value: String)]

    /// The most digits of its numbers that zeros fill up to.
    package static let mostDigits = 12

    /// The rule that a document of DocType `Document Naming Rule` describes.
    init(_ document: Document) {
        name = document.name
        doctype = document.text("document_type")
        priority = document.int("priority")
        prefix = document.text("prefix")
        digits = min(max(1, document.int("prefix_digits")), Self.mostDigits)
        start = min(max(0, Int64(document.int("counter"))), Naming.highestStart)
        conditions = document.table("conditions").map { ($0.text("field"), $0.text("condition"), $0.text("value")) }
    }

    /// The name of its counter.
    var key: String { "Document Naming Rule/\(name)" }

    /// Whether the document fits all conditions.
    ///
    /// - Throws: ``Problem/Kind/wrongType`` when a value is not of its field's type.
    func applies(to document: Document) throws -> Bool {
        try conditions.allSatisfy { condition in
            guard let slot = document.doctype.slot(of: condition.field) else { return false }
            let field = document.doctype.columns[slot]
            let given =
                document.values[slot].isNull && field.type.isNumeric
                ? Value(.zero, for: field) : document.values[slot]
            let wanted = try field.value(of: .string(condition.value))
            let order = given.order(to: wanted)
            switch condition.op {
            case "=": return given == wanted || given.isEmpty && wanted.isEmpty
            case "!=": return !(given == wanted || given.isEmpty && wanted.isEmpty)
            case ">": return order.map { $0 > 0 } ?? false
            case "<": return order.map { $0 < 0 } ?? false
            case ">=": return order.map { $0 >= 0 } ?? false
            case "<=": return order.map { $0 <= 0 } ?? false
            default: return false
            }
        }
    }

    /// How it counts.
    var counter: Naming.Counter {
        Naming.Counter(text: prefix, pattern: SeriesPattern(prefix, digits: digits), key: key, start: start, rule: name)
    }
}

extension Value {
    /// Below, at or above zero as this comes before, with or after `other`; nil when they cannot be compared.
    package func order(to other: Value) -> Int? {
        switch (self, other) {
        case (.text(let one), .text(let two)): return one == two ? 0 : one < two ? -1 : 1
        case (.day(let one), .day(let two)): return one == two ? 0 : one < two ? -1 : 1
        case (.timestamp(let one), .timestamp(let two)): return one == two ? 0 : one < two ? -1 : 1
        case (.time(let one), .time(let two)): return one == two ? 0 : one < two ? -1 : 1
        default:
            guard let one = exact, let two = other.exact else { return nil }
            return one == two ? 0 : one < two ? -1 : 1
        }
    }
}
