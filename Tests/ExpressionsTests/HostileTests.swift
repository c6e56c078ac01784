import Expressions
import Testing
import Values

@Suite struct HostileTests {
    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// Sources that must be refused when they are compiled, by name.
    static let sources: [(String, String)] = [
        ("a million parentheses", repeated("(", 1_000_000) + "1" + repeated(")", 1_000_000)),
        ("eight thousand parentheses", repeated("(", 8000) + "1" + repeated(")", 8000)),
        ("open parentheses only", repeated("(", 16_000)), ("open brackets only", repeated("[", 16_000)),
        ("open braces only", repeated("{", 16_000)), ("nested maps", repeated("{1:", 5000)),
        ("nested calls", repeated("size(", 3000)), ("nested indices", repeated("a[", 8000)),
        ("nested choices", repeated("true ? ", 2000)), ("chained choices", repeated("true ? 1 : ", 1400) + "1"),
        ("many negations", repeated("!", 16_000) + "true"), ("many signs", repeated("-", 16_000) + "1"),
        ("a long sum", repeated("1+", 8000) + "1"), ("a long chain of fields", "doc" + repeated(".a", 8000)),
        ("a long chain of calls", "doc" + repeated(".size()", 2000)),
        ("a long list", "[" + repeated("1,", 8000) + "1]"),
        ("a huge number", repeated("9", 16_000)), ("a huge text", "'" + repeated("x", 20_000) + "'"),
        ("a NUL", "1 + \0"), ("a NUL alone", "\0"), ("control characters", "\u{1}\u{7F}"),
        ("a byte order mark", "\u{FEFF}1"),
        ("a broken escape", "'\\"), ("a broken escape at the end", "'\\'"), ("a broken code point", "'\\uD83D'"),
        ("half an escape", "'\\u00"), ("open triple quotes", "'''"), ("quotes only", repeated("'", 9)), ("nothing", ""),
        ("space only", repeated(" ", 100)), ("a comment only", "// 1"), ("a backtick", "`"), ("an emoji", "😀"),
        ("a wide minus", "1 − 1"), ("a full-width parenthesis", "（1）"), ("nested macros", repeated("[1].all(x,", 1000)),
        ("nested bindings", repeated("cel.bind(x,1,", 1000)),
        ("a deep pattern", "'a'.matches('" + repeated("(", 2000) + "')"),
        ("a pattern of repetitions", "'a'.matches('((a{1000}){1000}){1000}')"),
        ("a pattern that repeats nothing", "'a'.matches('(){1000}(){1000}(){1000}')"),
        ("a long pattern", "'a'.matches('" + repeated("a", 5000) + "')"), ("look-ahead", "'a'.matches('(?=a)')"),
        ("a back-reference", "'a'.matches('(a)\\\\1')"), ("an unknown category", "'a'.matches('\\\\p{Greek}')"),
    ]

    @Test(arguments: sources.map(\.0))
    func `a hostile source is refused with a clear problem`(name: String) throws {
        let source = try #require(Self.sources.first { $0.0 == name }).1
        for compile in dialects {
            let found = problem { _ = try compile(source) }
            if let found { #expect(!found.message.isEmpty) }
        }
        #expect(problem { _ = try Expression.compile(cel: source, worldNames) } != nil)
    }

    /// Expressions that compile and must end at the cost limit, soon.
    static let bombs: [(String, String)] = [
        (
            "nested macros over a list",
            "doc.l.all(a, doc.l.all(b, doc.l.all(c, doc.l.all(d, doc.l.all(e, doc.l.all(f, a + b + c + d + e + f >= 0))))))"
        ),
        (
            "a list doubled in macros",
            repeated("[1, 1].map(x, ", 30) + "1" + repeated(")", 30)
        ),
        (
            "a text doubled by bindings",
            (1...40).map { "cel.bind(s\($0), s\($0 - 1) + s\($0 - 1), " }.joined().replacing(
                "s0", with: "'xxxxxxxxxxxxxxxx'")
                + "size(s40)" + repeated(")", 40)
        ),
        (
            "a list doubled by bindings",
            (1...40).map { "cel.bind(s\($0), s\($0 - 1) + s\($0 - 1), " }.joined().replacing("s0", with: "[1, 2, 3]")
                + "size(s40)" + repeated(")", 40)
        ),
        (
            "a text that grows by replacing",
            repeated("cel.bind(t, 'aaaaaaaaaaaaaaaa', ", 1) + "'aaaaaaaaaaaaaaaa'"
                + repeated(".replace('a', t)", 20) + ")"
        ),
        ("a pattern over much text", "doc.l.all(a, doc.big.matches('(x+x+)+y'))"),
        ("a pattern of many states", "doc.l.all(a, doc.big.matches('(x?){500}x{500}y'))"),
        ("searching much text often", "doc.l.all(a, doc.l.all(b, !doc.big.contains('xxxxxxxxxxy')))"),
        ("comparing much text often", "doc.l.all(a, doc.l.all(b, doc.big == doc.big))"),
        ("comparing lists often", "doc.l.all(a, doc.l.all(b, doc.l == doc.l))"),
        ("joining much", "doc.l.map(a, doc.big).join().size() + doc.l.map(a, doc.l.map(b, doc.big).join()).size()"),
        ("errors that do not end it", "doc.l.exists(a, doc.l.exists(b, doc.l.exists(c, 1 / 0 == a)))"),
        (
            "a text doubled by formatting",
            (1...40).map { "cel.bind(s\($0), '%s%s'.format([s\($0 - 1), s\($0 - 1)]), " }.joined().replacing(
                "s0", with: "'xxxxxxxxxxxxxxxx'") + "size(s40)" + repeated(")", 40)
        ),
        (
            "a text doubled by quoting",
            (1...50).map { "cel.bind(s\($0), strings.quote(s\($0 - 1)), " }.joined().replacing("s0", with: "'\"\"'")
                + "size(s50)" + repeated(")", 50)
        ),
        ("alternatives that do not end it", "doc.l.all(a, doc.l.all(b, doc.l.all(c, a >= 0))) || true"),
    ]

    @Test(arguments: bombs.map(\.0))
    func `an expression bomb ends at the cost limit`(name: String) throws {
        let source = try #require(Self.bombs.first { $0.0 == name }).1
        let expression = try Expression.compile(cel: source, .rule)
        let numbers = ExpressionValue((0..<200).map { .int($0) })
        let record = ExpressionBindings([
            "doc": ExpressionValue(Fields(["l": numbers, "big": .string(Self.repeated("x", 100_000))]))
        ])
        let started = ContinuousClock.now
        let found = problem { _ = try expression.value(in: record) }
        #expect(found?.code == .costLimit)
        #expect(
            ContinuousClock.now - started < .seconds(20),
            "it must end soon, in a debug build and beside other tests too")
    }

    @Test func `the dialects have the same limit`() {
        let rows = ExpressionValue((0..<300).map { .int($0) })
        let scope = ExpressionBindings([
            "doc": ExpressionValue(Fields(["l": rows, "big": .string(Self.repeated("x", 1_000_000))]))
        ])
        for source in [
            "doc.l.every(a => doc.l.every(b => doc.l.every(c => true)))",
            "doc.l.map(a => doc.big + doc.big).length", "('' + doc.l.map(a => doc.big)).length",
            "doc.l.every(a => doc.big.includes('y') || true)", "doc.l.map(a => doc.big.split('')).length",
        ] {
            let found = problem { _ = try Expression.compile(javascript: source).value(in: scope) }
            #expect(found?.code == .costLimit, "\(source)")
        }
    }

    @Test func `a list that holds itself many times over is not written out`() throws {
        let lists = (1...40).map { "cel.bind(s\($0), [s\($0 - 1), s\($0 - 1)], " }.joined().replacing("s0", with: "[1]")
        let end = Self.repeated(")", 40)
        let value = try Expression.compile(cel: lists + "s40" + end, .rule).value(in: ExpressionBindings())
        #expect(value.json == nil)
        for comparison in [
            "s40 == s40", "s40 in [s40]", "[1].exists(x, s40 == s40) || true", "'%s'.format([s40])",
            "optional.of(s40) == optional.of(s40)", "'%s'.format([{'a': s40}]) == '' || true",
        ] {
            let found = problem {
                _ = try Expression.compile(cel: lists + comparison + end, .rule).value(in: ExpressionBindings())
            }
            #expect(found?.code == .costLimit, "\(comparison)")
        }
        let scope = ExpressionBindings(["doc": value])
        for source in [
            "doc == ''", "doc + ''", "-doc", "({})[doc]", "doc in {}", "String(doc)", "doc < 1", "doc.join()",
            "doc * 2",
        ] {
            let found = problem { _ = try Expression.compile(javascript: source).value(in: scope) }
            #expect(found == nil || found?.code == .costLimit, "\(source)")
        }
    }

    @Test func `the deepest tree that compiles is evaluated`() throws {
        var deepest = 0
        for count in 1...400 {
            let source =
                Self.repeated("-(", count / 8) + "1" + Self.repeated("+1", count) + Self.repeated(")", count / 8)
            guard let expression = try? Expression.compile(cel: source, .rule) else { continue }
            deepest = count
            _ = try expression.value(in: ExpressionBindings())
            _ = expression.text
        }
        #expect(deepest > 100)
    }

    @Test func `values nested deeper than the source cannot be are compared up to a limit`() throws {
        var value = ExpressionValue.int(1)
        for _ in 0..<1000 { value = ExpressionValue([value]) }
        let scope = ExpressionBindings(["doc": value, "old": value])
        let found = problem { _ = try Expression.compile(cel: "doc == old", .rule).value(in: scope) }
        #expect(found?.code == .tooLarge)
        #expect(value.json == nil)
        #expect(try Expression.compile(javascript: "doc == 1").value(in: scope).bool != nil)
    }

    @Test func `random bytes never trap`() {
        var random = Seeded(seed: 42)
        let alphabet = Array("()[]{}.,?:!=<>&|+-*/%'\"`\\ndocx019eEu_$ ;#\0\u{e9}😀")
        for _ in 0..<3000 {
            let source = String(
                (0..<Int(random.next() % 40)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
            for compile in dialects {
                if let expression = try? compile(source) {
                    _ = outcome { try expression.value(in: world) }
                    _ = expression.text
                }
            }
        }
    }

    @Test func `pieces of expressions thrown together never trap`() {
        var random = Seeded(seed: 7)
        let pieces = [
            "doc", ".", "status", "items", "(", ")", "[", "]", "{", "}", ",", "?", ":", "&&", "||", "!", "==", "<",
            "in",
            "+", "-", "*", "/", "%", "1", "0", "9223372036854775807", "1.5", "2u", "'a'", "b'x'", "null", "true",
            "size(",
            ".map(x,", ".all(y,", "has(", "cel.bind(z,", "matches('a+'", "timestamp('2009-02-13T23:31:30Z')",
            "duration('1h')",
            ".?", "[?", "optional.of(", "optional.none()", ".or(", ".orValue(", ".optMap(z,", ".optFlatMap(z,",
            ".value()",
            "not", "and", "is", "if", "else", "=>", "===", "??", ";", "typeof",
        ]
        for _ in 0..<6000 {
            let source = (0..<Int(random.next() % 14)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                .joined(separator: " ")
            for compile in dialects {
                if let expression = try? compile(source) {
                    _ = outcome { try expression.value(in: world) }
                    _ = expression.text
                }
            }
        }
    }
}

/// An object of given values.
final class Fields: ExpressionObject {
    private let fields: [String: ExpressionValue]
    init(_ fields: [String: ExpressionValue]) { self.fields = fields }
    func value(of field: String) -> ExpressionValue? { fields[field] }
}

/// A generator whose numbers follow from its seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
