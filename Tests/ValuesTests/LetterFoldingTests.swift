import Testing
import Values

@Suite struct LetterFoldingTests {
    @Test(arguments: [
        ("Müller", "muller"), ("MU\u{308}LLER", "muller"), ("Straße", "strasse"), ("STRAẞE", "strasse"),
        ("Ærø", "aero"), ("ŁÓDŹ", "lodz"), ("İstanbul", "istanbul"), ("ÉΤΈ", "eτε"), ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("Ёлка", "елка"), ("Ａ１", "a1"), ("\u{212A}", "k"), ("日本", "日本"), ("100%_\\", "100%_\\"), ("ǣ", "ae"),
        ("ﬁ", "ﬁ"), ("ſ", "s"), ("％", "％"),
    ])
    func `letters of all scripts lose their case and marks`(text: String, folded: String) {
        #expect(LetterFolding.folded(text).unicodeScalars.elementsEqual(folded.unicodeScalars))
    }

    @Test func `folding what is folded changes nothing, and makes no sign of a pattern`() {
        for (letter, parts) in LetterFolding.letters {
            let once = LetterFolding.folded(String(letter))
            #expect(LetterFolding.folded(once) == once, "\(letter)")
            #expect(parts.allSatisfy { $0 != 0x25 && $0 != 0x5F && $0 != 0x5C }, "\(letter)")
        }
        #expect(LetterFolding.letters.count > 2_000)
    }
}
