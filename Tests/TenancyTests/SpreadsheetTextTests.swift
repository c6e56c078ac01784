import Testing

@testable import Tenancy

@Suite struct SpreadsheetTextTests {
    /// A text, and what stands for it in a file.
    static let texts = [
        ("", ""), ("plain", "plain"), ("a=b", "a=b"), ("'plain", "'plain"), ("'", "'"), ("=1+1", "'=1+1"),
        ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\tx", "'\tx"), ("\rx", "'\rx"), ("\nx", "'\nx"),
        ("'=1", "''=1"), ("''-", "'''-"), ("\u{FF1D}1", "'\u{FF1D}1"), ("\u{FF20}a", "'\u{FF20}a"),
        ("=\u{301}1", "'=\u{301}1"),
    ]

    @Test(arguments: texts)
    func `a text that would be run gets an apostrophe, and comes back`(text: String, written: String) {
        #expect(SpreadsheetText.harmless(text).unicodeScalars.elementsEqual(written.unicodeScalars))
        #expect(SpreadsheetText.original(written).unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    @Test func `every text comes back`() {
        let signs: [Unicode.Scalar] = ["'", "=", "-", "\t", "a", "\u{301}", "\u{FF0B}"]
        var texts = [String.UnicodeScalarView()]
        for _ in 0..<4 {
            texts += texts.flatMap { text in signs.map { sign in String.UnicodeScalarView(Array(text) + [sign]) } }
        }
        for text in Set(texts.map { String($0) }) {
            let written = SpreadsheetText.harmless(text)
            #expect(SpreadsheetText.original(written).unicodeScalars.elementsEqual(text.unicodeScalars))
            #expect(!"=-\t\u{FF0B}".unicodeScalars.contains(written.unicodeScalars.first ?? "a"))
        }
    }
}
