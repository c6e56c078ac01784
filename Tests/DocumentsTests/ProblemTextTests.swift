import Documents
import Testing

/// Sentences that are kept as a template and what stands in it.
@Suite struct ProblemTextTests {
    struct Sentence: Sendable {
        let text: ProblemText
        let template: String
        let arguments: [String]
        let words: String
    }

    private static let foreign = "disk {full}"
    private static let inner: ProblemText = "it has \(3) rows, not {2}"
    static let sentences = [
        Sentence(text: "Nothing is said", template: "Nothing is said", arguments: [], words: "Nothing is said"),
        Sentence(
            text: "\("Item") has no field \("colour")", template: "{0} has no field {1}",
            arguments: ["Item", "colour"], words: "Item has no field colour"),
        Sentence(
            text: "Write {\("code")} or {}", template: "Write {{{0}}} or {{}}", arguments: ["code"],
            words: "Write {code} or {}"),
        Sentence(
            text: "\("Order"): \(inner), and \(4)", template: "{0}: it has {1} rows, not {{2}}, and {2}",
            arguments: ["Order", "3", "4"], words: "Order: it has 3 rows, not {2}, and 4"),
        Sentence(
            text: "It says \("{0} and }}")", template: "It says {0}", arguments: ["{0} and }}"],
            words: "It says {0} and }}"),
        Sentence(
            text: ProblemText(foreign), template: "{0}", arguments: ["disk {full}"], words: "disk {full}"),
    ]

    @Test(arguments: sentences) func `a sentence is its template filled with its arguments`(sentence: Sentence) {
        #expect(sentence.text.template == sentence.template)
        #expect(sentence.text.arguments == sentence.arguments)
        #expect(sentence.text.text == sentence.words)
        let problem = Problem(.malformed, sentence.text, fix: sentence.text)
        #expect(problem.message == sentence.words && problem.fix == sentence.words)
    }

    @Test func `a template of another language is filled with the same arguments, in its own order`() {
        let text: ProblemText = "\("Item") has no field \("colour")"
        #expect(text.filling("Das Feld {1} gibt es in {0} nicht") == "Das Feld colour gibt es in Item nicht")
        #expect(text.filling("{{{0}}} {2} { {x} {99999999999999999999}") == "{Item} {2} { {x} {99999999999999999999}")
    }

    @Test func `a sentence grows without losing its places`() {
        var problem = Problem(.forbidden, "\("ana") may not")
        problem.text += ": \("Sales User") is needed"
        #expect(problem.text.template == "{0} may not: {1} is needed")
        #expect(problem.message == "ana may not: Sales User is needed")
        var text: ProblemText = "Row \(3): \("qty") is {above} \(7)"
        text.remove(first: "Row \(4): ")
        #expect(text.arguments.count == 3)
        text.remove(first: "Row \(3): ")
        #expect(text.template == "{0} is {{above}} {1}" && text.text == "qty is {above} 7")
    }
}
