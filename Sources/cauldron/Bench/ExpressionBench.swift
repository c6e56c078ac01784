import Expressions
import Values

/// Measures how often a second a compiled condition is evaluated.
struct ExpressionBench {
    let seconds: Double

    func measure() async throws -> Measurement {
        let condition = #"doc.grand_total > 10000 && doc.customer in ["A", "B", "C"]"#
        let expression = try Expression.compile(cel: condition, .rule)
        let scope = ExpressionBindings(["doc": ExpressionValue(Sample())])
        let ours = try await rate(for: seconds / 2) { _ in
            for _ in 0..<1_000 { _ = try expression.holds(in: scope) }
        }
        return Measurement(name: "evaluate a condition in CEL", rate: ours * 1_000, unit: "conditions/s")
    }

    /// A document with the fields the condition reads.
    private final class Sample: ExpressionObject {
        func value(of field: String) -> ExpressionValue? {
            switch field {
            case "grand_total": .decimal(Exact(units: 1_250_050, scale: 2))
            case "customer": .string("C")
            default: nil
            }
        }
    }
}
