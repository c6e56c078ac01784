import Expressions
import Testing
import Values

@Suite struct CostTests {
    private static let big = String(repeating: "x", count: 160_000)

    private static let scope = ExpressionBindings(
        [
            "doc": ExpressionValue(
                Fields([
                    "big": .string(big), "list": ExpressionValue((0..<5000).map { .int($0) }),
                    "texts": ExpressionValue((0..<10).map { _ in .string(big) }),
                    "map": .map(
                        ExpressionMap(Dictionary(uniqueKeysWithValues: (0..<5000).map { ("k\($0)", .int(1)) }))),
                    "json": ExpressionValue(JSON.object(JSONObject((0..<5000).map { ("k\($0)", 1) }))),
                ])),
            "now": ExpressionValue(Values.Value.timestamp(Timestamp("2026-03-15 12:00:00") ?? .earliest)),
        ], roles: ["Sales User"])

    /// Expressions that read a text of 160,000 bytes or a collection of 5,000 elements, some of them in vain.
    static let sources = [
        "{'a': 1}[doc.big] == 1", "doc.big in {'a': 1}", "doc.big in doc.json", "doc[doc.big] == 1",
        "{doc.big: 1}.size() == 1", "['a'].transformMap(i, v, v) == {doc.big: 1}", "int(doc.big) == 1",
        "uint(doc.big) == 1u", "timestamp(doc.big) == now", "duration(doc.big) == duration('1s')",
        "date(doc.big) == now", "bool(doc.big)", "now.getHours(doc.big) == 1", "has_role(doc.big)",
        "has_role(doc.list)", "has_role(doc.texts)", "doc.map.exists(k, true)", "doc.json.exists(k, v, true)",
        "doc.map.all(k, false)", "doc.json == doc.map && false",
    ]

    @Test(arguments: sources)
    func `work in proportion to a value is paid for`(source: String) throws {
        let environment = ExpressionEnvironment(
            variables: ["doc", "now"], functions: ["has_role": 1...1],
            limits: ExpressionLimits(
                sourceBytes: 16_384, nesting: 64, height: 160, nodes: 4096, cost: 4000, patternSize: 2000))
        let expression = try Expression.compile(cel: source, environment)
        #expect(problem { _ = try expression.value(in: Self.scope) }?.code == .costLimit)
    }

    @Test func `a long field name is paid for each time it is read`() throws {
        let name = String(repeating: "x", count: 16_000)
        let environment = ExpressionEnvironment(variables: ["doc"])
        let expression = try Expression.compile(cel: "has(doc.\(name))", environment)
        #expect(try expression.measured(in: Self.scope).cost >= 1000)
    }
}
