import Documents
import Testing
import Values

/// Arguments of methods, read by what a method takes.
@Suite struct ArgumentTests {
    @Test(
        arguments: [
            (.int(5), 5), (.string("5"), 5), (.decimal(Exact("5.0") ?? .zero), 5), (.bool(true), 1), (.string(""), nil),
            (.null, nil),
        ] as [(JSON, Int?)])
    func `a whole number comes as a number or as text`(sent: JSON, number: Int?) throws {
        #expect(try Arguments(["a": sent]).int("a", in: 0...10) == number)
    }

    @Test(
        arguments: [
            .int(11), .int(-1), .int(.max), .int(.min), .string("9223372036854775807"), .string("9223372036854775808"),
            .string("-9223372036854775808"), .string("many"), .string("1.5"), .string("5 "),
            .decimal(Exact("5.5") ?? .zero),
            .decimal(.outOfRange), [], [:], .bool(true),
        ] as [JSON])
    func `what is none of the numbers that are taken is refused with the range`(sent: JSON) {
        let range = sent == .bool(true) ? 2...10 : 0...10
        #expect {
            try Arguments(["a": sent]).int("a", in: range)
        } throws: { error in
            let problem = error as? Problem
            return problem?.kind == .wrongType && problem?.field == "a" && problem?.message.contains("to 10") == true
        }
    }

    @Test func `the character NUL in JSON that comes as text is refused`() {
        #expect(throws: Problem.self) { try Arguments(["a": "[\"\\u0000\"]"]).json("a") }
    }
}
