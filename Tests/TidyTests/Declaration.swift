/// A declaration, as far as the line that it begins on shows it.
struct Declaration {
    /// `func`, `struct`, `init`, `extension` and so on.
    var keyword: String
    /// The name; for an initialiser its first argument label.
    var name: String
    /// What follows the keyword on the line.
    var rest: String
    /// Whether other modules see it: `public`, `package` or `open`.
    var isShared: Bool

    private static let access: Set = ["public", "package", "open"]
    private static let modifiers: Set = [
        "static", "final", "private", "fileprivate", "internal", "mutating", "nonmutating", "nonisolated", "override",
        "required", "convenience", "lazy", "weak", "unowned", "indirect", "consuming", "borrowing", "prefix", "postfix",
        "infix", "dynamic", "distributed", "unsafe", "safe",
    ]
    private static let keywords: Set = [
        "func", "var", "let", "struct", "class", "enum", "actor", "protocol", "typealias", "init", "subscript",
        "macro", "associatedtype", "extension",
    ]

    /// Reads the declaration that begins on a line of code, if one does.
    init?(_ code: String) {
        var words = Words(code)
        var isShared = false
        while let word = words.next() {
            if Self.access.contains(word) {
                isShared = true
            } else if word == "class", Self.keywords.contains(words.peek()) || Self.modifiers.contains(words.peek()) {
                continue  // `class func`: here the word is a modifier.
            } else if Self.keywords.contains(word) {
                self.isShared = isShared
                keyword = word
                rest = String(words.rest)
                name = Self.name(keyword: word, rest: rest)
                return
            } else if !Self.modifiers.contains(word) {
                return nil
            }
        }
        return nil
    }

    private static func name(keyword: String, rest: String) -> String {
        if keyword == "init" { return String(rest.drop { $0 != "(" }.dropFirst().prefix(while: \.isIdentifier)) }
        let rest = rest.drop(while: \.isWhitespace)
        if let first = rest.first, first.isIdentifier || first == "`" {
            return String(rest.drop { $0 == "`" }.prefix(while: \.isIdentifier))
        }
        return String(rest.prefix { !$0.isWhitespace && $0 != "(" })
    }
}

/// The words at the beginning of a line of code, without attributes and without what stands in parentheses after a word.
private struct Words {
    private(set) var rest: Substring

    init(_ code: String) { rest = code[...] }

    mutating func next() -> String? {
        skipSpaceAndAttributes()
        let word = rest.prefix(while: \.isIdentifier)
        guard !word.isEmpty else { return nil }
        rest = rest[word.endIndex...]
        if word != "init", word != "subscript" { skipParentheses() }
        return String(word)
    }

    func peek() -> String {
        var copy = self
        return copy.next() ?? ""
    }

    private mutating func skipSpaceAndAttributes() {
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard rest.first == "@" else { return }
            rest = rest.dropFirst().drop { $0.isIdentifier || $0 == "." }
            skipParentheses()
        }
    }

    private mutating func skipParentheses() {
        guard rest.first == "(" else { return }
        var depth = 0
        while let character = rest.popFirst() {
            depth += character == "(" ? 1 : character == ")" ? -1 : 0
            if depth == 0 { return }
        }
    }
}

extension Character {
    /// Whether the character can be part of a Swift identifier.
    var isIdentifier: Bool { isLetter || isNumber || self == "_" }
}
