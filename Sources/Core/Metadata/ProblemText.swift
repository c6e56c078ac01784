internal import Values

/// A sentence for people, kept as data: the words as a template such as `{0} has no field {1}`, and what stands in their
/// places. A catalogue of another language is looked up by the template and filled with the same arguments; nobody takes a
/// finished sentence apart.
///
/// It is written as text with interpolations; a text within another becomes part of its template. A brace of the words
/// themselves stands twice in the template.
public struct ProblemText: Sendable, Equatable {
    /// The words, with `{0}`, `{1}`, … where the arguments stand.
    public private(set) var template = ""
    /// What stands in the places of the template, in their order.
    public private(set) var arguments: [String] = []

    /// Words that were made elsewhere, such as those of an engine: an argument, which nobody translates.
    public init(_ words: String) {
        template = "{0}"
        arguments = [words]
    }

    fileprivate init() {}

    /// The sentence.
    public var text: String { filling(template) }

    /// A template of the same places, such as one in another language, filled with the arguments. A place that there is no
    /// argument for stays as it is written.
    public func filling(_ template: String) -> String {
        var text = ""
        var rest = Substring(template)
        while let place = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            text += rest[..<place]
            let brace = rest[place]
            rest = rest[rest.index(after: place)...]
            if rest.first == brace {
                rest.removeFirst()
                text.append(brace)
            } else if brace == "{", let end = rest.firstIndex(of: "}"), let number = Int(rest[..<end]),
                arguments.indices.contains(number)
            {
                text += arguments[number]
                rest = rest[rest.index(after: end)...]
            } else {
                text.append(brace)
            }
        }
        return text + rest
    }

    /// Adds a text behind it.
    public static func += (text: inout ProblemText, other: ProblemText) { text.append(other) }

    fileprivate mutating func append(words: String) {
        guard words.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
            template += words
            return
        }
        for sign in words {
            if sign == "{" || sign == "}" { template.append(sign) }
            template.append(sign)
        }
    }

    fileprivate mutating func append(argument: String) {
        template += "{\(arguments.count)}"
        arguments.append(argument)
    }

    /// The places of the other text are counted on behind those of this one.
    fileprivate mutating func append(_ other: ProblemText) {
        template += Self.counted(other.template, other.arguments.count, from: arguments.count)
        arguments += other.arguments
    }

    /// A template of so many places, counted on from a number.
    private static func counted(_ template: String, _ places: Int, from first: Int) -> String {
        var counted = ProblemText()
        counted.arguments = (0..<places).map { "{\($0 + first)}" }
        // What stands twice in the template has to stand twice again.
        return counted.filling(template.replacing("{{", with: "{{{{").replacing("}}", with: "}}}}"))
    }

    /// Takes a text away that stands at its beginning; without it nothing happens.
    public mutating func remove(first beginning: ProblemText) {
        guard template.hasPrefix(beginning.template), arguments.starts(with: beginning.arguments) else { return }
        let count = beginning.arguments.count
        template = Self.counted(
            String(template.dropFirst(beginning.template.count)), arguments.count, from: -count)
        arguments.removeFirst(count)
    }
}

extension ProblemText: CustomStringConvertible {
    /// The sentence.
    public var description: String { text }
}

extension ProblemText: ExpressibleByStringInterpolation {
    /// The pieces of a text as it is written.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ProblemText()

        /// No pieces yet.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds words.
        public mutating func appendLiteral(_ literal: String) { text.append(words: literal) }

        /// Adds what stands in a place of them.
        public mutating func appendInterpolation<T>(_ value: T) { text.append(argument: "\(value)") }

        /// Adds another text with its own places.
        public mutating func appendInterpolation(_ other: ProblemText) { text.append(other) }
    }

    /// The words without a place in them.
    public init(stringLiteral words: String) { append(words: words) }

    /// The text of the pieces.
    public init(stringInterpolation pieces: StringInterpolation) { self = pieces.text }
}
