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

    /// The name of a column as a label: `posting_date` → `Posting Date`.
    public static func title(_ snake: String) -> String {
        snake.split(separator: "_")
            .map { word in (word.first.map { $0.uppercased() } ?? "") + word.dropFirst() }
            .joined(separator: " ")
    }
}
