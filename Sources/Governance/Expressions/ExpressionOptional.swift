/// What may have a value or none, as `optional.of(x)`, `optional.none()` and `doc.?field` give it.
///
/// None is not null: `optional.of(null)` has a value.
public final class ExpressionOptional: Sendable {
    /// The value, if there is one.
    public let value: ExpressionValue?

    /// An optional with that value, or none.
    public init(_ value: ExpressionValue?) { self.value = value }
}

extension ExpressionValue {
    /// None. Not called so, which `ExpressionValue?` would take for its own.
    static let absent = ExpressionValue.optional(ExpressionOptional(nil))

    /// An optional with that value, or none.
    static func having(_ value: ExpressionValue?) -> ExpressionValue { .optional(ExpressionOptional(value)) }
}
