/// What a pattern is made of.
indirect enum PatternTree {
    case empty
    case one(Pattern.Instruction)
    case sequence([PatternTree])
    case choice([PatternTree])
    /// Least and most; `nil` for without end.
    case repeated(PatternTree, Int, Int?)
}

/// Reads RE2's syntax: literals, `.`, sets, escapes, groups, flags i, m, s and U, repetition, `|`, anchors.
struct PatternParser {
    private let scalars: [UInt32]
    private let limit: Int
    private var at = 0
    private var depth = 0
    private var ignoresCase = false
    private var isMultiline = false
    private var dotIsAll = false

    init(_ source: String, limit: Int) {
        scalars = source.unicodeScalars.map(\.value)
        self.limit = limit
    }

    mutating func parse() throws(Pattern.Fault) -> PatternTree {
        guard scalars.count <= limit else {
            throw Pattern.Fault(message: "the pattern is longer than \(limit) characters", isSize: true)
        }
        let tree = try choice()
        guard at == scalars.count else { throw Pattern.Fault(message: "the pattern closes a group that is not open") }
        return tree
    }

    private var now: UInt32? { at < scalars.count ? scalars[at] : nil }

    private func isNext(_ text: String) -> Bool { scalars[at...].starts(with: text.unicodeScalars.map(\.value)) }

    private mutating func choice() throws(Pattern.Fault) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 50 else { throw Pattern.Fault(message: "the pattern nests groups deeper than 50", isSize: true) }
        var branches = [try sequence()]
        while now == 0x7C {
            at += 1
            branches.append(try sequence())
        }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(Pattern.Fault) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = now, scalar != 0x7C, scalar != 0x29 {
            parts.append(try repetition())
        }
        return parts.count == 1 ? parts[0] : (parts.isEmpty ? .empty : .sequence(parts))
    }

    private mutating func repetition() throws(Pattern.Fault) -> PatternTree {
        let part = try atom()
        guard let (least, most) = try quantifier() else { return part }
        if now == 0x3F { at += 1 }  // Lazy: the same for whether there is a match.
        if try quantifier() != nil { throw Pattern.Fault(message: "the pattern repeats a repetition") }
        return .repeated(part, least, most)
    }

    private mutating func quantifier() throws(Pattern.Fault) -> (Int, Int?)? {
        switch now {
        case 0x2A:
            at += 1
            return (0, nil)
        case 0x2B:
            at += 1
            return (1, nil)
        case 0x3F:
            at += 1
            return (0, 1)
        case 0x7B: return try counted()
        default: return nil
        }
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else in braces is text.
    private mutating func counted() throws(Pattern.Fault) -> (Int, Int?)? {
        let start = at
        at += 1
        guard let least = digits() else {
            at = start
            return nil
        }
        var most: Int? = least
        if now == 0x2C {
            at += 1
            most = now == 0x7D ? nil : digits()
            if most == nil, now != 0x7D {
                at = start
                return nil
            }
        }
        guard now == 0x7D else {
            at = start
            return nil
        }
        at += 1
        guard least <= 1000, (most ?? 0) <= 1000, least <= most ?? least else {
            throw Pattern.Fault(message: "the pattern repeats more than 1000 times, or fewer than it must")
        }
        return (least, most)
    }

    private mutating func digits() -> Int? {
        var value: Int?
        while let digit = now.map({ $0 &- 0x30 }), digit < 10 {
            value = min((value ?? 0) * 10 + Int(digit), 100_000)
            at += 1
        }
        return value
    }

    private mutating func atom() throws(Pattern.Fault) -> PatternTree {
        let scalar = scalars[at]
        switch scalar {
        case 0x28: return try group()
        case 0x5B:
            at += 1
            return .one(.set(try set()))
        case 0x2E:
            at += 1
            return .one(dotIsAll ? .any : .anyButNewline)
        case 0x5E:
            at += 1
            return .one(isMultiline ? .lineStart : .textStart)
        case 0x24:
            at += 1
            return .one(isMultiline ? .lineEnd : .textEnd)
        case 0x2A, 0x2B, 0x3F: throw Pattern.Fault(message: "the pattern repeats nothing")
        case 0x7B:
            if try counted() != nil { throw Pattern.Fault(message: "the pattern repeats nothing") }
            at += 1
            return literal(scalar)
        case 0x5C: return try escape()
        default:
            at += 1
            return literal(scalar)
        }
    }

    private func literal(_ scalar: UInt32) -> PatternTree {
        guard ignoresCase, !ScalarSet.folds(scalar).isEmpty else { return .one(.scalar(scalar)) }
        return .one(.set(ScalarSet(ranges: [scalar...scalar], ignoresCase: true)))
    }

    private mutating func group() throws(Pattern.Fault) -> PatternTree {
        let saved = (ignoresCase, isMultiline, dotIsAll)
        at += 1
        if now == 0x3F {
            at += 1
            if isNext("P<") || (isNext("<") && !isNext("<=") && !isNext("<!")) {
                while let scalar = now, scalar != 0x3E, scalar != 0x29 { at += 1 }
                guard now == 0x3E else { throw Pattern.Fault(message: "the name of a group does not end") }
                at += 1
            } else if try flags() {
                return .empty
            }
        }
        let tree = try choice()
        guard now == 0x29 else { throw Pattern.Fault(message: "the pattern does not close a group") }
        at += 1
        (ignoresCase, isMultiline, dotIsAll) = saved
        return tree
    }

    /// Reads `i:`, `i-s:` or `:` before a group, or `i)`, which holds for what follows: then gives true.
    private mutating func flags() throws(Pattern.Fault) -> Bool {
        var value = true
        while let scalar = now {
            at += 1
            switch scalar {
            case 0x69: ignoresCase = value
            case 0x6D: isMultiline = value
            case 0x73: dotIsAll = value
            case 0x55: break
            case 0x2D where value: value = false
            case 0x3A: return false
            case 0x29: return true
            default: throw Pattern.Fault(message: "the pattern has a group that there is not, such as look-around")
            }
        }
        throw Pattern.Fault(message: "the pattern does not close a group")
    }

    // MARK: Escapes and sets

    private mutating func escape() throws(Pattern.Fault) -> PatternTree {
        at += 1
        guard let letter = now else { throw Pattern.Fault(message: "the pattern ends in a backslash") }
        switch letter {
        case 0x62, 0x42:
            at += 1
            return .one(.wordBoundary(letter == 0x62))
        case 0x41:
            at += 1
            return .one(.textStart)
        case 0x7A:
            at += 1
            return .one(.textEnd)
        case 0x51:
            at += 1
            return quoted()
        default: break
        }
        if let set = try classEscape() { return .one(.set(set)) }
        return literal(try scalarEscape())
    }

    /// What stands between `\Q` and `\E`.
    private mutating func quoted() -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = now, !isNext("\\E") {
            parts.append(literal(scalar))
            at += 1
        }
        if now != nil { at += 2 }
        return .sequence(parts)
    }

    /// `\d`, `\w`, `\s`, `\p{…}` and what they are not; `nil` when the letter at hand is none of these.
    private mutating func classEscape() throws(Pattern.Fault) -> ScalarSet? {
        guard let letter = now else { return nil }
        var set = ScalarSet()
        switch letter | 0x20 {
        case 0x64: set.ranges = [0x30...0x39]
        case 0x77: set.ranges = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
        case 0x73: set.ranges = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]
        case 0x70: return try category()
        default: return nil
        }
        at += 1
        set.isNegated = letter & 0x20 == 0
        return set
    }

    private mutating func category() throws(Pattern.Fault) -> ScalarSet {
        var isNegated = now == 0x50
        at += 1
        var name = ""
        if now == 0x7B {
            at += 1
            if now == 0x5E {
                isNegated.toggle()
                at += 1
            }
            while let scalar = now, scalar != 0x7D, name.utf8.count < 20 {
                name.unicodeScalars.append(Unicode.Scalar(scalar) ?? "?")
                at += 1
            }
            guard now == 0x7D else { throw Pattern.Fault(message: "the name of a category does not end") }
        } else if let scalar = now.flatMap(Unicode.Scalar.init) {
            name.unicodeScalars.append(scalar)
        }
        at += 1
        guard ScalarSet.categoryNames.contains(name) else {
            throw Pattern.Fault(message: "the pattern names a category that there is not")
        }
        return ScalarSet(categories: [(name, false)], isNegated: isNegated)
    }

    private mutating func scalarEscape() throws(Pattern.Fault) -> UInt32 {
        guard let letter = now else { throw Pattern.Fault(message: "the pattern ends in a backslash") }
        at += 1
        switch letter {
        case 0x61: return 0x07
        case 0x66: return 0x0C
        case 0x6E: return 0x0A
        case 0x72: return 0x0D
        case 0x74: return 0x09
        case 0x76: return 0x0B
        case 0x78: return try hexadecimal()
        default: break
        }
        let isWord = letter &- 0x30 < 10 || (letter | 0x20) &- 0x61 < 26
        guard !isWord, letter < 0x80 else {
            throw Pattern.Fault(message: "the pattern has an escape that there is not")
        }
        return letter
    }

    private mutating func hexadecimal() throws(Pattern.Fault) -> UInt32 {
        var digits = ""
        let isBraced = now == 0x7B
        if isBraced { at += 1 }
        while let scalar = now.flatMap(Unicode.Scalar.init), scalar.properties.isASCIIHexDigit,
            digits.utf8.count < (isBraced ? 6 : 2)
        {
            digits.unicodeScalars.append(scalar)
            at += 1
        }
        if isBraced {
            guard now == 0x7D else { throw Pattern.Fault(message: "an incomplete escape in the pattern") }
            at += 1
        }
        guard let value = UInt32(digits, radix: 16), Unicode.Scalar(value) != nil, isBraced || digits.utf8.count == 2
        else {
            throw Pattern.Fault(message: "an incomplete escape in the pattern")
        }
        return value
    }

    /// The inside of a set, after its opening bracket.
    private mutating func set() throws(Pattern.Fault) -> ScalarSet {
        var set = ScalarSet(ignoresCase: ignoresCase)
        if now == 0x5E {
            set.isNegated = true
            at += 1
        }
        var isFirst = true
        while let scalar = now, scalar != 0x5D || isFirst {
            isFirst = false
            if isNext("[:") {
                try posix(into: &set)
                continue
            }
            var low = scalar
            if scalar == 0x5C {
                at += 1
                if let inner = try classEscape() {
                    set.negated.append(inner)
                    continue
                }
                low = try scalarEscape()
            } else {
                at += 1
            }
            var high = low
            if now == 0x2D, at + 1 < scalars.count, scalars[at + 1] != 0x5D {
                at += 1
                if now == 0x5C {
                    at += 1
                    high = try scalarEscape()
                } else {
                    high = scalars[at]
                    at += 1
                }
            }
            guard low <= high else { throw Pattern.Fault(message: "a range in the pattern ends before it begins") }
            set.ranges.append(low...high)
        }
        guard now == 0x5D else { throw Pattern.Fault(message: "a set in the pattern does not end") }
        at += 1
        guard set.negated.count <= 16 else { throw Pattern.Fault(message: "a set in the pattern has too many parts") }
        set.sort()
        return set
    }

    private mutating func posix(into set: inout ScalarSet) throws(Pattern.Fault) {
        let names: [(String, [ClosedRange<UInt32>])] = [
            ("alnum", [0x30...0x39, 0x41...0x5A, 0x61...0x7A]), ("alpha", [0x41...0x5A, 0x61...0x7A]),
            ("ascii", [0x00...0x7F]), ("blank", [0x09...0x09, 0x20...0x20]), ("cntrl", [0x00...0x1F, 0x7F...0x7F]),
            ("digit", [0x30...0x39]), ("graph", [0x21...0x7E]), ("lower", [0x61...0x7A]), ("print", [0x20...0x7E]),
            ("punct", [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]), ("space", [0x09...0x0D, 0x20...0x20]),
            ("upper", [0x41...0x5A]), ("word", [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]),
            ("xdigit", [0x30...0x39, 0x41...0x46, 0x61...0x66]),
        ]
        for (name, ranges) in names {
            if isNext("[:\(name):]") {
                at += name.utf8.count + 4
                set.ranges += ranges
                return
            }
            if isNext("[:^\(name):]") {
                at += name.utf8.count + 5
                set.negated.append(ScalarSet(ranges: ranges, isNegated: true))
                return
            }
        }
        throw Pattern.Fault(message: "the pattern names a set that there is not")
    }
}
