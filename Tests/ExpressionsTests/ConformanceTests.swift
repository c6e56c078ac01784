import Expressions
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: ConformanceTables.all)
    func `an expression gives what the specification says`(example: Case) {
        #expect(cel(example.source) == example.expected)
    }

    @Test func `the tables hold more than three hundred cases`() {
        #expect(ConformanceTables.all.count > 300)
    }

    @Test(arguments: ConformanceTables.all)
    func `what an expression prints as means the same and prints the same`(example: Case) throws {
        guard let expression = try? Expression.compile(cel: example.source, worldNames) else { return }
        let printed = expression.text
        let again = try Expression.compile(cel: printed, worldNames)
        #expect(again.text == printed)
        #expect(cel(printed) == cel(example.source))
    }

    @Test(arguments: [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ])
    func `a reserved word can be the name of a field and of a method, which does not exist`(word: String) {
        #expect(cel("{'\(word)': 1}.\(word)") == "1")
        #expect(cel("a.\(word)() || true") == "true")
        #expect(cel("a.\(word)(1)") == "!no_such_function")
        #expect(cel("\(word)") == "!expression_syntax")
        #expect(cel("\(word)(1)") == "!expression_syntax")
    }

    @Test func `lines may end within an expression and comments go to the end of a line`() {
        #expect(cel("1 + // one\n 2") == "3")
        #expect(cel("'''a\nb'''") == "'a\nb'")
        #expect(cel("'a\nb'") == "!expression_syntax")
    }
}
