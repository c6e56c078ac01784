/// Goes over the tokens of a source.
struct TokenReader {
    /// How many words with points between them a declared name can have.
    static var longestName: Int { 8 }

    private let tokens: [Token]
    private var position = 0

    init(_ tokens: [Token]) { self.tokens = tokens }

    /// The token at hand.
    var token: Token { tokens[position] }

    /// A token further on; the end beyond it.
    func peek(_ distance: Int) -> Token { tokens[min(position + distance, tokens.count - 1)] }

    mutating func advance(_ count: Int = 1) { position = min(position + count, tokens.count - 1) }

    func isSign(_ text: String) -> Bool { token.kind == .sign && token.text == text }

    func isWord(_ text: String) -> Bool { token.kind == .identifier && token.text == text }

    /// Moves past the sign if it is at hand.
    mutating func take(_ text: String) -> Bool {
        guard isSign(text) else { return false }
        advance()
        return true
    }

    /// What the token at hand is, for a message.
    func describe(_ source: [UInt8]) -> String {
        switch token.kind {
        case .end: "the end"
        default:
            "'" + String(decoding: source[Int(token.start)..<min(Int(token.end), Int(token.start) + 40)], as: UTF8.self)
                + "'"
        }
    }
}
