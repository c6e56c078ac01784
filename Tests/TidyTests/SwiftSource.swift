/// A Swift file taken apart into lines, each with its code and its comment kept separately.
///
/// Reads only what the tidy rules need: comments and the text of string literals are set apart, everything else is
/// code. Code in an interpolation counts as code.
struct SwiftSource {
    /// One line of the file.
    struct Line {
        /// The line as it stands in the file.
        var text: String
        /// The line without comments and without the text of string literals.
        var code: String
        /// Whether the line has a comment, and of which kind.
        var comment: Comment

        /// Whether there is nothing on the line but a comment.
        var isOnlyComment: Bool { comment != .none && code.allSatisfy(\.isWhitespace) }
    }

    /// The kind of comment that a line has.
    enum Comment {
        case none
        case plain
        case documentation
    }

    /// Where the file is, from the root of the repository.
    let path: String
    let lines: [Line]

    init(path: String, text: String) {
        self.path = path
        var scanner = Scanner(Array(text.utf8))
        lines = scanner.scan()
    }
}

/// Tells code, comments and string literals apart, one byte at a time.
///
/// A quote inside a bare regex literal is taken for the beginning of a string; that ends with the line at the latest.
private struct Scanner {
    /// What the next byte belongs to.
    private enum Context {
        /// Code; `parentheses` is how many are open since an interpolation began.
        case code(parentheses: Int)
        /// A `/* */` comment, which may be nested.
        case block(depth: Int)
        /// A string literal, with the number of `#` in its delimiters.
        case string(hashes: Int, multiline: Bool)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var contexts: [Context] = [.code(parentheses: 0)]
    private var lines: [SwiftSource.Line] = []
    private var lineStart = 0
    private var code: [UInt8] = []
    private var comment = SwiftSource.Comment.none

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func scan() -> [SwiftSource.Line] {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") {
                endLine()
                position += 1
                continue
            }
            switch contexts[contexts.count - 1] {
            case .code(let parentheses): scanCode(parentheses: parentheses)
            case .block(let depth): scanBlock(depth: depth)
            case .string(let hashes, let multiline): scanString(hashes: hashes, multiline: multiline)
            }
        }
        if lineStart < bytes.count { endLine() }
        return lines
    }

    private mutating func scanCode(parentheses: Int) {
        switch bytes[position] {
        case UInt8(ascii: "/") where starts(with: "//"):
            comment = starts(with: "///") ? .documentation : .plain
            skipToEndOfLine()
        case UInt8(ascii: "/") where starts(with: "/*"):
            contexts.append(.block(depth: 1))
            comment = .plain
            position += 2
        case UInt8(ascii: "\""), UInt8(ascii: "#"):
            guard let opening = stringOpening() else { return take() }
            contexts.append(.string(hashes: opening.hashes, multiline: opening.multiline))
            position += opening.length
            code.append(UInt8(ascii: "\""))
        case UInt8(ascii: "(") where contexts.count > 1:
            contexts[contexts.count - 1] = .code(parentheses: parentheses + 1)
            take()
        case UInt8(ascii: ")") where contexts.count > 1:
            if parentheses == 1 {
                contexts.removeLast()
            } else {
                contexts[contexts.count - 1] = .code(parentheses: parentheses - 1)
            }
            take()
        default:
            take()
        }
    }

    /// Takes one byte as code.
    private mutating func take() {
        code.append(bytes[position])
        position += 1
    }

    private mutating func scanBlock(depth: Int) {
        comment = .plain
        if starts(with: "*/") {
            if depth == 1 { contexts.removeLast() } else { contexts[contexts.count - 1] = .block(depth: depth - 1) }
            position += 2
        } else if starts(with: "/*") {
            contexts[contexts.count - 1] = .block(depth: depth + 1)
            position += 2
        } else {
            position += 1
        }
    }

    private mutating func scanString(hashes: Int, multiline: Bool) {
        let byte = bytes[position]
        guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
            position += 1
            return
        }
        let marks = String(repeating: "#", count: hashes)
        let closing = (multiline ? "\"\"\"" : "\"") + marks
        if starts(with: closing) {
            contexts.removeLast()
            position += closing.utf8.count
            code.append(byte)
        } else if starts(with: "\\" + marks) {
            scanEscape(length: 1 + hashes)
        } else {
            position += 1
        }
    }

    /// Begins an interpolation, or skips an escaped character; a line break is left to end the line.
    private mutating func scanEscape(length: Int) {
        position += length
        guard position < bytes.count, bytes[position] != UInt8(ascii: "\n") else { return }
        if bytes[position] == UInt8(ascii: "(") {
            contexts.append(.code(parentheses: 1))
            code.append(bytes[position])
        }
        position += 1
    }

    /// The delimiter of a string literal that begins here, if one does.
    private func stringOpening() -> (hashes: Int, multiline: Bool, length: Int)? {
        var end = position
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        let hashes = end - position
        let multiline =
            end + 2 < bytes.count && bytes[end + 1] == UInt8(ascii: "\"") && bytes[end + 2] == UInt8(ascii: "\"")
        return (hashes, multiline, hashes + (multiline ? 3 : 1))
    }

    private func starts(with prefix: String) -> Bool {
        bytes[position...].starts(with: prefix.utf8)
    }

    private mutating func skipToEndOfLine() {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func endLine() {
        let text = String(decoding: bytes[lineStart..<position], as: UTF8.self)
        lines.append(.init(text: text, code: String(decoding: code, as: UTF8.self), comment: comment))
        lineStart = position + 1
        code.removeAll(keepingCapacity: true)
        comment = .none
        // A string on one line cannot go on to the next, nor can what is interpolated in it.
        while contexts.count > 1, case .string(_, multiline: false) = contexts[contexts.count - 1] {
            contexts.removeLast()
        }
    }
}
