/// A regular expression of the kind that is matched in time proportional to text and pattern, the same on every engine.
///
/// Characters, `.`, `[classes]`, `\d \w \s` and their opposites, `^ $`, groups, `|`, and `* + ? {n} {n,} {n,m}`. Letters of
/// ASCII match their capitals. What only a search that may take for ever can match, such as back references and looking
/// around, is refused. It matches where it fits any part of a text.
public struct TextPattern: Sendable {
    /// The same pattern in the form that engines take.
    public let portable: String
    private let states: [State]

    /// Why a text is no such pattern.
    public struct Refusal: Error, Equatable {
        /// What is wrong, in words.
        public let reason: String
    }

    /// A place in the pattern.
    enum State: Sendable {
        /// Goes on over a character that is one of these.
        case character(Set)
        /// Goes on at both.
        case split(Int, Int)
        /// Goes on at the beginning or the end of the text alone.
        case start, end
        case match
    }

    /// Characters.
    struct Set: Sendable {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false

        func contains(_ scalar: UInt32) -> Bool {
            var isIn = ranges.contains { $0.contains(scalar) }
            if !isIn, 0x41...0x5A ~= scalar & ~0x20, scalar < 0x80 {
                isIn = ranges.contains { $0.contains(scalar ^ 0x20) }
            }
            return isIn != isNegated
        }

        static let any = Set(ranges: [], isNegated: true)
        static let digits = [UInt32(0x30)...UInt32(0x39)]
        static let word = digits + [0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
        static let spaces = [UInt32(0x09)...UInt32(0x0D), 0x20...0x20]
    }

    /// The most states of a pattern.
    static let mostStates = 400

    /// Reads a pattern.
    ///
    /// - Throws: ``Refusal``.
    public init(_ text: String) throws(Refusal) {
        var parser = PatternParser(text)
        let tree = try parser.parse()
        var builder = PatternBuilder()
        try builder.add(tree)
        builder.states.append(.match)
        states = builder.states
        portable = tree.portable
    }

    /// Whether the pattern fits a part of the text.
    public func matches(_ text: some Sequence<Unicode.Scalar>) -> Bool {
        var current = StateSet(states.count)
        var next = StateSet(states.count)
        var isAtStart = true
        for scalar in text {
            if add(0, to: &current, isAtStart: isAtStart, isAtEnd: false) { return true }
            for index in 0..<current.count {
                let state = current.members[index]
                if case .character(let set) = states[state], set.contains(scalar.value),
                    add(state + 1, to: &next, isAtStart: false, isAtEnd: false)
                {
                    return true
                }
            }
            swap(&current, &next)
            next.removeAll()
            isAtStart = false
        }
        // What waits for the end of the text goes on now.
        var last = StateSet(states.count)
        if add(0, to: &last, isAtStart: isAtStart, isAtEnd: true) { return true }
        for index in 0..<current.count where add(current.members[index], to: &last, isAtStart: isAtStart, isAtEnd: true)
        {
            return true
        }
        return false
    }

    /// Adds a state and what can be reached from it over no character; whether that is the end of the pattern.
    private func add(_ first: Int, to set: inout StateSet, isAtStart: Bool, isAtEnd: Bool) -> Bool {
        var open = [first]
        while let state = open.popLast() {
            guard set.insert(state) else { continue }
            switch states[state] {
            case .match: return true
            case .split(let one, let other): open += [other, one]
            case .start: if isAtStart { open.append(state + 1) }
            case .end: if isAtEnd { open.append(state + 1) }
            case .character: break
            }
        }
        return false
    }

    /// States, each once.
    private struct StateSet {
        private(set) var members: [Int]
        private(set) var count = 0
        private var has: [Bool]

        init(_ capacity: Int) {
            members = Array(repeating: 0, count: capacity)
            has = Array(repeating: false, count: capacity)
        }

        mutating func insert(_ state: Int) -> Bool {
            if has[state] { return false }
            has[state] = true
            members[count] = state
            count += 1
            return true
        }

        mutating func removeAll() {
            for index in 0..<count { has[members[index]] = false }
            count = 0
        }
    }
}

/// A pattern as a tree.
indirect enum PatternTree {
    case characters(TextPattern.Set)
    case start, end
    case sequence([PatternTree])
    case choice([PatternTree])
    case repeated(PatternTree, least: Int, most: Int?)

    var portable: String {
        switch self {
        case .characters(let set): return Self.text(set)
        case .start: return "^"
        case .end: return "$"
        case .sequence(let parts): return parts.map(\.portable).joined()
        case .choice(let parts): return "(?:" + parts.map(\.portable).joined(separator: "|") + ")"
        case .repeated(let part, let least, let most):
            let quantifier =
                switch (least, most) {
                case (0, nil): "*"
                case (1, nil): "+"
                case (0, 1): "?"
                case (_, nil): "{\(least),}"
                case (_, let most?): "{\(least),\(most)}"
                }
            return "(?:\(part.portable))\(quantifier)"
        }
    }

    private static func text(_ set: TextPattern.Set) -> String {
        if set.ranges.isEmpty { return "." }
        if !set.isNegated, set.ranges.count == 1, set.ranges[0].count == 1 { return escape(set.ranges[0].lowerBound) }
        let ranges = set.ranges.map { range in
            range.count == 1 ? escape(range.lowerBound) : "\(escape(range.lowerBound))-\(escape(range.upperBound))"
        }
        return "[\(set.isNegated ? "^" : "")\(ranges.joined())]"
    }

    private static func escape(_ scalar: UInt32) -> String {
        let digits = String(scalar, radix: 16)
        let length = scalar > 0xFFFF ? 8 : 4
        return (length == 8 ? "\\U" : "\\u") + String(repeating: "0", count: length - digits.utf8.count) + digits
    }
}

/// Lays a tree out as states, one after the other.
struct PatternBuilder {
    var states: [TextPattern.State] = []
    /// How many parts may still be laid out: what matches nothing makes no states, however often it is repeated.
    private var fuel = 16 * TextPattern.mostStates

    mutating func add(_ tree: PatternTree) throws(TextPattern.Refusal) {
        fuel -= 1
        guard states.count < TextPattern.mostStates, fuel > 0 else {
            throw .init(reason: "the pattern is too large")
        }
        switch tree {
        case .characters(let set): states.append(.character(set))
        case .start: states.append(.start)
        case .end: states.append(.end)
        case .sequence(let parts): for part in parts { try add(part) }
        case .choice(let parts):
            var exits: [Int] = []
            for (index, part) in parts.enumerated() {
                guard index < parts.count - 1 else {
                    try add(part)
                    break
                }
                let split = states.count
                states.append(.split(split + 1, 0))
                try add(part)
                exits.append(states.count)
                states.append(.split(0, 0))
                states[split] = .split(split + 1, states.count)
            }
            for exit in exits { states[exit] = .split(states.count, states.count) }
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try add(part) }
            guard let most else {
                let split = states.count
                states.append(.split(split + 1, 0))
                try add(part)
                states.append(.split(split, split))
                states[split] = .split(split + 1, states.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(states.count)
                states.append(.split(0, 0))
                try add(part)
            }
            for split in splits { states[split] = .split(split + 1, states.count) }
        }
    }
}
