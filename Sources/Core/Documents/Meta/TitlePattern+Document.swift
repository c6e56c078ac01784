internal import Values

extension TitlePattern {
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
