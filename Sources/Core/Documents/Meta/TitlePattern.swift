internal import Values

/// A title that is made of other fields, such as `{customer_name}, {city}`: written as the default of the title's field, it
/// fills a new document's empty title; written as its options, it is the title of every save.
struct TitlePattern: Sendable {
    /// Where the title is.
    let slot: Int
    private let text: String
    private let isAlways: Bool
    private let longest: Int

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

    /// Puts the title together where it is to be. Fields without a value leave nothing.
    func fill(_ document: Document) {
        let given = document.values[slot]
        guard isAlways || document.isNew && (given.isEmpty || given == .text(text)) else { return }
        let title = Braces.pieces(of: text).map { piece in
            switch piece {
            case .text(let text): text
            case .inner(let name): document[name].description
            }
        }.joined().trimmedName
        document.values[slot] = title.isEmpty ? .null : .text(Text.beginning(title, longest))
    }
}
