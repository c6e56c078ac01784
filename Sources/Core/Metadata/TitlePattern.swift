internal import Values

/// A title that is made of other fields, such as `{customer_name}, {city}`: written as the default of the title's field, it
/// fills a new document's empty title; written as its options, it is the title of every save.
package struct TitlePattern: Sendable {
    /// Where the title is.
    package let slot: Int
    /// The pattern.
    package let text: String
    /// It is the title of every save.
    package let isAlways: Bool
    /// The most characters of the title.
    package let longest: Int

    /// The pattern of the field `title`; nil where it has none.
    init?(_ title: String, _ columns: [FieldDefinition]) {
        guard let slot = columns.firstIndex(where: { $0.name == title }),
            let (_, text) = Self.written(columns[slot])
        else { return nil }
        self.slot = slot
        self.text = text
        isAlways = text == columns[slot].options
        longest = columns[slot].longest
    }

    /// The property that holds a pattern, and the pattern.
    static func written(_ field: FieldDefinition) -> (property: String, text: String)? {
        guard field.type.column == .text, field.type != .select, field.type != .link, field.type != .dynamicLink else {
            return nil
        }
        if let options = field.options, isPattern(options) { return ("options", options) }
        if case .value(.text(let text))? = field.fallback, isPattern(text) { return ("default", text) }
        return nil
    }

    private static func isPattern(_ text: String) -> Bool {
        Braces.pieces(of: text).contains { if case .inner = $0 { true } else { false } }
    }
}
