internal import CommonPasswords
internal import Values

/// What a password may be, after NIST SP 800-63B section 3.1.1: long enough, none that many others have, and not made of what
/// is known of its user. What signs it is made of is everybody's own matter.
public struct PasswordPolicy: Sendable, Equatable {
    /// Whether more is asked of it than a length.
    public var isOn = false
    /// The fewest characters.
    public var shortest = PasswordPolicy.leastLength

    /// The fewest characters that a company can ask for.
    public static let leastLength = 8
    /// The most that a company can ask for.
    public static let mostLength = 128

    /// The policy of a company that has set nothing.
    public init() {}

    /// Why a password may not be taken, in a sentence; nil when it may. `words` are those of its user and company.
    public func fault(of password: String, words: [String]) -> String? {
        guard password.count >= shortest else { return "A password has at least \(shortest) characters" }
        let folded = password.lowercased()
        if words.contains(where: { $0.lowercased() == folded }) { return "A password is not the name of its user" }
        guard isOn else { return nil }
        if Set(folded).count < 5 { return "The password is made of too few different characters" }
        if Self.isRun(folded) { return "The password is a run of characters that follow one another" }
        if Self.isCommon(folded) { return "The password is one that many people use" }
        if Self.isMade(folded, of: words) { return "The password is made of the name of its user or company" }
        return nil
    }

    /// Whether the characters go up or down one by one.
    private static func isRun(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.map { Int($0.value) }
        return [1, -1].contains { step in zip(scalars, scalars.dropFirst()).allSatisfy { $1 - $0 == step } }
    }

    /// Whether it is one of the passwords that people choose most, as it is, or with digits and signs for letters and up to
    /// four more around it.
    private static func isCommon(_ text: String) -> Bool {
        if CommonPasswords.contains(text) { return true }
        func read(_ text: Substring) -> Substring { String(text.map { lookalikes[$0] ?? $0 })[...] }
        let (ended, whole) = (withoutEnd(text[...]), read(text[...]))
        let bare = ended.drop { !$0.isLetter }
        let cores = [bare, read(bare), read(ended), withoutEnd(whole).drop { !$0.isLetter }]
        return cores.contains { text.count - $0.count <= 4 && CommonPasswords.contains(String($0)) }
    }

    /// A text without what stands behind its last letter.
    private static func withoutEnd(_ text: Substring) -> Substring {
        text.lastIndex(where: \.isLetter).map { text[...$0] } ?? ""
    }

    private static let lookalikes: [Character: Character] = [
        "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
    ]

    /// Whether up to four characters are left without the words.
    private static func isMade(_ text: String, of words: [String]) -> Bool {
        var rest = text
        let known = Set(words.map { $0.lowercased() }.filter { $0.count >= 3 })
        for word in known.sorted(by: { ($1.count, $0) < ($0.count, $1) }) { rest = rest.replacing(word, with: "") }
        return rest.count < text.count && rest.count <= 4
    }
}

/// The passwords that people choose most, compiled in.
enum CommonPasswords {
    /// One a line, in the order of their bytes.
    private static let bytes = unsafe [UInt8](
        UnsafeBufferPointer(start: common_passwords(), count: common_passwords_length()))

    /// Whether a text, in lower case, is one of them.
    static func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard !wanted.isEmpty, !wanted.contains(0x0A) else { return false }
        var (low, high) = (0, bytes.count)
        while low < high {
            var start = (low + high) / 2
            while start > low, bytes[start - 1] != 0x0A { start -= 1 }
            let end = bytes[start..<high].firstIndex(of: 0x0A) ?? high
            let line = bytes[start..<end]
            if line.elementsEqual(wanted) { return true }
            if line.lexicographicallyPrecedes(wanted) { low = end + 1 } else { high = start }
        }
        return false
    }
}
