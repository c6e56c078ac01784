package import Values

/// What is checked of every value of a slot, in a form that costs nothing to look at; what is seldom asked for is asked of the
/// ``FieldDefinition``.
package struct SlotCheck: Sendable {
    /// The switches of the field.
    package let flags: FieldFlags
    /// No column holds it.
    package let isVirtual: Bool
    /// What no value counts as: zero, of a number.
    package let zero: Value?
    /// It holds a share of stars.
    package let isRating: Bool
    /// What text is cleaned of is looked for.
    package let isCleaned: Bool
    /// The most characters of text that is not one of choices and has no format; nil where more is to be checked.
    package let plainLength: Int?

    init(_ field: FieldDefinition, isVirtual: Bool) {
        flags = field.flags
        self.isVirtual = isVirtual
        zero = field.type.isNumeric ? Value(.zero, for: field) : nil
        isRating = field.type == .rating
        isCleaned = field.type.isMarkup && !field.flags.contains(.ignoreXSSFilter)
        let isPlain = field.type != .select && !DataFormats.applies(to: field)
        plainLength = isPlain ? field.longest : nil
    }
}
