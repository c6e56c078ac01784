import Storage
import TestSupport
import Testing
import Values

@Suite(.bothEngines) struct LikePatternTests {
    static let texts = [
        "", "a", "Ä", "a\u{308}", "Müller", "MÜLLER & Co", "Straße 1", "STRASSE 2", "Ærø", "100%", "100 €", "a_b",
        "aXb",
        "C:\\x", "日本語", "Ёлка", "ΑΘΉΝΑ", "αθηνα", "😀", "İzmir", "\u{1F1E9}\u{1F1EA}", "it's",
    ]

    @Test(arguments: [
        ("%", LikePatternTests.texts), ("a", ["a", "Ä", "a\u{308}"]), ("muller%", ["Müller", "MÜLLER & Co"]),
        ("%STRASSE%", ["Straße 1", "STRASSE 2"]), ("aer%", ["Ærø"]), ("100\\%", ["100%"]), ("100%", ["100%", "100 €"]),
        ("a\\_b", ["a_b"]), ("a_b", ["a_b", "aXb"]), ("%\\\\%", ["C:\\x"]), ("%\\x", ["C:\\x"]), ("_本_", ["日本語"]),
        ("елка", ["Ёлка"]), ("αθηνα", ["ΑΘΉΝΑ", "αθηνα"]), ("_", ["a", "Ä", "a\u{308}", "😀"]), ("izmir", ["İzmir"]),
        ("it's", ["it's"]), ("", [""]), ("%%%%%", LikePatternTests.texts), ("__", ["\u{1F1E9}\u{1F1EA}"]), ("\\", []),
    ])
    func `like folds case and marks of all letters, and a backslash takes the meaning of signs away`(
        pattern: String, fitting: [String]
    ) async throws {
        let database = try await TemporaryDatabase.make([
            TableSchema("letters", columns: [.init("number", .integer, required: true), .init("text", .text)])
        ])
        let texts = Self.texts
        let compiled = LikePattern(pattern)
        #expect(LikePattern(compiled.portable).portable == compiled.portable)
        let found = try await database.database.write { transaction in
            try transaction.insert(
                into: "letters", ["number", "text"],
                texts.enumerated().map { [.int(Int64($0)), .text($1)] } + [[.int(-1), .null]])
            return try transaction.query(
                "SELECT number FROM letters WHERE \(transaction.dialect.like("text")) ORDER BY number",
                [.text(compiled.portable)], [.integer]
            ).compactMap { $0[0].int }
        }
        let expected = texts.indices.filter { index in
            fitting.contains { $0.unicodeScalars.elementsEqual(texts[index].unicodeScalars) }
        }
        #expect(found == expected.map(Int64.init))
        #expect(texts.indices.filter { compiled.matches(texts[$0]) } == expected)
    }
}
