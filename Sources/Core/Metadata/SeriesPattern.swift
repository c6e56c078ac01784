package import Values

/// A series, such as `SINV-.YYYY.-.#####`, or a format, such as `{customer}-{YYYY}-{####}`: text, words that stand for a
/// part of the date, a field or what a module knows, and the number.
package struct SeriesPattern {
    /// A part of a series or a format.
    package enum Part {
        case text(String)
        case word(String, isBraced: Bool)
        case number(digits: Int)
    }
    /// Its parts, in order.
    package private(set) var parts: [Part] = []

    /// Whether there is a number in it. A series always has one.
    package var counts: Bool { parts.contains { if case .number = $0 { true } else { false } } }

    /// Whether it holds a word that may stand for something else.
    package func holds(_ word: String) -> Bool {
        parts.contains { if case .word(word, _) = $0 { true } else { false } }
    }

    /// A series: parts between dots, each a word, a row of `#` or plain text with words in braces. Without `#` the number
    /// stands at its end with this many digits; a second row of `#` stands for nothing, as in Frappe.
    package init(_ text: String, digits: Int = 5) {
        for part in text.split(separator: ".") {
            if part.allSatisfy({ $0 == "#" }) {
                if !counts { parts.append(.number(digits: part.count)) }
            } else {
                parts += Braces.pieces(of: String(part)).map { piece in
                    switch piece {
                    case .text(let text) where text == part: .word(text, isBraced: false)
                    case .text(let text): .text(text)
                    case .inner(let word): .word(word, isBraced: true)
                    }
                }
            }
        }
        if !counts { parts.append(.number(digits: digits)) }
    }

    /// A format: fields, parts of the date and one number, each in braces; all else is plain text.
    ///
    /// - Throws: ``Problem/Kind/badMetadata`` when a brace is not closed or there are two numbers.
    package init(format text: String) throws {
        try Self.checkText(text, "autoname")
        try Braces.check(text, "autoname")
        for piece in Braces.pieces(of: text) {
            switch piece {
            case .text(let text): parts.append(.text(text))
            case .inner(let word) where word.allSatisfy { $0 == "#" }:
                guard !counts else {
                    throw Problem(.badMetadata, "autoname: there is more than one counter", field: "autoname")
                }
                parts.append(.number(digits: word.count))
            case .inner(let word): parts.append(.word(word, isBraced: true))
            }
        }
    }

    /// A number alone.
    package static let numberAlone = SeriesPattern(".#")

    /// A number with zeros before it up to so many digits.
    package static func padded(_ number: some BinaryInteger, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    // MARK: Checks

    /// Refuses a series that would not be understood as it is meant: a `#` that is no part of its own, a brace that is not
    /// closed or names no field.
    ///
    /// `place` says what it is of, `field` which property is wrong; `fix` replaces the advice about `#`.
    package static func check(
        _ text: String, _ place: String, field: String, of definition: DocTypeDefinition,
        in catalog: any DocTypeCatalog,
        fix: ProblemText? = nil
    ) throws {
        try checkText(text, place, field: field)
        try Braces.check(text, place, field: field)
        let parts = text.split(separator: ".")
        guard parts.allSatisfy({ !$0.contains("#") || $0.allSatisfy { $0 == "#" } }) else {
            throw Problem(
                .badMetadata, "\(place): the # of \(FieldDefinition.short(text)) stand in no part of their own",
                field: field, fix: fix ?? "Write \(dotted(parts)).")
        }
        for part in parts {
            if definition.field(String(part))?.type == .password { throw secret(String(part), place, field) }
            try checkWords(String(part), place, field: field, of: definition, in: catalog)
        }
    }

    /// Refuses words in braces that nothing stands for, and passwords.
    static func checkWords(
        _ text: String, _ place: String, field: String, of definition: DocTypeDefinition, in catalog: any DocTypeCatalog
    ) throws {
        for case .inner(let word) in Braces.pieces(of: text) where !word.allSatisfy({ $0 == "#" }) {
            if definition.field(word)?.type == .password { throw secret(word, place, field) }
            let isKnown =
                DatePart(rawValue: word) != nil || definition.field(word) != nil
                || catalog.hasNamingWord(word) || DocType.standard.contains { $0.name == word }
            guard isKnown else {
                throw Problem(
                    .badMetadata,
                    "\(place): there is no field \(FieldDefinition.short(word)) for \(FieldDefinition.short(text))",
                    field: field, fix: "Write the name of a field between the braces.")
            }
        }
    }

    private static func secret(_ word: String, _ place: String, _ field: String) -> Problem {
        Problem(.badMetadata, "\(place): \(word) is a password, and a name is not", field: field)
    }

    /// The series with each row of `#` between dots.
    private static func dotted(_ parts: [Substring]) -> String {
        parts.flatMap { part in
            part.reduce(into: [String]()) { runs, character in
                if let last = runs.last, (last.last == "#") == (character == "#") {
                    runs[runs.count - 1].append(character)
                } else {
                    runs.append(String(character))
                }
            }
        }.joined(separator: ".")
    }

    private static func checkText(_ text: String, _ place: String, field: String? = nil) throws {
        guard text.utf8.count <= Limits.lineCharacters else {
            throw Problem(
                .tooLong, "\(place): a series has at most \(Limits.lineCharacters) bytes", field: field ?? place)
        }
        guard !text.unicodeScalars.contains(where: { $0 == "<" || $0 == ">" || $0.value < 32 }) else {
            throw Problem(.badMetadata, "\(place): a series holds no < and >", field: field ?? place)
        }
    }
}

/// A word of a series that stands for a part of the moment at which the document is named.
package enum DatePart: String {
    case year = "YYYY"
    case shortYear = "YY"
    case month = "MM"
    case day = "DD"
    case dayOfYear = "JJJ"
    case week = "WW"
    case timestamp

    /// How many digits it has; nil where it is more than digits.
    package var digits: Int? {
        switch self {
        case .year: 4
        case .shortYear, .month, .day, .week: 2
        case .dayOfYear: 3
        case .timestamp: nil
        }
    }

    /// What it stands for at a moment.
    package func text(at now: Timestamp) -> String {
        let day = now.day
        let number =
            switch self {
            case .year: day.year
            case .shortYear: day.year % 100
            case .month: day.month
            case .day: day.day
            case .dayOfYear: day.dayOfYear
            case .week: day.isoWeek.week
            case .timestamp: 0
            }
        return digits.map { SeriesPattern.padded(number, $0) } ?? now.description
    }
}

/// Text with names in braces.
package enum Braces {
    /// A piece of such a text.
    package enum Piece {
        case text(String)
        /// What stands between a pair of braces.
        case inner(String)
    }

    /// The pieces of a text; a brace that is not closed is text.
    package static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            pieces.append(.inner(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }

    /// Refuses braces that are not closed or hold nothing.
    static func check(_ text: String, _ place: String, field: String? = nil) throws {
        for piece in pieces(of: text) {
            switch piece {
            case .inner(""): throw Problem(.badMetadata, "\(place): nothing stands in {}", field: field ?? place)
            case .text(let text) where text.contains("{"):
                throw Problem(.badMetadata, "\(place): a brace is not closed", field: field ?? place)
            default: break
            }
        }
    }
}
