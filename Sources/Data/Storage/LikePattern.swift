internal import Values

/// A pattern of `like`: `%` stands for any text, `_` for one letter, and `\` before them or before itself takes that meaning
/// away. Letters are compared as ``LetterFolding`` does, and match means the whole text.
public struct LikePattern: Sendable {
    private enum Part: Equatable {
        case anything, one
        case letter(UInt32)
    }
    private let parts: [Part]

    /// Reads a pattern; every text is one.
    public init(_ text: String) {
        var parts: [Part] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "%": if parts.last != .anything { parts.append(.anything) }
            case "_": parts.append(.one)
            case "\\":
                if let next = rest.first, next == "%" || next == "_" || next == "\\" {
                    parts.append(.letter(next.value))
                    rest.removeFirst()
                } else {
                    parts.append(.letter(scalar.value))
                }
            default: LetterFolding.fold(scalar) { parts.append(.letter($0)) }
            }
        }
        self.parts = parts
    }

    /// A pattern that fits what holds a text anywhere; what the text holds stands for itself.
    public init(containing text: String) {
        var letters: [Part] = []
        for scalar in text.unicodeScalars { LetterFolding.fold(scalar) { letters.append(.letter($0)) } }
        parts = letters.isEmpty ? [.anything] : [.anything] + letters + [.anything]
    }

    /// The pattern in the form in which engines take it: its letters folded, with `\` before what stands for itself.
    public var portable: String {
        var text = String.UnicodeScalarView()
        for part in parts {
            switch part {
            case .anything: text.append("%")
            case .one: text.append("_")
            case .letter(let number):
                guard let scalar = Unicode.Scalar(number) else { continue }
                if scalar == "%" || scalar == "_" || scalar == "\\" { text.append("\\") }
                text.append(scalar)
            }
        }
        return String(text)
    }

    /// Whether the pattern fits the whole text. It takes at most as long as both together, multiplied.
    public func matches(_ text: String) -> Bool {
        var letters: [UInt32] = []
        letters.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { LetterFolding.fold(scalar) { letters.append($0) } }
        var (at, place) = (0, 0)
        // Behind the last `%`, and from where on its text may still grow.
        var (open, mark) = (-1, 0)
        while at < letters.count {
            if place < parts.count, parts[place] == .anything {
                (open, mark) = (place + 1, at)
                place += 1
            } else if place < parts.count, parts[place] == .one || parts[place] == .letter(letters[at]) {
                at += 1
                place += 1
            } else if open >= 0 {
                mark += 1
                (at, place) = (mark, open)
            } else {
                return false
            }
        }
        while place < parts.count, parts[place] == .anything { place += 1 }
        return place == parts.count
    }
}
