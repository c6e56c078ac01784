internal import Documents
internal import Metadata
internal import Values

extension Session {
    /// Values that a filter looks for, in the forms in which they may be kept: names as ``name(_:of:)`` finds them; other lines,
    /// and names of once, may be older than that form.
    func forms(of values: [Value], in column: ListColumn, of type: DocType, isPast: Bool) throws -> [Value] {
        let field = column.field
        guard field.type.isLine else { return values }
        return try values.flatMap { value -> [Value] in
            guard let text = value.text, !text.isNormalized else { return [value] }
            let target = field.type == .link ? field.options : field.name == "name" ? type.name : nil
            guard !isPast, let target, registry.find(target) != nil else { return [value, .text(text.normalized)] }
            return [.text(try name(text, of: target))]
        }
    }
}
