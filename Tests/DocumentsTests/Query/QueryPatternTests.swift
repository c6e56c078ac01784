import Documents
import Lists
import Storage
import TestSupport
import Testing
import Values

/// Regular expressions that are the same on every engine.
@Suite(.bothEngines) struct QueryPatternTests {
    private static let texts = [
        "", "a", "A", "abc", "aXbc", "line\nbreak", "a.c", "100%", "Ünder", "ünder", "tab\there", "aaa", "[x]", "x-y",
        "日本",
        "😀 smile", "back\\slash",
    ]

    private static let patterns: [(pattern: String, matches: String)] = [
        ("a", "a A abc aXbc line\nbreak a.c tab\there aaa back\\slash"), ("^a$", "a A"), ("^a.c$", "abc a.c"),
        ("^a\\.c", "a.c"), ("^[^a-z]+$", "100% 日本"), ("\\d{3}", "100%"), ("^\\w+$", "a A abc aXbc aaa"),
        ("\\s", "line\nbreak tab\there 😀 smile"), ("^a{2,3}$", "aaa"), ("^a{3,}$", "aaa"),
        ("^(a|b|c)+$", "a A abc aaa"),
        ("^$", ""), ("ünder", "ünder"), ("日.", "日本"), ("😀", "😀 smile"), ("^\\[x\\]$", "[x]"), ("[]x]{2}", "[x]"),
        ("[a-]y|x[-]", "x-y"), ("\\\\", "back\\slash"), ("e.b", "line\nbreak"),
        ("^(?:ab?)c?x?", "a A abc aXbc a.c aaa"),
        ("(a*)*x$", ""), ("\\u0061bc", "abc"), ("x|^$", " aXbc [x] x-y"), ("^a??a", "a A aaa abc aXbc a.c"),
    ]

    @Test func `fits the same texts on every engine`() async throws {
        let world = try await QueryWorld()
        try await world.write { session in
            for (index, text) in Self.texts.enumerated() {
                try session.add("Query Client", named: "p\(index + 10)", ["city": .string(text), "title": "-"])
            }
        }
        for (pattern, matches) in Self.patterns {
            let query = ListQuery(
                "Query Client", fields: ["city"], filters: ["city": ["regex", .string(pattern)]], limit: 0)
            let found = try await world.read { Set(try $0.list(query).rows.map { $0[0].description }) }
            // An empty text is no value, and a value that is not there fits nothing.
            let compiled = try TextPattern(pattern)
            let expected = Set(Self.texts.filter { !$0.isEmpty && compiled.matches($0.unicodeScalars) })
            #expect(found == expected, "\(pattern)")
            let words = Set(matches.split(separator: " ").map(String.init)).filter { Self.texts.contains($0) }
            #expect(words.isSubset(of: expected), "\(pattern)")
        }
    }

    @Test(arguments: [
        "(", ")", "a)", "[", "[a", "*", "a**", "a{2", "a{5,2}", "a{101}", "\\", "\\1", "(?=a)", "(?<n>a)", "\\b",
        "[[:alpha:]]",
        "[z-a]", "^*", "[\\D]", "((a{50}){50}){50}",
        "(((((((){100}){100}){100}){100}){100}){100})", "((((a{0}){100}){100}){100}){100}", "\u{0}", "\\u00",
        String(repeating: "(", count: 30),
    ])
    func `refuses what is no such pattern`(pattern: String) async throws {
        #expect(throws: TextPattern.Refusal.self) { try TextPattern(pattern) }
    }

    @Test func `takes time in proportion to the text`() throws {
        let pattern = try TextPattern("^(a+)+$")
        let text = String(repeating: "a", count: 20_000) + "b"
        let start = ContinuousClock.now
        #expect(!pattern.matches(text.unicodeScalars))
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
