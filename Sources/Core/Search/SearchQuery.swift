internal import Documents
internal import Metadata
internal import Storage
internal import Values

/// What somebody searches for: words that all are found, `"phrases"`, `beginnings*` and `-words` that are not.
///
/// Everything else in it is taken for what stands between words; there is no text that is refused for what it says.
struct SearchQuery {
    let query: TextQuery

    /// - Throws: ``Problem/Kind/tooLong``, ``Problem/Kind/tooMany``.
    init(_ text: String) throws {
        guard text.utf8.count <= Limits.searchBytes else {
            throw Problem(.tooLong, "A search has at most \(Limits.searchBytes) bytes", field: "text")
        }
        var query = TextQuery([])
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            if first.properties.isWhitespace {
                rest.removeFirst()
                continue
            }
            var isExcluded = false
            if first == "-" {
                isExcluded = true
                rest.removeFirst()
            }
            let isPhrase = rest.first == "\""
            if isPhrase { rest.removeFirst() }
            let part = rest.prefix { isPhrase ? $0 != "\"" : !$0.properties.isWhitespace && $0 != "\"" }
            rest = rest[part.endIndex...]
            if isPhrase, rest.first == "\"" { rest.removeFirst() }
            var isPrefix = !isPhrase && part.last == "*"
            if isPhrase, rest.first == "*" {
                isPrefix = true
                rest.removeFirst()
            }
            let words = SearchText.words(String(part)).map(\.token)
            guard !words.isEmpty else { continue }
            // The beginnings of half of all words would be gone through; one letter is a word.
            if let last = words.last, last.utf8.count < Limits.searchedBeginning { isPrefix = false }
            let term = TextQuery.Term(words, isPrefix: isPrefix)
            if isExcluded {
                query.excluded.append(term)
            } else if !query.required.contains(term) {
                query.required.append(term)
            }
        }
        guard query.required.count + query.excluded.count <= Limits.searchTerms else {
            throw Problem(.tooMany, "A search has at most \(Limits.searchTerms) words and phrases", field: "text")
        }
        self.query = query
    }

    // MARK: How well a document fits

    /// How well a document fits by its words: by the title first, then by how often what is searched for comes.
    func score(title: [Substring], content: [Substring]) -> Int {
        var score = 0
        for term in query.required {
            let inTitle = Self.count(term, in: title)
            score += inTitle.exact > 0 ? 80 : inTitle.prefix > 0 ? 50 : 0
            let inContent = Self.count(term, in: content)
            score += min(inContent.exact, 3) * 8 + min(inContent.prefix, 3) * 4
        }
        // The name and what people call it stand apart in the title.
        let all = query.required.flatMap(\.words)
        let parts = title.split(separator: Substring(SearchText.separator))
        if parts.contains(where: { $0.elementsEqual(all, by: { $0 == $1 }) }) {
            score += 200
        } else if parts.contains(where: { $0.starts(with: all, by: { $0 == $1 }) }) {
            score += 40
        }
        return score * 16 - min(parts.last?.count ?? 0, 15)
    }

    /// How often a term comes, exactly and as a beginning.
    private static func count(_ term: TextQuery.Term, in words: [Substring]) -> (exact: Int, prefix: Int) {
        var exact = 0
        var prefix = 0
        let length = term.words.count
        guard words.count >= length else { return (0, 0) }
        for start in 0...(words.count - length) {
            var isMatch = true
            for index in 0..<(length - 1) where words[start + index] != term.words[index] { isMatch = false }
            guard isMatch else { continue }
            let last = words[start + length - 1]
            if last == term.words[length - 1] {
                exact += 1
            } else if term.isPrefix, last.utf8.starts(with: term.words[length - 1].utf8) {
                prefix += 1
            }
        }
        return (exact, prefix)
    }

    // MARK: Snippets

    /// A piece of the text around the first word that was searched for, as HTML with `<mark>` around what was; nil when the
    /// text has none of it.
    func snippet(_ text: String, isMarkup: Bool) -> String? {
        let words = SearchText.words(text, isMarkup: isMarkup)
        let tokens = words.map { Substring($0.token) }
        var marked: Set<Int> = []
        for term in query.required {
            guard tokens.count >= term.words.count else { continue }
            for start in 0...(tokens.count - term.words.count) {
                let piece = Array(tokens[start..<(start + term.words.count)])
                let found = Self.count(term, in: piece)
                if found.exact + found.prefix > 0 { marked.formUnion(start..<(start + term.words.count)) }
            }
        }
        guard let first = marked.min() else { return nil }
        let from = max(0, first - 8)
        let to = min(words.count, first + 22)
        var result = from > 0 ? "… " : ""
        var place = words[from].range.lowerBound
        for index in from..<to {
            let range = words[index].range
            result += Self.escaped(MarkupText.visible(text[place..<range.lowerBound], isMarkup: isMarkup))
            let word = Self.escaped(text[range])
            result += marked.contains(index) ? "<mark>\(word)</mark>" : word
            place = range.upperBound
        }
        return to < words.count ? result + " …" : result
    }

    static func escaped(_ text: Substring) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
