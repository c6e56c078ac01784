/// How names are written in code, in the database and on screen.
public enum Text {
    /// The name of a Swift property as a column: `postingDate` → `posting_date`, `itemURL` → `item_url`.
    ///
    /// An underscore goes before a capital that follows a small letter or a digit, and before the last capital of a row
    /// of them that a small letter follows.
    public static func snakeCase(_ camel: String) -> String {
        let letters = Array(camel)
        var result = ""
        for (index, letter) in letters.enumerated() {
            if letter.isUppercase, index > 0 {
                let previous = letters[index - 1]
                let nextIsSmall = index + 1 < letters.count && letters[index + 1].isLowercase
                if previous.isLowercase || previous.isNumber || (previous.isUppercase && nextIsSmall) {
                    result.append("_")
                }
            }
            result += letter.lowercased()
        }
        return result
    }

    /// The lines of a text, the empty ones too, whichever signs end them.
    public static func lines(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }

    /// How many characters a text has: numbers of Unicode, as databases count them.
    public static func length(_ text: some StringProtocol) -> Int { text.unicodeScalars.count }

    /// At most so many characters from the beginning of a text, and no half of what is read as one letter.
    public static func beginning(_ text: some StringProtocol, _ most: Int) -> String {
        var result = String(text.prefix(most))
        while result.unicodeScalars.count > most { result.removeLast() }
        return result
    }

    /// The name of a column as a label: `posting_date` → `Posting Date`.
    public static func title(_ snake: String) -> String {
        snake.split(separator: "_")
            .map { word in (word.first.map { $0.uppercased() } ?? "") + word.dropFirst() }
            .joined(separator: " ")
    }
}
