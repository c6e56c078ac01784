import Expressions
import Testing

@Suite struct PatternTests {
    /// Pattern, text and whether it matches, as RE2 has it.
    static let cases = Case.table(
        #"""
        a|b;b ==> true
        a|b;c ==> false
        ^a$;a ==> true
        ^a$;ba ==> false
        ^a$;a\n ==> false
        (?m)^a$;b\na\nb ==> true
        a.c;abc ==> true
        a.c;a\nc ==> false
        (?s)a.c;a\nc ==> true
        (?i)ABC;xabcx ==> true
        (?i:a)B;aB ==> true
        (?i:a)B;ab ==> false
        (?i)straSSe;STRASSE ==> true
        (?i)ñ;Ñ ==> true
        (?i)[a-c]+$;xxABC ==> true
        [a-z]+\d*;abc ==> true
        ^[a-z]+\d+$;abc12 ==> true
        ^[^a-z]+$;ABC1 ==> true
        ^[^a-z]+$;ABc ==> false
        ^\d{4}-\d{2}-\d{2}$;2026-03-01 ==> true
        ^\d{4}-\d{2}-\d{2}$;2026-3-1 ==> false
        ^a{2}$;aa ==> true
        ^a{2}$;aaa ==> false
        ^a{2,}$;aaaa ==> true
        ^a{2,3}$;aaaa ==> false
        ^a{0}$; ==> true
        ^a{,2}$;a{,2} ==> true
        ^(ab)+$;ababab ==> true
        ^(ab)+?$;ababab ==> true
        ^(?:a|ab)(?:c|bcd)$;abcd ==> true
        ^(?P<year>\d+)$;2026 ==> true
        ^(?<year>\d+)$;2026 ==> true
        \bcat\b;the cat sat ==> true
        \bcat\b;concat ==> false
        \Bcat;concat ==> true
        ^\w+@\w+\.\w+$;ana@example.com ==> true
        ^\S+\s\S+$;a b ==> true
        [[:digit:]]+;a1 ==> true
        ^[[:^digit:]]+$;a1 ==> false
        ^[\d,]+$;1,2 ==> true
        ^[\D]+$;ab ==> true
        ^[]a]+$;]a ==> true
        ^[a-]+$;a-a ==> true
        ^[\-a]+$;a-a ==> true
        ^\p{Lu}\p{Ll}+$;Écran ==> true
        ^\pL+$;añb ==> true
        ^\PL+$;123 ==> true
        ^[^\x00-\x{10FFFF}]$;a ==> false
        ^\x41\x{42}$;AB ==> true
        ^\Qa.b\E$;a.b ==> true
        ^\Qa.b\E$;axb ==> false
        \Aa\z;a ==> true
        x*;abc ==> true
        (a*)*b;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac ==> false
        (a|aa)+$;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab ==> false
        (|a)+b;ab ==> true
        ^(a?){20}a{20}$;aaaaaaaaaaaaaaaaaaaa ==> true
        .;😀 ==> true
        ^.$;😀 ==> true
        a**;a ==> error
        *a;a ==> error
        a{3,2};a ==> error
        a{1001};a ==> error
        [b-a];a ==> error
        [a;a ==> error
        (a;a ==> error
        a);a ==> error
        (?!a);a ==> error
        (?<=a)b;a ==> error
        \1;a ==> error
        \8;a ==> error
        \y;a ==> error
        \p{Nope};a ==> error
        [[:nope:]];a ==> error
        \;a ==> error
        """#)

    @Test(arguments: cases)
    func `a pattern matches as RE2 does`(example: Case) {
        let parts = example.source.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let text = parts[1].replacing("\\n", with: "\n")
        let scope = ExpressionBindings(["doc": .string(text), "old": .string(parts[0])])
        let result = outcome { try Expression.compile(cel: "doc.matches(old)", .rule).value(in: scope) }
        #expect(result == (example.expected == "error" ? "!invalid_argument" : example.expected))
    }

    @Test func `steps grow with text times pattern, and no more`() throws {
        let expression = try Expression.compile(cel: "doc.matches('^(a+)+$')", .rule)
        func cost(_ count: Int) throws -> Int {
            try expression.measured(
                in: ExpressionBindings(["doc": .string(String(repeating: "a", count: count) + "b")])
            ).cost
        }
        let (small, large) = (try cost(1000), try cost(10_000))
        #expect(large < 11 * small)
    }
}
