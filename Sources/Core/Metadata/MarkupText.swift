internal import Values

/// Text that may hold tags of HTML.
package enum MarkupText {
    /// The text without its tags, when it is markup; a space where nothing else is left.
    package static func visible(_ text: Substring, isMarkup: Bool) -> Substring {
        guard isMarkup else { return text }
        var result = ""
        var isTag = false
        for character in text {
            if character == "<" {
                isTag = true
            } else if character == ">" {
                isTag = false
            } else if !isTag {
                result.append(character)
            }
        }
        return result.isEmpty && !text.isEmpty ? " " : Substring(result)
    }
}
