internal import Values

/// Which sign stands before the decimals of numbers; thousands have the other one, a space, `'` or nothing between them.
public enum NumberStyle: String, Sendable, CaseIterable {
    case point = "."
    case comma = ","

    /// The number as it is sent, `-1234.56`; nil when the text is no number of this style.
    ///
    /// Takes `1,234.56`, `1 234.56`, `1'234.56` and `12,34,567.89`; signs before or behind the number, and a number in
    /// brackets as a negative one.
    func canonical(_ text: String) -> String? {
        var part = Cell.trimmed(text)
        var isNegative = false
        if part.first == "(", part.last == ")" {
            isNegative = true
            part = part.dropFirst().dropLast()
        } else if let sign = part.first, "+-\u{2212}".contains(sign) {
            isNegative = sign != "+"
            part = part.dropFirst()
        } else if let sign = part.last, "-\u{2212}".contains(sign) {
            isNegative = true
            part = part.dropLast()
        }
        let halves = Cell.trimmed(part).split(
            separator: Character(rawValue), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = halves.first, let digits = digits(ofWhole: whole) else { return nil }
        var number = digits
        if halves.count == 2 {
            guard !halves[1].isEmpty, halves[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            number += ".\(halves[1])"
        }
        return (isNegative ? "-" : "") + number
    }

    /// The digits of the part before the decimals without what groups them.
    private func digits(ofWhole text: Substring) -> String? {
        if text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) { return text.isEmpty ? nil : String(text) }
        let signs: Set<Character> = [self == .point ? "," : ".", "'", "\u{2019}"]
        guard let sign = text.first(where: { !("0"..."9").contains($0) }), signs.contains(sign) || Cell.isSpace(sign)
        else { return nil }
        let groups = text.split(separator: sign, omittingEmptySubsequences: false)
        let isDigits = groups.allSatisfy { group in !group.isEmpty && group.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
        guard isDigits, let first = groups.first, first.count <= 3, first.first != "0", groups.last?.count == 3 else {
            return nil
        }
        let middle = groups.dropFirst().dropLast()
        guard middle.allSatisfy({ $0.count == 3 }) || middle.allSatisfy({ $0.count == 2 }) && first.count <= 2 else {
            return nil
        }
        return groups.joined()
    }
}

/// What is common to cells of a file.
enum Cell {
    /// Whether a character is a space of any width, or nothing that is seen.
    static func isSpace(_ character: Character) -> Bool {
        character.isWhitespace || character == "\u{FEFF}" || character == "\u{200B}"
    }

    /// The text without spaces around it.
    static func trimmed(_ text: some StringProtocol) -> Substring {
        var part = Substring(text)
        while let first = part.first, isSpace(first) { part.removeFirst() }
        while let last = part.last, isSpace(last) { part.removeLast() }
        return part
    }

    /// Whether a text has spaces around it: cheap for most.
    static func hasSpacesAround(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        guard first <= 0x20 || first >= 0x80 || last <= 0x20 || last >= 0x80 else { return false }
        return text.first.map(isSpace) == true || text.last.map(isSpace) == true
    }

    private static let words: [String: String] = {
        var words: [String: String] = [:]
        for word in [
            "1", "yes", "y", "true", "t", "on", "x", "ja", "j", "wahr", "oui", "o", "vrai", "si", "s", "verdadero",
            "sim",
            "verdadeiro", "vero", "tak", "prawda", "да", "истина", "evet", "ano", "igen", "kylla", "是", "はい",
            "✓", "✔", "☑",
        ] { words[word] = "1" }
        for word in [
            "0", "no", "n", "false", "f", "off", "-", "nein", "falsch", "non", "faux", "falso", "nao", "nie", "falsz",
            "нет",
            "ложь", "hayir", "ne", "nem", "ei", "否", "いいえ", "✗", "☐",
        ] { words[word] = "0" }
        return words
    }()

    /// The words for yes and no of many languages as `1` and `0`; nil for another text.
    static func flag(_ text: String) -> String? { words[LetterFolding.folded(String(trimmed(text)))] }
}
