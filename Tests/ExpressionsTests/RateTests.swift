import Expressions
import Testing
import Values

/// How fast conditions are; run in release for figures: `swift test -c release --filter RateTests`.
@Suite(.serialized) struct RateTests {
    static let sources = [
        "doc.grand_total > 10000 && doc.customer in [\"A\",\"B\",\"C\"]", "doc.status == 'Open'",
        "doc.items.exists(i, i.qty > 5)", "doc.grand_total * 1.19 > doc.rate + 100",
    ]

    @Test(arguments: sources)
    func `a condition takes microseconds`(source: String) throws {
        let expression = try Expression.compile(cel: source, .rule)
        let decimal = Exact("12500.50") ?? .zero
        let rows = ExpressionValue(JSON.array([["qty": 1], ["qty": 9]]))
        let document = Fields([
            "grand_total": .decimal(decimal), "customer": .string("C"), "status": .string("Open"),
            "rate": .decimal(.one),
            "items": rows,
        ])
        let scope = Single(document: ExpressionValue(document))
        let count = 20_000
        var held = 0
        let started = ContinuousClock.now
        for _ in 0..<count where try expression.holds(in: scope) { held += 1 }
        let taken = ContinuousClock.now - started
        #expect(held == count)
        let seconds = Double(taken.components.attoseconds) / 1e18 + Double(taken.components.seconds)
        // The least of what is asked, also in a debug build on a busy machine.
        #expect(seconds / Double(count) < 0.001)
    }

    private struct Single: ExpressionScope {
        var document: ExpressionValue
        func value(of variable: String, slot: Int) -> ExpressionValue? { slot == 2 ? document : nil }
    }
}
