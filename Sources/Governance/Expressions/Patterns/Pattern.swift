/// A regular expression in the syntax of RE2, run in time proportional to text × pattern.
///
/// It is compiled to the instructions of a Pike machine (Russ Cox, "Regular Expression Matching: the Virtual Machine
/// Approach", 2009) that is in each instruction at most once at a character, so that no pattern can explode. Back-references
/// and look-around do not exist. It only tells whether there is a match, so that greedy and lazy are the same.
final class Pattern: Sendable {
    enum Instruction: Sendable {
        case scalar(UInt32)
        case any
        case anyButNewline
        case set(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case lineStart, lineEnd, textStart, textEnd
        case wordBoundary(Bool)
        case match
    }

    struct Fault: Error {
        var message: String
        var isSize = false
    }

    let instructions: [Instruction]
    let source: String

    init(_ source: String, limit: Int) throws(Fault) {
        var compiler = PatternCompiler(limit: limit)
        var parser = PatternParser(source, limit: limit)
        let tree = try parser.parse()
        try compiler.emit(tree)
        try compiler.finish()
        instructions = compiler.instructions
        self.source = source
    }

    /// Whether the pattern matches anywhere in the text; `nil` when the steps run out.
    func matches(_ text: String, steps: inout Int) -> Bool? {
        var machine = PatternMachine(self)
        return machine.run(text, steps: &steps)
    }
}

/// Code points, as ranges that may be turned around.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    /// Sets of a general category of Unicode.
    var categories: [(name: String, isNegated: Bool)] = []
    /// Sets within the set that are turned around.
    var negated: [ScalarSet] = []
    var isNegated = false
    var ignoresCase = false

    func contains(_ scalar: UInt32) -> Bool {
        var found = has(scalar)
        if !found, ignoresCase {
            found = ScalarSet.folds(scalar).contains { has($0) }
        }
        return found != isNegated
    }

    private func has(_ scalar: UInt32) -> Bool {
        if isIn(ranges, scalar) { return true }
        if negated.contains(where: { $0.contains(scalar) }) { return true }
        return categories.contains { ScalarSet.isIn($0.name, scalar) != $0.isNegated }
    }

    /// Puts the ranges in order, without overlaps, as they are searched.
    mutating func sort() {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        ranges = merged
    }

    private func isIn(_ ranges: [ClosedRange<UInt32>], _ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low] ~= scalar
    }

    /// The scalar in the other case, where that is one scalar.
    static func folds(_ scalar: UInt32) -> [UInt32] {
        if (scalar | 0x20) &- 0x61 < 26 { return [scalar ^ 0x20] }
        guard scalar >= 0x80, let scalar = Unicode.Scalar(scalar) else { return [] }
        return [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap { text in
            let scalars = text.unicodeScalars
            return scalars.count == 1 ? scalars.first?.value : nil
        }
    }

    static let categoryNames: Set<String> = [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe",
        "Pi",
        "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf",
    ]

    private static func isIn(_ name: String, _ scalar: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(scalar) else { return false }
        return short(scalar.properties.generalCategory).hasPrefix(name)
    }

    private static func short(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        default: "Cn"
        }
    }
}
