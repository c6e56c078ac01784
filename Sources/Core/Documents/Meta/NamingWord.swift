internal import Values

/// A word of a series that a module gives a value, such as `FY` for the fiscal year. A field of that name goes before it.
public struct NamingWord: Sendable {
    /// The word as it stands in a series.
    public let word: String
    /// What a document needs to have a value, for who meets one without: a sentence.
    public let need: String
    /// Its value for each of these documents of one DocType; nil where there is none.
    public let values: @Sendable ([Document], Session) throws -> [String?]

    /// A word of series.
    public init(
        _ word: String, need: String, values: @escaping @Sendable ([Document], Session) throws -> [String?]
    ) {
        self.word = word
        self.need = need
        self.values = values
    }
}

/// What the words of modules stand for in the names of some documents, looked up for all of them at once.
package struct NamingWords {
    private var values: [String: [ObjectIdentifier: String]] = [:]
    private var needs: [String: String] = [:]

    /// Looks up the words that the patterns hold; nothing is read where they hold none.
    package init(_ documents: [Document], _ patterns: [SeriesPattern], in session: Session) throws {
        guard let type = documents.first?.doctype, !session.registry.namingWords.isEmpty else { return }
        for word in session.registry.namingWords
        where patterns.contains(where: { $0.holds(word.word) }) && type.slot(of: word.word) == nil {
            needs[word.word] = word.need
            var found: [ObjectIdentifier: String] = [:]
            for (document, value) in zip(documents, try word.values(documents, session)) {
                found[ObjectIdentifier(document)] = value
            }
            values[word.word] = found
        }
    }

    /// What a word stands for in the name of a document: nil where no module knows the word, a nil inside where it has no
    /// value for the document.
    subscript(word: String, document: Document) -> String?? {
        values[word].map { $0[ObjectIdentifier(document)] }
    }

    /// Says what a document lacks that a word without a value needs.
    func refuse(_ word: String) throws -> String {
        throw Problem(
            .mandatory, "The series has \(word), which has no value here", field: "name",
            fix: needs[word].map { ProblemText($0) })
    }
}
