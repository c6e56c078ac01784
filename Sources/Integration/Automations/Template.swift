internal import Documents
internal import Expressions
internal import Metadata
internal import Values

/// Text with `{{ expression }}` in it, each of which is what it gives for a document. Expressions are CEL, or what Frappe's
/// templates hold of Python; the rest of Jinja is refused.
struct Template: Sendable {
    private enum Piece: Sendable {
        case text(String)
        /// An expression; in JSON whether it stands within a string.
        case value(Expression, isInString: Bool)
    }

    /// What the text is.
    enum Form: Sendable { case json, url }

    private let pieces: [Piece]
    private let form: Form
    private let field: String

    /// The most expressions of one.
    private static let mostValues = 500

    /// Compiles a text of a field; one that `isPlain` is what it says.
    ///
    /// - Throws: ``Problem/Kind/badTemplate`` that names the line.
    init(_ text: String, _ form: Form, field: String, isPlain: Bool = false) throws {
        self.form = form
        self.field = field
        guard !isPlain else {
            pieces = [.text(text)]
            return
        }
        var pieces: [Piece] = []
        var rest = text[...]
        var (isInString, isEscaped) = (false, false)
        func refuse(_ words: ProblemText, at place: String.Index) -> Problem {
            let line = text[..<place].count { $0 == "\n" } + 1
            return Problem(
                .badTemplate, "Line \(line): \(words.text)", field: field,
                fix: "Use {{ doc.field }} and other expressions alone.")
        }
        func statement(in part: Substring) -> String.Index? {
            (part.firstRange(of: "{%") ?? part.firstRange(of: "{#"))?.lowerBound
        }
        while let start = rest.firstRange(of: "{{") {
            let before = rest[..<start.lowerBound]
            if let place = statement(in: before) { throw refuse("statements and comments are not known", at: place) }
            for character in before.unicodeScalars {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = isInString
                } else if character == "\"" {
                    isInString.toggle()
                }
            }
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                throw refuse("{{ has no end", at: start.lowerBound)
            }
            guard pieces.count < Self.mostValues * 2 else {
                throw refuse("there are too many expressions", at: start.lowerBound)
            }
            pieces.append(.text(String(before)))
            let source = String(rest[start.upperBound..<end.lowerBound])
            do {
                pieces.append(.value(try Self.compile(source, field: field), isInString: isInString))
            } catch let problem as Problem {
                throw refuse(problem.text, at: start.lowerBound)
            }
            rest = rest[end.upperBound...]
        }
        if let place = statement(in: rest) { throw refuse("statements and comments are not known", at: place) }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
    }

    /// Compiles an expression over `doc`: CEL, or the Python of Frappe.
    ///
    /// - Throws: ``Problem/Kind/badTemplate``.
    static func compile(_ source: String, field: String) throws -> Expression {
        do {
            return try Expression.compile(cel: source, .form)
        } catch {
            if let python = try? Expression.compile(python: source, .form) { return python }
            throw Problem(.badTemplate, ProblemText(error.description), field: field)
        }
    }

    /// The text with nothing in place of what expressions give: of JSON null, or an empty string.
    var skeleton: String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .value(_, let isInString): form == .json && !isInString ? "null" : ""
            }
        }.joined()
    }

    /// The text for a document.
    ///
    /// - Throws: ``Problem/Kind/badTemplate`` where an expression gives nothing that can be written.
    func text(for document: Document, in session: Session) throws -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .value(let expression, let isInString):
                let value: JSON
                do {
                    value = try session.value(of: expression, for: document).json ?? .null
                } catch {
                    throw Problem(.badTemplate, ProblemText(error.description), field: field)
                }
                let plain = value.string ?? (value.isNull ? "" : value.text)
                switch form {
                case .url: text += Self.encoded(plain)
                case .json: text += isInString ? String(JSON.string(plain).text.dropFirst().dropLast()) : value.text
                }
            }
        }
        return text
    }

    /// Text as it stands in an address or a form.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%" + [byte].hexText.uppercased()
            }
        }
        return encoded
    }
}

extension Problem.Kind {
    /// A template that means nothing.
    static let badTemplate = Self("bad_template")
    /// A condition that cannot be answered.
    static let conditionFailed = Self("condition_failed")
    /// A receiver that does not take what is sent; it may do so later.
    static let notDelivered = Self("not_delivered", status: 502)
    /// A receiver that says that it wants nothing any more, or one that is not sent to.
    static let deliveryRefused = Self("delivery_refused", status: 409)
}
