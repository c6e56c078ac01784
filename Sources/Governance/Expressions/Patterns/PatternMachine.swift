/// Runs a pattern over a text, all ways to match at once.
struct PatternMachine {
    private let instructions: [Pattern.Instruction]
    /// The states at the character at hand, and for each instruction the position at which it was entered last.
    private var states: [Int] = []
    private var entered: [Int]
    private var pending: [Int] = []

    init(_ pattern: Pattern) {
        instructions = pattern.instructions
        entered = Array(repeating: -1, count: pattern.instructions.count)
    }

    mutating func run(_ text: String, steps: inout Int) -> Bool? {
        var previous: UInt32?
        var position = 0
        var next: [Int] = []
        var scalars = text.unicodeScalars.makeIterator()
        var now = scalars.next()?.value
        while true {
            // The pattern may begin at any character.
            if enter(0, position, previous, now, &steps) { return true }
            steps -= states.count + 1
            if steps < 0 { return nil }
            guard let scalar = now else { return false }
            let following = scalars.next()?.value
            next.removeAll(keepingCapacity: true)
            for state in states where accepts(instructions[state], scalar) { next.append(state + 1) }
            states.removeAll(keepingCapacity: true)
            position += 1
            for state in next where enter(state, position, scalar, following, &steps) { return true }
            if steps < 0 { return nil }
            previous = scalar
            now = following
        }
    }

    private func accepts(_ instruction: Pattern.Instruction, _ scalar: UInt32) -> Bool {
        switch instruction {
        case .scalar(let expected): scalar == expected
        case .any: true
        case .anyButNewline: scalar != 0x0A
        case .set(let set): set.contains(scalar)
        default: false
        }
    }

    /// Follows what takes no character; whether that leads to a match.
    private mutating func enter(
        _ start: Int, _ position: Int, _ before: UInt32?, _ after: UInt32?, _ steps: inout Int
    )
        -> Bool
    {
        pending.append(start)
        while let at = pending.popLast() {
            if entered[at] == position { continue }
            entered[at] = position
            steps -= 1
            switch instructions[at] {
            case .match:
                pending.removeAll(keepingCapacity: true)
                return true
            case .jump(let target): pending.append(target)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            case .lineStart: if before == nil || before == 0x0A { pending.append(at + 1) }
            case .lineEnd: if after == nil || after == 0x0A { pending.append(at + 1) }
            case .textStart: if before == nil { pending.append(at + 1) }
            case .textEnd: if after == nil { pending.append(at + 1) }
            case .wordBoundary(let wanted):
                if (Self.isWord(before) != Self.isWord(after)) == wanted { pending.append(at + 1) }
            case .scalar, .any, .anyButNewline, .set: states.append(at)
            }
        }
        return false
    }

    private static func isWord(_ scalar: UInt32?) -> Bool {
        guard let scalar else { return false }
        return scalar == 0x5F || scalar &- 0x30 < 10 || (scalar | 0x20) &- 0x61 < 26
    }
}
