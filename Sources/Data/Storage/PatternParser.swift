/// Reads regular expressions; see ``TextPattern``.
struct PatternParser {
    private let text: [Unicode.Scalar]
    private var at = 0
    private var depth = 0

    /// The most times that a part is repeated by number.
    private static let mostRepeats = 100
    /// The deepest group.
    private static let deepest = 20

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    mutating func parse() throws(TextPattern.Refusal) -> PatternTree {
        let tree = try choice()
        guard at == text.count else { throw refusal("there is a ) too many") }
        return tree
    }

    private mutating func choice() throws(TextPattern.Refusal) -> PatternTree {
        var parts = [try sequence()]
        while next == "|" {
            at += 1
            parts.append(try sequence())
        }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(TextPattern.Refusal) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let part = try atom()
            parts.append(try quantified(part))
        }
        return .sequence(parts)
    }

    private mutating func quantified(_ part: PatternTree) throws(TextPattern.Refusal) -> PatternTree {
        let range: (least: Int, most: Int?)
        switch next {
        case "*": range = (0, nil)
        case "+": range = (1, nil)
        case "?": range = (0, 1)
        case "{":
            at += 1
            let least = try number()
            var most: Int? = least
            if next == "," {
                at += 1
                most = next == "}" ? nil : try number()
            }
            guard next == "}", most ?? least >= least else { throw refusal("a {number} is not closed") }
            range = (least, most)
        default: return part
        }
        at += 1
        if case .start = part { throw refusal("^ cannot be repeated") }
        if case .end = part { throw refusal("$ cannot be repeated") }
        // A match is a match, however few characters it takes.
        if next == "?" { at += 1 }
        if let more = next, more == "*" || more == "+" || more == "{" || more == "?" {
            throw refusal("what is repeated is repeated again")
        }
        return .repeated(part, least: range.least, most: range.most)
    }

    private mutating func number() throws(TextPattern.Refusal) -> Int {
        var number = 0
        var digits = 0
        while let scalar = next, 0x30...0x39 ~= scalar.value {
            number = number * 10 + Int(scalar.value - 0x30)
            at += 1
            digits += 1
            guard number <= Self.mostRepeats else {
                throw refusal("a part is repeated more than \(Self.mostRepeats) times")
            }
        }
        guard digits > 0 else { throw refusal("a number is missing in { }") }
        return number
    }

    private mutating func atom() throws(TextPattern.Refusal) -> PatternTree {
        guard let scalar = next else { return .sequence([]) }
        at += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .characters(.any)
        case "[": return .characters(try set())
        case "\\": return .characters(try escape())
        case "(":
            depth += 1
            guard depth <= Self.deepest else { throw refusal("groups are nested too deep") }
            if next == "?" {
                at += 1
                guard next == ":" else { throw refusal("(? is no group; use (?: or (") }
                at += 1
            }
            let inner = try choice()
            guard next == ")" else { throw refusal("a ( is not closed") }
            at += 1
            depth -= 1
            return .choice([inner])
        case "*", "+", "?", "{": throw refusal("there is nothing to repeat")
        case "\0": throw refusal("it has a character of no number")
        default: return .characters(Self.one(scalar.value))
        }
    }

    private mutating func escape() throws(TextPattern.Refusal) -> TextPattern.Set {
        guard let scalar = next else { throw refusal("it ends with a backslash") }
        at += 1
        switch scalar {
        case "d": return .init(ranges: TextPattern.Set.digits)
        case "D": return .init(ranges: TextPattern.Set.digits, isNegated: true)
        case "w": return .init(ranges: TextPattern.Set.word)
        case "W": return .init(ranges: TextPattern.Set.word, isNegated: true)
        case "s": return .init(ranges: TextPattern.Set.spaces)
        case "S": return .init(ranges: TextPattern.Set.spaces, isNegated: true)
        case "n": return Self.one(0x0A)
        case "r": return Self.one(0x0D)
        case "t": return Self.one(0x09)
        case "u", "U":
            let length = scalar == "u" ? 4 : 8
            guard at + length <= text.count else { throw refusal("a \\\(scalar) is too short") }
            let digits = String(String.UnicodeScalarView(text[at..<(at + length)]))
            guard let number = UInt32(digits, radix: 16), Unicode.Scalar(number) != nil, number > 0 else {
                throw refusal("\\\(scalar)\(digits) is no character")
            }
            at += length
            return Self.one(number)
        default:
            guard scalar.value < 0x80, !scalar.properties.isAlphabetic, !(0x30...0x39 ~= scalar.value),
                scalar.value >= 0x20
            else { throw refusal("there is no \\\(scalar)") }
            return Self.one(scalar.value)
        }
    }

    private mutating func set() throws(TextPattern.Refusal) -> TextPattern.Set {
        var set = TextPattern.Set()
        if next == "^" {
            set.isNegated = true
            at += 1
        }
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            at += 1
            var part = Self.one(scalar.value)
            if scalar == "\\" { part = try escape() }
            if scalar == "[", next == ":" || next == "." || next == "=" {
                throw refusal("named classes are not to be had")
            }
            guard !part.isNegated else { throw refusal("an opposite in [ ] is not to be had") }
            if part.ranges.count == 1, part.ranges[0].count == 1, next == "-", at + 1 < text.count, text[at + 1] != "]"
            {
                at += 1
                var last = Self.one(text[at].value)
                at += 1
                if text[at - 1] == "\\" { last = try escape() }
                guard last.ranges.count == 1, last.ranges[0].count == 1, !last.isNegated,
                    part.ranges[0].lowerBound <= last.ranges[0].lowerBound
                else { throw refusal("a range in [ ] goes backwards") }
                part = .init(ranges: [part.ranges[0].lowerBound...last.ranges[0].lowerBound])
            }
            set.ranges += part.ranges
        }
        guard next == "]" else { throw refusal("a [ is not closed") }
        at += 1
        return set
    }

    private static func one(_ scalar: UInt32) -> TextPattern.Set { .init(ranges: [scalar...scalar]) }

    private var next: Unicode.Scalar? { at < text.count ? text[at] : nil }

    private func refusal(_ reason: String) -> TextPattern.Refusal { .init(reason: reason) }
}
