internal import Values

extension SeriesPattern {
    /// A name but for its number.
    package struct Resolved {
        /// The name of the counter.
        package var key: String
        /// What stands before the number, and after it.
        package var before: String
        var after: String
        /// How many digits the number has at least.
        var digits: Int
        /// The number before the first, for a counter that nobody has used yet.
        package var start: Int64 = 0

        /// The whole name.
        package func text(_ number: Int64) -> String { before + SeriesPattern.padded(number, digits) + after }
    }

    /// Fills in everything but the number. A name in braces that is no field stands for nothing.
    ///
    /// - Throws: ``Problem/Kind/mandatory`` when a module's word has no value for the document.
    func resolve(_ document: Document, at now: Timestamp, _ words: NamingWords) throws -> Resolved {
        var (before, after) = ("", "")
        var digits: Int?
        for part in parts {
            let text: String
            switch part {
            case .number(let count):
                digits = count
                continue
            case .text(let plain): text = plain
            case .word(let word, let isBraced):
                text =
                    try DatePart(rawValue: word)?.text(at: now)
                    ?? Self.value(of: word, isBraced: isBraced, document, words)
                    ?? words.refuse(word)
            }
            if digits == nil { before += text } else { after += text }
        }
        return Resolved(key: before, before: before, after: after, digits: digits ?? 1)
    }

    /// The most digits of a number that is taken for one of a series, so that there is always a next.
    static let mostDigits = 15

    /// What stood before the number, and the number, where this made the document's name; nil where it did not. Parts of
    /// the date are as the name has them: the day on which it was counted may be any.
    func number(in name: String, of document: Document, _ words: NamingWords) -> (before: String, number: Int64)? {
        guard let place = parts.firstIndex(where: { if case .number = $0 { true } else { false } }),
            case .number(let least) = parts[place]
        else { return nil }
        var rest = Substring(name)
        for part in parts[..<place] {
            guard let length = length(of: part, at: rest, fromEnd: false, document, words) else { return nil }
            rest = rest.dropFirst(length)
        }
        let before = String(name[..<rest.startIndex])
        for part in parts[(place + 1)...].reversed() {
            guard let length = length(of: part, at: rest, fromEnd: true, document, words) else { return nil }
            rest = rest.dropLast(length)
        }
        guard rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }), rest.utf8.count <= Self.mostDigits,
            let number = Int64(rest),
            Self.padded(number, least) == rest
        else { return nil }
        return (before, number)
    }

    /// How many characters of a name a part takes at its beginning or end; nil where the name has something else there.
    private func length(
        of part: Part, at rest: Substring, fromEnd: Bool, _ document: Document, _ words: NamingWords
    ) -> Int? {
        let text: String
        switch part {
        case .number: return nil
        case .text(let plain): text = plain
        case .word(let word, let isBraced):
            if let date = DatePart(rawValue: word) {
                guard let digits = date.digits else { return nil }
                let found = fromEnd ? rest.suffix(digits) : rest.prefix(digits)
                return found.utf8.count == digits && found.utf8.allSatisfy { (0x30...0x39).contains($0) } ? digits : nil
            }
            guard let value = Self.value(of: word, isBraced: isBraced, document, words) else { return nil }
            text = value
        }
        return (fromEnd ? rest.hasSuffix(text) : rest.hasPrefix(text)) ? text.count : nil
    }

    /// What a word stands for that is no part of the date: a field, what a module knows, or itself; nil where a module has
    /// no value for the document. A plain word is a field only where a field is called so.
    private static func value(
        of word: String, isBraced: Bool, _ document: Document, _ words: NamingWords
    ) -> String? {
        if document.doctype.field(word)?.type == .password { return "" }
        if document.has(word), isBraced || word != "name" { return document[word].description }
        if let known = words[word, document] { return known }
        return isBraced ? "" : word
    }
}
