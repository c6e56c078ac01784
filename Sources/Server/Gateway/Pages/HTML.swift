internal import Values

/// A piece of a page in which all text is escaped. Only literals of this program and what was escaped get in.
struct HTML: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, Sendable {
    private(set) var source: String

    init(stringLiteral value: String) { source = value }
    init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

    /// Text as it is to be read.
    init(_ text: String) { source = Self.escape(text) }

    /// Pieces one after the other.
    init(_ pieces: [HTML]) { source = pieces.map(\.source).joined() }

    static func + (l: HTML, r: HTML) -> HTML { "\(l)\(r)" }
    static func += (l: inout HTML, r: HTML) { l.source += r.source }

    /// Puts `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&#39;` where needed, so that text is text in elements and in quotes.
    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // Characters that turn the reading direction could make a page say something else than it does.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    struct Interpolation: StringInterpolationProtocol {
        var source = ""

        init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity * 2) }
        mutating func appendLiteral(_ literal: String) { source += literal }
        mutating func appendInterpolation(_ text: String) { source += HTML.escape(text) }
        mutating func appendInterpolation(_ text: Substring) { source += HTML.escape(String(text)) }
        mutating func appendInterpolation(_ number: Int) { source += String(number) }
        mutating func appendInterpolation(_ piece: HTML) { source += piece.source }
    }
}
