internal import Documents
internal import Metadata
internal import Values

/// Text as the search sees it: words, without regard to case and marks.
///
/// Words are written in ASCII letters and digits alone, each with an `x` before it, so that every engine takes them for
/// what they are and all find the same: `Bólido 7` is `xbolido x7`. Signs of scripts that do not separate words are words
/// of their own.
enum SearchText {
    /// A word and where it stands.
    struct Word {
        let token: String
        let range: Range<String.Index>
    }

    /// What stands between texts that are not one: no phrase goes over it.
    static let separator = "x"

    /// The words of a text, up to `limit` bytes of them. Tags of HTML are left out when `isMarkup`.
    static func words(_ text: String, isMarkup: Bool = false, limit: Int = Limits.searchedBytes) -> [Word] {
        var words: [Word] = []
        var token: [UInt8] = []
        var start = text.startIndex
        var bytes = 0
        var isTag = false
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        func end(at index: String.Index) {
            guard !token.isEmpty else { return }
            words.append(Word(token: "x" + String(decoding: token, as: UTF8.self), range: start..<index))
            bytes += token.count + 2
            token.removeAll(keepingCapacity: true)
        }
        while index < scalars.endIndex, bytes < limit {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            if isMarkup, scalar == "<" || isTag {
                end(at: index)
                isTag = scalar != ">"
            } else {
                switch kind(of: scalar) {
                case .letter:
                    if token.isEmpty { start = index }
                    if token.count < Limits.searchedWord { append(scalar, to: &token) }
                case .sign:
                    end(at: index)
                    start = index
                    append(scalar, to: &token)
                    end(at: next)
                case .mark: break
                case .other: end(at: index)
                }
            }
            index = next
        }
        end(at: index)
        return words
    }

    /// The words of a text, one after the other.
    static func tokens(_ text: String, isMarkup: Bool = false, limit: Int = Limits.searchedBytes) -> String {
        words(text, isMarkup: isMarkup, limit: limit).map(\.token).joined(separator: " ")
    }

    // MARK: Letters

    private enum Kind { case letter, sign, mark, other }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return .letter
        case ..<0xAA: return .other
        case 0x300...0x36F: return .mark
        case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3040...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF,
            0x20000...0x3FFFF:
            return .sign
        default:
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
                return .letter
            default: return .other
            }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to token: inout [UInt8]) {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A: token.append(UInt8(truncatingIfNeeded: scalar.value))
        case 0x41...0x5A: token.append(UInt8(truncatingIfNeeded: scalar.value + 0x20))
        default: LetterFolding.fold(scalar) { append(folded: $0, to: &token) }
        }
    }

    private static func append(folded letter: UInt32, to token: inout [UInt8]) {
        switch letter {
        case 0x30...0x39, 0x61...0x7A: token.append(UInt8(truncatingIfNeeded: letter))
        default:
            // Another letter is written by its number, of equal length for all, so that beginnings of words stay such.
            token.append(UInt8(ascii: "q"))
            for shift in stride(from: UInt32(16), through: 0, by: -4) {
                token.append(Array("0123456789abcdef".utf8)[Int(letter >> shift & 15)])
            }
        }
    }
}

extension Limits {
    /// The most bytes of words that are kept of one document for the search.
    static let searchedBytes = 50_000
    /// The most bytes of a word that count.
    static let searchedWord = 64
    /// The longest text that may be searched for, in bytes.
    static let searchBytes = 2_000
    /// The most words and phrases that may be searched for at once.
    static let searchTerms = 32
    /// The shortest beginning of a word that is searched for as such, with the `x` before it.
    static let searchedBeginning = 3
    /// How many documents that fit are looked at to find the best of them.
    static let searchCandidates = 1_000
    /// The most documents that a search gives.
    static let searchHits = 200
}
