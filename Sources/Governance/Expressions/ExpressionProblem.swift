/// What is wrong with an expression, or what went wrong while it was evaluated.
///
/// The code is stable and machine-readable; the message is plain English for the person who wrote the expression. The
/// position is where the trouble begins in the source, counted from 1; columns count Unicode scalars.
public struct ExpressionProblem: Error, Sendable, Equatable {
    /// Which kind of trouble.
    public let code: Code
    /// What happened, in plain words.
    public let message: String
    /// The line, from 1; 0 when the place is not known.
    public let line: Int
    /// The column, from 1; 0 when the place is not known.
    public let column: Int
    /// What would have been right here, when that can be said.
    public let expected: String?

    /// A problem at a place of the source.
    public init(_ code: Code, _ message: String, line: Int = 0, column: Int = 0, expected: String? = nil) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.expected = expected
    }

    /// The kinds of trouble. The raw values are part of the contract; those of evaluation are named as CEL names them.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The text is not an expression.
        case syntax = "expression_syntax"
        /// A name that is not declared.
        case undeclared = "undeclared_reference"
        /// A function that does not exist, or not with this number of arguments.
        case noSuchFunction = "no_such_function"
        /// Part of the language that is not offered here.
        case unsupported = "unsupported_expression"
        /// The source, its nesting, its size or a pattern passes a limit.
        case tooLarge = "expression_too_large"
        /// The evaluation takes more steps than it may.
        case costLimit = "expression_cost_limit"
        /// The object has no such field, or the shape that is declared for it.
        case noSuchField = "no_such_field"
        /// The map has no such key.
        case noSuchKey = "no_such_key"
        /// The operator or function does not take operands of these types.
        case noSuchOverload = "no_such_overload"
        /// The check of types: what never works with values of these types.
        case typeMismatch = "type_mismatch"
        /// The scope has no value for a declared variable, or no body for a declared function.
        case noSuchValue = "no_such_value"
        /// A division by zero.
        case divideByZero = "divide_by_zero"
        /// A remainder of a division by zero.
        case modulusByZero = "modulus_by_zero"
        /// A number that does not fit its type.
        case overflow = "overflow"
        /// A conversion, moment or span outside what the type holds.
        case range = "range_error"
        /// An index outside the list or text.
        case invalidIndex = "index_out_of_bounds"
        /// An argument that the function cannot use: text that is no number, a bad pattern.
        case invalidArgument = "invalid_argument"
        /// The value of an optional that has none.
        case optionalNone = "optional_none"
        /// A map literal that gives the same key twice.
        case duplicateKey = "duplicate_key"
    }
}

extension ExpressionProblem: CustomStringConvertible {
    /// `1:5: division by zero`
    public var description: String {
        let place = line > 0 ? "\(line):\(column): " : ""
        return place + message + (expected.map { "; expected \($0)" } ?? "")
    }
}

extension ExpressionProblem {
    /// A problem at a byte of the source.
    init(_ code: Code, _ message: String, in source: String, at offset: Int, expected: String? = nil) {
        var line = 1
        var column = 1
        for byte in source.utf8.prefix(max(offset, 0)) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(code, message, line: line, column: column, expected: expected)
    }
}
