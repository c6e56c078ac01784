package import Expressions
internal import Values

/// A condition of a field: `eval:` and what Frappe's forms write, the bare name of a field, or CEL after `cel:`.
package struct FieldCondition: Sendable {
    /// The compiled condition, or why it could not be compiled.
    package let expression: Result<Expression, ExpressionProblem>

    /// Compiles the text of a condition.
    init(_ text: String) {
        expression = Result { () throws(ExpressionProblem) -> Expression in
            if let cel = Self.cel(text) { return try Expression.compile(cel: cel, .form) }
            return try Expression.compile(dependsOn: text)
        }
    }

    /// The condition as documents are held against it; nil for none, and for what is none in one of Frappe's dialects.
    static func holding(_ text: String?) -> FieldCondition? {
        guard let text else { return nil }
        let condition = FieldCondition(text)
        return cel(text) == nil && fault(of: text, condition) != nil ? nil : condition
    }

    /// Why a text is no condition; nil when it is one.
    static func fault(of text: String) -> String? { fault(of: text, FieldCondition(text)) }

    private static func fault(of text: String, _ condition: FieldCondition) -> String? {
        if hasSingleEquals(text) { return "= sets a value; compare with ==" }
        if case .failure(let problem) = condition.expression { return problem.description }
        return nil
    }

    /// What stands behind `cel:`; nil for conditions of Frappe's dialects.
    static func cel(_ text: String) -> String? { text.hasPrefix("cel:") ? String(text.dropFirst(4)) : nil }

    /// Whether a lone `=` stands in it outside of quotes: it would set a value where one is compared.
    private static func hasSingleEquals(_ text: String) -> Bool {
        var quote: UInt8?
        var previous: UInt8 = 0
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            defer { previous = byte }
            if let open = quote {
                if byte == open, previous != 0x5C { quote = nil }
                continue
            }
            switch byte {
            case 0x22, 0x27, 0x60: quote = byte
            case 0x3D:
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                if next == 0x3D || next == 0x3E || [0x3D, 0x21, 0x3C, 0x3E].contains(previous) { continue }
                return true
            default: break
            }
        }
        return false
    }
}
